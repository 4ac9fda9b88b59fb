/* SPDX-License-Identifier: Apache-2.0 */
/* A GPU that is none: what exec_with_resource runs on it counts as a kernel. It copies. */
#include "vaccel.h"

#include <string.h>

static int run_kernel(struct vaccel_session *sess, struct vaccel_resource *resource,
                      const char *fn_symbol, struct vaccel_arg *read, size_t nr_read,
                      struct vaccel_arg *write, size_t nr_write)
{
    (void)sess, (void)resource, (void)fn_symbol;
    if (nr_read != 1 || nr_write != 1 || read[0].size != write[0].size)
        return VACCEL_EINVAL;
    memcpy(write[0].buf, read[0].buf, read[0].size);
    return VACCEL_OK;
}

static struct vaccel_op ops[] = {
    VACCEL_OP_INIT(exec_with_resource, VACCEL_OP_EXEC_WITH_RESOURCE, run_kernel),
};

static int init(void)
{
    return vaccel_plugin_register_ops(ops, 1);
}

static int fini(void)
{
    return VACCEL_OK;
}

VACCEL_PLUGIN(.name = "kernels", .version = "1.0", .vaccel_version = VACCEL_VERSION,
              .type = VACCEL_PLUGIN_GPU, .init = init, .fini = fini)
