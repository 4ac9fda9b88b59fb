/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_HOOKS_H
#define CLIENT_HOOKS_H

#include "client/exchange.h"
#include "vaccel/plugin.h"

/*
 * The hooks of a transport plugin (vaccel/plugin.h): each makes requests of what the library hands it.
 * sess->priv is the session's connection.
 */

int client_session_init(struct vaccel_session *sess, uint32_t flags);
int client_session_release(struct vaccel_session *sess);
int client_session_update(struct vaccel_session *sess, uint32_t flags);
int client_resource_register(struct vaccel_resource *res, struct vaccel_session *sess);
int client_resource_unregister(struct vaccel_resource *res, struct vaccel_session *sess);
int client_resource_sync(struct vaccel_resource *res, struct vaccel_session *sess);
int client_call(struct vaccel_session *sess, struct vaccel_op_call *call);
int client_output_fetch(struct vaccel_session *sess, struct vaccel_output *out);
int client_output_drop(struct vaccel_session *sess, struct vaccel_output *out);

/* The id by which the other side of @connection knows @res; 0: it does not. */
uint64_t client_resource_id(struct vaccel_resource *res, const struct connection *connection);

/* Around a fork(), so that the child finds no lock held by a thread that it does not have. */
void client_resources_lock(void);
void client_resources_unlock(void);

/* Send the contents of @res; *@id is what the other side calls it. */
int client_resource_send(struct connection *connection, const struct vaccel_resource *res,
                         uint64_t *id);

/* Make a request that is one struct and has an answer without anything. */
int client_tell(struct connection *connection, enum wire_type type, const void *body, size_t size);
/* The same, with an answer that is an id. */
int client_ask_id(struct connection *connection, enum wire_type type, const void *body, size_t size,
                  uint64_t *id);

/* Log what the session's operations took on the other side. */
void client_profile(const struct vaccel_session *sess);

#endif
