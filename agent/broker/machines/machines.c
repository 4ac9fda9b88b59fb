/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/broker/machines/machines.h"
#include "agent/log.h"
#include "stream/address.h"

#include <errno.h>
#include <string.h>

enum {
    REST_MS = 20,
    REST_FACTOR = 10, /* so that looking takes a tenth of the time */
    LONGEST_REST_MS = 1000,
    RETRY_MS = 1000
};

static struct log_budget budget = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void tell(const struct machine *machine, const char *what, const char *where)
{
    if (agent_log_allows(&budget))
        agent_info("machine %s %s%s", machine->name, what, where);
}

/* The order of the others does not matter. */
static void let_go_of(struct machines *machines, size_t at)
{
    tell(machines->list[at], "is gone", "");
    machine_end(machines->list[at]);
    machines->list[at] = machines->list[--machines->count];
}

/*
 * A file that two paths lead to is that machine's which had it before: who puts a link to it, or sees the
 * directory at a second place, takes nothing from others.
 */
static bool has_moved(const struct machine *machine, const struct stat *status)
{
    return !machine->is_there && status->st_nlink == 1;
}

/* By the file. NULL: the machine is new, has lost its file, or is elsewhere now. */
static struct machine *find(struct machines *machines, const struct sighting *sighting)
{
    struct stat status;
    size_t i;

    if (!machine_find_file(sighting, machines->looked_at->port, &status))
        return NULL;
    for (i = 0; i < machines->count; i++) {
        if (!machine_is_at(machines->list[i], &status))
            continue;
        if (strcmp(machines->list[i]->path, sighting->path) == 0)
            return machines->list[i];
        if (has_moved(machines->list[i], &status))
            let_go_of(machines, i);
        return NULL;
    }
    return NULL;
}

static struct machine *add(struct machines *machines, const struct sighting *sighting)
{
    struct machine *machine;

    if (machines->count == MACHINES_MOST) {
        troubles_tell(&machines->troubles,
                      "there are more than %d machines: no others are listened for", MACHINES_MOST);
        return NULL;
    }
    machine = machine_begin(sighting, machines->looked_at->port, &machines->troubles);
    if (!machine)
        return NULL;
    machines->list[machines->count++] = machine;
    tell(machine, "is there, its VMM at ", machine->path);
    return machine;
}

static void see(void *context, const struct sighting *sighting)
{
    struct machines *machines = context;
    struct machine *machine = find(machines, sighting);

    if (!machine)
        machine = add(machines, sighting);
    if (machine)
        machine->is_there = true;
    else /* an agent that is killed changes no directory */
        machines->look_at = moment_earlier(machines->look_at, moment_now() + RETRY_MS);
}

static void sweep(struct machines *machines, const struct search *search)
{
    size_t i;

    for (i = machines->count; i-- > 0;) {
        if (!machines->list[i]->is_there && !search->ran_short)
            let_go_of(machines, i);
        else
            machines->list[i]->is_there = false;
    }
    watches_sweep(&machines->watches);
    troubles_sweep(&machines->troubles);
}

/* A look may have taken long because the whole machine stood still: machines that come do not wait for that. */
static moment rest_after(moment looked)
{
    return moment_earlier(REST_MS + REST_FACTOR * looked, LONGEST_REST_MS);
}

static void look(struct machines *machines)
{
    struct search search = {.watches = &machines->watches,
                            .troubles = &machines->troubles,
                            .found = see,
                            .context = machines};
    moment begun = moment_now();
    moment now;
    size_t i;

    watches_drain(&machines->watches);
    machines->look_at = MOMENT_NEVER;
    for (i = 0; i < machines->nr_paths; i++) {
        machines->looked_at = &machines->paths[i];
        search_run(&search, machines->looked_at->pattern);
    }
    sweep(machines, &search);
    now = moment_now();
    if (search.is_incomplete)
        machines->look_at = moment_earlier(machines->look_at, now + RETRY_MS);
    machines->rest_until = now + rest_after(now - begun);
}

bool machines_begin(struct machines *machines, const struct settings *settings)
{
    size_t i;

    machines->rest_until = machines->look_at = MOMENT_NEVER;
    for (i = 0; i < settings->nr_listen; i++) {
        struct machine_paths *paths = &machines->paths[machines->nr_paths];

        machines->nr_paths += address_machines(settings->listen[i], paths->pattern,
                                               sizeof(paths->pattern), &paths->port);
    }
    if (!machines->nr_paths)
        return true;
    if (!watches_begin(&machines->watches)) {
        agent_error("cannot watch for machines: %s; raise fs.inotify.max_user_instances",
                    strerror(errno));
        machines->nr_paths = 0;
        return false;
    }
    look(machines);
    return true;
}

void machines_poll(struct machines *machines, struct polled *polled, bool admitting)
{
    bool is_resting = machines->rest_until != MOMENT_NEVER;
    size_t i;

    if (!machines->nr_paths)
        return;
    machines->watches_at = polled_add(polled, is_resting ? -1 : machines->watches.fd, POLLIN);
    machines->list_at = polled->count;
    for (i = 0; i < machines->count; i++)
        polled_add(polled, admitting ? machines->list[i]->fd : -1, POLLIN);
}

bool machines_are_called(const struct machines *machines, const struct polled *polled, size_t at)
{
    return polled->list[machines->list_at + at].revents;
}

void machines_hear(struct machines *machines, const struct polled *polled)
{
    moment now = moment_now();

    if (!machines->nr_paths)
        return;
    if (machines->rest_until <= now)
        machines->rest_until = MOMENT_NEVER;
    if (polled->list[machines->watches_at].revents || machines->look_at <= now)
        look(machines);
}

moment machines_next_moment(const struct machines *machines)
{
    return moment_earlier(machines->rest_until, machines->look_at);
}

void machines_end(struct machines *machines)
{
    while (machines->count)
        machine_end(machines->list[--machines->count]);
    if (machines->nr_paths)
        watches_end(&machines->watches);
    machines->nr_paths = 0;
    machines->rest_until = machines->look_at = MOMENT_NEVER;
}
