/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does what the lines of its input say, one after the other, and prints of each the error code that came
 * of it: "call 0". The agent has plugin mirror.
 */
#include "vaccel.h"

enum { SMALL = 4096, LARGE = 32 << 20, LINE = 32 };

static struct vaccel_session sess;
static struct vaccel_resource res;
static unsigned char in[LARGE], out[LARGE];

static struct vaccel_arg raw(void *data, size_t size)
{
    return (struct vaccel_arg){.buf = data, .size = size, .type = VACCEL_ARG_RAW};
}

/* What comes back must be what went there, backwards. */
static int copy(size_t size)
{
    struct vaccel_arg read = raw(in, size);
    struct vaccel_arg write = raw(out, size);
    int ret;
    size_t i;

    memset(out, 0, size);
    ret = vaccel_call(&sess, "mirror.copy", &read, 1, &write, 1);
    for (i = 0; i < size && ret == VACCEL_OK; i++)
        if (out[i] != in[size - 1 - i])
            ret = VACCEL_EIO;
    return ret;
}

static int begin(int32_t number)
{
    (void)number;
    return vaccel_session_init(&sess, 0);
}

static int end(int32_t number)
{
    (void)number;
    return vaccel_session_release(&sess);
}

static int call(int32_t number)
{
    (void)number;
    return copy(SMALL);
}

static int payload(int32_t number)
{
    (void)number;
    return copy(LARGE);
}

static int send_resource(bool in_memory)
{
    int ret =
        vaccel_resource_init_from_buf(&res, in, LARGE, VACCEL_RESOURCE_DATA, "large", in_memory);

    if (ret != VACCEL_OK)
        return ret;
    ret = vaccel_resource_register(&res, &sess);
    if (ret != VACCEL_OK)
        vaccel_resource_release(&res);
    return ret;
}

static int upload(int32_t number)
{
    (void)number;
    return send_resource(true);
}

static int upload_file(int32_t number)
{
    (void)number;
    return send_resource(false);
}

/* Until another one opens. */
static int wait_for(int32_t number)
{
    (void)number;
    return vaccel_call(&sess, "mirror.wait", NULL, 0, NULL, 0);
}

static int wait_for_much(int32_t number)
{
    struct vaccel_arg write = raw(out, LARGE);

    (void)number;
    return vaccel_call(&sess, "mirror.wait", NULL, 0, &write, 1);
}

/* Until so many wait. */
static int see(int32_t number)
{
    struct vaccel_arg read = raw(&number, sizeof(number));

    return vaccel_call(&sess, "mirror.see", &read, 1, NULL, 0);
}

static int open_for(int32_t number)
{
    struct vaccel_arg read = raw(&number, sizeof(number));

    return vaccel_call(&sess, "mirror.open", &read, 1, NULL, 0);
}

/* The agent holds a picture that is never fetched. */
static int hold(int32_t number)
{
    struct vaccel_output picture = {0};

    (void)number;
    return vaccel_vision_classify(&sess, in, LARGE, NULL, &picture);
}

/* Of the whole plugin, which is of no use to anybody from then on. */
static int fault(int32_t number)
{
    char why[] = "a broken context";
    struct vaccel_arg read = raw(why, sizeof(why));

    (void)number;
    return vaccel_call(&sess, "mirror.fault", &read, 1, NULL, 0);
}

static const struct {
    const char *name;
    int (*run)(int32_t number);
} steps[] = {
    {"begin", begin},   {"end", end},
    {"call", call},     {"payload", payload},
    {"upload", upload}, {"upload-file", upload_file},
    {"wait", wait_for}, {"wait-for-much", wait_for_much},
    {"see", see},       {"open", open_for},
    {"hold", hold},     {"fault", fault},
};

/* A line is the name of a step, and a number if it takes one. */
static int run(const char *name, int32_t number)
{
    size_t i;

    for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        if (strcmp(name, steps[i].name) == 0)
            return steps[i].run(number);
    return VACCEL_EINVAL;
}

int main(void)
{
    char line[LINE], name[LINE];
    int number;
    size_t i;

    for (i = 0; i < LARGE; i++)
        in[i] = (unsigned char)(i * 7 + i / 251);
    while (fgets(line, sizeof(line), stdin)) {
        number = 0;
        if (sscanf(line, "%31s %d", name, &number) < 1)
            return EXIT_FAILURE;
        printf("%s %d\n", name, run(name, number));
        fflush(stdout);
    }
    return EXIT_SUCCESS;
}
