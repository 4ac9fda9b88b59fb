/* SPDX-License-Identifier: Apache-2.0 */
/* examples/noop.c without its calls: what an image is without the library. */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    (void)argv;
    printf("session %lld\n", (long long)argc);
    printf("noop: %s\n", argc ? "done" : "not done");
    return EXIT_SUCCESS;
}
