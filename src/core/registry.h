/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_REGISTRY_H
#define CORE_REGISTRY_H

/*
 * The one lock of what is global: ids, lists, plugins, who is registered with whom. It is held for
 * a few instructions and never while a plugin runs; no call of an operation takes it.
 */
void registry_lock(void);
void registry_unlock(void);

#endif
