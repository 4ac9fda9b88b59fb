/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_EXCHANGE_KIT_H
#define TESTS_EXCHANGE_KIT_H

/* A client's session beside a device that is a thread of the test. */

#include "../unit/captured.h"
#include "../unit/together.h"
#include "client/current.h"
#include "client/hooks.h"
#include "fake_port.h"
#include "vaccel.h"
#include "virtio/connection.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { THREADS = 8, TRIES = 20 };

extern struct fake *fake;
extern struct vaccel_session sess;

/* For cmocka: with settings that are patient. */
int exchange_set_up(void **state);
int exchange_tear_down(void **state);

void set(const char *variable, const char *value);
void end(void);
/* Another device, and another session. */
void begin_again(const struct fake_settings *settings);

int call(struct vaccel_arg *read, size_t nr_read, struct vaccel_arg *write, size_t nr_write);

/* One argument there, one back, of @size bytes each; the device adds 1 to each byte. */
int echo(unsigned char *in, unsigned char *out, size_t size);
bool is_echo(const unsigned char *in, const unsigned char *out, size_t size);

/* The log has this text. */
#define assert_fails(call, status, text) \
    do { \
        int ret_; \
        capture_begin(); \
        ret_ = call; \
        assert_non_null(strstr(capture_end(), text)); \
        assert_int_equal(ret_, status); \
    } while (0)

#endif
