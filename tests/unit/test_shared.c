/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that can be shared, and sleeping at a word. */
#include "platform/linux/blocks.h"
#include "platform/linux/shared.h"
#include "platform/platform.h"
#include "together.h"
#include "vaccel/memory.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { MANY = 300, ROUNDS = 20000, THREADS = 8, MIB = 1024 * 1024 };

static void test_memory_is_aligned_and_in_the_arena(void **state)
{
    static const size_t sizes[] = {0, 1, 63, 64, 65, 4096, 5 * MIB};
    struct shared_arena arena;
    void *data[sizeof(sizes) / sizeof(sizes[0])];

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        data[i] = vaccel_alloc(sizes[i]);
        assert_non_null(data[i]);
        assert_int_equal((uintptr_t)data[i] % 64, 0);
        memset(data[i], (int)i, sizes[i]);
        assert_true(platform_shared_arena(&arena));
        assert_true(shared_arena_holds(&arena, data[i], sizes[i]));
    }
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        for (size_t j = 0; j < sizes[i]; j++)
            if (((unsigned char *)data[i])[j] != i)
                fail_msg("block %zu was overwritten", i);
        vaccel_free(data[i]);
    }
    vaccel_free(NULL);
}

static void test_what_lies_elsewhere_is_not_in_the_arena(void **state)
{
    struct shared_arena arena;
    int here;

    (void)state;
    assert_true(platform_shared_arena(&arena));
    assert_false(shared_arena_holds(&arena, &here, sizeof(here)));
    assert_false(shared_arena_holds(&arena, arena.base - 1, 1));
    assert_false(shared_arena_holds(&arena, arena.base + arena.size, 1));
    assert_false(shared_arena_holds(&arena, arena.base + arena.size - 1, 2));
    assert_true(shared_arena_holds(&arena, arena.base, arena.size));
    vaccel_free(&here);
}

static void test_too_much_is_refused(void **state)
{
    (void)state;
    assert_null(vaccel_alloc(SIZE_MAX));
    assert_null(vaccel_alloc(SIZE_MAX / 2));
    assert_null(vaccel_alloc((size_t)1 << 50));
}

static void test_the_file_cannot_shrink(void **state)
{
    struct shared_arena arena;

    (void)state;
    assert_true(platform_shared_arena(&arena));
    assert_int_equal(fcntl(arena.fd, F_GET_SEALS), F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
    assert_int_equal(ftruncate(arena.fd, 0), -1);
    assert_true(fcntl(arena.fd, F_GETFD) & FD_CLOEXEC);
}

static size_t bytes_in_file(void)
{
    struct shared_arena arena;
    struct stat status;

    assert_true(platform_shared_arena(&arena));
    assert_int_equal(fstat(arena.fd, &status), 0);
    return (size_t)status.st_blocks * 512;
}

static void test_large_memory_goes_back_to_the_system(void **state)
{
    char *data = vaccel_alloc(64 * MIB);
    size_t before;

    (void)state;
    assert_non_null(data);
    memset(data, 1, 64 * MIB);
    before = bytes_in_file();
    assert_true(before >= 64 * MIB);
    vaccel_free(data);
    assert_true(bytes_in_file() + 60 * MIB <= before);
}

/* Many small ones add up, however they are freed. */
static void test_small_memory_goes_back_when_it_is_much(void **state)
{
    enum { COUNT = 1024 };
    static void *data[COUNT];
    size_t before;

    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        data[i] = vaccel_alloc(65536);
        memset(data[i], 1, 65536);
    }
    before = bytes_in_file();
    for (size_t i = 0; i < COUNT; i += 2)
        vaccel_free(data[i]);
    for (size_t i = 1; i < COUNT; i += 2)
        vaccel_free(data[i]);
    assert_true(bytes_in_file() + 32 * MIB <= before);
}

static uint32_t next_random(uint32_t *random)
{
    *random = *random * 1664525 + 1013904223;
    return *random >> 8;
}

