/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKER_DEVICE_REQUEST_H
#define WORKER_DEVICE_REQUEST_H

#include "agent/worker/call.h"
#include "agent/worker/device/device.h"

/* A request that came in a chain. */
struct device_request {
    struct incoming incoming; /* points into @body */
    struct device_request *next;
    struct guest_memory *memory; /* of the chain; NULL: it has none in its hands */
    uint64_t payload_at;         /* where the payload begins in what is to read */
    uint64_t left;               /* bytes of it to come in other chains */
    unsigned int connection;     /* of the device, when it came */
    bool is_listed;              /* as unanswered */
    atomic_bool is_running;      /* the control thread looks at it */
    bool must_hold;              /* its answer did not fit into its chain */
    uint64_t written;            /* bytes of its chain */
    uint64_t given;              /* bytes of rooms that the driver has got back */
    uint64_t due;                /* cancelled or late: when it must have ended; 0: not yet known */
    void *data;                  /* that held outputs lie in, to be freed */
    struct placement *placement; /* of a call */
    struct piece *chunks;        /* of a chunk: where its bytes lie */
    struct chain chain;
    _Alignas(WIRE_ALIGN) unsigned char body[WIRE_BODY_MAX];
};

/* One that is empty, NULL for want of memory; and the end of one. */
struct device_request *request_new(struct device *device);
void request_free(struct device *device, struct device_request *request);

/* Its chain is the device's, with the memory that it lies in, until it was returned. */
void request_take(struct device *device, struct device_request *request);
void request_return(struct device *device, struct device_request *request, uint64_t written);

/*
 * Read what is in the chain: read.c. Returns the request that is to be run, which may be another one
 * of which this brought the last part; NULL: nothing is to be done any more, and @request is freed.
 */
struct device_request *request_read(struct device *device, struct device_request *request);

/* Run it, answer, and free it. Returns how many nanoseconds a plugin took. */
uint64_t request_run(struct device *device, struct device_request *request);

/*
 * The client does not keep to the protocol, or has to begin anew: return the chain with a goodbye. What it
 * had is gone.
 */
void request_refuse(struct device *device, struct device_request *request, int status,
                    const char *sentence);

/* Where a call's arguments and a chunk's bytes go or lie: place.c. As client_carrier.prepare. */
int request_place(struct client *client, struct incoming *incoming);
/* Take what is to read in @chain from @at on as more of the payload. False: it is too much. */
bool request_take_payload(struct device_request *request, struct chain *chain, uint64_t at);
void request_unplace(struct device *device, struct device_request *request);
/* Whether the argument lies in the guest's memory. */
bool request_in_place(const struct device_request *request, size_t i);

/*
 * rooms.c. Write the next bytes of the answer's rooms to @chain, from the @at-th on. Returns whether some
 * did not fit.
 */
bool request_put_rooms(struct device_request *request, const struct pieces *pieces,
                       struct chain *chain, uint64_t at);
/* Keep it for chains that ask for the rest, as far as one more may be kept. */
bool request_may_hold(struct device *device);
void request_hold(struct device *device, struct device_request *request);
/* Fill the chain of @asking with the rest of the answer to @id, as far as there is any, and return it. */
void request_pull(struct device *device, struct device_request *asking, uint64_t id);
/* Let go of what is kept, and of requests that did not come completely. */
void requests_drop(struct device *device);

extern const struct client_carrier device_carrier;

#endif
