/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_BARE_OPENVINO_H
#define BENCH_BARE_OPENVINO_H

/* A network in OpenVINO alone, as a program would run it that knows nothing of vAccel. */

#include <stddef.h>
#include <stdint.h>

/*
 * Load it for the processor, with the settings that the plugin has too.
 * Returns false if OpenVINO refuses.
 */
int bare_openvino_load(const char *path);

/*
 * From the first input to the first output, both of floats.
 * @output  room for @output_size bytes, which must be the output's size
 * Returns false if it fails.
 */
int bare_openvino_run(float *input, int nr_dims, const int64_t *dims, void *output,
                      size_t output_size);

#endif
