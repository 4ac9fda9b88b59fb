/* SPDX-License-Identifier: Apache-2.0 */
/* A model of some files, whose names and contents are the input's: its format has a name, whatever they are. */
#include "bytes.h"
#include "core/engines.h"
#include "vaccel.h"

#include <stdlib.h>

enum { FILES_MOST = 7, NAME_SIZE = 32, NAMELESS = 0xff };

/* The end of the contents is the end of the block. */
static uint8_t *take_contents(struct bytes *bytes, size_t *size)
{
    uint8_t *contents;

    *size = bytes_take_16(bytes);
    if (*size > bytes->size)
        *size = bytes->size;
    contents = malloc(*size);
    if (!contents)
        abort();
    bytes_take(bytes, contents, *size);
    return contents;
}

static void take_file(struct bytes *bytes, struct vaccel_blob *file, char name[NAME_SIZE])
{
    const uint8_t size = bytes_take_8(bytes);

    memset(name, 0, NAME_SIZE);
    *file = (struct vaccel_blob){.type = VACCEL_BLOB_BUFFER};
    if (size != NAMELESS) {
        bytes_take(bytes, name, size % NAME_SIZE);
        file->name = name;
    }
    file->data = take_contents(bytes, &file->size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes bytes = {data, size};
    struct vaccel_blob files[FILES_MOST];
    struct vaccel_blob *list[FILES_MOST];
    struct vaccel_resource model = {.type = VACCEL_RESOURCE_MODEL, .blobs = list};
    char names[FILES_MOST][NAME_SIZE];
    char format[MODEL_FORMAT_SIZE];
    size_t i;

    model.nr_blobs = bytes_take_8(&bytes) % (FILES_MOST + 1);
    for (i = 0; i < model.nr_blobs; i++) {
        take_file(&bytes, &files[i], names[i]);
        list[i] = &files[i];
    }
    memset(format, 'x', sizeof(format));
    model_format(&model, format);
    if (!memchr(format, 0, sizeof(format)) || !format[0])
        abort();
    for (i = 0; i < model.nr_blobs; i++)
        free(files[i].data);
    return 0;
}
