/* SPDX-License-Identifier: Apache-2.0 */
/* What a careless plugin or a stranger's arguments must not do to those on the other side. */
#include "core/session.h"
#include "with_plugins.h"

#include <pthread.h>
#include <setjmp.h>

#include <cmocka.h>

enum { ROOM = 64 };

static struct counter *plugin;
static struct vaccel_session sess;
static struct vaccel_resource model;

/* What the plugin's torch model returns, and how long it says that its list is. */
static int64_t dims[2];
static size_t data_size, list_size;

static int run_model(struct vaccel_session *in, struct vaccel_resource *of,
                     const struct vaccel_torch_buffer *options,
                     struct vaccel_torch_tensor *const *inputs, int nr_inputs,
                     struct vaccel_torch_tensor **outputs, int nr_outputs)
{
    (void)in, (void)of, (void)options, (void)inputs, (void)nr_inputs, (void)nr_outputs;
    return vaccel_torch_tensor_allocate(&outputs[0], 2, dims, VACCEL_TORCH_FLOAT, data_size);
}

static int detect(struct vaccel_session *in, const void *img, size_t len_img,
                  struct vaccel_output *boxes, struct vaccel_output *picture)
{
    (void)in, (void)img, (void)len_img, (void)picture;
    boxes->size = list_size;
    return VACCEL_OK;
}

static int end_thread(struct vaccel_session *in)
{
    (void)in;
    pthread_exit(NULL);
}

static struct vaccel_op ops[] = {
    {VACCEL_OP_TORCH_MODEL_RUN, (void *)run_model, NULL},
    {VACCEL_OP_VISION_DETECT, (void *)detect, NULL},
    {VACCEL_OP_NOOP, (void *)end_thread, NULL},
};

