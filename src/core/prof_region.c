/* SPDX-License-Identifier: Apache-2.0 */
#include "core/prof.h"
#include "platform/checked.h"
#include "platform/platform.h"
#include "platform/text.h"
#include "vaccel/error.h"
#include "vaccel/log.h"
#include "vaccel/prof.h"

enum {
    FIRST_SIZE = 16,
    NAME_SIZE = 256, /* of a name that the region owns */
};

/*
 * One lock for all regions: their struct is public and has none. It guards their samples and the
 * naming of those without a name.
 *
 * Behind the samples, in the same memory, lies for each of them which thread began it; NULL once
 * it has ended. So a stop finds its start, whatever other threads do in the region.
 */
static struct platform_mutex lock;

void prof_lock_regions(void)
{
    platform_lock(&lock);
}

void prof_unlock_regions(void)
{
    platform_unlock(&lock);
}

/* Different for each thread that lives. */
static const void *this_thread(void)
{
    return &platform_thread_pointer;
}

static const void **threads_of(const struct vaccel_prof_region *region)
{
    return (const void **)(region->samples + region->size);
}

static int refuse_null(void)
{
    vaccel_error("the profiling region is NULL, not initialised or released");
    return VACCEL_EINVAL;
}

static int refuse_regions(void)
{
    vaccel_error("profiling regions, a name or the room for text are NULL, empty or negative");
    return VACCEL_EINVAL;
}

bool vaccel_prof_enabled(void)
{
    return __atomic_load_n(&prof_on, __ATOMIC_RELAXED);
}

/* Its name is left alone, as that is read without the lock. */
static int grow(struct vaccel_prof_region *region)
{
    struct vaccel_prof_region larger = *region;
    size_t bytes;

    if (!size_mul(region->size ? region->size : FIRST_SIZE / 2, 2, &larger.size) ||
        !size_mul(larger.size, sizeof(*larger.samples) + sizeof(void *), &bytes))
        return VACCEL_ENOMEM;
    larger.samples = platform_alloc(bytes);
    if (!larger.samples)
        return VACCEL_ENOMEM;
    if (region->samples) {
        memcpy(larger.samples, region->samples, region->nr_entries * sizeof(*region->samples));
        memcpy(threads_of(&larger), threads_of(region), region->nr_entries * sizeof(void *));
    }
    platform_free(region->samples);
    region->samples = larger.samples;
    region->size = larger.size;
    return VACCEL_OK;
}

/* The lock is held. The clock is read last, lest it measure our own work. */
static int begin(struct vaccel_prof_region *region)
{
    size_t i = region->nr_entries;

    if (i == region->size && grow(region) != VACCEL_OK) {
        vaccel_error("no memory for sample %zu of region %s", i, region->name);
        return VACCEL_ENOMEM;
    }
    threads_of(region)[i] = this_thread();
    region->nr_entries = i + 1;
    region->samples[i] = (struct vaccel_prof_sample){.start = platform_clock()};
    return VACCEL_OK;
}

/* The lock is held. */
static int end(const struct vaccel_prof_region *region, uint64_t now)
{
    const void *me = this_thread();
    size_t i = region->nr_entries;

    while (i > 0 && threads_of(region)[i - 1] != me)
        i--;
    if (!i) {
        vaccel_error("region %s is stopped by a thread that has not started it", region->name);
        return VACCEL_EINVAL;
    }
    threads_of(region)[i - 1] = NULL;
    region->samples[i - 1].time = now - region->samples[i - 1].start;
    return VACCEL_OK;
}

int vaccel_prof_region_start(struct vaccel_prof_region *region)
{
    int ret;

    if (!vaccel_prof_enabled())
        return VACCEL_OK;
    if (!region || !region->name)
        return refuse_null();
    platform_lock(&lock);
    ret = begin(region);
    platform_unlock(&lock);
    return ret;
}

int vaccel_prof_region_stop(const struct vaccel_prof_region *region)
{
    uint64_t now;
    int ret;

    if (!vaccel_prof_enabled())
        return VACCEL_OK;
    now = platform_clock();
    if (!region || !region->name)
        return refuse_null();
    platform_lock(&lock);
    ret = end(region, now);
    platform_unlock(&lock);
    return ret;
}

/* What a region has measured so far. */
struct summary {
    bool named;
    unsigned long long time;
    size_t ended;
};

static struct summary summarize(const struct vaccel_prof_region *region)
{
    struct summary summary = {0};
    size_t i;

    platform_lock(&lock);
    summary.named = region->name && region->name[0];
    for (i = 0; i < region->nr_entries; i++) {
        if (threads_of(region)[i])
            continue;
        summary.time += region->samples[i].time;
        summary.ended++;
    }
    platform_unlock(&lock);
    return summary;
}

int vaccel_prof_region_print(const struct vaccel_prof_region *region)
{
    struct summary summary;

    if (!vaccel_prof_enabled())
        return VACCEL_OK;
    if (!region || !region->name)
        return refuse_null();
    summary = summarize(region);
    vaccel_info("[prof] %s: total_time: %llu nsec nr_entries: %zu", region->name, summary.time,
                summary.ended);
    return VACCEL_OK;
}

