/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINES_SEARCH_H
#define MACHINES_SEARCH_H

#include "agent/broker/machines/troubles.h"
#include "agent/broker/machines/watches.h"

enum { MACHINE_PATH_SIZE = 384, MACHINE_NAME_SIZE = 129 };

/* The socket of a machine's VMM, that is there now. */
struct sighting {
    int directory;       /* in which it is, O_PATH */
    const char *file;    /* how it is called there */
    const char *path;    /* the same from the root */
    const char *machine; /* what stands for each "*", with / between; without any the path */
};

/* A walk to all paths that an address of machines stands for. */
struct search {
    struct watches *watches; /* of the directories on the way */
    struct troubles *troubles;
    void (*found)(void *context, const struct sighting *sighting);
    void *context;
    bool is_incomplete; /* something ran out, and no change will tell that it is there again */
    bool ran_short;     /* of descriptors or memory: what was not seen may be there all the same */
    char path[MACHINE_PATH_SIZE];    /* how far it came */
    char machine[MACHINE_NAME_SIZE]; /* what stands for each "*" so far */
};

/*
 * No link is followed, since it might lead a machine's owner to files of others. Names that begin with a
 * dot are not found by a "*".
 */
void search_run(struct search *search, const char *pattern);

#endif
