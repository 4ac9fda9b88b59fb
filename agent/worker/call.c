/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/worker/call.h"
#include "agent/worker/handlers.h"
#include "agent/worker/policy.h"
#include "agent/worker/resource.h"
#include "agent/worker/session.h"
#include "agent/worker/worker.h"
#include "ops/op.h"

/*
 * Operations. Arguments lie in one buffer, into which their bytes are received, or where a carrier has
 * them: the plugin works on them there, and what is returned is sent from there. What the client did not
 * send is zeros.
 */

static struct call_memory *memory_new(size_t count)
{
    size_t size = sizeof(struct call_memory) + (count + 1) * sizeof(struct vaccel_arg) +
                  count * (sizeof(void *) + sizeof(struct piece));
    struct call_memory *memory = malloc(size);

    if (!memory)
        return NULL;
    memory->args = (struct vaccel_arg *)(memory + 1);
    memory->pieces = (struct piece *)(memory->args + count + 1);
    memory->data = (void **)(memory->pieces + count);
    return memory;
}

/* What arguments take up; their sum is known to fit into 63 bits. */
struct extent {
    uint64_t all;
    uint64_t copied;
    uint64_t room; /* for those that are copied */
};

static struct extent extent_of(const struct incoming *incoming, void *const *places)
{
    struct extent extent = {0};
    uint64_t size;
    size_t i;

    for (i = 0; i < call_nr_args(incoming); i++) {
        size = incoming->request.args[i].size;
        extent.all += size;
        if (places && places[i])
            continue;
        extent.copied += size;
        extent.room += call_room(size);
    }
    return extent;
}

static int reserve(struct client *client, struct incoming *incoming, const struct extent *extent)
{
    const struct limits *limits = &worker.settings.limits;

    if (extent->all <= limits->message_bytes)
        return incoming_reserve(client, incoming, extent->copied);
    vaccel_error("arguments of %llu bytes are more than the %llu that a call may have (setting "
                 "message_bytes)",
                 (unsigned long long)extent->all, (unsigned long long)limits->message_bytes);
    return VACCEL_ENOSPC;
}

void call_move(struct incoming *incoming, size_t i, void *data)
{
    incoming->call->data[i] = data;
    incoming->call->args[i + 1].buf = data;
}

static void describe(struct incoming *incoming, size_t i, void *data)
{
    const struct wire_arg *arg = &incoming->request.args[i];

    incoming->call->args[i + 1] = (struct vaccel_arg){
        .size = arg->size,
        .type = (vaccel_arg_type_t)arg->type,
        .custom_type_id = arg->custom_type_id,
    };
    call_move(incoming, i, arg->size ? data : NULL);
}

static void lay_out(struct incoming *incoming, void *const *places)
{
    const struct wire_arg *args = incoming->request.args;
    struct call_memory *memory = incoming->call;
    unsigned char *at = incoming->buffer.data;
    size_t pieces = 0;
    size_t i;

    for (i = 0; i < call_nr_args(incoming); i++) {
        if (places && places[i]) {
            describe(incoming, i, places[i]);
            continue;
        }
        describe(incoming, i, at);
        if (args[i].flags & WIRE_ARG_SENT)
            memory->pieces[pieces++] = (struct piece){at, args[i].size};
        else if (!incoming->buffer.zeroed && args[i].size)
            memset(at, 0, args[i].size);
        at += call_room(args[i].size);
    }
    incoming->payload = (struct pieces){.list = memory->pieces, .count = pieces};
}

int call_place(struct client *client, struct incoming *incoming, void *const *places)
{
    const struct extent extent = extent_of(incoming, places);
    int ret = reserve(client, incoming, &extent);

    if (ret != VACCEL_OK)
        return ret;
    incoming->call = memory_new(call_nr_args(incoming));
    if (!incoming->call || !buffer_take(&client->buffers, extent.room, &incoming->buffer)) {
        vaccel_error("the agent has no memory for arguments of %llu bytes",
                     (unsigned long long)extent.room);
        return VACCEL_ENOMEM;
    }
    lay_out(incoming, places);
    return VACCEL_OK;
}

