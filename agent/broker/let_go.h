/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BROKER_LET_GO_H
#define BROKER_LET_GO_H

#include <stdbool.h>

/*
 * Prepare for letting go. To be called with the signals blocked that the broker reads, before there are
 * strangers. False: errno.
 */
bool let_go_begin(void);

/*
 * Close a descriptor that a stranger chose, or a socket in which such ones may lie unread. That can
 * take as long as he likes (a connection that lingers, a file system of his own), and the broker
 * serves others meanwhile. If many are still being closed it may be some time until this one is.
 */
void let_go(int fd);

#endif
