/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The guest's C library under other names, so that a test can have it beside the host's. Included before
 * each of its sources by their build for the tests.
 */
#ifndef TESTS_LIBC_RENAME_H
#define TESTS_LIBC_RENAME_H

#define abort guest_abort
#define access guest_access
#define aligned_alloc guest_aligned_alloc
#define alphasort guest_alphasort
#define calloc guest_calloc
#define clock_gettime guest_clock_gettime
#define errno guest_errno
#define exit guest_exit
#define fclose guest_fclose
#define feof guest_feof
#define ferror guest_ferror
#define fflush guest_fflush
#define fopen guest_fopen
#define fprintf guest_fprintf
#define fputc guest_fputc
#define fputs guest_fputs
#define fread guest_fread
#define free guest_free
#define fwrite guest_fwrite
#define getenv guest_getenv
#define isatty guest_isatty
#define lstat guest_lstat
#define malloc guest_malloc
#define memchr guest_memchr
#define memcmp guest_memcmp
#define memcpy guest_memcpy
#define memmove guest_memmove
#define memset guest_memset
#define printf guest_printf
#define putchar guest_putchar
#define puts guest_puts
#define qsort guest_qsort
#define realloc guest_realloc
#define scandir guest_scandir
#define snprintf guest_snprintf
#define stat guest_stat
#define stderr guest_stderr
#define stdout guest_stdout
#define strcasecmp guest_strcasecmp
#define strchr guest_strchr
#define strcmp guest_strcmp
#define strcpy guest_strcpy
#define strcspn guest_strcspn
#define strdup guest_strdup
#define strerror guest_strerror
#define strlen guest_strlen
#define strncasecmp guest_strncasecmp
#define strncmp guest_strncmp
#define strnlen guest_strnlen
#define strrchr guest_strrchr
#define strspn guest_strspn
#define strstr guest_strstr
#define strtol guest_strtol
#define vfprintf guest_vfprintf
#define vsnprintf guest_vsnprintf

#endif
