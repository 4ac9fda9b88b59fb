/* SPDX-License-Identifier: Apache-2.0 */
#include "exchange_kit.h"

/* Requests over a virtqueue, beside a device that answers them well or wrongly. */

enum { LARGE = 3 * 1024 * 1024, ROUNDS = 200 };

static void fill(unsigned char *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        data[i] = (unsigned char)(i * 31 + i / 255);
}

static void assert_echoes(void *(*get)(size_t), void (*put)(void *), size_t size)
{
    unsigned char *in = get(size);
    unsigned char *out = get(size);

    fill(in, size);
    memset(out, 0, size);
    assert_int_equal(echo(in, out, size), VACCEL_OK);
    assert_true(is_echo(in, out, size));
    put(in);
    put(out);
}

static const size_t sizes[] = {1, 63, 511, 512, 513, 1023, 1024, 1025, 4096, 5000, 65536, LARGE};

static void test_arguments_go_there_and_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        assert_echoes(malloc, free, sizes[i]);
        assert_echoes(vaccel_alloc, vaccel_free, sizes[i]);
    }
}

static void test_a_call_without_arguments(void **state)
{
    struct fake_counts counts;

    (void)state;
    assert_int_equal(call(NULL, 0, NULL, 0), VACCEL_OK);
    counts = fake_counts(fake);
    assert_int_equal(counts.calls, 1);
    assert_int_equal(counts.chains, 3); /* hello, session, call */
}

/* Each is posted once to be read and once to be written. */
static void test_memory_that_the_device_sees_is_used_where_it_lies(void **state)
{
    unsigned char *data = vaccel_alloc(2 * LARGE);

    (void)state;
    fill(data, LARGE);
    memset(data + LARGE, 0, LARGE);
    fake_watch(fake, data, 2 * LARGE);
    assert_int_equal(echo(data, data + LARGE, LARGE), VACCEL_OK);
    assert_int_equal(fake_counts(fake).in_place, 3 * LARGE);
    assert_true(is_echo(data, data + LARGE, LARGE));
    vaccel_free(data);
}

static void test_seen_page_by_page(void **state)
{
    (void)state;
    begin_again(&(struct fake_settings){.queue_size = 1024, .calls_max = 4, .page = 4096});
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        assert_echoes(malloc, free, sizes[i]);
        assert_echoes(vaccel_alloc, vaccel_free, sizes[i]);
    }
}

static void test_more_segments_than_the_queue_has(void **state)
{
    (void)state;
    begin_again(&(struct fake_settings){.queue_size = 32, .calls_max = 4, .page = 4096});
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        assert_echoes(malloc, free, sizes[i]);
        assert_echoes(vaccel_alloc, vaccel_free, sizes[i]);
    }
    assert_true(fake_counts(fake).chains > 100);
}

static void test_more_arguments_than_the_queue_has_segments(void **state)
{
    enum { MANY = 200, EACH = 600 };
    unsigned char *data = vaccel_alloc((size_t)2 * MANY * 1024);
    struct vaccel_arg read[MANY];
    struct vaccel_arg write[MANY];

    (void)state;
    memset(data, 5, (size_t)2 * MANY * 1024);
    for (size_t i = 0; i < MANY; i++) {
        read[i] = (struct vaccel_arg){.buf = data + i * 2048, .size = EACH};
        write[i] = (struct vaccel_arg){.buf = data + i * 2048 + 1024, .size = EACH};
    }
    assert_int_equal(call(read, MANY, write, MANY), VACCEL_OK);
    for (size_t i = 0; i < MANY; i++) {
        assert_int_equal(data[i * 2048], 5);
        assert_int_equal(data[i * 2048 + 1024], 6);
        assert_int_equal(data[i * 2048 + 1024 + EACH - 1], 6);
        assert_int_equal(data[i * 2048 + 1024 + EACH], 5);
    }
    vaccel_free(data);
}

