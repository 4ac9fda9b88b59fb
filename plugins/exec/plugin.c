/* SPDX-License-Identifier: Apache-2.0 */
#include "names.h"
#include "objects.h"
#include "settings.h"

#include "vaccel.h"

typedef int (*exec_function)(struct vaccel_arg *read, size_t nr_read, struct vaccel_arg *write,
                             size_t nr_write);

/* A library and the functions of it that were called already. */
struct library {
    _Atomic(struct objects *) objects; /* NULL: not loaded yet. Once set it stays */
    struct names functions;
    size_t sessions; /* those that a resource is registered with; guarded by the lock */
};

static struct settings settings;
static struct names libraries; /* those of vaccel_exec(), by path */
/*
 * Guards additions to the tables. It is not held while a library is loaded: its constructors may do
 * anything, call us too. When two threads load the same one, one of them finds that it came second.
 */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void free_library(struct library *library, bool unload)
{
    struct objects *objects = atomic_load(&library->objects);

    if (objects)
        objects_close(objects, unload);
    names_release(&library->functions, NULL);
    free(library);
}

/* Loaded libraries may have threads of their own, so they outlive us. */
static void forget_library(void *library)
{
    free_library(library, false);
}

static int run(const struct library *library, void *address, const char *symbol,
               struct vaccel_arg *read, size_t nr_read, struct vaccel_arg *write, size_t nr_write)
{
    int ret = ((exec_function)address)(read, nr_read, write, nr_write);

    if (ret == 0)
        return VACCEL_OK;
    vaccel_error("[exec] %s() of library %s failed: it returned %d", symbol,
                 objects_name(atomic_load(&library->objects)), ret);
    return VACCEL_EBACKEND;
}

/* Look a function up, and remember it if there is memory for that. NULL: there is none. */
static void *resolve(struct library *library, const char *symbol)
{
    void *address = objects_symbol(atomic_load(&library->objects), symbol);

    if (!address)
        return NULL;
    pthread_mutex_lock(&lock);
    if (!names_find(&library->functions, symbol))
        names_add(&library->functions, symbol, address);
    pthread_mutex_unlock(&lock);
    return address;
}

static struct library *open_library(const char *path, int *error)
{
    struct library *library = calloc(1, sizeof(*library));

    if (!library) {
        *error = VACCEL_ENOMEM;
        return NULL;
    }
    atomic_store(&library->objects, objects_open(path, settings.dlopen_mode, error));
    if (atomic_load(&library->objects))
        return library;
    free(library);
    return NULL;
}

static struct library *open_and_remember(const char *path, int *error)
{
    struct library *fresh = open_library(path, error);
    struct library *known;

    if (!fresh)
        return NULL;
    pthread_mutex_lock(&lock);
    known = names_find(&libraries, path);
    if (!known) {
        *error = names_add(&libraries, path, fresh);
        if (*error == VACCEL_OK) {
            known = fresh;
            fresh = NULL;
        }
    }
    pthread_mutex_unlock(&lock);
    if (fresh)
        free_library(fresh, true);
    return known;
}

static int exec_once(const char *path, const char *symbol, struct vaccel_arg *read, size_t nr_read,
                     struct vaccel_arg *write, size_t nr_write)
{
    int ret = VACCEL_ENOSYS;
    struct library *library = open_library(path, &ret);
    void *address;

    if (!library)
        return ret;
    address = objects_symbol(atomic_load(&library->objects), symbol);
    ret = address ? run(library, address, symbol, read, nr_read, write, nr_write) : VACCEL_ENOSYS;
    free_library(library, true);
    return ret;
}

static int exec(struct vaccel_session *sess, const char *path, const char *symbol,
                struct vaccel_arg *read, size_t nr_read, struct vaccel_arg *write, size_t nr_write)
{
    struct library *library;
    void *address;
    int error;

    (void)sess;
    if (settings.unload_after_exec)
        return exec_once(path, symbol, read, nr_read, write, nr_write);
    library = names_find(&libraries, path);
    if (!library)
        library = open_and_remember(path, &error);
    if (!library)
        return error;
    address = names_find(&library->functions, symbol);
    if (!address)
        address = resolve(library, symbol);
    if (!address)
        return VACCEL_ENOSYS;
    return run(library, address, symbol, read, nr_read, write, nr_write);
}

