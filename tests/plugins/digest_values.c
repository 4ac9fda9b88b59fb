/* SPDX-License-Identifier: Apache-2.0 */
#include "digest.h"

#include <stdio.h>
#include <string.h>

/* FNV-1a. */
uint64_t digest_add(uint64_t digest, const void *data, size_t size)
{
    const unsigned char *bytes = data;

    for (size_t i = 0; i < size; i++)
        digest = (digest ^ bytes[i]) * 0x100000001b3u;
    return (digest ^ size) * 0x100000001b3u;
}

uint64_t digest_text(uint64_t digest, const char *text)
{
    return digest_add(digest, text, strlen(text));
}

uint64_t digest_resource(uint64_t digest, struct vaccel_resource *res)
{
    digest = digest_add(digest, &res->nr_blobs, sizeof(res->nr_blobs));
    for (size_t i = 0; i < res->nr_blobs; i++) {
        size_t size;
        const void *data = vaccel_blob_data(res->blobs[i], &size);

        digest = digest_add(digest_text(digest, res->blobs[i]->name), data, size);
    }
    return digest;
}

void digest_fill(uint64_t digest, void *data, size_t size)
{
    unsigned char *bytes = data;

    for (size_t i = 0; i < size; i++) {
        digest = digest * 6364136223846793005u + 1442695040888963407u;
        bytes[i] = (unsigned char)(digest >> 33);
    }
}

void digest_floats(uint64_t digest, float *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        numbers[i] = (float)((digest >> (i % 40)) & 0xffff) + (float)i;
}

void digest_write_text(uint64_t digest, unsigned char *text, size_t size)
{
    if (text && size)
        snprintf((char *)text, size, "%016llx", (unsigned long long)digest);
}
