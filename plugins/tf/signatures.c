/* SPDX-License-Identifier: Apache-2.0 */
#include "saved_model.h"

#include <stdlib.h>
#include <string.h>

/* Room for one more behind @nr items, zeroed; the array doubles at powers of two. */
static void *add(void **items, size_t *nr, size_t size)
{
    void *larger = *items;
    void *item;

    if (!(*nr & (*nr - 1))) {
        larger = reallocarray(*items, *nr ? 2 * *nr : 1, size);
        if (!larger)
            return NULL;
        *items = larger;
    }
    item = (char *)larger + size * (*nr)++;
    return memset(item, 0, size);
}

struct signature *signatures_add(struct signatures *signatures)
{
    return add((void **)&signatures->items, &signatures->nr, sizeof(struct signature));
}

struct tensor_info *tensor_infos_add(struct tensor_infos *infos)
{
    return add((void **)&infos->items, &infos->nr, sizeof(struct tensor_info));
}

static void infos_release(struct tensor_infos *infos)
{
    size_t i;

    for (i = 0; i < infos->nr; i++)
        free(infos->items[i].tensor);
    free(infos->items);
}

void signatures_release(struct signatures *signatures)
{
    size_t i;

    for (i = 0; i < signatures->nr; i++) {
        free(signatures->items[i].name);
        infos_release(&signatures->items[i].inputs);
        infos_release(&signatures->items[i].outputs);
    }
    free(signatures->items);
    *signatures = (struct signatures){0};
}

/* A dimension: its size is field 1, -1 for any. */
static bool read_dimension(struct text bytes, int64_t *dim)
{
    struct message message = message_of(bytes);
    struct field field;

    *dim = 0;
    while (message_next(&message, &field))
        if (field.number == 1 && field.type == WIRE_VARINT)
            *dim = (int64_t)field.value;
    if (*dim < -1)
        *dim = -1;
    return !message.bad;
}

/* A TensorShapeProto: dimensions in field 2; field 3: their number is unknown, as that beyond ours is. */
static bool read_shape(struct text bytes, struct tensor_info *info)
{
    struct message message = message_of(bytes);
    struct field field;
    bool is_known = bytes.bytes;
    int count = 0;

    while (message_next(&message, &field)) {
        if (field.number == 3 && field.type == WIRE_VARINT && field.value)
            is_known = false;
        if (!field_is(&field, 2))
            continue;
        if (count == VACCEL_TENSOR_DIMS_MAX)
            is_known = false;
        else if (!read_dimension(field.bytes, &info->dims[count++]))
            return false;
    }
    info->nr_dims = is_known ? count : -1;
    return !message.bad;
}

/* A TensorInfo: field 1 is the tensor's name, 2 its type, 3 its shape. */
static bool read_info(struct text bytes, struct tensor_info *info)
{
    struct message message = message_of(bytes);
    struct field field;
    struct text name = {0};
    struct text shape = {0};

    while (message_next(&message, &field)) {
        if (field_is(&field, 1))
            field_keep(&message, &field, &name);
        if (field_is(&field, 3))
            field_keep(&message, &field, &shape);
        if (field.number == 2 && field.type == WIRE_VARINT)
            info->type = (int64_t)field.value;
    }
    info->tensor = text_copy(name);
    return !message.bad && info->tensor && read_shape(shape, info);
}

/* An entry of the map of inputs or outputs. */
static bool add_info(struct tensor_infos *infos, struct text entry)
{
    struct tensor_info *info = tensor_infos_add(infos);
    struct text key;
    struct text value;

    if (!info || !message_find(entry, 1, &key) || !message_find(entry, 2, &value) ||
        key.size >= sizeof(info->key) || (key.size && memchr(key.bytes, 0, key.size)))
        return false;
    if (key.size)
        memcpy(info->key, key.bytes, key.size);
    return read_info(value, info);
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct tensor_info *)a)->key, ((const struct tensor_info *)b)->key);
}

static bool sort_infos(struct tensor_infos *infos)
{
    size_t i;

    if (infos->nr)
        qsort(infos->items, infos->nr, sizeof(*infos->items), by_key);
    for (i = 1; i < infos->nr; i++)
        if (!by_key(&infos->items[i - 1], &infos->items[i]))
            return false;
    return true;
}

/* A SignatureDef: inputs in field 1, outputs in field 2. */
static bool read_signature(struct text bytes, struct signature *signature)
{
    struct message message = message_of(bytes);
    struct field field;

    while (message_next(&message, &field)) {
        if (field_is(&field, 1) && !add_info(&signature->inputs, field.bytes))
            return false;
        if (field_is(&field, 2) && !add_info(&signature->outputs, field.bytes))
            return false;
    }
    return !message.bad && sort_infos(&signature->inputs) && sort_infos(&signature->outputs);
}

/* An entry of the map of signatures. Those that begin with "__" are TensorFlow's own. */
static bool add_signature(struct signatures *signatures, struct text entry)
{
    struct signature *signature;
    struct text key;
    struct text value;

    if (!message_find(entry, 1, &key) || !message_find(entry, 2, &value))
        return false;
    if (key.size >= 2 && !memcmp(key.bytes, "__", 2))
        return true;
    signature = signatures_add(signatures);
    if (!signature)
        return false;
    signature->name = text_copy(key);
    return signature->name && read_signature(value, signature);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct signature *)a)->name, ((const struct signature *)b)->name);
}

static bool sort_signatures(struct signatures *signatures)
{
    size_t i;

    if (signatures->nr)
        qsort(signatures->items, signatures->nr, sizeof(*signatures->items), by_name);
    for (i = 1; i < signatures->nr; i++)
        if (!by_name(&signatures->items[i - 1], &signatures->items[i]))
            return false;
    return true;
}

int saved_model_signatures(const struct saved_model *model, struct signatures *signatures)
{
    struct message message = message_of(model->meta_graph);
    struct field field;
    bool valid = true;

    *signatures = (struct signatures){0};
    while (valid && message_next(&message, &field))
        if (field_is(&field, 5))
            valid = add_signature(signatures, field.bytes);
    if (valid && !message.bad && sort_signatures(signatures))
        return VACCEL_OK;
    signatures_release(signatures);
    vaccel_error("[tf] the SavedModel's signatures are damaged");
    return VACCEL_EBACKEND;
}
