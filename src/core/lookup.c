/* SPDX-License-Identifier: Apache-2.0 */
#include "core/list.h"
#include "core/registration.h"
#include "core/registry.h"
#include "vaccel.h"

/* What is registered with a session. */

bool vaccel_session_has_resource(struct vaccel_session *sess, struct vaccel_resource *res)
{
    const struct session_core *core;
    bool has = false;

    if (!sess || !res)
        return false;
    registry_lock();
    core = session_core_of(sess);
    has = core && pointer_set_has(&core->resources, res);
    registry_unlock();
    return has;
}

typedef bool (*match_fn)(const struct vaccel_resource *res, int64_t wanted);

static bool match_id(const struct vaccel_resource *res, int64_t wanted)
{
    return res->id == wanted;
}

static bool match_type(const struct vaccel_resource *res, int64_t wanted)
{
    return res->type == (vaccel_resource_type_t)wanted;
}

/*
 * Under the registry's lock: the registered resources that match, at most @max of them into @found,
 * which may be NULL. Returns how many match.
 */
static size_t collect(const struct session_core *core, match_fn match, int64_t wanted,
                      struct vaccel_resource **found, size_t max)
{
    struct vaccel_list_entry *entry;
    const struct registration *registration;
    size_t count = 0;

    for (entry = core->registrations.next; entry != &core->registrations; entry = entry->next) {
        registration = registration_in_session(entry);
        if (registration->state != REGISTRATION_COMPLETE || !match(registration->resource, wanted))
            continue;
        if (count < max)
            found[count] = registration->resource;
        count++;
    }
    return count;
}

static int find_first(const struct vaccel_session *sess, match_fn match, int64_t wanted,
                      struct vaccel_resource **res)
{
    const struct session_core *core;
    int ret = VACCEL_ESESS;

    registry_lock();
    core = session_core_of(sess);
    if (core)
        ret = collect(core, match, wanted, res, 1) ? VACCEL_OK : VACCEL_ENOENT;
    registry_unlock();
    return ret;
}

int vaccel_session_resource_by_id(struct vaccel_session *sess, struct vaccel_resource **res,
                                  vaccel_id_t id)
{
    if (!sess || !res || id < 1) {
        vaccel_error("no resource can have the id %lld, or session or result is NULL",
                     (long long)id);
        return VACCEL_EINVAL;
    }
    return find_first(sess, match_id, id, res);
}

int vaccel_session_resource_by_type(struct vaccel_session *sess, struct vaccel_resource **res,
                                    vaccel_resource_type_t type)
{
    if (!sess || !res || !resource_type_valid(type))
        return VACCEL_EINVAL;
    return find_first(sess, match_type, type, res);
}

/* Under the registry's lock. */
static int collect_all(const struct session_core *core, int64_t type,
                       struct vaccel_resource ***resources, size_t *nr_resources)
{
    size_t count = collect(core, match_type, type, NULL, 0);
    struct vaccel_resource **found;

    if (!count)
        return VACCEL_ENOENT;
    found = platform_alloc(count * sizeof(struct vaccel_resource *));
    if (!found)
        return VACCEL_ENOMEM;
    *nr_resources = collect(core, match_type, type, found, count);
    *resources = found;
    return VACCEL_OK;
}

int vaccel_session_resources_by_type(struct vaccel_session *sess,
                                     struct vaccel_resource ***resources, size_t *nr_resources,
                                     vaccel_resource_type_t type)
{
    const struct session_core *core;
    int ret = VACCEL_ESESS;

    if (!sess || !resources || !nr_resources || !resource_type_valid(type))
        return VACCEL_EINVAL;
    *nr_resources = 0;
    registry_lock();
    core = session_core_of(sess);
    if (core)
        ret = collect_all(core, (int64_t)type, resources, nr_resources);
    registry_unlock();
    return ret;
}
