/* SPDX-License-Identifier: Apache-2.0 */
#include "vaccel.h"

#include <time.h>

enum { LONGEST_MS = 300000, MOST_DIGITS = 6 };

static const char function_name[] = "mbench";

/* Milliseconds as decimal digits, which a NUL may end. 0: it is no such number. */
static long parse_milliseconds(const struct vaccel_arg *arg)
{
    const char *text = arg->buf;
    size_t size = text ? strnlen(text, arg->size) : 0;
    long value = 0;
    size_t i;

    if (size > MOST_DIGITS)
        return 0;
    for (i = 0; i < size; i++) {
        if (text[i] < '0' || text[i] > '9')
            return 0;
        value = value * 10 + (text[i] - '0');
    }
    return value <= LONGEST_MS ? value : 0;
}

static double now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void keep_busy(long milliseconds)
{
    double end = now_ms() + (double)milliseconds;

    while (now_ms() < end)
        continue;
}

static int exec(struct vaccel_session *sess, const char *library, const char *fn_symbol,
                struct vaccel_arg *read, size_t nr_read, struct vaccel_arg *write, size_t nr_write)
{
    long milliseconds;

    (void)sess, (void)write, (void)nr_write;
    if (strcmp(library, function_name) != 0 && strcmp(fn_symbol, function_name) != 0) {
        vaccel_error("[mbench] no function \"%s\" in \"%s\": there is only mbench", fn_symbol,
                     library);
        return VACCEL_ENOSYS;
    }
    if (nr_read < 2) {
        vaccel_error("[mbench] %zu argument(s) to read: mbench takes 2, the milliseconds and data "
                     "to carry along",
                     nr_read);
        return VACCEL_EINVAL;
    }
    milliseconds = parse_milliseconds(&read[0]);
    if (!milliseconds) {
        vaccel_error("[mbench] the first argument is not a time: give 1 to %d milliseconds in "
                     "decimal digits",
                     LONGEST_MS);
        return VACCEL_EINVAL;
    }
    keep_busy(milliseconds);
    return VACCEL_OK;
}

static struct vaccel_op ops[] = {
    VACCEL_OP_INIT(exec, VACCEL_OP_EXEC, exec),
};

static int init(void)
{
    return vaccel_plugin_register_ops(ops, sizeof(ops) / sizeof(ops[0]));
}

static int fini(void)
{
    return VACCEL_OK;
}

VACCEL_PLUGIN(.name = "mbench", .version = VACCEL_VERSION, .vaccel_version = VACCEL_VERSION,
              .type = VACCEL_PLUGIN_SOFTWARE, .init = init, .fini = fini)
