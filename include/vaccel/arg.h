/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_ARG_H
#define VACCEL_ARG_H

#include "utils/enum.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * What the bytes of an argument are. Numbers are fixed for ever; they travel to other machines.
 * RAW: whatever both sides agree on. BUFFER: the same, never empty. STRING: characters with a NUL.
 * CUSTOM: a layout of the application's, told by a number of its choice. The others are one value
 * or an array of values in the machine's own byte order; a BOOL is one byte that is 0 or 1.
 */
#define VACCEL_ARG_TYPE_ENUM_LIST(ITEM) \
    ITEM(RAW, 0, VACCEL_ARG) \
    ITEM(INT8, 1, VACCEL_ARG) \
    ITEM(INT8_ARRAY, 2, VACCEL_ARG) \
    ITEM(INT16, 3, VACCEL_ARG) \
    ITEM(INT16_ARRAY, 4, VACCEL_ARG) \
    ITEM(INT32, 5, VACCEL_ARG) \
    ITEM(INT32_ARRAY, 6, VACCEL_ARG) \
    ITEM(INT64, 7, VACCEL_ARG) \
    ITEM(INT64_ARRAY, 8, VACCEL_ARG) \
    ITEM(UINT8, 9, VACCEL_ARG) \
    ITEM(UINT8_ARRAY, 10, VACCEL_ARG) \
    ITEM(UINT16, 11, VACCEL_ARG) \
    ITEM(UINT16_ARRAY, 12, VACCEL_ARG) \
    ITEM(UINT32, 13, VACCEL_ARG) \
    ITEM(UINT32_ARRAY, 14, VACCEL_ARG) \
    ITEM(UINT64, 15, VACCEL_ARG) \
    ITEM(UINT64_ARRAY, 16, VACCEL_ARG) \
    ITEM(FLOAT32, 17, VACCEL_ARG) \
    ITEM(FLOAT32_ARRAY, 18, VACCEL_ARG) \
    ITEM(FLOAT64, 19, VACCEL_ARG) \
    ITEM(FLOAT64_ARRAY, 20, VACCEL_ARG) \
    ITEM(BOOL, 21, VACCEL_ARG) \
    ITEM(BOOL_ARRAY, 22, VACCEL_ARG) \
    ITEM(CHAR, 23, VACCEL_ARG) \
    ITEM(CHAR_ARRAY, 24, VACCEL_ARG) \
    ITEM(UCHAR, 25, VACCEL_ARG) \
    ITEM(UCHAR_ARRAY, 26, VACCEL_ARG) \
    ITEM(STRING, 27, VACCEL_ARG) \
    ITEM(BUFFER, 28, VACCEL_ARG) \
    ITEM(CUSTOM, 29, VACCEL_ARG)

VACCEL_ENUM_DEF_WITH_STR_FUNCS(vaccel_arg_type, VACCEL_ARG, VACCEL_ARG_TYPE_ENUM_LIST)

/* The numeric types, as X(name, C type, type of one, type of an array). */
#define VACCEL_ARG_NUMERIC_TYPES(X) \
    X(int8, int8_t, VACCEL_ARG_INT8, VACCEL_ARG_INT8_ARRAY) \
    X(int16, int16_t, VACCEL_ARG_INT16, VACCEL_ARG_INT16_ARRAY) \
    X(int32, int32_t, VACCEL_ARG_INT32, VACCEL_ARG_INT32_ARRAY) \
    X(int64, int64_t, VACCEL_ARG_INT64, VACCEL_ARG_INT64_ARRAY) \
    X(uint8, uint8_t, VACCEL_ARG_UINT8, VACCEL_ARG_UINT8_ARRAY) \
    X(uint16, uint16_t, VACCEL_ARG_UINT16, VACCEL_ARG_UINT16_ARRAY) \
    X(uint32, uint32_t, VACCEL_ARG_UINT32, VACCEL_ARG_UINT32_ARRAY) \
    X(uint64, uint64_t, VACCEL_ARG_UINT64, VACCEL_ARG_UINT64_ARRAY) \
    X(float, float, VACCEL_ARG_FLOAT32, VACCEL_ARG_FLOAT32_ARRAY) \
    X(double, double, VACCEL_ARG_FLOAT64, VACCEL_ARG_FLOAT64_ARRAY) \
    X(bool, bool, VACCEL_ARG_BOOL, VACCEL_ARG_BOOL_ARRAY) \
    X(char, char, VACCEL_ARG_CHAR, VACCEL_ARG_CHAR_ARRAY) \
    X(uchar, unsigned char, VACCEL_ARG_UCHAR, VACCEL_ARG_UCHAR_ARRAY)

