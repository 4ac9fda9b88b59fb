/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TF_OPERATIONS_H
#define TF_OPERATIONS_H

/* What TensorFlow's operations can do to the host. A model may come from a tenant. */

#include "protobuf.h"

enum operation_kind {
    OPERATION_BY_ELEMENT, /* computes; what it reads may change meanwhile */
    OPERATION_PLAIN,      /* computes; what it reads must not change */
    OPERATION_KEEPS,      /* may keep what it gets beyond the run, or write to it */
    OPERATION_ASSIGNS,    /* the same, in a variable */
    OPERATION_LOADS,      /* reads a file that a SavedModel's loading names */
    OPERATION_SAVES,      /* writes files: in every SavedModel, and of no use here */
    OPERATION_REFUSED,    /* files, sockets, processes, or whatever else we do not know */
};

/* Operations that the operator allows, by VACCEL_TF_ALLOW_OPS. Returns EINVAL (no such operation). */
int operations_read_setting(void);
void operations_forget_setting(void);

/* What an operation is. Of what TensorFlow does not know, a call of a function, it is BY_ELEMENT. */
enum operation_kind operation_kind_of(struct text name);

/* Which input of an operation that LOADS is the name of the file. */
size_t operation_file_input(struct text name);

#endif
