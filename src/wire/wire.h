/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WIRE_WIRE_H
#define WIRE_WIRE_H

#include <stddef.h>
#include <stdint.h>

/*
 * What travels between a client and an agent: the numbers and the layout. docs/protocol.md explains
 * it in full. This is all there is to it: no I/O, no memory, no C library.
 *
 * A message is a header, a body, and a part of a payload. The body says what is asked or answered;
 * the payload is the bytes of arguments and files, which nobody but the two ends looks at. A payload
 * longer than WIRE_PART_MAX goes on in messages of type WIRE_PART with the same id, between
 * which other messages may come. A body is its fixed struct, then the lists that the struct counts,
 * then fields; each of the three begins at a multiple of 8 bytes, and gaps are zeros.
 *
 * An answer has the fixed struct of its request's kind. One whose status is not 0 has none, but for
 * those to a call and to a fetch, and a payload only to a call. All answers may have a sentence.
 */

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "numbers travel in little-endian order, and arguments in the machine's own: port both"
#endif

enum {
    WIRE_MAGIC = 0x4c434156, /* "VACL" */
    WIRE_VERSION = 1,
    WIRE_ALIGN = 8,
    WIRE_HEADER_SIZE = 32,
    WIRE_BODY_MAX = 64 * 1024,
    WIRE_PART_MAX = 1024 * 1024,      /* bytes of payload in one message */
    WIRE_CHUNK_MAX = 4 * 1024 * 1024, /* bytes of a file in one request */
    WIRE_NAME_MAX = 1024,             /* bytes of a file's or an operation's name, without a NUL */
    WIRE_MESSAGE_MAX = 512,           /* bytes of an error's sentence */
    WIRE_ARGS_MAX = 4000,             /* of one call */
    WIRE_OP_NAME_SIZE = 64,
    WIRE_DIGEST_SIZE = 32,
    WIRE_BY_NAME = -1, /* wire_call.op of an operation that has no number */
};

/* Fixed for ever; a gap is never filled. Each is a request but for those that say otherwise. */
enum wire_type {
    WIRE_HELLO = 1,   /* the first message of a connection */
    WIRE_ANSWER = 2,  /* to the request of the same id */
    WIRE_PART = 3,    /* more payload of the request or answer of the same id */
    WIRE_GOODBYE = 4, /* from the agent: why it closes the connection; id 0, no answer */
    WIRE_CANCEL = 5,  /* the caller does not wait any more; no answer */
    WIRE_PING = 6,    /* answered at once, also while calls run */
    WIRE_SESSION_BEGIN = 16,
    WIRE_SESSION_UPDATE = 17,
    WIRE_SESSION_END = 18,
    WIRE_RESOURCE_NEW = 32,
    WIRE_RESOURCE_CHUNK = 33,
    WIRE_RESOURCE_REGISTER = 34,
    WIRE_RESOURCE_UNREGISTER = 35,
    WIRE_RESOURCE_SYNC = 36,
    WIRE_RESOURCE_END = 37,
    WIRE_CALL = 48,
    WIRE_OUTPUT_FETCH = 49,
    WIRE_OUTPUT_DROP = 50,
    WIRE_PROFILE = 64,
};

enum wire_flags {
    WIRE_MORE = 1, /* the payload goes on in a WIRE_PART */
};

struct wire_header {
    uint32_t body_size;    /* a multiple of WIRE_ALIGN, at most WIRE_BODY_MAX */
    uint16_t type;         /* enum wire_type */
    uint16_t flags;        /* enum wire_flags */
    uint64_t id;           /* of the request; chosen by the client, unused until answered, not 0 */
    uint64_t payload_size; /* bytes behind the body, at most WIRE_PART_MAX */
    uint32_t deadline_ms;  /* of a request: when nobody waits any more; 0: never */
    uint32_t status;       /* of an answer or goodbye: a VACCEL_E code */
};

/* Behind everything else in a body. Its bytes follow, and zeros up to a multiple of WIRE_ALIGN. */
struct wire_field {
    uint16_t tag;   /* enum wire_tag */
    uint16_t flags; /* enum wire_field_flags */
    uint32_t size;
};

enum wire_tag {
    WIRE_TAG_SENTENCE = 1, /* of an answer or goodbye: what was wrong; UTF-8 without NUL */
    WIRE_TAG_PEER = 2,     /* of a hello and its answer: the program's name, for the other's log */
    WIRE_TAG_DIGEST = 3,   /* of a new resource: SHA-256 of its contents, see docs/protocol.md */
};

enum wire_field_flags {
    WIRE_FIELD_REQUIRED = 1, /* who does not know the tag refuses the message; else skips it */
};

