/* SPDX-License-Identifier: Apache-2.0 */
/* C = alpha * A * B + beta * C, compared with a plain loop. */
#include "vaccel.h"

static const float alpha = 1.5F;
static const float beta = 0.5F;

struct matrices {
    int64_t m, n, k;
    float *a, *b, *c, *expected;
};

static float *new_matrix(int64_t rows, int64_t columns)
{
    size_t count = (size_t)(rows * columns);
    float *matrix = malloc(count * sizeof(*matrix));
    size_t i;

    for (i = 0; matrix && i < count; i++)
        matrix[i] = (float)(i * 7 % 13) / 13.0F;
    return matrix;
}

static void multiply_plainly(const struct matrices *x)
{
    int64_t row;
    int64_t column;
    int64_t i;
    double sum;

    for (row = 0; row < x->m; row++) {
        for (column = 0; column < x->n; column++) {
            sum = 0.0;
            for (i = 0; i < x->k; i++)
                sum += (double)x->a[row * x->k + i] * x->b[i * x->n + column];
            x->expected[row * x->n + column] =
                (float)(alpha * sum + beta * x->expected[row * x->n + column]);
        }
    }
}

/* All terms are positive, so a sum of k of them is off by k roundings at most. */
static int64_t count_wrong(const struct matrices *x)
{
    double tolerance = (double)(x->k + 4) / (1 << 23);
    int64_t wrong = 0;
    int64_t i;
    double ratio;

    for (i = 0; i < x->m * x->n; i++) {
        ratio = ((double)x->c[i] + 1.0) / ((double)x->expected[i] + 1.0);
        if (!(ratio > 1.0 - tolerance && ratio < 1.0 + tolerance))
            wrong++;
    }
    return wrong;
}

static int multiply(const struct matrices *x)
{
    struct vaccel_session sess = {0};
    int ret = vaccel_session_init(&sess, 0);

    if (ret != VACCEL_OK)
        return ret;
    ret = vaccel_sgemm(&sess, x->m, x->n, x->k, alpha, x->a, x->k, x->b, x->n, beta, x->c, x->n);
    vaccel_session_release(&sess);
    return ret;
}

static int multiply_and_compare(const struct matrices *x)
{
    int64_t wrong;
    int ret;

    if (!x->a || !x->b || !x->c || !x->expected) {
        fprintf(stderr, "no memory for the matrices\n");
        return EXIT_FAILURE;
    }
    ret = multiply(x);
    if (ret != VACCEL_OK) {
        fprintf(stderr, "sgemm failed: %s\n", strerror(ret));
        return EXIT_FAILURE;
    }
    multiply_plainly(x);
    wrong = count_wrong(x);
    printf("%lld x %lld x %lld: %lld of %lld elements differ from the plain loop's\n",
           (long long)x->m, (long long)x->n, (long long)x->k, (long long)wrong,
           (long long)(x->m * x->n));
    return wrong ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* The argument at @i, or what stands before it. */
static int64_t size_argument(int argc, char **argv, int i, int64_t before)
{
    int64_t size = i < argc ? strtol(argv[i], NULL, 10) : before;

    return size > 0 && size <= 16384 ? size : 0;
}

int main(int argc, char **argv)
{
    struct matrices x;
    int ret;

    x.m = size_argument(argc, argv, 1, 64);
    x.n = size_argument(argc, argv, 2, x.m);
    x.k = size_argument(argc, argv, 3, x.n);
    if (argc > 4 || !x.m || !x.n || !x.k) {
        fprintf(stderr,
                "usage: %s [M [N [K]]]\n"
                "A has M x K elements, B has K x N; each size is 1 to 16384, the last one given "
                "counts for the rest\n",
                argv[0]);
        return EXIT_FAILURE;
    }
    x.a = new_matrix(x.m, x.k);
    x.b = new_matrix(x.k, x.n);
    x.c = new_matrix(x.m, x.n);
    x.expected = new_matrix(x.m, x.n);
    ret = multiply_and_compare(&x);
    free(x.a);
    free(x.b);
    free(x.c);
    free(x.expected);
    return ret;
}
