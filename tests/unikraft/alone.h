/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIKRAFT_ALONE_H
#define TESTS_UNIKRAFT_ALONE_H

#include <sys/wait.h>
#include <unistd.h>

/* In a process of its own, for what an image does once. It fails by must(). */
static inline void alone(void (*run)(void))
{
    int status = -1;
    pid_t child = fork();

    if (!child) {
        run();
        _exit(0);
    }
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

#endif
