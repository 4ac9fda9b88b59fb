/* SPDX-License-Identifier: Apache-2.0 */
/* An empty function of a library that is a resource; EMPTY_LIBRARY is its path. */
#include "measure.h"
#include "vaccel.h"

#include <dlfcn.h>

typedef int (*function)(struct vaccel_arg *read, size_t nr_read, struct vaccel_arg *write,
                        size_t nr_write);

static const char symbol[] = "empty_function";
static volatile function pointer;

struct call {
    struct vaccel_session sess;
    struct vaccel_resource library;
};

static int call_exec(void *context, size_t calls)
{
    struct call *call = context;
    int ret = 0;

    while (calls--)
        ret |= vaccel_exec_with_resource(&call->sess, &call->library, symbol, NULL, 0, NULL, 0);
    return ret;
}

static int call_pointer(void *context, size_t calls)
{
    int ret = 0;

    (void)context;
    while (calls--)
        ret |= pointer(NULL, 0, NULL, 0);
    return ret;
}

static int begin(struct call *call)
{
    int ret = vaccel_plugin_load("exec");

    if (ret == VACCEL_OK)
        ret = vaccel_session_init(&call->sess, 0);
    if (ret == VACCEL_OK)
        ret = vaccel_resource_init(&call->library, EMPTY_LIBRARY, VACCEL_RESOURCE_LIB);
    return ret == VACCEL_OK ? vaccel_resource_register(&call->library, &call->sess) : ret;
}

static int compare(struct call *call)
{
    const struct contest contest = {
        .name = "exec_with_resource, empty function",
        .unit = "ns",
        .unit_ns = 1,
        .run = call_exec,
        .yardstick = "the function through a pointer",
        .run_yardstick = call_pointer,
        .context = call,
        .calls = 2000,
        .samples = 2001,
        .clock = CLOCK_MONOTONIC,
        .comparison = DIFFERENCE,
        .bar = {"value", "at most", 40},
    };

    return contest_hold(&contest);
}

int main(int argc, char **argv)
{
    void *library = dlopen(EMPTY_LIBRARY, RTLD_NOW);
    struct call call;
    int ret;

    measure_begin(argc, argv);
    stay_on_core(0);
    pointer = library ? (function)dlsym(library, symbol) : NULL;
    if (!pointer)
        return failed(EMPTY_LIBRARY, ENOENT);
    ret = begin(&call);
    if (ret != VACCEL_OK)
        return failed("a session with the exec plugin", ret);
    ret = compare(&call);
    vaccel_resource_release(&call.library);
    vaccel_session_release(&call.sess);
    dlclose(library);
    return ret == VACCEL_OK ? EXIT_SUCCESS : failed("a call", ret);
}
