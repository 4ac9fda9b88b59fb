/* SPDX-License-Identifier: Apache-2.0 */
#include "conformance.h"

int main(void)
{
    return conformance(
        &(struct transport){.plugin = "rpc", .address = "hybrid-vsock://*?port=65500"});
}
