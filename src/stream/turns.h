/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STREAM_TURNS_H
#define STREAM_TURNS_H

#include <pthread.h>
#include <stdbool.h>

/*
 * Who is sending. A message has its turn for itself, a large one part by part: between two
 * parts the messages that wait go first, up to a number, so that none waits for a large one's end
 * and the large one gets to its end too.
 */
struct turns {
    pthread_mutex_t lock;
    pthread_cond_t message_waits;
    pthread_cond_t part_waits;
    bool taken;
    unsigned int messages; /* that wait */
    unsigned int parts;    /* further ones that wait */
    unsigned int passed;   /* messages that went before them */
};

void turns_init(struct turns *turns);
void turns_end(struct turns *turns);

void turns_take(struct turns *turns);
/* False: it is somebody's. */
bool turns_try(struct turns *turns);
void turns_give(struct turns *turns);
/* Between two parts: give the turn to those who wait, and take it again. */
void turns_let_others(struct turns *turns);

#endif
