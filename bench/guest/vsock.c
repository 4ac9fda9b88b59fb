/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In a Linux guest: calls over vsock beside bytes between two processes of the guest, and how many streams
 * fare when one more never reads.
 */
#include "measure.h"
#include "streams.h"
#include "vaccel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SIDE = 1448, SMALL = 64, ROWS = SIDE * sizeof(float), MATRIX = SIDE * ROWS };

struct work {
    struct vaccel_session sess;
    float *matrix;
    float *column;
    float *result;
    int pair; /* to a process that answers */
};

static int noop(void *context, size_t calls)
{
    struct work *work = context;
    int ret = VACCEL_OK;

    while (calls--)
        ret |= vaccel_noop(&work->sess);
    return ret;
}

/* The noop plugin computes nothing: what counts is that the matrix gets there. */
static int product(void *context, size_t calls)
{
    struct work *work = context;
    int ret = VACCEL_OK;

    while (calls--)
        ret |= vaccel_sgemm(&work->sess, SIDE, 1, SIDE, 1, work->matrix, SIDE, work->column, 1, 0,
                            work->result, 1);
    return ret;
}

static bool send_all(int fd, const char *data, size_t size)
{
    ssize_t sent = 1;

    for (; size && sent > 0; size -= (size_t)sent, data += sent)
        sent = send(fd, data, size, MSG_NOSIGNAL);
    return sent > 0;
}

static bool receive_all(int fd, void *data, size_t size)
{
    return recv(fd, data, size, MSG_WAITALL) == (ssize_t)size;
}

/* Answers @small bytes to as many, or to a matrix one row, until the other end is closed. */
_Noreturn static void answer(int fd)
{
    static char data[MATRIX];
    size_t size;

    while (receive_all(fd, &size, sizeof(size)) && size <= sizeof(data) &&
           receive_all(fd, data, size) && send_all(fd, data, size < ROWS ? size : ROWS))
        continue;
    _exit(EXIT_SUCCESS);
}

static int begin_pair(void)
{
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
        return -1;
    if (fork() == 0) {
        close(ends[0]);
        answer(ends[1]);
    }
    close(ends[1]);
    return ends[0];
}

static int exchange(struct work *work, size_t size, size_t calls)
{
    char *matrix = (char *)work->matrix;

    while (calls--)
        if (!send_all(work->pair, (const char *)&size, sizeof(size)) ||
            !send_all(work->pair, matrix, size) ||
            !receive_all(work->pair, work->result, size < ROWS ? size : ROWS))
            return errno;
    return 0;
}

static int small_exchange(void *context, size_t calls)
{
    return exchange(context, SMALL, calls);
}

static int large_exchange(void *context, size_t calls)
{
    return exchange(context, MATRIX, calls);
}

static int compare_calls(struct work *work)
{
    const struct contest small = {
        .name = "Linux guest, vsock: NOOP, TCG",
        .unit = "us",
        .unit_ns = 1e3,
        .run = noop,
        .yardstick = "64 bytes there and back over a unix pair in the guest",
        .run_yardstick = small_exchange,
        .context = work,
        .calls = 100,
        .samples = 31,
        .clock = CLOCK_MONOTONIC,
    };
    struct contest large = small;
    int ret;

    large.name = "Linux guest, vsock: a matrix of 8 MiB, nothing computed, TCG";
    large.unit = "MB/s";
    large.work = MATRIX * 1e3;
    large.run = product;
    large.yardstick = "8 MiB over a unix pair in the guest";
    large.run_yardstick = large_exchange;
    large.calls = 5;
    large.samples = 15;
    ret = contest_hold(&small);
    return ret ? ret : contest_hold(&large);
}

static int compare_streams(void)
{
    struct streams streams;
    const struct contest beside = {
        .name = "Linux guest, vsock: a call of 4 KiB, 63 streams at once, beside one that never "
                "reads, TCG",
        .unit = "us",
        .unit_ns = 1e3,
        .run = streams_call_beside,
        .yardstick = "without that one",
        .run_yardstick = streams_call,
        .context = &streams,
        .calls = 63 * 20,
        .samples = 15,
        .clock = CLOCK_MONOTONIC,
        .bar = {"compared", "at most", 1.2},
    };
    int ret = streams_begin(&streams);

    if (ret == 0)
        ret = contest_hold(&beside);
    streams_end(&streams);
    return ret;
}

int main(int argc, char **argv)
{
    struct work work = {.matrix = calloc(1, MATRIX),
                        .column = calloc(1, ROWS),
                        .result = calloc(1, ROWS),
                        .pair = begin_pair()};
    int ret;

    measure_begin(argc, argv);
    if (!work.matrix || !work.column || !work.result || work.pair < 0)
        return EXIT_FAILURE;
    /* Before the library has a connection, which children would share. */
    ret = compare_streams();
    if (ret)
        return failed("streams", ret);
    ret = vaccel_session_init(&work.sess, 0);
    if (ret == VACCEL_OK)
        ret = compare_calls(&work);
    return ret ? failed("calls", ret) : EXIT_SUCCESS;
}
