/* SPDX-License-Identifier: Apache-2.0 */
#include "test_support.h"

#include <stdio.h>
#include <stdlib.h>

/* What the environment says. DELEGATE is the library of test_delegate.c, MADE has the models. */

static const char *const variables[] = {"VACCEL_TFLITE_THREADS", "VACCEL_TFLITE_DELEGATE",
                                        "VACCEL_TFLITE_DELEGATE_OPTIONS"};

static int forget_settings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
        unsetenv(variables[i]);
    return 0;
}

/* The products of 1 to 4 with 10, by the number of rows. */
static void check_products(struct vaccel_session *sess, struct vaccel_resource *model, int64_t rows,
                           float more)
{
    float left[12] = {1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4};
    float right[12] = {10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10};
    float products[12];
    float sums[12];
    const size_t size = (size_t)rows * 4 * sizeof(float);
    const struct vaccel_tensor in[] = {
        tensor_of("left", VACCEL_DATA_FLOAT32, DIMS(rows, 4), left, size),
        tensor_of("right", VACCEL_DATA_FLOAT32, DIMS(rows, 4), right, size)};
    struct vaccel_tensor out[] = {room_for("product", products, sizeof(products)),
                                  room_for("sum", sums, sizeof(sums))};

    assert_int_equal(vaccel_model_run(sess, model, NULL, in, 2, out, 2), VACCEL_OK);
    for (int64_t i = 0; i < rows * 4; i++) {
        assert_true(products[i] == left[i] * right[i] + more);
        assert_true(sums[i] == left[i] + right[i]);
    }
}

static void check_pair(float more)
{
    struct vaccel_session *sess = session_begin("tflite");
    struct vaccel_resource *model = model_begin(sess, MADE "/pair.tflite");

    check_products(sess, model, 1, more);
    check_products(sess, model, 3, more);
    check_products(sess, model, 1, more);
    model_end(sess, model);
    session_end(sess);
}

static void without_a_delegate(void **state)
{
    (void)state;
    check_pair(0);
}

static void threads(void **state)
{
    (void)state;
    setenv("VACCEL_TFLITE_THREADS", "2", 1);
    check_pair(0);
}

static void a_delegate_computes(void **state)
{
    (void)state;
    setenv("VACCEL_TFLITE_DELEGATE", DELEGATE, 1);
    check_pair(0);
    setenv("VACCEL_TFLITE_DELEGATE_OPTIONS", "device=0,add=1000", 1);
    check_pair(1000);
}

/* Models are refused, with what the delegate says. */
static void check_refused(const char *sentence)
{
    struct vaccel_session *sess = session_begin("tflite");
    struct vaccel_resource *model = model_register(sess, MADE "/pair.tflite");

    capture_begin();
    assert_int_equal(vaccel_model_load(sess, model, NULL), VACCEL_EBACKEND);
    assert_logged(capture_end(), WORDS(sentence));
    model_end(sess, model);
    session_end(sess);
}

static void a_delegate_refuses(void **state)
{
    (void)state;
    setenv("VACCEL_TFLITE_DELEGATE", DELEGATE, 1);
    setenv("VACCEL_TFLITE_DELEGATE_OPTIONS", "refuse=1", 1);
    check_refused("the device of this test is not there");
    setenv("VACCEL_TFLITE_DELEGATE_OPTIONS", "damage=1", 1);
    check_refused("the device of this test is damaged");
}

/* At each place with each of the two kinds of exceptions. */
static void check_throws(const char *place, void (*check)(const char *sentence))
{
    char options[64];

    setenv("VACCEL_TFLITE_DELEGATE", DELEGATE, 1);
    snprintf(options, sizeof(options), "throw=%s", place);
    setenv("VACCEL_TFLITE_DELEGATE_OPTIONS", options, 1);
    check("the device of this test has burst");
    snprintf(options, sizeof(options), "throw=%s,bare=1", place);
    setenv("VACCEL_TFLITE_DELEGATE_OPTIONS", options, 1);
    check("threw an exception of an unknown type");
}

