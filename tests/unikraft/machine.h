/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIKRAFT_MACHINE_H
#define TESTS_UNIKRAFT_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * A stand-in for what the library uses of Unikraft (include/), and the machine below it. Time is the
 * machine's own: it goes on a little with each look at the clock, and leaps when all threads sleep. If
 * they would sleep for ever the test fails.
 */

/* Also in threads and children, where cmocka's assertions do not work. */
#define must(condition) \
    do { \
        if (!(condition)) { \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
            abort(); \
        } \
    } while (0)

/* Threads (threads.c). They take turns, and give them up only where they wait, sleep or yield. */
struct uk_thread;
struct uk_thread *thread_begin(void (*run)(void *argument), void *argument);
/* Others run until it has ended. */
void thread_join(struct uk_thread *thread);

/* Nanoseconds, without their going on. */
uint64_t machine_now(void);

/* The device asks for the processor, which comes as soon as it has interrupts on. */
void machine_interrupt(void);
/* A moment at which an interrupt may come, and a device that looks at its ring by itself does so. */
void machine_step(void);
/* How often a thread was in for something other than its own turn: nobody else could run. */
unsigned int machine_idled(void);

/* Physical memory (address_space.c). What has no place of its own lies at its address plus this. */
#if CONFIG_PAGING
#define PHYSICAL_OFFSET (UINT64_C(1) << 44)
#else
#define PHYSICAL_OFFSET UINT64_C(0)
#endif

/* Where the machine has @physical; *@size: how much of what begins there lies in one piece, or less. */
void *memory_at(uint64_t physical, size_t *size);
/* @count pages of @level at @page are those at @physical from now on. */
void memory_place(const void *page, size_t count, unsigned int level, uint64_t physical);
/* @count small pages at @page are not mapped. */
void memory_take(const void *page, size_t count);
/* They come to be there, from @physical on, once they are touched. Their contents are lost. */
void memory_fill_on_demand(void *page, size_t count, uint64_t physical);
/* As at the beginning. */
void memory_forget(void);
/* The initrd, wherever it begins in a page. NULL: none, as at the beginning. */
void memory_set_initrd(const void *data, size_t size);
/* For a ring, as Unikraft makes it; NULL: there is none. */
struct uk_alloc;
void *memory_of_ring(struct uk_alloc *allocator, size_t size);
/* Whether it is still that. */
bool memory_is_of_ring(const void *data);
/* Frames in areas that Unikraft made for rings. */
size_t memory_frames_used(void);

/*
 * The heap (calls.c): which allocation from now on fails, 0: none. Returns how many are left until the one
 * fails that was named before; 0: it has. And blocks that are in use.
 */
unsigned int heap_fail_at(unsigned int which);
size_t heap_blocks(void);
/* All blocks are in this memory from now on, which is never used twice. */
void heap_use(void *memory, size_t size);
/* For what allocates: whether this one fails. */
bool heap_fails(void);

/* Files (calls.c): which call of these from now on fails, 0: none, and how many are open. */
void files_fail_at(unsigned int which);
/* At most so many bytes come by one read(). */
void files_read_at_most(size_t size);
unsigned int files_open(void);

#endif
