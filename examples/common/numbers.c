/* SPDX-License-Identifier: Apache-2.0 */
#include "numbers.h"

int numbers_serialize(const void *data, size_t data_size, uint32_t custom_type_id, void **buf,
                      size_t *size)
{
    const struct numbers *numbers = data;
    size_t bytes = numbers->count * sizeof(*numbers->values);
    uint32_t *words;

    if (data_size != sizeof(*numbers) || custom_type_id != NUMBERS_ID)
        return VACCEL_EINVAL;
    words = malloc(sizeof(*words) + bytes);
    if (!words)
        return VACCEL_ENOMEM;
    words[0] = numbers->count;
    memcpy(words + 1, numbers->values, bytes);
    *buf = words;
    *size = sizeof(*words) + bytes;
    return VACCEL_OK;
}

int numbers_deserialize(const void *buf, size_t size, uint32_t custom_type_id, size_t data_size,
                        void *data)
{
    struct numbers *numbers = data;
    uint32_t count;

    if (data_size != sizeof(*numbers) || custom_type_id != NUMBERS_ID || size < sizeof(count))
        return VACCEL_EINVAL;
    memcpy(&count, buf, sizeof(count));
    size -= sizeof(count);
    if (!count || size / sizeof(*numbers->values) != count || size % sizeof(*numbers->values))
        return VACCEL_EINVAL;
    numbers->values = malloc(size);
    if (!numbers->values)
        return VACCEL_ENOMEM;
    memcpy(numbers->values, (const char *)buf + sizeof(count), size);
    numbers->count = count;
    return VACCEL_OK;
}
