/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_FAULTS_H
#define CORE_FAULTS_H

#include "vaccel/plugin.h"

/* Plugins that can do nothing more in this process, as they said themselves. */

/* Whether there is one; read without order, so that it costs a call nothing. */
extern bool faults_known;

/* Whether an operation may go to this plugin. Returns OK, or EBACKEND with the plugin's sentence logged. */
int fault_check(const struct vaccel_plugin *plugin);

#endif
