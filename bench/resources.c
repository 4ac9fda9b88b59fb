/* SPDX-License-Identifier: Apache-2.0 */
/* A resource of 64 MiB in memory: made, registered, deleted. */
#include "measure.h"
#include "memory_resource.h"

int main(int argc, char **argv)
{
    struct payload payload;
    struct contest contest = {
        .name = "64 MiB resource in memory: make, register, delete",
        .unit = "us",
        .unit_ns = 1e3,
        .run = make_register_delete,
        .yardstick = "memcpy of the 64 MiB",
        .run_yardstick = copy_once,
        .context = &payload,
        .calls = 1,
        .samples = 101,
        .clock = CLOCK_MONOTONIC,
        .comparison = RATIO,
    };
    int ret;

    measure_begin(argc, argv);
    stay_on_core(0);
    ret = payload_begin(&payload);
    if (ret != VACCEL_OK)
        return failed("64 MiB and a session with the noop plugin", ret);
    ret = contest_hold(&contest);
    payload_end(&payload);
    return ret == VACCEL_OK ? EXIT_SUCCESS : failed("a resource", ret);
}
