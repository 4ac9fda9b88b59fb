/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BROKER_NOTIFY_H
#define BROKER_NOTIFY_H

/* Tell the service manager, "READY=1" for example. Without one ($NOTIFY_SOCKET) nothing happens. */
void notify(const char *state);

#endif