static int call_by_number(struct worker_session *session, struct incoming *incoming)
{
    const struct wire_call *body = &incoming->request.body.call;
    struct vaccel_arg *args = incoming->call->args;
    uint8_t op = (uint8_t)body->op;

    args[0] = (struct vaccel_arg){.buf = &op, .size = 1, .type = VACCEL_ARG_UINT8};
    return vaccel_genop(&session->sess, args, (int)body->nr_read + 1, args + 1 + body->nr_read,
                        (int)body->nr_write);
}

static int run(struct worker_session *session, struct incoming *incoming)
{
    const struct wire_call *body = &incoming->request.body.call;
    struct vaccel_arg *args = incoming->call->args + 1;
    char name[VACCEL_ENUM_STR_MAX];
    uint64_t begun = monotonic_ns();
    int ret;

    if (body->op == WIRE_BY_NAME) {
        snprintf(name, sizeof(name), "%.*s", (int)incoming->request.name.size,
                 incoming->request.name.text);
        ret = vaccel_call(&session->sess, name, args, body->nr_read, args + body->nr_read,
                          body->nr_write);
    } else {
        vaccel_op_type_name((vaccel_op_type_t)body->op, name, sizeof(name));
        ret = call_by_number(session, incoming);
    }
    incoming->plugin_ns = monotonic_ns() - begun;
    session_count(session, name, incoming->plugin_ns);
    return ret;
}

/* The library's; NULL: it was never registered. */
static struct vaccel_resource *made_of(struct worker_resource *resource)
{
    struct vaccel_resource *made;

    pthread_mutex_lock(&resource->lock);
    made = resource->res;
    pthread_mutex_unlock(&resource->lock);
    return made;
}

/* The client names its resource in the request; here it has another id. */
static int run_with_resource(struct client *client, struct worker_session *session,
                             struct incoming *incoming)
{
    const struct wire_call *body = &incoming->request.body.call;
    struct vaccel_arg *id = &incoming->call->args[1];
    struct worker_resource *resource;
    struct vaccel_resource *made;
    int ret = VACCEL_EINVAL;

    if (!body->nr_read || id->type != VACCEL_ARG_INT64 || id->size != sizeof(vaccel_id_t)) {
        vaccel_error("the first argument to read must be an INT64: the resource's place");
        return VACCEL_EINVAL;
    }
    resource = resource_use(client, body->resource);
    if (!resource)
        return VACCEL_ENOENT;
    made = made_of(resource);
    if (made) {
        id->buf = &made->id;
        ret = run(session, incoming);
    } else {
        vaccel_error("resource %llu was never registered with a session",
                     (unsigned long long)body->resource);
        ret = VACCEL_EPERM;
    }
    resource_leave(client, resource);
    return ret;
}

/* By its name an operation with a number would pass by what is checked of numbers. */
static int check_name(const struct wire_text *name)
{
    char known[VACCEL_ENUM_STR_MAX];
    int i;

    for (i = 0; i < VACCEL_OP_MAX; i++) {
        vaccel_op_type_name((vaccel_op_type_t)i, known, sizeof(known));
        if (strlen(known) != name->size || memcmp(known, name->text, name->size) != 0)
            continue;
        vaccel_error("operation %s travels under its number, %d", known, i);
        return VACCEL_EINVAL;
    }
    return VACCEL_OK;
}

static int check_number(const struct wire_call *body)
{
    bool needs;

    if (body->op >= VACCEL_OP_MAX) {
        vaccel_error("the agent knows no operation %d: its vAccel is older than the client's",
                     body->op);
        return VACCEL_ENOTSUP;
    }
    needs = op_specs[body->op]->has_resource;
    if (needs == (body->resource != 0))
        return VACCEL_OK;
    vaccel_error(needs ? "the operation needs a resource" : "the operation takes no resource");
    return VACCEL_EINVAL;
}

/* Some leave a picture in a file here, whose name is of no use elsewhere. They would be ever more. */
static void drop_pictures(const struct worker_session *session, int32_t op)
{
    if (op >= VACCEL_OP_IMAGE_CLASSIFY && op <= VACCEL_OP_IMAGE_DEPTH)
        tree_empty(session->sess.rundir);
}

