/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VACCEL_PROF_H
#define VACCEL_PROF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One passage through a region, in nanoseconds. @time is 0 until it has ended. */
struct vaccel_prof_sample {
    uint64_t start;
    uint64_t time;
};

/*
 * A stretch of a program whose passages are timed. Any number of threads may pass through one
 * region at once: a stop ends the passage that its own thread began last. Every start needs its
 * stop. Initialise and release a region while no other thread uses it.
 */
struct vaccel_prof_region {
    const char *name;
    bool name_owned;   /* @name was allocated here */
    size_t nr_entries; /* passages begun */
    struct vaccel_prof_sample *samples;
    size_t size; /* room for so many samples */
};

/* A region with a name that stays valid. */
#define VACCEL_PROF_REGION_INIT(name) \
    { \
        (name), false, 0, NULL, 0 \
    }

/*
 * Whether profiling is on (VACCEL_PROFILING_ENABLED, or the configuration). While it is off, start,
 * stop and print do nothing and return 0, whatever they are given; init and release always work, so
 * that a region is sound whenever profiling is switched.
 */
bool vaccel_prof_enabled(void);

/* Begin a passage. Returns EINVAL (NULL), ENOMEM. */
int vaccel_prof_region_start(struct vaccel_prof_region *region);

/* End a passage. Returns EINVAL (NULL, or this thread has begun none). */
int vaccel_prof_region_stop(const struct vaccel_prof_region *region);

/*
 * Log, at level info, how long the ended passages took altogether and how many there were:
 *   [prof] <name>: total_time: <ns> nsec nr_entries: <n>
 * Returns EINVAL (NULL).
 */
int vaccel_prof_region_print(const struct vaccel_prof_region *region);

/*
 * Make a region.
 * @region  struct to fill; end it with vaccel_prof_region_release()
 * @name    must stay valid; or NULL: 256 zeroed bytes are allocated, into which the caller or
 *          vaccel_prof_regions_start_by_name() writes a name
 * Returns EINVAL (@region NULL), ENOMEM.
 */
int vaccel_prof_region_init(struct vaccel_prof_region *region, const char *name);

/* End a region: its samples are freed. Returns EINVAL (NULL). */
int vaccel_prof_region_release(struct vaccel_prof_region *region);

/*
 * Begin a passage through the first of @nr_regions regions that has this name; if none has, one
 * without a name, made with NULL, takes it. Returns EINVAL (NULL, empty name, negative count),
 * ENOENT (neither is there), ENAMETOOLONG (no region has this name, and one without takes 255
 * characters at most), ENOMEM.
 */
int vaccel_prof_regions_start_by_name(struct vaccel_prof_region *regions, int nr_regions,
                                      const char *name);

/* End the passage through the first region of this name. Returns EINVAL as above, ENOENT. */
int vaccel_prof_regions_stop_by_name(struct vaccel_prof_region *regions, int nr_regions,
                                     const char *name);

/* Make, and end, @nr_regions regions without names; all are made or none. Errors as for one. */
int vaccel_prof_regions_init(struct vaccel_prof_region *regions, int nr_regions);
int vaccel_prof_regions_release(struct vaccel_prof_region *regions, int nr_regions);

/* Log every region that has a name, as for one. Returns EINVAL (NULL, negative count). */
int vaccel_prof_regions_print_all(struct vaccel_prof_region *regions, int nr_regions);

/*
 * Write the same lines, each with a newline, into *@buf, which has room for @len bytes; cut to fit,
 * always terminated.
 * @buf  may be NULL, to learn the length
 * Returns the number of bytes that all lines and the NUL take, 0 while profiling is off,
 * -VACCEL_EINVAL (no regions, a negative count, *@buf NULL or without @len) or
 * -VACCEL_ERANGE (more than an int can tell).
 */
int vaccel_prof_regions_print_all_to_buf(char **buf, size_t len, struct vaccel_prof_region *regions,
                                         int nr_regions);

#ifdef __cplusplus
}
#endif

#endif
