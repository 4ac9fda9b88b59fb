/* SPDX-License-Identifier: Apache-2.0 */
#include "test_support.h"

/* Loading again and again gives the memory back, whether it succeeds or not. */

/* A load in vain may lose as little as TensorFlow's empty graph, some 15 KiB: it takes many to show. */
enum { BEFORE = 15, CYCLES = 50, CYCLES_IN_VAIN = 300, MIB = 1024 * 1024 };

static void cycle(struct vaccel_session *sess, const char *path, const char *in, const char *out,
                  int expected)
{
    float pixels[64] = {0};
    float scores[10];
    struct vaccel_tensor input =
        tensor_of(in, VACCEL_DATA_FLOAT32, DIMS(1, 1, 8, 8), pixels, sizeof(pixels));
    struct vaccel_tensor output = room_for(out, scores, sizeof(scores));
    struct vaccel_resource *model = model_register(sess, path);

    assert_int_equal(vaccel_model_load(sess, model, NULL), expected);
    if (!expected) {
        assert_int_equal(vaccel_model_run(sess, model, NULL, &input, 1, &output, 1), VACCEL_OK);
        assert_int_equal(vaccel_model_unload(sess, model), VACCEL_OK);
    }
    model_end(sess, model);
}

static void cycles(struct vaccel_session *sess, const char *path, int expected)
{
    const int count = expected ? CYCLES_IN_VAIN : CYCLES;
    size_t before;
    size_t after;
    int i;

    if (expected)
        capture_begin();
    for (i = 0; i < BEFORE; i++)
        cycle(sess, path, "scan", "scores", expected);
    before = memory_in_use();
    for (i = 0; i < count; i++)
        cycle(sess, path, "scan", "scores", expected);
    after = memory_in_use();
    if (expected)
        capture_end();
    print_message("%s: %zu KiB more after %d cycles\n", path,
                  after > before ? (after - before) / 1024 : 0, count);
    assert_true(after < before + (expected ? 1 : 2) * MIB);
}

static void loading_and_unloading_gives_the_memory_back(void **state)
{
    cycles(*state, MODELS "/digits/digits.pb", VACCEL_OK);
    cycles(*state, MODELS "/digits/digits.saved-model", VACCEL_OK);
}

static void so_does_loading_in_vain(void **state)
{
    cycles(*state, MADE "/refused/read_in_library", VACCEL_EBACKEND);
    cycles(*state, MADE "/cut/checkpoint", VACCEL_EBACKEND);
    cycles(*state, MADE "/cut/graph.pb", VACCEL_EBACKEND);
    cycles(*state, MADE "/cut/attribute.pb", VACCEL_EBACKEND);
}

/* Strings are TensorFlow's own allocations, in and out. */
static void strings_give_their_memory_back(void **state)
{
    enum { LENGTH = MIB, ROUNDS = 40 };
    struct vaccel_resource *model = model_begin(*state, MADE "/types.pb");
    char *flat = calloc(1, sizeof(uint64_t) + LENGTH);
    char *room = malloc(sizeof(uint64_t) + LENGTH);
    struct vaccel_tensor in =
        tensor_of("in_string", VACCEL_DATA_STRING, DIMS(1), flat, sizeof(uint64_t) + LENGTH);
    struct vaccel_tensor out;
    size_t before = 0;
    int i;

    *(uint64_t *)flat = LENGTH;
    for (i = 0; i < 2 * ROUNDS; i++) {
        if (i == ROUNDS)
            before = memory_in_use();
        out = room_for("string", room, sizeof(uint64_t) + LENGTH);
        assert_int_equal(vaccel_model_run(*state, model, NULL, &in, 1, &out, 1), VACCEL_OK);
    }
    assert_true(memory_in_use() < before + 8 * MIB);
    free(flat);
    free(room);
    model_end(*state, model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loading_and_unloading_gives_the_memory_back),
        cmocka_unit_test(so_does_loading_in_vain),
        cmocka_unit_test(strings_give_their_memory_back),
    };

#ifdef __SANITIZE_ADDRESS__
    puts("the sanitizer keeps what is freed");
    return 77;
#endif
    skip_without_models();
    return cmocka_run_group_tests(tests, tf_begin, tf_end);
}
