/* SPDX-License-Identifier: Apache-2.0 */
#include "vaccel.h"

/* An application that has nothing but the installed library; also valid C++ and freestanding. */
int main(void)
{
    struct vaccel_session *session;
    int ret = vaccel_session_new(&session, VACCEL_PLUGIN_CPU);

    if (ret != VACCEL_OK)
        return 1;
    ret = vaccel_noop(session);
    if (vaccel_session_delete(session) != VACCEL_OK)
        return 2;
    return ret == VACCEL_OK ? 0 : 3;
}
