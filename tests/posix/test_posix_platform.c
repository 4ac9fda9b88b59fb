/* SPDX-License-Identifier: Apache-2.0 */
/* platform.h on POSIX alone: guest/posix/, and the lock over it. */
#include "hosted/constructor.h"
#include "platform/hosted/random_clock.h"
#include "platform/platform.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { THREADS = 4, ROUNDS = 10000, WORDS = 100, SOME_MS = 20, NS_PER_MS = 1000000 };

static unsigned int begun;

/* Of the library. */
void constructor_begin(void)
{
    begun++;
}

static void together(void *(*function)(void *), void *argument, size_t size)
{
    pthread_t threads[THREADS];

    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, function, (char *)argument + i * size),
                         0);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

static struct platform_mutex lock;
static int counter;

static void *count_up(void *unused)
{
    (void)unused;
    for (int i = 0; i < ROUNDS; i++) {
        platform_lock(&lock);
        counter++;
        platform_unlock(&lock);
    }
    return NULL;
}

static void test_zeroed_mutex_excludes(void **state)
{
    (void)state;
    together(count_up, &counter, 0);
    assert_int_equal(counter, THREADS * ROUNDS);
}

static void test_wait_does_not_sleep_at_another_value(void **state)
{
    uint32_t word = 1;

    (void)state;
    platform_wait(&word, 2, 0);
}

static void test_wait_ends_at_its_deadline(void **state)
{
    uint32_t word = 1;
    uint64_t deadline = platform_clock() + SOME_MS * NS_PER_MS;

    (void)state;
    while (platform_clock() < deadline)
        platform_wait(&word, 1, deadline);
    platform_wait(&word, 1, deadline); /* that is over */
    platform_wait(&word, 1, 1);
}

/* More words than there are places to sleep: some share one. Each is for one thread and its partner. */
struct ball {
    uint32_t word; /* odd: it is the partner's turn */
    uint32_t thrown;
};
static struct ball balls[WORDS];

static void throw(struct ball * ball, uint32_t next)
{
    __atomic_store_n(&ball->word, next, __ATOMIC_RELEASE);
    platform_wake_one(&ball->word);
}

static void catch (struct ball *ball, uint32_t expected)
{
    uint32_t word;

    while ((word = __atomic_load_n(&ball->word, __ATOMIC_ACQUIRE)) != expected)
        platform_wait(&ball->word, word, 0);
}

static void *throw_back(void *argument)
{
    struct ball *ball = argument;

    for (uint32_t i = 0; i < 20; i++) {
        catch (ball, 2 * i + 1);
        ball->thrown++;
        throw(ball, 2 * i + 2);
    }
    return NULL;
}

static void test_many_words_are_waited_for_at_once(void **state)
{
    static pthread_t threads[WORDS];

    (void)state;
    for (size_t i = 0; i < WORDS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, throw_back, &balls[i]), 0);
    for (uint32_t i = 0; i < 20; i++)
        for (size_t k = 0; k < WORDS; k++) {
            catch (&balls[k], 2 * i);
            throw(&balls[k], 2 * i + 1);
        }
    for (size_t i = 0; i < WORDS; i++)
        pthread_join(threads[i], NULL);
    for (size_t i = 0; i < WORDS; i++)
        assert_int_equal(balls[i].thrown, 20);
}

static uint32_t gate, passed;

static void *pass_gate(void *unused)
{
    (void)unused;
    while (!__atomic_load_n(&gate, __ATOMIC_ACQUIRE))
        platform_wait(&gate, 0, 0);
    __atomic_add_fetch(&passed, 1, __ATOMIC_RELAXED);
    return NULL;
}

static void *open_gate(void *unused)
{
    uint32_t nobody = 0;

    (void)unused;
    platform_wait(&nobody, 0, platform_clock() + SOME_MS * NS_PER_MS);
    __atomic_store_n(&gate, 1, __ATOMIC_RELEASE);
    platform_wake(&gate);
    return NULL;
}

static void test_wake_reaches_all(void **state)
{
    pthread_t opener;

    (void)state;
    assert_int_equal(pthread_create(&opener, NULL, open_gate, NULL), 0);
    together(pass_gate, &gate, 0);
    pthread_join(opener, NULL);
    assert_int_equal(passed, THREADS);
}

static void test_clock_never_runs_backwards(void **state)
{
    uint64_t before = platform_clock();

    (void)state;
    assert_true(before != 0);
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t now = platform_clock();

        assert_true(now >= before);
        before = now;
    }
}

static void differ_and_stay_within(void (*fill)(void *data, size_t size))
{
    unsigned char a[600] = {0}, b[600] = {0};

    fill(a, sizeof(a) - 1);
    fill(b, sizeof(b) - 1);
    assert_memory_not_equal(a, b, sizeof(a) - 1);
    assert_int_equal(a[sizeof(a) - 1], 0);
    fill(NULL, 0);
}

static void from_clock(void *data, size_t size)
{
    random_from_clock(data, size);
}

static void test_random_bytes(void **state)
{
    (void)state;
    differ_and_stay_within(platform_random);
}

static void test_random_bytes_of_the_clock(void **state)
{
    (void)state;
    differ_and_stay_within(from_clock);
}

static void test_shared_memory_lies_where_lines_begin(void **state)
{
    static const size_t sizes[] = {0, 1, 63, 64, 4097, 1 << 20};

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        unsigned char *data = platform_alloc_shared(sizes[i]);

        assert_non_null(data);
        assert_int_equal((uintptr_t)data % 64, 0);
        memset(data, 1, sizes[i]);
        platform_free_shared(data);
    }
    platform_free_shared(NULL);
}

static void test_too_much_shared_memory_is_refused(void **state)
{
    (void)state;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    print_message("a sanitizer ends the process that asks for so much\n");
    skip();
#endif
    assert_null(platform_alloc_shared(SIZE_MAX - 100));
}

static void test_fences_are_real_ones(void **state)
{
    (void)state;
    platform_heavy_fence();
    assert_false(platform_fence_is_cheap);
}

static void test_the_transport_needs_no_naming(void **state)
{
    (void)state;
    assert_int_equal(unsetenv("VACCEL_PLUGINS"), 0);
    assert_string_equal(platform_environment("VACCEL_PLUGINS"), "rpc");
    assert_int_equal(setenv("VACCEL_PLUGINS", "a:b", 1), 0);
    assert_string_equal(platform_environment("VACCEL_PLUGINS"), "a:b");
    assert_null(platform_environment("VACCEL_NO_SUCH_VARIABLE"));
    assert_int_equal(begun, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_zeroed_mutex_excludes),
        cmocka_unit_test(test_wait_does_not_sleep_at_another_value),
        cmocka_unit_test(test_wait_ends_at_its_deadline),
        cmocka_unit_test(test_many_words_are_waited_for_at_once),
        cmocka_unit_test(test_wake_reaches_all),
        cmocka_unit_test(test_clock_never_runs_backwards),
        cmocka_unit_test(test_random_bytes),
        cmocka_unit_test(test_random_bytes_of_the_clock),
        cmocka_unit_test(test_shared_memory_lies_where_lines_begin),
        cmocka_unit_test(test_too_much_shared_memory_is_refused),
        cmocka_unit_test(test_fences_are_real_ones),
        cmocka_unit_test(test_the_transport_needs_no_naming),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
