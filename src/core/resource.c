/* SPDX-License-Identifier: Apache-2.0 */
#include "core/resource.h"
#include "core/core.h"
#include "core/list.h"
#include "core/marks.h"
#include "core/registration.h"
#include "core/registry.h"
#include "core/resource_contents.h"
#include "platform/text.h"
#include "vaccel.h"

static struct ids resources;

/* Under the registry's lock. At the end of the process structs may be gone, but not these. */
static size_t nr_alive;
static size_t nr_of_plugins;
static struct vaccel_list_entry all = LIST_ENTRY_INIT(all);

struct resource_core *resource_core_of(const struct vaccel_resource *res)
{
    return core_untagged(core_load(&res->core));
}

/* Under the registry's lock. */
static bool of_plugin(const struct vaccel_resource *res)
{
    return resource_core_of(res)->of_plugin;
}

bool resources_alive(void)
{
    bool alive;

    registry_lock();
    alive = nr_alive > nr_of_plugins;
    registry_unlock();
    return alive;
}

int vaccel_plugin_own_resource(struct vaccel_resource *res)
{
    struct resource_core *core;

    if (!res)
        return VACCEL_EINVAL;
    registry_lock();
    core = core_usable(core_load(&res->core)) ? resource_core_of(res) : NULL;
    if (core && !core->of_plugin) {
        core->of_plugin = true;
        nr_of_plugins++;
    }
    registry_unlock();
    return core ? VACCEL_OK : VACCEL_ESESS;
}

void resources_forget(void)
{
    ids_clear(&resources);
    nr_alive = 0;
    nr_of_plugins = 0;
    list_init(&all);
}

static struct resource_core *core_in_list(struct vaccel_list_entry *entry)
{
    return (struct resource_core *)((char *)entry - offsetof(struct resource_core, all));
}

int resource_find_and_mark(vaccel_id_t id, struct vaccel_resource **res)
{
    int ret = VACCEL_ENOENT;

    registry_lock();
    *res = ids_find(&resources, id);
    if (*res)
        ret = marks_enter(NULL, *res);
    if (ret == VACCEL_OK && !core_usable(core_load(&(*res)->core))) {
        marks_leave();
        ret = VACCEL_ENOENT;
    }
    registry_unlock();
    return ret;
}

bool resource_type_valid(vaccel_resource_type_t type)
{
    if ((int)type >= 0 && type < VACCEL_RESOURCE_MAX)
        return true;
    vaccel_error("resource type %d does not exist: it must be below %d", (int)type,
                 VACCEL_RESOURCE_MAX);
    return false;
}

static struct resource_core *core_new(struct vaccel_resource *res)
{
    struct resource_core *core = platform_alloc_zeroed(sizeof(*core));

    if (!core)
        return NULL;
    list_init(&core->registrations);
    list_init(&core->models);
    list_init(&core->all);
    core->resource = res;
    core->generation = core_generation();
    return core;
}

static int enlist(struct vaccel_resource *res, struct resource_core *core)
{
    int ret = VACCEL_ENOMEM;
    vaccel_id_t id;

    registry_lock();
    if (!core_is_initialized()) {
        ret = VACCEL_EPERM;
    } else if ((id = ids_take(&resources, res))) {
        __atomic_store_n(&res->id, id, __ATOMIC_RELAXED);
        list_append(&all, &core->all);
        nr_alive++;
        __atomic_store_n(&res->core, (char *)core + CORE_RELEASING, __ATOMIC_RELEASE);
        ret = VACCEL_OK;
    }
    registry_unlock();
    return ret == VACCEL_EPERM ? core_not_initialized(ret) : ret;
}

static void delist(struct vaccel_resource *res)
{
    struct resource_core *core;

    registry_lock();
    core = resource_core_of(res);
    list_remove(&core->all);
    ids_give_back(&resources, res->id);
    nr_alive--;
    nr_of_plugins -= core->of_plugin;
    __atomic_store_n(&res->core, NULL, __ATOMIC_RELEASE);
    __atomic_store_n(&res->id, 0, __ATOMIC_RELEASE); /* from here on it is the owner's again */
    registry_unlock();
    platform_free(core);
}

