/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_device.h"

#include "vaccel/error.h"
#include "virtio/accel.h"
#include "wire/read.h"
#include "wire/write.h"

#include <stdlib.h>
#include <string.h>

enum { PREFIX = sizeof(struct accel_head) + WIRE_HEADER_SIZE };

/* Bytes in their order. */
struct bytes {
    unsigned char *data;
    size_t size;
};

static size_t size_of(const struct virtio_segment *segments, size_t count)
{
    size_t size = 0;

    while (count)
        size += segments[--count].size;
    return size;
}

static struct bytes gather(const struct fake_chain *chain)
{
    struct bytes all = {malloc(size_of(chain->segments, chain->nr_readable) + 1), 0};
    size_t i;

    for (i = 0; i < chain->nr_readable; i++) {
        memcpy(all.data + all.size, (void *)(uintptr_t)chain->segments[i].address,
               chain->segments[i].size);
        all.size += chain->segments[i].size;
    }
    return all;
}

/* What does not fit is not written. Returns how much was. */
static size_t scatter(struct fake_chain *chain, size_t at, const unsigned char *data, size_t size)
{
    const struct virtio_segment *segments = chain->segments + chain->nr_readable;
    size_t done = 0;
    size_t part;
    size_t i;

    for (i = 0; i < chain->nr_writable && done < size; i++) {
        if (at >= segments[i].size) {
            at -= segments[i].size;
            continue;
        }
        part = segments[i].size - at;
        if (part > size - done)
            part = size - done;
        memcpy((unsigned char *)(uintptr_t)segments[i].address + at, data + done, part);
        done += part;
        at = 0;
    }
    return done;
}

static struct fake_rest *find(struct fake_rest *rest, uint64_t id)
{
    while (rest && rest->id != id)
        rest = rest->next;
    return rest;
}

static void drop(struct fake_rest **list, struct fake_rest *rest)
{
    while (*list != rest)
        list = &(*list)->next;
    *list = rest->next;
    free(rest->data);
    free(rest);
}

static struct fake_rest *add(struct fake_rest **list, uint64_t id)
{
    struct fake_rest *rest = calloc(1, sizeof(*rest));

    rest->id = id;
    rest->next = *list;
    *list = rest;
    return rest;
}

static void append(struct fake_rest *rest, const unsigned char *data, size_t size)
{
    rest->data = realloc(rest->data, rest->size + size + 1);
    memcpy(rest->data + rest->size, data, size);
    rest->size += size;
}

void fake_forget(struct fake *fake)
{
    while (fake->requests)
        drop(&fake->requests, fake->requests);
    while (fake->answers)
        drop(&fake->answers, fake->answers);
}

static bool is_hostile(const struct fake *fake, enum fake_mischief mischief, uint16_t type)
{
    return fake->mischief == mischief && type == WIRE_CALL;
}

/* Body and payload of the answer to a call; the payload is what was sent, one higher. */
static struct bytes answer_call(struct fake *fake, struct wire_writer *answer,
                                const struct wire_request *request, const unsigned char *payload)
{
    size_t count = request->body.call.nr_read + request->body.call.nr_write;
    struct wire_called called = {0};
    struct wire_returned returned;
    struct bytes out = {NULL, 0};
    size_t i;

    for (i = 0; i < count; i++)
        called.nr_returned += (request->args[i].flags & WIRE_ARG_RETURNED) != 0;
    if (is_hostile(fake, FAKE_TOO_MANY, WIRE_CALL))
        called.nr_returned++;
    wire_put(answer, &called, sizeof(called));
    for (i = 0; i < count; i++)
        if (request->args[i].flags & WIRE_ARG_RETURNED) {
            returned.size = request->args[i].size;
            if (is_hostile(fake, FAKE_TOO_MUCH, WIRE_CALL))
                returned.size += 4096;
            returned.sent = returned.size;
            wire_put(answer, &returned, sizeof(returned));
            out.size += request->args[i].size;
        }
    if (is_hostile(fake, FAKE_TOO_MANY, WIRE_CALL)) {
        returned = (struct wire_returned){1, 1};
        wire_put(answer, &returned, sizeof(returned));
    }
    out.data = calloc(1, out.size + 1);
    for (i = 0; i < out.size && request->payload_size; i++)
        out.data[i] = (unsigned char)(payload[i % request->payload_size] + 1);
    return out;
}

static struct bytes answer_fetch(struct wire_writer *answer, uint64_t room)
{
    const struct wire_size size = {room};
    struct bytes out = {malloc(room + 1), room};
    size_t i;

    for (i = 0; i < room; i++)
        out.data[i] = (unsigned char)(i * 7);
    wire_put(answer, &size, sizeof(size));
    return out;
}

static void answer_hello(const struct fake *fake, struct wire_writer *answer)
{
    const struct wire_welcome welcome = {.magic = WIRE_MAGIC,
                                         .version = WIRE_VERSION,
                                         .calls_max = fake->settings.calls_max,
                                         .message_max = 1 << 30};

    wire_put(answer, &welcome, sizeof(welcome));
}

