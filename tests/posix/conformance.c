/* SPDX-License-Identifier: Apache-2.0 */
/* What every transport has to do, of a static program. */
#include "../conformance/kit.h"

int main(void)
{
    static const struct transport sockets = {.plugin = "rpc"};
    static const struct group groups[] = {
        {"written", written_cases, NULL},
        {"threads", thread_cases, NULL},
        {"children", NULL, "the library does not follow forks here"},
    };

    transport = &sockets;
    return kit_run(groups, sizeof(groups) / sizeof(groups[0])) ? EXIT_FAILURE : EXIT_SUCCESS;
}
