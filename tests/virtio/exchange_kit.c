/* SPDX-License-Identifier: Apache-2.0 */
#include "exchange_kit.h"

struct fake *fake;
struct vaccel_session sess;

struct virtio_port *virtio_port_find(void)
{
    return fake ? fake_port(fake) : NULL;
}

void set(const char *variable, const char *value)
{
    setenv(variable, value, 1);
}

/* With little patience also a device that does well is given up where all is slow: then again. */
static void begin(const struct fake_settings *settings)
{
    int tries = TRIES;

    fake = fake_new(settings);
    assert_int_equal(vaccel_this_plugin.info->init(), VACCEL_OK);
    while (client_session_init(&sess, 0))
        assert_true(tries-- > 0);
}

int exchange_set_up(void **state)
{
    (void)state;
    set("VACCEL_RPC_KEEPALIVE", "15000");
    set("VACCEL_RPC_TIMEOUT", "0");
    set("VACCEL_RPC_SPIN", "50");
    begin(&(struct fake_settings){.queue_size = 128, .calls_max = 4, .slow_ms = 50});
    return 0;
}

void end(void)
{
    client_session_release(&sess);
    vaccel_this_plugin.info->fini();
    if (fake_complaint(fake))
        fail_msg("%s", fake_complaint(fake));
    fake_free(fake);
    fake = NULL;
}

int exchange_tear_down(void **state)
{
    (void)state;
    if (fake)
        end();
    return 0;
}

void begin_again(const struct fake_settings *settings)
{
    end();
    begin(settings);
}

int call(struct vaccel_arg *read, size_t nr_read, struct vaccel_arg *write, size_t nr_write)
{
    struct vaccel_op_call made = {-1, "a.name", NULL, read, nr_read, write, nr_write};

    return client_call(&sess, &made);
}

int echo(unsigned char *in, unsigned char *out, size_t size)
{
    struct vaccel_arg read = {.buf = in, .size = size};
    struct vaccel_arg write = {.buf = out, .size = size};

    return call(&read, 1, &write, 1);
}

/* @write's own bytes travel behind those of @read. */
bool is_echo(const unsigned char *in, const unsigned char *out, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (out[i] != (unsigned char)(in[i] + 1))
            return false;
    return true;
}
