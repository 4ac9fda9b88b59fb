/* SPDX-License-Identifier: Apache-2.0 */
/* A virtio device in the test's own process, whose driver is the test: whatever it may send. */
#include "device_kit.h"

static void test_hello_comes_first(void **state)
{
    (void)state;
    compose_noop();
    assert_true(exchange(0, 0) > WIRE_HEADER_SIZE);
    assert_goodbye();
    hello();
    begin_session();
    assert_int_equal(session >> 32, GENERATION);
    call_noop(VACCEL_OK);
}

static void test_a_hello_ends_what_was(void **state)
{
    uint64_t old = session;

    (void)state;
    hello();
    assert_int_equal(counter_calls(counter, COUNTER_SESSION_RELEASE), 1);
    call_noop(VACCEL_ESESS);
    begin_session();
    assert_int_not_equal(session, old);
    session = old - ((uint64_t)1 << 32); /* of a worker before */
    call_noop(VACCEL_ESESS);
}

static void test_other_versions(void **state)
{
    const struct wire_hello body = {WIRE_MAGIC, WIRE_VERSION + 1, WIRE_VERSION + 1};

    (void)state;
    compose(WIRE_HELLO);
    wire_put(&writer, &body, sizeof(body));
    exchange(0, 0);
    assert_goodbye();
    assert_int_equal(answer()->status, VACCEL_ENOTSUP);
}

static void test_a_ping_and_a_cancel(void **state)
{
    const struct wire_cancel body = {.call = 4711};

    (void)state;
    compose(WIRE_PING);
    assert_int_equal(exchange(0, 0), WIRE_HEADER_SIZE);
    assert_answer(VACCEL_OK);
    compose(WIRE_CANCEL);
    wire_put(&writer, &body, sizeof(body));
    assert_int_equal(exchange(0, 0), 0);
}

static void test_messages_that_break_the_protocol(void **state)
{
    (void)state;
    compose_noop();
    head_of_request()->flags = 2;
    exchange(0, 0);
    assert_over();
    compose_noop();
    head_of_request()->zero = 1;
    exchange(0, 0);
    assert_over();
    compose(4711);
    exchange(0, 0);
    assert_over();
    compose(WIRE_ANSWER);
    exchange(0, 0);
    assert_over();
    compose_noop();
    wire_header_of(&writer)->payload_size = 8;
    exchange(0, 0);
    assert_over();
    compose_noop();
    wire_header_of(&writer)->id = 0;
    exchange(0, 0);
    assert_over();
    compose(WIRE_PART);
    wire_put(&writer, "", 1);
    exchange(0, 0);
    assert_over();
    compose_noop();
    guest_put(&guest, 1, guest_address(DATA), 1, 0, 2); /* more than the call says */
    exchange(1, 0);
    assert_over();
    compose(WIRE_PING);
    head_of_request()->flags = ACCEL_MORE;
    exchange(0, 0);
    assert_over();
}

static void test_chains_that_are_cut_off(void **state)
{
    uint32_t size;

    (void)state;
    for (uint32_t cut = 0; cut < sizeof(struct wire_call) + WIRE_HEADER_SIZE; cut += 8) {
        compose_noop();
        size = end_compose();
        guest_put(&guest, 0, guest_address(REQUEST), (uint32_t)sizeof(struct accel_head) + cut, 0,
                  1);
        guest_put(&guest, 1, guest_address(ANSWER), ANSWER_SIZE, WRITE, LAST);
        guest_post(&guest, 0);
        wait_for(0);
        assert_true(size > sizeof(struct accel_head) + cut);
        assert_over();
    }
}

static void test_room_for_answers(void **state)
{
    (void)state;
    compose_noop();
    head_of_request()->answer_size = ANSWER_SIZE + 1; /* more than there is */
    exchange(0, 0);
    assert_over();
    compose_noop();
    head_of_request()->answer_size = WIRE_HEADER_SIZE - 8; /* not even for a goodbye */
    assert_int_equal(exchange(0, 0), 0);
    hello();
    begin_session();
    compose_noop();
    head_of_request()->answer_size = WIRE_HEADER_SIZE; /* not for the body */
    assert_int_equal(exchange(0, 0), WIRE_HEADER_SIZE);
    assert_over();
    session = 99;
    compose_noop();
    head_of_request()->answer_size = WIRE_HEADER_SIZE + 8 + 8 + 8; /* for some of a sentence */
    assert_int_equal(exchange(0, 0), WIRE_HEADER_SIZE + 24);
    assert_answer(VACCEL_ESESS);
}

