/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DEVICE_KIT_H
#define TESTS_DEVICE_KIT_H

/*
 * A virtio device in the test's own process, and its driver: a request at a time is composed, posted and
 * waited for. The plugin behind it is the test's.
 */

#include "agent/worker/device/device.h"
#include "agent/worker/worker.h"
#include "guest.h"
#include "ops/op.h"
#include "vaccel/tensor.h"
#include "wire/read.h"
#include "wire/write.h"
#include "with_plugins.h"

#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum {
    GENERATION = 7,
    WRITE = VIRTQ_DESC_F_WRITE,
    LAST = -1,
    REQUEST = GUEST_FREE, /* where a request is composed */
    ANSWER = 0x10000,
    ANSWER_SIZE = 1024,
    DATA = 0x20000, /* arguments, from here on */
    FAR = GUEST_SECOND,
    PATIENCE_MS = 10000,
};

extern struct guest guest;
extern struct device device;
extern struct counter *counter;
extern uint64_t next_id; /* of the next message */
extern uint64_t session;

/* Where SGEMM's matrices were; and of "test.stay", who came in, and may go. */
extern const float *_Atomic seen_a;
extern float *_Atomic seen_c;
extern sem_t entered;
extern sem_t leave;

/* The message being composed at REQUEST. */
extern struct wire_writer writer;

/* For cmocka; the latter also says hello and begins a session. */
int begin(void **state);
int begin_greeted(void **state);
int end(void **state);

void pause_ms(void);

/* Tell the device of the guest as it is. */
void set_device(void);

struct accel_head *head_of_request(void);
void compose(enum wire_type type);
/* Returns how many bytes it has, head included. */
uint32_t end_compose(void);
void compose_noop(void);
/* An operation by name; with one argument there and one back of @size bytes, if that is not 0. */
void compose_named(const char *name, uint64_t size);
/* An argument of the call that is being composed. */
void put_arg(vaccel_arg_type_t type, uint64_t size, uint16_t flags);

/* Wait for the next chain that comes back. Returns how many bytes were written. */
uint32_t wait_for(uint16_t head);

/*
 * Send the message in a chain whose first descriptor is 0: @extra more to read, then the room for the answer
 * and @rooms more to write, which the caller has put.
 */
uint32_t exchange(int extra, int rooms);

const struct wire_header *answer(void);
const void *answer_body(void);
void assert_answer(uint32_t status);
void assert_goodbye(void);
/* A goodbye, and after that nothing is served but a hello. */
void assert_over(void);

void hello(void);
void begin_session(void);
void call_noop(uint32_t status);

#endif
