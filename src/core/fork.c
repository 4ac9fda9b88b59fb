/* SPDX-License-Identifier: Apache-2.0 */
#include "core/blob.h"
#include "core/core.h"
#include "core/marks.h"
#include "core/prof.h"
#include "core/registry.h"

/*
 * A child process may use and release what it has of its parent. Directories and files that were
 * made before the fork are the parent's: the child does not remove them. No struct is touched here,
 * since that of a session or resource that nobody released may be gone; core_generation() tells
 * those who release one.
 */

void platform_forking(void)
{
    blob_lock_reading();
    prof_lock_regions();
    registry_lock();
}

void platform_fork_done(void)
{
    registry_unlock();
    prof_unlock_regions();
    blob_unlock_reading();
}

void platform_forked(void)
{
    platform_fork_done();
    core_forked();
    marks_forked();
}