static void test_it_looks_like_an_empty_disk(void **state)
{
    struct {
        uint32_t type;
        uint32_t reserved;
        uint64_t sector;
    } *request = (void *)guest_at(&guest, REQUEST);
    unsigned char *room = guest_at(&guest, ANSWER);

    (void)state;
    memset(request, 0, sizeof(*request));
    guest_put(&guest, 0, guest_address(REQUEST), sizeof(*request), 0, 1);
    guest_put(&guest, 1, guest_address(ANSWER), 512, WRITE, 2);
    guest_put(&guest, 2, guest_address(ANSWER + 512), 1, WRITE, LAST);
    room[512] = 0xff;
    guest_post(&guest, 0);
    wait_for(0);
    assert_int_equal(room[512], 1);
    request->type = 8;
    guest_put(&guest, 1, guest_address(ANSWER), 20, WRITE, 2);
    guest_post(&guest, 0);
    wait_for(0);
    assert_int_equal(room[512], 0);
    assert_string_equal(room, "vaccel");
    call_noop(VACCEL_OK);
}

/* Begin one that stays in the plugin; chains 8 and 9. */
static void begin_staying(void)
{
    compose_named("test.stay", 0);
    guest_put(&guest, 8, guest_address(REQUEST), end_compose(), 0, 9);
    guest_put(&guest, 9, guest_address(ANSWER + 4096), ANSWER_SIZE, WRITE, LAST);
    guest_post(&guest, 8);
    sem_wait(&entered);
}

static void test_others_run_while_one_stays(void **state)
{
    (void)state;
    begin_staying();
    call_noop(VACCEL_OK);
    compose(WIRE_PING);
    exchange(0, 0);
    assert_answer(VACCEL_OK);
    sem_post(&leave);
    wait_for(8);
}

/* A hundred more bytes of the request with that id. */
static uint32_t send_part(uint64_t id, uint32_t flags, int rooms)
{
    next_id = id;
    compose(WIRE_PART);
    head_of_request()->flags = flags;
    guest_put(&guest, 1, guest_address(DATA), 100, 0, 2);
    guest_put(&guest, 3, guest_address(FAR), 300, WRITE, LAST);
    return exchange(1, rooms);
}

/* Who reads in another's place gives the turn back with each request, not with each of its chains. */
static void test_a_request_of_several_chains_is_read_to_its_end(void **state)
{
    uint64_t absences, id;

    (void)state;
    begin_staying();
    absences = device.readers.absences;
    id = next_id;
    compose_named("test.reverse", 300);
    head_of_request()->flags = ACCEL_MORE;
    guest_put(&guest, 1, guest_address(DATA), 100, 0, 2);
    exchange(1, 0);
    send_part(id, ACCEL_MORE, 0);
    send_part(id, 0, 1);
    absences = device.readers.absences - absences;
    sem_post(&leave);
    wait_for(8);
    assert_answer(VACCEL_OK);
    assert_int_equal(absences, 1);
}

static void test_memory_changes_during_a_call(void **state)
{
    const struct wire_header *header = (const void *)guest_at(&guest, ANSWER + 4096);

    (void)state;
    begin_staying();
    set_device();
    call_noop(VACCEL_OK);
    sem_post(&leave);
    wait_for(8);
    assert_int_equal(header->type, WIRE_ANSWER);
}

static void test_a_stop_waits_for_what_runs(void **state)
{
    (void)state;
    begin_staying();
    virtio_device_stop(&device.virtio);
    compose_noop();
    guest_post(&guest, 0);
    pause_ms();
    assert_false(device_kind.is_idle(&device.virtio));
    sem_post(&leave);
    while (!device_kind.is_idle(&device.virtio))
        pause_ms();
    virtio_device_leave(&device.virtio);
    /* hello, session, the call; not what came after */
    assert_int_equal(device_ring(&device)->next_avail, 3);
    device_kind.forget(&device.virtio);
    assert_int_equal(counter_calls(counter, COUNTER_SESSION_RELEASE), 1);
}

static void test_an_id_that_is_in_use(void **state)
{
    (void)state;
    begin_staying();
    next_id--;
    compose_noop();
    exchange(0, 0);
    assert_goodbye();
    sem_post(&leave);
    wait_for(8);
    hello();
}

#define test(function) cmocka_unit_test_setup_teardown(function, begin_greeted, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_hello_comes_first, begin, end),
        test(test_a_hello_ends_what_was),
        test(test_other_versions),
        test(test_a_ping_and_a_cancel),
        test(test_messages_that_break_the_protocol),
        test(test_chains_that_are_cut_off),
        test(test_room_for_answers),
        test(test_it_looks_like_an_empty_disk),
        test(test_others_run_while_one_stays),
        test(test_a_request_of_several_chains_is_read_to_its_end),
        test(test_memory_changes_during_a_call),
        test(test_a_stop_waits_for_what_runs),
        test(test_an_id_that_is_in_use),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