static void a_delegate_throws_while_loading(void **state)
{
    (void)state;
    check_throws("create", check_refused);
    check_throws("prepare", check_refused);
    check_throws("allocate", check_refused);
}

/* Again and again: each time on another interpreter. */
static void check_run_fails(const char *sentence)
{
    struct vaccel_session *sess = session_begin("tflite");
    struct vaccel_resource *model = model_begin(sess, MADE "/pair.tflite");
    float four[4] = {1, 2, 3, 4};
    const struct vaccel_tensor in[] = {
        tensor_of("left", VACCEL_DATA_FLOAT32, DIMS(1, 4), four, sizeof(four)),
        tensor_of("right", VACCEL_DATA_FLOAT32, DIMS(1, 4), four, sizeof(four))};
    struct vaccel_tensor out = {.name = "product"};

    for (int i = 0; i < 20; i++) {
        capture_begin();
        assert_int_equal(vaccel_model_run(sess, model, NULL, in, 2, &out, 1), VACCEL_EBACKEND);
        assert_logged(capture_end(), WORDS(sentence));
        assert_int_equal(out.held, 0);
    }
    model_end(sess, model);
    session_end(sess);
}

static void a_delegate_throws_in_a_run(void **state)
{
    (void)state;
    check_throws("invoke", check_run_fails);
}

/* The model is gone all the same. */
static void check_unload_is_told(const char *sentence)
{
    struct vaccel_session *sess = session_begin("tflite");
    struct vaccel_resource *model = model_begin(sess, MADE "/pair.tflite");

    check_products(sess, model, 1, 0);
    capture_begin();
    assert_int_equal(vaccel_model_unload(sess, model), VACCEL_OK);
    assert_logged(capture_end(), WORDS(sentence));
    model_end(sess, model);
    session_end(sess);
}

static void a_delegate_throws_while_unloading(void **state)
{
    (void)state;
    check_throws("destroy", check_unload_is_told);
}

/* The plugin is not loaded. */
static void check_not_started(const char *sentence)
{
    capture_begin();
    assert_int_not_equal(bootstrap("tflite"), VACCEL_OK);
    assert_logged(capture_end(), WORDS(sentence));
}

static void wrong_settings(void **state)
{
    (void)state;
    setenv("VACCEL_TFLITE_THREADS", "many", 1);
    check_not_started("VACCEL_TFLITE_THREADS is \"many\": set a number from 1 to 256");
    setenv("VACCEL_TFLITE_THREADS", "0", 1);
    check_not_started("VACCEL_TFLITE_THREADS is \"0\"");
    unsetenv("VACCEL_TFLITE_THREADS");
    setenv("VACCEL_TFLITE_DELEGATE_OPTIONS", "a=b", 1);
    check_not_started("VACCEL_TFLITE_DELEGATE is not");
    setenv("VACCEL_TFLITE_DELEGATE", "/nowhere/libdelegate.so", 1);
    check_not_started("VACCEL_TFLITE_DELEGATE is \"/nowhere/libdelegate.so\"");
    setenv("VACCEL_TFLITE_DELEGATE", "libm.so.6", 1);
    check_not_started("exports no tflite_plugin_create_delegate()");
    setenv("VACCEL_TFLITE_DELEGATE", DELEGATE, 1);
    setenv("VACCEL_TFLITE_DELEGATE_OPTIONS", "add", 1);
    check_not_started("has \"add\": write key=value,key=value");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(without_a_delegate, forget_settings),
        cmocka_unit_test_teardown(threads, forget_settings),
        cmocka_unit_test_teardown(a_delegate_computes, forget_settings),
        cmocka_unit_test_teardown(a_delegate_refuses, forget_settings),
        cmocka_unit_test_teardown(a_delegate_throws_while_loading, forget_settings),
        cmocka_unit_test_teardown(a_delegate_throws_in_a_run, forget_settings),
        cmocka_unit_test_teardown(a_delegate_throws_while_unloading, forget_settings),
        cmocka_unit_test_teardown(wrong_settings, forget_settings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
