/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments: the paths of two builds of test_library.c and of one of test_dependent.c. */
#include "vaccel.h"
#include "vaccel/utils/fs.h"

#include <dlfcn.h>
#include <libgen.h>
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>
#include <cmocka.h>

enum { VALUE_ONE = 1, VALUE_TWO = 2, NR_THREADS = 4 };

static char *one;
static char *two;
static char *dependent;
static struct vaccel_session sess;
static unsigned int nr_dlopens;

/* Stands before the system's: counts. */
void *dlopen(const char *file, int mode)
{
    static void *(*real)(const char *, int);

    if (!real)
        real = (void *(*)(const char *, int))dlsym(RTLD_NEXT, "dlopen");
    __atomic_add_fetch(&nr_dlopens, 1, __ATOMIC_RELAXED);
    return real(file, mode);
}

static int begin(void **state)
{
    (void)state;
    return vaccel_session_init(&sess, 0);
}

static int end(void **state)
{
    (void)state;
    return vaccel_session_release(&sess);
}

/* Begin anew with a setting of the plugin; NULL: without. */
static int begin_with_dlclose(const char *value)
{
    if (value)
        setenv("VACCEL_EXEC_DLCLOSE_ENABLED", value, 1);
    else
        unsetenv("VACCEL_EXEC_DLCLOSE_ENABLED");
    return vaccel_bootstrap() || vaccel_session_init(&sess, 0) ? -1 : 0;
}

static int begin_unloading(void **state)
{
    (void)state;
    return begin_with_dlclose("1");
}

static int begin_keeping(void **state)
{
    (void)state;
    return begin_with_dlclose("0");
}

static int end_setting(void **state)
{
    int ret = end(state);

    return begin_with_dlclose(NULL) || ret ? -1 : end(state);
}

static void init_library(struct vaccel_resource *library, const char *path)
{
    assert_int_equal(vaccel_resource_init(library, path, VACCEL_RESOURCE_LIB), VACCEL_OK);
    assert_int_equal(vaccel_resource_register(library, &sess), VACCEL_OK);
}

static int call(struct vaccel_resource *library, const char *function, int *value)
{
    struct vaccel_arg write = {.buf = value, .size = sizeof(*value), .type = VACCEL_ARG_INT32};

    return vaccel_exec_with_resource(&sess, library, function, NULL, 0, &write, 1);
}

static void assert_value(struct vaccel_resource *library, int wanted)
{
    int value = 0;

    assert_int_equal(call(library, "get_value", &value), VACCEL_OK);
    assert_int_equal(value, wanted);
}

static bool is_loaded(const char *path)
{
    void *handle = dlopen(path, RTLD_LAZY | RTLD_NOLOAD);

    if (handle)
        dlclose(handle);
    return handle != NULL;
}

static void a_function_of_a_resource_runs(void **state)
{
    struct vaccel_resource library;

    (void)state;
    init_library(&library, one);
    assert_value(&library, VALUE_ONE);
    assert_value(&library, VALUE_ONE);
    assert_int_equal(vaccel_resource_release(&library), VACCEL_OK);
}

static void a_function_by_path_runs_and_its_library_is_opened_once(void **state)
{
    int value = 0;
    struct vaccel_arg write = {.buf = &value, .size = sizeof(value)};
    unsigned int before;

    (void)state;
    assert_int_equal(vaccel_exec(&sess, two, "get_value", NULL, 0, &write, 1), VACCEL_OK);
    assert_int_equal(value, VALUE_TWO);
    before = nr_dlopens;
    assert_int_equal(vaccel_exec(&sess, two, "get_value", NULL, 0, &write, 1), VACCEL_OK);
    assert_int_equal(vaccel_exec(&sess, two, "nothing", NULL, 0, NULL, 0), VACCEL_OK);
    assert_int_equal(nr_dlopens, before);
}

