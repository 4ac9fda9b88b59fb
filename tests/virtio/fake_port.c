/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_device.h"

#include "platform/linux/shared.h"
#include "vaccel.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct fake *of(struct virtio_port *port)
{
    return (struct fake *)port;
}

uint64_t fake_clock(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC_RAW, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

void fake_complain(struct fake *fake, const char *what)
{
    if (!fake->complaint)
        fake->complaint = what;
}

static void list_begin(struct fake_list *list)
{
    list->first = NULL;
    list->last = &list->first;
}

static void list_put(struct fake_list *list, struct fake_chain *chain)
{
    chain->next = NULL;
    *list->last = chain;
    list->last = &chain->next;
}

static struct fake_chain *list_take(struct fake_list *list, struct fake_chain *chain)
{
    struct fake_chain **at = &list->first;

    while (*at && *at != chain)
        at = &(*at)->next;
    if (!*at)
        return NULL;
    *at = chain->next;
    if (!*at)
        list->last = at;
    return chain;
}

static void chain_free(struct fake_chain *chain)
{
    free(chain->segments);
    free(chain);
}

static void list_end(struct fake_list *list)
{
    while (list->first)
        chain_free(list_take(list, list->first));
}

/* A held call whose time has come. */
static struct fake_chain *due(const struct fake *fake)
{
    struct fake_chain *chain = fake->held.first;

    while (chain && !chain->cancelled && fake_clock() < chain->not_before)
        chain = chain->next;
    return chain;
}

static void wait_a_little(struct fake *fake)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += fake->held.first ? 1000000 : 100000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_cond_timedwait(&fake->moved, &fake->lock, &until);
}

static void give_back(struct fake *fake, struct fake_chain *chain)
{
    list_put(&fake->done, chain);
    pthread_cond_broadcast(&fake->moved);
}

static void *run(void *context)
{
    struct fake *fake = context;
    struct fake_chain *chain;

    pthread_mutex_lock(&fake->lock);
    while (fake->running) {
        chain = due(fake);
        fake->busy = true;
        if (chain) {
            list_take(&fake->held, chain);
            fake_serve_late(fake, chain);
            give_back(fake, chain);
        } else if (fake->posted.first) {
            chain = list_take(&fake->posted, fake->posted.first);
            if (fake_serve(fake, chain))
                give_back(fake, chain);
            else
                list_put(&fake->held, chain);
        } else {
            fake->busy = false;
            wait_a_little(fake);
        }
        fake->busy = false;
        pthread_cond_broadcast(&fake->moved);
    }
    pthread_mutex_unlock(&fake->lock);
    return NULL;
}

/* The driver says that it calls us one at a time. */
static struct fake *enter(struct virtio_port *port)
{
    struct fake *fake = of(port);

    if (__atomic_exchange_n(&fake->in_use, true, __ATOMIC_SEQ_CST))
        fake_complain(fake, "two threads use the port");
    pthread_mutex_lock(&fake->lock);
    return fake;
}

static void leave(struct fake *fake)
{
    pthread_mutex_unlock(&fake->lock);
    __atomic_store_n(&fake->in_use, false, __ATOMIC_SEQ_CST);
}

static void forget_all(struct fake *fake)
{
    while (fake->busy)
        pthread_cond_wait(&fake->moved, &fake->lock);
    list_end(&fake->posted);
    list_end(&fake->held);
    list_end(&fake->done);
    fake_forget(fake);
    fake->segments = 0;
    fake->calls_now = 0;
    fake->greeted = false;
}

static int fake_open(struct virtio_port *port)
{
    struct fake *fake = enter(port);

    fake->counts.opened++;
    forget_all(fake);
    port->queue_size = fake->settings.queue_size;
    leave(fake);
    return VACCEL_OK;
}

static void fake_reset(struct virtio_port *port)
{
    struct fake *fake = enter(port);

    fake->counts.reset++;
    forget_all(fake);
    leave(fake);
}

static size_t fake_map(struct virtio_port *port, const void *data, size_t size,
                       struct virtio_segment *segments, size_t room)
{
    uintptr_t at = (uintptr_t)data;
    size_t page = of(port)->settings.page ? of(port)->settings.page : SIZE_MAX;
    struct shared_arena arena;
    size_t count;
    size_t part;

    if (!platform_shared_arena(&arena) || !shared_arena_holds(&arena, data, size))
        return 0;
    for (count = 0; size && count < room; count++, at += part, size -= part) {
        part = page - at % page;
        if (part > size)
            part = size;
        segments[count] = (struct virtio_segment){at, (uint32_t)part};
    }
    return size ? 0 : count;
}

static bool fake_post(struct virtio_port *port, const struct virtio_segment *segments,
                      size_t nr_readable, size_t nr_writable, void *token)
{
    struct fake *fake = enter(port);
    size_t count = nr_readable + nr_writable;
    struct fake_chain *chain;
    size_t i;

    if (fake->segments + count > fake->settings.queue_size) {
        leave(fake);
        return false;
    }
    if (!fake->counts.opened || fake->counts.closed)
        fake_complain(fake, "a chain for a device that is off");
    for (i = 0; i < count; i++)
        if (!segments[i].size)
            fake_complain(fake, "a segment of no bytes");
    chain = calloc(1, sizeof(*chain));
    *chain = (struct fake_chain){.token = token,
                                 .segments = calloc(count + 1, sizeof(*segments)),
                                 .nr_readable = nr_readable,
                                 .nr_writable = nr_writable};
    memcpy(chain->segments, segments, count * sizeof(*segments));
    fake->segments += count;
    fake->counts.chains++;
    list_put(&fake->posted, chain);
    leave(fake);
    return true;
}

