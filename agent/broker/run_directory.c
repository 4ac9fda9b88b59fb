/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/broker/run_directory.h"
#include "agent/log.h"
#include "platform/platform.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Each in a thread of its own. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int running;
} removals = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static bool make_below(const char *base, char *path, size_t size)
{
    int length = snprintf(path, size, "%s/vaccel-agent.XXXXXX", base);

    return length > 0 && (size_t)length < size && mkdtemp(path);
}

bool run_directory_make(char *path, size_t size)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    char of_user[64];

    snprintf(of_user, sizeof(of_user), "/run/user/%lu", (unsigned long)getuid());
    if ((runtime && runtime[0] == '/' && make_below(runtime, path, size)) ||
        make_below(of_user, path, size) || make_below("/tmp", path, size))
        return true;
    agent_error("cannot make a directory for the worker, neither in XDG_RUNTIME_DIR nor in %s nor "
                "in /tmp: %s",
                of_user, strerror(errno));
    return false;
}

static void remove_now(const char *path)
{
    int error = platform_directory_remove(path);

    if (error)
        agent_warn("cannot remove %s, which the worker used: %s", path, strerror(error));
}

static void note_removal(int change)
{
    pthread_mutex_lock(&removals.lock);
    removals.running += change;
    pthread_cond_broadcast(&removals.changed);
    pthread_mutex_unlock(&removals.lock);
}

static void *remove_it(void *context)
{
    char *path = context;

    remove_now(path);
    free(path);
    note_removal(-1);
    return NULL;
}

static bool remove_elsewhere(const char *path)
{
    char *copy = strdup(path);
    pthread_t thread;

    if (!copy)
        return false;
    note_removal(1);
    if (pthread_create(&thread, NULL, remove_it, copy) == 0) {
        pthread_detach(thread);
        return true;
    }
    note_removal(-1);
    free(copy);
    return false;
}

void run_directory_remove(const char *path)
{
    if (!remove_elsewhere(path))
        remove_now(path);
}

void run_directories_wait(void)
{
    pthread_mutex_lock(&removals.lock);
    while (removals.running)
        pthread_cond_wait(&removals.changed, &removals.lock);
    pthread_mutex_unlock(&removals.lock);
}
