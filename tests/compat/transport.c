/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin as written for vAccel 0.8 that forwards: here to nowhere. */
#include "calls.h"

#include <vaccel.h>

static struct calls calls;

static int noop(struct vaccel_session *sess)
{
    return sess->remote_id == 77 ? VACCEL_OK : VACCEL_EREMOTEIO;
}

static int exec(struct vaccel_session *sess, const char *library, const char *fn_symbol,
                struct vaccel_arg *read, size_t nr_read, struct vaccel_arg *write, size_t nr_write)
{
    (void)sess, (void)library, (void)fn_symbol, (void)read, (void)nr_read;
    if (nr_write != 1 || write[0].size != sizeof(calls))
        return VACCEL_EINVAL;
    memcpy(write[0].buf, &calls, sizeof(calls));
    return VACCEL_OK;
}

static int torch_load(struct vaccel_session *sess, struct vaccel_resource *model)
{
    (void)sess;
    return model->remote_id == 78 ? VACCEL_OK : VACCEL_EREMOTEIO;
}

static struct vaccel_op ops[] = {
    VACCEL_OP_INIT(noop, VACCEL_OP_NOOP, noop),
    VACCEL_OP_INIT(exec, VACCEL_OP_EXEC, exec),
    VACCEL_OP_INIT(torch_load, VACCEL_OP_TORCH_MODEL_LOAD, torch_load),
};

static int init(void)
{
    return vaccel_plugin_register_ops(ops, sizeof(ops) / sizeof(ops[0]));
}

static int fini(void)
{
    return VACCEL_OK;
}

static int session_init(struct vaccel_session *sess, uint32_t flags)
{
    calls.session_init++;
    calls.flags = flags;
    sess->remote_id = 77;
    sess->priv = &calls;
    return VACCEL_OK;
}

static int session_update(struct vaccel_session *sess, uint32_t flags)
{
    calls.session_update++;
    calls.flags = flags;
    sess->hint = flags;
    return VACCEL_OK;
}

static int session_release(struct vaccel_session *sess)
{
    calls.session_release++;
    return sess->priv == &calls ? VACCEL_OK : VACCEL_EINVAL;
}

static int resource_register(struct vaccel_resource *res, struct vaccel_session *sess)
{
    (void)sess;
    calls.resource_register++;
    /* Local files come with their contents, remote ones by their paths alone. */
    if (res->nr_blobs ? !res->blobs[0]->data : res->path_type != VACCEL_PATH_REMOTE_FILE)
        return VACCEL_EINVAL;
    res->remote_id = 78;
    return VACCEL_OK;
}

static int resource_unregister(struct vaccel_resource *res, struct vaccel_session *sess)
{
    (void)sess;
    calls.resource_unregister++;
    return res->remote_id == 78 ? VACCEL_OK : VACCEL_EINVAL;
}

static int resource_sync(struct vaccel_resource *res, struct vaccel_session *sess)
{
    (void)sess;
    calls.resource_sync++;
    return res->blobs[0]->data_owned ? VACCEL_EINVAL : VACCEL_OK;
}

VACCEL_PLUGIN(.name = "transport", .version = "0.9", .vaccel_version = VACCEL_VERSION,
              .type = VACCEL_PLUGIN_REMOTE | VACCEL_PLUGIN_GENERIC, .is_virtio = true, .init = init,
              .fini = fini, .session_init = session_init, .session_update = session_update,
              .session_release = session_release, .resource_register = resource_register,
              .resource_unregister = resource_unregister, .resource_sync = resource_sync, )