struct wire_hello {
    uint32_t magic;
    uint16_t oldest; /* version that the client speaks */
    uint16_t newest;
};

/* The answer to a hello. */
struct wire_welcome {
    uint32_t magic;
    uint16_t version; /* which both speak from now on */
    uint16_t zero;
    uint32_t calls_max; /* requests that may be unanswered at once */
    uint32_t zero_too;
    uint64_t message_max; /* bytes of all arguments of a call, there and back */
};

struct wire_session_begin {
    uint32_t hint; /* vaccel_plugin_type_t bits, without VACCEL_PLUGIN_REMOTE */
    uint32_t zero;
};

struct wire_session_update {
    uint64_t session;
    uint32_t hint;
    uint32_t zero;
};

/* A session, or the answer that tells its id or a resource's. Ids are the connection's, above 0. */
struct wire_id {
    uint64_t id;
};

enum wire_resource_kind {
    WIRE_FILES = 0,     /* files beside each other */
    WIRE_DIRECTORY = 1, /* a tree of files; names are paths below it, "a/b.txt" */
    WIRE_MEMORY = 2,    /* pieces of memory */
    WIRE_REMOTE = 3,    /* names are URLs, and there are no contents */
};

struct wire_resource_new {
    uint32_t type;     /* vaccel_resource_type_t */
    uint32_t kind;     /* enum wire_resource_kind */
    uint64_t nr_blobs; /* at least 1 */
    uint64_t size;     /* bytes of all blobs */
};

/*
 * A piece of a blob; the payload is the piece. Blobs come one after the other, the pieces of each
 * from its beginning on. The first piece, which may be the only one or empty, brings the name.
 */
struct wire_resource_chunk {
    uint64_t resource;
    uint64_t blob;      /* from 0 */
    uint64_t blob_size; /* all of it */
    uint64_t offset;    /* where the piece begins */
    uint32_t size;      /* of the piece: the payload, at most WIRE_CHUNK_MAX */
    uint32_t name_size; /* bytes that follow, only if @offset is 0 */
};

/* Register, unregister, sync. The answer to sync has the first blob's bytes as its payload. */
struct wire_resource_use {
    uint64_t resource;
    uint64_t session;
};

/* The answer to sync and fetch: bytes in its payload. Of a fetch with ERANGE: bytes needed. */
struct wire_size {
    uint64_t size;
};

/*
 * An operation. Behind it stand the arguments, those to read first, and the name. The payload is
 * the bytes of the arguments that have WIRE_ARG_SENT, in order, nothing between them.
 */
struct wire_call {
    uint64_t session;
    uint64_t resource; /* the one it uses; 0: none. Its id stands in no argument's bytes */
    int32_t op;        /* vaccel_op_type_t, or WIRE_BY_NAME */
    uint32_t nr_read;
    uint32_t nr_write;
    uint32_t name_size; /* 0 unless WIRE_BY_NAME */
};

enum wire_arg_flags {
    WIRE_ARG_SENT = 1,     /* its bytes are in the payload; else the agent's are zeros */
    WIRE_ARG_RETURNED = 2, /* its bytes are in the answer's payload */
};

struct wire_arg {
    uint16_t type;  /* vaccel_arg_type_t */
    uint16_t flags; /* enum wire_arg_flags */
    uint32_t custom_type_id;
    uint64_t size; /* bytes, also the room for what is returned */
};

/*
 * The answer to a call: @nr_returned wire_returned, one for each argument with WIRE_ARG_RETURNED in
 * their order, or none at all if the call was refused. Outputs come also when it failed.
 */
struct wire_called {
    uint32_t nr_returned;
    uint32_t zero;
};

struct wire_returned {
    uint64_t size; /* of the argument after the call; of a held output its whole length */
    uint64_t sent; /* bytes in the payload, at most its room */
};

struct wire_output_fetch {
    uint64_t session;
    uint64_t held;
    uint64_t room; /* bytes; more is not sent */
};

struct wire_output_drop {
    uint64_t session;
    uint64_t held;
};

struct wire_cancel {
    uint64_t call; /* the request's id */
};

/* The answer to a profile, which names a session: @nr_regions wire_region. */
struct wire_profile {
    uint32_t nr_regions;
    uint32_t zero;
};

struct wire_region {
    char name[WIRE_OP_NAME_SIZE]; /* with a NUL */
    uint64_t time_ns;             /* in the plugin, all calls together */
    uint64_t nr_calls;
};

