/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program for the machine alone, without the library: it does what its arguments say, one after the
 * other, and prints what it found.
 */
#include "baremetal/machine.h"
#include "virtio/port.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int args(int argc, char **argv)
{
    int i;

    for (i = 0; i < argc; i++)
        printf("argv[%d] '%s'\n", i, argv[i]);
    return 0;
}

static void print_variable(const char *name)
{
    const char *value = getenv(name);

    printf("%s %s\n", name, value ? value : "is not set");
}

static int is_any(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int list_files(void)
{
    struct dirent **entries;
    int count = scandir(".", &entries, is_any, alphasort);
    int i;

    for (i = 0; i < count; i++)
        printf("file %s\n", entries[i]->d_name);
    return count < 0;
}

/* About the most that one malloc() gives; NULL: nothing. */
static char *take_memory(size_t *size)
{
    char *data = NULL;
    size_t wanted;

    for (wanted = (size_t)1 << 40; wanted && !data; wanted -= wanted / 64 + 1) {
        data = malloc(wanted);
        *size = wanted;
    }
    return data;
}

/* How much it is, each page of it written to. */
static int measure_memory(void)
{
    size_t size;
    char *data = take_memory(&size);
    size_t wrong = 0;
    size_t i;

    for (i = 0; data && i < size; i += 4096)
        data[i] = (char)(i >> 12);
    for (i = 0; data && i < size; i += 4096)
        wrong += data[i] != (char)(i >> 12);
    printf("memory %zu KiB, %zu pages wrong\n", size / 1024, wrong);
    free(data);
    return wrong > 0;
}

/* The same, of which only the beginning and the end are written to. */
static int touch_memory(void)
{
    size_t size;
    char *data = take_memory(&size);

    if (!data)
        return 1;
    memset(data, 1, 4096);
    memset(data + size - 4096, 1, 4096);
    printf("large %zu MiB\n", size >> 20);
    free(data);
    return 0;
}

/* The time that a sleep takes, by the clock and by the calendar. */
static int sleep_some(void)
{
    enum { MS = 200 };
    uint64_t start = clock_now();
    struct timespec now = {0};

    clock_gettime(CLOCK_REALTIME, &now);
    while (clock_now() < start + MS * UINT64_C(1000000))
        interrupts_sleep(start + MS * UINT64_C(1000000));
    printf("slept %d ms in %llu us at %lld\n", MS, (unsigned long long)(clock_now() - start) / 1000,
           (long long)now.tv_sec);
    return 0;
}

static volatile unsigned int depth = 1u << 30;

/* Until there is no stack any more. */
static int recurse(unsigned int left)
{
    volatile char room[1024];

    room[left % sizeof(room)] = (char)left;
    return left ? recurse(left - 1) + room[0] : 0;
}

static int fault(const char *kind)
{
    volatile uintptr_t address = 0;

    if (!strcmp(kind, "text"))
        address = (uintptr_t)&console_print;
    if (!strcmp(kind, "stack"))
        return recurse(depth);
    if (strcmp(kind, "code") != 0)
        *(volatile char *)address = 1;
    __asm__ volatile("ud2");
    return 0;
}

/* Sends a chain to the device of the test, which returns it reversed, and waits for it. */
static int exchange(struct virtio_port *port, unsigned int number)
{
    static char out[4096];
    static char in[4096];
    struct virtio_segment segments[2];
    size_t size = 1 + number * 37 % sizeof(out);
    uint64_t deadline = clock_now() + UINT64_C(5000000000);
    uint32_t written = 0;
    size_t i;

    for (i = 0; i < size; i++)
        out[i] = (char)(number + i * 7);
    memset(in, 0, sizeof(in));
    port->ops->map(port, out, size, &segments[0], 1);
    port->ops->map(port, in, size, &segments[1], 1);
    if (!port->ops->post(port, segments, 1, 1, out))
        return 1;
    port->ops->notify(port);
    while (port->ops->take(port, &written) != out) {
        if (clock_now() > deadline)
            return 2;
        if (port->ops->arm(port) && !port->ops->wait(port, deadline))
            return 3;
    }
    for (i = 0; i < size && in[i] == out[size - 1 - i]; i++)
        continue;
    return written == size && i == size ? 0 : 4;
}

/* Who knows that devices interrupt sleeps about as long as he wants to. */
static bool interrupts_arrive(void)
{
    const uint64_t some = 50000000;
    uint64_t start = clock_now();

    interrupts_sleep(start + some);
    start = clock_now();
    interrupts_sleep(start + some);
    return clock_now() - start >= some / 2;
}

static int use_device(unsigned int count)
{
    struct virtio_port *port = virtio_port_find();
    uint64_t start;
    unsigned int i;
    int ret = 0;

    if (!port) {
        printf("device none\n");
        return 0;
    }
    printf("device %s\n", port->name);
    if (port->ops->open(port) != 0)
        return 1;
    start = clock_now();
    for (i = 0; i < count && !ret; i++)
        ret = exchange(port, i);
    printf("exchanged %u, %llu us each, error %d\n", i,
           (unsigned long long)(clock_now() - start) / 1000 / (i ? i : 1), ret);
    printf("interrupts %s\n", interrupts_arrive() ? "arrive" : "do not arrive");
    port->ops->reset(port);
    if (!ret && (port->ops->open(port) != 0 || exchange(port, 1) != 0))
        ret = 5;
    printf("again, error %d\n", ret);
    port->ops->reset(port);
    return ret;
}

static int command(const char *name, const char *value)
{
    if (!strcmp(name, "files"))
        return list_files();
    if (!strcmp(name, "memory"))
        return measure_memory();
    if (!strcmp(name, "large"))
        return touch_memory();
    if (!strcmp(name, "sleep"))
        return sleep_some();
    if (!strcmp(name, "fault"))
        return fault(value);
    if (!strcmp(name, "device"))
        return use_device((unsigned int)strtol(value, NULL, 10));
    if (!strcmp(name, "exit"))
        exit((int)strtol(value, NULL, 10));
    if (!strcmp(name, "env"))
        print_variable(value);
    return 0;
}

int main(int argc, char **argv)
{
    int ret = args(argc, argv);
    int i;

    printf("main after %llu us\n", (unsigned long long)clock_now() / 1000);
    for (i = 1; i < argc && !ret; i++) {
        char *value = strchr(argv[i], ':');

        if (value)
            *value++ = '\0';
        ret = command(argv[i], value ? value : "");
    }
    printf("end %d\n", ret);
    return ret;
}