static void test_empty_arguments_and_small_ones_between_large_ones(void **state)
{
    unsigned char *large = vaccel_alloc(4096);
    unsigned char small[3] = {1, 2, 3};
    unsigned char out[100] = {0};
    struct vaccel_arg read[] = {{.buf = small, .size = 3},
                                {.buf = NULL, .size = 0},
                                {.buf = large, .size = 4096},
                                {.buf = small, .size = 2}};
    struct vaccel_arg write[] = {{.buf = NULL, .size = 0}, {.buf = out, .size = 100}};

    (void)state;
    memset(large, 9, 4096);
    assert_int_equal(call(read, 4, write, 2), VACCEL_OK);
    assert_int_equal(out[0], 2);
    assert_int_equal(out[2], 4);
    assert_int_equal(out[3], 10);
    assert_int_equal(out[99], 10);
    vaccel_free(large);
}

static void test_a_held_output_is_fetched(void **state)
{
    unsigned char data[5000];
    struct vaccel_output out = {.data = data, .size = sizeof(data), .held = 3};

    (void)state;
    assert_int_equal(client_output_fetch(&sess, &out), VACCEL_OK);
    assert_int_equal(out.held, 0);
    for (size_t i = 0; i < sizeof(data); i++)
        assert_int_equal(data[i], (unsigned char)(i * 7));
}

static void many_echoes(size_t number)
{
    size_t size = number % 2 ? 40 : 20000;
    unsigned char *in = number % 3 ? malloc(size) : vaccel_alloc(size);
    unsigned char *out = number % 3 ? malloc(size) : vaccel_alloc(size);

    fill(in, size);
    for (int i = 0; i < ROUNDS; i++) {
        memset(out, 0, size);
        expect(echo(in, out, size) == VACCEL_OK, "a call succeeds");
        expect(is_echo(in, out, size), "its answer is there");
    }
    if (number % 3) {
        free(in);
        free(out);
    } else {
        vaccel_free(in);
        vaccel_free(out);
    }
}

static void test_many_threads(void **state)
{
    (void)state;
    together(THREADS, many_echoes);
    assert_int_equal(unexpected(), 0);
    assert_true(fake_counts(fake).most_at_once <= 4);
}

static void test_many_threads_at_a_small_queue(void **state)
{
    (void)state;
    begin_again(&(struct fake_settings){.queue_size = 24, .calls_max = 16, .page = 4096});
    together(THREADS, many_echoes);
    assert_int_equal(unexpected(), 0);
}

static void test_many_threads_without_spinning(void **state)
{
    (void)state;
    set("VACCEL_RPC_SPIN", "0");
    begin_again(&(struct fake_settings){.queue_size = 128, .calls_max = 32});
    together(THREADS, many_echoes);
    assert_int_equal(unexpected(), 0);
    assert_true(fake_counts(fake).waits > 0);
}

/* What it does wrong breaks the connection; the next session makes another one. */
static void test_a_hostile_device(void **state)
{
    static const enum fake_mischief kinds[] = {
        FAKE_OTHER_ID,     FAKE_CUT_HEADER,    FAKE_CUT_BODY, FAKE_LONG_BODY,
        FAKE_UNWRITTEN,    FAKE_TOO_MUCH,      FAKE_TOO_MANY, FAKE_NO_ANSWER,
        FAKE_PAYLOAD_SIZE, FAKE_STRANGE_TOKEN, FAKE_TWICE,    FAKE_GONE,
    };
    unsigned char in[2000] = {1};
    unsigned char out[2000];

    (void)state;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        fake_behave(fake, kinds[i]);
        assert_fails(echo(in, out, sizeof(in)), VACCEL_EREMOTEIO, "fake: ");
        fake_behave(fake, FAKE_WELL);
        assert_fails(echo(in, out, sizeof(in)), VACCEL_EREMOTEIO, "fake: ");
        client_session_release(&sess);
        assert_int_equal(client_session_init(&sess, 0), VACCEL_OK);
        assert_int_equal(echo(in, out, sizeof(in)), VACCEL_OK);
    }
    assert_int_equal(fake_counts(fake).opened, 1 + sizeof(kinds) / sizeof(kinds[0]));
}

static void test_an_answer_before_the_request_is_there(void **state)
{
    unsigned char *in = vaccel_alloc(LARGE);
    unsigned char *out = vaccel_alloc(LARGE);

    (void)state;
    begin_again(&(struct fake_settings){.queue_size = 32, .calls_max = 4, .page = 4096});
    fake_behave(fake, FAKE_EARLY);
    assert_fails(echo(in, out, LARGE), VACCEL_EREMOTEIO, "fake: ");
    vaccel_free(in);
    vaccel_free(out);
}

