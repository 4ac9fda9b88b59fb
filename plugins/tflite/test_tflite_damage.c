/* SPDX-License-Identifier: Apache-2.0 */
#include "test_support.h"

#include <string.h>

/* Models cut off or changed, and what is left in memory of models that are gone. */

static struct file digits;
static struct file lstm;

static int start(void **state)
{
    digits = file_read(MODELS "/digits/digits.tflite");
    lstm = file_read(MODELS "/lstm/lstm.tflite");
    return tflite_begin(state);
}

static int stop(void **state)
{
    free(digits.bytes);
    free(lstm.bytes);
    return tflite_end(state);
}

static int load(struct vaccel_session *sess, const void *bytes, size_t size,
                struct vaccel_resource **model)
{
    *model = model_of_bytes(sess, bytes, size);
    return vaccel_model_load(sess, *model, "tflite");
}

/* Whatever it is, with what it says that it takes: as much as fits here. */
static int run(struct vaccel_session *sess, struct vaccel_resource *model)
{
    enum { MANY = 8 };
    static char zeros[1 << 16];
    struct vaccel_tensor in[MANY] = {0};
    struct vaccel_tensor out = {0};
    struct vaccel_model_info *info;
    int ret = vaccel_model_info(sess, model, NULL, &info);

    if (ret != VACCEL_OK)
        return ret;
    for (size_t i = 0; i < info->nr_inputs && i < MANY; i++) {
        size_t size = vaccel_data_type_size(info->inputs[i].data_type);

        in[i].data_type = info->inputs[i].data_type;
        in[i].nr_dims = (uint32_t)info->inputs[i].nr_dims;
        for (uint32_t at = 0; at < in[i].nr_dims && size <= sizeof(zeros); at++) {
            in[i].dims[at] = info->inputs[i].dims[at] < 0 ? 1 : info->inputs[i].dims[at];
            size *= (size_t)in[i].dims[at];
        }
        in[i].data = zeros;
        in[i].size = size;
        ret |= size > sizeof(zeros);
    }
    if (ret == VACCEL_OK && info->nr_inputs > 0 && info->nr_inputs <= MANY)
        ret = vaccel_model_run(sess, model, NULL, in, info->nr_inputs, &out, 1);
    if (out.held)
        vaccel_tensor_drop(sess, &out);
    vaccel_model_info_delete(info);
    return ret;
}

static void check_cut(struct vaccel_session *sess, const struct file *whole, size_t step)
{
    for (size_t size = 9; size < whole->size; size += step) {
        unsigned char *cut = malloc(size); /* of just that size, for sanitizers to see */
        struct vaccel_resource *model;

        assert_non_null(cut);
        memcpy(cut, whole->bytes, size);
        assert_int_equal(load(sess, cut, size, &model), VACCEL_EBACKEND);
        model_end(sess, model);
        free(cut);
    }
}

static void cut_off(void **state)
{
    struct vaccel_session *sess = *state;

    capture_begin();
    check_cut(sess, &digits, 997);
    check_cut(sess, &lstm, 211);
    assert_logged(capture_end(), WORDS("The model is not a valid Flatbuffer buffer"));
}

/* Returns how many can still be loaded. */
static int check_changed(struct vaccel_session *sess, const struct file *whole, size_t step,
                         unsigned char change)
{
    unsigned char *changed = malloc(whole->size);
    struct vaccel_resource *model;
    int loaded = 0;

    assert_non_null(changed);
    for (size_t at = change % step; at < whole->size; at += step) {
        memcpy(changed, whole->bytes, whole->size);
        changed[at] ^= change;
        if (load(sess, changed, whole->size, &model) == VACCEL_OK) {
            loaded++;
            run(sess, model);
        }
        model_end(sess, model);
    }
    free(changed);
    return loaded;
}

/* The process must live; most of the bytes of the digits are weights. */
static void changed(void **state)
{
    struct vaccel_session *sess = *state;
    int loaded;

    capture_begin();
    loaded = check_changed(sess, &digits, 401, 0x80) + check_changed(sess, &digits, 499, 0x01) +
             check_changed(sess, &lstm, 83, 0xff) + check_changed(sess, &lstm, 97, 0x04);
    assert_logged(capture_end(), WORDS("The model is damaged"));
    assert_true(loaded > 0);
}

static void something_else(void **state)
{
    static const char text[] = "This is a text with TFL3 in it, and no model of anything";
    struct vaccel_session *sess = *state;
    struct vaccel_resource *model;

    capture_begin();
    assert_int_equal(load(sess, text, sizeof(text), &model), VACCEL_EBACKEND);
    assert_logged(capture_end(), WORDS("The model is not a valid Flatbuffer buffer"));
    model_end(sess, model);
}

/* Each takes more than a megabyte while it is loaded. */
static void memory_comes_back(void **state)
{
    enum { WARM_UP = 10, CYCLES = 50, ROOM = 4 << 20 };
    struct vaccel_session *sess = *state;
    struct vaccel_resource *model;
    size_t before = 0;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    skip(); /* the sanitizers keep what is freed for a while */
#endif
    for (int i = 0; i < WARM_UP + CYCLES; i++) {
        if (i == WARM_UP)
            before = memory_in_use();
        assert_int_equal(load(sess, lstm.bytes, lstm.size, &model), VACCEL_OK);
        assert_int_equal(run(sess, model), VACCEL_OK);
        model_end(sess, model);
        capture_begin();
        assert_int_equal(load(sess, lstm.bytes, lstm.size / 2, &model), VACCEL_EBACKEND);
        capture_end();
        model_end(sess, model);
    }
    assert_true(memory_in_use() < before + ROOM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_off),
        cmocka_unit_test(changed),
        cmocka_unit_test(something_else),
        cmocka_unit_test(memory_comes_back),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
