/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BROKER_LET_GO_H
#define BROKER_LET_GO_H

/*
 * Close a descriptor that a stranger chose, or a socket in which such ones may lie unread. That can
 * take as long as he likes (a connection that lingers, a file system of his own), and the broker
 * serves others meanwhile.
 */
void let_go(int fd);

#endif
