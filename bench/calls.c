/* SPDX-License-Identifier: Apache-2.0 */
/* What a local call costs over a call through a function pointer. */
#include "measure.h"
#include "operations.h"
#include "vaccel.h"

static int compare(const char *name, repeated run, repeated run_yardstick,
                   struct vaccel_session *sess)
{
    const struct contest contest = {
        .name = name,
        .unit = "ns",
        .unit_ns = 1,
        .run = run,
        .yardstick = "call through a function pointer",
        .run_yardstick = run_yardstick,
        .context = sess,
        .calls = 5000,
        .samples = 2001,
        .clock = CLOCK_MONOTONIC,
        .comparison = DIFFERENCE,
        .bar = {"compared", "at most", 10},
    };

    return contest_hold(&contest);
}

int main(int argc, char **argv)
{
    struct vaccel_session sess;
    int ret;

    measure_begin(argc, argv);
    stay_on_core(0);
    ret = vaccel_plugin_load("noop");
    if (ret == VACCEL_OK)
        ret = vaccel_session_init(&sess, 0);
    if (ret != VACCEL_OK)
        return failed("a session with the noop plugin", ret);
    ret = compare("vaccel_noop", call_noop, call_noop_pointer, &sess);
    if (ret == VACCEL_OK)
        ret = compare("vaccel_sgemm 2x2, noop plugin", call_sgemm, call_sgemm_pointer, &sess);
    vaccel_session_release(&sess);
    return ret == VACCEL_OK ? EXIT_SUCCESS : failed("a call", ret);
}