static struct bytes make_answer(struct fake *fake, struct wire_writer *answer,
                                const struct wire_request *request, const unsigned char *payload)
{
    const struct wire_id id = {1};
    struct bytes none = {NULL, 0};

    switch (request->header.type) {
    case WIRE_HELLO:
        answer_hello(fake, answer);
        return none;
    case WIRE_SESSION_BEGIN:
    case WIRE_RESOURCE_NEW:
        wire_put(answer, &id, sizeof(id));
        return none;
    case WIRE_CALL:
        return answer_call(fake, answer, request, payload);
    case WIRE_OUTPUT_FETCH:
        return answer_fetch(answer, request->body.fetch.room);
    default:
        return none;
    }
}

static void put_refusal(struct wire_writer *answer, const char *sentence)
{
    wire_header_of(answer)->status = VACCEL_ENOTSUP;
    wire_put_sentence(answer, sentence);
}

/* As deep as the buffer of the answer is: what a device may do wrong with its head. */
static size_t spoil_head(struct fake *fake, struct wire_writer *answer, uint32_t answer_size)
{
    struct wire_header *header = wire_header_of(answer);

    switch (fake->mischief) {
    case FAKE_OTHER_ID:
        header->id++;
        break;
    case FAKE_CUT_HEADER:
        return WIRE_HEADER_SIZE / 2;
    case FAKE_CUT_BODY:
        return answer->size - 4;
    case FAKE_LONG_BODY:
        header->body_size = answer_size - WIRE_HEADER_SIZE + 8;
        break;
    case FAKE_NO_ANSWER:
        header->type = WIRE_PING;
        break;
    case FAKE_PAYLOAD_SIZE:
        header->payload_size = 8;
        break;
    default:
        break;
    }
    return answer->size;
}

static void write_answer(struct fake *fake, struct fake_chain *chain, uint32_t answer_size,
                         struct wire_writer *answer, const struct bytes *payload, bool spoil)
{
    size_t size = wire_end(answer);
    struct fake_rest *rest;
    size_t written;

    if (size > answer_size)
        fake_complain(fake, "the answer has no room");
    if (spoil)
        size = spoil_head(fake, answer, answer_size);
    scatter(chain, 0, answer->start, size);
    chain->written = (uint32_t)size;
    if (!payload->size || size != wire_end(answer))
        return;
    written = scatter(chain, answer_size, payload->data, payload->size);
    if (written)
        chain->written = answer_size + (uint32_t)written;
    if (spoil && fake->mischief == FAKE_UNWRITTEN)
        chain->written = answer_size + (uint32_t)payload->size / 2;
    if (written < payload->size) {
        rest = add(&fake->answers, wire_header_of(answer)->id);
        append(rest, payload->data + written, payload->size - written);
    }
}

static void count(struct fake *fake, const struct wire_header *header)
{
    if (header->type == WIRE_PING)
        fake->counts.pings++;
    if (header->type == WIRE_CANCEL)
        fake->counts.cancels++;
    if (header->type != WIRE_CALL)
        return;
    fake->counts.calls++;
    if (++fake->calls_now > fake->counts.most_at_once)
        fake->counts.most_at_once = fake->calls_now;
}

static void cancel(struct fake *fake, uint64_t id)
{
    struct fake_chain *chain;

    for (chain = fake->held.first; chain; chain = chain->next)
        chain->cancelled |= chain->id == id;
}

static void answer_request(struct fake *fake, struct fake_chain *chain, uint32_t answer_size,
                           const struct wire_request *request, const unsigned char *payload)
{
    bool call = request->header.type == WIRE_CALL;
    unsigned char *buf = malloc(WIRE_HEADER_SIZE + WIRE_BODY_MAX);
    struct bytes out = {NULL, 0};
    struct wire_writer answer;

    wire_begin(&answer, buf, WIRE_HEADER_SIZE + WIRE_BODY_MAX, WIRE_ANSWER, request->header.id);
    if ((call && fake->mischief == FAKE_GOODBYE) ||
        (!fake->greeted && request->header.type != WIRE_HELLO)) {
        wire_begin(&answer, buf, WIRE_HEADER_SIZE + WIRE_BODY_MAX, WIRE_GOODBYE, 0);
        put_refusal(&answer, "so long");
        fake->greeted = false;
    } else if (call && (fake->mischief == FAKE_REFUSE || chain->cancelled)) {
        wire_put(&answer, &(struct wire_called){0}, sizeof(struct wire_called));
        put_refusal(&answer, chain->cancelled ? "cancelled" : "not here");
    } else {
        out = make_answer(fake, &answer, request, payload);
        fake->greeted = true;
    }
    write_answer(fake, chain, answer_size, &answer, &out, call);
    fake->calls_now -= call;
    free(out.data);
    free(buf);
}

