/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_DEPRECATED_PLUGIN_H
#define VACCEL_DEPRECATED_PLUGIN_H

#include "../plugin.h"

/* Old names of vaccel_plugin_register_op(), vaccel_plugin_register_ops() and VACCEL_PLUGIN(). */
__attribute__((deprecated)) static inline int register_plugin_function(struct vaccel_op *op)
{
    return vaccel_plugin_register_ops(op, 1);
}

__attribute__((deprecated)) static inline int register_plugin_functions(struct vaccel_op *ops,
                                                                        size_t nr_ops)
{
    return vaccel_plugin_register_ops(ops, nr_ops);
}

#define VACCEL_MODULE(...) \
    _Pragma("GCC warning \"VACCEL_MODULE is deprecated: use VACCEL_PLUGIN\"") \
        VACCEL_PLUGIN(__VA_ARGS__)

#endif
