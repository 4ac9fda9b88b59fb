/* SPDX-License-Identifier: Apache-2.0 */
#include "core/core.h"
#include "core/list.h"
#include "core/marks.h"
#include "core/registry.h"
#include "core/session.h"
#include "vaccel.h"

/* A call under way keeps the dispatch it began with; dispatches live until cleanup. */
static int choose_anew(struct vaccel_session *sess, struct session_core *core, uint32_t flags)
{
    const struct dispatch *dispatch = NULL;
    int ret = VACCEL_ENOTSUP;

    registry_lock();
    if (list_empty(&core->registrations))
        dispatch = dispatch_for(flags, &ret);
    if (dispatch && dispatch->remote)
        ret = VACCEL_ENOTSUP;
    else if (dispatch && dispatch->nr_plugins != core->nr_told)
        ret = VACCEL_ENOTSUP; /* one was loaded that does not know the session */
    else if (dispatch) {
        __atomic_store_n(&core->dispatch, dispatch, __ATOMIC_RELEASE);
        sess->plugin = dispatch->chosen;
        sess->hint = flags;
        ret = VACCEL_OK;
    }
    registry_unlock();
    if (ret == VACCEL_ENOTSUP)
        vaccel_error("session %lld cannot change its hint to 0x%x: resources are registered, a "
                     "plugin was loaded since it began, or none suits",
                     (long long)sess->id, (unsigned int)flags);
    return ret;
}

/* The thread is marked. */
static int update(struct vaccel_session *sess, uint32_t flags)
{
    struct session_core *core = core_load(&sess->core);
    const struct vaccel_plugin_info *info;
    const struct dispatch *dispatch;
    int ret;

    if (!core_usable(core)) {
        vaccel_error("the session is not initialised, or released");
        return VACCEL_ESESS;
    }
    dispatch = session_dispatch(core);
    if (!dispatch->remote)
        return choose_anew(sess, core, flags);
    info = dispatch->chosen->info;
    ret = info->session_update ? info->session_update(sess, flags & ~VACCEL_PLUGIN_REMOTE)
                               : VACCEL_ENOTSUP;
    if (ret == VACCEL_OK)
        sess->hint = flags;
    return ret;
}

int vaccel_session_update(struct vaccel_session *sess, uint32_t flags)
{
    int ret;

    if (!sess) {
        vaccel_error("a session's struct is needed, not NULL");
        return VACCEL_EINVAL;
    }
    ret = marks_enter(sess, NULL);
    if (ret != VACCEL_OK)
        return ret;
    ret = update(sess, flags);
    marks_leave();
    return ret;
}

int vaccel_sess_init(struct vaccel_session *sess, uint32_t flags)
{
    return vaccel_session_init(sess, flags);
}

int vaccel_sess_update(struct vaccel_session *sess, uint32_t flags)
{
    return vaccel_session_update(sess, flags);
}

int vaccel_sess_free(struct vaccel_session *sess)
{
    return vaccel_session_release(sess);
}

bool vaccel_sess_has_resource(struct vaccel_session *sess, struct vaccel_resource *resource)
{
    return vaccel_session_has_resource(sess, resource);
}