/* Threads that still call with a struct of before look at its core alone. */
static void clear(struct vaccel_resource *res, vaccel_resource_type_t type)
{
    __atomic_store_n(&res->id, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&res->core, NULL, __ATOMIC_RELAXED);
    res->remote_id = 0;
    res->type = type;
    res->path_type = VACCEL_PATH_LOCAL_FILE;
    res->paths = NULL;
    res->nr_paths = 0;
    res->rundir = NULL;
    res->blobs = NULL;
    res->nr_blobs = 0;
    res->plugin_priv = NULL;
}

/* Give it an id; until finish() nobody can use it. */
static int begin(struct vaccel_resource *res, vaccel_resource_type_t type)
{
    struct resource_core *core;
    int ret;

    clear(res, type);
    if (!resource_type_valid(type))
        return VACCEL_EINVAL;
    core = core_new(res);
    if (!core)
        return VACCEL_ENOMEM;
    ret = enlist(res, core);
    if (ret != VACCEL_OK)
        platform_free(core);
    return ret;
}

/* @ret: whether its contents could be made. If not, nothing is left of it. */
static int finish(struct vaccel_resource *res, int ret)
{
    if (ret == VACCEL_OK) {
        __atomic_store_n(&res->core, resource_core_of(res), __ATOMIC_RELEASE);
        return VACCEL_OK;
    }
    resource_free_contents(res);
    delist(res);
    return ret;
}

int vaccel_resource_init_multi(struct vaccel_resource *res, const char **paths, size_t nr_paths,
                               vaccel_resource_type_t type)
{
    int ret;

    if (!res || !paths || !nr_paths) {
        vaccel_error("a resource needs its struct and at least one path");
        return VACCEL_EINVAL;
    }
    ret = begin(res, type);
    return ret == VACCEL_OK ? finish(res, resource_take_paths(res, paths, nr_paths)) : ret;
}

int vaccel_resource_init(struct vaccel_resource *res, const char *path, vaccel_resource_type_t type)
{
    return vaccel_resource_init_multi(res, &path, 1, type);
}

int vaccel_resource_init_from_buf(struct vaccel_resource *res, const void *buf, size_t nr_bytes,
                                  vaccel_resource_type_t type, const char *filename, bool mem_only)
{
    int ret;

    if (!res || !buf || !nr_bytes) {
        vaccel_error("a resource needs its struct and at least one byte");
        return VACCEL_EINVAL;
    }
    ret = begin(res, type);
    if (ret != VACCEL_OK)
        return ret;
    return finish(res, resource_take_buffer(res, buf, nr_bytes, filename, mem_only));
}

int vaccel_resource_init_from_blobs(struct vaccel_resource *res, const struct vaccel_blob **blobs,
                                    size_t nr_blobs, vaccel_resource_type_t type)
{
    int ret;

    if (!res || !blobs || !nr_blobs) {
        vaccel_error("a resource needs its struct and at least one blob");
        return VACCEL_EINVAL;
    }
    ret = begin(res, type);
    return ret == VACCEL_OK ? finish(res, resource_take_blobs(res, blobs, nr_blobs)) : ret;
}

/* After core_begin_release(). */
static void finish_release(struct vaccel_resource *res)
{
    marks_wait(NULL, res);
    registration_drop_resource(res);
    if (resource_core_of(res)->generation != core_generation())
        resource_disown_files(res);
    resource_free_contents(res);
    res->remote_id = 0;
    res->plugin_priv = NULL;
    delist(res);
}

bool resource_end_any(bool *left)
{
    struct vaccel_resource *res;
    bool mine;

    registry_lock();
    res = ids_next(&resources, 0);
    mine = res && core_begin_release(&res->core);
    *left = res != NULL;
    registry_unlock();
    if (mine)
        finish_release(res);
    return mine;
}