#define WIRE_AT(type, field, at) \
    _Static_assert(offsetof(struct type, field) == (at), #type "." #field " moved")
#define WIRE_SIZE(type, size) _Static_assert(sizeof(struct type) == (size), #type " changed")
WIRE_AT(wire_header, body_size, 0);
WIRE_AT(wire_header, type, 4);
WIRE_AT(wire_header, flags, 6);
WIRE_AT(wire_header, id, 8);
WIRE_AT(wire_header, payload_size, 16);
WIRE_AT(wire_header, deadline_ms, 24);
WIRE_AT(wire_header, status, 28);
WIRE_SIZE(wire_header, WIRE_HEADER_SIZE);
WIRE_AT(wire_field, tag, 0);
WIRE_AT(wire_field, flags, 2);
WIRE_AT(wire_field, size, 4);
WIRE_SIZE(wire_field, 8);
WIRE_AT(wire_hello, magic, 0);
WIRE_AT(wire_hello, oldest, 4);
WIRE_AT(wire_hello, newest, 6);
WIRE_SIZE(wire_hello, 8);
WIRE_AT(wire_welcome, magic, 0);
WIRE_AT(wire_welcome, version, 4);
WIRE_AT(wire_welcome, zero, 6);
WIRE_AT(wire_welcome, calls_max, 8);
WIRE_AT(wire_welcome, zero_too, 12);
WIRE_AT(wire_welcome, message_max, 16);
WIRE_SIZE(wire_welcome, 24);
WIRE_AT(wire_session_begin, hint, 0);
WIRE_AT(wire_session_begin, zero, 4);
WIRE_SIZE(wire_session_begin, 8);
WIRE_AT(wire_session_update, session, 0);
WIRE_AT(wire_session_update, hint, 8);
WIRE_AT(wire_session_update, zero, 12);
WIRE_SIZE(wire_session_update, 16);
WIRE_AT(wire_id, id, 0);
WIRE_SIZE(wire_id, 8);
WIRE_AT(wire_resource_new, type, 0);
WIRE_AT(wire_resource_new, kind, 4);
WIRE_AT(wire_resource_new, nr_blobs, 8);
WIRE_AT(wire_resource_new, size, 16);
WIRE_SIZE(wire_resource_new, 24);
WIRE_AT(wire_resource_chunk, resource, 0);
WIRE_AT(wire_resource_chunk, blob, 8);
WIRE_AT(wire_resource_chunk, blob_size, 16);
WIRE_AT(wire_resource_chunk, offset, 24);
WIRE_AT(wire_resource_chunk, size, 32);
WIRE_AT(wire_resource_chunk, name_size, 36);
WIRE_SIZE(wire_resource_chunk, 40);
WIRE_AT(wire_resource_use, resource, 0);
WIRE_AT(wire_resource_use, session, 8);
WIRE_SIZE(wire_resource_use, 16);
WIRE_AT(wire_size, size, 0);
WIRE_SIZE(wire_size, 8);
WIRE_AT(wire_call, session, 0);
WIRE_AT(wire_call, resource, 8);
WIRE_AT(wire_call, op, 16);
WIRE_AT(wire_call, nr_read, 20);
WIRE_AT(wire_call, nr_write, 24);
WIRE_AT(wire_call, name_size, 28);
WIRE_SIZE(wire_call, 32);
WIRE_AT(wire_arg, type, 0);
WIRE_AT(wire_arg, flags, 2);
WIRE_AT(wire_arg, custom_type_id, 4);
WIRE_AT(wire_arg, size, 8);
WIRE_SIZE(wire_arg, 16);
WIRE_AT(wire_called, nr_returned, 0);
WIRE_AT(wire_called, zero, 4);
WIRE_SIZE(wire_called, 8);
WIRE_AT(wire_returned, size, 0);
WIRE_AT(wire_returned, sent, 8);
WIRE_SIZE(wire_returned, 16);
WIRE_AT(wire_output_fetch, session, 0);
WIRE_AT(wire_output_fetch, held, 8);
WIRE_AT(wire_output_fetch, room, 16);
WIRE_SIZE(wire_output_fetch, 24);
WIRE_AT(wire_output_drop, session, 0);
WIRE_AT(wire_output_drop, held, 8);
WIRE_SIZE(wire_output_drop, 16);
WIRE_AT(wire_cancel, call, 0);
WIRE_SIZE(wire_cancel, 8);
WIRE_AT(wire_profile, nr_regions, 0);
WIRE_AT(wire_profile, zero, 4);
WIRE_SIZE(wire_profile, 8);
WIRE_AT(wire_region, name, 0);
WIRE_AT(wire_region, time_ns, 64);
WIRE_AT(wire_region, nr_calls, 72);
WIRE_SIZE(wire_region, 80);
#undef WIRE_AT
#undef WIRE_SIZE

#endif
