/* SPDX-License-Identifier: Apache-2.0 */
#include "test_support.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>

/* Inputs in memory that someone else writes to meanwhile, as a guest can. */

enum { COUNT = 40000, RUNS = 40 };

typedef void let_go_function(void *data, size_t size, void *argument);

/* A loan of memory to TensorFlow. */
struct loan {
    void *data;
    size_t size;
    let_go_function *let_go;
    void *argument;
};

static const void *watched;
static int nr_lent;
static bool is_to_be_kept;
static struct loan kept;

static void keep(void *data, size_t size, void *loan)
{
    (void)data;
    (void)size;
    kept = *(struct loan *)loan;
}

/*
 * Stands before TensorFlow's function of this name, by which the plugin lends it memory: counts the loans
 * of what is watched, and can make them last beyond the run.
 */
__attribute__((visibility("default"))) void *TF_NewTensor(int type, const int64_t *dims,
                                                          int nr_dims, void *data, size_t size,
                                                          let_go_function *let_go, void *argument);

void *TF_NewTensor(int type, const int64_t *dims, int nr_dims, void *data, size_t size,
                   let_go_function *let_go, void *argument)
{
    static __typeof__(&TF_NewTensor) real;
    static struct loan loan;

    if (!real)
        real = (__typeof__(real))dlsym(dlopen(PLUGIN, RTLD_LAZY | RTLD_NOLOAD), "TF_NewTensor");
    assert_non_null(real);
    if (data != watched)
        return real(type, dims, nr_dims, data, size, let_go, argument);
    nr_lent++;
    if (!is_to_be_kept)
        return real(type, dims, nr_dims, data, size, let_go, argument);
    loan = (struct loan){data, size, let_go, argument};
    return real(type, dims, nr_dims, data, size, keep, &loan);
}

static void run(struct vaccel_session *sess, struct vaccel_resource *model, struct vaccel_tensor in,
                const char *output, size_t size)
{
    void *room = malloc(size);
    struct vaccel_tensor out = room_for(output, room, size);

    watched = in.data;
    nr_lent = 0;
    assert_int_equal(vaccel_model_run(sess, model, NULL, &in, 1, &out, 1), VACCEL_OK);
    free(room);
}

static void networks_use_inputs_where_they_lie(void **state)
{
    static const char *const paths[] = {MODELS "/digits/digits.pb",
                                        MODELS "/digits/digits.saved-model", MADE "/calls"};
    static const char *const outs[] = {"scores", "scores", "y"};
    static _Alignas(64) float values[64];
    struct vaccel_resource *model;
    struct vaccel_tensor in;
    size_t i;

    for (i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
        model = model_begin(*state, paths[i]);
        in = tensor_of(NULL, VACCEL_DATA_FLOAT32, i < 2 ? DIMS(1, 1, 8, 8) : DIMS(16, 4), values,
                       sizeof(values));
        run(*state, model, in, outs[i], 4096);
        assert_int_equal(nr_lent, 1);
        model_end(*state, model);
    }
}

static void other_operations_get_copies(void **state)
{
    static const struct {
        const char *output;
        int nr_lent;
    } cases[] = {{"sorted", 0},
                 {"places", 0},
                 {"bits", 0},
                 {"different", 0},
                 {"by_PartitionedCall", 0},
                 {"by_StatefulPartitionedCall", 0},
                 {"branch", 0},
                 {"relu", 1},
                 {"softmax", 1}};
    struct vaccel_resource *model = model_begin(*state, MADE "/unsteady.pb");
    static _Alignas(64) float x[64] = {3, 1, 2};
    const struct vaccel_tensor in = tensor_of("x", VACCEL_DATA_FLOAT32, DIMS(64), x, sizeof(x));
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        run(*state, model, in, cases[i].output, 64 * sizeof(int64_t));
        if (nr_lent != cases[i].nr_lent)
            fail_msg("the input of \"%s\" was lent %d times", cases[i].output, nr_lent);
    }
    model_end(*state, model);
}

static int classify(struct vaccel_session *sess, struct vaccel_resource *model)
{
    static _Alignas(64) float scan[64];
    float scores[10];
    const struct vaccel_tensor in =
        tensor_of("scan", VACCEL_DATA_FLOAT32, DIMS(1, 1, 8, 8), scan, sizeof(scan));
    struct vaccel_tensor out = room_for("scores", scores, sizeof(scores));

    watched = scan;
    return vaccel_model_run(sess, model, NULL, &in, 1, &out, 1);
}

/* TensorFlow lets go long after the call has returned. */
static void a_model_that_keeps_an_input_is_of_no_use_until_all_have_unloaded_it(void **state)
{
    struct vaccel_resource *model = model_begin(*state, MODELS "/digits/digits.pb");
    struct vaccel_session other;

    assert_int_equal(vaccel_session_init(&other, 0), VACCEL_OK);
    assert_int_equal(vaccel_resource_register(model, &other), VACCEL_OK);
    assert_int_equal(vaccel_model_load(&other, model, NULL), VACCEL_OK);
    capture_begin();
    is_to_be_kept = true;
    assert_int_equal(classify(*state, model), VACCEL_EBACKEND);
    is_to_be_kept = false;
    assert_logged(capture_end(), WORDS("has kept an input", "unload it in all sessions"));
    kept.let_go(kept.data, kept.size, kept.argument);
    capture_begin();
    assert_int_equal(classify(&other, model), VACCEL_EBACKEND);
    capture_end();
    assert_int_equal(vaccel_model_unload(&other, model), VACCEL_OK);
    assert_int_equal(vaccel_model_unload(*state, model), VACCEL_OK);
    assert_int_equal(vaccel_model_load(&other, model, NULL), VACCEL_OK);
    assert_int_equal(classify(&other, model), VACCEL_OK);
    assert_int_equal(vaccel_session_release(&other), VACCEL_OK);
    model_end(*state, model);
}

static _Alignas(64) float unsteady[COUNT];
static atomic_bool is_over;

/* The race is what is tested. */
__attribute__((no_sanitize("thread"))) static void *write_on(void *unused)
{
    volatile float *values = unsteady;
    int i;

    while (!is_over) {
        for (i = 0; i < COUNT; i++)
            values[i] = (float)i;
        for (i = 0; i < COUNT; i++)
            values[i] = (float)-i;
    }
    return unused;
}

static void what_changes_meanwhile_does_no_harm(void **state)
{
    static const char *const outs[] = {"sorted", "places", "different", "branch"};
    struct vaccel_resource *model = model_begin(*state, MADE "/unsteady.pb");
    const struct vaccel_tensor in =
        tensor_of("x", VACCEL_DATA_FLOAT32, DIMS(COUNT), unsteady, sizeof(unsteady));
    pthread_t writer;
    size_t i;

    assert_int_equal(pthread_create(&writer, NULL, write_on, NULL), 0);
    for (i = 0; i < RUNS; i++)
        run(*state, model, in, outs[i % 4], COUNT * sizeof(int64_t));
    is_over = true;
    pthread_join(writer, NULL);
    model_end(*state, model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(networks_use_inputs_where_they_lie),
        cmocka_unit_test(other_operations_get_copies),
        cmocka_unit_test(a_model_that_keeps_an_input_is_of_no_use_until_all_have_unloaded_it),
        cmocka_unit_test(what_changes_meanwhile_does_no_harm),
    };

    skip_without_models();
    return cmocka_run_group_tests(tests, tf_begin, tf_end);
}
