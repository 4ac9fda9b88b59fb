/* SPDX-License-Identifier: Apache-2.0 */
/* An application as written for vAccel 0.8, of several files. It runs with the plugin noop. */
#include "expect.h"
#include "vaccel.h"

static int nr_expected;
static int nr_failed;

void expect(bool holds, const char *file, int line, const char *text)
{
    nr_expected++;
    if (holds)
        return;
    nr_failed++;
    printf("%s:%d: does not hold: %s\n", file, line, text);
}

int main(void)
{
    sessions();
    resources();
    arguments();
    argument_lists();
    enumerations();
    operations();
    models();
    printf("%d of %d expectations hold\n", nr_expected - nr_failed, nr_expected);
    return nr_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
