/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions of a whole image, over Unikraft's bus, with a device that answers well, wrongly, or not. */
#include "device.h"
#include "vaccel.h"

#include "../unit/captured.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/mman.h>
#include <uk/sched.h>
#include <virtio/virtio_ids.h>

#include <cmocka.h>

#include "alone.h"

enum { LARGE = 1024 * 1024, THREADS = 8, ROUNDS = 20, PAGE = 4096, MS = 1000000 };

static struct device device;
static struct vaccel_session sess;

static int begin(void **state)
{
    (void)state;
    device_begin(&device, VIRTIO_ID_BLOCK, true);
    must(!virtio_bus_register_device(&device.virtio));
    if (vaccel_bootstrap() != VACCEL_OK)
        return -1;
    return vaccel_session_init(&sess, 0);
}

static int end(void **state)
{
    (void)state;
    device.stuck_status = 0;
    device.ignores_reset = false;
    if (sess.id)
        vaccel_session_release(&sess);
    assert_int_equal(vaccel_cleanup(), VACCEL_OK);
    assert_false(device.has_ring);
    assert_null(device.fake.complaint);
    memory_forget();
    return 0;
}

static int call(const unsigned char *in, unsigned char *out, size_t size)
{
    struct vaccel_arg read = {.buf = (void *)in, .size = size, .type = VACCEL_ARG_BUFFER};
    struct vaccel_arg write = {.buf = out, .size = size, .type = VACCEL_ARG_BUFFER};

    return vaccel_call(&sess, "a.name", &read, 1, &write, 1);
}

static void fill(unsigned char *data, size_t size)
{
    size_t i;

    for (i = 0; i < size; i++)
        data[i] = (unsigned char)(i * 31 + i / 255);
}

/* The device adds 1 to each byte. */
static bool echoes(unsigned char *in, unsigned char *out, size_t size)
{
    size_t i;

    fill(in, size);
    memset(out, 0, size);
    if (call(in, out, size) != VACCEL_OK)
        return false;
    for (i = 0; i < size && out[i] == (unsigned char)(in[i] + 1); i++)
        continue;
    return i == size;
}

static const size_t sizes[] = {1, 63, 512, 513, 1024, 1025, PAGE, 5000, 65536, LARGE};

static void assert_all_sizes(unsigned char *in, unsigned char *out)
{
    size_t i;

    for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        assert_true(echoes(in, out, sizes[i]));
}

static unsigned char static_in[LARGE];
static unsigned char static_out[LARGE];

static void test_arguments_go_there_and_back(void **state)
{
    unsigned char *in = vaccel_alloc(LARGE);
    unsigned char *out = vaccel_alloc(LARGE);

    (void)state;
    assert_all_sizes(in, out);
    assert_all_sizes(static_in, static_out);
    device.pace = WHEN_IDLE;
    assert_all_sizes(in, out);
    device.pace = BY_ITSELF;
    assert_all_sizes(in, out);
    vaccel_free(in);
    vaccel_free(out);
}

/* What is sent before A are numbers. */
static bool has_behind_numbers(const unsigned char *out, const unsigned char *a, size_t size)
{
    enum { NUMBERS = 200 };
    size_t at;
    size_t i;

    for (at = 0; at < NUMBERS; at++) {
        for (i = 0; i < size - NUMBERS && out[at + i] == (unsigned char)(a[i] + 1); i++)
            continue;
        if (i == size - NUMBERS)
            return true;
    }
    return false;
}

static void test_a_typed_call(void **state)
{
    enum { N = 40 };
    static float a[N * N];
    static float b[N * N];
    static float c[N * N];

    (void)state;
    fill((unsigned char *)a, sizeof(a));
    assert_int_equal(vaccel_noop(&sess), VACCEL_OK);
    assert_int_equal(vaccel_sgemm(&sess, N, N, N, 1, a, N, b, N, 0, c, N), VACCEL_OK);
    assert_true(has_behind_numbers((unsigned char *)c, (unsigned char *)a, sizeof(a)));
    assert_int_equal(device.fake.counts.calls, 2);
}