/* Blocks do not overlap, and at the end all is one block again. */
static void test_blocks_fill_their_range(void **state)
{
    enum { RANGE = 1 << 20 };
    static size_t offsets[MANY], lengths[MANY];
    unsigned char *owner = calloc(1, RANGE / BLOCK_ALIGN);
    struct blocks blocks;
    struct extent idle;
    uint32_t random = 1;
    size_t offset;

    (void)state;
    assert_true(blocks_begin(&blocks, RANGE));
    for (size_t round = 0; round < ROUNDS; round++) {
        size_t i = next_random(&random) % MANY;

        if (lengths[i]) {
            memset(owner + offsets[i] / BLOCK_ALIGN, 0, lengths[i]);
            assert_true(blocks_give_back(&blocks, offsets[i], &idle));
            lengths[i] = 0;
            continue;
        }
        lengths[i] = 1 + next_random(&random) % (round % 8 ? 20 : 2000);
        if (!blocks_take(&blocks, lengths[i] * BLOCK_ALIGN, &offsets[i])) {
            lengths[i] = 0;
            continue;
        }
        for (size_t j = 0; j < lengths[i]; j++) {
            assert_int_equal(owner[offsets[i] / BLOCK_ALIGN + j], 0);
            owner[offsets[i] / BLOCK_ALIGN + j] = 1;
        }
    }
    assert_false(blocks_give_back(&blocks, 1, &idle));
    for (size_t i = 0; i < MANY; i++)
        if (lengths[i])
            assert_true(blocks_give_back(&blocks, offsets[i], &idle));
    assert_int_equal(blocks.nr_used, 0);
    assert_true(blocks_take(&blocks, RANGE, &offset));
    assert_int_equal(offset, 0);
    assert_false(blocks_take(&blocks, 1, &offset));
    assert_true(blocks_give_back(&blocks, 0, &idle));
    assert_false(blocks_give_back(&blocks, 0, &idle));
    blocks_end(&blocks);
    free(owner);
}

static void take_and_free(size_t number)
{
    unsigned char *data[16] = {NULL};
    uint32_t random = (uint32_t)number;

    for (int i = 0; i < ROUNDS / 4; i++) {
        size_t at = next_random(&random) % 16;

        if (data[at]) {
            expect(data[at][0] == number && data[at][99] == number, "memory is one's own");
            vaccel_free(data[at]);
            data[at] = NULL;
        } else {
            data[at] = vaccel_alloc(100 + next_random(&random) % 5000);
            expect(data[at] != NULL, "there is memory");
            if (data[at])
                memset(data[at], (int)number, 100);
        }
    }
    for (int i = 0; i < 16; i++)
        vaccel_free(data[i]);
}

static void test_many_threads(void **state)
{
    (void)state;
    together(THREADS, take_and_free);
    assert_int_equal(unexpected(), 0);
}

static int use_in_child(char *parents)
{
    struct shared_arena arena;
    char *data;

    vaccel_free(parents);
    data = vaccel_alloc(5000);
    if (!data || !platform_shared_arena(&arena) || shared_arena_holds(&arena, parents, 1))
        return 1;
    memset(data, 7, 5000);
    vaccel_free(parents);
    if (strcmp(parents, "of the parent") != 0)
        return 2;
    vaccel_free(data);
    return 0;
}

static void test_a_child_has_an_arena_of_its_own(void **state)
{
    char *data = vaccel_alloc(5000);
    char *other;
    int status;
    pid_t pid;

    (void)state;
    snprintf(data, 5000, "of the parent");
    pid = fork();
    if (pid == 0)
        _exit(use_in_child(data));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    other = vaccel_alloc(5000);
    assert_ptr_not_equal(data, other);
    assert_string_equal(data, "of the parent");
    vaccel_free(data);
    vaccel_free(other);
}

static uint32_t word;

static void sleep_until_changed(size_t number)
{
    if (number) {
        while (!__atomic_load_n(&word, __ATOMIC_SEQ_CST))
            platform_wait(&word, 0, 0);
        return;
    }
    platform_pause(30);
    __atomic_store_n(&word, 1, __ATOMIC_SEQ_CST);
    platform_wake(&word);
}

static void test_all_who_sleep_at_a_word_are_woken(void **state)
{
    (void)state;
    word = 0;
    together(THREADS, sleep_until_changed);
}

static void test_sleeping_ends_at_its_deadline(void **state)
{
    uint64_t start = platform_clock();

    (void)state;
    word = 0;
    platform_wait(&word, 1, 0);
    platform_wait(&word, 0, start);
    while (platform_clock() < start + 20000000)
        platform_wait(&word, 0, start + 20000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory_is_aligned_and_in_the_arena),
        cmocka_unit_test(test_what_lies_elsewhere_is_not_in_the_arena),
        cmocka_unit_test(test_too_much_is_refused),
        cmocka_unit_test(test_the_file_cannot_shrink),
        cmocka_unit_test(test_large_memory_goes_back_to_the_system),
        cmocka_unit_test(test_small_memory_goes_back_when_it_is_much),
        cmocka_unit_test(test_blocks_fill_their_range),
        cmocka_unit_test(test_many_threads),
        cmocka_unit_test(test_a_child_has_an_arena_of_its_own),
        cmocka_unit_test(test_all_who_sleep_at_a_word_are_woken),
        cmocka_unit_test(test_sleeping_ends_at_its_deadline),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
