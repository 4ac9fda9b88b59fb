/* SPDX-License-Identifier: Apache-2.0 */
#include "status.h"

#include <stdio.h>

/* What the program calls main(). */
int program_main(int argc, char **argv);

/* Unikraft asks nobody for the status. */
int main(int argc, char **argv)
{
    int status = program_main(argc, argv);

    fflush(stdout);
    status_keep(status);
    return status;
}
