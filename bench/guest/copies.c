/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls as often as the argument says of a product, of a network on a raw picture, and of a classification
 * of an encoded one, with a plugin that tells where it found the arguments ("witness", "noop"). Then those
 * places are printed beside the program's own, and the machine waits to be looked at.
 */
#include "vaccel.h"

#include "remote/witness.h"

#include <time.h>

enum { SIDE = 1448, PICTURE = 8 * 1024 * 1024, ENCODED = 1024 * 1024, WAIT_S = 2 };

struct work {
    struct vaccel_session sess;
    struct vaccel_resource model;
    float *a;
    float *b;
    float *c;
    unsigned char *picture;
    unsigned char *encoded;
};

static int product(struct work *work)
{
    return vaccel_sgemm(&work->sess, SIDE, SIDE, SIDE, 1, work->a, SIDE, work->b, SIDE, 0, work->c,
                        SIDE);
}

static int run(struct work *work, struct witness *seen)
{
    int64_t dims[] = {1, PICTURE};
    struct vaccel_torch_tensor input = {.data = work->picture,
                                        .size = PICTURE,
                                        .nr_dims = 2,
                                        .dims = dims,
                                        .data_type = VACCEL_TORCH_BYTE};
    struct vaccel_torch_tensor *inputs[] = {&input};
    struct vaccel_torch_tensor *output = NULL;
    int ret = vaccel_torch_model_run(&work->sess, &work->model, NULL, inputs, 1, &output, 1);

    if (ret != VACCEL_OK)
        return ret;
    memcpy(seen, output->data, sizeof(*seen));
    vaccel_torch_tensor_delete(output);
    return VACCEL_OK;
}

static int classify(struct work *work)
{
    char label[64];

    return vaccel_image_classification(&work->sess, work->encoded, (unsigned char *)label, NULL,
                                       ENCODED, sizeof(label), 0);
}

static void tell(const char *what, uintptr_t seen, const void *own)
{
    printf("%s %llx %llx\n", what, (unsigned long long)seen, (unsigned long long)(uintptr_t)own);
}

static void wait_to_be_looked_at(void)
{
    struct timespec now, begun;

    clock_gettime(CLOCK_MONOTONIC, &begun);
    do
        clock_gettime(CLOCK_MONOTONIC, &now);
    while (now.tv_sec - begun.tv_sec < WAIT_S);
}

static int call_all(struct work *work, int times)
{
    struct witness seen;
    struct witness pixels = {0};
    int ret = VACCEL_OK;

    while (times--)
        ret |= product(work) | run(work, &pixels) | classify(work);
    if (ret != VACCEL_OK)
        return ret;
    memcpy(&seen, work->c, sizeof(seen));
    tell("a", seen.a, work->a);
    tell("b", seen.b, work->b);
    tell("c", seen.c, work->c);
    tell("picture", pixels.a, work->picture);
    printf("done\n");
    wait_to_be_looked_at();
    return VACCEL_OK;
}

static bool prepare(struct work *work)
{
    static char model[] = "model";

    work->a = vaccel_alloc(sizeof(float) * SIDE * SIDE);
    work->b = vaccel_alloc(sizeof(float) * SIDE * SIDE);
    work->c = vaccel_alloc(sizeof(float) * SIDE * SIDE);
    work->picture = vaccel_alloc(PICTURE);
    work->encoded = vaccel_alloc(ENCODED);
    return work->a && work->b && work->c && work->picture && work->encoded &&
           vaccel_session_init(&work->sess, 0) == VACCEL_OK &&
           vaccel_resource_init_from_buf(&work->model, model, sizeof(model), VACCEL_RESOURCE_MODEL,
                                         "model", true) == VACCEL_OK &&
           vaccel_resource_register(&work->model, &work->sess) == VACCEL_OK;
}

int main(int argc, char **argv)
{
    struct work work = {0};
    int ret = VACCEL_EINVAL;

    if (argc == 2 && prepare(&work))
        ret = call_all(&work, (int)strtol(argv[1], NULL, 10));
    if (ret != VACCEL_OK)
        printf("failed: %d\n", ret);
    return ret == VACCEL_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
