/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIKRAFT_GUEST_CALLS_H
#define TESTS_UNIKRAFT_GUEST_CALLS_H

/*
 * What the platform half calls of a C library and can fail, under other names, so that a test can let it.
 * Included before each of its sources by their build for the tests.
 */
#define malloc guest_malloc
#define calloc guest_calloc
#define realloc guest_realloc
#define posix_memalign guest_posix_memalign
#define free guest_free
#define open guest_open
#define close guest_close
#define read guest_read
#define stat(path, status) guest_stat(path, status)
#define fstat(file, status) guest_fstat(file, status)

#endif
