/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the plugin tflite checks of a model that TensorFlow Lite has verified: a FlatBuffer of the right form, in
 * which the numbers and lengths are the input's, and which fields there are.
 */
#include "bytes.h"
#include "check.h"

#include <stdlib.h>

enum table {
    MODEL,
    CODE,
    SUBGRAPH,
    TENSOR,
    OPERATION,
    OPTIONS,
    OPTIONS_2,
    BUFFER,
    SIGNATURE,
    MAP,
    TABLES,
};

enum kind { UNUSED, NUMBER, ONE_TABLE, LIST_OF_NUMBERS, LIST_OF_TABLES };

enum { FIELDS = 13, SLOT = 8, LIST_MOST = 15, MADE_MOST = 1 << 20 };

/* By the fields' numbers in the schema. A text is as good as another list. */
static const struct {
    enum kind kind;
    enum table table;
} schema[TABLES][FIELDS] = {
    [MODEL] = {[1] = {LIST_OF_TABLES, CODE},
               [2] = {LIST_OF_TABLES, SUBGRAPH},
               [4] = {LIST_OF_TABLES, BUFFER},
               [7] = {LIST_OF_TABLES, SIGNATURE}},
    [CODE] = {[0] = {NUMBER}, [3] = {NUMBER}},
    [SUBGRAPH] = {[0] = {LIST_OF_TABLES, TENSOR},
                  [1] = {LIST_OF_NUMBERS},
                  [2] = {LIST_OF_NUMBERS},
                  [3] = {LIST_OF_TABLES, OPERATION}},
    [TENSOR] = {[0] = {LIST_OF_NUMBERS}, [2] = {NUMBER}, [5] = {NUMBER}, [7] = {LIST_OF_NUMBERS}},
    [OPERATION] = {[0] = {NUMBER},
                   [1] = {LIST_OF_NUMBERS},
                   [2] = {LIST_OF_NUMBERS},
                   [3] = {NUMBER},
                   [4] = {ONE_TABLE, OPTIONS},
                   [8] = {LIST_OF_NUMBERS},
                   [11] = {NUMBER},
                   [12] = {ONE_TABLE, OPTIONS_2}},
    [OPTIONS] = {[0] = {NUMBER}, [1] = {NUMBER}},
    [OPTIONS_2] = {[0] = {LIST_OF_NUMBERS}, [1] = {NUMBER}},
    [BUFFER] = {[0] = {LIST_OF_NUMBERS}, [1] = {NUMBER}, [2] = {NUMBER}},
    [SIGNATURE] = {[0] = {LIST_OF_TABLES, MAP},
                   [1] = {LIST_OF_TABLES, MAP},
                   [2] = {LIST_OF_NUMBERS},
                   [4] = {NUMBER}},
    [MAP] = {[0] = {LIST_OF_NUMBERS}, [1] = {NUMBER}},
};

/* What is made; each part lies behind those that refer to it. */
static uint8_t made[MADE_MOST];
static size_t made_size;

static size_t make_room(size_t size)
{
    const size_t place = made_size;

    if (size > MADE_MOST - made_size)
        abort();
    memset(made + place, 0, size);
    made_size += size;
    return place;
}

static void put_16(size_t place, uint16_t value)
{
    memcpy(made + place, &value, sizeof(value));
}

static void put_32(size_t place, uint32_t value)
{
    memcpy(made + place, &value, sizeof(value));
}

static void refer(size_t from, size_t to)
{
    put_32(from, (uint32_t)(to - from));
}

/* Most are small, as those are that refer to something. */
static uint64_t take_number(struct bytes *bytes)
{
    enum { MINUS_ONE = 0xff, LONG = 0xfe };
    const uint8_t number = bytes_take_8(bytes);
    const uint32_t low = number == LONG ? bytes_take_32(bytes) : number;

    if (number == MINUS_ONE)
        return UINT64_MAX;
    return number == LONG ? low | (uint64_t)bytes_take_32(bytes) << 32 : low;
}

static size_t make_table(struct bytes *bytes, enum table table);

static size_t make_list(struct bytes *bytes, bool of_tables, enum table table)
{
    const uint8_t count = bytes_take_8(bytes) & LIST_MOST;
    const size_t list = make_room(4 + 4 * (size_t)count);
    size_t place;
    uint8_t i;

    put_32(list, count);
    for (i = 0; i < count; i++) {
        place = list + 4 + 4 * (size_t)i;
        if (of_tables)
            refer(place, make_table(bytes, table));
        else
            put_32(place, (uint32_t)take_number(bytes));
    }
    return list;
}

static void make_field(struct bytes *bytes, enum kind kind, enum table table, size_t place)
{
    uint64_t number;

    if (kind == NUMBER) {
        number = take_number(bytes);
        memcpy(made + place, &number, sizeof(number));
    } else if (kind == ONE_TABLE) {
        refer(place, make_table(bytes, table));
    } else {
        refer(place, make_list(bytes, kind == LIST_OF_TABLES, table));
    }
}

/* In front of it is the list of its fields. NOLINTNEXTLINE(misc-no-recursion): as deep as the schema */
static size_t make_table(struct bytes *bytes, enum table table)
{
    enum { LIST_SIZE = 4 + 2 * FIELDS };
    const uint16_t present = bytes_take_16(bytes);
    const size_t fields = make_room(LIST_SIZE);
    const size_t place = make_room(4 + FIELDS * SLOT);
    int i;

    put_16(fields, LIST_SIZE);
    put_16(fields + 2, 4 + FIELDS * SLOT);
    put_32(place, LIST_SIZE);
    for (i = 0; i < FIELDS; i++) {
        if (schema[table][i].kind == UNUSED || !(present >> i & 1))
            continue;
        put_16(fields + 4 + 2 * (size_t)i, (uint16_t)(4 + SLOT * i));
        make_field(bytes, schema[table][i].kind, schema[table][i].table,
                   place + 4 + SLOT * (size_t)i);
    }
    return place;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes bytes = {data, size};
    uint8_t *model;
    bool all_of_use;

    made_size = 0;
    make_room(4);
    refer(0, make_table(&bytes, MODEL));
    model = malloc(made_size);
    if (!model)
        abort();
    memcpy(model, made, made_size);
    check_model(model, made_size, &all_of_use);
    free(model);
    return 0;
}
