/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_OTHER_SIDE_H
#define TESTS_OTHER_SIDE_H

/* The other side of a transport, which is plugin "counter": a test says what it answers and holds. */

#include "with_plugins.h"

static struct {
    const void *bytes; /* of whatever it holds */
    size_t size;
    int nr_held; /* a test adds what it says is held; what is fetched or dropped is less */
    int nr_fetched, nr_dropped; /* how often that was asked for */
} other_side;

static inline int other_side_fetch(struct vaccel_session *sess, struct vaccel_output *out)
{
    (void)sess;
    other_side.nr_fetched++;
    if (out->size < other_side.size) {
        out->size = other_side.size;
        return VACCEL_ERANGE;
    }
    memcpy(out->data, other_side.bytes, other_side.size);
    out->size = other_side.size;
    out->held = 0;
    other_side.nr_held--;
    return VACCEL_OK;
}

static inline int other_side_drop(struct vaccel_session *sess, struct vaccel_output *out)
{
    (void)sess;
    out->held = 0;
    other_side.nr_held--;
    other_side.nr_dropped++;
    return VACCEL_OK;
}

static inline int other_side_hook(struct counter *of, enum counter_hook hook,
                                  struct vaccel_session *sess, struct vaccel_resource *res)
{
    (void)of, (void)sess;
    if (hook == COUNTER_REGISTER)
        res->remote_id = 5;
    return 0;
}

/* Begin the library with it; @call is the test's hook. */
static inline int other_side_begin(int (*call)(struct vaccel_session *sess,
                                               struct vaccel_op_call *call))
{
    struct counter *counter = counter_open("counter");
    struct vaccel_plugin_info *info = counter->plugin->info;

    other_side.nr_held = other_side.nr_fetched = other_side.nr_dropped = 0;
    info->is_virtio = true;
    info->call = call;
    info->output_fetch = other_side_fetch;
    info->output_drop = other_side_drop;
    counter->hook = other_side_hook;
    return library_begin("counter");
}

#endif