#if CONFIG_PAGING

static unsigned char *pages(size_t count)
{
    void *data =
        mmap(NULL, count * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    must(data != MAP_FAILED);
    return data;
}

enum { PAGES = 200, SCATTERED = 20 };

/* In an order of their own, so that no two are one segment; more of them than the ring has descriptors. */
static void test_scattered_memory(void **state)
{
    unsigned char *in = pages(PAGES);
    unsigned char *out = pages(PAGES);
    size_t i;

    (void)state;
    for (i = 0; i < SCATTERED / 2; i++) {
        memory_place(in + i * PAGE, 1, 0, (UINT64_C(1) << 40) + (100 - 2 * i) * PAGE);
        memory_place(out + i * PAGE, 1, 0, (UINT64_C(1) << 40) + (101 - 2 * i) * PAGE);
    }
    assert_true(echoes(in, out, SCATTERED / 2 * PAGE));
    assert_true(echoes(in + 100, out + 3000, 3 * PAGE));
    assert_true(echoes(in, out, PAGES * PAGE));
    munmap(in, PAGES * PAGE);
    munmap(out, PAGES * PAGE);
}

static void test_memory_that_is_not_there_yet(void **state)
{
    unsigned char *out = pages(2);

    (void)state;
    memory_fill_on_demand(out, 1, UINT64_C(1) << 41);
    memory_fill_on_demand(out + PAGE, 1, UINT64_C(1) << 42);
    fill(static_in, 2 * PAGE);
    assert_int_equal(call(static_in, out, 2 * PAGE), VACCEL_OK);
    assert_int_equal(out[2 * PAGE - 1], (unsigned char)(static_in[2 * PAGE - 1] + 1));
    munmap(out, 2 * PAGE);
}

/* It is copied. What is seen in part is none of a program's, and refused. */
static void test_memory_that_the_device_does_not_see(void **state)
{
    unsigned char *in = pages(4);
    unsigned char *later = pages(4);

    (void)state;
    memory_take(in, 4);
    assert_true(echoes(in, static_out, 4 * PAGE));
    assert_true(echoes(static_in, in, 4 * PAGE));
    memory_take(later + 2 * PAGE, 1);
    capture_begin();
    assert_int_equal(call(later, static_out, 4 * PAGE), VACCEL_EINVAL);
    assert_int_equal(call(static_in, later, 4 * PAGE), VACCEL_EINVAL);
    assert_non_null(strstr(capture_end(), "does not fit into chains"));
    assert_true(echoes(static_in, static_out, 4 * PAGE));
    munmap(in, 4 * PAGE);
    munmap(later, 4 * PAGE);
}

#endif

static unsigned int worked;

static void many_echoes(void *number)
{
    size_t size = (size_t)number % 2 ? 40 : 20000;
    unsigned char *in = vaccel_alloc(size);
    unsigned char *out = vaccel_alloc(size);
    int i;

    for (i = 0; i < ROUNDS; i++) {
        must(echoes(in, out, size));
        worked++;
    }
    vaccel_free(in);
    vaccel_free(out);
}

static void run_all(void (*run)(void *argument))
{
    struct uk_thread *threads[THREADS];
    size_t i;

    for (i = 0; i < THREADS; i++)
        threads[i] = thread_begin(run, (void *)i);
    for (i = 0; i < THREADS; i++)
        thread_join(threads[i]);
}

static void test_many_threads(void **state)
{
    (void)state;
    worked = 0;
    device.pace = WHEN_IDLE;
    run_all(many_echoes);
    device.pace = BY_ITSELF;
    run_all(many_echoes);
    assert_int_equal(worked, 2 * THREADS * ROUNDS);
}

/* Who waits for the device leaves the processor to others: they have calls there at the same time. */
static void test_calls_side_by_side(void **state)
{
    uint64_t start = machine_now();

    (void)state;
    device.pace = WHEN_IDLE;
    device.fake.mischief = FAKE_SLOW;
    device.fake.settings.slow_ms = 5;
    run_all(many_echoes);
    assert_int_equal(device.fake.counts.most_at_once, device.fake.settings.calls_max);
    assert_true(machine_now() - start < 3 * (uint64_t)MS * THREADS * ROUNDS);
}

static bool stops;
static unsigned int counted;

static void count(void *unused)
{
    (void)unused;
    for (; !stops; counted++)
        uk_sched_thread_sleep(MS);
}

static void test_others_run_meanwhile(void **state)
{
    struct uk_thread *other = thread_begin(count, NULL);

    (void)state;
    stops = false;
    counted = 0;
    device.fake.mischief = FAKE_SLOW;
    device.fake.settings.slow_ms = 1000;
    assert_true(echoes(static_in, static_out, 100));
    assert_true(counted >= 900);
    stops = true;
    thread_join(other);
}

static bool fails_with(int status, const char *why)
{
    bool said;
    int ret;

    capture_begin();
    ret = call(static_in, static_out, 2000);
    said = strstr(capture_end(), why);
    return ret == status && said;
}

/* A call fails, and so do all until there is another session. */
static void assert_broken(void)
{
    assert_true(fails_with(VACCEL_EREMOTEIO, "the virtio device: "));
    device.fake.mischief = FAKE_WELL;
    device.stuck_status = 0;
    assert_true(fails_with(VACCEL_EREMOTEIO, "the virtio device: "));
    assert_int_equal(vaccel_session_release(&sess), VACCEL_OK);
    assert_int_equal(vaccel_session_init(&sess, 0), VACCEL_OK);
    assert_true(echoes(static_in, static_out, 2000));
}

static void test_wrong_answers(void **state)
{
    static const enum fake_mischief kinds[] = {
        FAKE_OTHER_ID, FAKE_CUT_HEADER, FAKE_CUT_BODY,  FAKE_LONG_BODY,    FAKE_UNWRITTEN,
        FAKE_TOO_MUCH, FAKE_TOO_MANY,   FAKE_NO_ANSWER, FAKE_PAYLOAD_SIZE,
    };
    static const enum pace paces[] = {WHEN_TOLD, WHEN_IDLE, BY_ITSELF};
    size_t i;
    size_t j;

    (void)state;
    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        for (j = 0; j < sizeof(paces) / sizeof(paces[0]); j++) {
            device.fake.mischief = kinds[i];
            device.pace = paces[j];
            assert_broken();
        }
}

static void test_a_wrong_ring(void **state)
{
    static const enum ring_mischief kinds[] = {RETURNS_STRANGE, RETURNS_MUCH};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        device.mischief = kinds[i];
        assert_broken();
    }
}

