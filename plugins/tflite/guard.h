/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TFLITE_GUARD_H
#define TFLITE_GUARD_H

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Return what @call returns. TensorFlow Lite's C calls let exceptions of C++ out, as of sizes in a model
 * for which there is no memory, and those of a delegate. One of them, whatever it is, is logged, and is
 * EBACKEND, or ENOMEM. All that loads, runs or deletes a model goes through here.
 */
int guarded(int (*call)(void *argument), void *argument);

#ifdef __cplusplus
}
#endif

#endif
