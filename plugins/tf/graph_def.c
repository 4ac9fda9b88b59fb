/* SPDX-License-Identifier: Apache-2.0 */
#include "graph_def.h"

#include <vaccel.h>

#include <stdlib.h>
#include <string.h>

/* Attributes can hold functions, which have attributes. */
enum { DEEPEST_ATTRIBUTE = 16 };

struct reader {
    struct graph_def *graph;
    bool no_memory;
};

/* Room for one more behind @count items; the array doubles at powers of two. NULL: none. */
static void *grow(struct reader *reader, void *items, size_t count, size_t size)
{
    void *larger = items;

    if (!(count & (count - 1)))
        larger = reallocarray(items, count ? 2 * count : 1, size);
    if (!larger)
        reader->no_memory = true;
    return larger;
}

static bool add_text(struct reader *reader, struct text text)
{
    struct graph_def *graph = reader->graph;
    struct text *texts = grow(reader, graph->texts, graph->nr_texts, sizeof(*texts));

    if (!texts)
        return false;
    graph->texts = texts;
    texts[graph->nr_texts++] = text;
    return true;
}

static bool add_gradient(struct reader *reader, struct text message)
{
    struct graph_def *graph = reader->graph;
    struct text *gradients =
        grow(reader, graph->gradients, graph->nr_gradients, 2 * sizeof(*gradients));

    if (!gradients)
        return false;
    graph->gradients = gradients;
    gradients += 2 * graph->nr_gradients++;
    return message_find(message, 1, &gradients[0]) && message_find(message, 2, &gradients[1]);
}

static bool read_attributes(struct reader *reader, struct text message, uint32_t number, int depth);

/* A NameAttrList: the name of a function, and attributes for it. */
static bool read_call(struct reader *reader, struct text message, int depth)
{
    struct text name;

    return message_find(message, 1, &name) && add_text(reader, name) &&
           read_attributes(reader, message, 2, depth + 1);
}

/* An AttrValue or a ListValue: of what can be in it, functions count. */
static bool read_value(struct reader *reader, struct text bytes, bool is_list, int depth)
{
    struct message message = message_of(bytes);
    struct field field;

    while (message_next(&message, &field)) {
        if (field_is(&field, is_list ? 9 : 10) && !read_call(reader, field.bytes, depth))
            return false;
        if (!is_list && field_is(&field, 1) && !read_value(reader, field.bytes, true, depth))
            return false;
    }
    return !message.bad;
}

/* The functions that the map of attributes, field @number of the message, names. */
static bool read_attributes(struct reader *reader, struct text bytes, uint32_t number, int depth)
{
    struct message message = message_of(bytes);
    struct field field;
    struct text value;

    if (depth > DEEPEST_ATTRIBUTE)
        return false;
    while (message_next(&message, &field))
        if (field_is(&field, number) &&
            (!message_find(field.bytes, 2, &value) || !read_value(reader, value, false, depth)))
            return false;
    return !message.bad;
}

/* The last of the fields that can be its value, as TensorFlow has it. */
static bool find_field(struct text value, uint32_t *number)
{
    struct message message = message_of(value);
    struct field field;

    while (message_next(&message, &field))
        if (field.number <= 10)
            *number = field.number;
    return !message.bad;
}

static bool add_attribute(struct reader *reader, struct text entry)
{
    struct graph_def *graph = reader->graph;
    struct attribute *attributes =
        grow(reader, graph->attributes, graph->nr_attributes, sizeof(*attributes));
    struct attribute attribute = {0};
    struct text value;

    if (!attributes)
        return false;
    graph->attributes = attributes;
    if (!message_find(entry, 1, &attribute.name) || !message_find(entry, 2, &value) ||
        !find_field(value, &attribute.field))
        return false;
    attributes[graph->nr_attributes++] = attribute;
    return true;
}

static bool list_attributes(struct reader *reader, struct node *node, struct text bytes)
{
    struct message message = message_of(bytes);
    struct field field;

    node->first_attribute = reader->graph->nr_attributes;
    while (message_next(&message, &field))
        if (field_is(&field, 5) && !add_attribute(reader, field.bytes))
            return false;
    node->nr_attributes = reader->graph->nr_attributes - node->first_attribute;
    return !message.bad;
}

static bool read_inputs(struct reader *reader, struct node *node, struct text bytes)
{
    struct message message = message_of(bytes);
    struct field field;

    node->first_input = reader->graph->nr_texts;
    while (message_next(&message, &field)) {
        if (field_is(&field, 1))
            field_keep(&message, &field, &node->name);
        if (field_is(&field, 2))
            field_keep(&message, &field, &node->op);
        if (field_is(&field, 3) && !add_text(reader, field.bytes))
            return false;
    }
    node->nr_inputs = reader->graph->nr_texts - node->first_input;
    return !message.bad && node->name.size && node->op.size;
}

static bool add_node(struct reader *reader, struct text message)
{
    struct graph_def *graph = reader->graph;
    struct node *nodes = grow(reader, graph->nodes, graph->nr_nodes, sizeof(*nodes));
    struct node *node;

    if (!nodes)
        return false;
    graph->nodes = nodes;
    node = &nodes[graph->nr_nodes++];
    *node = (struct node){0};
    if (!read_inputs(reader, node, message) || !list_attributes(reader, node, message))
        return false;
    node->first_call = graph->nr_texts;
    if (!read_attributes(reader, message, 5, 0))
        return false;
    node->nr_calls = graph->nr_texts - node->first_call;
    return true;
}

