/* SPDX-License-Identifier: Apache-2.0 */
/* What a model takes and gives, as an engine tells it and as the other side of a transport does. */
#include "captured.h"
#include "engine_kit.h"
#include "other_side.h"

#include <setjmp.h>

#include <cmocka.h>

enum { NAME_SIZE = 256, LONGEST = NAME_SIZE - 1 };

static const char *const any[] = {"*", NULL};
static struct test_engine *engine;
static struct vaccel_session sess;
static struct vaccel_resource model;

static int begin(void **state)
{
    (void)state;
    engine = engine_open(0, any);
    return library_begin("counter") || vaccel_session_init(&sess, 0) ||
           model_begin(&model, "m.format", &sess) || vaccel_model_load(&sess, &model, NULL);
}

static int end(void **state)
{
    (void)state;
    return vaccel_cleanup();
}

static char longest[NAME_SIZE], too_long[NAME_SIZE + 1];

static int tell(const char *signature, struct vaccel_model_info *told)
{
    static const int64_t dims[VACCEL_TENSOR_DIMS_MAX] = {-1, 28, -7, INT64_MIN, INT64_MAX, 0};

    if (signature && strcmp(signature, "serve"))
        return VACCEL_EINVAL;
    assert_int_equal(vaccel_model_info_add_signature(told, "serve"), 0);
    assert_int_equal(vaccel_model_info_add_signature(told, longest), 0);
    assert_int_equal(vaccel_model_info_add_input(told, "in", VACCEL_DATA_FLOAT32, 6, dims), 0);
    assert_int_equal(vaccel_model_info_add_input(told, "", VACCEL_DATA_STRING, 0, NULL), 0);
    assert_int_equal(
        vaccel_model_info_add_input(told, "?", (enum vaccel_data_type)1234, INT32_MIN, NULL), 0);
    assert_int_equal(vaccel_model_info_add_output(told, longest, VACCEL_DATA_BOOL, 16, dims), 0);
    return VACCEL_OK;
}

static void assert_told(const struct vaccel_model_info *info)
{
    static const int64_t dims[] = {-1, 28, -1, -1, INT64_MAX, 0};

    assert_string_equal(info->format, "format");
    assert_string_equal(info->engine, "counter");
    assert_int_equal(info->nr_signatures, 2);
    assert_string_equal(info->signatures[0], "serve");
    assert_string_equal(info->signatures[1], longest);
    assert_int_equal(info->nr_inputs, 3);
    assert_string_equal(info->inputs[0].name, "in");
    assert_int_equal(info->inputs[0].data_type, VACCEL_DATA_FLOAT32);
    assert_int_equal(info->inputs[0].nr_dims, 6);
    assert_memory_equal(info->inputs[0].dims, dims, sizeof(dims));
    assert_string_equal(info->inputs[1].name, "");
    assert_int_equal(info->inputs[1].data_type, VACCEL_DATA_STRING);
    assert_int_equal(info->inputs[1].nr_dims, 0);
    assert_int_equal(info->inputs[2].data_type, VACCEL_DATA_UNKNOWN);
    assert_int_equal(info->inputs[2].nr_dims, -1);
    assert_int_equal(info->nr_outputs, 1);
    assert_string_equal(info->outputs[0].name, longest);
    assert_int_equal(info->outputs[0].nr_dims, 16);
}

static void test_what_an_engine_tells(void **state)
{
    struct vaccel_model_info *info;

    (void)state;
    memset(longest, 'l', LONGEST);
    engine->info = tell;
    assert_int_equal(vaccel_model_info(&sess, &model, NULL, &info), 0);
    assert_told(info);
    vaccel_model_info_delete(info);
    assert_int_equal(vaccel_model_info(&sess, &model, "serve", &info), 0);
    assert_told(info);
    vaccel_model_info_delete(info);
    vaccel_model_info_delete(NULL);
    assert_int_equal(vaccel_model_info(&sess, &model, "none", &info), VACCEL_EINVAL);
    assert_null(info);
}

