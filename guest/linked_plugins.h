/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_LINKED_PLUGINS_H
#define GUEST_LINKED_PLUGINS_H

/*
 * Plugins that a program has linked in beside the transport: what each calls vaccel_plugin, and NULL at the
 * end. They are loaded when VACCEL_PLUGINS or the program names them. Most programs have none, nor the table.
 */
struct vaccel_plugin;
extern const struct vaccel_plugin *const *const linked_plugins[] __attribute__((weak));

#endif
