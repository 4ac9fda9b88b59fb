/* SPDX-License-Identifier: Apache-2.0 */
#include "test_support.h"

#include <stdlib.h>
#include <string.h>

/* What a network took is given back, also when it could not be loaded. */

enum { FIRST = 10, CYCLES = 50, ROOM = 2 << 20 };

static struct file network; /* of 180 KiB, nearly all of it weights */

static int begin(void **state)
{
    network = file_read(MODELS "/scenes/segment.onnx");
    return opencv_begin(state);
}

static int end(void **state)
{
    free(network.bytes);
    return opencv_end(state);
}

static struct vaccel_resource *register_bytes(struct vaccel_session *sess, size_t size)
{
    struct vaccel_resource *model;

    assert_int_equal(vaccel_resource_from_buf(&model, network.bytes, size, VACCEL_RESOURCE_MODEL,
                                              "network.onnx", true),
                     VACCEL_OK);
    assert_int_equal(vaccel_resource_register(model, sess), VACCEL_OK);
    return model;
}

static void load_and_run(struct vaccel_session *sess)
{
    static float picture[64 * 64];
    const struct vaccel_tensor in =
        tensor_of(NULL, VACCEL_DATA_FLOAT32, DIMS(1, 1, 64, 64), picture, sizeof(picture));
    struct vaccel_tensor out = {0};
    struct vaccel_resource *model = register_bytes(sess, network.size);

    assert_int_equal(vaccel_model_load(sess, model, NULL), VACCEL_OK);
    assert_int_equal(vaccel_model_run(sess, model, NULL, &in, 1, &out, 1), VACCEL_OK);
    free(tensor_fetch(sess, &out));
    assert_int_equal(vaccel_model_unload(sess, model), VACCEL_OK);
    model_end(sess, model);
}

static void load_in_vain(struct vaccel_session *sess, size_t size, const char *sentence)
{
    struct vaccel_resource *model = register_bytes(sess, size);

    capture_begin();
    assert_int_equal(vaccel_model_load(sess, model, "opencv"), VACCEL_EBACKEND);
    assert_logged(capture_end(), WORDS(sentence));
    model_end(sess, model);
}

static void load_cut_off(struct vaccel_session *sess)
{
    load_in_vain(sess, network.size - 100, "no ONNX graph");
}

static void load_unknown_operation(struct vaccel_session *sess)
{
    load_in_vain(sess, network.size, "OpenCV does not load the network");
}

static void check_nothing_stays(struct vaccel_session *sess,
                                void (*cycle)(struct vaccel_session *sess))
{
    size_t before = 0;

    for (int i = 0; i < FIRST + CYCLES; i++) {
        if (i == FIRST)
            before = memory_in_use();
        cycle(sess);
    }
    assert_in_range(memory_in_use(), 0, before + ROOM);
}

static void unloading_gives_the_memory_back(void **state)
{
    check_nothing_stays(*state, load_and_run);
}

static void so_does_loading_in_vain(void **state)
{
    unsigned char *type = memmem(network.bytes, network.size, "\x22\x04Relu", 6);

    check_nothing_stays(*state, load_cut_off);
    assert_non_null(type);
    type[2] = 'X';
    check_nothing_stays(*state, load_unknown_operation);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(unloading_gives_the_memory_back, begin, end),
        cmocka_unit_test_setup_teardown(so_does_loading_in_vain, begin, end),
    };

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    puts("the sanitizer keeps what is freed");
    return 77;
#endif
    return cmocka_run_group_tests(tests, NULL, NULL);
}
