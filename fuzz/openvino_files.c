/* SPDX-License-Identifier: Apache-2.0 */
/* What the plugin openvino reads of a model's file before OpenVINO does. The first byte says which it is. */
#include "checkpoint.h"
#include "external.h"
#include "ir.h"

#include <stdlib.h>

enum { EXTERNAL, EXTERNAL_IN_MEMORY, CHECKPOINT, IR, KINDS };

static char index_name[] = "variables/variables.index";

static void check(int kind, struct vaccel_blob *file)
{
    const struct vaccel_resource model = {.blobs = &file, .nr_blobs = 1};

    switch (kind) {
    case EXTERNAL:
    case EXTERNAL_IN_MEMORY:
        external_check(file, kind == EXTERNAL);
        break;
    case CHECKPOINT:
        checkpoint_check(&model);
        break;
    default:
        ir_check(file);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vaccel_blob file = {.type = VACCEL_BLOB_BUFFER, .name = index_name};

    if (!size)
        return 0;
    file.size = size - 1;
    file.data = malloc(file.size); /* of just that size, for the sanitizer to see */
    if (!file.data)
        abort();
    memcpy(file.data, data + 1, file.size);
    check(data[0] % KINDS, &file);
    free(file.data);
    return 0;
}
