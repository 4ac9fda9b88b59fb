/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The least that moves the same bytes: a process that answers 64 bytes with 40, as many as a NOOP of
 * vAccel has, and with C if A and B came too. All buffers are used again. A request says how large the
 * matrices behind it are.
 */
#include "peer.h"
#include "address.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

struct request {
    uint64_t matrix_size; /* 0: there are none */
    uint64_t rest[7];
};

struct answer {
    uint64_t rest[5];
};

static bool send_all(int fd, const void *data, size_t size)
{
    return send(fd, data, size, MSG_NOSIGNAL) == (ssize_t)size;
}

static bool receive_all(int fd, void *data, size_t size)
{
    return recv(fd, data, size, MSG_WAITALL) == (ssize_t)size;
}

static void skip(struct msghdr *message, size_t size)
{
    struct iovec *part;

    while (message->msg_iovlen) {
        part = message->msg_iov;
        if (size < part->iov_len) {
            part->iov_base = (char *)part->iov_base + size;
            part->iov_len -= size;
            return;
        }
        size -= part->iov_len;
        message->msg_iov++;
        message->msg_iovlen--;
    }
}

static bool send_parts(int fd, struct iovec *parts, size_t nr)
{
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = nr};
    ssize_t sent;

    while (message.msg_iovlen) {
        sent = sendmsg(fd, &message, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        skip(&message, (size_t)sent);
    }
    return true;
}

static bool receive_parts(int fd, struct iovec *parts, size_t nr)
{
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = nr};
    ssize_t got;

    while (message.msg_iovlen) {
        got = recvmsg(fd, &message, MSG_WAITALL);
        if (got <= 0)
            return false;
        skip(&message, (size_t)got);
    }
    return true;
}

/* Of the server; they grow to the largest that came. */
struct matrices {
    size_t size; /* of each */
    char *a;
    char *b;
    char *c;
};

static bool make_room(struct matrices *matrices, size_t size)
{
    if (size <= matrices->size)
        return true;
    free(matrices->a);
    matrices->a = calloc(3, size);
    matrices->b = matrices->a + size;
    matrices->c = matrices->b + size;
    matrices->size = matrices->a ? size : 0;
    return matrices->a;
}

static bool answer_product(int fd, struct matrices *matrices, size_t size)
{
    struct answer answer = {0};
    struct iovec in[] = {{matrices->a, size}, {matrices->b, size}};
    struct iovec out[] = {{&answer, sizeof(answer)}, {matrices->c, size}};

    return receive_parts(fd, in, 2) && send_parts(fd, out, 2);
}

static bool answer_next(int fd, struct matrices *matrices)
{
    struct request request;
    struct answer answer = {0};

    if (!receive_all(fd, &request, sizeof(request)))
        return false;
    if (request.matrix_size == 0)
        return send_all(fd, &answer, sizeof(answer));
    return make_room(matrices, request.matrix_size) &&
           answer_product(fd, matrices, request.matrix_size);
}

static int serve(const char *address)
{
    struct matrices matrices = {0};
    int listening = address_listen(address);
    int fd;

    while (listening >= 0) {
        fd = address_accept(listening);
        if (fd < 0)
            break;
        while (answer_next(fd, &matrices))
            ;
        close(fd);
    }
    return errno;
}

struct client {
    int fd;
};

static void *connect_to(const char *address)
{
    struct client *client = malloc(sizeof(*client));

    if (!client)
        return NULL;
    client->fd = address_connect(address);
    if (client->fd >= 0)
        return client;
    free(client);
    return NULL;
}

static void disconnect(void *context)
{
    struct client *client = context;

    close(client->fd);
    free(client);
}

static int noop(void *context)
{
    const struct client *client = context;
    const struct request request = {0};
    struct answer answer;

    if (send_all(client->fd, &request, sizeof(request)) &&
        receive_all(client->fd, &answer, sizeof(answer)))
        return 0;
    return EIO;
}

static int multiply(void *context, const struct product *product)
{
    const struct client *client = context;
    size_t size = product_matrix_size(product);
    struct request request = {.matrix_size = size};
    struct answer answer;
    struct iovec out[] = {{&request, sizeof(request)}, {product->a, size}, {product->b, size}};
    struct iovec in[] = {{&answer, sizeof(answer)}, {product->c, size}};

    return send_parts(client->fd, out, 3) && receive_parts(client->fd, in, 2) ? 0 : EIO;
}

const struct peer peer = {
    .name = "bare sockets",
    .is_yardstick = true,
    .serve = serve,
    .connect = connect_to,
    .disconnect = disconnect,
    .noop = noop,
    .multiply = multiply,
};
