/* SPDX-License-Identifier: Apache-2.0 */
#include "core/output.h"
#include "core/marks.h"
#include "core/registry.h"
#include "platform/checked.h"
#include "platform/text.h"
#include "vaccel.h"

/* What an output costs beside its bytes. */
enum { HELD_COST = 64 };

/* An output that waits to be fetched. */
struct held_output {
    size_t size;
    unsigned char data[];
};

static struct held_output *held_new(const void *data, size_t size)
{
    struct held_output *held;
    size_t bytes;

    if (!size_add(size, sizeof(*held), &bytes))
        return NULL;
    held = platform_alloc(bytes);
    if (!held)
        return NULL;
    held->size = size;
    if (size)
        memcpy(held->data, data, size);
    return held;
}

/* One alone may be of any size. */
static bool reserve(struct session_core *core, size_t size)
{
    size_t total;
    bool fits;

    registry_lock();
    fits = size_add(core->held_bytes, HELD_COST, &total) && size_add(total, size, &total) &&
           (!core->held_bytes || total <= core->held_limit);
    if (fits)
        core->held_bytes = total;
    registry_unlock();
    if (!fits)
        vaccel_error("an output of %zu bytes is one too many to hold: fetch or drop those of "
                     "before, a session holds %zu bytes "
                     "(an agent's setting held_bytes)",
                     size, core->held_limit);
    return fits;
}

static int hold(struct session_core *core, struct vaccel_output *out, const void *data, size_t size)
{
    struct held_output *held;
    vaccel_id_t id = 0;

    if (!reserve(core, size))
        return VACCEL_ENOMEM;
    held = held_new(data, size);
    registry_lock();
    if (held)
        id = ids_take(&core->outputs, held);
    if (!id)
        core->held_bytes -= size + HELD_COST;
    registry_unlock();
    if (!id) {
        platform_free(held);
        return VACCEL_ENOMEM;
    }
    out->held = id;
    return VACCEL_OK;
}

static int deliver(struct session_core *core, struct vaccel_output *out, const void *data,
                   size_t size)
{
    bool placed = out->data != NULL;
    int ret;

    if (placed && size <= out->size) {
        if (size && data != out->data)
            memcpy(out->data, data, size);
        out->size = size;
        out->held = 0;
        return VACCEL_OK;
    }
    ret = hold(core, out, data, size);
    if (ret != VACCEL_OK)
        return ret;
    out->size = size;
    return placed ? VACCEL_ERANGE : VACCEL_OK;
}

/* Marks the calling thread. *@core is valid until marks_leave(). */
static int enter(struct vaccel_session *sess, struct session_core **core)
{
    int ret = marks_enter(sess, NULL);

    if (ret != VACCEL_OK)
        return ret;
    *core = core_load(&sess->core);
    if (core_usable(*core))
        return VACCEL_OK;
    marks_leave();
    vaccel_error("the session is released, and its outputs with it");
    return VACCEL_ESESS;
}

int vaccel_output_put(struct vaccel_session *sess, struct vaccel_output *out, const void *data,
                      size_t size)
{
    struct session_core *core;
    int ret;

    if (!sess || (size && !data)) {
        vaccel_error("an output needs a session, and data if its size (%zu) is not 0", size);
        return VACCEL_EINVAL;
    }
    if (!out)
        return VACCEL_OK;
    ret = enter(sess, &core);
    if (ret != VACCEL_OK)
        return ret;
    ret = deliver(core, out, data, size);
    marks_leave();
    return ret;
}

/* Take it out of the table, so that no other thread can. With too little room, *@out says so. */
static int take(struct session_core *core, struct vaccel_output *out, bool drop,
                struct held_output **held)
{
    int ret = VACCEL_OK;

    registry_lock();
    *held = ids_find(&core->outputs, out->held);
    if (!*held) {
        ret = VACCEL_ENOENT;
    } else if (!drop && (*held)->size > out->size) {
        out->size = (*held)->size;
        ret = VACCEL_ERANGE;
    } else {
        ids_give_back(&core->outputs, out->held);
        core->held_bytes -= (*held)->size + HELD_COST;
    }
    registry_unlock();
    return ret;
}

/* The thread is marked. */
static int fetch_or_drop_here(const struct vaccel_session *sess, struct session_core *core,
                              struct vaccel_output *out, bool drop)
{
    struct held_output *held;
    int ret = take(core, out, drop, &held);

    if (ret == VACCEL_ENOENT)
        vaccel_error("session %lld holds no output %lld", (long long)sess->id,
                     (long long)out->held);
    if (ret != VACCEL_OK)
        return ret;
    if (!drop && held->size)
        memcpy(out->data, held->data, held->size);
    out->size = held->size;
    out->held = 0;
    platform_free(held);
    return VACCEL_OK;
}

static int fetch_or_drop(struct vaccel_session *sess, struct vaccel_output *out, bool drop)
{
    const struct vaccel_plugin_info *info;
    const struct dispatch *dispatch;
    struct session_core *core;
    int ret = enter(sess, &core);

    if (ret != VACCEL_OK)
        return ret;
    dispatch = session_dispatch(core);
    info = dispatch->chosen->info;
    if (!dispatch->remote || !info->output_fetch || !info->output_drop)
        ret = fetch_or_drop_here(sess, core, out, drop);
    else
        ret = drop ? info->output_drop(sess, out) : info->output_fetch(sess, out);
    marks_leave();
    return ret;
}

int vaccel_output_fetch(struct vaccel_session *sess, struct vaccel_output *out)
{
    if (!sess || !out || (out->size && !out->data)) {
        vaccel_error("to fetch an output, a session and room for it are needed");
        return VACCEL_EINVAL;
    }
    return fetch_or_drop(sess, out, false);
}

int vaccel_output_drop(struct vaccel_session *sess, struct vaccel_output *out)
{
    if (!sess || !out) {
        vaccel_error("to drop an output, a session and the output are needed");
        return VACCEL_EINVAL;
    }
    return fetch_or_drop(sess, out, true);
}

void output_drop_all(struct session_core *core)
{
    struct held_output *held;
    size_t id;

    for (id = 1; id <= core->outputs.count; id++) {
        held = ids_find(&core->outputs, (vaccel_id_t)id);
        platform_free(held);
    }
    ids_clear(&core->outputs);
}
