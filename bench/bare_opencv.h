/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_BARE_OPENCV_H
#define BENCH_BARE_OPENCV_H

/* The digits network by OpenCV alone, as a program would do it that knows nothing of vAccel. */

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* False: @path is no network that OpenCV loads. */
int bare_opencv_load(const char *path);

/* The class of an encoded picture, or -1. */
int bare_opencv_classify(const void *picture, size_t size);

#ifdef __cplusplus
}
#endif

#endif
