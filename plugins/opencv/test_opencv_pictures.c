/* SPDX-License-Identifier: Apache-2.0 */
#include "test_support.h"

#include <stdlib.h>
#include <string.h>

/* Bytes that are no picture, or one that must not be decoded. */

static int classify(struct vaccel_session *sess, const void *bytes, size_t size)
{
    struct vaccel_vision_class best;
    struct vaccel_output out = {&best, sizeof(best), 0};

    return vaccel_vision_classify(sess, bytes, size, &out, NULL);
}

static void assert_refused(struct vaccel_session *sess, const void *bytes, size_t size,
                           const char *word)
{
    const char *const words[] = {word, NULL};
    const char *log;
    int ret;

    capture_begin();
    ret = classify(sess, bytes, size);
    log = capture_end();
    assert_int_equal(ret, VACCEL_EBACKEND);
    assert_logged(log, words);
}

static struct file png_read(void)
{
    return file_read(MODELS "/digits/held-out/000.png");
}

static struct file jpeg_read(void)
{
    return file_read(MODELS "/digits/sample.jpg");
}

/* Where the first frame header of a JPEG file is; the marker's second byte. */
static size_t frame_of(const struct file *jpeg)
{
    for (size_t at = 2; at + 4 < jpeg->size;
         at += 2 + ((size_t)jpeg->bytes[at + 2] << 8 | jpeg->bytes[at + 3])) {
        if (jpeg->bytes[at + 1] == 0xc0 || jpeg->bytes[at + 1] == 0xc2)
            return at + 1;
    }
    fail_msg("the JPEG file has no frame");
    return 0;
}

static void nothing_is_no_picture(void **state)
{
    assert_int_equal(classify(*state, "", 0), VACCEL_EINVAL);
    assert_int_equal(classify(*state, NULL, 10), VACCEL_EINVAL);
}

static void text_is_no_picture(void **state)
{
    assert_refused(*state, "This is no picture.", 19, "send a JPEG or PNG file");
    assert_refused(*state, "\x89", 1, "send a JPEG or PNG file");
}

static void formats_that_opencv_knows_beside_are_refused(void **state)
{
    static const unsigned char bmp[] =
        "BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\1\0\0\0\1\0\0\0\1\0"
        "\x18\0\0\0\0\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xff";

    assert_refused(*state, bmp, sizeof(bmp), "send a JPEG or PNG file");
    assert_refused(*state, "P5 1 1 255\n\x80", 12, "send a JPEG or PNG file");
    assert_refused(*state, "II*\0\x08\0\0\0\0\0\0\0\0\0", 14, "send a JPEG or PNG file");
}

static void every_beginning_of_a_png_is_refused(void **state)
{
    struct file png = png_read();

    assert_int_equal(classify(*state, png.bytes, png.size), VACCEL_OK);
    for (size_t size = 1; size < png.size; size++)
        assert_refused(*state, png.bytes, size, size < 8 ? "no picture" : "cut off");
    free(png.bytes);
}

static void every_beginning_of_a_jpeg_is_refused(void **state)
{
    struct file jpeg = jpeg_read();

    assert_int_equal(classify(*state, jpeg.bytes, jpeg.size), VACCEL_OK);
    for (size_t size = 1; size < jpeg.size; size++)
        assert_refused(*state, jpeg.bytes, size, size < 3 ? "no picture" : "cut off");
    free(jpeg.bytes);
}

static void a_damaged_png_is_refused(void **state)
{
    struct file png = png_read();

    png.bytes[png.size - 20] ^= 0xff;
    assert_refused(*state, png.bytes, png.size, "damaged");
    memcpy(png.bytes + 12, "IHDX", 4);
    assert_refused(*state, png.bytes, png.size, "header");
    free(png.bytes);
}

static void every_flipped_byte_ends_in_a_result_or_a_refusal(void **state)
{
    struct file files[] = {png_read(), jpeg_read()};

    for (size_t i = 0; i < 2; i++) {
        for (size_t at = 0; at < files[i].size; at++) {
            int ret;

            files[i].bytes[at] ^= 0xff;
            capture_begin();
            ret = classify(*state, files[i].bytes, files[i].size);
            capture_end();
            files[i].bytes[at] ^= 0xff;
            assert_true(ret == VACCEL_OK || ret == VACCEL_EBACKEND);
        }
        free(files[i].bytes);
    }
}

