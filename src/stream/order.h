/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STREAM_ORDER_H
#define STREAM_ORDER_H

/*
 * What was done before a request was sent, comes before what is done once its answer is there, though by
 * other threads: the other side saw to that. The thread sanitizer does not know, and has to be told.
 */
#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>

static inline void order_before_sending(void *stream)
{
    __tsan_release(stream);
}

static inline void order_after_receiving(void *stream)
{
    __tsan_acquire(stream);
}
#else
static inline void order_before_sending(const void *stream)
{
    (void)stream;
}

static inline void order_after_receiving(const void *stream)
{
    (void)stream;
}
#endif

#endif
