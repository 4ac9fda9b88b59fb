/* SPDX-License-Identifier: Apache-2.0 */
#include "test_support.h"

#include <unistd.h>

void skip_without_models(void)
{
    if (access(MADE "/calls/saved_model.pb", R_OK)) {
        puts("the models need a python3 with tensorflow");
        exit(77);
    }
}

int tf_begin(void **state)
{
    *state = session_begin("tf");
    return 0;
}

int tf_end(void **state)
{
    session_end(*state);
    return 0;
}
