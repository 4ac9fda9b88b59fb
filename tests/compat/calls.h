/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CALLS_H
#define CALLS_H

#include <stdint.h>

/* How often the functions of a plugin were called; its EXEC writes this as a CUSTOM argument. */
struct calls {
    uint32_t session_init, session_release, session_update;
    uint32_t resource_register, resource_unregister, resource_sync;
    uint32_t flags;      /* of the last session_init or session_update */
    uint32_t last_state; /* what plugin_priv led to at the last resource_unregister */
};

enum { CALLS_ID = 31 };

#endif
