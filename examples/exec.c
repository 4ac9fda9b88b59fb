/* SPDX-License-Identifier: Apache-2.0 */
/* Hand a shared library to the plugin and call a function of it: one number in, one out. */
#include "vaccel.h"

static int call(struct vaccel_session *sess, struct vaccel_resource *library, const char *function,
                int32_t input)
{
    int32_t output = 0;
    struct vaccel_arg read = {.buf = &input, .size = sizeof(input), .type = VACCEL_ARG_INT32};
    struct vaccel_arg write = {.buf = &output, .size = sizeof(output), .type = VACCEL_ARG_INT32};
    int ret = vaccel_exec_with_resource(sess, library, function, &read, 1, &write, 1);

    if (ret == VACCEL_OK)
        printf("%s(%d) = %d\n", function, input, output);
    return ret;
}

static int call_in_session(struct vaccel_resource *library, const char *function, int32_t input)
{
    struct vaccel_session sess = {0};
    int ret = vaccel_session_init(&sess, 0);

    if (ret != VACCEL_OK)
        return ret;
    ret = vaccel_resource_register(library, &sess);
    if (ret == VACCEL_OK)
        ret = call(&sess, library, function, input);
    vaccel_session_release(&sess);
    return ret;
}

int main(int argc, char **argv)
{
    struct vaccel_resource library;
    int ret;

    if (argc < 2 || argc > 4) {
        fprintf(stderr,
                "usage: %s LIBRARY [FUNCTION [NUMBER]]\n"
                "calls FUNCTION (mytestfunc) of the shared library with NUMBER (10)\n",
                argv[0]);
        return EXIT_FAILURE;
    }
    ret = vaccel_resource_init(&library, argv[1], VACCEL_RESOURCE_LIB);
    if (ret == VACCEL_OK) {
        ret = call_in_session(&library, argc > 2 ? argv[2] : "mytestfunc",
                              argc > 3 ? (int32_t)strtol(argv[3], NULL, 10) : 10);
        vaccel_resource_release(&library);
    }
    if (ret != VACCEL_OK)
        fprintf(stderr, "%s: %s\n", argv[1], strerror(ret));
    return ret == VACCEL_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
