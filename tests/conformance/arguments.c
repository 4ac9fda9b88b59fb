/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments arrive and come back byte by byte, whatever their sizes, number and types. */
#include "captured.h"
#include "kit.h"

/* Around a page, around a message's part, and several parts. */
static const size_t sizes[] = {
    0, 1, 7, 8, 9, 4095, 4096, 4097, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 5 << 20,
};
enum { NR_SIZES = sizeof(sizes) / sizeof(sizes[0]), MANY = 2000, TOO_MANY = 100 * 1000 };

static void test_each_size_alone(void **state)
{
    (void)state;
    for (unsigned int i = 0; i < NR_SIZES; i++)
        assert_int_equal(mirror(&remote, sizes[i], i), 0);
}

static void test_all_sizes_together(void **state)
{
    struct vaccel_arg read[NR_SIZES], write[NR_SIZES];

    (void)state;
    for (unsigned int i = 0; i < NR_SIZES; i++) {
        assert_int_equal(vaccel_arg_init(&read[i], NULL, sizes[i], VACCEL_ARG_RAW, 0), 0);
        assert_int_equal(vaccel_arg_init(&write[i], NULL, sizes[i], VACCEL_ARG_RAW, 0), 0);
        fill(read[i].buf, sizes[i], i);
    }
    assert_int_equal(vaccel_call(&remote, "mirror.copy", read, NR_SIZES, write, NR_SIZES), 0);
    for (unsigned int i = 0; i < NR_SIZES; i++) {
        const unsigned char *in = read[i].buf, *out = write[i].buf;

        assert_int_equal(write[i].size, sizes[i]);
        for (size_t k = 0; k < sizes[i]; k++)
            if (out[k] != in[sizes[i] - 1 - k])
                fail_msg("byte %zu of %zu is wrong", k, sizes[i]);
        vaccel_arg_release(&read[i]);
        vaccel_arg_release(&write[i]);
    }
}

/* What a digest of all that goes in is made into. */
static void compare_digests(struct vaccel_arg *read, size_t nr_read)
{
    unsigned char direct[5000], forwarded[5000];
    struct vaccel_arg write = ARG(BUFFER, direct, sizeof(direct));

    assert_int_equal(vaccel_call(&local, "digest.of-all", read, nr_read, &write, 1), 0);
    write.buf = forwarded;
    assert_int_equal(vaccel_call(&remote, "digest.of-all", read, nr_read, &write, 1), 0);
    assert_memory_equal(direct, forwarded, sizeof(direct));
}

static void test_types_arrive(void **state)
{
    char byte[8] = {1};
    struct vaccel_arg read[VACCEL_ARG_MAX];

    (void)state;
    for (unsigned int i = 0; i < VACCEL_ARG_MAX; i++)
        read[i] = (struct vaccel_arg){.buf = byte, .size = sizeof(byte), .type = i};
    read[VACCEL_ARG_CUSTOM].custom_type_id = 0xfedcba98;
    compare_digests(read, VACCEL_ARG_MAX);
}

static void test_many_arguments(void **state)
{
    static uint32_t in[MANY], out[MANY];
    static struct vaccel_arg read[MANY], write[MANY];

    (void)state;
    for (uint32_t i = 0; i < MANY; i++) {
        in[i] = i * 0x01010101;
        read[i] = ARG(UINT32, &in[i], sizeof(in[i]));
        write[i] = ARG(UINT32, &out[i], sizeof(out[i]));
    }
    compare_digests(read, MANY);
    assert_int_equal(vaccel_call(&remote, "mirror.copy", read, MANY, write, MANY), 0);
    for (uint32_t i = 0; i < MANY; i++)
        assert_int_equal(out[i], __builtin_bswap32(in[i]));
}

/* More than a virtqueue has descriptors, each too large and too far from others to be sent with them. */
static void test_many_pieces(void **state)
{
    enum { PIECES = 300, STRIDE = 3000 };
    static unsigned char in[PIECES][STRIDE], out[PIECES][STRIDE];
    static struct vaccel_arg read[PIECES], write[PIECES];

    (void)state;
    for (unsigned int i = 0; i < PIECES; i++) {
        size_t size = 600 + i * 8;

        fill(in[i], size, i);
        memset(out[i], 0x55, STRIDE);
        read[i] = ARG(RAW, in[i], size);
        write[i] = ARG(RAW, out[i] + i % 2, size);
    }
    compare_digests(read, PIECES);
    assert_int_equal(vaccel_call(&remote, "mirror.copy", read, PIECES, write, PIECES), 0);
    for (unsigned int i = 0; i < PIECES; i++) {
        for (size_t k = 0; k < read[i].size; k++)
            if (out[i][i % 2 + k] != in[i][read[i].size - 1 - k])
                fail_msg("byte %zu of piece %u is wrong", k, i);
        assert_int_equal(out[i][i % 2 + read[i].size], 0x55);
    }
}

