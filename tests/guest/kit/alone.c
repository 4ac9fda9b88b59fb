/* SPDX-License-Identifier: Apache-2.0 */
/* Plugin mirror in a guest, where no call could wait for another. */
#include "../../plugins/mirror.h"

int mirror_wait(struct vaccel_session *sess, struct vaccel_arg *read, size_t nr_read,
                struct vaccel_arg *write, size_t nr_write)
{
    (void)sess, (void)read, (void)nr_read, (void)write, (void)nr_write;
    return VACCEL_ENOTSUP;
}

int mirror_see(struct vaccel_session *sess, struct vaccel_arg *read, size_t nr_read,
               struct vaccel_arg *write, size_t nr_write)
{
    return mirror_wait(sess, read, nr_read, write, nr_write);
}

int mirror_open(struct vaccel_session *sess, struct vaccel_arg *read, size_t nr_read,
                struct vaccel_arg *write, size_t nr_write)
{
    return mirror_wait(sess, read, nr_read, write, nr_write);
}
