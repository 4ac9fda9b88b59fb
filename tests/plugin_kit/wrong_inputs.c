/* SPDX-License-Identifier: Apache-2.0 */
#include "plugin_kit.h"

#include <recorded.h>
#include <string.h>

enum { SCAN_BYTES = RECORDED_SCAN_SIZE * sizeof(float) };

/* The digits, loaded, and a scan that they take. */
struct digits {
    struct vaccel_session *sess;
    struct vaccel_resource *model;
    struct vaccel_tensor scan;
};

static void assert_served(const struct digits *digits)
{
    float *expected = recorded_read("digits/held-out/scores.f32", RECORDED_SCANS * RECORDED_DIGITS);
    float scores[RECORDED_DIGITS];
    struct vaccel_tensor out = room_for(NULL, scores, sizeof(scores));

    assert_int_equal(vaccel_model_run(digits->sess, digits->model, NULL, &digits->scan, 1, &out, 1),
                     VACCEL_OK);
    assert_true(recorded_apart(scores, expected, RECORDED_DIGITS) < RECORDED_TOLERANCE);
    free(expected);
}

static void assert_refused(const struct digits *digits, const struct vaccel_tensor *inputs,
                           size_t nr_inputs)
{
    struct vaccel_tensor out = room_for(NULL, NULL, 0);
    int ret;

    capture_begin();
    ret = vaccel_model_run(digits->sess, digits->model, NULL, inputs, nr_inputs, &out, 1);
    assert_logged(capture_end(), WORDS("<error>"));
    assert_int_equal(ret, VACCEL_EINVAL);
    assert_int_equal(out.held, 0);
}

static void refuse_dims(const struct digits *digits, const int64_t *dims, size_t size)
{
    const struct vaccel_tensor wrong =
        tensor_of(NULL, VACCEL_DATA_FLOAT32, dims, size ? digits->scan.data : NULL, size);

    assert_refused(digits, &wrong, 1);
}

/* Each dimension, with as many bytes as before. */
static void refuse_each_dimension(const struct digits *digits)
{
    static const int64_t wrong[] = {-1, -8, INT64_MIN, 0, 9, (int64_t)1 << 32, INT64_MAX};
    struct vaccel_tensor scan = digits->scan;

    for (uint32_t i = 0; i < digits->scan.nr_dims; i++) {
        for (size_t at = 0; at < sizeof(wrong) / sizeof(wrong[0]); at++) {
            scan.dims[i] = wrong[at];
            assert_refused(digits, &scan, 1);
        }
        scan.dims[i] = digits->scan.dims[i];
    }
}

static void refuse_numbers_of_dimensions(const struct digits *digits)
{
    static const uint32_t wrong[] = {0, 1, 3, 5, 16, 17, INT32_MAX, UINT32_MAX};
    struct vaccel_tensor scan = digits->scan;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        scan.nr_dims = wrong[i];
        assert_refused(digits, &scan, 1);
    }
}

/* Products that overflow, and shapes that can be but are not the model's. */
static void refuse_shapes(const struct digits *digits)
{
    static const int64_t huge = INT64_MAX;

    refuse_dims(digits, DIMS((int64_t)1 << 62, 1, 8, 8), SCAN_BYTES);
    refuse_dims(digits, DIMS((int64_t)1 << 56, 1, 32, 8), SCAN_BYTES);
    refuse_dims(digits, DIMS((int64_t)1 << 32, (int64_t)1 << 32), SCAN_BYTES);
    refuse_dims(digits, DIMS(huge, huge, huge, huge), SCAN_BYTES);
    refuse_dims(digits, DIMS(huge, 2, 8, 0), 0);
    refuse_dims(digits, DIMS(0, huge, huge, huge), 0);
    refuse_dims(digits, DIMS(1, 1, 0, huge), 0);
    refuse_dims(digits, DIMS(64), SCAN_BYTES);
    refuse_dims(digits, DIMS(8, 8), SCAN_BYTES);
    refuse_dims(digits, DIMS(1, 64, 1, 1), SCAN_BYTES);
    refuse_dims(digits, DIMS(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 8, 8), SCAN_BYTES);
    refuse_dims(digits, SCALAR, sizeof(float));
}

static void refuse_sizes(const struct digits *digits)
{
    static const size_t wrong[] = {
        0, 1, SCAN_BYTES - 4, SCAN_BYTES - 1, SCAN_BYTES + 1, SCAN_BYTES + 4, SIZE_MAX};
    struct vaccel_tensor scan = digits->scan;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        scan.size = wrong[i];
        assert_refused(digits, &scan, 1);
    }
    scan = digits->scan;
    scan.data = NULL;
    assert_refused(digits, &scan, 1);
}

static void refuse_types(const struct digits *digits)
{
    static const uint32_t wrong[] = {VACCEL_DATA_UNKNOWN, VACCEL_DATA_STRING,
                                     VACCEL_DATA_STRING + 1, INT32_MAX, UINT32_MAX};
    struct vaccel_tensor scan = digits->scan;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        scan.data_type = (enum vaccel_data_type)wrong[i];
        assert_refused(digits, &scan, 1);
    }
}

static void refuse_names(const struct digits *digits)
{
    static char longest[60000];
    static const char *const wrong[] = {longest, "%s%n", "\xff\xfe", ":0", "scan:99999999999"};
    struct vaccel_tensor scan = digits->scan;

    memset(longest, 'x', sizeof(longest) - 1);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        scan.name = wrong[i];
        assert_refused(digits, &scan, 1);
    }
}

static void refuse_counts(const struct digits *digits)
{
    const struct vaccel_tensor scans[] = {digits->scan, digits->scan};

    assert_refused(digits, scans, 0);
    assert_refused(digits, scans, 2);
    assert_refused(digits, scans, SIZE_MAX);
}

void digits_refuse_wrong_inputs(struct vaccel_session *sess, struct vaccel_resource *model)
{
    float *scans = recorded_read("digits/held-out/scans.f32", RECORDED_SCANS * RECORDED_SCAN_SIZE);
    const struct digits digits = {
        sess, model, tensor_of(NULL, VACCEL_DATA_FLOAT32, DIMS(1, 1, 8, 8), scans, SCAN_BYTES)};

    refuse_each_dimension(&digits);
    refuse_numbers_of_dimensions(&digits);
    refuse_shapes(&digits);
    refuse_sizes(&digits);
    refuse_types(&digits);
    refuse_names(&digits);
    refuse_counts(&digits);
    assert_served(&digits);
    free(scans);
}
