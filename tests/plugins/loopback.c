/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A transport whose other side is in the same process: it opens a local session there and gives it
 * each call in general form. What a remote session returns is then the direct call's, packed and
 * unpacked.
 */
#include "vaccel.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* The other side's resource, which all sessions of it share. */
struct inner_resource {
    struct vaccel_resource *resource;
    size_t nr_sessions;
};

/* Of all inner resources. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct vaccel_session *inner_of(struct vaccel_session *sess)
{
    return vaccel_plugin_session_state(&vaccel_this_plugin, sess);
}

static struct inner_resource *inner_resource_of(struct vaccel_resource *res)
{
    return vaccel_plugin_resource_state(&vaccel_this_plugin, res);
}

static int session_init(struct vaccel_session *sess, uint32_t flags)
{
    struct vaccel_session *inner;
    int ret = vaccel_session_new(&inner, flags);

    if (ret != VACCEL_OK)
        return ret;
    sess->remote_id = inner->id;
    return vaccel_plugin_set_session_state(&vaccel_this_plugin, sess, inner);
}

static int session_release(struct vaccel_session *sess)
{
    return vaccel_session_delete(inner_of(sess));
}

static int session_update(struct vaccel_session *sess, uint32_t flags)
{
    return vaccel_session_update(inner_of(sess), flags);
}

/* A resource of blobs in which each file, mapped or not, is a file. */
static int from_blobs(const struct vaccel_resource *res, struct vaccel_blob **blobs,
                      struct vaccel_resource **inner)
{
    int ret = VACCEL_OK;
    size_t i;

    for (i = 0; i < res->nr_blobs && ret == VACCEL_OK; i++) {
        blobs[i] = res->blobs[i];
        if (blobs[i]->path)
            ret = vaccel_blob_new(&blobs[i], blobs[i]->path);
    }
    if (ret == VACCEL_OK)
        ret = vaccel_resource_from_blobs(inner, (const struct vaccel_blob **)blobs, i, res->type);
    while (i-- > 0)
        if (blobs[i] != res->blobs[i])
            vaccel_blob_delete(blobs[i]);
    return ret;
}

/* Both sides see the same files. */
static int inner_resource(const struct vaccel_resource *res, struct vaccel_resource **inner)
{
    struct vaccel_blob **blobs;
    int ret;

    if (res->nr_paths)
        return vaccel_resource_multi_new(inner, (const char **)res->paths, res->nr_paths,
                                         res->type);
    blobs = calloc(res->nr_blobs, sizeof(struct vaccel_blob *));
    ret = blobs ? from_blobs(res, blobs, inner) : VACCEL_ENOMEM;
    free(blobs);
    return ret;
}

static struct inner_resource *inner_new(struct vaccel_resource *res, int *ret)
{
    struct inner_resource *inner = calloc(1, sizeof(*inner));

    *ret = inner ? inner_resource(res, &inner->resource) : VACCEL_ENOMEM;
    if (*ret != VACCEL_OK) {
        free(inner);
        return NULL;
    }
    vaccel_plugin_set_resource_state(&vaccel_this_plugin, res, inner);
    __atomic_store_n(&res->remote_id, inner->resource->id, __ATOMIC_RELAXED);
    return inner;
}

/* Under the lock: with the last session it goes. */
static void inner_leave(struct vaccel_resource *res, struct inner_resource *inner)
{
    if (inner->nr_sessions)
        return;
    vaccel_plugin_set_resource_state(&vaccel_this_plugin, res, NULL);
    vaccel_resource_delete(inner->resource);
    free(inner);
}

static int resource_register(struct vaccel_resource *res, struct vaccel_session *sess)
{
    struct inner_resource *inner;
    int ret = VACCEL_OK;

    pthread_mutex_lock(&lock);
    inner = inner_resource_of(res);
    if (!inner)
        inner = inner_new(res, &ret);
    if (inner) {
        ret = vaccel_resource_register(inner->resource, inner_of(sess));
        inner->nr_sessions += ret == VACCEL_OK;
        inner_leave(res, inner);
    }
    pthread_mutex_unlock(&lock);
    return ret;
}

static int resource_unregister(struct vaccel_resource *res, struct vaccel_session *sess)
{
    struct inner_resource *inner;
    int ret;

    pthread_mutex_lock(&lock);
    inner = inner_resource_of(res);
    ret = vaccel_resource_unregister(inner->resource, inner_of(sess));
    inner->nr_sessions--;
    inner_leave(res, inner);
    pthread_mutex_unlock(&lock);
    return ret;
}

static int resource_sync(struct vaccel_resource *res, struct vaccel_session *sess)
{
    struct vaccel_resource *inner = inner_resource_of(res)->resource;
    int ret = vaccel_resource_sync(inner, inner_of(sess));

    if (ret == VACCEL_OK)
        memmove(res->blobs[0]->data, inner->blobs[0]->data, res->blobs[0]->size);
    return ret;
}

/* The resource's id is the first argument; the inner session knows it by another. */
static int call(struct vaccel_session *sess, struct vaccel_op_call *op_call)
{
    struct vaccel_arg *id = op_call->read;
    void *outer = id ? id->buf : NULL;
    int ret;

    if (op_call->resource) {
        if (memcmp(id->buf, &op_call->resource->id, sizeof(vaccel_id_t)))
            return VACCEL_EREMOTEIO;
        id->buf = &op_call->resource->remote_id;
    }
    ret = vaccel_call(inner_of(sess), op_call->name, op_call->read, op_call->nr_read,
                      op_call->write, op_call->nr_write);
    if (op_call->resource)
        id->buf = outer;
    return ret;
}

static int output_fetch(struct vaccel_session *sess, struct vaccel_output *out)
{
    return vaccel_output_fetch(inner_of(sess), out);
}

static int output_drop(struct vaccel_session *sess, struct vaccel_output *out)
{
    return vaccel_output_drop(inner_of(sess), out);
}

static int none(void)
{
    return VACCEL_OK;
}

VACCEL_PLUGIN(.name = "loopback", .version = "1.0", .vaccel_version = VACCEL_VERSION,
              .is_virtio = true, .type = VACCEL_PLUGIN_REMOTE, .init = none, .fini = none,
              .session_init = session_init, .session_release = session_release,
              .session_update = session_update, .resource_register = resource_register,
              .resource_unregister = resource_unregister, .resource_sync = resource_sync,
              .call = call, .output_fetch = output_fetch, .output_drop = output_drop)
