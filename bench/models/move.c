/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What it costs to bring a file's bytes to another process, and into a file of its own: over a unix socket,
 * by a process that sends from where the file is mapped, and one that receives into memory and writes.
 *
 *     bench-model-move FILE FOLDER
 *
 * For each line on the standard input: once, and the nanoseconds that it took.
 */
#include "measure.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 4 * 1024 * 1024, PATH_ROOM = 4096 };

static int write_all(int file, const char *data, size_t size)
{
    ssize_t written = 0;

    for (; size && written >= 0; size -= (size_t)written, data += written)
        written = write(file, data, size);
    return written < 0 ? errno : 0;
}

/* A byte is answered when all is written. */
static int receive_file(int socket, const char *path, size_t size, char *room)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    size_t left = size;
    ssize_t got;
    int ret = file < 0 ? errno : 0;

    while (left && ret == 0) {
        got = recv(socket, room, left < PIECE ? left : PIECE, MSG_WAITALL);
        ret = got > 0 ? write_all(file, room, (size_t)got) : ECONNRESET;
        left -= got > 0 ? (size_t)got : 0;
    }
    if (file >= 0)
        close(file);
    if (ret == 0 && send(socket, "", 1, 0) != 1)
        ret = errno;
    unlink(path);
    return ret;
}

static int receive_files(int socket, const char *folder)
{
    char *room = malloc(PIECE);
    char path[PATH_ROOM];
    size_t size;
    int ret = room ? 0 : ENOMEM;

    prctl(PR_SET_PDEATHSIG, SIGTERM);
    snprintf(path, sizeof(path), "%s/moved", folder);
    while (ret == 0 && recv(socket, &size, sizeof(size), MSG_WAITALL) == sizeof(size))
        ret = receive_file(socket, path, size, room);
    free(room);
    return ret;
}

/* A new mapping each time, as a new model has one. */
static int send_file(int socket, const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat about;
    char *data, *at;
    size_t left;
    ssize_t sent = 0;
    char done;

    if (file < 0 || fstat(file, &about) != 0)
        return errno;
    left = (size_t)about.st_size;
    data = mmap(NULL, left, PROT_READ, MAP_PRIVATE, file, 0);
    close(file);
    if (data == MAP_FAILED || send(socket, &left, sizeof(left), 0) != sizeof(left))
        return errno;
    for (at = data; left && sent >= 0; left -= (size_t)sent, at += sent)
        sent = send(socket, at, left, MSG_NOSIGNAL);
    if (sent < 0 || recv(socket, &done, 1, 0) != 1)
        return EPIPE;
    return munmap(data, (size_t)about.st_size) == 0 ? 0 : errno;
}

static int serve_commands(int socket, const char *path)
{
    char line[16];
    double begun;
    int ret = 0;

    while (ret == 0 && fgets(line, sizeof(line), stdin)) {
        begun = nanoseconds(CLOCK_MONOTONIC);
        ret = send_file(socket, path);
        printf("%.0f\n", nanoseconds(CLOCK_MONOTONIC) - begun);
        fflush(stdout);
    }
    return ret;
}

int main(int argc, char **argv)
{
    int pair[2];
    int ret;

    if (argc != 3) {
        fprintf(stderr, "usage: %s FILE FOLDER\n", argv[0]);
        return EXIT_FAILURE;
    }
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return failed("a pair of sockets", errno);
    switch (fork()) {
    case -1:
        return failed("another process", errno);
    case 0:
        close(pair[0]);
        ret = receive_files(pair[1], argv[2]);
        _exit(ret == 0 ? EXIT_SUCCESS : failed("receiving", ret));
    default:
        close(pair[1]);
        ret = serve_commands(pair[0], argv[1]);
        return ret == 0 ? EXIT_SUCCESS : failed("moving", ret);
    }
}
