/* SPDX-License-Identifier: Apache-2.0 */
/* What the examples do not show: resources whose bytes go to files. Says where it stopped. */
#include "vaccel.h"

enum { SIZE = 64 * 1024 };

static int use(struct vaccel_session *sess, struct vaccel_resource *res)
{
    struct vaccel_resource **all;
    size_t count;
    int ret = vaccel_resource_register(res, sess);

    if (ret != VACCEL_OK)
        return ret;
    ret = vaccel_resource_get_all_by_type(&all, &count, VACCEL_RESOURCE_DATA);
    if (ret != VACCEL_OK)
        return ret;
    printf("%zu resources, this one with %zu blobs\n", count, res->nr_blobs);
    free(all);
    return vaccel_resource_unregister(res, sess);
}

static int use_and_release(struct vaccel_session *sess, struct vaccel_resource *res)
{
    int ret = use(sess, res);

    vaccel_resource_release(res);
    return ret;
}

static int from_directory(struct vaccel_session *sess, const char *path)
{
    struct vaccel_resource res;
    char *directory;
    int ret = vaccel_resource_init(&res, path, VACCEL_RESOURCE_DATA);

    if (ret != VACCEL_OK)
        return ret;
    ret = vaccel_resource_directory(&res, NULL, 0, &directory);
    if (ret == VACCEL_OK) {
        printf("%s\n", directory);
        free(directory);
        return use_and_release(sess, &res);
    }
    vaccel_resource_release(&res);
    return ret;
}

static int from_memory(struct vaccel_session *sess, const uint8_t *bytes)
{
    struct vaccel_resource res;
    int ret = vaccel_resource_init_from_buf(&res, bytes, SIZE, VACCEL_RESOURCE_DATA, NULL, false);

    return ret == VACCEL_OK ? use_and_release(sess, &res) : ret;
}

static int from_blobs(struct vaccel_session *sess, const uint8_t *bytes)
{
    const struct vaccel_blob *blobs[2];
    struct vaccel_blob file;
    struct vaccel_blob copy;
    struct vaccel_resource res;
    int ret = vaccel_blob_init_from_buf(&file, bytes, SIZE, true, "file", vaccel_rundir(), true);

    if (ret != VACCEL_OK)
        return ret;
    ret = vaccel_blob_init_from_buf(&copy, bytes, SIZE, true, "copy", NULL, false);
    if (ret == VACCEL_OK) {
        blobs[0] = &file;
        blobs[1] = &copy;
        ret = vaccel_resource_init_from_blobs(&res, blobs, 2, VACCEL_RESOURCE_DATA);
        if (ret == VACCEL_OK)
            ret = use_and_release(sess, &res);
        vaccel_blob_release(&copy);
    }
    vaccel_blob_release(&file);
    return ret;
}

static int run(const char *directory)
{
    static const uint8_t bytes[SIZE];
    struct vaccel_session sess;
    int ret = vaccel_session_init(&sess, 0);

    if (ret != VACCEL_OK)
        return ret;
    ret = from_directory(&sess, directory);
    if (ret == VACCEL_OK)
        ret = from_memory(&sess, bytes);
    if (ret == VACCEL_OK)
        ret = from_blobs(&sess, bytes);
    vaccel_session_release(&sess);
    return ret;
}

int main(int argc, char **argv)
{
    int ret = argc == 2 ? run(argv[1]) : VACCEL_EINVAL;

    if (ret != VACCEL_OK)
        fprintf(stderr, "resources: %s\n", strerror(ret));
    return ret == VACCEL_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
