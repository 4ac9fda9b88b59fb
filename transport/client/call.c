/* SPDX-License-Identifier: Apache-2.0 */
#include "client/connection.h"
#include "client/hooks.h"
#include "ops/op.h"
#include "platform/checked.h"
#include "platform/text.h"
#include "vaccel.h"

/*
 * An operation as a request. Its arguments are sent from where they lie and received into where they
 * are wanted; what goes there and what comes back, the operation's description tells.
 */

/* Calls of so many arguments need no memory of the heap. */
enum { FEW = 32, NAME_ROOM = 64 };
#define CALL_ROOM(count) \
    (WIRE_HEADER_SIZE + sizeof(struct wire_call) + (count) * sizeof(struct wire_arg) + NAME_ROOM)

struct packed_call {
    struct vaccel_op_call *call;
    const struct op_spec *spec; /* NULL: an operation by name, whose arguments are opaque */
    struct piece *out;
    struct piece *in;
    struct piece *places; /* twice as many */
    size_t nr_out;
    size_t nr_returned;
};

struct small_call {
    unsigned char body[CALL_ROOM(FEW)] __attribute__((aligned(WIRE_ALIGN)));
    struct piece out[FEW];
    struct piece in[FEW];
    struct piece places[2 * FEW];
};

static struct vaccel_arg *arg_at(const struct vaccel_op_call *call, size_t i)
{
    return i < call->nr_read ? &call->read[i] : &call->write[i - call->nr_read];
}

static const struct op_arg *described(const struct packed_call *packed, size_t i)
{
    const struct vaccel_op_call *call = packed->call;
    bool write = i >= call->nr_read;

    if (!packed->spec)
        return op_opaque(call, write, i);
    return op_arg_at(packed->spec, call, write, write ? i - call->nr_read : i);
}

/* What of an argument travels, as WIRE_ARG_ flags. */
static uint16_t moves(const struct packed_call *packed, size_t i)
{
    const struct op_arg *arg = described(packed, i);
    uint16_t flags = 0;

    if (i == 0 && packed->spec && packed->spec->has_resource)
        return 0;
    if (arg->direction & OP_OUT)
        flags |= WIRE_ARG_RETURNED;
    if (arg->direction == OP_IN ||
        (arg->direction == OP_INOUT && (!arg->is_read || arg->is_read(packed->call))))
        flags |= WIRE_ARG_SENT;
    return flags;
}

/* All comes back, but of a held output nothing: its length is above the room. */
static bool size_fits(const struct packed_call *packed, size_t i,
                      const struct wire_returned *returned)
{
    size_t room = arg_at(packed->call, i)->size;

    if (!(described(packed, i)->flags & OP_WHOLE_SIZE))
        return returned->size == room && returned->sent == room;
    return returned->size <= SIZE_MAX &&
           returned->sent == (returned->size <= room ? returned->size : 0);
}

static bool take_returned(struct packed_call *packed, struct piece *in, size_t i,
                          const struct wire_returned *returned)
{
    if (!size_fits(packed, i, returned))
        return false;
    in->size = returned->sent;
    if (i >= packed->call->nr_read)
        arg_at(packed->call, i)->size = returned->size;
    return true;
}

static bool take(struct exchange *exchange, const struct wire_answer *answer)
{
    struct packed_call *packed = exchange->context;
    size_t count = packed->call->nr_read + packed->call->nr_write;
    const struct wire_returned *returned = answer->returned;
    struct piece *in = exchange->in.list;
    size_t i;

    if (!answer->body.called.nr_returned && answer->header.status != VACCEL_OK) {
        exchange->in.count = 0;
        return true;
    }
    if (answer->body.called.nr_returned != packed->nr_returned)
        return false;
    for (i = 0; i < count; i++)
        if (moves(packed, i) & WIRE_ARG_RETURNED && !take_returned(packed, in++, i, returned++))
            return false;
    return true;
}

