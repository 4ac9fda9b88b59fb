/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BROKER_BROKER_H
#define BROKER_BROKER_H

#include "agent/settings.h"

/*
 * Listen, admit, and hand each connection to the worker for sockets, or a device and its worker to each
 * front end, until SIGTERM or SIGINT. Returns the program's exit status.
 */
int broker_run(const struct settings *settings);

#endif
