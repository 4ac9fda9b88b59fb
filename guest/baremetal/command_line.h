/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GUEST_BAREMETAL_COMMAND_LINE_H
#define GUEST_BAREMETAL_COMMAND_LINE_H

#include <stddef.h>

/*
 * What the words of a command line are:
 *
 *   NAME=VALUE   at the beginning, the name of upper case, digits and _: the environment
 *   --           ends that, if the first argument looks like it too
 *   all others   the arguments of main(), from argv[1] on
 *
 * Words are separated by blanks. In "..." a blank is part of the word, and \" and \\ are one character.
 * Words virtio_mmio.device=... may stand anywhere, as monitors add them: they are for the bus. So may
 * pci=off, which Firecracker adds, and which tells nothing new.
 */

enum { COMMAND_LINE_WORDS_MOST = 128 };

struct command_line {
    size_t nr_environment;
    size_t nr_devices;
    int argc;
    char *environment[COMMAND_LINE_WORDS_MOST];
    char *devices[COMMAND_LINE_WORDS_MOST]; /* what stands behind the '=' */
    char *argv[COMMAND_LINE_WORDS_MOST + 2];
};

/* Split @text, in place. Returns 0, or -1 if there are too many words. */
int command_line_split(struct command_line *line, char *text);

/* The value of a variable; NULL: not set. The last word counts. */
const char *command_line_variable(const struct command_line *line, const char *name);

#endif
