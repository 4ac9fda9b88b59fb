/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKER_DEVICE_LOG_H
#define WORKER_DEVICE_LOG_H

/* Whose lines they are from now on; a copy is kept. */
void device_log_name(const char *name);

/* A line about the front end or its guest, unless there were too many of late. */
void device_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
