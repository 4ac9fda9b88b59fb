/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_STDIO_H
#define GUEST_STDIO_H

#include <stdarg.h>
#include <stddef.h>

/*
 * Streams: the console's two, and files of the archive, which are read where they lie. Formats are those
 * of platform_format().
 */
typedef struct stream FILE;

#define EOF (-1)

extern FILE *const stdout; /* written at the end of each line, by fflush() and at exit */
extern FILE *const stderr; /* not buffered */

/* To write: NULL and EROFS. */
FILE *fopen(const char *path, const char *mode);
int fclose(FILE *stream);
size_t fread(void *data, size_t size, size_t count, FILE *stream);
size_t fwrite(const void *data, size_t size, size_t count, FILE *stream);
int feof(FILE *stream);
int ferror(FILE *stream);
/* NULL: the standard output. */
int fflush(FILE *stream);

int fputc(int character, FILE *stream);
int fputs(const char *text, FILE *stream);
int putchar(int character);
int puts(const char *text);

int printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
int fprintf(FILE *stream, const char *format, ...) __attribute__((format(printf, 2, 3)));
int snprintf(char *buf, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
int vfprintf(FILE *stream, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));
int vsnprintf(char *buf, size_t size, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

#endif
