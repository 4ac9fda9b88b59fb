/* SPDX-License-Identifier: Apache-2.0 */
/* library FILE: as examples/exec.c, with the library as bytes in memory. */
#include "vaccel.h"
#include "vaccel/utils/fs.h"

static int call(struct vaccel_session *sess, struct vaccel_resource *library)
{
    int32_t input = 21;
    int32_t output = 0;
    struct vaccel_arg read = {.buf = &input, .size = sizeof(input), .type = VACCEL_ARG_INT32};
    struct vaccel_arg write = {.buf = &output, .size = sizeof(output), .type = VACCEL_ARG_INT32};
    int ret = vaccel_resource_register(library, sess);

    if (ret == VACCEL_OK)
        ret = vaccel_exec_with_resource(sess, library, "mytestfunc", &read, 1, &write, 1);
    if (ret == VACCEL_OK)
        printf("%d\n", output);
    return ret;
}

static int call_in_session(struct vaccel_resource *library)
{
    struct vaccel_session sess;
    int ret = vaccel_session_init(&sess, 0);

    if (ret != VACCEL_OK)
        return ret;
    ret = call(&sess, library);
    vaccel_session_release(&sess);
    return ret;
}

static int run(const char *path)
{
    struct vaccel_resource library;
    void *bytes;
    size_t size;
    int ret = fs_file_read(path, &bytes, &size);

    if (ret != VACCEL_OK)
        return ret;
    ret =
        vaccel_resource_init_from_buf(&library, bytes, size, VACCEL_RESOURCE_LIB, "library", true);
    if (ret == VACCEL_OK) {
        ret = call_in_session(&library);
        vaccel_resource_release(&library);
    }
    free(bytes);
    return ret;
}

int main(int argc, char **argv)
{
    int ret = argc == 2 ? run(argv[1]) : VACCEL_EINVAL;

    if (ret != VACCEL_OK)
        fprintf(stderr, "library: %s\n", strerror(ret));
    return ret == VACCEL_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