static int load_resource(struct library *library, const struct vaccel_resource *resource)
{
    struct objects *none = NULL;
    struct objects *objects;
    int error;

    if (atomic_load(&library->objects))
        return VACCEL_OK;
    objects = objects_open_resource(resource, settings.dlopen_mode, &error);
    if (!objects)
        return error;
    if (!atomic_compare_exchange_strong(&library->objects, &none, objects))
        objects_close(objects, true);
    return VACCEL_OK;
}

static int exec_with_resource(struct vaccel_session *sess, struct vaccel_resource *resource,
                              const char *symbol, struct vaccel_arg *read, size_t nr_read,
                              struct vaccel_arg *write, size_t nr_write)
{
    struct library *library = vaccel_plugin_resource_state(&vaccel_this_plugin, resource);
    void *address = names_find(&library->functions, symbol);
    int ret;

    (void)sess;
    if (!address) {
        ret = load_resource(library, resource);
        if (ret != VACCEL_OK)
            return ret;
        address = resolve(library, symbol);
    }
    if (!address)
        return VACCEL_ENOSYS;
    return run(library, address, symbol, read, nr_read, write, nr_write);
}

/*
 * Only a place to remember things in: the library may be a kernel that another plugin runs, so it
 * is loaded when a function of it is called.
 */
static int add_session(struct vaccel_resource *resource)
{
    struct library *library = vaccel_plugin_resource_state(&vaccel_this_plugin, resource);
    int ret;

    if (!library) {
        library = calloc(1, sizeof(*library));
        if (!library)
            return VACCEL_ENOMEM;
        ret = vaccel_plugin_set_resource_state(&vaccel_this_plugin, resource, library);
        if (ret != VACCEL_OK) {
            free(library);
            return ret;
        }
    }
    library->sessions++;
    return VACCEL_OK;
}

static int resource_register(struct vaccel_resource *resource, struct vaccel_session *sess)
{
    int ret;

    (void)sess;
    if (resource->type != VACCEL_RESOURCE_LIB)
        return VACCEL_OK;
    pthread_mutex_lock(&lock);
    ret = add_session(resource);
    pthread_mutex_unlock(&lock);
    return ret;
}

static int resource_unregister(struct vaccel_resource *resource, struct vaccel_session *sess)
{
    struct library *unused = NULL;
    struct library *library;

    (void)sess;
    pthread_mutex_lock(&lock);
    library = vaccel_plugin_resource_state(&vaccel_this_plugin, resource);
    if (library && --library->sessions == 0) {
        unused = library;
        vaccel_plugin_set_resource_state(&vaccel_this_plugin, resource, NULL);
    }
    pthread_mutex_unlock(&lock);
    if (unused)
        free_library(unused, settings.unload_resources);
    return VACCEL_OK;
}

static int noop(struct vaccel_session *sess)
{
    (void)sess;
    return VACCEL_OK;
}

static struct vaccel_op ops[] = {
    VACCEL_OP_INIT(noop, VACCEL_OP_NOOP, noop),
    VACCEL_OP_INIT(exec, VACCEL_OP_EXEC, exec),
    VACCEL_OP_INIT(exec_with_resource, VACCEL_OP_EXEC_WITH_RESOURCE, exec_with_resource),
};

static int init(void)
{
    settings_read(&settings);
    return vaccel_plugin_register_ops(ops, sizeof(ops) / sizeof(ops[0]));
}

static int fini(void)
{
    names_release(&libraries, forget_library);
    return VACCEL_OK;
}

VACCEL_PLUGIN(.name = "exec", .version = VACCEL_VERSION, .vaccel_version = VACCEL_VERSION,
              .type = VACCEL_PLUGIN_SOFTWARE | VACCEL_PLUGIN_GENERIC | VACCEL_PLUGIN_CPU,
              .init = init, .fini = fini, .resource_register = resource_register,
              .resource_unregister = resource_unregister)