static int begin(void **state)
{
    size_t i;

    (void)state;
    plugin = counter_open("counter");
    for (i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
        ops[i].owner = plugin->plugin;
    plugin->ops = ops;
    plugin->nr_ops = sizeof(ops) / sizeof(ops[0]);
    if (library_begin("counter") || vaccel_session_init(&sess, 0) ||
        vaccel_resource_init_from_buf(&model, "m", 1, VACCEL_RESOURCE_MODEL, "m", true))
        return -1;
    return vaccel_resource_register(&model, &sess);
}

static int end(void **state)
{
    (void)state;
    return vaccel_resource_release(&model) || vaccel_session_release(&sess) ? -1 : 0;
}

static struct vaccel_arg arg(vaccel_arg_type_t type, void *buf, size_t size)
{
    return (struct vaccel_arg){.buf = buf, .size = size, .type = type};
}

static struct vaccel_arg described(struct vaccel_tensor_desc *desc)
{
    struct vaccel_arg made = arg(VACCEL_ARG_CUSTOM, desc, sizeof(*desc));

    made.custom_type_id = VACCEL_TENSOR_DESC_ID;
    return made;
}

/* Run the model on two floats at @input; *@out is where the output goes, and what came. */
static int run(void *input, struct vaccel_arg *out)
{
    struct vaccel_tensor_desc desc = {.data_type = VACCEL_TORCH_FLOAT, .nr_dims = 1, .dims = {2}};
    struct vaccel_tensor_desc out_desc = {0};
    struct vaccel_arg read[] = {arg(VACCEL_ARG_INT64, &model.id, sizeof(model.id)),
                                arg(VACCEL_ARG_BUFFER, NULL, 0), described(&desc),
                                arg(VACCEL_ARG_BUFFER, input, 2 * sizeof(float))};
    struct vaccel_arg write[] = {described(&out_desc), *out};
    int ret = vaccel_call(&sess, "torch_model_run", read, 4, write, 2);

    *out = write[1];
    return ret;
}

static void test_a_tensor_longer_than_its_data_goes_to_nobody(void **state)
{
    float input[2] = {1, 2};
    char room[ROOM];
    struct vaccel_arg out = arg(VACCEL_ARG_BUFFER, room, sizeof(room));

    (void)state;
    dims[0] = dims[1] = 2;
    data_size = 4 * sizeof(float);
    assert_int_equal(run(input, &out), VACCEL_OK);
    assert_int_equal(out.size, data_size);
    dims[0] = dims[1] = 1000;
    assert_int_equal(run(input, &out), VACCEL_EBACKEND);
    dims[0] = dims[1] = -2;
    assert_int_equal(run(input, &out), VACCEL_EBACKEND);
}

static void test_tensor_data_must_be_aligned(void **state)
{
    _Alignas(8) char input[3 * sizeof(float)] = {0};
    char room[ROOM];
    struct vaccel_arg out = arg(VACCEL_ARG_BUFFER, room, sizeof(room));

    (void)state;
    dims[0] = dims[1] = 1;
    data_size = sizeof(float);
    assert_int_equal(run(input, &out), VACCEL_OK);
    assert_int_equal(run(input + 1, &out), VACCEL_EINVAL);
}

/* Detect with room for 8 bytes. */
static int call_detect(size_t *size)
{
    int64_t held = 0, unwanted = -1;
    char list[8];
    struct vaccel_arg read = arg(VACCEL_ARG_BUFFER, (void *)(uintptr_t) "img", 3);
    struct vaccel_arg write[] = {
        arg(VACCEL_ARG_BUFFER, list, sizeof(list)), arg(VACCEL_ARG_INT64, &held, sizeof(held)),
        arg(VACCEL_ARG_BUFFER, NULL, 0), arg(VACCEL_ARG_INT64, &unwanted, sizeof(unwanted))};
    int ret = vaccel_call(&sess, "vision_detect", &read, 1, write, 4);

    *size = write[0].size;
    return ret;
}

/* Else who sends the answer would send what lies behind the room. */
static void test_an_output_is_not_said_to_be_longer_than_its_room(void **state)
{
    size_t size;

    (void)state;
    list_size = 8;
    assert_int_equal(call_detect(&size), VACCEL_OK);
    assert_int_equal(size, 8);
    list_size = 9;
    assert_int_equal(call_detect(&size), VACCEL_EBACKEND);
    assert_int_equal(size, 0);
}

static void test_held_outputs_are_bounded(void **state)
{
    struct session_core *core = sess.core;
    struct vaccel_output first = {0}, second = {0};
    const size_t limit = (size_t)1 << 30;

    (void)state;
    assert_int_equal(vaccel_output_put(&sess, &first, "12345", 5), VACCEL_OK);
    core->held_bytes += limit - 100; /* as if others were held */
    assert_int_equal(vaccel_output_put(&sess, &second, "12345", 5), VACCEL_ENOMEM);
    assert_int_equal(vaccel_output_drop(&sess, &first), VACCEL_OK);
    assert_int_equal(vaccel_output_put(&sess, &second, "12345", 5), VACCEL_OK);
    assert_int_equal(vaccel_output_drop(&sess, &second), VACCEL_OK);
    assert_int_equal(core->held_bytes, limit - 100);
    core->held_bytes = 0;
}

static void test_the_type_of_anothers_resource_is_not_told(void **state)
{
    struct vaccel_resource library;
    float input[2] = {1, 2};
    char room[ROOM];
    struct vaccel_arg out = arg(VACCEL_ARG_BUFFER, room, sizeof(room));
    vaccel_id_t mine = model.id;
    int ret;

    (void)state;
    ret = vaccel_resource_init_from_buf(&library, "l", 1, VACCEL_RESOURCE_LIB, "l", true);
    assert_int_equal(ret, VACCEL_OK);
    model.id = library.id;
    ret = run(input, &out);
    model.id = mine;
    assert_int_equal(ret, VACCEL_EPERM);
    assert_int_equal(vaccel_resource_release(&library), VACCEL_OK);
}

static void *call_noop(void *context)
{
    (void)context;
    vaccel_noop(&sess);
    return NULL;
}

static void test_a_thread_that_ends_in_a_call_leaves_the_session_free(void **state)
{
    pthread_t thread;

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, call_noop, NULL), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(vaccel_session_release(&sess), VACCEL_OK);
    assert_int_equal(vaccel_session_init(&sess, 0), VACCEL_OK);
}

#define hostile_test(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        hostile_test(test_a_tensor_longer_than_its_data_goes_to_nobody),
        hostile_test(test_tensor_data_must_be_aligned),
        hostile_test(test_an_output_is_not_said_to_be_longer_than_its_room),
        hostile_test(test_held_outputs_are_bounded),
        hostile_test(test_the_type_of_anothers_resource_is_not_told),
        hostile_test(test_a_thread_that_ends_in_a_call_leaves_the_session_free),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
