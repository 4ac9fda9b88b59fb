/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_LIBC_GUEST_H
#define TESTS_LIBC_GUEST_H

/* What the tests call: the guest's C library as rename.h names it, and the machine below it. */

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

extern int guest_errno;

void *guest_memcpy(void *to, const void *from, size_t size);
void *guest_memmove(void *to, const void *from, size_t size);
void *guest_memset(void *to, int byte, size_t size);
int guest_memcmp(const void *a, const void *b, size_t size);
void *guest_memchr(const void *data, int byte, size_t size);
size_t guest_strlen(const char *text);
size_t guest_strnlen(const char *text, size_t size);
char *guest_strcpy(char *to, const char *from);
int guest_strcmp(const char *a, const char *b);
int guest_strncmp(const char *a, const char *b, size_t size);
char *guest_strchr(const char *text, int character);
char *guest_strrchr(const char *text, int character);
char *guest_strstr(const char *text, const char *part);
size_t guest_strspn(const char *text, const char *accepted);
size_t guest_strcspn(const char *text, const char *rejected);
int guest_strcasecmp(const char *a, const char *b);
int guest_strncasecmp(const char *a, const char *b, size_t size);
char *guest_strdup(const char *text);
char *guest_strerror(int error);

void *guest_malloc(size_t size);
void *guest_calloc(size_t count, size_t size);
void *guest_realloc(void *data, size_t size);
void *guest_aligned_alloc(size_t alignment, size_t size);
void guest_free(void *data);

long guest_strtol(const char *text, char **end, int base);
void guest_qsort(void *data, size_t count, size_t size,
                 int (*compare)(const void *a, const void *b));
char *guest_getenv(const char *name);
void guest_exit(int status);
void guest_abort(void);

struct stream;
extern struct stream *const guest_stdout;
extern struct stream *const guest_stderr;
struct stream *guest_fopen(const char *path, const char *mode);
int guest_fclose(struct stream *stream);
size_t guest_fread(void *data, size_t size, size_t count, struct stream *stream);
size_t guest_fwrite(const void *data, size_t size, size_t count, struct stream *stream);
int guest_feof(struct stream *stream);
int guest_ferror(struct stream *stream);
int guest_fflush(struct stream *stream);
int guest_fputc(int character, struct stream *stream);
int guest_fputs(const char *text, struct stream *stream);
int guest_putchar(int character);
int guest_puts(const char *text);
int guest_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
int guest_fprintf(struct stream *stream, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
int guest_snprintf(char *buf, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

int guest_access(const char *path, int mode);
int guest_isatty(int fd);

/* Those whose structs differ from the host's, in shim.c. */
bool guest_status(const char *path, unsigned int *mode, long long *size);
bool guest_time(int clock, long long *seconds, long *nanoseconds);
/* As scandir() with alphasort(), but all names with a '\n' behind each. Count, or -1. */
int guest_names(const char *path, char *names, size_t size);

/* The machine: system_...() of guest/libc/system.h. */
enum { MACHINE_HEAP = 1 << 20 };
void machine_set_files(const void *archive, size_t size);
extern uint64_t machine_time;
/* What was written to the console since the last call, as text; how often in *@writes. */
const char *machine_console(int fd, int *writes);
/* Call @action; the status with which it ended the machine, or -1: it returned. */
int machine_exit_status(void (*action)(void *context), void *context);

#endif
