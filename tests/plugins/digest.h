/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DIGEST_H
#define TESTS_DIGEST_H

#include "vaccel.h"

uint64_t digest_add(uint64_t digest, const void *data, size_t size);
uint64_t digest_text(uint64_t digest, const char *text);
uint64_t digest_resource(uint64_t digest, struct vaccel_resource *res);

/* Outputs that follow from the digest. */
void digest_fill(uint64_t digest, void *data, size_t size);
void digest_floats(uint64_t digest, float *numbers, size_t count);
void digest_write_text(uint64_t digest, unsigned char *text, size_t size);

int digest_register_models(void);
int digest_register_pictures(void);
int digest_register_engine(struct vaccel_plugin *owner);

#endif
