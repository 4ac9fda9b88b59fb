/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_COUNTER_H
#define TESTS_COUNTER_H

/*
 * A plugin that a test takes by the hand: it counts the calls of its hooks and does in each what
 * the test says. Built under several names, so that there can be several at once. It exports this
 * struct as "counter".
 */

#include "vaccel.h"

enum counter_hook {
    COUNTER_INIT,
    COUNTER_FINI,
    COUNTER_SESSION_INIT,
    COUNTER_SESSION_RELEASE,
    COUNTER_SESSION_UPDATE,
    COUNTER_REGISTER,
    COUNTER_UNREGISTER,
    COUNTER_SYNC,
    COUNTER_OPERATION, /* NOOP, EXEC and EXEC_WITH_RESOURCE */
    COUNTER_HOOKS,
};

struct counter {
    struct vaccel_plugin *plugin;
    /* The test's: called in every hook, whose result is the hook's. NULL: 0. */
    int (*hook)(struct counter *counter, enum counter_hook hook, struct vaccel_session *sess,
                struct vaccel_resource *res);
    int results[COUNTER_HOOKS]; /* what a hook returns if the above gives 0 */
    struct vaccel_op *ops;      /* NULL: NOOP, EXEC and EXEC_WITH_RESOURCE */
    size_t nr_ops;
    struct vaccel_named_op *named_ops;
    size_t nr_named_ops;
    const struct vaccel_model_engine *engine; /* or NULL */
    unsigned int calls[COUNTER_HOOKS];
    uint32_t flags; /* of the last session's init or update */
};

#endif
