/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TFLITE_SENTENCES_H
#define TFLITE_SENTENCES_H

#include <stdarg.h>
#include <stddef.h>

enum { SENTENCES_SIZE = 900 }; /* a line of the log takes no more than 1000 */

/* What TensorFlow Lite says of an error, in several sentences at times; kept on one line. */
struct sentences {
    char text[SENTENCES_SIZE];
    size_t length;
};

void sentences_clear(struct sentences *said);
void sentences_add(struct sentences *said, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The reporter of a model or an interpreter; @said is a struct sentences. */
void sentences_report(void *said, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
const char *sentences_text(const struct sentences *said);

#endif