static void take_request(struct fake *fake, struct fake_chain *chain, const struct bytes *all,
                         uint32_t answer_size)
{
    unsigned char *body = malloc(WIRE_BODY_MAX);
    struct wire_header header;
    struct wire_request request;
    struct wire_fault fault;

    memcpy(&header, all->data, sizeof(header));
    if (header.body_size > all->size - sizeof(header)) {
        fake_complain(fake, "a request was cut off");
        free(body);
        return;
    }
    memcpy(body, all->data + sizeof(header), header.body_size);
    if (!wire_read_bare_request(&header, body, &request, &fault))
        fake_complain(fake, fault.what);
    else if (request.payload_size != all->size - sizeof(header) - header.body_size)
        fake_complain(fake, "a payload is not as long as its body says");
    else if (header.type == WIRE_CANCEL)
        cancel(fake, request.body.cancel.call);
    else
        answer_request(fake, chain, answer_size, &request,
                       all->data + sizeof(header) + header.body_size);
    free(body);
}

/* The next bytes of an answer that had no room. */
static void pull(struct fake *fake, struct fake_chain *chain, uint64_t id)
{
    struct fake_rest *rest = find(fake->answers, id);
    size_t room = size_of(chain->segments + chain->nr_readable, chain->nr_writable);

    if (!rest) {
        fake_complain(fake, "nothing is left of that answer");
        return;
    }
    chain->written = (uint32_t)scatter(chain, 0, rest->data + rest->done, rest->size - rest->done);
    if (room > rest->size - rest->done)
        fake_complain(fake, "more is asked for than there were rooms");
    rest->done += chain->written;
    if (rest->done == rest->size)
        drop(&fake->answers, rest);
}

static void answer_early(struct fake *fake, struct fake_chain *chain, const struct bytes *all)
{
    unsigned char buf[WIRE_HEADER_SIZE + 8] __attribute__((aligned(WIRE_ALIGN)));
    struct bytes none = {NULL, 0};
    struct wire_header header;
    struct accel_head head;
    struct wire_writer answer;

    memcpy(&head, all->data, sizeof(head));
    memcpy(&header, all->data + sizeof(head), sizeof(header));
    wire_begin(&answer, buf, sizeof(buf), WIRE_ANSWER, header.id);
    wire_put(&answer, &(struct wire_called){0}, sizeof(struct wire_called));
    write_answer(fake, chain, head.answer_size, &answer, &none, false);
}

static void serve(struct fake *fake, struct fake_chain *chain, const struct bytes *all,
                  const struct accel_head *head, const struct wire_header *header)
{
    struct fake_rest *rest = find(fake->requests, header->id);
    struct bytes message = {all->data + sizeof(*head), all->size - sizeof(*head)};

    if (header->type == WIRE_PART && find(fake->answers, header->id)) {
        pull(fake, chain, header->id);
        return;
    }
    if (header->type == WIRE_PART && !rest) {
        fake_complain(fake, "a part of nothing");
        return;
    }
    if (header->type == WIRE_PART)
        append(rest, all->data + PREFIX, all->size - PREFIX);
    else if (head->flags & ACCEL_MORE)
        append(add(&fake->requests, header->id), message.data, message.size);
    if (head->flags & ACCEL_MORE) {
        if (fake->mischief == FAKE_EARLY)
            answer_early(fake, chain, all);
        return;
    }
    if (rest)
        message = (struct bytes){rest->data, rest->size};
    take_request(fake, chain, &message, head->answer_size);
    if (rest)
        drop(&fake->requests, rest);
}

static void count_in_place(struct fake *fake, const struct fake_chain *chain)
{
    uintptr_t watched = (uintptr_t)fake->watched;
    size_t i;

    for (i = 0; i < chain->nr_readable + chain->nr_writable; i++)
        if (chain->segments[i].address - watched < fake->watched_size)
            fake->counts.in_place += chain->segments[i].size;
}

void fake_serve_late(struct fake *fake, struct fake_chain *chain)
{
    struct bytes all = gather(chain);
    struct wire_header header;
    struct accel_head head;

    memcpy(&head, all.data, sizeof(head));
    memcpy(&header, all.data + sizeof(head), sizeof(header));
    serve(fake, chain, &all, &head, &header);
    free(all.data);
}

bool fake_serve(struct fake *fake, struct fake_chain *chain)
{
    struct bytes all = gather(chain);
    struct wire_header header = {0};
    struct accel_head head = {0};
    bool now = true;

    if (all.size < PREFIX) {
        fake_complain(fake, "a chain is shorter than its heads");
    } else {
        memcpy(&head, all.data, sizeof(head));
        memcpy(&header, all.data + sizeof(head), sizeof(header));
        if (head.magic != WIRE_MAGIC || head.zero || head.flags & ~ACCEL_MORE)
            fake_complain(fake, "the head of a chain is wrong");
        if (head.answer_size > size_of(chain->segments + chain->nr_readable, chain->nr_writable))
            fake_complain(fake, "the answer has less room than it should");
        count(fake, &header);
        count_in_place(fake, chain);
        chain->id = header.id;
        chain->not_before = fake_clock() + fake->settings.slow_ms * UINT64_C(1000000);
        now = !is_hostile(fake, FAKE_SLOW, header.type);
        if (fake->mischief == FAKE_SILENT || fake->mischief == FAKE_GONE) {
            chain->not_before = UINT64_MAX;
            now = false;
        }
        if (now)
            serve(fake, chain, &all, &head, &header);
    }
    free(all.data);
    return now;
}
