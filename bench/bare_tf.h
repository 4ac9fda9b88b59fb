/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_BARE_TF_H
#define BENCH_BARE_TF_H

/* A SavedModel by TensorFlow alone, as a program would do it that knows nothing of vAccel. */

#include <stddef.h>
#include <stdint.h>

struct bare_tf;

/* NULL: @path is no SavedModel, or it has no such operations: the first output of each is meant. */
struct bare_tf *bare_tf_load(const char *path, const char *input, const char *output);
void bare_tf_unload(struct bare_tf *model);

/* Run it on data that stay where they are, and copy the output's @size bytes. 0, or what is wrong. */
int bare_tf_run(const struct bare_tf *model, const int64_t *dims, int nr_dims, void *data,
                size_t data_size, void *output, size_t size);

#endif
