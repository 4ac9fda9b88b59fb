/* SPDX-License-Identifier: Apache-2.0 */
#include "mirror.h"

#include <string.h>

static int64_t nr_sessions, nr_registrations;

int mirror_count(struct vaccel_session *sess, struct vaccel_arg *read, size_t nr_read,
                 struct vaccel_arg *write, size_t nr_write)
{
    int64_t sessions = __atomic_load_n(&nr_sessions, __ATOMIC_SEQ_CST);
    int64_t registrations = __atomic_load_n(&nr_registrations, __ATOMIC_SEQ_CST);

    (void)sess, (void)read, (void)nr_read;
    if (nr_write != 2 || write[0].size != sizeof(int64_t) || write[1].size != sizeof(int64_t))
        return VACCEL_EINVAL;
    memcpy(write[0].buf, &sessions, sizeof(sessions));
    memcpy(write[1].buf, &registrations, sizeof(registrations));
    return VACCEL_OK;
}

int mirror_session_init(struct vaccel_session *sess, uint32_t flags)
{
    (void)sess, (void)flags;
    __atomic_add_fetch(&nr_sessions, 1, __ATOMIC_SEQ_CST);
    return VACCEL_OK;
}

int mirror_session_release(struct vaccel_session *sess)
{
    (void)sess;
    __atomic_sub_fetch(&nr_sessions, 1, __ATOMIC_SEQ_CST);
    return VACCEL_OK;
}

int mirror_resource_register(struct vaccel_resource *res, struct vaccel_session *sess)
{
    (void)res, (void)sess;
    __atomic_add_fetch(&nr_registrations, 1, __ATOMIC_SEQ_CST);
    return VACCEL_OK;
}

int mirror_resource_unregister(struct vaccel_resource *res, struct vaccel_session *sess)
{
    (void)res, (void)sess;
    __atomic_sub_fetch(&nr_registrations, 1, __ATOMIC_SEQ_CST);
    return VACCEL_OK;
}
