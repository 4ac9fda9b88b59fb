/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STAND_IN_UK_WAIT_H
#define STAND_IN_UK_WAIT_H

#include <uk/list.h>
#include <uk/plat/time.h>
#include <uk/sched.h>

struct uk_waitq_entry {
    struct uk_thread *thread;
    UK_TAILQ_ENTRY(struct uk_waitq_entry) next;
};

struct uk_waitq {
    UK_TAILQ_HEAD(uk_waitq_entries, struct uk_waitq_entry) waiting;
};

#define DEFINE_WAIT_QUEUE(name) struct uk_waitq name = {UK_TAILQ_HEAD_INITIALIZER(name.waiting)}

void uk_waitq_init(struct uk_waitq *queue);
void uk_waitq_wake_up(struct uk_waitq *queue);

/* One turn of waiting, with interrupts off from before the condition was looked at. */
void stand_in_wait(struct uk_waitq *queue, struct uk_waitq_entry *entry, __nsec deadline,
                   unsigned long interrupts);
unsigned long stand_in_wait_begin(void);
void stand_in_wait_end(struct uk_waitq *queue, struct uk_waitq_entry *entry);

/* Sleep until @condition holds, which is looked at after each wake-up, or @deadline (0: none). */
#define uk_waitq_wait_event_deadline(queue, condition, deadline) \
    ({ \
        struct uk_waitq_entry entry_ = {0}; \
        __nsec deadline_ = (deadline); \
        unsigned long interrupts_; \
        int late_ = 0; \
        while (!(condition) && !late_) { \
            interrupts_ = stand_in_wait_begin(); \
            if (condition) { \
                ukplat_lcpu_restore_irqf(interrupts_); \
                break; \
            } \
            stand_in_wait(queue, &entry_, deadline_, interrupts_); \
            late_ = !(condition) && deadline_ && ukplat_monotonic_clock() >= deadline_; \
        } \
        stand_in_wait_end(queue, &entry_); \
        late_; \
    })

#include <uk/plat/lcpu.h>

#endif
