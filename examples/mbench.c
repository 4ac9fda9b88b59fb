/* SPDX-License-Identifier: Apache-2.0 */
/* Keep the plugin's processor busy for a while; run it with the plugin mbench. */
#include "vaccel.h"

static int keep_busy(struct vaccel_session *sess, char *milliseconds)
{
    char data[] = "carried along";
    struct vaccel_arg read[] = {
        {.buf = milliseconds, .size = strlen(milliseconds) + 1, .type = VACCEL_ARG_STRING},
        {.buf = data, .size = sizeof(data), .type = VACCEL_ARG_STRING},
    };

    return vaccel_exec(sess, "mbench", "mbench", read, 2, NULL, 0);
}

int main(int argc, char **argv)
{
    struct vaccel_session sess = {0};
    int ret;

    if (argc != 2) {
        fprintf(stderr, "usage: %s MILLISECONDS\n", argv[0]);
        return EXIT_FAILURE;
    }
    ret = vaccel_session_init(&sess, 0);
    if (ret == VACCEL_OK) {
        ret = keep_busy(&sess, argv[1]);
        vaccel_session_release(&sess);
    }
    printf("busy for %s ms: %s\n", argv[1], ret == VACCEL_OK ? "done" : strerror(ret));
    return ret == VACCEL_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
