/* SPDX-License-Identifier: Apache-2.0 */
/* Resources that several threads register, use and end at once. */
#include "together.h"
#include "with_plugins.h"

#include <sched.h>
#include <setjmp.h>

#include <cmocka.h>

enum { THREADS = 8, CALLS = 200, ROUNDS = 30, ENDS = 12 };

static struct counter *counter;
static struct vaccel_session sess;
static struct vaccel_resource res;
static bool stop;

static int make(void)
{
    return vaccel_resource_init_from_buf(&res, "x", 1, VACCEL_RESOURCE_LIB, NULL, true);
}

static int begin(void **state)
{
    (void)state;
    counter = counter_open("counter");
    stop = false;
    return library_begin("counter") || vaccel_session_init(&sess, 0) || make();
}

static int end(void **state)
{
    (void)state;
    return vaccel_cleanup() || unexpected();
}

static int use(void)
{
    return vaccel_exec_with_resource(&sess, &res, "symbol", NULL, 0, NULL, 0);
}

static void register_and_use(size_t number)
{
    (void)number;
    expect(!vaccel_resource_register(&res, &sess), "it is registered, by whomever");
    expect(vaccel_session_has_resource(&sess, &res), "when the call returns");
    expect(!use(), "and can be used");
}

static void test_registered_by_all_at_once(void **state)
{
    (void)state;
    for (unsigned int i = 1; i <= ROUNDS; i++) {
        together(THREADS, register_and_use);
        assert_int_equal(counter_calls(counter, COUNTER_REGISTER), i);
        assert_int_equal(vaccel_resource_refcount(&res), 1);
        assert_int_equal(vaccel_resource_unregister(&res, &sess), 0);
    }
    assert_int_equal(unexpected(), 0);
}

/* The first registration is refused, after the second thread came. */
static struct door inside = DOOR_CLOSED;

static int refuse_the_first(struct counter *of, enum counter_hook hook,
                            struct vaccel_session *session, struct vaccel_resource *resource)
{
    (void)session, (void)resource;
    if (hook != COUNTER_REGISTER || counter_calls(of, COUNTER_REGISTER) > 1)
        return 0;
    door_open(&inside);
    return VACCEL_EIO;
}

static void register_after_the_first(size_t number)
{
    if (number == 0) {
        expect(vaccel_resource_register(&res, &sess) == VACCEL_EIO, "the first is refused");
        return;
    }
    door_pass(&inside);
    expect(!vaccel_resource_register(&res, &sess), "the second tries itself");
}

static void test_who_waited_for_one_that_failed_tries_itself(void **state)
{
    (void)state;
    counter->hook = refuse_the_first;
    together(2, register_after_the_first);
    assert_int_equal(unexpected(), 0);
    assert_int_equal(counter_calls(counter, COUNTER_REGISTER), 2);
    assert_int_equal(vaccel_resource_refcount(&res), 1);
}

static bool one_of(int ret, int a, int b, int c)
{
    return ret == a || ret == b || ret == c;
}

static void use_until_stop(size_t number)
{
    if (number) {
        while (!__atomic_load_n(&stop, __ATOMIC_RELAXED))
            expect(one_of(use(), VACCEL_OK, VACCEL_EPERM, VACCEL_ESESS), "used or refused");
        return;
    }
    for (int i = 0; i < ENDS; i++) {
        expect(!vaccel_resource_register(&res, &sess), "registered");
        if (i % 3)
            expect(!vaccel_resource_unregister(&res, &sess), "unregistered");
        expect(!vaccel_resource_release(&res) && !make(), "made anew");
    }
    __atomic_store_n(&stop, true, __ATOMIC_RELAXED);
}

static void test_registered_and_released_while_others_use_it(void **state)
{
    (void)state;
    together(4, use_until_stop);
    assert_int_equal(unexpected(), 0);
    assert_int_equal(counter_calls(counter, COUNTER_REGISTER), ENDS);
    assert_int_equal(counter_calls(counter, COUNTER_UNREGISTER), ENDS);
}

