/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_UNISTD_H
#define GUEST_UNISTD_H

#include <sys/types.h>

#define STDOUT_FILENO 1
#define STDERR_FILENO 2

#define F_OK 0
#define X_OK 1
#define W_OK 2
#define R_OK 4

/* All can be read, directories searched, nothing written. */
int access(const char *path, int mode);
/* Nobody is known to look at the console: 0. */
int isatty(int fd);

#endif