/*
 * One argument of an operation. It may be made without the calls below, with an initialiser:
 * what is left out is zero, that is a borrowed RAW argument.
 */
struct vaccel_arg {
    void *buf;
    size_t size; /* bytes */
    vaccel_arg_type_t type;
    uint32_t custom_type_id; /* which layout, if the type is CUSTOM */
    bool owned;              /* @buf is freed with the argument */
};

/*
 * Make an argument with a copy of its bytes.
 * @arg             struct to fill; end it with vaccel_arg_release()
 * @buf             @size bytes, or NULL: @size zeroed bytes (none if @size is 0)
 * @custom_type_id  which layout, if @type is CUSTOM; else 0
 * Whether the bytes suit @type is checked when they are used.
 * Returns EINVAL (@arg NULL, @buf without a @size, unknown @type), ENOMEM.
 */
int vaccel_arg_init(struct vaccel_arg *arg, const void *buf, size_t size, vaccel_arg_type_t type,
                    uint32_t custom_type_id);

/*
 * Make an argument that points at @size bytes of the caller's, or at nothing: NULL and 0. They must
 * stay valid as long as it is used. Returns EINVAL (@arg NULL, one of @buf and @size without the
 * other, unknown @type).
 */
int vaccel_arg_init_from_buf(struct vaccel_arg *arg, void *buf, size_t size, vaccel_arg_type_t type,
                             uint32_t custom_type_id);

/*
 * End an argument: its bytes are freed if it owns them; its type becomes VACCEL_ARG_MAX. Ending
 * it again does nothing. Returns EINVAL (NULL).
 */
int vaccel_arg_release(struct vaccel_arg *arg);

/*
 * The first two on a struct that the library allocates; end it with vaccel_arg_delete(). On error
 * the pointer is left alone.
 */
int vaccel_arg_new(struct vaccel_arg **arg, const void *buf, size_t size, vaccel_arg_type_t type,
                   uint32_t custom_type_id);
int vaccel_arg_from_buf(struct vaccel_arg **arg, void *buf, size_t size, vaccel_arg_type_t type,
                        uint32_t custom_type_id);

/* As vaccel_arg_release(), and free the struct. Only for arguments allocated here. */
int vaccel_arg_delete(struct vaccel_arg *arg);

/*
 * A row of arguments with a position in it. To write a list of arguments, add to its end; to read
 * one, wrap it and get one after the other; to write results into it, wrap it and set them.
 *
 *   add   appends an argument that points at the caller's memory, which must stay valid
 *   get   reads the argument at the position. One value is copied out; of everything else a pointer
 *         into the argument is handed out, which stays the argument's
 *   set   copies into the memory that the argument at the position has. It must have a @buf large
 *         enough; its size stays what it was
 *
 * Get and set go to the next position if they succeed, and change nothing if they fail.
 * They return EINVAL (NULL; the argument is of another type or size, or has no memory; a bool that
 * is neither 0 nor 1; a string without its NUL), ERANGE (the position is past the end). Add
 * returns EINVAL (NULL, no elements, such a bool), ERANGE (the array is a wrapped one, and full),
 * ENOMEM, and then changes nothing.
 *
 * An array is for one thread at a time.
 */
struct vaccel_arg_array {
    struct vaccel_arg *args;
    size_t count;
    size_t capacity;
    size_t position;
    bool owned; /* @args is the array's own, and can grow */
};

/*
 * Make an empty array that grows as needed.
 * @arg_array  struct to fill; end it with vaccel_arg_array_release()
 * @capacity   how many arguments to make room for at once; 0 for 8
 * Returns EINVAL (NULL), ENOMEM.
 */