int vaccel_prof_region_init(struct vaccel_prof_region *region, const char *name)
{
    bool owned = !name;

    if (!region)
        return refuse_null();
    if (owned)
        name = platform_alloc_zeroed(NAME_SIZE);
    if (!name) {
        vaccel_error("no memory for the name of a profiling region");
        return VACCEL_ENOMEM;
    }
    *region = (struct vaccel_prof_region){.name = name, .name_owned = owned};
    return VACCEL_OK;
}

int vaccel_prof_region_release(struct vaccel_prof_region *region)
{
    if (!region)
        return refuse_null();
    if (region->name_owned)
        platform_free((char *)region->name);
    platform_free(region->samples);
    *region = (struct vaccel_prof_region){0};
    return VACCEL_OK;
}

static struct vaccel_prof_region *find(struct vaccel_prof_region *regions, int nr_regions,
                                       const char *name)
{
    int i;

    for (i = 0; i < nr_regions; i++)
        if (regions[i].name && text_equal(regions[i].name, name))
            return &regions[i];
    return NULL;
}

/* The lock is held. */
static int find_or_name(struct vaccel_prof_region *regions, int nr_regions, const char *name,
                        struct vaccel_prof_region **region)
{
    size_t size = text_length(name) + 1;
    int i;

    *region = find(regions, nr_regions, name);
    if (*region)
        return VACCEL_OK;
    if (size > NAME_SIZE)
        return VACCEL_ENAMETOOLONG;
    for (i = 0; i < nr_regions; i++) {
        if (regions[i].name_owned && regions[i].name && !regions[i].name[0]) {
            memcpy((char *)regions[i].name, name, size);
            *region = &regions[i];
            return VACCEL_OK;
        }
    }
    return VACCEL_ENOENT;
}

int vaccel_prof_regions_start_by_name(struct vaccel_prof_region *regions, int nr_regions,
                                      const char *name)
{
    struct vaccel_prof_region *region;
    int ret;

    if (!vaccel_prof_enabled())
        return VACCEL_OK;
    if (!regions || nr_regions < 0 || !name || !name[0])
        return refuse_regions();
    platform_lock(&lock);
    ret = find_or_name(regions, nr_regions, name, &region);
    if (ret == VACCEL_OK)
        ret = begin(region);
    platform_unlock(&lock);
    if (ret == VACCEL_ENOENT || ret == VACCEL_ENAMETOOLONG)
        vaccel_error("none of %d regions is called %s, or could take that name", nr_regions, name);
    return ret;
}

int vaccel_prof_regions_stop_by_name(struct vaccel_prof_region *regions, int nr_regions,
                                     const char *name)
{
    const struct vaccel_prof_region *region;
    uint64_t now;
    int ret;

    if (!vaccel_prof_enabled())
        return VACCEL_OK;
    now = platform_clock();
    if (!regions || nr_regions < 0 || !name || !name[0])
        return refuse_regions();
    platform_lock(&lock);
    region = find(regions, nr_regions, name);
    ret = region ? end(region, now) : VACCEL_ENOENT;
    platform_unlock(&lock);
    if (!region)
        vaccel_error("none of %d regions is called %s", nr_regions, name);
    return ret;
}

int vaccel_prof_regions_init(struct vaccel_prof_region *regions, int nr_regions)
{
    int ret = VACCEL_OK;
    int i;

    if (!regions || nr_regions < 0)
        return refuse_regions();
    for (i = 0; i < nr_regions && ret == VACCEL_OK; i++)
        ret = vaccel_prof_region_init(&regions[i], NULL);
    if (ret != VACCEL_OK)
        vaccel_prof_regions_release(regions, i - 1);
    return ret;
}

int vaccel_prof_regions_release(struct vaccel_prof_region *regions, int nr_regions)
{
    int i;

    if (!regions || nr_regions < 0)
        return refuse_regions();
    for (i = 0; i < nr_regions; i++)
        vaccel_prof_region_release(&regions[i]);
    return VACCEL_OK;
}

int vaccel_prof_regions_print_all(struct vaccel_prof_region *regions, int nr_regions)
{
    int i;

    if (!vaccel_prof_enabled())
        return VACCEL_OK;
    if (!regions || nr_regions < 0)
        return refuse_regions();
    for (i = 0; i < nr_regions; i++)
        if (summarize(&regions[i]).named)
            vaccel_prof_region_print(&regions[i]);
    return VACCEL_OK;
}

/* Returns the length of the region's line; writes what goes into @size bytes. */
static size_t write_line(char *buf, size_t size, const struct vaccel_prof_region *region)
{
    struct summary summary = summarize(region);
    int length;

    if (!summary.named)
        return 0;
    length = text_format(buf, size, "[prof] %s: total_time: %llu nsec nr_entries: %zu\n",
                         region->name, summary.time, summary.ended);
    return length > 0 ? (size_t)length : 0;
}

int vaccel_prof_regions_print_all_to_buf(char **buf, size_t len, struct vaccel_prof_region *regions,
                                         int nr_regions)
{
    size_t length = 0;
    int i;

    if (!vaccel_prof_enabled())
        return 0;
    if (!regions || nr_regions < 0 || (buf && (!*buf || !len)))
        return -refuse_regions();
    if (buf)
        (*buf)[0] = '\0';
    for (i = 0; i < nr_regions && length < INT32_MAX; i++) {
        size_t room = buf && length < len ? len - length : 0;

        length += write_line(room ? *buf + length : NULL, room, &regions[i]);
    }
    return length < INT32_MAX ? (int)length + 1 : -VACCEL_ERANGE;
}
