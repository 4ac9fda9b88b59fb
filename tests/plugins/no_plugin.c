/* SPDX-License-Identifier: Apache-2.0 */
/* A shared library like any other. */
int nothing_of_interest(void);

int nothing_of_interest(void)
{
    return 0;
}
