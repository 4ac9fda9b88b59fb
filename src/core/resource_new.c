/* SPDX-License-Identifier: Apache-2.0 */
#include "platform/platform.h"
#include "vaccel.h"

/* Resources whose struct the library allocates. */

static struct vaccel_resource *allocate(struct vaccel_resource **res, int *ret)
{
    struct vaccel_resource *made;

    if (!res) {
        vaccel_error("nowhere to put the resource: pass the address of a pointer");
        *ret = VACCEL_EINVAL;
        return NULL;
    }
    made = platform_alloc(sizeof(*made));
    if (!made)
        *ret = VACCEL_ENOMEM;
    return made;
}

/* @ret: what its init returned. */
static int hand_over(struct vaccel_resource **res, struct vaccel_resource *made, int ret)
{
    if (ret == VACCEL_OK)
        *res = made;
    else
        platform_free(made);
    return ret;
}

int vaccel_resource_new(struct vaccel_resource **res, const char *path, vaccel_resource_type_t type)
{
    return vaccel_resource_multi_new(res, &path, 1, type);
}

int vaccel_resource_multi_new(struct vaccel_resource **res, const char **paths, size_t nr_paths,
                              vaccel_resource_type_t type)
{
    int ret = VACCEL_OK;
    struct vaccel_resource *made = allocate(res, &ret);

    if (!made)
        return ret;
    return hand_over(res, made, vaccel_resource_init_multi(made, paths, nr_paths, type));
}

int vaccel_resource_from_buf(struct vaccel_resource **res, const void *buf, size_t nr_bytes,
                             vaccel_resource_type_t type, const char *filename, bool mem_only)
{
    int ret = VACCEL_OK;
    struct vaccel_resource *made = allocate(res, &ret);

    if (!made)
        return ret;
    ret = vaccel_resource_init_from_buf(made, buf, nr_bytes, type, filename, mem_only);
    return hand_over(res, made, ret);
}

int vaccel_resource_from_blobs(struct vaccel_resource **res, const struct vaccel_blob **blobs,
                               size_t nr_blobs, vaccel_resource_type_t type)
{
    int ret = VACCEL_OK;
    struct vaccel_resource *made = allocate(res, &ret);

    if (!made)
        return ret;
    return hand_over(res, made, vaccel_resource_init_from_blobs(made, blobs, nr_blobs, type));
}

int vaccel_resource_delete(struct vaccel_resource *res)
{
    int ret = vaccel_resource_release(res);

    if (ret == VACCEL_OK)
        platform_free(res);
    return ret;
}