int vaccel_arg_array_init(struct vaccel_arg_array *arg_array, size_t capacity);

/*
 * End an array. Its own arguments are released; those of a wrapped array are left alone.
 * Returns EINVAL (NULL or not begun).
 */
int vaccel_arg_array_release(struct vaccel_arg_array *arg_array);

/*
 * As vaccel_arg_array_init(), on a struct that the library allocates; end it with
 * vaccel_arg_array_delete(). On error the pointer is left alone.
 */
int vaccel_arg_array_new(struct vaccel_arg_array **arg_array, size_t capacity);

/* As vaccel_arg_array_release(), and free the struct. Only for arrays allocated here. */
int vaccel_arg_array_delete(struct vaccel_arg_array *arg_array);

/*
 * Make an array over @count arguments of the caller's. It holds that many and never more.
 * Returns EINVAL (NULL; but @args may be, if @count is 0).
 */
int vaccel_arg_array_wrap(struct vaccel_arg_array *arg_array, struct vaccel_arg *args,
                          size_t count);

/* Release all arguments, of a wrapped array too, and begin anew with the same room. */
void vaccel_arg_array_clear(struct vaccel_arg_array *arg_array);

/*
 * For every numeric type, as vaccel_arg_array_get_int32() and so on: one value, and an array
 * of @nr_elements values, at least one. @nr_elements may be NULL in a get.
 */
#define VACCEL_ARG_ARRAY_NUMERIC(name, c_type, scalar, array) \
    int vaccel_arg_array_add_##name(struct vaccel_arg_array *arg_array, c_type *value); \
    int vaccel_arg_array_add_##name##_array(struct vaccel_arg_array *arg_array, c_type *values, \
                                            size_t nr_elements); \
    int vaccel_arg_array_get_##name(struct vaccel_arg_array *arg_array, c_type *value); \
    int vaccel_arg_array_get_##name##_array(struct vaccel_arg_array *arg_array, c_type **values, \
                                            size_t *nr_elements); \
    int vaccel_arg_array_set_##name(struct vaccel_arg_array *arg_array, c_type *value); \
    int vaccel_arg_array_set_##name##_array(struct vaccel_arg_array *arg_array, c_type *values, \
                                            size_t nr_elements);
VACCEL_ARG_NUMERIC_TYPES(VACCEL_ARG_ARRAY_NUMERIC)
#undef VACCEL_ARG_ARRAY_NUMERIC

/* RAW: @size bytes; add and get know an empty one, NULL and 0. */
int vaccel_arg_array_add_raw(struct vaccel_arg_array *arg_array, void *buf, size_t size);
int vaccel_arg_array_get_raw(struct vaccel_arg_array *arg_array, void **buf, size_t *size);
int vaccel_arg_array_set_raw(struct vaccel_arg_array *arg_array, void *buf, size_t size);

/* STRING: its size counts the NUL. */
int vaccel_arg_array_add_string(struct vaccel_arg_array *arg_array, char *str);
int vaccel_arg_array_get_string(struct vaccel_arg_array *arg_array, char **str);
int vaccel_arg_array_set_string(struct vaccel_arg_array *arg_array, char *str);

/* BUFFER: @size bytes, at least one. */
int vaccel_arg_array_add_buffer(struct vaccel_arg_array *arg_array, void *buf, size_t size);
int vaccel_arg_array_get_buffer(struct vaccel_arg_array *arg_array, void **buf, size_t *size);
int vaccel_arg_array_set_buffer(struct vaccel_arg_array *arg_array, void *buf, size_t size);

/* Says whether @size bytes have the layout @custom_type_id. */
typedef bool (*vaccel_arg_type_validator_fn)(const void *buf, size_t size, uint32_t custom_type_id);

/*
 * CUSTOM: @size bytes, at least one, of the layout @custom_type_id, which must be the argument's in
 * get and set. In a set @size must be the argument's exactly; in a get it may be NULL.
 * @validator  may be NULL; if it says no, the call returns EINVAL
 */
