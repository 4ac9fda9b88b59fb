/* SPDX-License-Identifier: Apache-2.0 */
#include "guest.h"
#include "guest/libc/system.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

static char heap[MACHINE_HEAP];
static const void *files;
static size_t files_size;

static struct console {
    char text[4096];
    size_t length;
    int writes;
} consoles[3];

static jmp_buf at_exit;
static int exit_status;

uint64_t machine_time;

void system_write(int fd, const char *data, size_t size)
{
    struct console *console = &consoles[fd];

    if (size >= sizeof(console->text) - console->length)
        abort();
    memcpy(console->text + console->length, data, size);
    console->length += size;
    console->writes++;
}

/* Neither end is aligned. */
void system_heap(void **start, size_t *size)
{
    *start = heap + 3;
    *size = sizeof(heap) - 8;
}

uint64_t system_clock(void)
{
    return 7000000123u;
}

uint64_t system_time(void)
{
    return machine_time;
}

const char *system_environment(const char *name)
{
    return strcmp(name, "SET") == 0 ? "value" : NULL;
}

void system_files(const void **archive, size_t *size)
{
    *archive = files;
    *size = files_size;
}

void system_exit(int status)
{
    exit_status = status;
    longjmp(at_exit, 1);
}

void machine_set_files(const void *archive, size_t size)
{
    files = archive;
    files_size = size;
}

const char *machine_console(int fd, int *writes)
{
    static char text[sizeof(consoles[0].text)];
    struct console *console = &consoles[fd];

    memcpy(text, console->text, console->length);
    text[console->length] = '\0';
    if (writes)
        *writes = console->writes;
    console->length = 0;
    console->writes = 0;
    return text;
}

int machine_exit_status(void (*action)(void *context), void *context)
{
    exit_status = -1;
    if (setjmp(at_exit) == 0)
        action(context);
    return exit_status;
}
