/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/device/request.h"
#include "agent/worker/handlers.h"
#include "ops/op.h"

/*
 * Where the arguments of a call lie. Plain numbers are used where the guest has them, if they begin at a
 * multiple of ACCEL_ALIGN; scattered over whole pages they are mapped side by side. All else is copied
 * before it is looked at.
 *
 * What is plain may follow from other arguments (the type of a tensor's data from its description), which
 * are copied first. So there are two steps: find what could be used in place and copy the rest; then
 * ask op_in_place(), and copy those that may not.
 */

/* To map less than this costs more than to copy it. */
enum { WINDOW_LEAST = 64 * 1024 };

struct placement {
    void **places; /* by argument: in the guest's memory; NULL: in ours */
    struct window *windows;
    size_t nr_windows;
    struct buffer copies; /* of those that may not be used in place after all */
};

static struct placement *placement_new(size_t count)
{
    struct placement *placement =
        calloc(1, sizeof(*placement) + count * (sizeof(void *) + sizeof(struct window)));

    if (!placement)
        return NULL;
    placement->windows = (struct window *)(placement + 1);
    placement->places = (void **)(placement->windows + count);
    return placement;
}

bool request_in_place(const struct device_request *request, size_t i)
{
    return request->placement && request->placement->places[i];
}

void request_unplace(struct device *device, struct device_request *request)
{
    struct placement *placement = request->placement;

    if (!placement)
        return;
    while (placement->nr_windows)
        window_close(&placement->windows[--placement->nr_windows]);
    buffer_give(&device->client.buffers, &placement->copies);
    free(placement);
    request->placement = NULL;
}

/* An argument, and where its bytes begin in the chain. */
struct at {
    size_t i;
    bool write; /* it is one to write */
    uint64_t read_at;
    uint64_t room_at;
};

static const struct op_spec *spec_of(const struct incoming *incoming)
{
    int32_t op = incoming->request.body.call.op;

    return op >= 0 && op < VACCEL_OP_MAX ? op_specs[op] : NULL;
}

/*
 * As far as can be told before other arguments are there: all that op_in_place() may want to look at is
 * copied.
 */
static bool may_be_plain(const struct op_spec *spec, const struct incoming *incoming,
                         const struct at *at)
{
    size_t i = at->write ? at->i - incoming->request.body.call.nr_read : at->i;
    size_t fixed = at->write ? spec->nr_write : spec->nr_read;

    if (i < fixed)
        return (at->write ? spec->write[i] : spec->read[i]).flags & OP_IN_PLACE;
    return spec->more && incoming->request.args[at->i].type == VACCEL_ARG_BUFFER &&
           !incoming->request.args[at->i].custom_type_id;
}

/* Its bytes are all there and in one direction, or in both at the same place. */
static bool is_there(struct device_request *request, const struct wire_arg *arg,
                     const struct at *at)
{
    bool sent = arg->flags & WIRE_ARG_SENT;
    bool returned = arg->flags & WIRE_ARG_RETURNED;

    if (!at->write)
        return sent && !returned;
    if (!returned || at->room_at + arg->size > request->chain.write.size)
        return false;
    return !sent || chain_same(&request->chain.read, at->read_at, &request->chain.write,
                               at->room_at, arg->size);
}

static void *map_scattered(struct device_request *request, struct chain_side *side, uint64_t at,
                           uint64_t size)
{
    struct placement *placement = request->placement;
    struct window *window = &placement->windows[placement->nr_windows];

    if (size < WINDOW_LEAST || !chain_map(side, at, size, window))
        return NULL;
    placement->nr_windows++;
    return window->data;
}

static void *find(struct device *device, struct device_request *request, const struct wire_arg *arg,
                  const struct at *at)
{
    struct chain_side *side = at->write ? &request->chain.write : &request->chain.read;
    uint64_t begin = at->write ? at->room_at : at->read_at;
    void *place = chain_find(side, begin, arg->size);

    if (!place) {
        place = map_scattered(request, side, begin, arg->size);
        if (!place)
            atomic_fetch_add_explicit(&device->gathered, arg->size, memory_order_relaxed);
    }
    return (uintptr_t)place % ACCEL_ALIGN == 0 ? place : NULL;
}

static void find_places(struct device *device, struct device_request *request)
{
    const struct incoming *incoming = &request->incoming;
    const struct op_spec *spec = spec_of(incoming);
    struct at at = {.read_at = request->payload_at, .room_at = incoming->answer_room};
    const struct wire_arg *arg;

    for (; at.i < call_nr_args(incoming); at.i++) {
        arg = &incoming->request.args[at.i];
        at.write = at.i >= incoming->request.body.call.nr_read;
        if (spec && arg->size && may_be_plain(spec, incoming, &at) && is_there(request, arg, &at))
            request->placement->places[at.i] = find(device, request, arg, &at);
        at.read_at += arg->flags & WIRE_ARG_SENT ? arg->size : 0;
        at.room_at += arg->flags & WIRE_ARG_RETURNED ? arg->size : 0;
    }
}