/* A struct that is freed: others know it by its id alone. */
static vaccel_id_t known_id;

static void use_by_id(size_t number)
{
    struct vaccel_resource *made;
    uint8_t type = VACCEL_OP_EXEC_WITH_RESOURCE;
    vaccel_id_t id;
    struct vaccel_arg read[] = {{.buf = &type, .size = 1, .type = VACCEL_ARG_UINT8},
                                {.buf = &id, .size = sizeof(id), .type = VACCEL_ARG_INT64},
                                {.buf = (char *)"s", .size = 2, .type = VACCEL_ARG_STRING}};

    for (int i = 0; number == 0 && i < 3 * ENDS; i++) {
        expect(!vaccel_resource_from_buf(&made, "x", 1, VACCEL_RESOURCE_LIB, NULL, true), "made");
        expect(!vaccel_resource_register(made, &sess), "registered");
        __atomic_store_n(&known_id, made->id, __ATOMIC_RELAXED);
        expect(!vaccel_resource_delete(made), "deleted");
    }
    if (number == 0)
        __atomic_store_n(&stop, true, __ATOMIC_RELAXED);
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
        id = __atomic_load_n(&known_id, __ATOMIC_RELAXED);
        int ret = vaccel_genop(&sess, read, 3, NULL, 0);

        expect(one_of(ret, 0, VACCEL_EPERM, VACCEL_ENOENT) || ret == VACCEL_ESESS, "by id");
    }
}

static void test_deleted_while_others_know_its_id(void **state)
{
    (void)state;
    known_id = 1;
    together(4, use_by_id);
    assert_int_equal(unexpected(), 0);
}

/* One thread uses it, the second ends it, the third watches. */
static struct door busy = DOOR_CLOSED, leave = DOOR_CLOSED;
static bool left;
static int (*end_it)(void);

static int stay_inside(struct counter *of, enum counter_hook hook, struct vaccel_session *session,
                       struct vaccel_resource *resource)
{
    (void)of, (void)session, (void)resource;
    if (hook != COUNTER_OPERATION)
        return 0;
    door_open(&busy);
    door_pass(&leave);
    __atomic_store_n(&left, true, __ATOMIC_RELEASE);
    return 0;
}

static void use_end_or_watch(size_t number)
{
    if (number == 0) {
        expect(!use(), "the call that began in time ends well");
        return;
    }
    door_pass(&busy);
    if (number == 1) {
        expect(!end_it(), "it ends");
        expect(__atomic_load_n(&left, __ATOMIC_ACQUIRE), "after the call that uses it");
        return;
    }
    while (vaccel_resource_sync(&res, &sess) == VACCEL_OK)
        sched_yield();
    expect(use() != VACCEL_OK, "a call that comes too late is refused");
    expect(!__atomic_load_n(&left, __ATOMIC_ACQUIRE), "the first call is still inside");
    door_open(&leave);
}

static int unregister_it(void)
{
    return vaccel_resource_unregister(&res, &sess);
}

static int release_it(void)
{
    return vaccel_resource_release(&res);
}

static int release_session(void)
{
    return vaccel_session_release(&sess);
}

static void assert_waits(int (*end)(void))
{
    end_it = end;
    left = false;
    door_close(&busy);
    door_close(&leave);
    counter->hook = stay_inside;
    assert_int_equal(vaccel_resource_register(&res, &sess), 0);
    together(3, use_end_or_watch);
    assert_int_equal(unexpected(), 0);
    counter->hook = NULL;
}

static void test_whatever_ends_it_waits_for_its_calls(void **state)
{
    (void)state;
    assert_waits(unregister_it);
    assert_waits(release_it);
    assert_int_equal(make(), 0);
    assert_waits(release_session);
}

/* Its struct is about to be freed: by its id it is not found any more. */
static int stay_in_unregister(struct counter *of, enum counter_hook hook,
                              struct vaccel_session *session, struct vaccel_resource *resource)
{
    (void)of, (void)session, (void)resource;
    if (hook != COUNTER_UNREGISTER)
        return 0;
    door_open(&busy);
    door_pass(&leave);
    return 0;
}

