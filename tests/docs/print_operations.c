/* SPDX-License-Identifier: Apache-2.0 */
/* What a session can do with the plugins that are loaded, one operation a line. */
#include "vaccel.h"

int main(void)
{
    struct vaccel_op_info ops[64];
    size_t nr_ops = sizeof(ops) / sizeof(ops[0]);
    struct vaccel_session sess;
    size_t i;

    if (vaccel_session_init(&sess, 0) != VACCEL_OK)
        return EXIT_FAILURE;
    if (vaccel_op_list(&sess, ops, &nr_ops) != VACCEL_OK)
        return EXIT_FAILURE;
    for (i = 0; i < nr_ops; i++)
        puts(ops[i].name);
    return vaccel_session_release(&sess) == VACCEL_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