static int check_operation(const struct wire_request *request)
{
    const struct wire_call *body = &request->body.call;

    if (body->op != WIRE_BY_NAME)
        return check_number(body);
    if (!body->resource)
        return check_name(&request->name);
    vaccel_error("an operation by name takes no resource");
    return VACCEL_EINVAL;
}

static bool tells_whole_size(const struct incoming *incoming, size_t i)
{
    const struct wire_call *body = &incoming->request.body.call;
    struct vaccel_op_call call = {.nr_read = body->nr_read, .nr_write = body->nr_write};
    const struct op_arg *arg;

    if (body->op >= VACCEL_OP_MAX || i < body->nr_read)
        return false;
    if (body->op == WIRE_BY_NAME)
        return true;
    arg = op_arg_at(op_specs[body->op], &call, true, i - body->nr_read);
    return arg && arg->flags & OP_WHOLE_SIZE;
}

/* Only what lies in our own memory, whatever the plugin says. */
static struct wire_returned returned_of(const struct incoming *incoming, size_t i)
{
    uint64_t size = incoming->call->args[i + 1].size;
    uint64_t room = incoming->request.args[i].size;

    if (size <= room)
        return (struct wire_returned){.size = size, .sent = size};
    if (tells_whole_size(incoming, i))
        return (struct wire_returned){.size = size};
    return (struct wire_returned){.size = room, .sent = room};
}

static void put_returned(const struct incoming *incoming, struct answer *answer)
{
    struct call_memory *memory = incoming->call;
    size_t count = call_nr_args(incoming);
    struct wire_called called = {0};
    struct wire_returned returned;
    size_t pieces = 0;
    size_t i;

    for (i = 0; i < count; i++)
        called.nr_returned += (incoming->request.args[i].flags & WIRE_ARG_RETURNED) != 0;
    wire_put(&answer->writer, &called, sizeof(called));
    for (i = 0; i < count; i++) {
        if (!(incoming->request.args[i].flags & WIRE_ARG_RETURNED))
            continue;
        returned = returned_of(incoming, i);
        wire_put(&answer->writer, &returned, sizeof(returned));
        memory->pieces[pieces++] = (struct piece){memory->data[i], returned.sent};
    }
    answer->payload = (struct pieces){.list = memory->pieces, .count = pieces};
}

static bool enlarge(const struct incoming *incoming, struct answer *answer)
{
    size_t size = ANSWER_ROOM + sizeof(struct wire_called) +
                  call_nr_args(incoming) * sizeof(struct wire_returned);
    void *room;

    if (size <= sizeof(answer->small))
        return true;
    room = malloc(size);
    if (room)
        answer_enlarge(answer, room, size);
    return room != NULL;
}

static int run_allowed(struct client *client, struct worker_session *session,
                       struct incoming *incoming)
{
    const struct wire_call *body = &incoming->request.body.call;
    int ret = policy_check_operation(&session->sess, body->op);

    if (ret != VACCEL_OK)
        return ret;
    return body->resource ? run_with_resource(client, session, incoming) : run(session, incoming);
}

/* Whether it is allowed depends on the plugin that serves it, which must not become another one. */
static int run_as_checked(struct client *client, struct worker_session *session,
                          struct incoming *incoming)
{
    int ret;

    if (incoming->request.body.call.op != VACCEL_OP_EXEC_WITH_RESOURCE)
        return run_allowed(client, session, incoming);
    pthread_rwlock_rdlock(&session->choice);
    ret = run_allowed(client, session, incoming);
    pthread_rwlock_unlock(&session->choice);
    return ret;
}

int call_handle(struct client *client, struct incoming *incoming, struct answer *answer)
{
    const struct wire_call *body = &incoming->request.body.call;
    struct worker_session *session = session_use(client, body->session);
    int ret;

    if (!session)
        return VACCEL_ESESS;
    ret = check_operation(&incoming->request);
    if (ret == VACCEL_OK && !enlarge(incoming, answer))
        ret = VACCEL_ENOMEM;
    if (ret == VACCEL_OK) {
        ret = run_as_checked(client, session, incoming);
        put_returned(incoming, answer);
        drop_pictures(session, body->op);
    }
    session_leave(client, session);
    return ret;
}