static bool read_argument(struct reader *reader, struct function *function, struct text bytes)
{
    struct message message = message_of(bytes);
    struct field field;
    struct text name = {0};

    while (message_next(&message, &field)) {
        if (field_is(&field, 1))
            field_keep(&message, &field, &name);
        if (field_is(&field, 5) || field_is(&field, 6))
            function->has_lists = true;
    }
    return !message.bad && add_text(reader, name);
}

static bool read_signature(struct reader *reader, struct function *function, struct text bytes)
{
    struct message message = message_of(bytes);
    struct field field;

    function->first_argument = reader->graph->nr_texts;
    while (message_next(&message, &field)) {
        if (field_is(&field, 1))
            field_keep(&message, &field, &function->name);
        if (field_is(&field, 2) && !read_argument(reader, function, field.bytes))
            return false;
    }
    function->nr_arguments = reader->graph->nr_texts - function->first_argument;
    return !message.bad;
}

static bool is_replaceable(struct text attribute)
{
    struct text key;

    return !message_find(attribute, 1, &key) || text_is(key, "api_implements");
}

static bool read_body(struct reader *reader, struct function *function, struct text bytes)
{
    struct message message = message_of(bytes);
    struct field field;

    function->first_node = reader->graph->nr_nodes;
    while (message_next(&message, &field)) {
        if (field_is(&field, 3) && !add_node(reader, field.bytes))
            return false;
        if (field_is(&field, 5) && is_replaceable(field.bytes))
            function->is_replaceable = true;
    }
    function->nr_nodes = reader->graph->nr_nodes - function->first_node;
    return !message.bad;
}

static bool add_function(struct reader *reader, struct text message)
{
    struct graph_def *graph = reader->graph;
    struct function *functions =
        grow(reader, graph->functions, graph->nr_functions, sizeof(*functions));
    struct function function = {0};
    struct text signature;

    if (!functions)
        return false;
    graph->functions = functions;
    if (!message_find(message, 1, &signature) || !read_signature(reader, &function, signature) ||
        !read_body(reader, &function, message))
        return false;
    functions[graph->nr_functions++] = function;
    return true;
}

static bool read_library(struct reader *reader, struct text bytes)
{
    struct message message = message_of(bytes);
    struct field field;

    while (message_next(&message, &field)) {
        if (field_is(&field, 1) && !add_function(reader, field.bytes))
            return false;
        if (field_is(&field, 2) && !add_gradient(reader, field.bytes))
            return false;
    }
    return !message.bad;
}

/* The nodes of the graph (field 1), or the libraries of functions (field 2). */
static bool read_part(struct reader *reader, struct text bytes, uint32_t number,
                      bool (*read)(struct reader *, struct text))
{
    struct message message = message_of(bytes);
    struct field field;

    while (message_next(&message, &field))
        if (field_is(&field, number) && !read(reader, field.bytes))
            return false;
    return !message.bad;
}

static int by_node_name(const void *a, const void *b)
{
    return text_compare(((const struct node *)a)->name, ((const struct node *)b)->name);
}

static int by_function_name(const void *a, const void *b)
{
    return text_compare(((const struct function *)a)->name, ((const struct function *)b)->name);
}

/* Sort, and tell whether a name is there twice. */
static bool sort(void *items, size_t count, size_t size, int (*compare)(const void *, const void *))
{
    const char *at = items;
    size_t i;

    if (count)
        qsort(items, count, size, compare);
    for (i = 1; i < count; i++)
        if (!compare(at + (i - 1) * size, at + i * size))
            return false;
    return true;
}

int graph_def_read(struct graph_def *graph, struct text message)
{
    struct reader reader = {.graph = graph};
    bool valid;

    *graph = (struct graph_def){0};
    valid = read_part(&reader, message, 1, add_node);
    graph->nr_own_nodes = graph->nr_nodes;
    valid = valid && read_part(&reader, message, 2, read_library) &&
            sort(graph->nodes, graph->nr_own_nodes, sizeof(struct node), by_node_name) &&
            sort(graph->functions, graph->nr_functions, sizeof(struct function), by_function_name);
    if (valid)
        return VACCEL_OK;
    graph_def_release(graph);
    if (reader.no_memory)
        return VACCEL_ENOMEM;
    vaccel_error("[tf] the model's graph is damaged: it is no GraphDef");
    return VACCEL_EBACKEND;
}

void graph_def_release(struct graph_def *graph)
{
    free(graph->nodes);
    free(graph->functions);
    free(graph->gradients);
    free(graph->attributes);
    free(graph->texts);
    *graph = (struct graph_def){0};
}

const struct node *graph_def_node(const struct graph_def *graph, struct text name)
{
    const struct node wanted = {.name = name};

    if (!graph->nr_own_nodes)
        return NULL;
    return bsearch(&wanted, graph->nodes, graph->nr_own_nodes, sizeof(wanted), by_node_name);
}

const struct function *graph_def_function(const struct graph_def *graph, struct text name)
{
    const struct function wanted = {.name = name};

    if (!graph->nr_functions)
        return NULL;
    return bsearch(&wanted, graph->functions, graph->nr_functions, sizeof(wanted),
                   by_function_name);
}

struct text input_node(struct text input)
{
    const char *colon;

    if (input.size && *input.bytes == '^')
        return (struct text){input.bytes + 1, input.size - 1};
    colon = input.size ? memchr(input.bytes, ':', input.size) : NULL;
    if (colon)
        input.size = (size_t)(colon - input.bytes);
    return input;
}
