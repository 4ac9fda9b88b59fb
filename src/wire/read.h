/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WIRE_READ_H
#define WIRE_READ_H

#include "wire/wire.h"

#include <stdbool.h>

/*
 * Takes messages apart. What these functions accept is bounded and makes sense in itself: sizes
 * add up, lists lie within the body, texts have no NUL, what must be zero is. Whether ids exist
 * and limits are kept is for the caller to see. Pointers lead into the body.
 */

/* Why a message is refused: "... (value)". */
struct wire_fault {
    const char *what;
    uint64_t value;
};

struct wire_text {
    const char *text; /* without a NUL */
    size_t size;
};

struct wire_fields {
    struct wire_text sentence;
    struct wire_text peer;
    const unsigned char *digest; /* WIRE_DIGEST_SIZE bytes, or NULL */
};

struct wire_request {
    struct wire_header header;
    union {
        struct wire_hello hello;
        struct wire_session_begin session_begin;
        struct wire_session_update session_update;
        struct wire_id id; /* end of a session or resource, profile of a session */
        struct wire_resource_new resource_new;
        struct wire_resource_chunk chunk;
        struct wire_resource_use resource_use; /* register, unregister, sync */
        struct wire_call call;
        struct wire_output_fetch fetch;
        struct wire_output_drop drop;
        struct wire_cancel cancel;
    } body;
    const struct wire_arg *args; /* of a call: those to read, then those to write */
    struct wire_text name;       /* of a chunk's blob, of an operation */
    struct wire_fields fields;
    uint64_t payload_size; /* of all parts together */
};

struct wire_answer {
    struct wire_header header;
    union {
        struct wire_welcome welcome;
        struct wire_id id;
        struct wire_size size;
        struct wire_called called;
        struct wire_profile profile;
    } body;
    const struct wire_returned *returned; /* of a call */
    const struct wire_region *regions;    /* of a profile; names end with a NUL */
    struct wire_fields fields;
    uint64_t payload_size; /* of all parts together */
};

/* A header by itself, of any message. */
bool wire_read_header(const struct wire_header *header, struct wire_fault *fault);

/*
 * A request, as an agent receives it; not a WIRE_PART.
 * @body  header->body_size bytes, at a multiple of WIRE_ALIGN
 */
bool wire_read_request(const struct wire_header *header, const void *body,
                       struct wire_request *request, struct wire_fault *fault);

/* An answer to a request of that type, as a client receives it. */
bool wire_read_answer(enum wire_type request_type, const struct wire_header *header,
                      const void *body, struct wire_answer *answer, struct wire_fault *fault);

/*
 * The same of a message in a descriptor chain, which says itself how long the payload is: payload_size
 * and flags of its header must be 0.
 */
bool wire_read_bare_request(const struct wire_header *header, const void *body,
                            struct wire_request *request, struct wire_fault *fault);
bool wire_read_bare_answer(enum wire_type request_type, const struct wire_header *header,
                           const void *body, struct wire_answer *answer, struct wire_fault *fault);

/* A goodbye. */
bool wire_read_goodbye(const struct wire_header *header, const void *body,
                       struct wire_fields *fields, struct wire_fault *fault);

/* For the above: what is left of a body. */
struct wire_reader {
    const unsigned char *at;
    size_t left;
    struct wire_fault *fault;
};

bool wire_refuse(struct wire_fault *fault, const char *what, uint64_t value);
bool wire_take(struct wire_reader *reader, void *to, size_t size);
/* @count elements of @size bytes where they lie; @what names them. */
const void *wire_take_list(struct wire_reader *reader, uint64_t count, size_t size,
                           const char *what);
bool wire_take_text(struct wire_reader *reader, size_t size, size_t longest,
                    struct wire_text *text);
/* Of the first message: it has all of the payload of @size bytes, or says that more comes. */
bool wire_check_payload(const struct wire_header *header, uint64_t size, struct wire_fault *fault);
/* Of a message in a chain. */
bool wire_check_bare(const struct wire_header *header, struct wire_fault *fault);
bool wire_take_fields(struct wire_reader *reader, struct wire_fields *fields);

#endif
