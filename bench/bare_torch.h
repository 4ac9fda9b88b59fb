/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_BARE_TORCH_H
#define BENCH_BARE_TORCH_H

/* TorchScript by libtorch alone, as a program would do it that knows nothing of vAccel. */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct bare_tensor {
    void *data;
    int words; /* the elements are int64_t, else float */
    size_t nr_dims;
    const int64_t *dims;
};

/* Whether there is a GPU. It is used then. */
int bare_torch_has_gpu(void);

/* Memory that a GPU copies from by itself, which stays until the process ends; NULL if there is none. */
void *bare_torch_pinned(size_t size);

/* False: @path is no model that torch loads. The one before is forgotten. */
int bare_torch_load(const char *path);

/* Run it; its first or only output, which must be @nr_floats floats, goes to @output. False: it failed. */
int bare_torch_run(const struct bare_tensor *input, float *output, size_t nr_floats);

#ifdef __cplusplus
}
#endif

#endif