/*
 * Another thread releases it, cleanup for one, or still makes it. When this returns the struct is
 * the owner's again.
 */
static void wait_until_released(const struct vaccel_resource *res)
{
    unsigned int attempt = 0;

    while (__atomic_load_n(&res->id, __ATOMIC_ACQUIRE) && !core_usable(core_load(&res->core)))
        platform_pause(attempt++);
}

int vaccel_resource_release(struct vaccel_resource *res)
{
    if (!res || __atomic_load_n(&res->id, __ATOMIC_ACQUIRE) <= 0) {
        vaccel_error("no resource to release: %s", res ? "it has no id" : "NULL");
        return VACCEL_EINVAL;
    }
    if (core_is_over())
        return core_not_initialized(VACCEL_ESESS);
    if (marks_mine(NULL, res)) {
        vaccel_error("a resource cannot be released from within a call that uses it");
        return VACCEL_EBUSY;
    }
    if (!core_begin_release(&res->core)) {
        wait_until_released(res);
        vaccel_error("the resource was released by another thread");
        return VACCEL_ESESS;
    }
    finish_release(res);
    return VACCEL_OK;
}

int vaccel_resource_get_by_id(struct vaccel_resource **res, vaccel_id_t id)
{
    struct vaccel_resource *found;

    if (!res || id < 1) {
        vaccel_error("no resource can have the id %lld, or nowhere to put it", (long long)id);
        return VACCEL_EINVAL;
    }
    if (!core_is_initialized())
        return core_not_initialized(VACCEL_EPERM);
    registry_lock();
    found = ids_find(&resources, id);
    if (found && of_plugin(found))
        found = NULL;
    registry_unlock();
    if (!found)
        return VACCEL_ENOENT;
    *res = found;
    return VACCEL_OK;
}

/* Under the registry's lock: those of a type, at most @max into @found. Returns how many there are.
 */
static size_t collect(vaccel_resource_type_t type, struct vaccel_resource **found, size_t max)
{
    struct vaccel_list_entry *entry;
    struct vaccel_resource *res;
    size_t count = 0;

    for (entry = all.next; entry != &all; entry = entry->next) {
        res = core_in_list(entry)->resource;
        if (res->type != type || of_plugin(res))
            continue;
        if (count < max)
            found[count] = res;
        count++;
    }
    return count;
}

int vaccel_resource_get_by_type(struct vaccel_resource **res, vaccel_resource_type_t type)
{
    size_t count;

    if (!res || !resource_type_valid(type))
        return VACCEL_EINVAL;
    if (!core_is_initialized())
        return core_not_initialized(VACCEL_EPERM);
    registry_lock();
    count = collect(type, res, 1);
    registry_unlock();
    return count ? VACCEL_OK : VACCEL_ENOENT;
}

/* Under the registry's lock. */
static int collect_all(vaccel_resource_type_t type, struct vaccel_resource ***found, size_t *count)
{
    *count = collect(type, NULL, 0);
    if (!*count)
        return VACCEL_ENOENT;
    *found = platform_alloc(*count * sizeof(struct vaccel_resource *));
    if (!*found) {
        *count = 0;
        return VACCEL_ENOMEM;
    }
    collect(type, *found, *count);
    return VACCEL_OK;
}

int vaccel_resource_get_all_by_type(struct vaccel_resource ***found, size_t *nr_found,
                                    vaccel_resource_type_t type)
{
    int ret;

    if (!found || !nr_found || !resource_type_valid(type))
        return VACCEL_EINVAL;
    *nr_found = 0;
    if (!core_is_initialized())
        return core_not_initialized(VACCEL_EPERM);
    registry_lock();
    ret = collect_all(type, found, nr_found);
    registry_unlock();
    return ret;
}

long int vaccel_resource_refcount(const struct vaccel_resource *res)
{
    const struct resource_core *core;
    long int count = -VACCEL_EINVAL;

    if (!res)
        return count;
    registry_lock();
    core = resource_core_of(res);
    if (core)
        count = (long int)core->nr_sessions;
    registry_unlock();
    return count;
}
