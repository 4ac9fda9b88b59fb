/* SPDX-License-Identifier: Apache-2.0 */
/* Every operation in general form: by vaccel_genop() and by vaccel_call(). */
#include "every_op.h"
#include "with_plugins.h"

#include <setjmp.h>

#include <cmocka.h>

static struct vaccel_session sess;

static int begin(void **state)
{
    (void)state;
    if (library_begin("digest") || vaccel_session_init(&sess, 0))
        return -1;
    every_op_begin(&sess);
    return 0;
}

static int end(void **state)
{
    (void)state;
    every_op_end();
    return vaccel_session_release(&sess);
}

static int genop(const struct every_op *op, struct general *form)
{
    struct vaccel_arg read[32];
    uint8_t type = (uint8_t)op->type;

    read[0] = (struct vaccel_arg){.buf = &type, .size = 1, .type = VACCEL_ARG_UINT8};
    memcpy(read + 1, form->read, form->nr_read * sizeof(read[0]));
    return vaccel_genop(&sess, read, (int)form->nr_read + 1, form->nr_write ? form->write : NULL,
                        (int)form->nr_write);
}

static int by_name(const struct every_op *op, struct general *form)
{
    char name[VACCEL_ENUM_STR_MAX];

    return vaccel_call(&sess, vaccel_op_type_name(op->type, name, sizeof(name)),
                       form->nr_read ? form->read : NULL, form->nr_read,
                       form->nr_write ? form->write : NULL, form->nr_write);
}

typedef int (*general_fn)(const struct every_op *op, struct general *form);

static struct general form_of(const struct every_op *op)
{
    struct general form = {0};

    outputs_reset();
    op->general(&form);
    return form;
}

/* Run the typed call; its outputs go to @with. */
static int run_typed(const struct every_op *op, struct outputs *with)
{
    int ret;

    outputs_reset();
    ret = op->typed(&sess);
    *with = outputs;
    return ret;
}

static void assert_as_typed(general_fn call)
{
    static struct outputs typed;

    for (int i = 0; i < VACCEL_OP_MAX; i++) {
        const struct every_op *op = &every_op[i];
        int expected = run_typed(op, &typed);
        struct general form = form_of(op);

        assert_int_equal(op->type, i);
        assert_int_equal(call(op, &form), expected);
        if (op->take)
            op->take(&sess, &form);
        assert_memory_equal(&outputs, &typed, sizeof(typed));
    }
}

static void test_genop_gives_what_the_typed_call_gives(void **state)
{
    (void)state;
    assert_as_typed(genop);
}

static void test_a_call_by_name_gives_what_the_typed_call_gives(void **state)
{
    (void)state;
    assert_as_typed(by_name);
}

static void assert_refused(const struct every_op *op, struct general *form, const char *what)
{
    static struct outputs before;

    before = outputs;
    if (genop(op, form) != VACCEL_EINVAL || by_name(op, form) != VACCEL_EINVAL) {
        fprintf(stderr, "%s: %s is not refused\n", vaccel_op_type_to_str(op->type), what);
        fail();
    }
    assert_memory_equal(&outputs, &before, sizeof(before));
}

/* A pair fewer would be a tensor fewer, which a run of a model may have. */
static void test_too_few_arguments_are_refused(void **state)
{
    (void)state;
    for (int i = 0; i < VACCEL_OP_MAX; i++) {
        const struct every_op *op = &every_op[i];
        struct general form = form_of(op);
        size_t nr_read = form.nr_read;

        form.nr_read = 0;
        if (nr_read)
            assert_refused(op, &form, "no read argument");
        form.nr_read = nr_read - 1;
        if (nr_read && !op->more)
            assert_refused(op, &form, "a read argument fewer");
        form.nr_read = nr_read;
        form.nr_write--;
        if (form.nr_write != SIZE_MAX && !op->more)
            assert_refused(op, &form, "a write argument fewer");
    }
}

static void test_too_many_arguments_are_refused(void **state)
{
    static char byte[] = "b";

    (void)state;
    for (int i = 0; i < VACCEL_OP_MAX; i++) {
        const struct every_op *op = &every_op[i];
        struct general form = form_of(op);

        if (op->more)
            continue;
        form_read(&form, VACCEL_ARG_BUFFER, byte, 1);
        assert_refused(op, &form, "a read argument more");
        form.nr_read--;
        form_write(&form, VACCEL_ARG_BUFFER, byte, 1);
        assert_refused(op, &form, "a write argument more");
    }
}

