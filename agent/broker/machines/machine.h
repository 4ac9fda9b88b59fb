/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACHINES_MACHINE_H
#define MACHINES_MACHINE_H

#include "agent/broker/machines/search.h"

#include <stdint.h>
#include <sys/stat.h>

/* A machine whose VMM was seen: where the agent listens for it, at <path of the VMM's socket>_<port>. */
struct machine {
    int fd;
    int directory;                /* of that file */
    char file[96];                /* how it is called there */
    struct stat status;           /* of that file, to know it again */
    char name[MACHINE_NAME_SIZE]; /* what its clients are called by */
    char path[MACHINE_PATH_SIZE]; /* of the VMM's socket */
    bool is_there;                /* the look that goes on has seen it */
};

/* NULL: what was wrong is told. */
struct machine *machine_begin(const struct sighting *sighting, uint32_t port,
                              struct troubles *troubles);

/* Listen no more, and remove the file. Connections that came there stay. */
void machine_end(struct machine *machine);

/* The file that there is for a port of the machine that was seen. False: there is none. */
bool machine_find_file(const struct sighting *sighting, uint32_t port, struct stat *status);

/* Whether that file is the one at which it listens. */
bool machine_is_at(const struct machine *machine, const struct stat *status);

#endif
