/* SPDX-License-Identifier: Apache-2.0 */
/* In a machine where VACCEL_RPC_ADDRESS names an agent outside. */
#include "conformance.h"

int main(void)
{
    return conformance(&(struct transport){.plugin = "rpc"});
}
