/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ONC RPC by libtirpc. What rpcgen would make of two procedures is short enough to stand here. It is
 * given buffers to decode into, on both sides, which is the fastest that it can do.
 */
#include "peer.h"
#include "address.h"

#include <errno.h>
#include <rpc/rpc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PROGRAM = 0x20000000, VERSION = 1, NOOP = 1, MULTIPLY = 2 };
static const struct timeval patience = {.tv_sec = 60};

struct matrix {
    char *data;
    u_int size;
};

struct matrices {
    struct matrix a;
    struct matrix b;
};

static bool_t xdr_nothing(XDR *xdr, ...)
{
    (void)xdr;
    return TRUE;
}

/* Without room of its own it gets some. */
static bool_t xdr_matrix(XDR *xdr, struct matrix *matrix)
{
    return xdr_bytes(xdr, &matrix->data, &matrix->size, UINT32_MAX);
}

static bool_t xdr_matrices(XDR *xdr, struct matrices *matrices)
{
    return xdr_matrix(xdr, &matrices->a) && xdr_matrix(xdr, &matrices->b);
}

/* The server's, kept from call to call; all calls of a server are of a size. */
static struct matrices kept;
static struct matrix kept_result;

static void answer_product(SVCXPRT *client)
{
    if (!svc_getargs(client, (xdrproc_t)xdr_matrices, (char *)&kept)) {
        svcerr_decode(client);
        return;
    }
    if (!kept_result.data)
        kept_result = (struct matrix){calloc(1, kept.a.size), kept.a.size};
    if (kept_result.data)
        svc_sendreply(client, (xdrproc_t)xdr_matrix, (char *)&kept_result);
    else
        svcerr_systemerr(client);
}

static void dispatch(struct svc_req *request, SVCXPRT *client)
{
    if (request->rq_proc == NOOP)
        svc_sendreply(client, xdr_nothing, NULL);
    else if (request->rq_proc == MULTIPLY)
        answer_product(client);
    else
        svcerr_noproc(client);
}

static int serve(const char *address)
{
    int fd = address_listen(address);
    SVCXPRT *listening = fd < 0 ? NULL : svc_vc_create(fd, 0, 0);

    if (!listening || !svc_reg(listening, PROGRAM, VERSION, dispatch, NULL))
        return errno ? errno : EPROTO;
    svc_run();
    return EPROTO;
}

static void *connect_to(const char *address)
{
    int fd = address_connect(address);
    struct sockaddr_storage server;
    socklen_t size = sizeof(server);
    struct netbuf where = {.buf = &server};
    CLIENT *client;

    if (fd < 0 || getpeername(fd, (struct sockaddr *)&server, &size) != 0)
        return NULL;
    where.len = where.maxlen = size;
    client = clnt_vc_create(fd, &where, PROGRAM, VERSION, 0, 0);
    if (client)
        clnt_control(client, CLSET_FD_CLOSE, NULL);
    else
        close(fd);
    return client;
}

static void disconnect(void *client)
{
    clnt_destroy((CLIENT *)client);
}

static int noop(void *context)
{
    CLIENT *client = context;

    return clnt_call(client, NOOP, xdr_nothing, NULL, xdr_nothing, NULL, patience) == RPC_SUCCESS
               ? 0
               : EIO;
}

static int multiply(void *context, const struct product *product)
{
    CLIENT *client = context;
    u_int size = (u_int)product_matrix_size(product);
    struct matrices out = {{(char *)product->a, size}, {(char *)product->b, size}};
    struct matrix in = {(char *)product->c, size};

    return clnt_call(client, MULTIPLY, (xdrproc_t)xdr_matrices, (char *)&out, (xdrproc_t)xdr_matrix,
                     (char *)&in, patience) == RPC_SUCCESS
               ? 0
               : EIO;
}

const struct peer peer = {
    .name = "ONC RPC (libtirpc)",
    .serve = serve,
    .connect = connect_to,
    .disconnect = disconnect,
    .noop = noop,
    .multiply = multiply,
};
