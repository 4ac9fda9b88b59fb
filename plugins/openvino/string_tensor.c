/* SPDX-License-Identifier: Apache-2.0 */
#include "string_tensor.h"

#include "failure.h"

/* What is in front of the strings' bytes; false: more of it than there are data. */
static bool head_size(const struct vaccel_tensor *input, size_t *count, size_t *size)
{
    uint32_t i;

    *count = 1;
    for (i = 0; i < input->nr_dims; i++) {
        if (__builtin_mul_overflow(*count, (size_t)input->dims[i], count))
            return false;
    }
    return !__builtin_mul_overflow(*count, sizeof(uint64_t), size) && *size <= input->size;
}

/* Copy them to @text, a zero byte behind each. Strings never lie in a guest's memory. */
static bool terminate(const unsigned char *data, size_t size, size_t count, char *text,
                      const char **strings)
{
    const unsigned char *bytes = data + count * sizeof(uint64_t);
    size_t left = size - count * sizeof(uint64_t);
    size_t i;

    for (i = 0; i < count; i++) {
        uint64_t length;

        memcpy(&length, data + i * sizeof(length), sizeof(length));
        if (length > left || memchr(bytes, '\0', length))
            return false;
        memcpy(text, bytes, length);
        text[length] = '\0';
        strings[i] = text;
        text += length + 1;
        bytes += length;
        left -= length;
    }
    return left == 0;
}

static int make(const char *name, const unsigned char *data, size_t size, size_t count,
                ov_shape_t shape, ov_tensor_t **tensor)
{
    char *text = malloc(size + count + 1);
    const char **strings = calloc(count + 1, sizeof(*strings));
    int ret = VACCEL_OK;

    if (!text || !strings) {
        ret = no_memory("strings");
    } else if (!terminate(data, size, count, text, strings)) {
        vaccel_error(
            "[openvino] input \"%s\": the strings' lengths are not those of the data, or one has "
            "a zero byte in it, which OpenVINO's C interface cannot take",
            name);
        ret = VACCEL_EINVAL;
    } else if (ov_tensor_create_from_string_array(strings, count, shape, tensor) != OK) {
        ret = failure(VACCEL_EBACKEND, "input \"%s\" cannot be handed over", name);
    }
    free(strings);
    free(text);
    return ret;
}

int string_tensor_make(const char *name, const struct vaccel_tensor *input, ov_shape_t shape,
                       ov_tensor_t **tensor)
{
    size_t count;
    size_t head;

    if (!head_size(input, &count, &head)) {
        vaccel_error("[openvino] input \"%s\": %zu bytes are too few for its strings' lengths",
                     name, input->size);
        return VACCEL_EINVAL;
    }
    return make(name, input->size ? input->data : "", input->size, count, shape, tensor);
}
