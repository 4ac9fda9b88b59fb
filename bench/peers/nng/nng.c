/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nng, request and reply. A message is one piece of memory that nng owns: the matrices are copied
 * into one and out of one.
 */
#include "peer.h"
#include "address.h"

#include <nng/nng.h>
#include <nng/protocol/reqrep0/rep.h>
#include <nng/protocol/reqrep0/req.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NNG_ADDRESS_ROOM = ADDRESS_ROOM + 8 };

/* nng has its own word for unix sockets. */
static const char *name_of(const char *address, char name[NNG_ADDRESS_ROOM])
{
    snprintf(name, NNG_ADDRESS_ROOM, "%s://%s", strncmp(address, "unix:", 5) == 0 ? "ipc" : "tcp",
             address_place(address));
    return name;
}

/* A is followed by B, and C is as large as A. */
static int answer_next(nng_socket socket)
{
    nng_msg *request, *answer;
    int ret = nng_recvmsg(socket, &request, 0);

    if (ret != 0)
        return ret;
    ret = nng_msg_alloc(&answer, nng_msg_len(request) / 2);
    nng_msg_free(request);
    if (ret != 0)
        return ret;
    ret = nng_sendmsg(socket, answer, 0);
    if (ret != 0)
        nng_msg_free(answer);
    return ret;
}

static int serve(const char *address)
{
    char name[NNG_ADDRESS_ROOM];
    nng_socket socket;
    int ret = nng_rep0_open(&socket);

    if (ret == 0)
        ret = nng_socket_set_size(socket, NNG_OPT_RECVMAXSZ, 0);
    if (ret == 0)
        ret = nng_listen(socket, name_of(address, name), NULL, 0);
    while (ret == 0)
        ret = answer_next(socket);
    return ret;
}

static void *connect_to(const char *address)
{
    char name[NNG_ADDRESS_ROOM];
    nng_socket *client = malloc(sizeof(*client));

    if (!client || nng_req0_open(client) != 0) {
        free(client);
        return NULL;
    }
    if (nng_socket_set_size(*client, NNG_OPT_RECVMAXSZ, 0) == 0 &&
        nng_dial(*client, name_of(address, name), NULL, 0) == 0)
        return client;
    nng_close(*client);
    free(client);
    return NULL;
}

static void disconnect(void *client)
{
    nng_close(*(nng_socket *)client);
    free(client);
}

/* Takes @request, whatever happens. */
static int call(nng_socket socket, nng_msg *request, nng_msg **answer)
{
    int ret = nng_sendmsg(socket, request, 0);

    if (ret == 0)
        return nng_recvmsg(socket, answer, 0);
    nng_msg_free(request);
    return ret;
}

static int noop(void *client)
{
    nng_msg *request, *answer;
    int ret = nng_msg_alloc(&request, 0);

    if (ret == 0)
        ret = call(*(nng_socket *)client, request, &answer);
    if (ret == 0)
        nng_msg_free(answer);
    return ret;
}

static int multiply(void *client, const struct product *product)
{
    size_t size = product_matrix_size(product);
    nng_msg *request, *answer;
    int ret = nng_msg_alloc(&request, 2 * size);

    if (ret != 0)
        return ret;
    memcpy(nng_msg_body(request), product->a, size);
    memcpy((char *)nng_msg_body(request) + size, product->b, size);
    ret = call(*(nng_socket *)client, request, &answer);
    if (ret != 0)
        return ret;
    if (nng_msg_len(answer) == size)
        memcpy(product->c, nng_msg_body(answer), size);
    else
        ret = NNG_EPROTO;
    nng_msg_free(answer);
    return ret;
}

const struct peer peer = {
    .name = "nng",
    .serve = serve,
    .connect = connect_to,
    .disconnect = disconnect,
    .noop = noop,
    .multiply = multiply,
};
