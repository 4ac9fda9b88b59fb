/* SPDX-License-Identifier: Apache-2.0 */
/* Which plugin serves a session, and which one an operation. */
#include "with_plugins.h"

#include <setjmp.h>

#include <cmocka.h>

static struct counter *first, *second, *third;

/* In the order of loading: CPU, GPU, GPU and FPGA. */
static int begin(void **state)
{
    (void)state;
    first = counter_open("counter");
    second = counter_open("second");
    third = counter_open("third");
    second->plugin->info->type = VACCEL_PLUGIN_GPU;
    third->plugin->info->type = (vaccel_plugin_type_t)(VACCEL_PLUGIN_GPU | VACCEL_PLUGIN_FPGA);
    return 0;
}

static int end(void **state)
{
    (void)state;
    return vaccel_cleanup();
}

static void assert_chosen(uint32_t hint, const struct counter *expected)
{
    struct vaccel_session sess;

    assert_int_equal(vaccel_session_init(&sess, hint), 0);
    assert_ptr_equal(sess.plugin, expected->plugin);
    assert_int_equal(sess.hint, hint);
    assert_int_equal(sess.is_virtio, expected->plugin->info->is_virtio);
    assert_int_equal(vaccel_session_release(&sess), 0);
}

static void test_the_first_that_suits_the_hint(void **state)
{
    (void)state;
    assert_int_equal(library_begin("counter second third"), 0);
    assert_chosen(0, first);
    assert_chosen(VACCEL_PLUGIN_CPU, first);
    assert_chosen(VACCEL_PLUGIN_GPU, second);
    assert_chosen(VACCEL_PLUGIN_FPGA, third);
    assert_chosen(VACCEL_PLUGIN_FPGA | VACCEL_PLUGIN_GPU, second);
    assert_chosen(VACCEL_PLUGIN_TORCH, first);
    assert_chosen(1U << 20, first);
}

static void test_transports_only_if_asked_for_or_alone(void **state)
{
    struct vaccel_session sess;

    (void)state;
    first->plugin->info->is_virtio = true;
    assert_int_equal(library_begin("counter second"), 0);
    assert_chosen(0, second);
    assert_chosen(VACCEL_PLUGIN_CPU, second);
    assert_chosen(VACCEL_PLUGIN_REMOTE, first);
    assert_chosen(VACCEL_PLUGIN_REMOTE | VACCEL_PLUGIN_GPU, first);
    assert_int_equal(first->flags, VACCEL_PLUGIN_GPU);
    assert_int_equal(library_begin("counter"), 0);
    assert_chosen(0, first);
    second->plugin->info->is_virtio = true;
    assert_int_equal(library_begin("counter second"), 0);
    assert_int_equal(vaccel_session_init(&sess, 0), VACCEL_ENOTSUP);
    assert_chosen(VACCEL_PLUGIN_REMOTE, first);
}

static void test_no_transport_no_remote_session(void **state)
{
    struct vaccel_session sess;

    (void)state;
    assert_int_equal(library_begin("counter"), 0);
    assert_int_equal(vaccel_session_init(&sess, VACCEL_PLUGIN_REMOTE), VACCEL_ENOTSUP);
    assert_int_equal(library_begin(""), 0);
    assert_int_equal(vaccel_session_init(&sess, 0), VACCEL_ENOTSUP);
}

/* All three do NOOP, only the third adds vectors. */
static int add(struct vaccel_session *sess, float a[], float b[], float c[], size_t len_a,
               size_t len_b)
{
    (void)sess, (void)a, (void)b, (void)len_a, (void)len_b;
    c[0] = 42;
    return 0;
}

static int third_noop(struct vaccel_session *sess)
{
    (void)sess;
    return 33;
}