static void test_misuse(void **state)
{
    struct vaccel_model_info *info = (void *)&sess;

    (void)state;
    assert_int_equal(vaccel_model_info(&sess, &model, NULL, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_model_info(NULL, &model, NULL, &info), VACCEL_EINVAL);
    assert_null(info);
    info = (void *)&sess;
    assert_int_equal(vaccel_model_info(&sess, NULL, NULL, &info), VACCEL_EINVAL);
    assert_null(info);
}

static int tell_wrongly(const char *signature, struct vaccel_model_info *told)
{
    static const int64_t dims[1] = {1};
    const enum vaccel_data_type type = VACCEL_DATA_UINT8;

    (void)signature;
    assert_int_equal(vaccel_model_info_add_signature(NULL, "x"), VACCEL_EINVAL);
    assert_int_equal(vaccel_model_info_add_signature(told, NULL), VACCEL_EINVAL);
    assert_int_equal(vaccel_model_info_add_signature(told, too_long), VACCEL_EBACKEND);
    assert_int_equal(vaccel_model_info_add_input(NULL, "x", type, 1, dims), VACCEL_EINVAL);
    assert_int_equal(vaccel_model_info_add_input(told, NULL, type, 1, dims), VACCEL_EINVAL);
    assert_int_equal(vaccel_model_info_add_input(told, too_long, type, 1, dims), VACCEL_EBACKEND);
    assert_int_equal(vaccel_model_info_add_input(told, "x", type, 17, dims), VACCEL_EBACKEND);
    assert_int_equal(vaccel_model_info_add_output(NULL, "x", type, 1, dims), VACCEL_EINVAL);
    assert_int_equal(vaccel_model_info_add_output(told, "x", type, INT32_MAX, dims),
                     VACCEL_EBACKEND);
    assert_int_equal(vaccel_model_info_add_output(told, "x", type, 1, NULL), VACCEL_EINVAL);
    return VACCEL_OK;
}

static void test_what_an_engine_cannot_tell(void **state)
{
    struct vaccel_model_info *info;

    (void)state;
    memset(too_long, 'l', NAME_SIZE);
    engine->info = tell_wrongly;
    assert_int_equal(vaccel_model_info(&sess, &model, NULL, &info), 0);
    assert_int_equal(info->nr_signatures + info->nr_inputs + info->nr_outputs, 0);
    vaccel_model_info_delete(info);
}

static int tell_something_and_fail(const char *signature, struct vaccel_model_info *told)
{
    (void)signature;
    vaccel_model_info_add_signature(told, "x");
    vaccel_model_info_add_input(told, "x", VACCEL_DATA_UINT8, -1, NULL);
    return -1;
}

static void test_an_engine_that_fails_to_tell(void **state)
{
    struct vaccel_model_info *info;

    (void)state;
    engine->info = tell_something_and_fail;
    assert_int_equal(vaccel_model_info(&sess, &model, NULL, &info), VACCEL_EBACKEND);
    assert_null(info);
}

/* What the other side of a transport holds, and how many bytes it says that is. */
static unsigned char flat[8192];
static size_t flat_said;
static int flat_held, flat_result;

static int call(struct vaccel_session *in, struct vaccel_op_call *op_call)
{
    vaccel_id_t held = flat_held;

    (void)in;
    if (op_call->op != VACCEL_OP_MODEL_INFO)
        return VACCEL_OK;
    op_call->write[0].size = flat_said;
    memcpy(op_call->write[1].buf, &held, sizeof(held));
    return flat_result;
}

static int begin_remote(void **state)
{
    (void)state;
    other_side.bytes = flat;
    flat_held = 1;
    flat_result = 0;
    return other_side_begin(call) || vaccel_session_init(&sess, 0) ||
           model_begin(&model, "m.format", &sess);
}

static unsigned char *put(unsigned char *at, const void *data, size_t size)
{
    memcpy(at, data, size);
    return at + size;
}

/* What tell() told, as it travels. */
static void set_flat(void)
{
    static const uint32_t counts[] = {2, 3, 1, 0};
    struct vaccel_tensor_spec specs[4] = {
        {.name = "in",
         .data_type = VACCEL_DATA_FLOAT32,
         .nr_dims = 6,
         .dims = {-1, 28, -1, -1, INT64_MAX, 0}},
        {.data_type = VACCEL_DATA_STRING},
        {.name = "?", .nr_dims = -1},
        {.data_type = VACCEL_DATA_BOOL, .nr_dims = 16},
    };
    char names[2][NAME_SIZE] = {"serve"};
    unsigned char *at = flat;

    memset(longest, 'l', LONGEST);
    memcpy(names[1], longest, NAME_SIZE);
    memcpy(specs[3].name, longest, NAME_SIZE);
    memset(flat, 0, sizeof(flat));
    memcpy(at, "format", 6);
    memcpy(at + 32, "counter", 7);
    at = put(at + 96, counts, sizeof(counts));
    at = put(at, names, sizeof(names));
    at = put(at, specs, sizeof(specs));
    other_side.size = flat_said = (size_t)(at - flat);
}

static int info_of(void)
{
    struct vaccel_model_info *info;
    int ret = vaccel_model_info(&sess, &model, NULL, &info);

    if (ret)
        assert_null(info);
    vaccel_model_info_delete(info);
    return ret;
}

static void test_what_the_other_side_tells(void **state)
{
    struct vaccel_model_info *info;

    (void)state;
    set_flat();
    assert_int_equal(vaccel_model_info(&sess, &model, NULL, &info), 0);
    assert_told(info);
    vaccel_model_info_delete(info);
    assert_int_equal(other_side.nr_fetched, 1);
}

/* The last names have no end, and the numbers in it are none. */
static void test_nothing_of_it_is_believed(void **state)
{
    struct vaccel_tensor_spec *specs = (void *)(flat + 112 + 2 * NAME_SIZE);
    struct vaccel_model_info *info;

    (void)state;
    set_flat();
    memset(flat, 'x', 96);
    memset(flat + 112, 'y', 2 * NAME_SIZE);
    for (int i = 0; i < 4; i++) {
        memset(specs[i].name, 'z', NAME_SIZE);
        specs[i].nr_dims = -5 - i;
        specs[i].data_type = (enum vaccel_data_type)(INT32_MAX - i);
    }
    specs[0].nr_dims = 1;
    specs[0].dims[0] = INT64_MIN;
    assert_int_equal(vaccel_model_info(&sess, &model, NULL, &info), 0);
    assert_int_equal(strlen(info->format), 31);
    assert_int_equal(strlen(info->engine), 63);
    assert_int_equal(strlen(info->signatures[1]), LONGEST);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(strlen(info->inputs[i].name), LONGEST);
        assert_int_equal(info->inputs[i].nr_dims, i ? -1 : 1);
        assert_int_equal(info->inputs[i].data_type, VACCEL_DATA_UNKNOWN);
    }
    assert_int_equal(info->inputs[0].dims[0], -1);
    vaccel_model_info_delete(info);
    specs[0].nr_dims = 17;
    assert_int_equal(info_of(), VACCEL_EBACKEND);
    specs[0].nr_dims = INT32_MAX;
    assert_int_equal(info_of(), VACCEL_EBACKEND);
}

