/* SPDX-License-Identifier: Apache-2.0 */
/* Messages are written and read again, and nothing that is cut off or lies is read. */
#include "vaccel.h"
#include "wire/goodbye.h"
#include "wire/read.h"
#include "wire/write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static unsigned char buf[WIRE_HEADER_SIZE + WIRE_BODY_MAX] __attribute__((aligned(WIRE_ALIGN)));
static struct wire_writer writer;
static struct wire_request request;
static struct wire_answer answer;
static struct wire_fault fault;

static void begin(enum wire_type type)
{
    wire_begin(&writer, buf, sizeof(buf), type, 7);
}

static const struct wire_header *end(void)
{
    assert_true(wire_end(&writer) > 0);
    return wire_header_of(&writer);
}

static bool read_request(void)
{
    const struct wire_header *header = end();

    return wire_read_request(header, buf + WIRE_HEADER_SIZE, &request, &fault);
}

static bool read_answer(enum wire_type type)
{
    const struct wire_header *header = end();

    return wire_read_answer(type, header, buf + WIRE_HEADER_SIZE, &answer, &fault);
}

static void put_call(uint32_t nr_read, uint32_t nr_write, const struct wire_arg *args)
{
    const struct wire_call call = {.session = 1, .nr_read = nr_read, .nr_write = nr_write};

    begin(WIRE_CALL);
    wire_put(&writer, &call, sizeof(call));
    wire_put(&writer, args, (nr_read + nr_write) * sizeof(*args));
}

static void test_a_call_is_read_as_it_was_written(void **state)
{
    const struct wire_arg args[] = {
        {VACCEL_ARG_INT64, WIRE_ARG_SENT, 0, 8},
        {VACCEL_ARG_CUSTOM, WIRE_ARG_SENT | WIRE_ARG_RETURNED, 9, 100},
        {VACCEL_ARG_BUFFER, WIRE_ARG_RETURNED, 0, 1000},
    };

    (void)state;
    put_call(2, 1, args);
    wire_header_of(&writer)->payload_size = 108;
    assert_true(read_request());
    assert_int_equal(request.body.call.session, 1);
    assert_memory_equal(request.args, args, sizeof(args));
    assert_int_equal(request.payload_size, 108);
    assert_int_equal(request.name.size, 0);
}

static void test_sizes_that_overflow(void **state)
{
    struct wire_arg args[] = {
        {VACCEL_ARG_RAW, WIRE_ARG_SENT, 0, UINT64_MAX},
        {VACCEL_ARG_RAW, WIRE_ARG_SENT, 0, 2},
    };

    (void)state;
    put_call(2, 0, args);
    assert_false(read_request());
    args[0].size = 1ULL << 63;
    put_call(1, 0, args);
    assert_false(read_request());
}

/* Whatever is cut off of a body, it is not read, and nothing beyond its end is looked at. */
static void test_every_shorter_body_is_refused(void **state)
{
    const struct wire_resource_chunk chunk = {.blob_size = 5, .size = 5, .name_size = 9};
    struct wire_header header;
    size_t size;

    (void)state;
    begin(WIRE_RESOURCE_CHUNK);
    wire_put(&writer, &chunk, sizeof(chunk));
    wire_put(&writer, "some name", 9);
    header = *end();
    header.payload_size = 5;
    assert_true(wire_read_request(&header, buf + WIRE_HEADER_SIZE, &request, &fault));
    assert_int_equal(request.name.size, 9);
    for (size = header.body_size; size; size -= WIRE_ALIGN) {
        header.body_size = (uint32_t)(size - WIRE_ALIGN);
        assert_false(wire_read_request(&header, buf + WIRE_HEADER_SIZE, &request, &fault));
        assert_non_null(fault.what);
    }
}

static void test_unknown_fields_are_skipped_or_refused(void **state)
{
    const struct wire_session_begin body = {.hint = 3};
    struct wire_field *field;

    (void)state;
    begin(WIRE_SESSION_BEGIN);
    wire_put(&writer, &body, sizeof(body));
    field = (struct wire_field *)(void *)(buf + writer.size);
    wire_put_field(&writer, 999, "whatever", 8);
    wire_put_field(&writer, WIRE_TAG_PEER, "me", 2);
    assert_true(read_request());
    assert_int_equal(request.body.session_begin.hint, 3);
    assert_memory_equal(request.fields.peer.text, "me", 2);
    field->flags = WIRE_FIELD_REQUIRED;
    assert_false(read_request());
    assert_int_equal(fault.value, 999);
    field->flags = 2;
    assert_false(read_request());
}

static void test_gaps_and_what_is_zero(void **state)
{
    struct wire_session_begin body = {.hint = 3};

    (void)state;
    begin(WIRE_SESSION_BEGIN);
    wire_put(&writer, &body, sizeof(body));
    wire_put_field(&writer, WIRE_TAG_PEER, "me", 2);
    buf[writer.size - 1] = 1;
    assert_false(read_request());
    body.zero = 1;
    begin(WIRE_SESSION_BEGIN);
    wire_put(&writer, &body, sizeof(body));
    assert_false(read_request());
}

