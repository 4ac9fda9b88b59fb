/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ENGINES_H
#define CORE_ENGINES_H

#include "core/dispatch.h"
#include "vaccel/engine.h"

/* Room for the name of a format, as in vaccel_model_info. */
enum { MODEL_FORMAT_SIZE = 32 };

/*
 * What format a model has, by its contents, or else by the extension of its first file. Its blobs are
 * filled.
 */
void model_format(struct vaccel_resource *res, char format[MODEL_FORMAT_SIZE]);

/* Whether it serves one of those formats, NULL behind the last; @wanted NULL: any will do. */
bool engine_serves_one(const struct vaccel_model_engine *engine, const char *const *wanted);

/*
 * The engine for a model in a session, as ops/model.h tells. @name: the one that is wanted, or NULL.
 * Returns OK, ENOTSUP (none serves the format) or ENOENT (@name is no engine of the session).
 */
int engine_choose(const struct vaccel_session *sess, const struct dispatch *dispatch,
                  const char *format, const char *name, const struct vaccel_model_engine **engine);

#endif
