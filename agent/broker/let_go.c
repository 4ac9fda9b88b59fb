/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/broker/let_go.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

enum { STACK_SIZE = 64 * 1024 };

/* Memory has seals, and no one else a say in how long it takes. */
static bool is_memory(int fd)
{
    return fcntl(fd, F_GET_SEALS) >= 0;
}

static void *close_it(void *context)
{
    close((int)(intptr_t)context);
    return NULL;
}

static bool close_elsewhere(int fd)
{
    pthread_attr_t attributes;
    pthread_t thread;
    bool begun;

    if (pthread_attr_init(&attributes))
        return false;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    begun = pthread_create(&thread, &attributes, close_it, (void *)(intptr_t)fd) == 0;
    pthread_attr_destroy(&attributes);
    return begun;
}

void let_go(int fd)
{
    if (is_memory(fd) || !close_elsewhere(fd))
        close(fd);
}
