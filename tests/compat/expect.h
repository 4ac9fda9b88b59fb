/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPECT_H
#define EXPECT_H

#include <stdbool.h>

/* Count and show an expectation that does not hold. */
#define EXPECT(condition) expect((condition), __FILE__, __LINE__, #condition)
void expect(bool holds, const char *file, int line, const char *text);

/* The parts of the application. */
void arguments(void);
void argument_lists(void);
void enumerations(void);
void models(void);
void operations(void);
void resources(void);
void sessions(void);

#endif
