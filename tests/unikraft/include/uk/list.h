/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STAND_IN_UK_LIST_H
#define STAND_IN_UK_LIST_H

/* BSD's lists, but that the name of a type has its "struct". */
#include <sys/queue.h>

#define UK_TAILQ_HEAD(name, type) _TAILQ_HEAD(name, type, )
#define UK_TAILQ_ENTRY(type) _TAILQ_ENTRY(type, )
#define UK_TAILQ_HEAD_INITIALIZER TAILQ_HEAD_INITIALIZER
#define UK_TAILQ_INIT TAILQ_INIT
#define UK_TAILQ_EMPTY TAILQ_EMPTY
#define UK_TAILQ_FIRST TAILQ_FIRST
#define UK_TAILQ_FOREACH TAILQ_FOREACH
#define UK_TAILQ_INSERT_TAIL TAILQ_INSERT_TAIL
#define UK_TAILQ_NEXT TAILQ_NEXT
#define UK_TAILQ_REMOVE TAILQ_REMOVE

#endif