static void errors_have_their_codes(void **state)
{
    struct vaccel_resource library;
    int value = 0;

    (void)state;
    init_library(&library, one);
    assert_int_equal(call(&library, "no_such_function", &value), VACCEL_ENOSYS);
    assert_int_equal(call(&library, "", &value), VACCEL_ENOSYS);
    assert_int_equal(call(&library, "fail", &value), VACCEL_EBACKEND);
    assert_int_equal(vaccel_resource_release(&library), VACCEL_OK);
    assert_int_equal(vaccel_exec(&sess, one, "no_such_function", NULL, 0, NULL, 0), VACCEL_ENOSYS);
    assert_int_equal(vaccel_exec(&sess, one, "fail", NULL, 0, NULL, 0), VACCEL_EBACKEND);
    assert_int_equal(vaccel_exec(&sess, "/no/such.so", "fail", NULL, 0, NULL, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_exec(&sess, "", "fail", NULL, 0, NULL, 0), VACCEL_EINVAL);
}

static void what_is_no_library_is_opened_only_by_a_call(void **state)
{
    struct vaccel_resource kernel;
    unsigned int before = nr_dlopens;
    int value = 0;

    (void)state;
    assert_int_equal(vaccel_resource_init_from_buf(&kernel, "kernel source", 13,
                                                   VACCEL_RESOURCE_LIB, "add.cl", true),
                     VACCEL_OK);
    assert_int_equal(vaccel_resource_register(&kernel, &sess), VACCEL_OK);
    assert_int_equal(nr_dlopens, before);
    assert_int_equal(call(&kernel, "add", &value), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_release(&kernel), VACCEL_OK);
}

static void a_library_in_memory_runs(void **state)
{
    const char *const paths[] = {one, two, one};
    const int values[] = {VALUE_ONE, VALUE_TWO, VALUE_ONE};
    struct vaccel_resource library;
    void *data;
    size_t size;
    size_t i;

    (void)state;
    /* One after the other they may get the same descriptor: none must be taken for the other. */
    for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        assert_int_equal(fs_file_read(paths[i], &data, &size), VACCEL_OK);
        assert_int_equal(vaccel_resource_init_from_buf(&library, data, size, VACCEL_RESOURCE_LIB,
                                                       "library.so", true),
                         VACCEL_OK);
        assert_int_equal(vaccel_resource_register(&library, &sess), VACCEL_OK);
        assert_value(&library, values[i]);
        assert_int_equal(vaccel_resource_release(&library), VACCEL_OK);
        free(data);
    }
}

static void a_relative_path_is_relative_to_the_directory(void **state)
{
    char copy[4096];
    char here[4096];
    struct vaccel_resource library;

    (void)state;
    assert_non_null(getcwd(here, sizeof(here)));
    snprintf(copy, sizeof(copy), "%s", two);
    assert_int_equal(chdir(dirname(copy)), 0);
    snprintf(copy, sizeof(copy), "%s", two);
    init_library(&library, basename(copy));
    assert_value(&library, VALUE_TWO);
    assert_int_equal(vaccel_resource_release(&library), VACCEL_OK);
    assert_int_equal(chdir(here), 0);
}

static void a_library_finds_those_before_it(void **state)
{
    const char *paths[] = {two, dependent};
    struct vaccel_resource library;
    int value = 0;

    (void)state;
    assert_int_equal(vaccel_resource_init_multi(&library, paths, 2, VACCEL_RESOURCE_LIB),
                     VACCEL_OK);
    assert_int_equal(vaccel_resource_register(&library, &sess), VACCEL_OK);
    assert_int_equal(call(&library, "get_value_of_the_other", &value), VACCEL_OK);
    assert_int_equal(value, VALUE_TWO);
    assert_int_equal(vaccel_resource_release(&library), VACCEL_OK);
}

static void a_library_without_what_it_needs_is_an_error(void **state)
{
    struct vaccel_resource library;
    int value = 0;

    (void)state;
    init_library(&library, dependent);
    assert_int_equal(call(&library, "get_value_of_the_other", &value), VACCEL_EINVAL);
    assert_int_equal(vaccel_resource_release(&library), VACCEL_OK);
}

static void a_library_is_loaded_until_its_last_session_leaves(void **state)
{
    struct vaccel_session other = {0};
    struct vaccel_resource library;

    (void)state;
    init_library(&library, one);
    assert_value(&library, VALUE_ONE);
    assert_int_equal(vaccel_session_init(&other, 0), VACCEL_OK);
    assert_int_equal(vaccel_resource_register(&library, &other), VACCEL_OK);
    assert_int_equal(vaccel_session_release(&other), VACCEL_OK);
    assert_true(is_loaded(one));
    assert_value(&library, VALUE_ONE);
    assert_int_equal(vaccel_resource_unregister(&library, &sess), VACCEL_OK);
    assert_false(is_loaded(one));
    assert_int_equal(vaccel_resource_register(&library, &sess), VACCEL_OK);
    assert_value(&library, VALUE_ONE);
    assert_int_equal(vaccel_resource_release(&library), VACCEL_OK);
    assert_false(is_loaded(one));
}

static void exec_unloads_if_told_to(void **state)
{
    (void)state;
    assert_int_equal(vaccel_exec(&sess, one, "nothing", NULL, 0, NULL, 0), VACCEL_OK);
    assert_false(is_loaded(one));
    assert_int_equal(vaccel_exec(&sess, one, "no_such_function", NULL, 0, NULL, 0), VACCEL_ENOSYS);
    assert_int_equal(vaccel_exec(&sess, one, "fail", NULL, 0, NULL, 0), VACCEL_EBACKEND);
    assert_false(is_loaded(one));
}

