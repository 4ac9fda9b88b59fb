/* SPDX-License-Identifier: Apache-2.0 */
/* What every transport has to do, from within a virtual machine. */
#include "../../conformance/kit.h"

#include "threads.h"

int main(void)
{
    static const struct transport inside = {.plugin = "rpc"};
    const struct group groups[] = {
        {"written", NULL, "the machine has no files that can be written"},
        group_of_threads(),
        {"children", NULL, "the machine has one process"},
    };

    transport = &inside;
    return kit_run(groups, sizeof(groups) / sizeof(groups[0])) ? EXIT_FAILURE : EXIT_SUCCESS;
}