/* Bytes that were sent to where they are wanted. */
static void copy_sent(struct device_request *request)
{
    struct incoming *incoming = &request->incoming;
    uint64_t at = request->payload_at;
    const struct wire_arg *arg;
    size_t i;

    for (i = 0; i < call_nr_args(incoming); i++) {
        arg = &incoming->request.args[i];
        if (!(arg->flags & WIRE_ARG_SENT))
            continue;
        if (!request_in_place(request, i))
            chain_copy_out(&request->chain.read, at, incoming->call->data[i], arg->size);
        at += arg->size;
    }
}

static bool may_stay(const struct device_request *request, size_t i)
{
    const struct incoming *incoming = &request->incoming;
    const struct wire_call *body = &incoming->request.body.call;
    struct vaccel_arg *args = incoming->call->args + 1;
    const struct vaccel_op_call call = {
        .op = body->op,
        .read = args,
        .nr_read = body->nr_read,
        .write = args + body->nr_read,
        .nr_write = body->nr_write,
    };
    bool write = i >= body->nr_read;

    return op_in_place(spec_of(incoming), &call, write, write ? i - body->nr_read : i);
}

static uint64_t room_of_moving(const struct device_request *request)
{
    const struct incoming *incoming = &request->incoming;
    uint64_t room = 0;
    size_t i;

    for (i = 0; i < call_nr_args(incoming); i++)
        if (request_in_place(request, i) && !may_stay(request, i))
            room += call_room(incoming->request.args[i].size);
    return room;
}

static void move(struct device_request *request, size_t i, uint64_t read_at, unsigned char *to)
{
    const struct wire_arg *arg = &request->incoming.request.args[i];

    if (arg->flags & WIRE_ARG_SENT)
        chain_copy_out(&request->chain.read, read_at, to, arg->size);
    else
        memset(to, 0, arg->size);
    call_move(&request->incoming, i, to);
    request->placement->places[i] = NULL;
}

static void move_all(struct device_request *request)
{
    const struct incoming *incoming = &request->incoming;
    unsigned char *to = request->placement->copies.data;
    uint64_t read_at = request->payload_at;
    const struct wire_arg *arg;
    size_t i;

    for (i = 0; i < call_nr_args(incoming); i++) {
        arg = &incoming->request.args[i];
        if (request_in_place(request, i) && !may_stay(request, i)) {
            move(request, i, read_at, to);
            to += call_room(arg->size);
        }
        read_at += arg->flags & WIRE_ARG_SENT ? arg->size : 0;
    }
}

/* Those that turn out not to be plain are copied, too. */
static int judge(struct device *device, struct device_request *request)
{
    uint64_t room = room_of_moving(request);
    int ret;

    if (!room)
        return VACCEL_OK;
    ret = incoming_reserve(&device->client, &request->incoming, room);
    if (ret != VACCEL_OK)
        return ret;
    if (!buffer_take(&device->client.buffers, room, &request->placement->copies)) {
        vaccel_error("the agent has no memory for arguments of %llu bytes",
                     (unsigned long long)room);
        return VACCEL_ENOMEM;
    }
    move_all(request);
    return VACCEL_OK;
}

static int place_call(struct device *device, struct device_request *request)
{
    struct incoming *incoming = &request->incoming;
    size_t count = call_nr_args(incoming);
    int ret;

    if (!count)
        return call_place(&device->client, incoming, NULL);
    request->placement = placement_new(count);
    if (!request->placement)
        return VACCEL_ENOMEM;
    find_places(device, request);
    ret = call_place(&device->client, incoming, request->placement->places);
    if (ret != VACCEL_OK)
        return ret;
    copy_sent(request);
    return judge(device, request);
}

/* They go from the guest's memory to the file, or to where they stay. */
static int place_chunk(struct device_request *request)
{
    struct incoming *incoming = &request->incoming;
    size_t most = request->chain.read.count;

    request->chunks = malloc(most * sizeof(*request->chunks));
    if (!request->chunks)
        return VACCEL_ENOMEM;
    incoming->payload.list = request->chunks;
    incoming->payload.count = chain_list(&request->chain.read, request->payload_at,
                                         incoming->request.body.chunk.size, request->chunks, most);
    return VACCEL_OK;
}

int request_place(struct client *client, struct incoming *incoming)
{
    struct device *device = (struct device *)client;
    struct device_request *request = (struct device_request *)incoming;

    switch (incoming->request.header.type) {
    case WIRE_CALL:
        return request->left ? call_place(client, incoming, NULL) : place_call(device, request);
    case WIRE_RESOURCE_CHUNK:
        return request->left ? chunk_place(client, incoming) : place_chunk(request);
    default:
        return VACCEL_OK;
    }
}

bool request_take_payload(struct device_request *request, struct chain *chain, uint64_t at)
{
    struct pieces *to = &request->incoming.payload;
    uint64_t left = chain->read.size - at;
    struct piece *piece;
    size_t part;

    if (left > request->left)
        return false;
    request->left -= left;
    while (left && !request->incoming.refused) {
        piece = &to->list[to->at];
        part = piece->size - to->done < left ? piece->size - to->done : left;
        chain_copy_out(&chain->read, at, (unsigned char *)piece->data + to->done, part);
        at += part;
        left -= part;
        to->done += part;
        if (to->done == piece->size) {
            to->at++;
            to->done = 0;
        }
    }
    return true;
}
