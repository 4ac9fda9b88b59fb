/* SPDX-License-Identifier: Apache-2.0 */
/* A remote session gives what a local one gives: every operation is packed and unpacked. */
#include "every_op.h"
#include "with_plugins.h"

#include <setjmp.h>

#include <cmocka.h>

static struct vaccel_session local, remote;

static int begin(void **state)
{
    (void)state;
    if (library_begin("digest loopback") || vaccel_session_init(&local, 0) ||
        vaccel_session_init(&remote, VACCEL_PLUGIN_REMOTE))
        return -1;
    return 0;
}

static int end(void **state)
{
    (void)state;
    return vaccel_session_release(&local) || vaccel_session_release(&remote);
}

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

/* The general form goes through the typed one of the remote session. */
static void test_general_calls_give_the_same(void **state)
{
    static struct outputs direct;
    char name[VACCEL_ENUM_STR_MAX];

    (void)state;
    for (int i = 0; i < VACCEL_OP_MAX; i++) {
        const struct every_op *op = &every_op[i];
        struct general form = {0};
        int expected = run(&local, op, &direct);

        every_op_begin(&remote);
        outputs_reset();
        op->general(&form);
        vaccel_op_type_name(op->type, name, sizeof(name));
        assert_int_equal(
            vaccel_call(&remote, name, form.read, form.nr_read, form.write, form.nr_write),
            expected);
        if (op->take)
            op->take(&remote, &form);
        every_op_end();
        assert_memory_equal(&outputs, &direct, sizeof(direct));
    }
}

static void test_named_operations_are_forwarded(void **state)
{
    static char in[] = "input";
    unsigned char direct[16] = {0}, forwarded[16] = {0};
    struct vaccel_arg read = {.buf = in, .size = sizeof(in), .type = VACCEL_ARG_BUFFER};
    struct vaccel_arg write = {.buf = direct, .size = 16, .type = VACCEL_ARG_BUFFER};

    (void)state;
    assert_int_equal(vaccel_call(&local, "digest.of-all", &read, 1, &write, 1), 0);
    write.buf = forwarded;
    assert_int_equal(vaccel_call(&remote, "digest.of-all", &read, 1, &write, 1), 0);
    assert_memory_equal(direct, forwarded, sizeof(direct));
    assert_int_equal(vaccel_call(&remote, "nobody.knows", &read, 1, &write, 1), VACCEL_ENOTSUP);
}

static void test_remote_session_says_so(void **state)
{
    struct vaccel_op_info infos[VACCEL_OP_MAX];
    size_t count = VACCEL_OP_MAX;

    (void)state;
    assert_true(remote.is_virtio);
    assert_false(local.is_virtio);
    assert_true(remote.remote_id > 0);
    assert_string_equal(remote.plugin->info->name, "loopback");
    assert_int_equal(vaccel_op_list(&remote, infos, &count), 0);
    assert_int_equal(count, VACCEL_OP_MAX);
    assert_string_equal(infos[0].plugin, "loopback");
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

/* The list is placed and the picture not wanted; then the list has too little room. */
static void test_outputs_are_placed_held_and_dropped(void **state)
{
    struct vaccel_vision_class classes[2], again[2];
    struct vaccel_output out = {.data = classes, .size = sizeof(classes)};

    (void)state;
    assert_int_equal(vaccel_vision_classify(&remote, "img", 3, &out, NULL), 0);
    assert_int_equal(out.held, 0);
    assert_int_equal(out.size, sizeof(classes));
    out = (struct vaccel_output){.data = again, .size = 1};
    assert_int_equal(vaccel_vision_classify(&remote, "img", 3, &out, NULL), VACCEL_ERANGE);
    assert_true(out.held > 0);
    assert_int_equal(out.size, sizeof(classes));
    out.size--;
    assert_int_equal(vaccel_output_fetch(&remote, &out), VACCEL_ERANGE);
    assert_int_equal(out.size, sizeof(classes));
    assert_int_equal(vaccel_output_fetch(&remote, &out), 0);
    assert_memory_equal(again, classes, sizeof(classes));
    assert_int_equal(out.held, 0);
    assert_int_equal(vaccel_output_fetch(&remote, &out), VACCEL_ENOENT);
    out = (struct vaccel_output){0};
    assert_int_equal(vaccel_vision_classify(&remote, "img", 3, &out, NULL), 0);
    assert_int_equal(vaccel_output_drop(&remote, &out), 0);
    assert_int_equal(vaccel_output_drop(&remote, &out), VACCEL_ENOENT);
}

static void test_resources_are_synchronised(void **state)
{
    static char bytes[8] = "before";
    struct vaccel_resource res;

    (void)state;
    assert_int_equal(
        vaccel_resource_init_from_buf(&res, bytes, sizeof(bytes), VACCEL_RESOURCE_DATA, NULL, true),
        0);
    assert_int_equal(vaccel_resource_sync(&res, &remote), VACCEL_EPERM);
    assert_int_equal(vaccel_resource_register(&res, &remote), 0);
    assert_true(res.remote_id > 0 && res.remote_id != res.id);
    assert_int_equal(vaccel_resource_sync(&res, &remote), 0);
    assert_int_equal(vaccel_resource_release(&res), 0);
}

/* At cleanup the plugin's hooks release what it opened for its side of the session. */
static void test_cleanup_ends_both_sides(void **state)
{
    static char bytes[4] = "abc";
    struct vaccel_session sess;
    struct vaccel_resource res;

    (void)state;
    assert_int_equal(vaccel_session_init(&sess, VACCEL_PLUGIN_REMOTE), 0);
    assert_int_equal(
        vaccel_resource_init_from_buf(&res, bytes, 4, VACCEL_RESOURCE_DATA, NULL, true), 0);
    assert_int_equal(vaccel_resource_register(&res, &sess), 0);
    assert_int_equal(vaccel_cleanup(), 0);
    assert_int_equal(sess.id, 0);
    assert_int_equal(res.id, 0);
    assert_int_equal(vaccel_session_release(&sess), VACCEL_EINVAL);
    assert_int_equal(begin(NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_operation_gives_the_same),
        cmocka_unit_test(test_general_calls_give_the_same),
        cmocka_unit_test(test_named_operations_are_forwarded),
        cmocka_unit_test(test_remote_session_says_so),
        cmocka_unit_test(test_arguments_are_checked_before_they_go),
        cmocka_unit_test(test_outputs_are_placed_held_and_dropped),
        cmocka_unit_test(test_resources_are_synchronised),
        cmocka_unit_test(test_cleanup_ends_both_sides),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
