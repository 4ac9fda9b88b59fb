/* SPDX-License-Identifier: Apache-2.0 */
#include "loaded_model.hpp"

#include "failure.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace vision
{

namespace
{

/* What was said in the log before is the library's or the engine's own sentence. */
[[noreturn]] void refuse(int error, const std::string &sentence)
{
    throw failure(error == VACCEL_ENOMEM ? VACCEL_ENOMEM : VACCEL_EBACKEND, sentence);
}

/* OpenVINO keeps the weights in a file of the same name. */
std::vector<std::string> files_of(const std::string &network)
{
    const std::filesystem::path path = network;
    const std::filesystem::path weights = std::filesystem::path(path).replace_extension(".bin");
    std::error_code unknown;

    if (path.extension() == ".xml" && std::filesystem::is_regular_file(weights, unknown))
        return {network, weights.string()};
    return {network};
}

} // namespace

/* An id of 0: it never began, or the library has ended it. */
void loaded_model::end::operator()(vaccel_session *sess) const
{
    if (__atomic_load_n(&sess->id, __ATOMIC_ACQUIRE) > 0)
        vaccel_session_release(sess);
    delete sess;
}

void loaded_model::end::operator()(vaccel_resource *resource) const
{
    if (__atomic_load_n(&resource->id, __ATOMIC_ACQUIRE) > 0)
        vaccel_resource_release(resource);
    delete resource;
}

loaded_model::loaded_model(const description &about) : about_(about)
{
    begin_session();
    make_resource();
    load();
}

void loaded_model::begin_session()
{
    sess_.reset(new vaccel_session());
    int error = vaccel_session_init(sess_.get(), 0);

    if (!error)
        error = vaccel_plugin_own_session(sess_.get());
    if (error)
        refuse(error, about_.file + ": there is no session to run the network in: error " +
                          std::to_string(error));
}

void loaded_model::make_resource()
{
    const std::vector<std::string> files = files_of(about_.network);
    std::vector<const char *> paths;

    for (const std::string &file : files)
        paths.push_back(file.c_str());
    resource_.reset(new vaccel_resource());
    int error = vaccel_resource_init_multi(resource_.get(), paths.data(), paths.size(),
                                           VACCEL_RESOURCE_MODEL);

    if (!error)
        error = vaccel_plugin_own_resource(resource_.get());
    if (!error)
        error = vaccel_resource_register(resource_.get(), sess_.get());
    if (error)
        refuse(error, about_.file + ": network is \"" + about_.network +
                          "\", which cannot be read or is empty: write the path of a model");
}

void loaded_model::load()
{
    const bool is_named = !about_.engine.empty();
    const int error =
        vaccel_model_load(sess_.get(), resource_.get(), is_named ? about_.engine.c_str() : nullptr);

    if (!error)
        return;
    if (is_named && error == VACCEL_ENOENT)
        refuse(error, about_.file + ": engine is \"" + about_.engine +
                          "\", which is not loaded: write one that is, or load it with "
                          "VACCEL_PLUGINS");
    refuse(error, about_.file + ": network is \"" + about_.network + "\", which " +
                      (is_named ? "engine \"" + about_.engine + "\"" : "its engine") +
                      " does not load: write the path of one that it does, or another engine");
}

std::unique_ptr<model_info, void (*)(model_info *)> loaded_model::info() const
{
    model_info *info = nullptr;
    const int error = vaccel_model_info(sess_.get(), resource_.get(), nullptr, &info);

    if (error)
        refuse(error, about_.file + ": network is \"" + about_.network +
                          "\", of which its engine does not tell what it takes: write another");
    return {info, vaccel_model_info_delete};
}

int loaded_model::run(const vaccel_tensor &input, vaccel_tensor &output) const
{
    return vaccel_model_run(sess_.get(), resource_.get(), nullptr, &input, 1, &output, 1);
}

void loaded_model::drop(vaccel_tensor &output) const
{
    if (output.held)
        vaccel_tensor_drop(sess_.get(), &output);
}

} // namespace vision
