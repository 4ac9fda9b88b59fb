/* SPDX-License-Identifier: Apache-2.0 */
#include "plugin_kit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct changing {
    pthread_t thread;
    atomic_bool over;
    size_t count;
    volatile float *elements;
};

static void *change(void *argument)
{
    struct changing *changing = argument;

    while (!atomic_load(&changing->over))
        for (int value = 1; value >= 0; value--)
            for (size_t i = 0; i < changing->count; i++)
                changing->elements[i] = (float)value;
    return NULL;
}

struct changing *changing_begin(float *elements, size_t count)
{
    struct changing *changing = calloc(1, sizeof(*changing));

    assert_non_null(changing);
    changing->elements = elements;
    changing->count = count;
    assert_int_equal(pthread_create(&changing->thread, NULL, change, changing), 0);
    return changing;
}

void changing_end(struct changing *changing)
{
    atomic_store(&changing->over, true);
    pthread_join(changing->thread, NULL);
    free(changing);
}
