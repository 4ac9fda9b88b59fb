/* SPDX-License-Identifier: Apache-2.0 */
#include "mirror.h"

#include <pthread.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

/* Who waits longer has been waited for by nobody: the calls did not run at the same time. */
enum { SECONDS_AT_MOST = 30 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t moved = PTHREAD_COND_INITIALIZER;
static int nr_waiting, nr_to_go;

/* Under the lock: wait for a move. False: it took too long. */
static bool wait_until(const struct timespec *end)
{
    return pthread_cond_timedwait(&moved, &lock, end) == 0;
}

static struct timespec end_of_waiting(void)
{
    struct timespec end;

    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += SECONDS_AT_MOST;
    return end;
}

/* Under the lock. Threads that wait are seen from outside by their name. */
static void wait_for_another(void)
{
    struct timespec end = end_of_waiting();
    char name[16];

    prctl(PR_GET_NAME, name);
    prctl(PR_SET_NAME, "mirror-waits");
    while (!nr_to_go && wait_until(&end))
        ;
    prctl(PR_SET_NAME, name);
}

int mirror_wait(struct vaccel_session *sess, struct vaccel_arg *read, size_t nr_read,
                struct vaccel_arg *write, size_t nr_write)
{
    bool met;

    (void)sess, (void)read, (void)nr_read, (void)write, (void)nr_write;
    pthread_mutex_lock(&lock);
    nr_waiting++;
    pthread_cond_broadcast(&moved);
    wait_for_another();
    nr_waiting--;
    met = nr_to_go > 0;
    nr_to_go -= met;
    pthread_mutex_unlock(&lock);
    return met ? VACCEL_OK : VACCEL_EAGAIN;
}

/* Wait until so many calls wait as the argument says. With @open they go on. */
static int meet(const struct vaccel_arg *read, size_t nr_read, bool open)
{
    struct timespec end = end_of_waiting();
    int32_t count;
    bool met;

    if (nr_read != 1 || read[0].size != sizeof(count))
        return VACCEL_EINVAL;
    memcpy(&count, read[0].buf, sizeof(count));
    pthread_mutex_lock(&lock);
    while (nr_waiting < count && wait_until(&end))
        ;
    met = nr_waiting >= count;
    if (met && open)
        nr_to_go = count;
    pthread_cond_broadcast(&moved);
    pthread_mutex_unlock(&lock);
    return met ? VACCEL_OK : VACCEL_EAGAIN;
}

int mirror_see(struct vaccel_session *sess, struct vaccel_arg *read, size_t nr_read,
               struct vaccel_arg *write, size_t nr_write)
{
    (void)sess, (void)write, (void)nr_write;
    return meet(read, nr_read, false);
}

int mirror_open(struct vaccel_session *sess, struct vaccel_arg *read, size_t nr_read,
                struct vaccel_arg *write, size_t nr_write)
{
    (void)sess, (void)write, (void)nr_write;
    return meet(read, nr_read, true);
}
