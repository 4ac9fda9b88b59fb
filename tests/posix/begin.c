/* SPDX-License-Identifier: Apache-2.0 */
/* Says how the library is when main() begins, and makes a call. With an argument: begin it, with that plugin. */
#include <vaccel.h>

static int begin(char *plugins)
{
    struct vaccel_config config = {.plugins = plugins, .log_level = VACCEL_LOG_ERROR};

    return vaccel_bootstrap_with_config(&config);
}

static int call(void)
{
    struct vaccel_session sess;
    int ret = vaccel_session_init(&sess, 0);

    if (ret != VACCEL_OK)
        return ret;
    ret = vaccel_noop(&sess);
    vaccel_session_release(&sess);
    return ret;
}

int main(int argc, char **argv)
{
    printf("at first: %s\n", vaccel_is_initialized() ? "begun" : "not begun");
    if (argc > 1)
        printf("beginning: %d\n", begin(argv[1]));
    printf("call: %d\n", call());
    return 0;
}
