/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKER_POLICY_H
#define WORKER_POLICY_H

#include "vaccel/session.h"

#include <stdint.h>

/* What the operator allows. Functions return OK or EACCES; why is logged. */

/* Whether a stranger may have operation @op (a vaccel_op_type_t, or negative) in @sess. */
int policy_check_operation(const struct vaccel_session *sess, int32_t op);

/* Whether a file may be fetched from @url. */
int policy_check_url(const char *url);

#endif
