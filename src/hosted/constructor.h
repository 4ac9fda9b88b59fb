/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HOSTED_CONSTRUCTOR_H
#define HOSTED_CONSTRUCTOR_H

/* Called before main(): initialise the library, unless the environment says otherwise. */
void constructor_begin(void);

#endif
