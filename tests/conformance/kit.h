/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFORMANCE_KIT_H
#define CONFORMANCE_KIT_H

/* What the cases share. Each file of cases has one function, which runs them as a group. */

#include "conformance.h"
#include "vaccel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

int operation_cases(void);
int argument_cases(void);
int output_cases(void);
int error_cases(void);
int resource_cases(void);
int session_cases(void);
int life_cases(void);
int model_cases(void);
int written_cases(void);
int thread_cases(void);
int children_cases(void);

/* A group of cases, or why this transport's clients do not run it. */
struct group {
    const char *name;
    int (*run)(void);
    const char *why_not;
};

/*
 * Run the groups that every client runs, then these, and name those that are left out. Returns how many
 * cases failed.
 */
int kit_run(const struct group *groups, size_t count);

extern const struct transport *transport;

/* Sessions without a hint: the local one, and the transport's. They live while a case runs. */
extern struct vaccel_session local, remote;

/*
 * Before and after each case: the library with all plugins, and the sessions. What a case that failed
 * left behind is released, so structs of sessions and resources are static.
 */
int kit_begin(void **state);
int kit_end(void **state);

/* Begin the library with plugins digest and mirror, and the transport's. Each kind of client has one. */
int kit_bootstrap(void);

/* Begin a session of the transport; @types are the hint's bits beside VACCEL_PLUGIN_REMOTE. */
int remote_begin(struct vaccel_session *sess, uint32_t types);

/* The hint that remote_begin() gives. */
uint32_t remote_hint(uint32_t types);

/* Bytes that depend on @seed and on their place. */
void fill(void *data, size_t size, unsigned int seed);

/*
 * Send that many bytes through mirror.copy. Returns what the call returned, or -1 if they did not
 * come back as they should. For any thread.
 */
int mirror(struct vaccel_session *sess, size_t size, unsigned int seed);

/* A plugin finds the same in the resource here and there. It is released in the end. */
void compare_resource(struct vaccel_resource *res);

/* Arguments. */
#define ARG(kind, memory, bytes) \
    ((struct vaccel_arg){.buf = (void *)(memory), .size = (bytes), .type = VACCEL_ARG_##kind})

/* How many sessions and registrations plugin mirror knows of, as it tells @sess. */
struct count {
    int64_t sessions, registrations;
};
struct count count_in(struct vaccel_session *sess);

#endif