/* The demonstrations of old take any type; so do arguments that only the two ends understand. */
static bool any_type(const struct every_op *op, bool write, size_t i)
{
    if (op->type == VACCEL_OP_MINMAX ||
        (op->type >= VACCEL_OP_FPGA_ARRAYCOPY && op->type <= VACCEL_OP_FPGA_VECTORADD))
        return true;
    return op->more && (write || op->type == VACCEL_OP_OPENCV || i >= 2);
}

static void test_wrong_types_are_refused(void **state)
{
    static const vaccel_arg_type_t wrong[] = {VACCEL_ARG_UINT16, VACCEL_ARG_BOOL_ARRAY,
                                              VACCEL_ARG_MAX, (vaccel_arg_type_t)-1};

    (void)state;
    for (int i = 0; i < VACCEL_OP_MAX; i++) {
        const struct every_op *op = &every_op[i];
        struct general form = form_of(op);

        for (size_t k = 0; k < form.nr_read + form.nr_write; k++) {
            bool write = k >= form.nr_read;
            struct vaccel_arg *arg = write ? &form.write[k - form.nr_read] : &form.read[k];
            vaccel_arg_type_t type = arg->type;

            for (size_t t = 0; t < 4 && !any_type(op, write, k); t++) {
                arg->type = wrong[t];
                assert_refused(op, &form, "an argument of a wrong type");
            }
            arg->type = type;
        }
    }
}

static void test_null_with_a_size_is_refused(void **state)
{
    (void)state;
    for (int i = 0; i < VACCEL_OP_MAX; i++) {
        const struct every_op *op = &every_op[i];
        struct general form = form_of(op);

        for (size_t k = 0; k < form.nr_read + form.nr_write; k++) {
            bool write = k >= form.nr_read;
            struct vaccel_arg *arg = write ? &form.write[k - form.nr_read] : &form.read[k];
            void *buf = arg->buf;

            arg->buf = NULL;
            if (arg->size)
                assert_refused(op, &form, "NULL with a size");
            arg->buf = buf;
        }
    }
}

/* Room for a text, a message or an output may have any size, a user's argument as well. */
static bool any_size(const struct every_op *op, bool write, size_t i, const struct vaccel_arg *arg)
{
    if (op->more)
        return write || op->type == VACCEL_OP_OPENCV || i >= 2;
    if (arg->type == VACCEL_ARG_UCHAR_ARRAY || arg->type == VACCEL_ARG_CHAR_ARRAY)
        return true;
    if (arg->type != VACCEL_ARG_BUFFER)
        return !write && i == 0 && any_type(op, write, i) && op->type != VACCEL_OP_MINMAX;
    return write || op->type < VACCEL_OP_TF_MODEL_LOAD ||
           (op->type > VACCEL_OP_TORCH_SGEMM && op->type != VACCEL_OP_MODEL_RUN) || i < 2;
}

static void test_wrong_sizes_are_refused(void **state)
{
    (void)state;
    for (int i = 0; i < VACCEL_OP_MAX; i++) {
        const struct every_op *op = &every_op[i];
        struct general form = form_of(op);

        for (size_t k = 0; k < form.nr_read + form.nr_write; k++) {
            bool write = k >= form.nr_read;
            struct vaccel_arg *arg = write ? &form.write[k - form.nr_read] : &form.read[k];
            size_t size = arg->size;

            if (any_size(op, write, k - (write ? form.nr_read : 0), arg))
                continue;
            arg->size = size - 1;
            assert_refused(op, &form, "a byte fewer");
            arg->size = 0;
            assert_refused(op, &form, "no bytes");
            arg->size = size;
        }
    }
}

static void test_sizes_that_do_not_fit_together_are_refused(void **state)
{
    static const int64_t bad[] = {-1, 5, INT64_MAX, INT64_MIN};
    const struct every_op *op = &every_op[VACCEL_OP_BLAS_SGEMM];
    static const size_t sizes[] = {0, 1, 2, 5, 7, 9};

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++) {
            struct general form = form_of(op);

            form.read[sizes[i]].buf = (void *)&bad[k];
            if (bad[k] == 5 && (sizes[i] == 5 || sizes[i] == 7 || sizes[i] == 9))
                continue;
            assert_refused(op, &form, "a size that the arrays do not have");
        }
    }
}

