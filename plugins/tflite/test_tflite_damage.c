/* SPDX-License-Identifier: Apache-2.0 */
#include "test_support.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* To the byte: TensorFlow Lite's own part of a model is a hundred of them, and its weights are ours. */
static size_t allocated(void)
{
    const struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
}

static void load_in_vain(struct vaccel_session *sess, const void *bytes, size_t size)
{
    struct vaccel_resource *model;

    capture_begin();
    assert_int_equal(load(sess, bytes, size, &model), VACCEL_EBACKEND);
    capture_end();
    model_end(sess, model);
}

/* A model that TensorFlow Lite has taken in by the time that it is refused. */
static unsigned char *damaged_lstm(struct vaccel_session *sess)
{
    unsigned char *bytes = malloc(lstm.size);
    struct vaccel_resource *model;
    bool found = false;

    assert_non_null(bytes);
    for (size_t at = 0; at < lstm.size && !found; at++) {
        memcpy(bytes, lstm.bytes, lstm.size);
        bytes[at] ^= 0x04;
        capture_begin();
        load(sess, bytes, lstm.size, &model);
        found = strstr(capture_end(), "The model is damaged");
        model_end(sess, model);
    }
    assert_true(found);
    return bytes;
}

static void memory_comes_back(void **state)
{
    enum { WARM_UP = 10, CYCLES = 50, ROOM = 2000 };
    struct vaccel_session *sess = *state;
    struct vaccel_resource *model;
    unsigned char *damaged;
    size_t before = 0;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    skip(); /* the sanitizers have an allocator of their own */
#endif
    damaged = damaged_lstm(sess);
    for (int i = 0; i < WARM_UP + CYCLES; i++) {
        if (i == WARM_UP)
            before = allocated();
        assert_int_equal(load(sess, lstm.bytes, lstm.size, &model), VACCEL_OK);
        assert_int_equal(run(sess, model), VACCEL_OK);
        model_end(sess, model);
        load_in_vain(sess, lstm.bytes, lstm.size / 2);
        load_in_vain(sess, damaged, lstm.size);
    }
    assert_in_range(allocated(), 0, before + ROOM);
    free(damaged);
}

/* What glibc keeps for a thread's next allocations counts as allocated: without that, from the beginning on. */
static void forgo_caches(char **argv)
{
    if (getenv("GLIBC_TUNABLES"))
        return;
    setenv("GLIBC_TUNABLES", "glibc.malloc.tcache_count=0", 1);
    execv("/proc/self/exe", argv);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_off),
        cmocka_unit_test(changed),
        cmocka_unit_test(something_else),
        cmocka_unit_test(memory_comes_back),
    };

    (void)argc;
    forgo_caches(argv);
    return cmocka_run_group_tests(tests, start, stop);
}