static void test_other_plugins_fill_in_operation_by_operation(void **state)
{
    struct vaccel_op ops[] = {{VACCEL_OP_FPGA_VECTORADD, (void *)add, third->plugin},
                              {VACCEL_OP_NOOP, (void *)third_noop, third->plugin}};
    struct vaccel_session sess, other;
    float numbers[1] = {0};

    (void)state;
    third->ops = ops;
    third->nr_ops = 2;
    assert_int_equal(library_begin("counter second third"), 0);
    assert_int_equal(vaccel_session_init(&sess, VACCEL_PLUGIN_GPU), 0);
    assert_int_equal(vaccel_noop(&sess), 0);
    assert_int_equal(counter_calls(second, COUNTER_OPERATION), 1);
    assert_int_equal(vaccel_fpga_vadd(&sess, numbers, numbers, numbers, 1, 1), 0);
    assert_true(numbers[0] == 42);
    assert_int_equal(vaccel_session_init(&other, VACCEL_PLUGIN_FPGA), 0);
    assert_int_equal(vaccel_noop(&other), 33);
    assert_int_equal(vaccel_exec(&other, "l", "s", NULL, 0, NULL, 0), 0);
    assert_int_equal(counter_calls(first, COUNTER_OPERATION), 1);
    assert_int_equal(
        vaccel_minmax(&sess, (double[]){1}, 1, 0, 1, (double[]){1}, (double[]){1}, (double[]){1}),
        VACCEL_ENOTSUP);
    assert_int_equal(vaccel_session_release(&sess), 0);
    assert_int_equal(vaccel_session_release(&other), 0);
}

static void test_the_list_names_who_does_what(void **state)
{
    struct vaccel_op ops[] = {{VACCEL_OP_FPGA_VECTORADD, (void *)add, third->plugin}};
    struct vaccel_op_info infos[8];
    struct vaccel_session sess;
    size_t count = 8;

    (void)state;
    third->ops = ops;
    third->nr_ops = 1;
    assert_int_equal(library_begin("counter third"), 0);
    assert_int_equal(vaccel_session_init(&sess, VACCEL_PLUGIN_FPGA), 0);
    assert_int_equal(vaccel_op_list(&sess, infos, &count), 0);
    assert_int_equal(count, 4);
    assert_string_equal(infos[0].name, "exec");
    assert_string_equal(infos[0].plugin, "counter");
    assert_string_equal(infos[2].name, "fpga_vectoradd");
    assert_string_equal(infos[2].plugin, "third");
    assert_string_equal(infos[3].name, "noop");
    assert_int_equal(vaccel_session_release(&sess), 0);
}

static void test_a_transport_without_call_does_what_it_registered(void **state)
{
    struct vaccel_session sess;

    (void)state;
    first->plugin->info->is_virtio = true;
    assert_int_equal(library_begin("counter second"), 0);
    assert_int_equal(vaccel_session_init(&sess, VACCEL_PLUGIN_REMOTE), 0);
    assert_int_equal(vaccel_noop(&sess), 0);
    assert_int_equal(counter_calls(first, COUNTER_OPERATION), 1);
    assert_int_equal(vaccel_call(&sess, "nobody", NULL, 0, NULL, 0), VACCEL_ENOTSUP);
    assert_int_equal(vaccel_vision_pose(&sess, "x", 1, NULL, NULL), VACCEL_ENOTSUP);
    assert_int_equal(vaccel_session_release(&sess), 0);
    assert_int_equal(counter_calls(second, COUNTER_SESSION_INIT), 0);
}

static void test_a_transport_needs_its_hooks(void **state)
{
    struct vaccel_plugin_info *info = first->plugin->info;
    const struct vaccel_plugin_info whole = *info;
    struct vaccel_resource res;
    struct vaccel_session sess;

    (void)state;
    info->is_virtio = true;
    assert_int_equal(library_begin("counter"), 0);
    info->session_init = NULL;
    assert_int_equal(vaccel_session_init(&sess, 0), VACCEL_ENOTSUP);
    info->session_init = whole.session_init;
    assert_int_equal(vaccel_session_init(&sess, 0), 0);
    assert_int_equal(vaccel_resource_init_from_buf(&res, "x", 1, 0, NULL, true), 0);
    info->resource_register = NULL;
    assert_int_equal(vaccel_resource_register(&res, &sess), VACCEL_ENOTSUP);
    info->resource_register = whole.resource_register;
    assert_int_equal(vaccel_resource_register(&res, &sess), VACCEL_EBACKEND);
    res.remote_id = 9;
    assert_int_equal(vaccel_resource_register(&res, &sess), 0);
    info->resource_sync = NULL;
    assert_int_equal(vaccel_resource_sync(&res, &sess), VACCEL_ENOTSUP);
    info->resource_sync = whole.resource_sync;
    assert_int_equal(vaccel_resource_release(&res), 0);
    assert_int_equal(vaccel_session_release(&sess), 0);
}