/* A transport may have a limit. Then it says so, and what fits goes on. */
static void call_with(size_t count)
{
    static struct vaccel_arg read[TOO_MANY];
    char number[32];
    const char *said;
    int ret;

    capture_begin();
    ret = vaccel_call(&remote, "mirror.nothing", read, count, NULL, 0);
    said = capture_end();
    snprintf(number, sizeof(number), "%zu", count);
    if (ret != VACCEL_OK) {
        assert_non_null(strstr(said, number));
        assert_non_null(strstr(said, "arguments"));
    }
    assert_int_equal(mirror(&remote, 100, 1), 0);
}

/* A body of 64 KiB has room for some 4090. */
static void test_more_arguments_than_there_may_be(void **state)
{
    (void)state;
    for (size_t count = 4080; count < 4100; count++)
        call_with(count);
    call_with(TOO_MANY);
}

/* Neither arguments nor outputs. */
static void test_none(void **state)
{
    (void)state;
    assert_int_equal(vaccel_call(&remote, "mirror.nothing", NULL, 0, NULL, 0), 0);
    assert_int_equal(vaccel_exec(&remote, "library", "symbol", NULL, 0, NULL, 0), 0);
}

/* What only the plugin knows goes there, whatever its list; those to write come back as well. */
static void test_arguments_to_write_go_both_ways(void **state)
{
    enum { SIZE = (1 << 20) + 5 };
    static unsigned char in[SIZE], out[SIZE], was_in[SIZE];
    struct vaccel_arg read = ARG(BUFFER, in, SIZE), write = ARG(BUFFER, out, SIZE);

    (void)state;
    fill(in, SIZE, 1);
    fill(was_in, SIZE, 1);
    fill(out, SIZE, 2);
    assert_int_equal(vaccel_call(&remote, "mirror.swap", &read, 1, &write, 1), 0);
    assert_memory_equal(out, was_in, SIZE);
}

/* What nobody wrote comes back as it was, or as zeros, and is never another call's. */
static void assert_nobodys(const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != 'x' && bytes[i])
            fail_msg("byte %zu of what nobody wrote is 0x%02x", i, bytes[i]);
}

static void test_what_the_plugin_does_not_write(void **state)
{
    static unsigned char bytes[100000];
    struct vaccel_arg write = ARG(BUFFER, bytes, sizeof(bytes));

    (void)state;
    memset(bytes, 'x', sizeof(bytes));
    assert_int_equal(mirror(&remote, 1 << 20, 3), 0);
    assert_int_equal(vaccel_call(&remote, "mirror.nothing", NULL, 0, &write, 1), 0);
    assert_nobodys(bytes, sizeof(bytes));
}

/* A typed output is not sent; the plugin fills 17 bytes of the name with its text. */
static void test_what_is_left_of_a_typed_output(void **state)
{
    static unsigned char name[8192];

    (void)state;
    memset(name, 'x', sizeof(name));
    assert_int_equal(mirror(&remote, 1 << 20, 4), 0);
    assert_int_equal(vaccel_image_detection(&remote, "img", name, 3, sizeof(name)), 0);
    assert_int_equal(strlen((char *)name), 16);
    assert_nobodys(name + 17, sizeof(name) - 17);
}

/* In a matrix whose rows lie apart, what lies between is the caller's. */
static void test_what_lies_between_rows(void **state)
{
    float a[2] = {1, 2}, b[2] = {3, 4}, c[200], expected[200];

    (void)state;
    for (int i = 0; i < 200; i++)
        c[i] = expected[i] = (float)i;
    assert_int_equal(vaccel_sgemm(&local, 2, 2, 1, 1, a, 1, b, 2, 0, expected, 100), 0);
    assert_int_equal(vaccel_sgemm(&remote, 2, 2, 1, 1, a, 1, b, 2, 0, c, 100), 0);
    assert_memory_equal(c, expected, sizeof(c));
}

#define test(function) cmocka_unit_test_setup_teardown(function, kit_begin, kit_end)

int argument_cases(void)
{
    const struct CMUnitTest tests[] = {
        test(test_each_size_alone),
        test(test_all_sizes_together),
        test(test_types_arrive),
        test(test_many_arguments),
        test(test_many_pieces),
        test(test_more_arguments_than_there_may_be),
        test(test_none),
        test(test_arguments_to_write_go_both_ways),
        test(test_what_the_plugin_does_not_write),
        test(test_what_is_left_of_a_typed_output),
        test(test_what_lies_between_rows),
    };

    return cmocka_run_group_tests_name("arguments", tests, NULL, NULL);
}
