/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_DEPRECATED_MINMAX_H
#define VACCEL_DEPRECATED_MINMAX_H

#ifdef __cplusplus
extern "C" {
#endif

struct vaccel_session;

/*
 * The least and the greatest of the values, and those between two thresholds.
 * @indata          @ndata values, at least one
 * @low_threshold,
 * @high_threshold  a value v is kept if low <= v <= high
 * @outdata         room for @ndata values: the kept ones in their order, then zeros
 * @min, @max       of all of @indata
 * Returns EINVAL, ESESS, ENOTSUP, or what the plugin returned. Plugins have the same signature.
 */
int vaccel_minmax(struct vaccel_session *sess, const double *indata, int ndata, int low_threshold,
                  int high_threshold, double *outdata, double *min, double *max)
    __attribute__((deprecated));

#ifdef __cplusplus
}
#endif

#endif
