/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_OUTPUT_H
#define CORE_OUTPUT_H

#include "core/session.h"
#include "vaccel/output.h"

/* Free what a session holds; nobody uses the session any more. */
void output_drop_all(struct session_core *core);

#endif
