/* SPDX-License-Identifier: Apache-2.0 */
#include "client/hooks.h"
#include "platform/text.h"
#include "vaccel.h"

/* The contents of a resource, blob by blob and chunk by chunk, from where they lie. */

enum { CHUNK_ROOM = WIRE_HEADER_SIZE + sizeof(struct wire_resource_chunk) + WIRE_NAME_MAX };

static uint32_t kind_of(const struct vaccel_resource *res)
{
    size_t i;

    if (res->nr_paths && res->path_type == VACCEL_PATH_REMOTE_FILE)
        return WIRE_REMOTE;
    if (res->nr_paths)
        return res->path_type == VACCEL_PATH_LOCAL_DIR ? WIRE_DIRECTORY : WIRE_FILES;
    for (i = 0; i < res->nr_blobs; i++)
        if (res->blobs[i]->type != VACCEL_BLOB_BUFFER)
            return WIRE_FILES;
    return WIRE_MEMORY;
}

static size_t count_of(const struct vaccel_resource *res, uint32_t kind)
{
    return kind == WIRE_REMOTE ? res->nr_paths : res->nr_blobs;
}

static uint64_t size_of(const struct vaccel_resource *res, uint32_t kind)
{
    uint64_t size = 0;
    size_t i;

    for (i = 0; kind != WIRE_REMOTE && i < res->nr_blobs; i++)
        size += res->blobs[i]->size;
    return size;
}

static int send_chunk(struct connection *connection, const struct wire_resource_chunk *chunk,
                      const char *name, const void *data)
{
    unsigned char buf[CHUNK_ROOM] __attribute__((aligned(WIRE_ALIGN)));
    struct piece piece = {(char *)data + chunk->offset, chunk->size};
    struct piece place;
    struct exchange exchange = {.out = {.list = &piece, .count = chunk->size ? 1 : 0},
                                .places = &place};

    exchange_begin(&exchange, WIRE_RESOURCE_CHUNK, buf, sizeof(buf));
    wire_put(&exchange.request, chunk, sizeof(*chunk));
    if (chunk->name_size)
        wire_put(&exchange.request, name, chunk->name_size);
    return connection_exchange(connection, &exchange);
}

static int send_blob(struct connection *connection, struct wire_resource_chunk *chunk,
                     const char *name, const void *data)
{
    size_t length = text_length(name);
    uint64_t left;
    int ret;

    if (length > WIRE_NAME_MAX) {
        vaccel_error("%s: a name of %zu bytes is too long to be sent: at most %d", name, length,
                     WIRE_NAME_MAX);
        return VACCEL_ENAMETOOLONG;
    }
    chunk->offset = 0;
    do {
        left = chunk->blob_size - chunk->offset;
        chunk->size = (uint32_t)(left < WIRE_CHUNK_MAX ? left : WIRE_CHUNK_MAX);
        chunk->name_size = chunk->offset ? 0 : (uint32_t)length;
        ret = send_chunk(connection, chunk, name, data);
        chunk->offset += chunk->size;
    } while (ret == VACCEL_OK && chunk->offset < chunk->blob_size);
    return ret;
}

static int send_blobs(struct connection *connection, const struct vaccel_resource *res,
                      uint32_t kind, uint64_t id)
{
    struct wire_resource_chunk chunk = {.resource = id};
    const struct vaccel_blob *blob;
    int ret = VACCEL_OK;

    for (; chunk.blob < count_of(res, kind) && ret == VACCEL_OK; chunk.blob++) {
        if (kind == WIRE_REMOTE) {
            ret = send_blob(connection, &chunk, res->paths[chunk.blob], NULL);
        } else {
            blob = res->blobs[chunk.blob];
            chunk.blob_size = blob->size;
            ret = send_blob(connection, &chunk, blob->name, blob->data);
        }
    }
    return ret;
}

int client_resource_send(struct connection *connection, const struct vaccel_resource *res,
                         uint64_t *id)
{
    uint32_t kind = kind_of(res);
    const struct wire_resource_new body = {
        .type = (uint32_t)res->type,
        .kind = kind,
        .nr_blobs = count_of(res, kind),
        .size = size_of(res, kind),
    };
    struct wire_id end;
    int ret = client_ask_id(connection, WIRE_RESOURCE_NEW, &body, sizeof(body), id);

    if (ret != VACCEL_OK)
        return ret;
    ret = send_blobs(connection, res, kind, *id);
    if (ret == VACCEL_OK)
        return VACCEL_OK;
    end.id = *id;
    client_tell(connection, WIRE_RESOURCE_END, &end, sizeof(end));
    return ret;
}
