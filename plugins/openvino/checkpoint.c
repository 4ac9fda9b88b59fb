/* SPDX-License-Identifier: Apache-2.0 */
#include "checkpoint.h"

#include "bytes.h"

/*
 * The index is a sorted table: blocks of entries, then a block whose entries say where these blocks
 * are, then a footer that says where that block is.
 */
enum { FOOTER_SIZE = 48, TRAILER_SIZE = 5, UNCOMPRESSED = 0 };

static const char magic[] = "\x57\xfb\x80\x8b\x24\x75\x47\xdb";

/* One entry of a block. The first @shared bytes of its key are those of the key before. */
static bool take_entry(struct bytes *rest, uint64_t *key_length, struct bytes *value)
{
    struct bytes key;
    uint64_t shared;
    uint64_t length;
    uint64_t value_length;

    if (!bytes_take_varint(rest, &shared) || !bytes_take_varint(rest, &length) ||
        !bytes_take_varint(rest, &value_length) || shared > *key_length ||
        !bytes_take(rest, length, &key) || !bytes_take(rest, value_length, value))
        return false;
    *key_length = shared + length;
    return true;
}

/* Find a block by its handle: its place and size. */
static bool find_block(struct bytes file, struct bytes *handle, struct bytes *block)
{
    uint64_t place;
    uint64_t size;
    struct bytes before;
    struct bytes trailer;

    return bytes_take_varint(handle, &place) && bytes_take_varint(handle, &size) &&
           bytes_take(&file, place, &before) && bytes_take(&file, size, block) &&
           bytes_take(&file, TRAILER_SIZE, &trailer) && trailer.data[0] == UNCOMPRESSED;
}

/* Its entries, without the list of places behind them where a key is whole. */
static bool find_entries(struct bytes block, struct bytes *entries)
{
    uint32_t count;

    if (block.size < sizeof(count))
        return false;
    block.size -= sizeof(count);
    memcpy(&count, block.data + block.size, sizeof(count));
    return count <= block.size / sizeof(uint32_t) &&
           bytes_take(&block, block.size - count * sizeof(uint32_t), entries);
}

static bool check_entries(struct bytes file, struct bytes *handle)
{
    struct bytes block;
    struct bytes entries;
    struct bytes value;
    uint64_t key_length = 0;

    if (!find_block(file, handle, &block) || !find_entries(block, &entries))
        return false;
    while (entries.size) {
        if (!take_entry(&entries, &key_length, &value))
            return false;
    }
    return true;
}

static bool check_index(struct bytes file, struct bytes *handle)
{
    struct bytes block;
    struct bytes entries;
    struct bytes value;
    uint64_t key_length = 0;

    if (!find_block(file, handle, &block) || !find_entries(block, &entries))
        return false;
    while (entries.size) {
        if (!take_entry(&entries, &key_length, &value) || !check_entries(file, &value))
            return false;
    }
    return true;
}

static bool check_table(struct bytes file)
{
    struct bytes footer = file;
    struct bytes skipped;

    if (file.size < FOOTER_SIZE || !bytes_take(&footer, file.size - FOOTER_SIZE, &skipped) ||
        memcmp(footer.data + FOOTER_SIZE - 8, magic, 8) != 0)
        return false;
    return check_entries(file, &footer) && check_index(file, &footer);
}

int checkpoint_check(const struct vaccel_resource *resource)
{
    static const char name[] = "variables/variables.index";
    size_t i;

    for (i = 0; i < resource->nr_blobs; i++) {
        struct bytes file;

        if (strcmp(resource->blobs[i]->name, name) != 0)
            continue;
        if (bytes_of_blob(resource->blobs[i], &file) != VACCEL_OK)
            return VACCEL_EBACKEND;
        if (check_table(file))
            continue;
        vaccel_error("[openvino] %s is damaged: its lengths lead out of it, or it is compressed",
                     name);
        return VACCEL_EBACKEND;
    }
    return VACCEL_OK;
}
