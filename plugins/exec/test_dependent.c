/* SPDX-License-Identifier: Apache-2.0 */
/* A library that needs another one without saying so: get_value() is that one's. */
#include "vaccel.h"

typedef int exec_function(struct vaccel_arg *read, size_t nr_read, struct vaccel_arg *write,
                          size_t nr_write);

exec_function get_value, get_value_of_the_other;

int get_value_of_the_other(struct vaccel_arg *read, size_t nr_read, struct vaccel_arg *write,
                           size_t nr_write)
{
    return get_value(read, nr_read, write, nr_write);
}
