/* SPDX-License-Identifier: Apache-2.0 */
#include "captured.h"

#include <stdbool.h>
#include <stdio.h>

/* The image is linked with --wrap=platform_log. */
void __real_platform_log(int level, const char *line);
void __wrap_platform_log(int level, const char *line);

static struct {
    char text[1 << 16];
    size_t used;
    bool capturing;
} captured;

void __wrap_platform_log(int level, const char *line)
{
    size_t left = sizeof(captured.text) - captured.used;
    int length;

    if (!captured.capturing) {
        __real_platform_log(level, line);
        return;
    }
    length = snprintf(captured.text + captured.used, left, "%s\n", line);
    captured.used += (size_t)length < left ? (size_t)length : left - 1;
}

void capture_begin(void)
{
    captured.text[0] = '\0';
    captured.used = 0;
    captured.capturing = true;
}

const char *capture_end(void)
{
    captured.capturing = false;
    return captured.text;
}
