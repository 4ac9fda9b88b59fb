/* SPDX-License-Identifier: Apache-2.0 */
#include "counter.h"

extern struct counter counter;

static int called(enum counter_hook hook, struct vaccel_session *sess, struct vaccel_resource *res)
{
    int ret = 0;

    __atomic_add_fetch(&counter.calls[hook], 1, __ATOMIC_RELAXED);
    if (counter.hook)
        ret = counter.hook(&counter, hook, sess, res);
    return ret ? ret : counter.results[hook];
}

static int operation(struct vaccel_session *sess)
{
    return called(COUNTER_OPERATION, sess, NULL);
}

static int exec(struct vaccel_session *sess, const char *library, const char *fn_symbol,
                struct vaccel_arg *read, size_t nr_read, struct vaccel_arg *write, size_t nr_write)
{
    (void)library, (void)fn_symbol, (void)read, (void)nr_read, (void)write, (void)nr_write;
    return called(COUNTER_OPERATION, sess, NULL);
}

static int exec_with_resource(struct vaccel_session *sess, struct vaccel_resource *res,
                              const char *fn_symbol, struct vaccel_arg *read, size_t nr_read,
                              struct vaccel_arg *write, size_t nr_write)
{
    (void)fn_symbol, (void)read, (void)nr_read, (void)write, (void)nr_write;
    return called(COUNTER_OPERATION, sess, res);
}

static struct vaccel_op ops[] = {
    VACCEL_OP_INIT(noop, VACCEL_OP_NOOP, operation),
    VACCEL_OP_INIT(exec, VACCEL_OP_EXEC, exec),
    VACCEL_OP_INIT(exec_with_resource, VACCEL_OP_EXEC_WITH_RESOURCE, exec_with_resource),
};

static int init(void)
{
    int ret = counter.ops ? vaccel_plugin_register_ops(counter.ops, counter.nr_ops)
                          : vaccel_plugin_register_ops(ops, sizeof(ops) / sizeof(ops[0]));

    if (ret == VACCEL_OK && counter.named_ops)
        ret = vaccel_plugin_register_named_ops(counter.named_ops, counter.nr_named_ops);
    if (ret == VACCEL_OK && counter.engine)
        ret = vaccel_plugin_register_model_engine(counter.engine);
    return ret ? ret : called(COUNTER_INIT, NULL, NULL);
}

static int fini(void)
{
    return called(COUNTER_FINI, NULL, NULL);
}

static int session_init(struct vaccel_session *sess, uint32_t flags)
{
    __atomic_store_n(&counter.flags, flags, __ATOMIC_RELAXED);
    return called(COUNTER_SESSION_INIT, sess, NULL);
}

static int session_release(struct vaccel_session *sess)
{
    return called(COUNTER_SESSION_RELEASE, sess, NULL);
}

static int session_update(struct vaccel_session *sess, uint32_t flags)
{
    __atomic_store_n(&counter.flags, flags, __ATOMIC_RELAXED);
    return called(COUNTER_SESSION_UPDATE, sess, NULL);
}

static int resource_register(struct vaccel_resource *res, struct vaccel_session *sess)
{
    return called(COUNTER_REGISTER, sess, res);
}

static int resource_unregister(struct vaccel_resource *res, struct vaccel_session *sess)
{
    return called(COUNTER_UNREGISTER, sess, res);
}

static int resource_sync(struct vaccel_resource *res, struct vaccel_session *sess)
{
    return called(COUNTER_SYNC, sess, res);
}

VACCEL_PLUGIN(.name = COUNTER_NAME, .version = "1.0", .vaccel_version = VACCEL_VERSION,
              .type = VACCEL_PLUGIN_CPU, .init = init, .fini = fini, .session_init = session_init,
              .session_release = session_release, .session_update = session_update,
              .resource_register = resource_register, .resource_unregister = resource_unregister,
              .resource_sync = resource_sync)

struct counter counter = {.plugin = &vaccel_this_plugin};