static void test_an_answer_is_read_as_it_was_written(void **state)
{
    const struct wire_called called = {.nr_returned = 2};
    const struct wire_returned returned[] = {{10, 10}, {5000, 0}};

    (void)state;
    begin(WIRE_ANSWER);
    wire_put(&writer, &called, sizeof(called));
    wire_put(&writer, returned, sizeof(returned));
    wire_put_sentence(&writer, "too little room");
    wire_header_of(&writer)->status = VACCEL_ERANGE;
    wire_header_of(&writer)->payload_size = 10;
    assert_true(read_answer(WIRE_CALL));
    assert_memory_equal(answer.returned, returned, sizeof(returned));
    assert_int_equal(answer.payload_size, 10);
    assert_int_equal(answer.fields.sentence.size, 15);
    wire_header_of(&writer)->payload_size = 11;
    assert_false(read_answer(WIRE_CALL));
    wire_header_of(&writer)->payload_size = 9;
    assert_false(read_answer(WIRE_CALL));
    wire_header_of(&writer)->flags = WIRE_MORE;
    assert_true(read_answer(WIRE_CALL));
}

static void test_answers_that_refuse_are_empty(void **state)
{
    (void)state;
    begin(WIRE_ANSWER);
    assert_false(read_answer(WIRE_SESSION_BEGIN));
    wire_header_of(&writer)->status = VACCEL_ENOMEM;
    assert_true(read_answer(WIRE_SESSION_BEGIN));
    assert_true(read_answer(WIRE_PROFILE));
    assert_false(read_answer(WIRE_CALL));
}

static void test_a_goodbye_is_cut_at_a_character(void **state)
{
    char sentence[WIRE_MESSAGE_MAX + 8];
    struct wire_fields fields;

    (void)state;
    memset(sentence, 'x', sizeof(sentence));
    memcpy(sentence + WIRE_MESSAGE_MAX - 1, "\xc3\xa4", 3);
    assert_true(wire_goodbye(buf, WIRE_GOODBYE_ROOM, VACCEL_EUSERS, sentence) > 0);
    assert_true(wire_read_goodbye((struct wire_header *)(void *)buf, buf + WIRE_HEADER_SIZE,
                                  &fields, &fault));
    assert_int_equal(fields.sentence.size, WIRE_MESSAGE_MAX - 1);
    assert_int_equal(wire_goodbye(buf, 40, VACCEL_EUSERS, sentence), 0);
}

static void test_what_does_not_fit_is_told(void **state)
{
    static const char much[64];

    (void)state;
    wire_begin(&writer, buf, WIRE_HEADER_SIZE + 32, WIRE_PING, 1);
    wire_put(&writer, much, sizeof(much));
    assert_int_equal(wire_end(&writer), 0);
    wire_begin(&writer, buf, WIRE_HEADER_SIZE + 32, WIRE_PING, 1);
    wire_put(&writer, much, 32);
    assert_int_equal(wire_end(&writer), WIRE_HEADER_SIZE + 32);
}

static void test_headers(void **state)
{
    struct wire_header header = {.type = WIRE_PART, .id = 1, .payload_size = 1};

    (void)state;
    assert_true(wire_read_header(&header, &fault));
    header.payload_size = WIRE_PART_MAX + 1;
    assert_false(wire_read_header(&header, &fault));
    header.payload_size = 0;
    header.flags = WIRE_MORE;
    assert_false(wire_read_header(&header, &fault));
    header = (struct wire_header){.type = WIRE_PART, .body_size = 8};
    assert_false(wire_read_header(&header, &fault));
    header = (struct wire_header){.type = WIRE_CALL, .body_size = WIRE_BODY_MAX + 8};
    assert_false(wire_read_header(&header, &fault));
    for (header = (struct wire_header){0}; header.type < 100; header.type++)
        if (header.type == 0 || header.type == 7 || header.type == 38 || header.type == 65)
            assert_false(wire_read_header(&header, &fault));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_call_is_read_as_it_was_written),
        cmocka_unit_test(test_sizes_that_overflow),
        cmocka_unit_test(test_every_shorter_body_is_refused),
        cmocka_unit_test(test_unknown_fields_are_skipped_or_refused),
        cmocka_unit_test(test_gaps_and_what_is_zero),
        cmocka_unit_test(test_an_answer_is_read_as_it_was_written),
        cmocka_unit_test(test_answers_that_refuse_are_empty),
        cmocka_unit_test(test_a_goodbye_is_cut_at_a_character),
        cmocka_unit_test(test_what_does_not_fit_is_told),
        cmocka_unit_test(test_headers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
