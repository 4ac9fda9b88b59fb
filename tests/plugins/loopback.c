/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A transport whose other side is in the same process: it opens a local session there and gives it
 * each call in general form. What a remote session returns is then the direct call's, packed and
 * unpacked.
 */
#include "vaccel.h"

#include <string.h>

static struct vaccel_session *inner_of(struct vaccel_session *sess)
{
    return vaccel_plugin_session_state(&vaccel_this_plugin, sess);
}

static struct vaccel_resource *inner_resource_of(struct vaccel_resource *res)
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

/* One inner resource a resource: it is registered with one session at a time. */
static int resource_register(struct vaccel_resource *res, struct vaccel_session *sess)
{
    struct vaccel_resource *inner;
    int ret = vaccel_resource_from_blobs(&inner, (const struct vaccel_blob **)res->blobs,
                                         res->nr_blobs, res->type);

    if (ret != VACCEL_OK)
        return ret;
    ret = vaccel_resource_register(inner, inner_of(sess));
    if (ret != VACCEL_OK) {
        vaccel_resource_delete(inner);
        return ret;
    }
    res->remote_id = inner->id;
    return vaccel_plugin_set_resource_state(&vaccel_this_plugin, res, inner);
}

static int resource_unregister(struct vaccel_resource *res, struct vaccel_session *sess)
{
    (void)sess;
    return vaccel_resource_delete(inner_resource_of(res));
}

static int resource_sync(struct vaccel_resource *res, struct vaccel_session *sess)
{
    struct vaccel_resource *inner = inner_resource_of(res);
    int ret = vaccel_resource_sync(inner, inner_of(sess));

    if (ret == VACCEL_OK)
        memcpy(res->blobs[0]->data, inner->blobs[0]->data, res->blobs[0]->size);
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
              .resource_register = resource_register, .resource_unregister = resource_unregister,
              .resource_sync = resource_sync, .call = call, .output_fetch = output_fetch,
              .output_drop = output_drop)
