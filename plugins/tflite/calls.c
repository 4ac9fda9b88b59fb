/* SPDX-License-Identifier: Apache-2.0 */
#include "calls.h"

#include "flatbuffer.h"
#include "schema.h"
#include "vaccel.h"

#include <stdlib.h>

enum { DEEPEST = 32 };

/* Operations that call subgraphs, and where in their options the numbers of these are. */
static const struct kind {
    uint32_t code;
    int options_type_field;
    uint8_t options_type;
    int first_field;
    size_t nr_fields; /* 0: the first one is a list */
} kinds[] = {
    {118, OPERATOR_OPTIONS_TYPE, 92, 0, 2},   /* IF */
    {119, OPERATOR_OPTIONS_TYPE, 93, 0, 2},   /* WHILE */
    {129, OPERATOR_OPTIONS_TYPE, 103, 0, 1},  /* CALL_ONCE */
    {200, OPERATOR_OPTIONS_2_TYPE, 15, 0, 2}, /* STABLEHLO_WHILE */
    {206, OPERATOR_OPTIONS_2_TYPE, 21, 1, 1}, /* STABLEHLO_COMPOSITE */
    {209, OPERATOR_OPTIONS_2_TYPE, 23, 0, 0}, /* STABLEHLO_CASE */
};

struct calls {
    const uint8_t *codes;
    const uint8_t *subgraphs;
    uint8_t *depths; /* of each subgraph: levels of calls below it, as far as they are known */
    bool changed;
};

static const struct kind *kind_of(const struct calls *calls, const uint8_t *operation)
{
    const uint32_t code = schema_code(calls->codes, flatbuffer_number(operation, OPERATOR_CODE, 0));
    size_t i;

    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (kinds[i].code == code)
            return &kinds[i];
    return NULL;
}

/* NULL: none of its own, and TensorFlow Lite takes numbers to be 0. */
static const uint8_t *options_of(const struct kind *kind, const uint8_t *operation)
{
    if (flatbuffer_byte(operation, kind->options_type_field) != kind->options_type)
        return NULL;
    return flatbuffer_at(operation, kind->options_type_field + 1);
}

static int follow(struct calls *calls, size_t caller, uint32_t callee)
{
    if (callee >= flatbuffer_length(calls->subgraphs)) {
        vaccel_error("[tflite] The model is damaged: subgraph %zu calls one that is not there",
                     caller);
        return VACCEL_EBACKEND;
    }
    if (calls->depths[caller] > calls->depths[callee])
        return VACCEL_OK;
    calls->depths[caller] = calls->depths[callee] + 1;
    calls->changed = true;
    if (calls->depths[caller] <= DEEPEST)
        return VACCEL_OK;
    vaccel_error("[tflite] The model is damaged: subgraph %zu calls itself, or others more than %d "
                 "levels deep",
                 caller, DEEPEST);
    return VACCEL_EBACKEND;
}

static int follow_operation(struct calls *calls, size_t caller, const uint8_t *operation)
{
    const struct kind *kind = kind_of(calls, operation);
    const uint8_t *options = kind ? options_of(kind, operation) : NULL;
    const uint8_t *list = NULL;
    size_t i;
    int ret = VACCEL_OK;

    if (!kind)
        return VACCEL_OK;
    for (i = 0; i < kind->nr_fields && ret == VACCEL_OK; i++)
        ret = follow(calls, caller,
                     options ? flatbuffer_number(options, kind->first_field + (int)i, 0) : 0);
    if (options && !kind->nr_fields)
        list = flatbuffer_at(options, kind->first_field);
    for (i = 0; i < flatbuffer_length(list) && ret == VACCEL_OK; i++)
        ret = follow(calls, caller, (uint32_t)flatbuffer_element(list, i));
    return ret;
}

static int follow_all(struct calls *calls)
{
    const uint8_t *operations;
    size_t caller;
    size_t i;
    int ret = VACCEL_OK;

    for (caller = 0; caller < flatbuffer_length(calls->subgraphs); caller++) {
        operations = flatbuffer_at(flatbuffer_table(calls->subgraphs, caller), SUBGRAPH_OPERATORS);
        for (i = 0; i < flatbuffer_length(operations) && ret == VACCEL_OK; i++)
            ret = follow_operation(calls, caller, flatbuffer_table(operations, i));
    }
    return ret;
}

/* It ends: who gets deeper each time is soon too deep. */
int check_calls(const uint8_t *model)
{
    struct calls calls = {
        .codes = flatbuffer_at(model, MODEL_OPERATOR_CODES),
        .subgraphs = flatbuffer_at(model, MODEL_SUBGRAPHS),
        .changed = true,
    };
    int ret = VACCEL_OK;

    calls.depths = calloc(flatbuffer_length(calls.subgraphs) + 1, sizeof(*calls.depths));
    if (!calls.depths)
        return VACCEL_ENOMEM;
    while (calls.changed && ret == VACCEL_OK) {
        calls.changed = false;
        ret = follow_all(&calls);
    }
    free(calls.depths);
    return ret;
}
