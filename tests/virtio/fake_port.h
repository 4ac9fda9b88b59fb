/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_VIRTIO_FAKE_PORT_H
#define TESTS_VIRTIO_FAKE_PORT_H

#include "virtio/port.h"

#include <stdint.h>

/*
 * A port whose device is a thread of this process. It answers calls with what they brought: each
 * argument to be returned gets the bytes that were sent, in order, each byte one higher. It checks
 * that each request is what docs/protocol.md says and accel.h adds; what is wrong it notes.
 */

enum fake_mischief {
    FAKE_WELL,
    FAKE_OTHER_ID,      /* answers another request */
    FAKE_CUT_HEADER,    /* writes half of a header */
    FAKE_CUT_BODY,      /* writes half of a body */
    FAKE_LONG_BODY,     /* says that the body is longer than its room */
    FAKE_UNWRITTEN,     /* says that it wrote less than it must have */
    FAKE_TOO_MUCH,      /* returns more of an argument than there is room for */
    FAKE_TOO_MANY,      /* returns an argument more than there are */
    FAKE_NO_ANSWER,     /* sends a request */
    FAKE_PAYLOAD_SIZE,  /* as if on a stream */
    FAKE_STRANGE_TOKEN, /* returns what it was not given */
    FAKE_TWICE,         /* returns a chain twice */
    FAKE_EARLY,         /* answers with success before all of the request is there */
    FAKE_GOODBYE,       /* ends the connection */
    FAKE_GONE,          /* wait() finds out that it is gone */
    FAKE_SILENT,        /* answers nothing any more, not even pings */
    FAKE_SLOW,          /* answers calls only when they are cancelled, or after slow_ms */
    FAKE_REFUSE,        /* answers with an error and a sentence */
    FAKE_KINDS,
};

struct fake;

struct fake_settings {
    size_t queue_size;
    uint32_t calls_max;
    size_t page; /* memory is seen page by page; 0: as one piece */
    unsigned int slow_ms;
};

struct fake *fake_new(const struct fake_settings *settings);
/* The device is off, and the port was closed. */
void fake_free(struct fake *fake);
struct virtio_port *fake_port(struct fake *fake);

/* What it does to calls from now on. */
void fake_behave(struct fake *fake, enum fake_mischief mischief);

/* What it found wrong with requests, or with how the port was used; NULL: nothing. */
const char *fake_complaint(const struct fake *fake);

/* Counted since the beginning. */
struct fake_counts {
    unsigned int opened;
    unsigned int reset;
    unsigned int closed;
    unsigned int calls;
    unsigned int chains;
    unsigned int pings;
    unsigned int cancels;
    unsigned int waits;
    unsigned int most_at_once; /* calls that it had */
    /* Of arguments of the last call: bytes at an address that fake_watch() named. */
    size_t in_place;
};
struct fake_counts fake_counts(struct fake *fake);

/* Count bytes of chains that lie within these. */
void fake_watch(struct fake *fake, const void *data, size_t size);

#endif
