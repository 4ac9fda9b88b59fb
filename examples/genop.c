/* SPDX-License-Identifier: Apache-2.0 */
/* The same operations in the general form: a number and two lists of arguments. */
#include "vaccel.h"

#include "common/files.h"

static int call(struct vaccel_session *sess, struct vaccel_arg_array *read,
                struct vaccel_arg_array *write)
{
    return vaccel_genop(sess, read->args, (int)read->count, write->args, (int)write->count);
}

static int noop(struct vaccel_session *sess, struct vaccel_arg_array *read,
                struct vaccel_arg_array *write)
{
    uint8_t op = VACCEL_OP_NOOP;
    int ret = vaccel_arg_array_add_uint8(read, &op);

    return ret == VACCEL_OK ? call(sess, read, write) : ret;
}

static int add_matrices(struct vaccel_arg_array *read, int64_t *size, float *a, float *b,
                        float *factor)
{
    size_t count = (size_t)(*size * *size);
    int ret = vaccel_arg_array_add_int64(read, size); /* m */

    if (ret == VACCEL_OK)
        ret = vaccel_arg_array_add_int64(read, size); /* n */
    if (ret == VACCEL_OK)
        ret = vaccel_arg_array_add_int64(read, size); /* k */
    if (ret == VACCEL_OK)
        ret = vaccel_arg_array_add_float(read, factor); /* alpha */
    if (ret == VACCEL_OK)
        ret = vaccel_arg_array_add_float_array(read, a, count);
    if (ret == VACCEL_OK)
        ret = vaccel_arg_array_add_int64(read, size); /* lda */
    if (ret == VACCEL_OK)
        ret = vaccel_arg_array_add_float_array(read, b, count);
    if (ret == VACCEL_OK)
        ret = vaccel_arg_array_add_int64(read, size); /* ldb */
    if (ret == VACCEL_OK)
        ret = vaccel_arg_array_add_float(read, factor); /* beta */
    if (ret == VACCEL_OK)
        ret = vaccel_arg_array_add_int64(read, size); /* ldc */
    return ret;
}

static int sgemm(struct vaccel_session *sess, struct vaccel_arg_array *read,
                 struct vaccel_arg_array *write)
{
    uint8_t op = VACCEL_OP_BLAS_SGEMM;
    int64_t size = 2;
    float factor = 1.0F;
    float a[] = {1.0F, 2.0F, 3.0F, 4.0F};
    float b[] = {5.0F, 6.0F, 7.0F, 8.0F};
    float c[] = {1.0F, 1.0F, 1.0F, 1.0F};
    int ret = vaccel_arg_array_add_uint8(read, &op);

    if (ret == VACCEL_OK)
        ret = add_matrices(read, &size, a, b, &factor);
    if (ret == VACCEL_OK)
        ret = vaccel_arg_array_add_float_array(write, c, 4);
    if (ret == VACCEL_OK)
        ret = call(sess, read, write);
    if (ret == VACCEL_OK)
        printf("c = %g %g\n    %g %g\n", c[0], c[1], c[2], c[3]);
    return ret;
}

static int exec(struct vaccel_session *sess, char *library, struct vaccel_arg_array *read,
                struct vaccel_arg_array *write)
{
    uint8_t op = VACCEL_OP_EXEC;
    char function[] = "mytestfunc";
    int32_t input = 10;
    int32_t output = 0;
    int ret = vaccel_arg_array_add_uint8(read, &op);

    if (ret == VACCEL_OK)
        ret = vaccel_arg_array_add_string(read, library);
    if (ret == VACCEL_OK)
        ret = vaccel_arg_array_add_string(read, function);
    if (ret == VACCEL_OK)
        ret = vaccel_arg_array_add_int32(read, &input);
    if (ret == VACCEL_OK)
        ret = vaccel_arg_array_add_int32(write, &output);
    if (ret == VACCEL_OK)
        ret = call(sess, read, write);
    if (ret == VACCEL_OK)
        printf("%s(%d) = %d\n", function, input, output);
    return ret;
}

static int classify(struct vaccel_session *sess, const char *path, struct vaccel_arg_array *read,
                    struct vaccel_arg_array *write)
{
    uint8_t op = VACCEL_OP_IMAGE_CLASSIFY;
    unsigned char name[256] = "";
    unsigned char text[256] = "";
    void *img;
    size_t size;
    int ret;

    if (read_file(path, &img, &size) != 0)
        return VACCEL_EIO;
    ret = vaccel_arg_array_add_uint8(read, &op);
    if (ret == VACCEL_OK)
        ret = vaccel_arg_array_add_buffer(read, img, size);
    if (ret == VACCEL_OK)
        ret = vaccel_arg_array_add_uchar_array(write, name, sizeof(name));
    if (ret == VACCEL_OK)
        ret = vaccel_arg_array_add_uchar_array(write, text, sizeof(text));
    if (ret == VACCEL_OK)
        ret = call(sess, read, write);
    if (ret == VACCEL_OK)
        printf("%s: %s (%s)\n", path, text, name);
    free(img);
    return ret;
}

static int run(struct vaccel_session *sess, const char *operation, char *file)
{
    struct vaccel_arg_array read = {0};
    struct vaccel_arg_array write = {0};
    int ret = vaccel_arg_array_init(&read, 0);

    if (ret != VACCEL_OK)
        return ret;
    ret = vaccel_arg_array_init(&write, 0);
    if (ret == VACCEL_OK) {
        if (!strcmp(operation, "exec") && file)
            ret = exec(sess, file, &read, &write);
        else if (!strcmp(operation, "classify") && file)
            ret = classify(sess, file, &read, &write);
        else if (!strcmp(operation, "sgemm"))
            ret = sgemm(sess, &read, &write);
        else
            ret = strcmp(operation, "noop") ? VACCEL_EINVAL : noop(sess, &read, &write);
        vaccel_arg_array_release(&write);
    }
    vaccel_arg_array_release(&read);
    return ret;
}

int main(int argc, char **argv)
{
    struct vaccel_session sess = {0};
    int ret;

    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: %s noop | sgemm | exec LIBRARY | classify PICTURE\n", argv[0]);
        return EXIT_FAILURE;
    }
    ret = vaccel_session_init(&sess, 0);
    if (ret == VACCEL_OK) {
        ret = run(&sess, argv[1], argc > 2 ? argv[2] : NULL);
        vaccel_session_release(&sess);
    }
    printf("%s: %s\n", argv[1], ret == VACCEL_OK ? "done" : strerror(ret));
    return ret == VACCEL_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
