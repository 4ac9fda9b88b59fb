/* SPDX-License-Identifier: Apache-2.0 */
#include "core/marks.h"
#include "core/resource.h"
#include "platform/text.h"
#include "vaccel.h"

/* The thread is marked. */
static int sync_marked(struct vaccel_resource *res, struct vaccel_session *sess)
{
    const struct session_core *session = core_load(&sess->core);
    int (*hook)(struct vaccel_resource *, struct vaccel_session *);

    if (!core_usable(session) || !core_usable(core_load(&res->core))) {
        vaccel_error("the session or the resource is released");
        return VACCEL_ESESS;
    }
    if (!pointer_set_has(&session->resources, res)) {
        vaccel_error("resource %lld is not registered with session %lld", (long long)res->id,
                     (long long)sess->id);
        return VACCEL_EPERM;
    }
    if (!res->nr_blobs || res->blobs[0]->type != VACCEL_BLOB_BUFFER) {
        vaccel_error("resource %lld was not made from memory: there is nothing to synchronise",
                     (long long)res->id);
        return VACCEL_EINVAL;
    }
    hook = session_dispatch(session)->chosen->info->resource_sync;
    if (!hook)
        return session_dispatch(session)->remote ? VACCEL_ENOTSUP : VACCEL_OK;
    return hook(res, sess);
}

int vaccel_resource_sync(struct vaccel_resource *res, struct vaccel_session *sess)
{
    int ret;

    if (!res || !sess) {
        vaccel_error("a resource and a session are needed to synchronise, not NULL");
        return VACCEL_EINVAL;
    }
    ret = marks_enter(sess, res);
    if (ret != VACCEL_OK)
        return ret;
    ret = sync_marked(res, sess);
    marks_leave();
    return ret;
}

static int copy_directory(const struct vaccel_resource *res, char *out, size_t out_size,
                          char **alloc_out)
{
    size_t size;

    if (!res->nr_paths || res->path_type != VACCEL_PATH_LOCAL_DIR) {
        vaccel_error("resource %lld was not made from a directory", (long long)res->id);
        return VACCEL_ENOTSUP;
    }
    size = text_length(res->paths[0]) + 1;
    if (out && size > out_size) {
        vaccel_error("the path needs %zu bytes, there is room for %zu", size, out_size);
        return VACCEL_ERANGE;
    }
    if (alloc_out) {
        *alloc_out = text_copy(res->paths[0]);
        if (!*alloc_out)
            return VACCEL_ENOMEM;
    }
    if (out)
        memcpy(out, res->paths[0], size);
    return VACCEL_OK;
}

int vaccel_resource_directory(struct vaccel_resource *res, char *out, size_t out_size,
                              char **alloc_out)
{
    int ret;

    if (!res || (!alloc_out && (!out || !out_size))) {
        vaccel_error("a resource is needed, and room for the path");
        return VACCEL_EINVAL;
    }
    ret = marks_enter(NULL, res);
    if (ret != VACCEL_OK)
        return ret;
    ret = core_usable(core_load(&res->core)) ? copy_directory(res, out, out_size, alloc_out)
                                             : VACCEL_ESESS;
    marks_leave();
    return ret;
}
