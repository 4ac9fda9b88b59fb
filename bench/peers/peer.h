/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_PEER_H
#define BENCH_PEER_H

/* Another way than vAccel's to call a process through a socket. Each folder here has one. */

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What is sent, A and B, and what comes back, C: square, all of a size, in the caller's memory. */
struct product {
    size_t side;
    float *a;
    float *b;
    float *c;
};

static inline size_t product_matrix_size(const struct product *product)
{
    return product->side * product->side * sizeof(float);
}

struct peer {
    const char *name;  /* in the table */
    bool is_yardstick; /* for vAccel; else vAccel is its */

    /* In a process of its own: serve at @address, see address.h. Returns an error, or never. */
    int (*serve)(const char *address);

    /* A client of it; NULL: perhaps it does not listen yet. */
    void *(*connect)(const char *address);
    void (*disconnect)(void *client);

    /* A call of nothing, and one that sends A and B and brings C. 0 or an error. */
    int (*noop)(void *client);
    int (*multiply)(void *client, const struct product *product);
};

/* The one that a program is built with. */
extern const struct peer peer;

#ifdef __cplusplus
}
#endif

#endif