static void fake_notify(struct virtio_port *port)
{
    struct fake *fake = enter(port);

    pthread_cond_broadcast(&fake->moved);
    leave(fake);
}

static void *fake_take(struct virtio_port *port, uint32_t *written)
{
    static char strange[64];
    struct fake *fake = enter(port);
    struct fake_chain *chain = fake->done.first;
    void *token = chain ? chain->token : NULL;

    if (chain) {
        *written = chain->written;
        if (fake->mischief == FAKE_STRANGE_TOKEN && fake->greeted)
            token = strange;
        if (fake->mischief == FAKE_TWICE && fake->greeted) {
            fake->mischief = FAKE_STRANGE_TOKEN;
            leave(fake);
            return (char *)token + 1;
        }
        list_take(&fake->done, chain);
        fake->segments -= chain->nr_readable + chain->nr_writable;
        chain_free(chain);
    }
    leave(fake);
    return token;
}

static bool fake_arm(struct virtio_port *port)
{
    struct fake *fake = enter(port);
    bool none = !fake->done.first;

    leave(fake);
    return none;
}

static bool fake_wait(struct virtio_port *port, uint64_t deadline)
{
    struct fake *fake = of(port);
    bool there;

    pthread_mutex_lock(&fake->lock);
    fake->counts.waits++;
    while (!fake->done.first && !fake->woken && fake->mischief != FAKE_GONE &&
           (!deadline || fake_clock() < deadline)) {
        if (deadline) {
            struct timespec until;

            clock_gettime(CLOCK_MONOTONIC, &until);
            until.tv_nsec += 1000000;
            if (until.tv_nsec >= 1000000000) {
                until.tv_sec++;
                until.tv_nsec -= 1000000000;
            }
            pthread_cond_timedwait(&fake->moved, &fake->lock, &until);
        } else {
            pthread_cond_wait(&fake->moved, &fake->lock);
        }
    }
    fake->woken = false;
    there = fake->mischief != FAKE_GONE;
    pthread_mutex_unlock(&fake->lock);
    return there;
}

static void fake_wake(struct virtio_port *port)
{
    struct fake *fake = of(port);

    pthread_mutex_lock(&fake->lock);
    fake->woken = true;
    pthread_cond_broadcast(&fake->moved);
    pthread_mutex_unlock(&fake->lock);
}

static void fake_close(struct virtio_port *port)
{
    struct fake *fake = enter(port);

    if (fake->posted.first || fake->held.first)
        fake_complain(fake, "closed while the device had chains");
    fake->counts.closed++;
    leave(fake);
}

static const struct virtio_port_ops operations = {
    .open = fake_open,
    .reset = fake_reset,
    .map = fake_map,
    .post = fake_post,
    .notify = fake_notify,
    .take = fake_take,
    .arm = fake_arm,
    .wait = fake_wait,
    .wake = fake_wake,
    .close = fake_close,
};

struct fake *fake_new(const struct fake_settings *settings)
{
    struct fake *fake = calloc(1, sizeof(*fake));
    pthread_condattr_t monotonic;

    fake->port = (struct virtio_port){&operations, "fake", 0};
    fake->settings = *settings;
    fake->running = true;
    list_begin(&fake->posted);
    list_begin(&fake->held);
    list_begin(&fake->done);
    pthread_mutex_init(&fake->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&fake->moved, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&fake->thread, NULL, run, fake))
        abort();
    return fake;
}

void fake_free(struct fake *fake)
{
    pthread_mutex_lock(&fake->lock);
    fake->running = false;
    pthread_cond_broadcast(&fake->moved);
    pthread_mutex_unlock(&fake->lock);
    pthread_join(fake->thread, NULL);
    forget_all(fake);
    pthread_cond_destroy(&fake->moved);
    pthread_mutex_destroy(&fake->lock);
    free(fake);
}

struct virtio_port *fake_port(struct fake *fake)
{
    fake->counts.closed = 0;
    return &fake->port;
}

void fake_behave(struct fake *fake, enum fake_mischief mischief)
{
    pthread_mutex_lock(&fake->lock);
    fake->mischief = mischief;
    pthread_cond_broadcast(&fake->moved);
    pthread_mutex_unlock(&fake->lock);
}

const char *fake_complaint(const struct fake *fake)
{
    return fake->complaint;
}

struct fake_counts fake_counts(struct fake *fake)
{
    struct fake_counts counts;

    pthread_mutex_lock(&fake->lock);
    counts = fake->counts;
    pthread_mutex_unlock(&fake->lock);
    return counts;
}

void fake_watch(struct fake *fake, const void *data, size_t size)
{
    pthread_mutex_lock(&fake->lock);
    fake->watched = data;
    fake->watched_size = size;
    fake->counts.in_place = 0;
    pthread_mutex_unlock(&fake->lock);
}