/* The first time is believed. */
static void test_an_answer_that_comes_twice(void **state)
{
    (void)state;
    device.mischief = RETURNS_TWICE;
    assert_true(echoes(static_in, static_out, 2000));
    assert_broken();
}

static void test_a_device_that_is_pulled_out(void **state)
{
    (void)state;
    device.fake.mischief = FAKE_GONE;
    device.stuck_status = UINT8_MAX;
    assert_broken();
}

static void test_a_device_that_is_silent(void **state)
{
    (void)state;
    device.fake.mischief = FAKE_SILENT;
    assert_true(fails_with(VACCEL_EREMOTEIO, "no sign of life"));
    assert_true(device.fake.counts.pings > 0 || device.fake.held.first == NULL);
    assert_broken();
}

static void test_a_refusal_and_a_goodbye(void **state)
{
    (void)state;
    device.fake.mischief = FAKE_REFUSE;
    assert_true(fails_with(VACCEL_ENOTSUP, "not here"));
    device.fake.mischief = FAKE_GOODBYE;
    assert_true(fails_with(VACCEL_ENOTSUP, "so long"));
}

/* Threads that wait all learn of it. */
static void call_in_vain(void *unused)
{
    (void)unused;
    must(call(static_in, static_out, 2000) == VACCEL_EREMOTEIO);
    worked++;
}

