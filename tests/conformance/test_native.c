/* SPDX-License-Identifier: Apache-2.0 */
#include "conformance.h"

#include <stddef.h>

int main(void)
{
    return conformance(&(struct transport){.plugin = NULL});
}