static void test_tensors_that_cannot_be_are_refused(void **state)
{
    static const int runs[] = {VACCEL_OP_TF_MODEL_RUN, VACCEL_OP_TFLITE_MODEL_RUN,
                               VACCEL_OP_TORCH_MODEL_RUN, VACCEL_OP_TORCH_SGEMM};
    static const struct vaccel_tensor_desc bad[] = {
        {.size = 24, .nr_dims = 0, .data_type = 1},
        {.size = 24, .nr_dims = 17, .data_type = 1},
        {.size = 24, .nr_dims = UINT32_MAX, .data_type = 1},
        {.size = 24, .nr_dims = 2, .data_type = 1, .dims = {-2, 3}},
        {.size = 24, .nr_dims = 2, .data_type = 1, .dims = {25, 3}},
        {.size = 24, .nr_dims = 2, .data_type = 1, .dims = {INT64_MAX, 3}},
        {.size = 24, .nr_dims = 3, .data_type = 1, .dims = {1LL << 31, 1LL << 31, 1LL << 31}}};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++) {
            const struct every_op *op = &every_op[runs[i]];
            struct general form = form_of(op);
            struct vaccel_arg *arg = form.read;

            while (arg->type != VACCEL_ARG_CUSTOM)
                arg++;
            arg->buf = (void *)&bad[k];
            assert_refused(op, &form, "a tensor that cannot be");
        }
    }
}

static void test_a_tensor_needs_its_own_custom_id(void **state)
{
    const struct every_op *op = &every_op[VACCEL_OP_TORCH_MODEL_RUN];
    struct general form = form_of(op);

    (void)state;
    form.read[2].custom_type_id++;
    assert_refused(op, &form, "a description with another id");
}

static void test_the_number_is_one_byte_and_known(void **state)
{
    static uint8_t types[] = {VACCEL_OP_MAX, 255, VACCEL_OP_NOOP};
    struct vaccel_arg read[] = {{.buf = types, .size = 1, .type = VACCEL_ARG_UINT8}};

    (void)state;
    assert_int_equal(vaccel_genop(&sess, read, 1, NULL, 0), VACCEL_EINVAL);
    read[0].buf = &types[1];
    assert_int_equal(vaccel_genop(&sess, read, 1, NULL, 0), VACCEL_EINVAL);
    read[0].buf = &types[2];
    assert_int_equal(vaccel_genop(&sess, read, 1, NULL, 0), 0);
    read[0].type = VACCEL_ARG_INT8;
    assert_int_equal(vaccel_genop(&sess, read, 1, NULL, 0), VACCEL_EINVAL);
    read[0] = (struct vaccel_arg){.buf = &types[2], .size = 2, .type = VACCEL_ARG_UINT8};
    assert_int_equal(vaccel_genop(&sess, read, 1, NULL, 0), VACCEL_EINVAL);
    read[0] = (struct vaccel_arg){.size = 1, .type = VACCEL_ARG_UINT8};
    assert_int_equal(vaccel_genop(&sess, read, 1, NULL, 0), VACCEL_EINVAL);
}

