/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_ID_H
#define VACCEL_ID_H

#include <stdint.h>

/* Names a live session or resource within one process. Ids start at 1; 0 means "none". */
typedef int64_t vaccel_id_t;

#endif