static void release_or_call_by_id(size_t number)
{
    struct vaccel_arg read[] = {{.buf = &known_id, .size = 8, .type = VACCEL_ARG_INT64},
                                {.buf = (char *)"s", .size = 2, .type = VACCEL_ARG_STRING}};

    if (number == 0) {
        expect(!vaccel_resource_release(&res), "it ends");
        return;
    }
    door_pass(&busy);
    expect(vaccel_call(&sess, "exec_with_resource", read, 2, NULL, 0) == VACCEL_ENOENT,
           "not found");
    door_open(&leave);
}

static void test_not_found_while_it_is_released(void **state)
{
    (void)state;
    door_close(&busy);
    door_close(&leave);
    known_id = res.id;
    assert_int_equal(vaccel_resource_register(&res, &sess), 0);
    counter->hook = stay_in_unregister;
    together(2, release_or_call_by_id);
    assert_int_equal(unexpected(), 0);
}

static int undone;

static void unregister_once(size_t number)
{
    int ret = vaccel_resource_unregister(&res, &sess);

    (void)number;
    if (ret == VACCEL_OK)
        __atomic_add_fetch(&undone, 1, __ATOMIC_RELAXED);
    else
        expect(ret == VACCEL_EINVAL, "it is not registered any more");
}

static void test_one_of_several_unregisters(void **state)
{
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        undone = 0;
        assert_int_equal(vaccel_resource_register(&res, &sess), 0);
        together(4, unregister_once);
        assert_int_equal(undone, 1);
    }
    assert_int_equal(unexpected(), 0);
}

/* All four ends of one registration at once. */
static void end_in_all_ways(size_t number)
{
    int ret;

    if (number == 0)
        ret = vaccel_session_release(&sess);
    else if (number == 1)
        ret = vaccel_resource_release(&res);
    else if (number == 2)
        ret = vaccel_resource_unregister(&res, &sess);
    else
        ret = vaccel_resource_register(&res, &sess);
    if (number < 2)
        expect(ret == VACCEL_OK, "the owner ends it");
    else
        expect(one_of(ret, VACCEL_OK, VACCEL_ESESS, VACCEL_EINVAL), "or it is over already");
}

static void test_session_and_resource_end_at_once(void **state)
{
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        assert_int_equal(vaccel_resource_register(&res, &sess), 0);
        together(4, end_in_all_ways);
        assert_int_equal(counter_calls(counter, COUNTER_REGISTER),
                         counter_calls(counter, COUNTER_UNREGISTER));
        assert_int_equal(vaccel_session_init(&sess, 0) | make(), 0);
    }
    assert_int_equal(unexpected(), 0);
}

static void come_and_go(size_t number)
{
    struct vaccel_resource *made, *found;

    (void)number;
    for (int i = 0; i < CALLS; i++) {
        expect(!vaccel_resource_from_buf(&made, "x", 1, VACCEL_RESOURCE_LIB, NULL, true), "made");
        expect(!vaccel_resource_register(made, &sess), "registered");
        expect(!vaccel_session_resource_by_id(&sess, &found, made->id) && found == made, "found");
        expect(!vaccel_exec_with_resource(&sess, made, "s", NULL, 0, NULL, 0), "used");
        expect(!vaccel_resource_delete(made), "deleted");
    }
}

static void test_resources_come_and_go(void **state)
{
    (void)state;
    together(THREADS, come_and_go);
    assert_int_equal(unexpected(), 0);
    assert_int_equal(counter_calls(counter, COUNTER_OPERATION), THREADS * CALLS);
}

#define test(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_registered_by_all_at_once),
        test(test_who_waited_for_one_that_failed_tries_itself),
        test(test_registered_and_released_while_others_use_it),
        test(test_deleted_while_others_know_its_id),
        test(test_whatever_ends_it_waits_for_its_calls),
        test(test_not_found_while_it_is_released),
        test(test_one_of_several_unregisters),
        test(test_session_and_resource_end_at_once),
        test(test_resources_come_and_go),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
