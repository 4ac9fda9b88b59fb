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

/* The processor must not take the loop for one that is worth its full speed. */
static void relax(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

static void spin_until(atomic_uint_fast64_t *turn, bool odd)
{
    while ((atomic_load_explicit(turn, memory_order_acquire) & 1) != odd)
        relax();
}

static void answer_spinning(struct pingpong *pingpong, eventfd_t turns)
{
    while (turns--) {
        spin_until(pingpong->turn, true);
        atomic_fetch_add_explicit(pingpong->turn, 1, memory_order_release);
    }
}

static bool answer(struct pingpong *pingpong)
{
    eventfd_t turns;

    if (eventfd_read(pingpong->there, &turns) != 0)
        return false;
    if (!pingpong->spins)
        return eventfd_write(pingpong->back, 1) == 0;
    answer_spinning(pingpong, turns);
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

static int run_sleeping(struct pingpong *pingpong, size_t turns)
{
    eventfd_t count;

    while (turns--)
        if (eventfd_write(pingpong->there, 1) != 0 || eventfd_read(pingpong->back, &count) != 0)
            return errno;
    return 0;
}

static int run_spinning(struct pingpong *pingpong, size_t turns)
{
    if (eventfd_write(pingpong->there, turns) != 0)
        return errno;
    while (turns--) {
        atomic_fetch_add_explicit(pingpong->turn, 1, memory_order_release);
        spin_until(pingpong->turn, false);
    }
    return 0;
}

int pingpong_run(struct pingpong *pingpong, size_t turns)
{
    return pingpong->spins ? run_spinning(pingpong, turns) : run_sleeping(pingpong, turns);
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
