/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client whose agent sends the input, whatever it is asked, and then hangs up. The
 * application's buffers are of the size that they are, which the sanitizer watches.
 */
#include "client/hooks.h"
#include "rpc/rpc.h"
#include "stream/address.h"
#include "vaccel.h"

#include <sys/socket.h>
#include <unistd.h>

enum { ROOM = 256 };

static const uint8_t *input;
static size_t input_size;
static int other_end;

/* In place of that of src/stream: the other end has said all that it will say. */
int address_connect(const char *address, unsigned int timeout_ms, int *fd, char *why,
                    size_t why_size)
{
    int ends[2];

    (void)address, (void)timeout_ms, (void)why, (void)why_size;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
        abort();
    if (send(ends[1], input, input_size, MSG_NOSIGNAL) != (ssize_t)input_size)
        abort();
    shutdown(ends[1], SHUT_WR);
    *fd = ends[0];
    other_end = ends[1];
    return VACCEL_OK;
}

static void call_noop(struct vaccel_session *sess)
{
    struct vaccel_op_call call = {.op = VACCEL_OP_NOOP, .name = "noop"};

    client_call(sess, &call);
}

static void call_by_name(struct vaccel_session *sess)
{
    char *bytes = calloc(2, ROOM);
    struct vaccel_arg read[] = {{.buf = bytes, .size = ROOM}};
    struct vaccel_arg write[] = {{.buf = bytes + ROOM, .size = ROOM}};
    struct vaccel_op_call call = {-1, "a.name", NULL, read, 1, write, 1};

    if (!bytes)
        abort();
    client_call(sess, &call);
    if (write[0].buf != bytes + ROOM)
        abort();
    free(bytes);
}

static void fetch(struct vaccel_session *sess)
{
    char *bytes = malloc(ROOM);
    struct vaccel_output out = {.data = bytes, .size = ROOM, .held = 1};

    if (!bytes)
        abort();
    if (client_output_fetch(sess, &out) == VACCEL_OK && out.size > ROOM)
        abort();
    free(bytes);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    setenv("VACCEL_RPC_CONNECT_TIMEOUT", "1000", 1);
    return rpc_begin();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct vaccel_session sess;

    input = data;
    input_size = size;
    sess.priv = NULL;
    if (size && client_session_init(&sess, 0) == VACCEL_OK) {
        call_noop(&sess);
        call_by_name(&sess);
        fetch(&sess);
        client_profile(&sess);
        client_session_release(&sess);
    }
    if (size)
        close(other_end);
    rpc_end();
    return rpc_begin();
}
