/* SPDX-License-Identifier: Apache-2.0 */
#include "virtio/layout.h"
#include "platform/checked.h"
#include "platform/text.h"
#include "vaccel/error.h"

enum { PAGE = 4096 };

static size_t aligned(size_t offset)
{
    return (offset + ACCEL_ALIGN - 1) / ACCEL_ALIGN * ACCEL_ALIGN;
}

/* More segments than there are in a chain are no hindrance: then it takes several. */
static bool is_visible(const struct layout *layout, const struct piece *piece)
{
    struct virtio_port *port = layout->connection->port;
    struct virtio_segment *segments = layout->chain->segments;
    size_t most = layout->connection->segments_most;

    return port->ops->map(port, piece->data, piece->size, segments, most) ||
           (piece->size > PAGE && port->ops->map(port, piece->data, PAGE, segments, most));
}

/* Room for @size bytes in the stage, of which @used are taken. False: no memory is so large. */
static bool reserve(size_t *used, size_t size, size_t *offset)
{
    if (*used > SIZE_MAX - ACCEL_ALIGN)
        return false;
    *offset = size >= LAYOUT_LARGE ? aligned(*used) : *used;
    return size_add(*offset, size, used);
}

/* A place with data NULL is in the stage, and its size the offset. False: no memory. */
static bool choose(const struct layout *layout, const struct piece *piece, struct piece *place,
                   size_t *used)
{
    *place = *piece;
    if (!piece->size || !piece->data || (piece->size >= LAYOUT_SMALL && is_visible(layout, piece)))
        return true;
    place->data = NULL;
    return reserve(used, piece->size, &place->size);
}

/* What goes there and back is in one place, so that it is worked on there. *@j  where to look from */
static bool choose_as_sent(const struct layout *layout, const struct piece *piece,
                           struct piece *place, size_t *j)
{
    const struct pieces *out = &layout->exchange->out;
    size_t i;

    for (i = *j; piece->size >= LAYOUT_LARGE && i < out->count; i++)
        if (out->list[i].data == piece->data && out->list[i].size == piece->size) {
            *place = layout->exchange->places[i];
            *j = i + 1;
            return true;
        }
    return false;
}

/* All places; *@answer and *@used are offsets in the stage. False: no memory. */
static bool choose_all(const struct layout *layout, size_t *answer, size_t *used)
{
    const struct exchange *exchange = layout->exchange;
    struct piece *place = exchange->places;
    size_t sent = 0;
    size_t i;

    *used = STAGE_REQUEST + sizeof(struct accel_head) + exchange->request.size;
    for (i = 0; i < exchange->out.count; i++)
        if (!choose(layout, &exchange->out.list[i], place++, used))
            return false;
    *answer = aligned(*used);
    *used = *answer + exchange->answer_size;
    for (i = 0; i < exchange->in.count; i++, place++)
        if (!choose_as_sent(layout, &exchange->in.list[i], place, &sent) &&
            !choose(layout, &exchange->in.list[i], place, used))
            return false;
    return true;
}

static void place_all(const struct layout *layout, const struct pieces *pieces,
                      struct piece *places, bool copy)
{
    size_t i;

    for (i = 0; i < pieces->count; i++) {
        if (!pieces->list[i].data || places[i].data)
            continue;
        places[i].data = layout->stage + places[i].size;
        places[i].size = pieces->list[i].size;
        if (copy)
            memcpy(places[i].data, pieces->list[i].data, places[i].size);
    }
}

static void write_request(struct layout *layout)
{
    const struct wire_writer *request = &layout->exchange->request;
    const struct accel_head head = {.magic = WIRE_MAGIC,
                                    .answer_size = (uint32_t)layout->exchange->answer_size};
    unsigned char *at = layout->stage + STAGE_REQUEST;

    memcpy(at, &head, sizeof(head));
    memcpy(at + sizeof(head), request->start, request->size);
}

int layout_begin(struct layout *layout, struct virtio_connection *connection, struct chain *chain,
                 struct exchange *exchange)
{
    struct piece *places = exchange->places;
    size_t nr_out = exchange->out.count;
    size_t answer;
    size_t used;

    layout->connection = connection;
    layout->chain = chain;
    layout->exchange = exchange;
    if (!choose_all(layout, &answer, &used))
        return VACCEL_ENOMEM;
    layout->stage = used <= STAGE_SIZE ? chain->stage : platform_alloc_shared(used);
    if (!layout->stage)
        return VACCEL_ENOMEM;
    layout->answer = layout->stage + answer;
    write_request(layout);
    place_all(layout, &exchange->out, places, true);
    place_all(layout, &exchange->in, places + nr_out, false);
    layout->readable = (struct layout_cursor){
        .first = {layout->stage + STAGE_REQUEST,
                  sizeof(struct accel_head) + exchange->request.size},
        .list = places,
        .count = nr_out,
    };
    layout->writable = (struct layout_cursor){
        .first = {layout->answer, exchange->answer_size},
        .list = places + nr_out,
        .count = exchange->in.count,
    };
    return VACCEL_OK;
}

