/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_SETTINGS_H
#define CLIENT_SETTINGS_H

#include "client/connection.h"

/* Times from the environment. Returns EINVAL for one that makes no sense, which is logged. */
int settings_read(struct connection_settings *settings);

#endif
