/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client of an agent with plugin mirror, in a machine that is reset, or whose agent is killed. It does
 * what its arguments say, one after the other, and prints what came of it.
 */
#include "baremetal/machine.h"
#include "vaccel.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NS_PER_MS = 1000000, SIZE = 100000, REST_MS = 10, BACK_MS = 60000 };

static struct vaccel_session session;
static unsigned char in[SIZE], out[SIZE];

static void rest(void)
{
    uint64_t end = clock_now() + (uint64_t)REST_MS * NS_PER_MS;

    while (clock_now() < end)
        interrupts_sleep(end);
}

static unsigned long long ms_since(uint64_t start)
{
    return (clock_now() - start) / NS_PER_MS;
}

/* A session of its own, and a call in it; 0, or what went wrong. */
static int begin(void)
{
    return session.id ? 0 : vaccel_session_init(&session, VACCEL_PLUGIN_REMOTE);
}

static int copy(void)
{
    struct vaccel_arg read = {.buf = in, .size = SIZE, .type = VACCEL_ARG_RAW};
    struct vaccel_arg write = {.buf = out, .size = SIZE, .type = VACCEL_ARG_RAW};
    int ret = begin();

    for (size_t i = 0; i < SIZE; i++)
        in[i] = (unsigned char)(i * 7 + i / 256);
    memset(out, 0, SIZE);
    if (ret == VACCEL_OK)
        ret = vaccel_call(&session, "mirror.copy", &read, 1, &write, 1);
    for (size_t i = 0; ret == VACCEL_OK && i < SIZE; i++)
        if (out[i] != in[SIZE - 1 - i])
            ret = -1;
    return ret;
}

static int end(void)
{
    return vaccel_session_release(&session);
}

static int count(void)
{
    int64_t sessions = -1, registrations = -1;
    struct vaccel_arg write[] = {
        {.buf = &sessions, .size = sizeof(sessions), .type = VACCEL_ARG_INT64},
        {.buf = &registrations, .size = sizeof(registrations), .type = VACCEL_ARG_INT64},
    };
    int ret = begin();

    if (ret == VACCEL_OK)
        ret = vaccel_call(&session, "mirror.count", NULL, 0, write, 2);
    printf("%lld sessions, %lld registrations\n", (long long)sessions, (long long)registrations);
    return ret;
}

/* A session with a resource that nobody ends. */
static int leave(void)
{
    static struct vaccel_session left;
    static struct vaccel_resource res;
    int ret = vaccel_session_init(&left, VACCEL_PLUGIN_REMOTE);

    if (ret == VACCEL_OK)
        ret = vaccel_resource_init_from_buf(&res, in, SIZE, VACCEL_RESOURCE_DATA, NULL, true);
    return ret ? ret : vaccel_resource_register(&res, &left);
}

/* A call that would take half a minute. What it returns is printed, and is no failure. */
static int wait(void)
{
    uint64_t start = clock_now();
    int ret = begin();

    if (ret != VACCEL_OK)
        return ret;
    printf("waiting\n");
    ret = vaccel_call(&session, "mirror.wait", NULL, 0, NULL, 0);
    printf("waited: %d after %llu ms\n", ret, ms_since(start));
    return VACCEL_OK;
}

/* Calls until one fails. */
static int turns(void)
{
    uint64_t start;
    int ret;

    printf("turning\n");
    do {
        start = clock_now();
        ret = copy();
        rest();
    } while (ret == VACCEL_OK);
    printf("failed: %d after %llu ms\n", ret, ms_since(start));
    return VACCEL_OK;
}

/* Sessions are begun until one works. What the old one was is released. */
static int back(void)
{
    uint64_t start = clock_now();
    int ret = VACCEL_OK;

    if (session.id)
        end();
    while (ms_since(start) < BACK_MS) {
        ret = copy();
        if (ret == VACCEL_OK)
            break;
        if (session.id)
            end();
        rest();
    }
    printf("back: %d after %llu ms\n", ret, ms_since(start));
    return ret;
}

/* The device is reset with the library, and set up again. */
static int again(void)
{
    struct vaccel_config config;
    int ret = vaccel_cleanup();

    memset(&session, 0, sizeof(session));
    if (ret == VACCEL_OK)
        ret = vaccel_config_init_from_env(&config);
    if (ret == VACCEL_OK)
        ret = vaccel_bootstrap_with_config(&config);
    return ret ? ret : copy();
}

/* Nobody can take the interrupt, so the processor is reset. */
static int fault(void)
{
    static const struct __attribute__((packed)) {
        uint16_t limit;
        uint64_t base;
    } nothing = {0, 0};

    __asm__ volatile("lidt %0; int3" ::"m"(nothing));
    return -1;
}

static const struct {
    const char *name;
    int (*run)(void);
} words[] = {
    {"copy", copy},   {"end", end},   {"count", count}, {"leave", leave}, {"wait", wait},
    {"turns", turns}, {"back", back}, {"again", again}, {"fault", fault},
};

static int run(const char *word)
{
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (!strcmp(words[i].name, word))
            return words[i].run();
    return -1;
}

int main(int argc, char **argv)
{
    printf("boot\n");
    for (int i = 1; i < argc; i++) {
        int ret = run(argv[i]);

        printf("%s: %d\n", argv[i], ret);
        if (ret != VACCEL_OK)
            return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
