/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ERROR_TEXT_H
#define CORE_ERROR_TEXT_H

/* What a VACCEL_E code says, in words for a log line: "access denied". Never NULL. */
const char *error_text(int error);

#endif
