/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_BLOB_H
#define CORE_BLOB_H

/* Around a fork(): nobody reads a blob's file meanwhile. */
void blob_lock_reading(void);
void blob_unlock_reading(void);

#endif