void layout_end(struct layout *layout)
{
    if (layout->stage != layout->chain->stage)
        platform_free_shared(layout->stage);
}

static const struct piece *piece_at(const struct layout_cursor *cursor, size_t i)
{
    return i ? &cursor->list[i - 1] : &cursor->first;
}

bool layout_at_end(const struct layout_cursor *cursor)
{
    return cursor->at > cursor->count;
}

/* The next pieces that lie side by side, as one. */
static struct piece next_run(const struct layout_cursor *cursor)
{
    struct piece run = {NULL, 0};
    size_t skip = cursor->done;
    const struct piece *piece;
    unsigned char *data;
    size_t i;

    for (i = cursor->at; i <= cursor->count; i++, skip = 0) {
        piece = piece_at(cursor, i);
        if (piece->size == skip)
            continue;
        data = (unsigned char *)piece->data + skip;
        if (!run.size)
            run.data = data;
        else if ((unsigned char *)run.data + run.size != data)
            break;
        run.size += piece->size - skip;
    }
    return run;
}

/* Past empty pieces too, so that the end is seen. */
static void advance(struct layout_cursor *cursor, size_t size)
{
    size_t left;

    cursor->moved += size;
    while (cursor->at <= cursor->count) {
        left = piece_at(cursor, cursor->at)->size - cursor->done;
        if (size < left) {
            cursor->done += size;
            return;
        }
        size -= left;
        cursor->at++;
        cursor->done = 0;
    }
}

/* As much of the beginning of @run as has room; *@run is cut to that. */
static size_t map_some(struct virtio_port *port, struct piece *run, struct virtio_segment *segments,
                       size_t room)
{
    size_t count = port->ops->map(port, run->data, run->size, segments, room);

    while (!count && run->size > PAGE) {
        run->size /= 2;
        count = port->ops->map(port, run->data, run->size, segments, room);
    }
    return count;
}

size_t layout_next(struct virtio_port *port, struct layout_cursor *cursor,
                   struct virtio_segment *segments, size_t room)
{
    size_t count = 0;
    struct piece run;
    size_t more;

    while (count < room && !layout_at_end(cursor)) {
        run = next_run(cursor);
        more = run.size ? map_some(port, &run, segments + count, room - count) : 0;
        if (run.size && !more)
            break;
        count += more;
        advance(cursor, run.size);
    }
    return count;
}

size_t layout_part(const struct layout *layout, uint32_t flags, uint32_t answer_size,
                   struct virtio_segment *segments, size_t room)
{
    const struct accel_head head = {
        .magic = WIRE_MAGIC, .flags = flags, .answer_size = answer_size};
    const struct wire_header header = {.type = WIRE_PART, .id = layout->chain->id};
    struct virtio_port *port = layout->connection->port;
    unsigned char *at = layout->stage;

    _Static_assert(sizeof(head) + sizeof(header) <= STAGE_REQUEST, "a part's head needs more room");
    memcpy(at, &head, sizeof(head));
    memcpy(at + sizeof(head), &header, sizeof(header));
    return port->ops->map(port, at, sizeof(head) + sizeof(header), segments, room);
}

size_t layout_expected(const struct layout *layout, size_t from, size_t to)
{
    const struct exchange *exchange = layout->exchange;
    const struct piece *places = exchange->places + exchange->out.count;
    size_t start = exchange->answer_size;
    size_t least = 0;
    size_t end;
    size_t i;

    for (i = 0; i < exchange->in.count; start += places[i++].size) {
        end = start + exchange->in.list[i].size;
        if (end > to)
            end = to;
        if (exchange->in.list[i].size && end > from && start < to && end - from > least)
            least = end - from;
    }
    return least;
}

void layout_copy_back(const struct layout *layout)
{
    const struct pieces *in = &layout->exchange->in;
    const struct piece *places = layout->exchange->places + layout->exchange->out.count;
    size_t i;

    for (i = 0; i < in->count; i++)
        if (in->list[i].size && in->list[i].data != places[i].data)
            memcpy(in->list[i].data, places[i].data, in->list[i].size);
}

size_t layout_message(struct virtio_port *port, struct chain *chain, struct wire_writer *message,
                      size_t answer_size, size_t *nr_writable)
{
    const struct accel_head head = {.magic = WIRE_MAGIC, .answer_size = (uint32_t)answer_size};
    unsigned char *request = chain->stage + STAGE_SIZE / 2;
    size_t most = SEGMENTS_RESERVED / 2;
    size_t nr_readable;

    memcpy(request, &head, sizeof(head));
    memcpy(request + sizeof(head), message->start, message->size);
    nr_readable =
        port->ops->map(port, request, sizeof(head) + message->size, chain->segments, most);
    *nr_writable = 0;
    if (nr_readable && answer_size)
        *nr_writable = port->ops->map(port, chain->stage + STAGE_REQUEST, answer_size,
                                      chain->segments + nr_readable, most - nr_readable);
    return answer_size && !*nr_writable ? 0 : nr_readable;
}
