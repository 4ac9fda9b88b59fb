/* SPDX-License-Identifier: Apache-2.0 */
#include "core/registration.h"
#include "core/list.h"
#include "core/marks.h"
#include "core/registry.h"
#include "core/resource_contents.h"
#include "platform/text.h"
#include "vaccel.h"

struct registration *registration_find(struct session_core *session,
                                       const struct vaccel_resource *res)
{
    struct vaccel_list_entry *entry;
    struct registration *registration;

    for (entry = session->registrations.next; entry != &session->registrations;
         entry = entry->next) {
        registration = registration_in_session(entry);
        if (registration->resource == res)
            return registration;
    }
    return NULL;
}

static void link(struct registration *registration, struct session_core *session,
                 struct resource_core *resource)
{
    list_append(&session->registrations, &registration->in_session);
    list_append(&resource->registrations, &registration->in_resource);
}

static void unlink_and_free(struct registration *registration)
{
    registry_lock();
    list_remove(&registration->in_session);
    list_remove(&registration->in_resource);
    registry_unlock();
    platform_free(registration);
}

static int tell_plugin_left(const struct vaccel_plugin_info *info, struct vaccel_resource *res,
                            struct vaccel_session *sess)
{
    int ret = info->resource_unregister ? info->resource_unregister(res, sess) : VACCEL_OK;

    if (ret != VACCEL_OK)
        vaccel_error("plugin %s failed to unregister resource %lld: error %d", info->name,
                     (long long)res->id, ret);
    return ret;
}

/* The first error of a hook; all are called. */
static int tell_left(struct vaccel_resource *res, struct vaccel_session *sess, size_t nr_plugins)
{
    const struct dispatch *dispatch = session_dispatch(session_core_of(sess));
    int first = VACCEL_OK;
    int ret;

    while (nr_plugins-- > 0) {
        ret = tell_plugin_left(dispatch->plugins[nr_plugins]->info, res, sess);
        if (first == VACCEL_OK)
            first = ret;
    }
    return first;
}

static int tell_joined(struct vaccel_resource *res, struct vaccel_session *sess)
{
    const struct dispatch *dispatch = session_dispatch(session_core_of(sess));
    const struct vaccel_plugin_info *info;
    size_t i;
    int ret;

    for (i = 0; i < dispatch->nr_plugins; i++) {
        info = dispatch->plugins[i]->info;
        if (!info->resource_register && !dispatch->remote)
            continue;
        ret = info->resource_register ? info->resource_register(res, sess) : VACCEL_ENOTSUP;
        if (ret == VACCEL_OK && dispatch->remote &&
            __atomic_load_n(&res->remote_id, __ATOMIC_RELAXED) <= 0)
            ret = VACCEL_EBACKEND;
        if (ret != VACCEL_OK) {
            vaccel_error("plugin %s cannot register resource %lld: error %d", info->name,
                         (long long)res->id, ret);
            tell_left(res, sess, i);
            return ret;
        }
    }
    return VACCEL_OK;
}

static int complete(struct registration *registration)
{
    struct session_core *session = session_core_of(registration->session);
    bool added;

    registry_lock();
    added = pointer_set_add(&session->resources, registration->resource);
    if (added) {
        registration->state = REGISTRATION_COMPLETE;
        resource_core_of(registration->resource)->nr_sessions++;
    }
    registry_unlock();
    if (added)
        return VACCEL_OK;
    tell_left(registration->resource, registration->session, session_dispatch(session)->nr_plugins);
    return VACCEL_ENOMEM;
}

static int join(struct registration *registration)
{
    struct vaccel_session *sess = registration->session;
    struct vaccel_resource *res = registration->resource;
    int ret = resource_fill_blobs(res, session_dispatch(session_core_of(sess))->remote);

    if (ret == VACCEL_OK)
        ret = tell_joined(res, sess);
    if (ret == VACCEL_OK)
        ret = complete(registration);
    if (ret != VACCEL_OK)
        unlink_and_free(registration);
    return ret;
}

/*
 * Put @fresh into the lists if there is no registration yet: true. Else its state is in *@state.
 * The thread is marked, so both cores stay.
 */
static bool claim(struct registration *fresh, enum registration_state *state)
{
    struct session_core *session = session_core_of(fresh->session);
    const struct registration *there;

    registry_lock();
    there = registration_find(session, fresh->resource);
    if (there)
        *state = there->state;
    else
        link(fresh, session, resource_core_of(fresh->resource));
    registry_unlock();
    return !there;
}