static void huge_dimensions_are_refused_unseen(void **state)
{
    struct file png = png_read(), jpeg = jpeg_read();
    size_t frame = frame_of(&jpeg);

    memcpy(png.bytes + 16, "\0\0\xff\xff\0\0\xff\xff", 8);
    assert_refused(*state, png.bytes, png.size, "65535x65535");
    memcpy(png.bytes + 16, "\xff\xff\xff\xff\0\0\0\1", 8);
    assert_refused(*state, png.bytes, png.size, "4294967295x1");
    memcpy(png.bytes + 16, "\0\0\0\0\0\0\0\1", 8);
    assert_refused(*state, png.bytes, png.size, "0x1");
    memcpy(jpeg.bytes + frame + 4, "\xff\xdc\xff\xdc", 4);
    assert_refused(*state, jpeg.bytes, jpeg.size, "65500x65500");
    memcpy(jpeg.bytes + frame + 4, "\0\0\0\1", 4);
    assert_refused(*state, jpeg.bytes, jpeg.size, "1x0");
    free(png.bytes);
    free(jpeg.bytes);
}

static void a_second_frame_is_refused(void **state)
{
    struct file jpeg = jpeg_read();
    size_t frame = frame_of(&jpeg) - 1, length = 2 + (size_t)jpeg.bytes[frame + 3];
    unsigned char *twice = malloc(jpeg.size + length);

    assert_non_null(twice);
    memcpy(twice, jpeg.bytes, frame + length);
    memcpy(twice + frame + length, jpeg.bytes + frame, jpeg.size - frame);
    assert_refused(*state, twice, jpeg.size + length, "2 frames");
    free(twice);
    free(jpeg.bytes);
}

/* Each scan of a progressive picture costs as much as the whole. */
static void a_jpeg_of_too_many_scans_is_refused(void **state)
{
    static const unsigned char scan[] = {0xff, 0xda, 0, 8, 1, 1, 0, 0, 0x3f, 0};
    struct file jpeg = jpeg_read();
    size_t size = jpeg.size - 2;
    unsigned char *many = malloc(size + 100 * sizeof(scan) + 2);

    assert_non_null(many);
    memcpy(many, jpeg.bytes, size);
    for (int i = 0; i < 100; i++, size += sizeof(scan))
        memcpy(many + size, scan, sizeof(scan));
    memcpy(many + size, "\xff\xd9", 2);
    assert_refused(*state, many, size + 2, "more than 64 scans");
    free(many);
    free(jpeg.bytes);
}

static void a_huge_file_is_refused(void **state)
{
    size_t size = ((size_t)64 << 20) + 1;
    unsigned char *bytes = calloc(size, 1);

    assert_non_null(bytes);
    memcpy(bytes, "\x89PNG\r\n\x1a\n", 8);
    assert_refused(*state, bytes, size, "send at most 67108864");
    free(bytes);
}

static void a_large_picture_is_classified(void **state)
{
    static const unsigned char gray[3] = {99, 99, 99};
    struct vaccel_session *sess = *state;
    struct file png = make_png(sess, 4000, 10, gray);

    assert_int_equal(classify(sess, png.bytes, png.size), VACCEL_OK);
    free(png.bytes);
}

int main(void)
{
#define WITH_DIGITS(test) cmocka_unit_test_setup_teardown(test, opencv_begin_digits, opencv_end)
    const struct CMUnitTest tests[] = {
        WITH_DIGITS(nothing_is_no_picture),
        WITH_DIGITS(text_is_no_picture),
        WITH_DIGITS(formats_that_opencv_knows_beside_are_refused),
        WITH_DIGITS(every_beginning_of_a_png_is_refused),
        WITH_DIGITS(every_beginning_of_a_jpeg_is_refused),
        WITH_DIGITS(a_damaged_png_is_refused),
        WITH_DIGITS(every_flipped_byte_ends_in_a_result_or_a_refusal),
        WITH_DIGITS(huge_dimensions_are_refused_unseen),
        WITH_DIGITS(a_second_frame_is_refused),
        WITH_DIGITS(a_jpeg_of_too_many_scans_is_refused),
        WITH_DIGITS(a_huge_file_is_refused),
        WITH_DIGITS(a_large_picture_is_classified),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
