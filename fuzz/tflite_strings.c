/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tensors of strings, as an application gives them to the plugin tflite, and as a model does. The first byte says
 * which it is, the second how many strings there should be. What has been packed is the same when unpacked.
 */
#include "strings.h"
#include "vaccel.h"

#include <stdlib.h>

static void check_back(const void *packed, size_t packed_size, size_t nr_strings, const void *data,
                       size_t size)
{
    void *back;
    size_t back_size;

    if (strings_unpack(packed, packed_size, nr_strings, &back, &back_size) != VACCEL_OK ||
        back_size != size || memcmp(back, data, size) != 0)
        abort();
    free(back);
}

static void use(bool is_packed, size_t nr_strings, const void *data, size_t size)
{
    void *made;
    size_t made_size;

    if (is_packed) {
        if (strings_unpack(data, size, nr_strings, &made, &made_size) != VACCEL_OK)
            return;
    } else {
        if (strings_pack(data, size, nr_strings, &made, &made_size) != VACCEL_OK)
            return;
        check_back(made, made_size, nr_strings, data, size);
    }
    free(made);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned char *copy;

    if (size < 2)
        return 0;
    copy = malloc(size - 2); /* of just that size, for the sanitizer to see */
    if (!copy)
        abort();
    memcpy(copy, data + 2, size - 2);
    use(data[0] % 2, data[1], copy, size - 2);
    free(copy);
    return 0;
}
