/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_CAPTURED_H
#define GUEST_CAPTURED_H

/* What the library logs between capture_begin() and capture_end(). */

void capture_begin(void);
const char *capture_end(void);

#endif
