/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_VISION_H
#define EXAMPLES_VISION_H

#include "vaccel.h"

/* Ask for the result of one picture and print it. @picture is NULL if it is not wanted. */
typedef int (*vision_fn)(struct vaccel_session *sess, const void *img, size_t size,
                         struct vaccel_output *picture);

/*
 * The program around it: PICTURE [ANNOTATED]. Reads the picture, begins a session, calls @show,
 * and writes the annotated picture. Returns the exit code.
 */
int vision_main(int argc, char **argv, vision_fn show);

/* Fetch what the session holds into memory that the caller frees. Returns 0 or a VACCEL_E code. */
int fetch_output(struct vaccel_session *sess, struct vaccel_output *out);

#endif
