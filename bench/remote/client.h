/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_CLIENT_H
#define BENCH_CLIENT_H

/* This process as a client of vaccel-agent. */

#include "peers/peer.h"
#include "vaccel.h"

/* From now on, sessions of this process are at @address. 0 or an error. */
int client_begin(const char *address);

/* Matrices that have been written to. 0 or an error. */
int product_begin(struct product *product, size_t side);
void product_end(struct product *product);

/* The same in memory of vaccel_alloc(), for as long as the process lives. */
int product_begin_shared(struct product *product, size_t side);

int product_multiply(const struct product *product, struct vaccel_session *sess);

#endif
