/* SPDX-License-Identifier: Apache-2.0 */
#include "core/session.h"
#include "core/core.h"
#include "core/list.h"
#include "core/marks.h"
#include "core/output.h"
#include "core/registration.h"
#include "core/registry.h"
#include "platform/text.h"
#include "vaccel.h"

/*
 * What a session may hold that nobody fetches: a small picture makes large outputs, and who sends it may
 * be a stranger.
 */
enum { HELD_LIMIT = 1 << 30 };

static struct ids sessions;

/* Under the registry's lock. At the end of the process structs may be gone, but not these. */
static size_t nr_alive;
static size_t nr_of_plugins;

bool core_begin_release(void **core)
{
    void *old = core_load(core);

    while (core_usable(old))
        if (__atomic_compare_exchange_n(core, &old, (char *)old + CORE_RELEASING, false,
                                        __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
            return true;
    return false;
}

struct session_core *session_core_of(const struct vaccel_session *sess)
{
    return core_untagged(core_load(&sess->core));
}

/* Under the registry's lock. */
static bool of_plugin(const struct vaccel_session *sess)
{
    return session_core_of(sess)->of_plugin;
}

/* Under the registry's lock. Calls of the application's sessions use those of plugins: these end last. */
static struct vaccel_session *next_to_end(void)
{
    struct vaccel_session *first = ids_next(&sessions, 0);
    struct vaccel_session *sess = first;

    while (sess && of_plugin(sess))
        sess = ids_next(&sessions, sess->id);
    return sess ? sess : first;
}

bool sessions_alive(void)
{
    bool alive;

    registry_lock();
    alive = nr_alive > nr_of_plugins;
    registry_unlock();
    return alive;
}

int vaccel_plugin_own_session(struct vaccel_session *sess)
{
    struct session_core *core;

    if (!sess)
        return VACCEL_EINVAL;
    registry_lock();
    core = core_usable(core_load(&sess->core)) ? session_core_of(sess) : NULL;
    if (core && !core->of_plugin) {
        core->of_plugin = true;
        nr_of_plugins++;
    }
    registry_unlock();
    return core ? VACCEL_OK : VACCEL_ESESS;
}

static int explain_no_plugin(uint32_t flags, int error)
{
    if (error == VACCEL_ENOTSUP && (flags & VACCEL_PLUGIN_REMOTE))
        vaccel_error("no transport plugin is loaded, but the session is to be remote: add one "
                     "to VACCEL_PLUGINS");
    else if (error == VACCEL_ENOTSUP)
        vaccel_error("no plugin is loaded that could serve a session: name one in VACCEL_PLUGINS");
    return error;
}

static void name_rundir(struct vaccel_session *sess, struct session_core *core)
{
    text_format(sess->rundir, sizeof(sess->rundir), "%s/session.%lld", core_rundir_path(),
                (long long)sess->id);
    core->generation = core_generation();
    core->rundir_made = false;
}

static void fill(struct vaccel_session *sess, uint32_t flags, struct session_core *core)
{
    const struct dispatch *dispatch = core->dispatch;

    sess->remote_id = 0;
    sess->hint = flags;
    sess->is_virtio = dispatch->remote;
    sess->plugin = dispatch->chosen;
    sess->priv = NULL;
    name_rundir(sess, core);
}

/* Give the session its id and make it known; from here on others may release it. */
static int enlist(struct vaccel_session *sess, uint32_t flags, struct session_core *core)
{
    int ret = VACCEL_ENOMEM;
    vaccel_id_t id;

    registry_lock();
    if (!core_is_initialized()) {
        ret = VACCEL_ESESS;
    } else if ((core->dispatch = dispatch_for(flags, &ret))) {
        id = ids_take(&sessions, sess);
        if (id) {
            __atomic_store_n(&sess->id, id, __ATOMIC_RELAXED);
            fill(sess, flags, core);
            __atomic_store_n(&sess->core, core, __ATOMIC_RELEASE);
            nr_alive++;
            ret = VACCEL_OK;
        }
    }
    registry_unlock();
    return ret == VACCEL_ESESS ? core_not_initialized(ret) : explain_no_plugin(flags, ret);
}

static void delist(struct vaccel_session *sess)
{
    struct session_core *core;

    registry_lock();
    core = session_core_of(sess);
    ids_give_back(&sessions, sess->id);
    nr_alive--;
    nr_of_plugins -= core->of_plugin;
    __atomic_store_n(&sess->core, NULL, __ATOMIC_RELEASE);
    __atomic_store_n(&sess->id, 0, __ATOMIC_RELEASE); /* from here on it is the owner's again */
    registry_unlock();
    output_drop_all(core);
    pointer_set_clear(&core->resources);
    platform_free(core);
}

static void tell_released(struct vaccel_session *sess)
{
    struct session_core *core = session_core_of(sess);
    const struct dispatch *dispatch = session_dispatch(core);
    const struct vaccel_plugin_info *info;

    while (core->nr_told > 0) {
        info = dispatch->plugins[--core->nr_told]->info;
        if (info->session_release && info->session_release(sess) != VACCEL_OK)
            vaccel_warn("plugin %s failed to release session %lld", info->name,
                        (long long)sess->id);
    }
}

static int tell_begun(struct vaccel_session *sess)
{
    struct session_core *core = session_core_of(sess);
    const struct dispatch *dispatch = session_dispatch(core);
    const struct vaccel_plugin_info *info;
    int ret = VACCEL_OK;

    for (; core->nr_told < dispatch->nr_plugins; core->nr_told++) {
        info = dispatch->plugins[core->nr_told]->info;
        if (info->session_init)
            ret = info->session_init(sess, sess->hint & ~VACCEL_PLUGIN_REMOTE);
        else if (dispatch->remote)
            ret = VACCEL_ENOTSUP;
        if (ret != VACCEL_OK) {
            vaccel_error("plugin %s cannot begin a session: error %d", info->name, ret);
            return ret;
        }
    }
    return VACCEL_OK;
}

static struct session_core *core_new(void)
{
    struct session_core *core = platform_alloc_zeroed(sizeof(*core));

    if (core) {
        list_init(&core->registrations);
        core->held_limit = HELD_LIMIT;
    }
    return core;
}

/* After core_begin_release(). The mark tells a hook that it is within the release. */
static void finish_release(struct vaccel_session *sess)
{
    const struct session_core *core = session_core_of(sess);
    bool marked;

    marks_wait(sess, NULL);
    marked = marks_enter(sess, NULL) == VACCEL_OK;
    registration_drop_session(sess);
    tell_released(sess);
    if (marked)
        marks_leave();
    if (core->rundir_made && core->generation == core_generation())
        platform_directory_remove(sess->rundir);
    sess->plugin = NULL;
    sess->priv = NULL;
    sess->remote_id = 0;
    delist(sess);
}

bool session_end_any(bool *left)
{
    struct vaccel_session *sess;
    bool mine;

    registry_lock();
    sess = next_to_end();
    mine = sess && core_begin_release(&sess->core);
    *left = sess != NULL;
    registry_unlock();
    if (mine)
        finish_release(sess);
    return mine;
}

/* The calling thread is marked, so a release by another one waits for the hooks. */
static int begin(struct vaccel_session *sess, uint32_t flags)
{
    struct session_core *core = core_new();
    int ret;

    if (!core)
        return VACCEL_ENOMEM;
    ret = enlist(sess, flags, core);
    if (ret != VACCEL_OK) {
        platform_free(core);
        return ret;
    }
    ret = tell_begun(sess);
    if (ret != VACCEL_OK && core_begin_release(&sess->core))
        finish_release(sess);
    return ret;
}

/* Another thread releases it, cleanup for one. When this returns the struct is the owner's again. */
static void wait_until_released(const struct vaccel_session *sess)
{
    unsigned int attempt = 0;

    while (__atomic_load_n(&sess->id, __ATOMIC_ACQUIRE) && !core_usable(core_load(&sess->core)))
        platform_pause(attempt++);
}

int vaccel_session_init(struct vaccel_session *sess, uint32_t flags)
{
    int ret;

    if (!sess) {
        vaccel_error("a session's struct is needed, not NULL");
        return VACCEL_EINVAL;
    }
    __atomic_store_n(&sess->id, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&sess->core, NULL, __ATOMIC_RELAXED);
    ret = marks_enter(sess, NULL);
    if (ret != VACCEL_OK)
        return ret;
    ret = begin(sess, flags);
    marks_leave();
    if (ret != VACCEL_OK)
        wait_until_released(sess);
    return ret;
}

int vaccel_session_release(struct vaccel_session *sess)
{
    if (!sess || __atomic_load_n(&sess->id, __ATOMIC_ACQUIRE) <= 0) {
        vaccel_error("no session to release: %s", sess ? "it has no id" : "NULL");
        return VACCEL_EINVAL;
    }
    if (core_is_over())
        return core_not_initialized(VACCEL_ESESS);
    if (marks_mine(sess, NULL)) {
        vaccel_error("a session cannot be released from within its own operation");
        return VACCEL_EBUSY;
    }
    if (!core_begin_release(&sess->core)) {
        wait_until_released(sess);
        vaccel_error("the session was released by another thread");
        return VACCEL_ESESS;
    }
    finish_release(sess);
    return VACCEL_OK;
}

int vaccel_session_new(struct vaccel_session **sess, uint32_t flags)
{
    struct vaccel_session *made;
    int ret;

    if (!sess) {
        vaccel_error("nowhere to put the session: pass the address of a pointer");
        return VACCEL_EINVAL;
    }
    made = platform_alloc(sizeof(*made));
    if (!made)
        return VACCEL_ENOMEM;
    ret = vaccel_session_init(made, flags);
    if (ret != VACCEL_OK) {
        platform_free(made);
        return ret;
    }
    *sess = made;
    return VACCEL_OK;
}

int vaccel_session_delete(struct vaccel_session *sess)
{
    int ret = vaccel_session_release(sess);

    if (ret == VACCEL_OK)
        platform_free(sess);
    return ret;
}

int vaccel_session_get_by_id(struct vaccel_session **sess, vaccel_id_t id)
{
    struct vaccel_session *found;

    if (!sess || id < 1) {
        vaccel_error("no session can have the id %lld, or nowhere to put it", (long long)id);
        return VACCEL_EINVAL;
    }
    if (!core_is_initialized())
        return core_not_initialized(VACCEL_EPERM);
    registry_lock();
    found = ids_find(&sessions, id);
    if (found && of_plugin(found))
        found = NULL;
    registry_unlock();
    if (!found)
        return VACCEL_ENOENT;
    *sess = found;
    return VACCEL_OK;
}

/* The thread is marked. In a child process the session gets a directory of its own. */
static int make_rundir(struct vaccel_session *sess, struct session_core *core)
{
    int ret;

    registry_lock();
    if (core->generation != core_generation())
        name_rundir(sess, core);
    registry_unlock();
    ret = core_make_subdirectory(sess->rundir);
    if (ret == VACCEL_OK)
        __atomic_store_n(&core->rundir_made, true, __ATOMIC_RELAXED);
    return ret;
}

int vaccel_session_make_rundir(struct vaccel_session *sess)
{
    struct session_core *core;
    int ret;

    if (!sess)
        return VACCEL_EINVAL;
    ret = marks_enter(sess, NULL);
    if (ret != VACCEL_OK)
        return ret;
    core = core_load(&sess->core);
    ret = core_usable(core) ? make_rundir(sess, core) : VACCEL_ESESS;
    marks_leave();
    return ret;
}

void sessions_forget(void)
{
    ids_clear(&sessions);
    nr_alive = 0;
    nr_of_plugins = 0;
}