static void test_cut_off_anywhere(void **state)
{
    (void)state;
    set_flat();
    capture_begin();
    for (other_side.size = 0; other_side.size < flat_said; other_side.size++)
        if (info_of() != VACCEL_EBACKEND)
            break;
    capture_end();
    assert_int_equal(other_side.size, flat_said);
}

static void test_counts_that_cannot_be(void **state)
{
    static const uint32_t bad[] = {4, 1000, INT32_MAX, UINT32_MAX};
    uint32_t *counts = (void *)(flat + 96);

    (void)state;
    for (int which = 0; which < 3; which++) {
        for (int i = 0; i < 4; i++) {
            set_flat();
            counts[which] = bad[i];
            assert_int_equal(info_of(), VACCEL_EBACKEND);
        }
    }
}

/* The sanitizer would end the program where malloc() returns NULL. */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

static void test_sizes_that_cannot_be(void **state)
{
    (void)state;
    set_flat();
    flat_said = SIZE_MAX / 2;
    capture_begin();
    assert_int_equal(info_of(), VACCEL_ENOMEM);
    capture_end();
    assert_int_equal(other_side.nr_dropped, 1);
    flat_said = 0;
    assert_int_equal(info_of(), VACCEL_ERANGE);
    flat_said = other_side.size - 1;
    assert_int_equal(info_of(), VACCEL_ERANGE);
}

static void test_what_is_not_held(void **state)
{
    (void)state;
    set_flat();
    flat_held = 0;
    assert_int_equal(info_of(), VACCEL_EBACKEND);
    flat_result = VACCEL_EINVAL;
    assert_int_equal(info_of(), VACCEL_EINVAL);
    assert_int_equal(other_side.nr_dropped, 0);
    flat_held = 7;
    assert_int_equal(info_of(), VACCEL_EINVAL);
    assert_int_equal(other_side.nr_fetched, 0);
    assert_int_equal(other_side.nr_dropped, 1);
}

#define test(function) cmocka_unit_test_setup_teardown(function, begin, end)
#define remote_test(function) cmocka_unit_test_setup_teardown(function, begin_remote, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_what_an_engine_tells),
        test(test_misuse),
        test(test_what_an_engine_cannot_tell),
        test(test_an_engine_that_fails_to_tell),
        remote_test(test_what_the_other_side_tells),
        remote_test(test_nothing_of_it_is_believed),
        remote_test(test_cut_off_anywhere),
        remote_test(test_counts_that_cannot_be),
        remote_test(test_sizes_that_cannot_be),
        remote_test(test_what_is_not_held),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
