/* SPDX-License-Identifier: Apache-2.0 */
/* Every operation is packed and unpacked, and gives what it gives locally. */
#include "../unit/every_op.h"
#include "kit.h"

static int run(struct vaccel_session *sess, const struct every_op *op, struct outputs *with)
{
    int ret;

    every_op_begin(sess);
    outputs_reset();
    ret = op->typed(sess);
    every_op_end();
    *with = outputs;
    return ret;
}

static void test_every_operation_gives_the_same(void **state)
{
    static struct outputs direct, forwarded;

    (void)state;
    for (int i = 0; i < VACCEL_OP_MAX; i++) {
        int expected = run(&local, &every_op[i], &direct);
        int ret = run(&remote, &every_op[i], &forwarded);

        if (ret != expected || memcmp(&direct, &forwarded, sizeof(direct)))
            fprintf(stderr, "%s differs\n", vaccel_op_type_to_str(every_op[i].type));
        assert_int_equal(ret, expected);
        assert_memory_equal(&direct, &forwarded, sizeof(direct));
    }
}

static int by_name(const struct every_op *op, struct general *form)
{
    char name[VACCEL_ENUM_STR_MAX];

    vaccel_op_type_name(op->type, name, sizeof(name));
    return vaccel_call(&remote, name, form->read, form->nr_read, form->write, form->nr_write);
}

static int by_number(const struct every_op *op, struct general *form)
{
    uint8_t number = (uint8_t)op->type;
    struct vaccel_arg read[25] = {ARG(UINT8, &number, 1)};

    memcpy(read + 1, form->read, form->nr_read * sizeof(*read));
    return vaccel_genop(&remote, read, (int)form->nr_read + 1, form->write, (int)form->nr_write);
}

/* The general form of the operation, called in this way, gives what the typed one gives locally. */
static void compare_general(const struct every_op *op,
                            int (*call)(const struct every_op *op, struct general *form))
{
    static struct outputs direct;
    struct general form = {0};
    int expected = run(&local, op, &direct);
    int ret;

    every_op_begin(&remote);
    outputs_reset();
    op->general(&form);
    ret = call(op, &form);
    if (op->take)
        op->take(&remote, &form);
    every_op_end();
    if (ret != expected || memcmp(&direct, &outputs, sizeof(direct)))
        fprintf(stderr, "%s differs\n", vaccel_op_type_to_str(op->type));
    assert_int_equal(ret, expected);
    assert_memory_equal(&outputs, &direct, sizeof(direct));
}

static void test_general_calls_give_the_same(void **state)
{
    (void)state;
    for (int i = 0; i < VACCEL_OP_MAX; i++) {
        compare_general(&every_op[i], by_name);
        compare_general(&every_op[i], by_number);
    }
}

static void test_named_operations_are_forwarded(void **state)
{
    static char in[] = "input";
    unsigned char direct[16] = {0}, forwarded[16] = {0};
    struct vaccel_arg read = ARG(BUFFER, in, sizeof(in));
    struct vaccel_arg write = ARG(BUFFER, direct, 16);

    (void)state;
    assert_int_equal(vaccel_call(&local, "digest.of-all", &read, 1, &write, 1), 0);
    write.buf = forwarded;
    assert_int_equal(vaccel_call(&remote, "digest.of-all", &read, 1, &write, 1), 0);
    assert_memory_equal(direct, forwarded, sizeof(direct));
}

static void test_an_operation_may_call_others(void **state)
{
    char in[] = "abc", out[3];
    struct vaccel_arg read = ARG(BUFFER, in, 3), write = ARG(BUFFER, out, 3);

    (void)state;
    assert_int_equal(vaccel_call(&remote, "mirror.nested", &read, 1, &write, 1), 0);
    assert_memory_equal(out, "cba", 3);
}

static void test_a_remote_session_says_so(void **state)
{
    struct vaccel_op_info infos[VACCEL_OP_MAX];
    size_t count = VACCEL_OP_MAX;

    (void)state;
    assert_false(local.is_virtio);
    assert_int_equal(remote.is_virtio, transport->plugin != NULL);
    if (!transport->plugin)
        return;
    assert_true(remote.remote_id > 0);
    assert_string_equal(remote.plugin->info->name, transport->plugin);
    assert_int_equal(vaccel_op_list(&remote, infos, &count), 0);
    assert_int_equal(count, VACCEL_OP_MAX);
    assert_string_equal(infos[0].plugin, transport->plugin);
}

static void test_arguments_are_checked_before_they_go(void **state)
{
    float one[1] = {1};

    (void)state;
    assert_int_equal(vaccel_sgemm(&remote, 2, 2, 2, 1, one, 1, one, 2, 0, one, 2), VACCEL_EINVAL);
    assert_int_equal(vaccel_sgemm(&remote, 1, 1, 1, 1, NULL, 1, one, 1, 0, one, 1), VACCEL_EINVAL);
    assert_int_equal(vaccel_sgemm(&remote, 0, 5, 1, 1, NULL, 1, one, 5, 0, NULL, 5), 0);
    assert_int_equal(vaccel_vision_pose(&remote, NULL, 5, NULL, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_exec(&remote, NULL, "x", NULL, 0, NULL, 0), VACCEL_EINVAL);
}

#define test(function) cmocka_unit_test_setup_teardown(function, kit_begin, kit_end)

int operation_cases(void)
{
    const struct CMUnitTest tests[] = {
        test(test_every_operation_gives_the_same), test(test_general_calls_give_the_same),
        test(test_named_operations_are_forwarded), test(test_an_operation_may_call_others),
        test(test_a_remote_session_says_so),       test(test_arguments_are_checked_before_they_go),
    };

    return cmocka_run_group_tests_name("operations", tests, NULL, NULL);
}
