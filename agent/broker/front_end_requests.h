/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BROKER_FRONT_END_REQUESTS_H
#define BROKER_FRONT_END_REQUESTS_H

#include "agent/broker/front_end.h"

/* What became of a request. */
enum request_outcome {
    REQUEST_DONE,    /* to be acknowledged if that is wanted */
    REQUEST_REFUSED, /* the same, with a number that says so */
    REQUEST_REPLIED, /* there is an answer */
    REQUEST_STOPS,   /* the answer comes later */
    REQUEST_WRONG,   /* no correct front end sends it: front->fault says why */
};

/* Carry out a complete message. @reply has the same header when this begins. */
enum request_outcome front_end_request(struct front_end *front, struct vhost_message *message,
                                       struct vhost_message *reply);

/* Note what is wrong. Returns REQUEST_WRONG. */
enum request_outcome front_end_wrong(struct front_end *front, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
