/* SPDX-License-Identifier: Apache-2.0 */
/* A library for exec, with a function that does nothing. */
#include "vaccel.h"

int empty_function(struct vaccel_arg *read, size_t nr_read, struct vaccel_arg *write,
                   size_t nr_write);

int empty_function(struct vaccel_arg *read, size_t nr_read, struct vaccel_arg *write,
                   size_t nr_write)
{
    (void)read, (void)nr_read, (void)write, (void)nr_write;
    return 0;
}
