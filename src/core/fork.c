/* SPDX-License-Identifier: Apache-2.0 */
#include "core/core.h"
#include "core/marks.h"
#include "core/registry.h"
#include "core/resource.h"
#include "core/session.h"

/*
 * A child process may use and release what it has of its parent. Directories and files that were
 * made before the fork are the parent's: the child does not remove them.
 */

void platform_forking(void)
{
    registry_lock();
}

void platform_fork_done(void)
{
    registry_unlock();
}

void platform_forked(void)
{
    registry_unlock();
    core_forked();
    sessions_forked();
    resources_forked();
    marks_forked();
}
