/* SPDX-License-Identifier: Apache-2.0 */
#include "client/hooks.h"
#include "rpc/rpc.h"
#include "vaccel.h"

VACCEL_PLUGIN(.name = "rpc", .version = VACCEL_VERSION, .vaccel_version = VACCEL_VERSION,
              .type = VACCEL_PLUGIN_REMOTE, .is_virtio = true, .init = rpc_begin, .fini = rpc_end,
              .session_init = client_session_init, .session_release = client_session_release,
              .session_update = client_session_update,
              .resource_register = client_resource_register,
              .resource_unregister = client_resource_unregister,
              .resource_sync = client_resource_sync, .call = client_call,
              .output_fetch = client_output_fetch, .output_drop = client_output_drop)