static void test_a_session_does_not_see_what_is_loaded_later(void **state)
{
    struct vaccel_op ops[] = {{VACCEL_OP_FPGA_VECTORADD, (void *)add, third->plugin}};
    struct vaccel_session before, after;
    float numbers[1];

    (void)state;
    third->ops = ops;
    third->nr_ops = 1;
    assert_int_equal(library_begin("counter"), 0);
    assert_int_equal(vaccel_session_init(&before, 0), 0);
    assert_int_equal(vaccel_plugin_load(plugin_path("third")), 0);
    assert_int_equal(vaccel_session_init(&after, 0), 0);
    assert_int_equal(vaccel_fpga_vadd(&before, numbers, numbers, numbers, 1, 1), VACCEL_ENOTSUP);
    assert_int_equal(vaccel_fpga_vadd(&after, numbers, numbers, numbers, 1, 1), 0);
    assert_int_equal(vaccel_session_update(&before, VACCEL_PLUGIN_FPGA), VACCEL_ENOTSUP);
    assert_int_equal(vaccel_session_release(&before), 0);
    assert_int_equal(vaccel_session_release(&after), 0);
    assert_int_equal(counter_calls(third, COUNTER_SESSION_INIT), 1);
    assert_int_equal(counter_calls(third, COUNTER_SESSION_RELEASE), 1);
}

static void test_a_hint_can_be_changed_while_nothing_is_registered(void **state)
{
    struct vaccel_resource res;
    struct vaccel_session sess;

    (void)state;
    assert_int_equal(library_begin("counter second"), 0);
    assert_int_equal(vaccel_session_init(&sess, 0), 0);
    assert_int_equal(vaccel_session_update(&sess, VACCEL_PLUGIN_GPU), 0);
    assert_ptr_equal(sess.plugin, second->plugin);
    assert_int_equal(vaccel_noop(&sess), 0);
    assert_int_equal(counter_calls(second, COUNTER_OPERATION), 1);
    assert_int_equal(vaccel_resource_init_from_buf(&res, "x", 1, 0, NULL, true), 0);
    assert_int_equal(vaccel_resource_register(&res, &sess), 0);
    assert_int_equal(vaccel_session_update(&sess, 0), VACCEL_ENOTSUP);
    assert_int_equal(vaccel_resource_release(&res), 0);
    assert_int_equal(vaccel_session_update(&sess, VACCEL_PLUGIN_REMOTE), VACCEL_ENOTSUP);
    assert_int_equal(vaccel_session_update(NULL, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_session_release(&sess), 0);
    assert_int_equal(counter_calls(first, COUNTER_SESSION_RELEASE), 1);
    assert_int_equal(counter_calls(second, COUNTER_SESSION_RELEASE), 1);
}

static void test_a_transport_is_told_of_a_new_hint(void **state)
{
    struct vaccel_session sess;

    (void)state;
    first->plugin->info->is_virtio = true;
    assert_int_equal(library_begin("counter"), 0);
    assert_int_equal(vaccel_session_init(&sess, 0), 0);
    assert_int_equal(vaccel_session_update(&sess, VACCEL_PLUGIN_REMOTE | VACCEL_PLUGIN_GPU), 0);
    assert_int_equal(first->flags, VACCEL_PLUGIN_GPU);
    assert_int_equal(sess.hint, VACCEL_PLUGIN_REMOTE | VACCEL_PLUGIN_GPU);
    first->results[COUNTER_SESSION_UPDATE] = VACCEL_EREMOTEIO;
    assert_int_equal(vaccel_session_update(&sess, 0), VACCEL_EREMOTEIO);
    assert_int_equal(sess.hint, VACCEL_PLUGIN_REMOTE | VACCEL_PLUGIN_GPU);
    assert_int_equal(vaccel_session_release(&sess), 0);
}

#define test(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_the_first_that_suits_the_hint),
        test(test_transports_only_if_asked_for_or_alone),
        test(test_no_transport_no_remote_session),
        test(test_other_plugins_fill_in_operation_by_operation),
        test(test_the_list_names_who_does_what),
        test(test_a_transport_without_call_does_what_it_registered),
        test(test_a_transport_needs_its_hooks),
        test(test_a_session_does_not_see_what_is_loaded_later),
        test(test_a_hint_can_be_changed_while_nothing_is_registered),
        test(test_a_transport_is_told_of_a_new_hint),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