static void test_a_refusal_has_a_sentence(void **state)
{
    unsigned char in[100] = {0};
    unsigned char out[100];

    (void)state;
    fake_behave(fake, FAKE_REFUSE);
    assert_fails(echo(in, out, sizeof(in)), VACCEL_ENOTSUP, "fake: not here");
    fake_behave(fake, FAKE_WELL);
    assert_int_equal(echo(in, out, sizeof(in)), VACCEL_OK);
}

static void test_a_goodbye_is_the_end(void **state)
{
    unsigned char in[100] = {0};
    unsigned char out[100];

    (void)state;
    fake_behave(fake, FAKE_GOODBYE);
    assert_fails(echo(in, out, sizeof(in)), VACCEL_ENOTSUP, "fake: so long");
    fake_behave(fake, FAKE_WELL);
    assert_fails(echo(in, out, sizeof(in)), VACCEL_ENOTSUP, "fake: ");
    assert_int_equal(client_session_release(&sess), VACCEL_OK);
    assert_int_equal(client_session_init(&sess, 0), VACCEL_OK);
    assert_int_equal(echo(in, out, sizeof(in)), VACCEL_OK);
}

/* The session of before holds the old connection; its port is given up all the same. */
static void test_a_session_of_a_broken_connection_beside_a_new_one(void **state)
{
    struct vaccel_session old;
    unsigned char in[100] = {0};
    unsigned char out[100];

    (void)state;
    fake_behave(fake, FAKE_GOODBYE);
    assert_fails(echo(in, out, sizeof(in)), VACCEL_ENOTSUP, "fake: ");
    fake_behave(fake, FAKE_WELL);
    old = sess;
    assert_int_equal(client_session_init(&sess, 0), VACCEL_OK);
    assert_int_equal(echo(in, out, sizeof(in)), VACCEL_OK);
    assert_int_equal(client_session_release(&old), VACCEL_OK);
    assert_int_equal(echo(in, out, sizeof(in)), VACCEL_OK);
}

static void test_no_device(void **state)
{
    struct vaccel_session other;

    (void)state;
    end();
    assert_int_equal(vaccel_this_plugin.info->init(), VACCEL_OK);
    assert_fails(client_session_init(&other, 0), VACCEL_ENODEV, "no device of vAccel's");
    vaccel_this_plugin.info->fini();
}

static void test_a_queue_that_is_too_small(void **state)
{
    struct vaccel_session other;

    (void)state;
    end();
    fake = fake_new(&(struct fake_settings){.queue_size = 8, .calls_max = 1});
    assert_int_equal(vaccel_this_plugin.info->init(), VACCEL_OK);
    assert_fails(client_session_init(&other, 0), VACCEL_ENODEV, "has 8 descriptors");
    vaccel_this_plugin.info->fini();
    assert_int_equal(fake_counts(fake).closed, 1);
    fake_free(fake);
    fake = NULL;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, exchange_set_up, exchange_tear_down)
        TEST(test_arguments_go_there_and_back),
        TEST(test_a_call_without_arguments),
        TEST(test_memory_that_the_device_sees_is_used_where_it_lies),
        TEST(test_seen_page_by_page),
        TEST(test_more_segments_than_the_queue_has),
        TEST(test_more_arguments_than_the_queue_has_segments),
        TEST(test_empty_arguments_and_small_ones_between_large_ones),
        TEST(test_a_held_output_is_fetched),
        TEST(test_many_threads),
        TEST(test_many_threads_at_a_small_queue),
        TEST(test_many_threads_without_spinning),
        TEST(test_a_hostile_device),
        TEST(test_an_answer_before_the_request_is_there),
        TEST(test_a_refusal_has_a_sentence),
        TEST(test_a_goodbye_is_the_end),
        TEST(test_a_session_of_a_broken_connection_beside_a_new_one),
        TEST(test_no_device),
        TEST(test_a_queue_that_is_too_small),
#undef TEST
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
