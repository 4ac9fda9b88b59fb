/* SPDX-License-Identifier: Apache-2.0 */
/* An image's sessions with a real agent, whose device is behind the stand-in's bus. */
#include "agent_device.h"
#include "vaccel.h"

#include "../conformance/agent.h"
#include "../unit/captured.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { LARGE = 3 * 1024 * 1024, THREADS = 4, ROUNDS = 50 };

static struct agent agent;
static struct device device;
static struct vaccel_session sess;
static unsigned char elsewhere[1000]; /* where the device sees nothing */

static int begin(void **state)
{
    (void)state;
    return vaccel_session_init(&sess, 0);
}

static int end(void **state)
{
    (void)state;
    return vaccel_session_release(&sess);
}

/* There, and backwards. */
static bool mirrors(unsigned char *in, unsigned char *out, size_t size, int first)
{
    struct vaccel_arg read = {.buf = in, .size = size, .type = VACCEL_ARG_BUFFER};
    struct vaccel_arg write = {.buf = out, .size = size, .type = VACCEL_ARG_BUFFER};
    size_t i;

    for (i = 0; i < size; i++)
        in[i] = (unsigned char)(first + i * 31 + i / 255);
    memset(out, 0, size);
    if (vaccel_call(&sess, "mirror.copy", &read, 1, &write, 1) != VACCEL_OK)
        return false;
    for (i = 0; i < size && out[i] == in[size - 1 - i]; i++)
        continue;
    return i == size;
}

static void test_arguments_go_there_and_back(void **state)
{
    static const size_t sizes[] = {1, 63, 512, 1024, 1025, 4096, 5000, 65536, LARGE};
    unsigned char *in = vaccel_alloc(LARGE);
    unsigned char *out = vaccel_alloc(LARGE);
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        assert_true(mirrors(in, out, sizes[i], (int)i));
    assert_true(device.notifications > 0);
    vaccel_free(in);
    vaccel_free(out);
}

static void test_small_arguments_from_elsewhere(void **state)
{
    (void)state;
    assert_true(mirrors(elsewhere, elsewhere + 500, 300, 1));
}

static void test_an_error_has_its_sentence(void **state)
{
    int code = VACCEL_ENOENT;
    char text[] = "so be it";
    char out[8];
    struct vaccel_arg read[] = {{.buf = &code, .size = sizeof(code), .type = VACCEL_ARG_INT32},
                                {.buf = text, .size = sizeof(text), .type = VACCEL_ARG_STRING}};
    struct vaccel_arg write = {.buf = out, .size = sizeof(out), .type = VACCEL_ARG_BUFFER};

    (void)state;
    capture_begin();
    assert_int_equal(vaccel_call(&sess, "mirror.fail", read, 2, &write, 1), VACCEL_ENOENT);
    assert_non_null(strstr(capture_end(), "so be it"));
    assert_int_equal(out[7], 'f');
}

static void many_calls(void *number)
{
    size_t size = (size_t)number % 2 ? 40 : 20000;
    unsigned char *in = vaccel_alloc(size);
    unsigned char *out = vaccel_alloc(size);
    int i;

    for (i = 0; i < ROUNDS; i++)
        must(mirrors(in, out, size, i));
    vaccel_free(in);
    vaccel_free(out);
}

static void test_many_threads(void **state)
{
    struct uk_thread *threads[THREADS];
    size_t i;

    (void)state;
    for (i = 0; i < THREADS; i++)
        threads[i] = thread_begin(many_calls, (void *)i);
    for (i = 0; i < THREADS; i++)
        thread_join(threads[i]);
}

/* The device is reset, and served from its beginning again. */
static void test_a_second_life(void **state)
{
    unsigned int resets = device.resets;

    (void)state;
    vaccel_session_release(&sess);
    assert_int_equal(vaccel_cleanup(), VACCEL_OK);
    assert_false(device.has_ring);
    assert_true(device.resets > resets);
    assert_int_equal(vaccel_bootstrap(), VACCEL_OK);
    assert_int_equal(vaccel_session_init(&sess, 0), VACCEL_OK);
    test_arguments_go_there_and_back(state);
}

static int start(void **state)
{
    const char *const options[] = {"--plugins", PLUGIN, NULL};

    (void)state;
    if (agent_start(&agent, "virtio://*", options))
        return -1;
    agent_device_begin(&device, agent.address + strlen("virtio://"));
    if (virtio_bus_register_device(&device.virtio))
        return -1;
    return vaccel_bootstrap();
}

static int stop(void **state)
{
    (void)state;
    vaccel_cleanup();
    agent_device_end(&device);
    return agent_stop(&agent);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(test_arguments_go_there_and_back),
        WITH(test_small_arguments_from_elsewhere),
        WITH(test_an_error_has_its_sentence),
        WITH(test_many_threads),
        WITH(test_a_second_life),
    };

    return cmocka_run_group_tests(tests, start, stop);
}
