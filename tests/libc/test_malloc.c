/* SPDX-License-Identifier: Apache-2.0 */
/* The heap: what is handed out is whole, aligned and nobody else's, and all of it comes back. */
#include "guest.h"

#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct block {
    unsigned char *data;
    size_t size;
    unsigned char pattern;
};

/* The largest block that there is room for. */
static size_t largest(void)
{
    size_t size = 0;

    for (size_t step = MACHINE_HEAP; step; step /= 2) {
        void *data = guest_malloc(size + step);

        if (data)
            size += step;
        guest_free(data);
    }
    return size;
}

static void check_alignment(const struct block *block)
{
    assert_int_equal((uintptr_t)block->data % 16, 0);
    if (block->size >= 1024)
        assert_int_equal((uintptr_t)block->data % 64, 0);
}

static void check_pattern(const struct block *block, size_t size)
{
    for (size_t i = 0; i < size; i++)
        assert_int_equal(block->data[i], block->pattern);
}

static void fill(struct block *block, int pattern)
{
    block->pattern = (unsigned char)pattern;
    memset(block->data, pattern, block->size);
}

/* Mostly small sizes, some large. */
static size_t any_size(void)
{
    static const size_t limits[] = {40, 40, 300, 1100, 5000, 60000};

    return (size_t)random() % limits[random() % 6];
}

static void begin(struct block *block, int pattern)
{
    size_t size = any_size();
    size_t alignment = (size_t)8 << random() % 8;
    int way = (int)(random() % 4);

    if (way == 0)
        block->data = guest_calloc(size, 1);
    else if (way == 1)
        block->data = guest_aligned_alloc(alignment, size);
    else
        block->data = guest_malloc(size);
    if (!block->data)
        return;
    block->size = size;
    check_alignment(block);
    block->pattern = 0;
    if (way == 0)
        check_pattern(block, size);
    if (way == 1)
        assert_int_equal((uintptr_t)block->data % alignment, 0);
    fill(block, pattern);
}

static void resize(struct block *block, int pattern)
{
    size_t size = any_size();
    unsigned char *data = guest_realloc(block->data, size);

    if (!data)
        return;
    block->data = data;
    check_pattern(block, size < block->size ? size : block->size);
    if (size > block->size)
        check_alignment(&(struct block){data, size, 0});
    block->size = size;
    fill(block, pattern);
}

static void end(struct block *block)
{
    check_pattern(block, block->size);
    guest_free(block->data);
    block->data = NULL;
}

static void test_blocks_keep_their_contents_and_all_comes_back(void **state)
{
    enum { BLOCKS = 150 };
    static struct block blocks[BLOCKS];
    size_t before = largest();

    (void)state;
    assert_true(before > MACHINE_HEAP - 256);
    for (int i = 0; i < 200000; i++) {
        struct block *block = &blocks[random() % BLOCKS];

        if (!block->data)
            begin(block, i);
        else if (random() % 3)
            end(block);
        else
            resize(block, i);
    }
    for (int i = 0; i < BLOCKS; i++)
        if (blocks[i].data)
            end(&blocks[i]);
    assert_int_equal(largest(), before);
}

static void test_full_heap_is_an_error_and_recovers(void **state)
{
    size_t before = largest();
    void *first = NULL;
    void **data;

    (void)state;
    while ((data = guest_malloc(100))) {
        *data = first;
        first = data;
    }
    assert_int_equal(guest_errno, ENOMEM);
    guest_errno = 0;
    assert_null(guest_realloc(first, 5000));
    assert_int_equal(guest_errno, ENOMEM);
    while (first) {
        data = first;
        first = *data;
        guest_free(data);
    }
    assert_int_equal(largest(), before);
}

static void test_sizes_that_overflow_are_refused(void **state)
{
    static const size_t sizes[] = {SIZE_MAX,     SIZE_MAX - 8, SIZE_MAX - 64,
                                   SIZE_MAX / 2, PTRDIFF_MAX,  (size_t)PTRDIFF_MAX + 1};
    char *data = guest_malloc(10);

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        guest_errno = 0;
        assert_null(guest_malloc(sizes[i]));
        assert_int_equal(guest_errno, ENOMEM);
        assert_null(guest_aligned_alloc(64, sizes[i]));
        assert_null(guest_realloc(data, sizes[i]));
        assert_null(guest_calloc(sizes[i], 1));
    }
    guest_errno = 0;
    assert_null(guest_calloc(SIZE_MAX / 2, 3));
    assert_int_equal(guest_errno, ENOMEM);
    guest_free(data);
}

static void test_bad_alignments_are_refused(void **state)
{
    static const size_t alignments[] = {0, 3, 48, SIZE_MAX, SIZE_MAX / 2 + 1};

    (void)state;
    for (size_t i = 0; i < sizeof(alignments) / sizeof(alignments[0]); i++) {
        guest_errno = 0;
        assert_null(guest_aligned_alloc(alignments[i], 16));
        assert_int_equal(guest_errno, EINVAL);
    }
    assert_null(guest_aligned_alloc((size_t)1 << 40, 16));
}

static void test_nothing_is_a_block_too(void **state)
{
    void *a = guest_malloc(0);
    void *b = guest_calloc(0, 8);

    (void)state;
    assert_non_null(a);
    assert_non_null(b);
    assert_ptr_not_equal(a, b);
    guest_free(a);
    guest_free(b);
    guest_free(NULL);
}

/* A file that is read into memory that grows is not moved each time. */
static void test_last_block_grows_where_it_is(void **state)
{
    char *data = guest_malloc(4096);

    (void)state;
    for (size_t size = 8192; size <= MACHINE_HEAP / 2; size *= 2)
        assert_ptr_equal(guest_realloc(data, size), data);
    guest_free(data);
}

/* What free() is given by mistake, made from a block of 100 bytes. */
static void free_twice(void *data)
{
    guest_free(data);
    guest_free(data);
}

static void free_inside(void *data)
{
    guest_free((char *)data + 16);
}

static void free_beside(void *data)
{
    guest_free((char *)data + 4);
}

static void free_elsewhere(void *data)
{
    static _Alignas(16) char elsewhere[64];

    (void)data;
    guest_free(elsewhere + 16);
}

static void free_overrun(void *data)
{
    memset(data, 'x', 120); /* the block has room for 112 */
    guest_free(data);
}

static void grow_what_is_free(void *data)
{
    guest_free(data);
    guest_realloc(data, 1000);
}

static void test_misuse_ends_the_program(void **state)
{
    void (*const mistakes[])(void *) = {free_twice,     free_inside,  free_beside,
                                        free_elsewhere, free_overrun, grow_what_is_free};

    (void)state;
    for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
        void *data = guest_malloc(100);

        memset(data, 0, 100);
        guest_malloc(100);
        assert_int_equal(machine_exit_status(mistakes[i], data), 134);
        assert_non_null(strstr(machine_console(2, NULL), "is no block of malloc()"));
    }
}

int main(void)
{
    /* The last leaves a broken heap behind. */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks_keep_their_contents_and_all_comes_back),
        cmocka_unit_test(test_full_heap_is_an_error_and_recovers),
        cmocka_unit_test(test_sizes_that_overflow_are_refused),
        cmocka_unit_test(test_bad_alignments_are_refused),
        cmocka_unit_test(test_nothing_is_a_block_too),
        cmocka_unit_test(test_last_block_grows_where_it_is),
        cmocka_unit_test(test_misuse_ends_the_program),
    };

    srandom(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
