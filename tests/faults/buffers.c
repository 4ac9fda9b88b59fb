/* SPDX-License-Identifier: Apache-2.0 */
/* buffers: a sum of what stands in memory that can be shared. */
#include "vaccel.h"

enum { COUNT = 100, SIZE = 1000 };

int main(void)
{
    unsigned char *data[COUNT];
    unsigned int sum = 0;
    bool all = true;

    for (unsigned int i = 0; i < COUNT; i++) {
        data[i] = vaccel_alloc(SIZE);
        if (data[i])
            memset(data[i], (int)i, SIZE);
    }
    for (unsigned int i = 0; i < COUNT; i++) {
        if (data[i])
            sum += data[i][SIZE - 1];
        all = all && data[i];
        vaccel_free(data[i]);
    }
    printf("%u\n", sum);
    return all ? EXIT_SUCCESS : EXIT_FAILURE;
}
