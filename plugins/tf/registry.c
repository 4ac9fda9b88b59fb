/* SPDX-License-Identifier: Apache-2.0 */
#include "registry.h"

#include <tensorflow/c/c_api.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* In the order of their names; made once and kept. */
static struct operation *operations;
static size_t nr_operations;
static TF_Buffer *all; /* the list, in which their texts lie */

static int by_name(const void *a, const void *b)
{
    return text_compare(((const struct operation *)a)->name, ((const struct operation *)b)->name);
}

/* Field 1 of an OpDef is the name, field 17 says whether it is stateful. */
static void add_operation(struct text definition)
{
    struct message message = message_of(definition);
    struct operation operation = {.definition = definition};
    struct field field;

    while (message_next(&message, &field)) {
        if (field_is(&field, 1))
            operation.name = field.bytes;
        if (field.number == 17 && field.type == WIRE_VARINT)
            operation.is_stateful = field.value;
    }
    operations[nr_operations++] = operation;
}

static void read_all(void)
{
    struct message list;
    struct field field;

    all = TF_GetAllOpList();
    list = message_of((struct text){all->data, all->length});
    /* More than there can be, as each takes more than 8 bytes. */
    operations = calloc(all->length / 8 + 1, sizeof(*operations));
    while (operations && message_next(&list, &field))
        if (field_is(&field, 1))
            add_operation(field.bytes);
    if (operations)
        qsort(operations, nr_operations, sizeof(*operations), by_name);
}

const struct operation *registry_find(struct text name, bool *is_known)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    const struct operation wanted = {.name = name};

    pthread_once(&once, read_all);
    *is_known = nr_operations;
    if (!nr_operations)
        return NULL;
    return bsearch(&wanted, operations, nr_operations, sizeof(wanted), by_name);
}

/* The field of an AttrValue in which a value of that type is. */
static uint32_t field_of_type(struct text type)
{
    static const struct {
        const char *type;
        uint32_t field;
    } fields[] = {
        {"string", 2}, {"int", 3},   {"float", 4},  {"bool", 5},
        {"type", 6},   {"shape", 7}, {"tensor", 8}, {"func", 10},
    };
    size_t i;

    for (i = 0; i < sizeof(fields) / sizeof(*fields); i++)
        if (text_is(type, fields[i].type))
            return fields[i].field;
    return 1; /* a list */
}

/* An AttrDef: field 1 is the name, 2 the type, 3 what it is if it is absent. */
static bool has_attribute(const struct graph_def *graph, const struct node *node,
                          struct text definition)
{
    const struct attribute *attribute;
    struct text name;
    struct text type;
    struct text absent;
    size_t i;

    if (!message_find(definition, 1, &name) || !message_find(definition, 2, &type) ||
        !message_find(definition, 3, &absent))
        return false;
    for (i = 0; i < node->nr_attributes; i++) {
        attribute = &graph->attributes[node->first_attribute + i];
        if (!text_compare(attribute->name, name))
            return attribute->field == field_of_type(type);
    }
    return absent.bytes;
}

bool registry_has_attributes(const struct graph_def *graph, const struct node *node)
{
    bool is_known;
    const struct operation *operation = registry_find(node->op, &is_known);
    struct message message;
    struct field field;

    if (!operation)
        return true;
    message = message_of(operation->definition);
    while (message_next(&message, &field))
        if (field_is(&field, 4) && !has_attribute(graph, node, field.bytes))
            return false;
    return true;
}
