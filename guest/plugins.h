/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_PLUGINS_H
#define GUEST_PLUGINS_H

#include "vaccel/plugin.h"

/*
 * Plugins that an image has linked in beside the transport: what each calls vaccel_plugin, and NULL at the
 * end. They are loaded when VACCEL_PLUGINS or the program names them. Most images have none, nor the table.
 */
extern const struct vaccel_plugin *const *const guest_plugins[] __attribute__((weak));

#endif
