/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_BARE_TFLITE_H
#define BENCH_BARE_TFLITE_H

/* A network in TensorFlow Lite alone, as a program would run it that knows nothing of vAccel. */

#include <stddef.h>

/*
 * Load it for one shape of its first input, with XNNPACK and as many threads as are said.
 * Returns false if TensorFlow Lite refuses.
 */
int bare_tflite_load(const void *bytes, size_t size, const int *dims, int nr_dims, int threads);

/* From the first input to the first output, of just these sizes. Returns false if it fails. */
int bare_tflite_run(const void *input, size_t input_size, void *output, size_t output_size);

#endif