static void test_arrays_and_counts_must_agree(void **state)
{
    uint8_t type = VACCEL_OP_NOOP;
    struct vaccel_arg read[] = {{.buf = &type, .size = 1, .type = VACCEL_ARG_UINT8}};

    (void)state;
    assert_int_equal(vaccel_genop(NULL, read, 1, NULL, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_genop(&sess, NULL, 1, NULL, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_genop(&sess, read, 0, NULL, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_genop(&sess, read, -1, NULL, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_genop(&sess, read, 1, NULL, -1), VACCEL_EINVAL);
    assert_int_equal(vaccel_genop(&sess, read, 1, NULL, 1), VACCEL_EINVAL);
    assert_int_equal(vaccel_call(NULL, "noop", NULL, 0, NULL, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_call(&sess, NULL, NULL, 0, NULL, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_call(&sess, "noop", NULL, 1, NULL, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_call(&sess, "noop", NULL, 0, NULL, 1), VACCEL_EINVAL);
    assert_int_equal(vaccel_call(&sess, "noop", read, SIZE_MAX, NULL, 0), VACCEL_EINVAL);
    assert_int_equal(vaccel_call(&sess, "noop", NULL, 0, NULL, 0), 0);
}

static void test_a_resource_goes_by_its_id(void **state)
{
    const struct every_op *op = &every_op[VACCEL_OP_EXEC_WITH_RESOURCE];
    static const vaccel_id_t unknown[] = {0, -1, 12345, INT64_MAX, INT64_MIN};
    struct general form = form_of(op);

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        form.read[0].buf = (void *)&unknown[i];
        assert_int_equal(genop(op, &form), VACCEL_ENOENT);
    }
    form.read[0].buf = &every_op_model.id;
    assert_int_equal(genop(op, &form), VACCEL_EINVAL);
    form.read[0].buf = &every_op_library.id;
    assert_int_equal(vaccel_resource_unregister(&every_op_library, &sess), 0);
    assert_int_equal(genop(op, &form), VACCEL_EPERM);
    assert_int_equal(vaccel_resource_register(&every_op_library, &sess), 0);
    assert_int_equal(genop(op, &form), VACCEL_EBACKEND);
}

static void test_unknown_names_are_not_supported(void **state)
{
    (void)state;
    assert_int_equal(vaccel_call(&sess, "", NULL, 0, NULL, 0), VACCEL_ENOTSUP);
    assert_int_equal(vaccel_call(&sess, "NOOP", NULL, 0, NULL, 0), VACCEL_ENOTSUP);
    assert_int_equal(vaccel_call(&sess, "max", NULL, 0, NULL, 0), VACCEL_ENOTSUP);
    assert_int_equal(vaccel_call(&sess, "digest.of-al", NULL, 0, NULL, 0), VACCEL_ENOTSUP);
    assert_int_equal(vaccel_call(&sess, "digest.of-all", NULL, 0, NULL, 0), 0);
}

static void test_list_tells_every_operation_in_order(void **state)
{
    struct vaccel_op_info infos[VACCEL_OP_MAX + 2];
    size_t count = 0;

    (void)state;
    assert_int_equal(vaccel_op_list(&sess, NULL, &count), 0);
    assert_int_equal(count, VACCEL_OP_MAX + 2);
    count--;
    assert_int_equal(vaccel_op_list(&sess, infos, &count), VACCEL_ERANGE);
    assert_int_equal(count, VACCEL_OP_MAX + 2);
    assert_int_equal(vaccel_op_list(&sess, infos, &count), 0);
    for (size_t i = 0; i + 1 < count; i++)
        assert_true(strcmp(infos[i].name, infos[i + 1].name) < 0);
    assert_string_equal(infos[0].name, "blas_sgemm");
    assert_string_equal(infos[1].name, "digest.of-all");
    assert_string_equal(infos[0].plugin, "digest");
    assert_int_equal(vaccel_op_list(NULL, infos, &count), VACCEL_EINVAL);
    assert_int_equal(vaccel_op_list(&sess, infos, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_op_list(&sess, NULL, &count), VACCEL_EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_genop_gives_what_the_typed_call_gives),
        cmocka_unit_test(test_a_call_by_name_gives_what_the_typed_call_gives),
        cmocka_unit_test(test_too_few_arguments_are_refused),
        cmocka_unit_test(test_too_many_arguments_are_refused),
        cmocka_unit_test(test_wrong_types_are_refused),
        cmocka_unit_test(test_null_with_a_size_is_refused),
        cmocka_unit_test(test_wrong_sizes_are_refused),
        cmocka_unit_test(test_sizes_that_do_not_fit_together_are_refused),
        cmocka_unit_test(test_tensors_that_cannot_be_are_refused),
        cmocka_unit_test(test_a_tensor_needs_its_own_custom_id),
        cmocka_unit_test(test_the_number_is_one_byte_and_known),
        cmocka_unit_test(test_arrays_and_counts_must_agree),
        cmocka_unit_test(test_a_resource_goes_by_its_id),
        cmocka_unit_test(test_unknown_names_are_not_supported),
        cmocka_unit_test(test_list_tells_every_operation_in_order),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
