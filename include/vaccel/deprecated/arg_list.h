/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_DEPRECATED_ARG_LIST_H
#define VACCEL_DEPRECATED_ARG_LIST_H

#include "../arg.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Argument lists of a fixed length, as before vAccel had argument arrays; new code uses those of
 * arg.h. A program makes one list for what goes in and one for what comes out, and hands over their
 * @list and @size. A list is for one thread at a time.
 */
struct vaccel_arg_list {
    uint32_t size; /* how many arguments fit */
    struct vaccel_arg *list;
    int curr_idx;              /* how many are there */
    int *idcs_allocated_space; /* always NULL: an argument knows itself whether it owns its bytes */
};

/* A list for @nr_args arguments; end it with vaccel_delete_args(). NULL if there is no memory. */
struct vaccel_arg_list *vaccel_args_init(uint32_t nr_args) __attribute__((deprecated));

/*
 * Append @size bytes of the caller's, which must stay valid, as RAW; or NULL and 0.
 * Returns EINVAL (NULL, one of @buf and @size without the other), ERANGE (the list is full).
 */
int vaccel_add_serial_arg(struct vaccel_arg_list *args, void *buf, uint32_t size)
    __attribute__((deprecated));

/*
 * Append what @serializer makes of @buf, as CUSTOM with the number @arg_type.
 * @serializer  returns memory of malloc(), which the list frees, and its size
 * Returns EINVAL (NULL, or @serializer gave nothing), ERANGE (the list is full).
 */
int vaccel_add_nonserial_arg(struct vaccel_arg_list *args, void *buf, uint32_t arg_type,
                             void *(*serializer)(void *, uint32_t *)) __attribute__((deprecated));

/* Append room for an output: @size bytes of the caller's. Errors as vaccel_add_serial_arg(). */
int vaccel_expect_serial_arg(struct vaccel_arg_list *args, void *buf, uint32_t size)
    __attribute__((deprecated));

/*
 * Append room for an output: @expected_size zeroed bytes that the list owns, as CUSTOM 0.
 * Returns EINVAL (NULL, no bytes), ERANGE (the list is full), ENOMEM.
 */
int vaccel_expect_nonserial_arg(struct vaccel_arg_list *args, uint32_t expected_size)
    __attribute__((deprecated));

/* The bytes of args[@idx], which stay its own. NULL if there are none or @idx is negative. */
void *vaccel_extract_serial_arg(struct vaccel_arg *args, int idx) __attribute__((deprecated));

/* What @deserializer makes of the bytes of args[@idx]; the caller's. NULL if there are none. */
void *vaccel_extract_nonserial_arg(struct vaccel_arg *args, int idx,
                                   void *(*deserializer)(void *, uint32_t))
    __attribute__((deprecated));

/*
 * Fill args[@idx] with as many bytes of @buf as it has.
 * Returns EINVAL (NULL, negative @idx, or it has no bytes).
 */
int vaccel_write_serial_arg(struct vaccel_arg *args, int idx, void *buf)
    __attribute__((deprecated));

/*
 * Write what @serializer makes of @buf into args[@idx], whose size stays what it was.
 * Returns EINVAL as above, and if @serializer gave nothing or more than fits.
 */
int vaccel_write_nonserial_arg(struct vaccel_arg *args, int idx, void *buf,
                               void *(*serializer)(void *, uint32_t *)) __attribute__((deprecated));

/* Free a list and the bytes that its arguments own. Returns EINVAL (NULL). */
int vaccel_delete_args(struct vaccel_arg_list *args) __attribute__((deprecated));

#ifdef __cplusplus
}
#endif

#endif
