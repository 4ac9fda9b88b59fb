/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLATFORM_H
#define PLATFORM_H

/*
 * What the library needs from the machine it runs on, and nothing else. src/platform/
 * implements it for Linux: linux/ what needs that, hosted/ what any system with POSIX has. A guest brings
 * its own (guest/). All functions may be called from any thread; a freestanding guest that has threads is
 * compiled with PLATFORM_HAS_THREADS.
 */

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Memory. On a host this is malloc's, as callers free() some of it. */
void *platform_alloc(size_t size);
void *platform_alloc_zeroed(size_t size);
void *platform_realloc(void *data, size_t size);
void platform_free(void *data);

/*
 * Memory for buffers that an accelerator elsewhere may use where they lie, at a multiple of 64 bytes. On
 * a host it lies in a file that can be shared (linux/shared.h); for a guest all memory is like that.
 */
void *platform_alloc_shared(size_t size);
void platform_free_shared(void *data);

/* A lock for what is not on the way of a call. Zero-initialised is ready for use. */
struct platform_mutex {
    uint32_t state;
};
void platform_lock(struct platform_mutex *mutex);
void platform_unlock(struct platform_mutex *mutex);

/*
 * One pointer of its own for each thread, NULL at first. When a thread ends,
 * platform_thread_ended() (of src/core) is called with what it holds.
 */
#if __STDC_HOSTED__ || defined(PLATFORM_HAS_THREADS)
extern _Thread_local void *platform_thread_pointer __attribute__((tls_model("initial-exec")));
#else
extern void *platform_thread_pointer;
#endif
int platform_thread_set(void *pointer);
void platform_thread_ended(void *pointer);
/*
 * Around a fork(), of src/core: before it, after it in the parent, and after it in the child, where
 * only the forking thread lives on.
 */
void platform_forking(void);
void platform_fork_done(void);
void platform_forked(void);

/*
 * An asymmetric pair of fences. After platform_light_fence() in one thread and
 * platform_heavy_fence() in another, one of the two sees what the other wrote before its fence. The
 * light one costs nothing where the heavy one can interrupt the other processors
 * (platform_fence_is_cheap).
 */
extern bool platform_fence_is_cheap;
static inline void platform_light_fence(void)
{
    if (__atomic_load_n(&platform_fence_is_cheap, __ATOMIC_RELAXED))
        __atomic_signal_fence(__ATOMIC_SEQ_CST);
    else
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
}
void platform_heavy_fence(void);

/* Let others run; @attempt counts from 0 and makes the pause longer, up to a millisecond. */
void platform_pause(unsigned int attempt);

/*
 * Sleep while *@word is @value, until platform_wake(), or @deadline of platform_clock() (0: none). May
 * return early. platform_wake() wakes all who sleep at @word, after it was changed, and
 * platform_wake_one() at least one of them. Both use nothing but its address: it may be gone.
 */
void platform_wait(const uint32_t *word, uint32_t value, uint64_t deadline);
void platform_wake(const uint32_t *word);
void platform_wake_one(const uint32_t *word);

/* Nanoseconds since some fixed moment; never runs backwards. */
uint64_t platform_clock(void);

/* Fill @data with random bytes: names, not keys. */
void platform_random(void *data, size_t size);

/*
 * As vsnprintf(): %s %c %p, %d %i %u %x %X with h, l, ll, z, j, t, %f %g %e; flags "-0+ #", width
 * and precision, '*' too.
 */
int platform_format(char *buf, size_t size, const char *format, va_list arguments);

/* Write one log line without its end. @level is a vaccel_log_level_t. */
void platform_log(int level, const char *line);
/*
 * Where lines go from now on: a log file, named as config.h says, or with NULL back to the console.
 * A guest without files returns ENOTSUP. On error they go to the console.
 */
int platform_log_open(const char *name);

/* A variable of the environment (of a guest: of its command line); NULL if it is not set. */
const char *platform_environment(const char *name);

/*
 * Open a plugin: a shared library on a host; a guest has its plugins linked in, and ENOTSUP for others.
 * @lib     as for vaccel_plugin_load()
 * @plugin  what it calls vaccel_plugin
 * @handle  for platform_plugin_close(), once nothing of the plugin is used any more
 * Returns ENOENT or ELIBBAD, with the reason logged.
 */
struct vaccel_plugin;
int platform_plugin_open(const char *lib, struct vaccel_plugin **plugin, void **handle);
void platform_plugin_close(void *handle);

/* Files. Functions return 0 or a VACCEL_E code; a guest without files returns ENOTSUP. */
enum platform_file_type { PLATFORM_FILE, PLATFORM_DIRECTORY, PLATFORM_OTHER };

int platform_file_type(const char *path, enum platform_file_type *type);
/* Whether it is a regular file without a byte. */
bool platform_file_is_empty(const char *path);
/* Map a whole regular file, private: what is written to it does not reach the file. */
int platform_file_map(const char *path, void **data, size_t *size);
void platform_file_unmap(void *data, size_t size);
/* Make a new file of these bytes, mode 0600. EEXIST if there is one. On error nothing is left. */
int platform_file_create(const char *path, const void *data, size_t size);
int platform_file_remove(const char *path);
/* Make a directory with mode 0700. EEXIST if there is one. @parents: make those above it as well.
 */
int platform_directory_make(const char *path, bool parents);
/* Remove a directory with all that is in it. Links are removed, not followed. */
int platform_directory_remove(const char *path);
/*
 * Call @visit for each regular file below @path, sorted by the path relative to it ("a/b.txt").
 * Links are not followed and do not count. Stops at the first error of @visit and returns it.
 */
int platform_directory_walk(const char *path, int (*visit)(const char *relative, void *context),
                            void *context);
/* The path, without '/' at its end, below which run directories are made. At most @size bytes. */
int platform_run_base(char *path, size_t size);

#endif