static void test_many_threads_at_a_device_that_goes(void **state)
{
    (void)state;
    worked = 0;
    device.pace = WHEN_IDLE;
    device.fake.mischief = FAKE_GONE;
    device.stuck_status = UINT8_MAX;
    capture_begin();
    run_all(call_in_vain);
    capture_end();
    assert_int_equal(worked, THREADS);
    assert_broken();
}

static void test_a_device_that_cannot_be_reset(void **state)
{
    struct vaccel_session other;
    const char *said;

    (void)state;
    device.ignores_reset = true;
    device.fake.mischief = FAKE_OTHER_ID;
    assert_true(fails_with(VACCEL_EREMOTEIO, "the virtio device: "));
    capture_begin();
    vaccel_session_release(&sess);
    assert_int_equal(vaccel_session_init(&other, 0), VACCEL_ENODEV);
    said = capture_end();
    assert_non_null(strstr(said, "start the virtual machine anew"));
    device.ignores_reset = false;
    device.fake.mischief = FAKE_WELL;
    assert_int_equal(vaccel_session_init(&sess, 0), VACCEL_OK);
    assert_true(echoes(static_in, static_out, 2000));
}

static void without_a_device(void)
{
    const char *said;
    int ret;

    must(vaccel_is_initialized());
    capture_begin();
    ret = vaccel_session_init(&sess, 0);
    said = capture_end();
    must(ret == VACCEL_ENODEV && strstr(said, "no device of vAccel's is there"));
}

static void test_without_a_device(void **state)
{
    (void)state;
    alone(without_a_device);
}

static int whole_life(void)
{
    unsigned char *data;
    int ret = vaccel_bootstrap();

    if (ret == VACCEL_OK)
        ret = vaccel_session_init(&sess, 0);
    if (ret != VACCEL_OK)
        return ret;
    data = vaccel_alloc(2 * PAGE);
    ret = data ? call(data, data + PAGE, PAGE) : VACCEL_ENOMEM;
    vaccel_free(data);
    vaccel_session_release(&sess);
    return ret;
}

/* Each allocation in the life of the library fails once. */
static void test_without_memory(void **state)
{
    size_t blocks;
    unsigned int which;
    unsigned int failed = 0;

    (void)state;
    vaccel_session_release(&sess);
    vaccel_cleanup();
    blocks = heap_blocks();
    for (which = 1;; which++) {
        heap_fail_at(which);
        capture_begin();
        failed += whole_life() != VACCEL_OK;
        vaccel_cleanup();
        capture_end();
        if (heap_fail_at(0))
            break;
        assert_int_equal(heap_blocks(), blocks);
        assert_int_equal(whole_life(), VACCEL_OK);
        vaccel_cleanup();
        assert_int_equal(heap_blocks(), blocks);
        assert_false(device.has_ring);
    }
    assert_true(failed > 10);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_a_device),
        WITH(test_arguments_go_there_and_back),
        WITH(test_a_typed_call),
#if CONFIG_PAGING
        WITH(test_scattered_memory),
        WITH(test_memory_that_is_not_there_yet),
        WITH(test_memory_that_the_device_does_not_see),
#endif
        WITH(test_many_threads),
        WITH(test_calls_side_by_side),
        WITH(test_others_run_meanwhile),
        WITH(test_wrong_answers),
        WITH(test_a_wrong_ring),
        WITH(test_an_answer_that_comes_twice),
        WITH(test_a_device_that_is_pulled_out),
        WITH(test_a_device_that_is_silent),
        WITH(test_a_refusal_and_a_goodbye),
        WITH(test_many_threads_at_a_device_that_goes),
        WITH(test_a_device_that_cannot_be_reset),
        WITH(test_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
