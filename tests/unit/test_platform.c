/* SPDX-License-Identifier: Apache-2.0 */
#include "core/marks.h"
#include "platform/checked.h"
#include "platform/platform.h"
#include "platform/text.h"

#include <errno.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <setjmp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void test_memory_can_be_had_grown_and_freed(void **state)
{
    static const char zeros[64];
    char *data = platform_alloc_zeroed(sizeof(zeros));

    (void)state;
    assert_non_null(data);
    assert_memory_equal(data, zeros, sizeof(zeros));
    data[0] = 'x';
    data = platform_realloc(data, 4096);
    assert_non_null(data);
    assert_int_equal(data[0], 'x');
    platform_free(data);
    platform_free(NULL);
}

enum { THREADS = 4, ROUNDS = 10000, FENCE_ROUNDS = 100000 };

static struct platform_mutex zeroed;
static int counter;

static void *count_up(void *unused)
{
    (void)unused;
    for (int i = 0; i < ROUNDS; i++) {
        platform_lock(&zeroed);
        counter++;
        platform_unlock(&zeroed);
    }
    return NULL;
}

static void test_zeroed_mutex_excludes(void **state)
{
    pthread_t threads[THREADS];

    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, count_up, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(counter, THREADS * ROUNDS);
}

static void *attach(void *unused)
{
    (void)unused;
    if (platform_thread_pointer)
        return NULL;
    return marks_attach() == platform_thread_pointer ? platform_thread_pointer : NULL;
}

static void test_thread_has_its_own_pointer_until_it_ends(void **state)
{
    struct thread_marks *mine = platform_thread_pointer;
    pthread_t thread;
    void *marks;

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, attach, NULL), 0);
    pthread_join(thread, &marks);
    assert_non_null(marks);
    assert_false(((struct thread_marks *)marks)->in_use);
    assert_ptr_equal(platform_thread_pointer, mine);
}

/*
 * Both threads write and look at the same moment, as nearly as can be: only then could they miss
 * each other. What they share lies in lines of its own, so that a write takes its time.
 */
struct line {
    _Alignas(128) int value;
};
static struct line next_round, done, light, heavy;
static bool seen_by_light;

static void wait_for(struct line *line, int wanted)
{
    for (unsigned int i = 0; __atomic_load_n(&line->value, __ATOMIC_ACQUIRE) != wanted; i++)
        if (i > 1000)
            platform_pause(0);
}

static void *fence_lightly(void *unused)
{
    (void)unused;
    for (int i = 1; i <= FENCE_ROUNDS; i++) {
        wait_for(&next_round, i);
        __atomic_store_n(&light.value, i, __ATOMIC_RELAXED);
        platform_light_fence();
        seen_by_light = __atomic_load_n(&heavy.value, __ATOMIC_RELAXED) == i;
        __atomic_store_n(&done.value, i, __ATOMIC_RELEASE);
    }
    return NULL;
}

static void test_one_side_of_the_fences_sees_the_other(void **state)
{
    pthread_t thread;
    int missed = 0;

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, fence_lightly, NULL), 0);
    for (int i = 1; i <= FENCE_ROUNDS; i++) {
        bool seen_by_heavy;

        __atomic_store_n(&next_round.value, i, __ATOMIC_RELEASE);
        for (volatile int delay = i % 64; delay; delay--)
            ;
        __atomic_store_n(&heavy.value, i, __ATOMIC_RELAXED);
        platform_heavy_fence();
        seen_by_heavy = __atomic_load_n(&light.value, __ATOMIC_RELAXED) == i;
        wait_for(&done, i);
        missed += !seen_by_heavy && !seen_by_light;
    }
    pthread_join(thread, NULL);
    assert_int_equal(missed, 0);
}

static void forbid_membarrier(void)
{
    struct sock_filter instructions[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_membarrier, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {sizeof(instructions) / sizeof(instructions[0]), instructions};

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter))
        _exit(2);
}

static void test_light_fence_becomes_a_real_one_where_membarrier_is_forbidden(void **state)
{
    pid_t child = fork();
    int status;

    (void)state;
    if (!child) {
        forbid_membarrier();
        platform_heavy_fence();
        _exit(platform_fence_is_cheap ? 1 : 0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 2) {
        print_message("this machine does not allow a seccomp filter\n");
        skip();
    }
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_heavy_fence_works_in_the_child_of_a_fork(void **state)
{
    bool cheap = platform_fence_is_cheap;
    pid_t child = fork();
    int status;

    (void)state;
    if (!child) {
        platform_heavy_fence();
        _exit(platform_fence_is_cheap == cheap ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void test_pause_ends(void **state)
{
    (void)state;
    platform_pause(0);
    platform_pause(16);
    platform_pause(26);
    platform_pause(UINT_MAX);
}

static void test_clock_never_runs_backwards(void **state)
{
    uint64_t before = platform_clock();

    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t now = platform_clock();

        assert_true(now >= before);
        before = now;
    }
}

static void test_random_bytes_differ_and_stay_within_their_room(void **state)
{
    unsigned char a[600] = {0}, b[600] = {0};

    (void)state;
    platform_random(a, sizeof(a) - 1);
    platform_random(b, sizeof(b) - 1);
    assert_memory_not_equal(a, b, sizeof(a) - 1);
    assert_int_equal(a[sizeof(a) - 1], 0);
    platform_random(NULL, 0);
}

static void test_checked_sizes(void **state)
{
    size_t result;

    (void)state;
    assert_true(size_add(2, 3, &result));
    assert_int_equal(result, 5);
    assert_false(size_add(SIZE_MAX, 1, &result));
    assert_true(size_mul(6, 7, &result));
    assert_int_equal(result, 42);
    assert_false(size_mul(SIZE_MAX / 2 + 1, 2, &result));
}

static void test_text(void **state)
{
    char *copy = text_copy("copied");
    char buf[4];

    (void)state;
    assert_string_equal(copy, "copied");
    platform_free(copy);
    assert_int_equal(text_length("four"), 4);
    assert_true(text_compare("a", "b") < 0 && text_compare("\xff", "a") > 0);
    assert_true(text_equal("", "") && !text_equal("a", "ab") && !text_equal("ab", "a"));
    assert_true(text_starts_with("file://x", "file://") && !text_starts_with("fil", "file"));
    assert_int_equal(text_format(buf, sizeof(buf), "%d", 12345), 5);
    assert_string_equal(buf, "123");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory_can_be_had_grown_and_freed),
        cmocka_unit_test(test_zeroed_mutex_excludes),
        cmocka_unit_test(test_thread_has_its_own_pointer_until_it_ends),
        cmocka_unit_test(test_one_side_of_the_fences_sees_the_other),
        cmocka_unit_test(test_light_fence_becomes_a_real_one_where_membarrier_is_forbidden),
        cmocka_unit_test(test_heavy_fence_works_in_the_child_of_a_fork),
        cmocka_unit_test(test_pause_ends),
        cmocka_unit_test(test_clock_never_runs_backwards),
        cmocka_unit_test(test_random_bytes_differ_and_stay_within_their_room),
        cmocka_unit_test(test_checked_sizes),
        cmocka_unit_test(test_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
