/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_DEPRECATED_FPGA_H
#define VACCEL_DEPRECATED_FPGA_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct vaccel_session;

/*
 * Four demonstrations of vAccel's first FPGA plugin. New code brings its own operation by name
 * (docs/porting.md). Arrays must not be NULL and have as many elements as their length says.
 * Returns EINVAL, ESESS, ENOTSUP, or what the plugin returned. Plugins have the same signatures.
 */

/* Copy @len_a elements of @a to @out_a. */
int vaccel_fpga_arraycopy(struct vaccel_session *sess, int a[], int out_a[], size_t len_a)
    __attribute__((deprecated));

/* @c = product of @a and @b, @len_a elements each. What kind of product is the plugin's affair. */
int vaccel_fpga_mmult(struct vaccel_session *sess, float a[], float b[], float c[], size_t len_a)
    __attribute__((deprecated));

/* Sum and product of @a and @b, @len_a elements each. */
int vaccel_fpga_parallel(struct vaccel_session *sess, float a[], float b[], float add_output[],
                         float mult_output[], size_t len_a) __attribute__((deprecated));

/* @c = @a + @b, element by element; @c has @len_a elements. @len_b must equal @len_a. */
int vaccel_fpga_vadd(struct vaccel_session *sess, float a[], float b[], float c[], size_t len_a,
                     size_t len_b) __attribute__((deprecated));

#ifdef __cplusplus
}
#endif

#endif
