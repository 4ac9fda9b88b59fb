/* SPDX-License-Identifier: Apache-2.0 */
/* A transport plugin whose other side is the fuzzer: what it answers lies in the session's priv. */
#include "bytes.h"
#include "vaccel.h"

/* Whatever it promised, it never sends more. */
enum { FETCH_MOST = 64 * 1024 };

/* What is sent must be there to its last byte. */
static void send(const struct vaccel_arg *args, size_t count)
{
    volatile const unsigned char *contents;
    size_t i;
    size_t k;

    for (i = 0; i < count; i++) {
        contents = args[i].buf;
        for (k = 0; k < args[i].size; k++)
            (void)contents[k];
    }
}

static bool tells_its_size(const struct vaccel_arg *arg)
{
    return arg->type == VACCEL_ARG_BUFFER;
}

static void receive(struct bytes *answer, struct vaccel_arg *args, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        bytes_take(answer, args[i].buf, args[i].size);
        if (tells_its_size(&args[i]))
            args[i].size = bytes_take_16(answer);
    }
}

static int call(struct vaccel_session *sess, struct vaccel_op_call *call)
{
    struct bytes *answer = sess->priv;
    int status = bytes_take_8(answer);

    send(call->read, call->nr_read);
    send(call->write, call->nr_write);
    receive(answer, call->write, call->nr_write);
    return status;
}

static int output_fetch(struct vaccel_session *sess, struct vaccel_output *out)
{
    struct bytes *answer = sess->priv;
    int status = bytes_take_8(answer);

    if (status != VACCEL_OK)
        return status;
    if (out->size > FETCH_MOST)
        return VACCEL_EIO;
    bytes_take(answer, out->data, out->size);
    out->held = 0;
    return VACCEL_OK;
}

static int output_drop(struct vaccel_session *sess, struct vaccel_output *out)
{
    (void)sess;
    out->held = 0;
    return VACCEL_OK;
}

static int session_init(struct vaccel_session *sess, uint32_t flags)
{
    (void)flags;
    sess->remote_id = 1;
    return VACCEL_OK;
}

static int resource_register(struct vaccel_resource *res, struct vaccel_session *sess)
{
    (void)sess;
    res->remote_id = res->id;
    return VACCEL_OK;
}

static int nothing(void)
{
    return VACCEL_OK;
}

VACCEL_PLUGIN(.name = "fuzz-transport", .version = VACCEL_VERSION, .vaccel_version = VACCEL_VERSION,
              .is_virtio = true, .type = VACCEL_PLUGIN_REMOTE, .init = nothing, .fini = nothing,
              .session_init = session_init, .resource_register = resource_register, .call = call,
              .output_fetch = output_fetch, .output_drop = output_drop)
