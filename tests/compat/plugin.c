/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin as written for vAccel 0.8: it runs where the application runs. */
#include "calls.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <vaccel.h>

static struct calls calls;

static int noop(struct vaccel_session *sess)
{
    vaccel_debug("[compat] session %" PRId64 ": noop", sess->id);
    return VACCEL_OK;
}

static int exec(struct vaccel_session *sess, const char *library, const char *fn_symbol,
                struct vaccel_arg *read, size_t nr_read, struct vaccel_arg *write, size_t nr_write)
{
    struct vaccel_arg_array out;

    (void)sess, (void)library, (void)fn_symbol, (void)read, (void)nr_read;
    if (vaccel_arg_array_wrap(&out, write, nr_write) != VACCEL_OK)
        return VACCEL_EINVAL;
    return vaccel_arg_array_set_custom(&out, CALLS_ID, &calls, sizeof(calls), NULL);
}

/* The number that resource_register() put aside. */
static int sgemm(struct vaccel_session *sess, int64_t m, int64_t n, int64_t k, float alpha,
                 float *a, int64_t lda, float *b, int64_t ldb, float beta, float *c, int64_t ldc)
{
    struct vaccel_resource *res;
    int ret = vaccel_session_resource_by_type(sess, &res, VACCEL_RESOURCE_DATA);

    (void)m, (void)n, (void)k, (void)alpha, (void)a, (void)lda, (void)b, (void)ldb, (void)beta;
    (void)ldc;
    if (ret != VACCEL_OK || !res->plugin_priv)
        return VACCEL_EBACKEND;
    c[0] = (float)*(uint32_t *)res->plugin_priv;
    return VACCEL_OK;
}

static struct vaccel_op ops[] = {
    VACCEL_OP_INIT(noop, VACCEL_OP_NOOP, noop),
    VACCEL_OP_INIT(exec, VACCEL_OP_EXEC, exec),
    VACCEL_OP_INIT(sgemm, VACCEL_OP_BLAS_SGEMM, sgemm),
};

static int init(void)
{
    return vaccel_plugin_register_ops(ops, sizeof(ops) / sizeof(ops[0]));
}

static int fini(void)
{
    printf("plugin: fini\n");
    return VACCEL_OK;
}

static int session_init(struct vaccel_session *sess, uint32_t flags)
{
    calls.session_init++;
    calls.flags = flags;
    return sess->id > 0 ? VACCEL_OK : VACCEL_EINVAL;
}

static int session_release(struct vaccel_session *sess)
{
    calls.session_release++;
    return sess->id > 0 ? VACCEL_OK : VACCEL_EINVAL;
}

static int resource_register(struct vaccel_resource *res, struct vaccel_session *sess)
{
    uint32_t *state = malloc(sizeof(*state));

    calls.resource_register++;
    if (!state || sess->id <= 0 || res->nr_blobs != 1 || res->blobs[0]->type != VACCEL_BLOB_BUFFER)
        return VACCEL_EINVAL;
    *state = (uint32_t)res->blobs[0]->size;
    res->plugin_priv = state;
    return VACCEL_OK;
}

static int resource_unregister(struct vaccel_resource *res, struct vaccel_session *sess)
{
    (void)sess;
    calls.resource_unregister++;
    calls.last_state = *(uint32_t *)res->plugin_priv;
    free(res->plugin_priv);
    res->plugin_priv = NULL;
    return VACCEL_OK;
}

static int resource_sync(struct vaccel_resource *res, struct vaccel_session *sess)
{
    (void)res, (void)sess;
    calls.resource_sync++;
    return VACCEL_OK;
}

/* With and without a semicolon behind it. */
VACCEL_PLUGIN(.name = "compat", .version = "0.9", .vaccel_version = VACCEL_VERSION,
              .type = VACCEL_PLUGIN_CPU | VACCEL_PLUGIN_SOFTWARE, .init = init, .fini = fini,
              .session_init = session_init, .session_release = session_release,
              .resource_register = resource_register, .resource_unregister = resource_unregister,
              .resource_sync = resource_sync)
END
