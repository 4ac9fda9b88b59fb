/* SPDX-License-Identifier: Apache-2.0 */
/* The shortest application: begin a session, call an operation, end the session. */
#include "vaccel.h"

int main(void)
{
    struct vaccel_session sess = {0};
    int ret = vaccel_session_init(&sess, 0);

    if (ret != VACCEL_OK) {
        fprintf(stderr, "cannot begin a session: %s\n", strerror(ret));
        return EXIT_FAILURE;
    }
    printf("session %lld\n", (long long)sess.id);
    ret = vaccel_noop(&sess);
    printf("noop: %s\n", ret == VACCEL_OK ? "done" : strerror(ret));
    vaccel_session_release(&sess);
    return ret == VACCEL_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
