/* SPDX-License-Identifier: Apache-2.0 */
#include "pingpong.h"
#include "measure.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static bool pass(int fd)
{
    return eventfd_write(fd, 1) == 0;
}

static bool receive(int fd)
{
    eventfd_t count;

    return eventfd_read(fd, &count) == 0;
}

/* The processor must not take the loop for one that is worth its full speed. */
static void relax(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

static bool spin_until(atomic_uint_fast64_t *turn, bool odd)
{
    while ((atomic_load_explicit(turn, memory_order_acquire) & 1) != odd)
        relax();
    return true;
}

static bool answer(struct pingpong *pingpong)
{
    if (!pingpong->spins)
        return receive(pingpong->there) && pass(pingpong->back);
    spin_until(pingpong->turn, true);
    atomic_fetch_add_explicit(pingpong->turn, 1, memory_order_release);
    return true;
}

static _Noreturn void serve(struct pingpong *pingpong, int core, pid_t parent)
{
    stay_on_core(core);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (getppid() == parent && answer(pingpong))
        ;
    _exit(EXIT_SUCCESS);
}

int pingpong_once(struct pingpong *pingpong)
{
    if (!pingpong->spins)
        return pass(pingpong->there) && receive(pingpong->back) ? 0 : errno;
    atomic_fetch_add_explicit(pingpong->turn, 1, memory_order_release);
    return spin_until(pingpong->turn, false) ? 0 : EIO;
}

int pingpong_begin(struct pingpong *pingpong, bool spins, int core)
{
    pid_t parent = getpid();

    pingpong->spins = spins;
    pingpong->turn = mmap(NULL, sizeof(*pingpong->turn), PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pingpong->there = eventfd(0, EFD_CLOEXEC);
    pingpong->back = eventfd(0, EFD_CLOEXEC);
    if (pingpong->turn == MAP_FAILED || pingpong->there < 0 || pingpong->back < 0)
        return errno;
    pingpong->pid = fork();
    if (pingpong->pid == 0)
        serve(pingpong, core, parent);
    return pingpong->pid > 0 ? 0 : errno;
}

void pingpong_end(struct pingpong *pingpong)
{
    kill(pingpong->pid, SIGKILL);
    waitpid(pingpong->pid, NULL, 0);
    close(pingpong->there);
    close(pingpong->back);
    munmap(pingpong->turn, sizeof(*pingpong->turn));
}
