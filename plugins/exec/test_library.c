/* SPDX-License-Identifier: Apache-2.0 */
/* What test_exec.c runs. It is built twice, each time with a VALUE of its own. */
#include "vaccel.h"

typedef int exec_function(struct vaccel_arg *read, size_t nr_read, struct vaccel_arg *write,
                          size_t nr_write);

exec_function nothing, get_value, wait_for_release, fail;

int nothing(struct vaccel_arg *read, size_t nr_read, struct vaccel_arg *write, size_t nr_write)
{
    (void)read, (void)nr_read, (void)write, (void)nr_write;
    return 0;
}

int get_value(struct vaccel_arg *read, size_t nr_read, struct vaccel_arg *write, size_t nr_write)
{
    (void)read, (void)nr_read;
    if (nr_write != 1 || write[0].size != sizeof(int))
        return VACCEL_EINVAL;
    *(int *)write[0].buf = VALUE;
    return 0;
}

/* Says that it runs, and waits until it may go on. */
int wait_for_release(struct vaccel_arg *read, size_t nr_read, struct vaccel_arg *write,
                     size_t nr_write)
{
    (void)nr_read, (void)nr_write;
    __atomic_store_n((int *)write[0].buf, 1, __ATOMIC_RELEASE);
    while (!__atomic_load_n((int *)read[0].buf, __ATOMIC_ACQUIRE))
        continue;
    __atomic_store_n((int *)write[0].buf, 2, __ATOMIC_RELEASE);
    return 0;
}

int fail(struct vaccel_arg *read, size_t nr_read, struct vaccel_arg *write, size_t nr_write)
{
    (void)read, (void)nr_read, (void)write, (void)nr_write;
    return 7;
}
