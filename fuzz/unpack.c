/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls in general form, with whatever arguments. The input is the operation, one byte of flags,
 * the operation's name if flags and number ask for one, the read and the write arguments, and what
 * the other side of a transport answers. corpus.py writes such inputs.
 */
#include "arguments.h"
#include "ops/op.h"
#include "vaccel.h"

/*
 * TYPED: the transport gets what the typed form packs, and that unpacks the answer; without it the
 * arguments go to the transport as they are.
 */
enum { BY_NAME = 1, BY_TRANSPORT = 2, TYPED = 4, NAME_SIZE = 64 };

/* The ids 1, 2 and 3, which an input can name. */
static struct vaccel_resource model;
static struct vaccel_resource library;
static struct vaccel_resource unregistered;

static void must(int ret)
{
    if (ret != VACCEL_OK)
        abort();
}

static void make_resource(struct vaccel_resource *res, vaccel_resource_type_t type)
{
    static const char contents[] = "contents";

    must(vaccel_resource_init_from_buf(res, contents, sizeof(contents), type, "file", true));
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    must(vaccel_plugin_load(NOOP_PLUGIN));
    must(vaccel_plugin_load(TRANSPORT_PLUGIN));
    make_resource(&model, VACCEL_RESOURCE_MODEL);
    make_resource(&library, VACCEL_RESOURCE_LIB);
    make_resource(&unregistered, VACCEL_RESOURCE_MODEL);
    return 0;
}

/* Of a number that no operation has: a text from the input. */
static void name_of(uint8_t op, struct bytes *bytes, char name[NAME_SIZE])
{
    vaccel_op_type_name(op, name, NAME_SIZE);
    if (op >= VACCEL_OP_MAX)
        bytes_take(bytes, name, NAME_SIZE - 1);
}

/* An output is never said to be longer than its room, unless it is held instead. */
static void check_sizes(const struct arguments *write, int ret)
{
    size_t i;

    for (i = 0; i < write->count; i++)
        if (write->args[i].size > write->before[i].size && write->before[i].buf &&
            ret != VACCEL_ERANGE)
            abort();
}

static int call_by_name(struct vaccel_session *sess, const char *name, struct arguments *read,
                        struct arguments *write)
{
    return vaccel_call(sess, name, read->args, read->count, write->args, write->count);
}

static int call_typed(struct vaccel_session *sess, uint8_t op, struct arguments *read,
                      struct arguments *write)
{
    struct vaccel_op_call call = {op,          NULL,        NULL,        read->args,
                                  read->count, write->args, write->count};
    int ret = op_check(op_specs[op], &call);

    return ret == VACCEL_OK ? op_specs[op]->unpack(sess, &call) : ret;
}

static int call_by_number(struct vaccel_session *sess, uint8_t *op, struct arguments *read,
                          struct arguments *write)
{
    read->args[0] = (struct vaccel_arg){.buf = op, .size = 1, .type = VACCEL_ARG_UINT8};
    read->before[0] = read->args[0];
    return vaccel_genop(sess, read->args, (int)read->count, write->args, (int)write->count);
}

static void call(struct vaccel_session *sess, uint8_t op, uint8_t flags, struct bytes bytes)
{
    bool typed = (flags & TYPED) && op < VACCEL_OP_MAX;
    char name[NAME_SIZE] = "";
    struct arguments read;
    struct arguments write;
    int ret;

    if (flags & BY_NAME)
        name_of(op, &bytes, name);
    arguments_make(&read, typed || (flags & BY_NAME) ? 0 : 1, &bytes);
    arguments_make(&write, 0, &bytes);
    sess->priv = &bytes;
    if (typed)
        ret = call_typed(sess, op, &read, &write);
    else if (flags & BY_NAME)
        ret = call_by_name(sess, name, &read, &write);
    else
        ret = call_by_number(sess, &op, &read, &write);
    arguments_check(&read, false);
    arguments_check(&write, true);
    if (!(flags & BY_TRANSPORT))
        check_sizes(&write, ret);
    arguments_free(&read);
    arguments_free(&write);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes bytes = {data, size};
    uint8_t op = bytes_take_8(&bytes);
    uint8_t flags = bytes_take_8(&bytes);
    struct vaccel_session sess = {0};

    must(vaccel_session_init(&sess, flags & BY_TRANSPORT ? VACCEL_PLUGIN_REMOTE : 0));
    must(vaccel_resource_register(&model, &sess));
    must(vaccel_resource_register(&library, &sess));
    if (!(flags & BY_TRANSPORT))
        must(vaccel_model_load(&sess, &model, NULL));
    call(&sess, op, flags, bytes);
    must(vaccel_session_release(&sess));
    return 0;
}
