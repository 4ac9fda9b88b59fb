/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENVINO_FAILURE_H
#define OPENVINO_FAILURE_H

/*
 * Log an error: the words of @format and, behind them, OpenVINO's own sentence about its last
 * failure, on one line. OpenVINO keeps one sentence for all threads, so where two fail at once it
 * may be the other's.
 * Returns @code.
 */
int failure(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Log that there is no memory for it. Returns ENOMEM. */
int no_memory(const char *what);

#endif