static bool put_arg(struct packed_call *packed, struct wire_writer *request, size_t i,
                    size_t *total)
{
    const struct vaccel_arg *arg = arg_at(packed->call, i);
    const struct wire_arg wire = {
        .type = (uint16_t)arg->type,
        .flags = moves(packed, i),
        .custom_type_id = arg->custom_type_id,
        .size = arg->size,
    };

    wire_put(request, &wire, sizeof(wire));
    if (wire.flags & WIRE_ARG_SENT && arg->size)
        packed->out[packed->nr_out++] = (struct piece){arg->buf, arg->size};
    if (wire.flags & WIRE_ARG_RETURNED)
        packed->in[packed->nr_returned++] = (struct piece){arg->buf, arg->size};
    return size_add(*total, arg->size, total);
}

static int pack(struct packed_call *packed, struct wire_writer *request, uint64_t session,
                uint64_t resource, uint64_t most)
{
    const struct vaccel_op_call *call = packed->call;
    size_t length = packed->spec ? 0 : text_length(call->name);
    const struct wire_call body = {
        .session = session,
        .resource = resource,
        .op = packed->spec ? (int32_t)call->op : WIRE_BY_NAME,
        .nr_read = (uint32_t)call->nr_read,
        .nr_write = (uint32_t)call->nr_write,
        .name_size = (uint32_t)length,
    };
    size_t count = call->nr_read + call->nr_write;
    size_t total = 0;
    bool fits = true;
    size_t i;

    wire_put(request, &body, sizeof(body));
    for (i = 0; i < count && fits; i++)
        fits = put_arg(packed, request, i, &total);
    if (length)
        wire_put(request, call->name, length);
    if (fits && total <= most)
        return VACCEL_OK;
    vaccel_error("%s: arguments of %zu bytes are more than the %llu that the agent takes: its "
                 "setting message_bytes",
                 call->name, total, (unsigned long long)most);
    return VACCEL_EINVAL;
}

static int send(struct vaccel_session *sess, struct packed_call *packed, void *buf, size_t room)
{
    struct connection *connection = sess->priv;
    struct exchange exchange = {.take = take, .context = packed};
    struct vaccel_resource *res = packed->call->resource;
    uint64_t resource = res ? client_resource_id(res, connection) : 0;
    int ret;

    exchange_begin(&exchange, WIRE_CALL, buf, room);
    ret = pack(packed, &exchange.request, (uint64_t)sess->remote_id, resource,
               connection->message_max);
    if (ret != VACCEL_OK)
        return ret;
    exchange.out = (struct pieces){.list = packed->out, .count = packed->nr_out};
    exchange.in = (struct pieces){.list = packed->in, .count = packed->nr_returned};
    exchange.answer_size += packed->nr_returned * sizeof(struct wire_returned);
    exchange.places = packed->places;
    return connection_exchange(connection, &exchange);
}

static int send_many(struct vaccel_session *sess, struct packed_call *packed, size_t count)
{
    size_t room = (CALL_ROOM(count) + WIRE_ALIGN - 1) / WIRE_ALIGN * WIRE_ALIGN;
    unsigned char *block = platform_alloc(room + 4 * count * sizeof(struct piece));
    int ret;

    if (!block)
        return VACCEL_ENOMEM;
    packed->out = (struct piece *)(void *)(block + room);
    packed->in = packed->out + count;
    packed->places = packed->in + count;
    ret = send(sess, packed, block, room);
    platform_free(block);
    return ret;
}

int client_call(struct vaccel_session *sess, struct vaccel_op_call *call)
{
    struct packed_call packed = {.call = call, .spec = call->description};
    size_t count = call->nr_read + call->nr_write;
    struct small_call small;

    if (count > WIRE_ARGS_MAX) {
        vaccel_error("%s: a call to an agent may have %d arguments, not %zu", call->name,
                     WIRE_ARGS_MAX, count);
        return VACCEL_EINVAL;
    }
    if (count > FEW)
        return send_many(sess, &packed, count);
    packed.out = small.out;
    packed.in = small.in;
    packed.places = small.places;
    return send(sess, &packed, small.body, sizeof(small.body));
}