int vaccel_arg_array_add_custom(struct vaccel_arg_array *arg_array, uint32_t custom_type_id,
                                void *buf, size_t size, vaccel_arg_type_validator_fn validator);
int vaccel_arg_array_get_custom(struct vaccel_arg_array *arg_array, uint32_t custom_type_id,
                                void **buf, size_t *size, vaccel_arg_type_validator_fn validator);
int vaccel_arg_array_set_custom(struct vaccel_arg_array *arg_array, uint32_t custom_type_id,
                                void *buf, size_t size, vaccel_arg_type_validator_fn validator);

/*
 * Turns @data_size bytes of @data into the bytes of an argument. @buf receives memory of malloc(),
 * which the library frees, and @size its size. Returns 0 or a VACCEL_E code.
 */
typedef int (*vaccel_arg_serializer_fn)(const void *data, size_t data_size, uint32_t custom_type_id,
                                        void **buf, size_t *size);

/* The reverse: fills @data, which has room for @data_size bytes. */
typedef int (*vaccel_arg_deserializer_fn)(const void *buf, size_t size, uint32_t custom_type_id,
                                          size_t data_size, void *data);

/*
 * An argument of any type by way of a function. The argument that add appends owns its bytes. In
 * a set the serialised size must be the argument's exactly. Get and set give the function
 * @custom_type_id only for CUSTOM, else 0.
 * Returns as the others, EINVAL for bytes that do not suit @type, or what the function returned.
 */
int vaccel_arg_array_add_serialized(struct vaccel_arg_array *arg_array, vaccel_arg_type_t type,
                                    uint32_t custom_type_id, const void *data, size_t data_size,
                                    vaccel_arg_serializer_fn serializer);
int vaccel_arg_array_get_serialized(struct vaccel_arg_array *arg_array, vaccel_arg_type_t type,
                                    uint32_t custom_type_id, void *data, size_t expected_size,
                                    vaccel_arg_deserializer_fn deserializer);
int vaccel_arg_array_set_serialized(struct vaccel_arg_array *arg_array, vaccel_arg_type_t type,
                                    uint32_t custom_type_id, void *data, size_t data_size,
                                    vaccel_arg_serializer_fn serializer);

/*
 * Append arguments of another array: @count from @start on, those from its position on, or all.
 * @copy  true: with copies of their bytes. false: pointing at the same bytes, which stay theirs
 * Either all are appended or none. Returns EINVAL (NULL; with @copy also an argument that was
 * released), ERANGE (@src has not that many, or @dst is a wrapped array and full), ENOMEM.
 */
int vaccel_arg_array_add_range(struct vaccel_arg_array *dst, const struct vaccel_arg_array *src,
                               size_t start, size_t count, bool copy);
int vaccel_arg_array_add_remaining(struct vaccel_arg_array *dst, const struct vaccel_arg_array *src,
                                   bool copy);
int vaccel_arg_array_add_all(struct vaccel_arg_array *dst, const struct vaccel_arg_array *src,
                             bool copy);

/*
 * The arguments from the position on, without going there; NULL and 0 if there are none. They stay
 * the array's. Returns EINVAL (NULL).
 */
int vaccel_arg_array_get_remaining(struct vaccel_arg_array *arg_array, struct vaccel_arg **args,
                                   size_t *count);

/* How many arguments there are from the position on, the position, and the count. 0 for NULL. */
size_t vaccel_arg_array_remaining_count(const struct vaccel_arg_array *arg_array);
size_t vaccel_arg_array_position(const struct vaccel_arg_array *arg_array);
size_t vaccel_arg_array_count(const struct vaccel_arg_array *arg_array);

/* Go to a position, or to the end if it is past that; and to the start. */
void vaccel_arg_array_set_position(struct vaccel_arg_array *arg_array, size_t position);
void vaccel_arg_array_reset_position(struct vaccel_arg_array *arg_array);

/* The arguments themselves, until the next add. NULL for NULL. */
struct vaccel_arg *vaccel_arg_array_raw(struct vaccel_arg_array *arg_array);

#ifdef __cplusplus
}
#endif

#endif
