/* SPDX-License-Identifier: Apache-2.0 */
#include "noop.h"

/* One output as large as the first input, both of whole 32-bit numbers: copy it. Else do nothing.
 */
static int echo(const struct vaccel_arg *read, size_t nr_read, struct vaccel_arg *write,
                size_t nr_write)
{
    if (nr_read < 1 || nr_write != 1 || !read[0].buf || !write[0].buf)
        return VACCEL_OK;
    if (write[0].size == read[0].size && read[0].size % sizeof(uint32_t) == 0)
        memmove(write[0].buf, read[0].buf, read[0].size);
    return VACCEL_OK;
}

int noop_exec(struct vaccel_session *sess, const char *library, const char *fn_symbol,
              struct vaccel_arg *read, size_t nr_read, struct vaccel_arg *write, size_t nr_write)
{
    (void)sess, (void)library, (void)fn_symbol;
    return echo(read, nr_read, write, nr_write);
}

int noop_exec_with_resource(struct vaccel_session *sess, struct vaccel_resource *resource,
                            const char *fn_symbol, struct vaccel_arg *read, size_t nr_read,
                            struct vaccel_arg *write, size_t nr_write)
{
    (void)sess, (void)resource, (void)fn_symbol;
    return echo(read, nr_read, write, nr_write);
}

/* What an OpenCV plugin puts at the head of a matrix: here how many 32-bit numbers there is room
 * for. */
int noop_opencv(struct vaccel_session *sess, struct vaccel_arg *read, int nr_read,
                struct vaccel_arg *write, int nr_write)
{
    size_t elements;

    (void)sess, (void)read, (void)nr_read;
    if (nr_write < 1 || !write[0].buf || write[0].size < sizeof(elements))
        return VACCEL_OK;
    elements = write[0].size / sizeof(uint32_t);
    memcpy(write[0].buf, &elements, sizeof(elements));
    return VACCEL_OK;
}
