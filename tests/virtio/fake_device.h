/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_VIRTIO_FAKE_DEVICE_H
#define TESTS_VIRTIO_FAKE_DEVICE_H

#include "fake_port.h"

#include <pthread.h>
#include <stdbool.h>

/* What fake_port.c, which has the queue, and fake_device.c, which has the answers, share. */

struct fake_chain {
    struct fake_chain *next;
    void *token;
    struct virtio_segment *segments;
    size_t nr_readable;
    size_t nr_writable;
    uint32_t written;
    uint64_t id;         /* of the request; 0: not read yet */
    uint64_t not_before; /* of a slow answer: of the test's clock */
    bool cancelled;
};

struct fake_list {
    struct fake_chain *first;
    struct fake_chain **last;
};

/* Bytes of a request or an answer that does not fit into one chain. */
struct fake_rest {
    struct fake_rest *next;
    uint64_t id;
    unsigned char *data;
    size_t size;
    size_t done;
};

struct fake {
    struct virtio_port port;
    struct fake_settings settings;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t moved;
    bool running;
    bool busy; /* the device has a chain in its hands */
    bool woken;
    bool greeted;
    bool in_use; /* of a port, by one thread at a time */
    struct fake_list posted;
    struct fake_list held;
    struct fake_list done;
    struct fake_rest *requests;
    struct fake_rest *answers;
    size_t segments; /* of chains that are not taken back */
    unsigned int calls_now;
    enum fake_mischief mischief;
    const char *complaint;
    struct fake_counts counts;
    const unsigned char *watched;
    size_t watched_size;
};

void fake_complain(struct fake *fake, const char *what);
uint64_t fake_clock(void);

/* With the lock, but for the time of working on it: whether the chain is answered. */
bool fake_serve(struct fake *fake, struct fake_chain *chain);
/* Of a call that was held back. */
void fake_serve_late(struct fake *fake, struct fake_chain *chain);
void fake_forget(struct fake *fake);

#endif