static void resources_stay_loaded_if_told_to(void **state)
{
    struct vaccel_resource library;

    (void)state;
    init_library(&library, one);
    assert_value(&library, VALUE_ONE);
    assert_int_equal(vaccel_resource_release(&library), VACCEL_OK);
    assert_true(is_loaded(one));
}

static void *call_often(void *argument)
{
    struct vaccel_resource *library = argument;
    size_t wrong = 0;
    int value;
    int i;

    for (i = 0; i < 1000; i++) {
        value = 0;
        wrong += call(library, "get_value", &value) != VACCEL_OK || value != VALUE_ONE;
        wrong += call(library, "nothing", &value) != VACCEL_OK;
    }
    return (void *)wrong;
}

static void threads_may_all_make_the_first_call(void **state)
{
    struct vaccel_resource library;
    pthread_t threads[NR_THREADS];
    void *wrong;
    int i;

    (void)state;
    init_library(&library, one);
    for (i = 0; i < NR_THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, call_often, &library), 0);
    for (i = 0; i < NR_THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], &wrong), 0);
        assert_null(wrong);
    }
    assert_int_equal(vaccel_resource_release(&library), VACCEL_OK);
}

struct waiting {
    struct vaccel_resource library;
    int go_on;
    int where;
};

static void *wait_inside(void *argument)
{
    struct waiting *waiting = argument;
    struct vaccel_arg read = {.buf = &waiting->go_on, .size = sizeof(int)};
    struct vaccel_arg write = {.buf = &waiting->where, .size = sizeof(int)};
    int ret = vaccel_exec_with_resource(&sess, &waiting->library, "wait_for_release", &read, 1,
                                        &write, 1);

    return (void *)(intptr_t)ret;
}

static void *release_soon(void *argument)
{
    struct waiting *waiting = argument;

    usleep(20000);
    __atomic_store_n(&waiting->go_on, 1, __ATOMIC_RELEASE);
    return NULL;
}

static void unregistering_waits_for_a_call(void **state)
{
    struct waiting waiting = {0};
    pthread_t caller;
    pthread_t releaser;
    void *ret;

    (void)state;
    init_library(&waiting.library, one);
    assert_int_equal(pthread_create(&caller, NULL, wait_inside, &waiting), 0);
    while (!__atomic_load_n(&waiting.where, __ATOMIC_ACQUIRE))
        usleep(1000);
    assert_int_equal(pthread_create(&releaser, NULL, release_soon, &waiting), 0);
    assert_int_equal(vaccel_resource_unregister(&waiting.library, &sess), VACCEL_OK);
    assert_int_equal(__atomic_load_n(&waiting.where, __ATOMIC_ACQUIRE), 2);
    assert_int_equal(pthread_join(caller, &ret), 0);
    assert_int_equal((intptr_t)ret, VACCEL_OK);
    assert_int_equal(pthread_join(releaser, NULL), 0);
    assert_int_equal(vaccel_resource_release(&waiting.library), VACCEL_OK);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_function_of_a_resource_runs),
        cmocka_unit_test(errors_have_their_codes),
        cmocka_unit_test(what_is_no_library_is_opened_only_by_a_call),
        cmocka_unit_test(a_library_in_memory_runs),
        cmocka_unit_test(threads_may_all_make_the_first_call),
        cmocka_unit_test(unregistering_waits_for_a_call),
        cmocka_unit_test(a_library_finds_those_before_it),
        cmocka_unit_test(a_library_without_what_it_needs_is_an_error),
        cmocka_unit_test(a_relative_path_is_relative_to_the_directory),
        cmocka_unit_test(a_function_by_path_runs_and_its_library_is_opened_once),
    };
    /* These look at whether the library is loaded, so they come while nothing else keeps it. */
    const struct CMUnitTest unloading[] = {
        cmocka_unit_test_setup_teardown(a_library_is_loaded_until_its_last_session_leaves, begin,
                                        end),
        cmocka_unit_test_setup_teardown(exec_unloads_if_told_to, begin_unloading, end_setting),
        cmocka_unit_test_setup_teardown(resources_stay_loaded_if_told_to, begin_keeping,
                                        end_setting),
    };

    if (argc != 4) {
        fprintf(stderr, "usage: %s LIBRARY OTHER-LIBRARY DEPENDENT-LIBRARY\n", argv[0]);
        return EXIT_FAILURE;
    }
    one = argv[1];
    two = argv[2];
    dependent = argv[3];
    if (cmocka_run_group_tests(unloading, NULL, NULL))
        return EXIT_FAILURE;
    return cmocka_run_group_tests(tests, begin, end);
}
