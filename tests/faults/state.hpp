/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTS_STATE_HPP
#define FAULTS_STATE_HPP

#include <cstddef>

/*
 * Memory shared with faults.py: the file FAULTS_STATE. It says which call fails, and how; FAULTS_KIND which
 * calls may. With FAULTS_PROGRAM only those of a program of that name do, whoever inherits the environment;
 * with FAULTS_ITSELF only its own, not those of libraries and plugins.
 * With the kind "deaths" the process dies at a call that concerns sockets.
 */
enum class Kind { memory, files, sockets, deaths };

/* What may happen beside errors of the system's. */
enum Outcome {
    only_a_part = -1,    /* fewer bytes than asked for */
    at_end = -2,         /* the other side closed the connection */
    no_descriptor = -3,  /* a message without the descriptor that was sent with it */
    part_and_death = -4, /* fewer bytes, and then the process dies */
};

/*
 * To be asked at each call that may fail: the error or Outcome that it has to fail with, else 0.
 * @caller  the return address; only calls from objects of ours count
 * @errors  @count errors that such a call may have
 */
int fault(Kind kind, const char *function, const void *caller, const int *errors,
          std::size_t count);

/* The process dies, as if it was killed. */
[[noreturn]] void die();

/* Blocks that our objects allocated: what is left of them when the program has ended is a leak. */
void remember(void *block, const void *caller);
bool forget(void *block);

#endif
