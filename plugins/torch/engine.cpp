/* SPDX-License-Identifier: Apache-2.0 */
#include "failure.hpp"
#include "functions.h"
#include "memory.hpp"
#include "model.hpp"
#include "output.hpp"
#include "settings.hpp"

#include <memory>

#include <c10/core/DeviceGuard.h>
#include <c10/core/InferenceMode.h>

using torchscript::failure;
using torchscript::guarded;
using torchscript::model;

namespace
{

/* What the device still reads or writes is the caller's, also when a run fails. */
struct device_user {
    bool has_finished = false; /* outputs are waited for: once more would cost each run */

    ~device_user()
    {
        if (has_finished)
            return;
        try {
            torchscript::finish_device();
        } catch (...) {
            torchscript::report_exception("run", VACCEL_EBACKEND);
        }
    }
};

std::unique_ptr<model> load(struct vaccel_resource *resource)
{
    size_t size;

    if (resource->nr_blobs != 1)
        throw failure(VACCEL_EINVAL, "the model is " + std::to_string(resource->nr_blobs) +
                                         " files: give it the one that torch.jit.save() wrote");
    const uint8_t *bytes = vaccel_blob_data(resource->blobs[0], &size);
    if (!bytes)
        throw failure(VACCEL_EBACKEND, "the model's file cannot be read, or is empty");
    return std::make_unique<model>(bytes, size);
}

int run(const model &from, struct vaccel_session *sess, const struct vaccel_inference &inference)
{
    const torchscript::method &method = from.find(inference.signature);
    const c10::InferenceMode no_gradients;
    const c10::OptionalDeviceGuard current(torchscript::device());
    device_user caller;

    torchscript::prepare_thread();
    const c10::IValue result = method(inference.inputs, inference.nr_inputs);
    const int ret = torchscript::deliver(sess, torchscript::outputs_in(result), inference.outputs,
                                         inference.nr_outputs);
    caller.has_finished = true;
    return ret;
}

} // namespace

int torch_load(struct vaccel_resource *resource, const char *, void **state)
{
    const int ret = guarded("load", VACCEL_EBACKEND, [&] {
        *state = load(resource).release();
        return VACCEL_OK;
    });

    if (ret != VACCEL_OK)
        torchscript::give_back_memory();
    return ret;
}

void torch_unload(void *state)
{
    delete static_cast<model *>(state);
    torchscript::give_back_memory();
}

int torch_info(void *state, const char *signature, struct vaccel_model_info *info)
{
    return guarded("info", VACCEL_EBACKEND, [&] {
        const model &from = *static_cast<const model *>(state);
        int ret = from.find(signature).describe(info);

        for (const torchscript::method &each : from.methods()) {
            if (ret == VACCEL_OK)
                ret = vaccel_model_info_add_signature(info, each.name().c_str());
        }
        return ret;
    });
}

int torch_run(void *state, struct vaccel_session *sess, const struct vaccel_inference *inference)
{
    if (inference->options)
        vaccel_debug("[torch] run options mean nothing here: ignored");
    return guarded("run", VACCEL_EINVAL,
                   [&] { return run(*static_cast<const model *>(state), sess, *inference); });
}
