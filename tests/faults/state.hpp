/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTS_STATE_HPP
#define FAULTS_STATE_HPP

#include <cstddef>

/*
 * Shared memory with run.py: the file FAULTS_STATE. FAULTS_KIND says which calls may fail, FAULTS_AT
 * which of them does, counted from 1, and FAULTS_WAY how.
 */
enum class Kind { memory, files };

/*
 * To be asked at each call that may fail: the error that it has to fail with, else 0.
 * @caller  the return address; only calls from objects of ours count
 * @errors  @count errors that such a call may have
 */
int fault(Kind kind, const char *function, const void *caller, const int *errors,
          std::size_t count);

/* Blocks that our objects allocated: what is left of them when the program has ended is a leak. */
void remember(void *block, const void *caller);
bool forget(void *block);

#endif