/* *@again: another thread is about to change the registration; try again without the mark. */
static int register_marked(struct vaccel_resource *res, struct vaccel_session *sess, bool *again)
{
    enum registration_state state = REGISTRATION_JOINING;
    struct registration *fresh;

    *again = false;
    if (!core_usable(core_load(&sess->core)) || !core_usable(core_load(&res->core))) {
        vaccel_error("the session or the resource is released");
        return VACCEL_ESESS;
    }
    fresh = platform_alloc_zeroed(sizeof(*fresh));
    if (!fresh)
        return VACCEL_ENOMEM;
    fresh->session = sess;
    fresh->resource = res;
    if (claim(fresh, &state))
        return join(fresh);
    platform_free(fresh);
    *again = state != REGISTRATION_COMPLETE;
    if (*again)
        return VACCEL_EBUSY;
    vaccel_warn("resource %lld is registered with session %lld already", (long long)res->id,
                (long long)sess->id);
    return VACCEL_OK;
}

int vaccel_resource_register(struct vaccel_resource *res, struct vaccel_session *sess)
{
    unsigned int attempt;
    bool again;
    int ret;

    if (!res || !sess) {
        vaccel_error("a resource and a session are needed to register, not NULL");
        return VACCEL_EINVAL;
    }
    for (attempt = 0;; attempt++) {
        ret = marks_enter(sess, res);
        if (ret != VACCEL_OK)
            return ret;
        ret = register_marked(res, sess, &again);
        marks_leave();
        if (!again)
            return ret;
        if (marks_mine(sess, res)) {
            vaccel_error("a resource cannot be registered from within its own registration");
            return ret;
        }
        platform_pause(attempt);
    }
}

/* Under the registry's lock. From here on calls find the resource unregistered. */
static void begin_leaving(struct registration *registration)
{
    registration->state = REGISTRATION_LEAVING;
    pointer_set_remove(&session_core_of(registration->session)->resources, registration->resource);
    resource_core_of(registration->resource)->nr_sessions--;
}

/* After begin_leaving(). The mark makes a release of either by the hook itself an error. */
static int leave(struct registration *registration)
{
    struct vaccel_session *sess = registration->session;
    struct vaccel_resource *res = registration->resource;
    bool marked;
    int ret;

    marks_wait(sess, res);
    if (registration->model)
        registration->release_model(registration->model);
    marked = marks_enter(sess, res) == VACCEL_OK;
    ret = tell_left(res, sess, session_dispatch(session_core_of(sess))->nr_plugins);
    if (marked)
        marks_leave();
    unlink_and_free(registration);
    return ret;
}

typedef struct registration *(*registration_of_fn)(struct vaccel_list_entry *entry);

/* Take one that is COMPLETE; NULL: there is none. *@left: whether others are still in the list. */
static struct registration *take(struct vaccel_list_entry *head, registration_of_fn registration_of,
                                 bool *left)
{
    struct vaccel_list_entry *entry;
    struct registration *taken = NULL;

    registry_lock();
    *left = !list_empty(head);
    for (entry = head->next; entry != head && !taken; entry = entry->next)
        if (registration_of(entry)->state == REGISTRATION_COMPLETE)
            taken = registration_of(entry);
    if (taken)
        begin_leaving(taken);
    registry_unlock();
    return taken;
}

/* Those that another thread is undoing are waited for. */
static void drop_all(struct vaccel_list_entry *head, registration_of_fn registration_of)
{
    struct registration *registration;
    unsigned int attempt = 0;
    bool left = true;

    while (left) {
        registration = take(head, registration_of, &left);
        if (registration)
            leave(registration);
        else if (left)
            platform_pause(attempt++);
    }
}

void registration_drop_session(struct vaccel_session *sess)
{
    drop_all(&session_core_of(sess)->registrations, registration_in_session);
}

void registration_drop_resource(struct vaccel_resource *res)
{
    drop_all(&resource_core_of(res)->registrations, registration_in_resource);
}

/* Find the registration of live structs and begin to undo it; the thread is marked. */
static int begin_unregister(struct vaccel_resource *res, struct vaccel_session *sess,
                            struct registration **registration)
{
    struct session_core *session = core_load(&sess->core);
    int ret = VACCEL_EINVAL;

    if (!core_usable(session) || !core_usable(core_load(&res->core)))
        return VACCEL_ESESS;
    registry_lock();
    *registration = registration_find(session, res);
    if (*registration && (*registration)->state == REGISTRATION_COMPLETE) {
        begin_leaving(*registration);
        ret = VACCEL_OK;
    }
    registry_unlock();
    return ret;
}

int vaccel_resource_unregister(struct vaccel_resource *res, struct vaccel_session *sess)
{
    struct registration *registration;
    int ret;

    if (!res || !sess) {
        vaccel_error("a resource and a session are needed to unregister, not NULL");
        return VACCEL_EINVAL;
    }
    if (marks_mine(sess, res)) {
        vaccel_error("a resource cannot be unregistered from within a call that uses it");
        return VACCEL_EBUSY;
    }
    ret = marks_enter(sess, res);
    if (ret != VACCEL_OK)
        return ret;
    ret = begin_unregister(res, sess, &registration);
    marks_leave();
    if (ret == VACCEL_OK)
        return leave(registration);
    vaccel_error("%s", ret == VACCEL_ESESS ? "the session or the resource is released"
                                           : "the resource is not registered with the session");
    return ret;
}
