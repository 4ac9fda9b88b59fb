/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TORCH_FUNCTIONS_H
#define TORCH_FUNCTIONS_H

/* What plugin.c registers: C functions that catch every exception of the C++ behind them. */

#include <vaccel.h>
#include <vaccel/engine.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Read the settings. EINVAL or ENODEV if one of them cannot be had. */
int torch_begin(void);

/* As in struct vaccel_model_engine. */
int torch_load(struct vaccel_resource *model, const char *format, void **state);
void torch_unload(void *state);
int torch_info(void *state, const char *signature, struct vaccel_model_info *info);
int torch_run(void *state, struct vaccel_session *sess, const struct vaccel_inference *inference);

int torch_sgemm(struct vaccel_session *sess, struct vaccel_torch_tensor **a,
                struct vaccel_torch_tensor **b, struct vaccel_torch_tensor **c, int m, int n, int k,
                struct vaccel_torch_tensor **out);

#ifdef __cplusplus
}
#endif

#endif
