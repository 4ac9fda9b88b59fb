/* SPDX-License-Identifier: Apache-2.0 */
#include "test_support.h"

#include <stdio.h>
#include <stdlib.h>

/* What a model took is given back, also when it could not be loaded. */

enum { NR_CYCLES = 50, NR_FIRST = 10, ALLOWED = 4 << 20 };

static void load_and_run(struct vaccel_session *sess, const struct file *file)
{
    float data[64] = {0};
    struct vaccel_tensor input = floats(data, 1, 64);
    struct vaccel_resource model;

    assert_int_equal(model_load_bytes(sess, &model, file->bytes, file->size), VACCEL_OK);
    /* A module is compiled for its inputs in the second run. */
    for (int i = 0; i < 3; i++) {
        struct vaccel_tensor output = {0};

        assert_int_equal(vaccel_model_run(sess, &model, NULL, &input, 1, &output, 1), VACCEL_OK);
        free(tensor_fetch(sess, &output));
    }
    assert_int_equal(vaccel_model_unload(sess, &model), VACCEL_OK);
    model_release(&model);
}

static void fail_to_load(struct vaccel_session *sess, const struct file *file)
{
    struct vaccel_resource model;

    assert_int_equal(model_load_bytes(sess, &model, file->bytes, file->size - 100),
                     VACCEL_EBACKEND);
    model_release(&model);
}

/* The first cycles leave what torch makes once. */
static void assert_nothing_stays(struct vaccel_session *sess,
                                 void (*cycle)(struct vaccel_session *, const struct file *))
{
    struct file file = file_read(in_folder("large.pt"));
    size_t before = 0, after;

    for (int i = 0; i < NR_FIRST + NR_CYCLES; i++) {
        if (i == NR_FIRST)
            before = memory_in_use();
        cycle(sess, &file);
    }
    after = memory_in_use();
    print_message("%zu KiB, then %zu KiB after %d cycles with a model of %zu KiB\n", before / 1024,
                  after / 1024, NR_CYCLES, file.size / 1024);
    assert_true(after <= before + ALLOWED);
    free(file.bytes);
}

static void unloading_gives_memory_back(void **state)
{
    assert_nothing_stays(*state, load_and_run);
}

static void a_failed_load_leaves_nothing(void **state)
{
    capture_begin();
    assert_nothing_stays(*state, fail_to_load);
    assert_logged(capture_end(), WORDS("[torch] load: "));
}

int main(void)
{
#define WITH_SESSION(test) cmocka_unit_test_setup_teardown(test, torch_begin, torch_end)
    const struct CMUnitTest tests[] = {
        WITH_SESSION(unloading_gives_memory_back),
        WITH_SESSION(a_failed_load_leaves_nothing),
    };

#ifdef __SANITIZE_ADDRESS__
    puts("the sanitizer keeps what is freed");
    return 77;
#endif
    return run_with_models(tests, sizeof(tests) / sizeof(tests[0]));
}
