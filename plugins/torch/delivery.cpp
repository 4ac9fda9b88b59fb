/* SPDX-License-Identifier: Apache-2.0 */
#include "failure.hpp"
#include "output.hpp"
#include "settings.hpp"
#include "types.hpp"

#include <vaccel.h>

namespace torchscript
{

namespace
{

std::string names_of(const std::vector<output> &outputs)
{
    std::vector<std::string> names;

    for (const output &each : outputs)
        names.push_back(each.name);
    return quoted(names);
}

const output &find(const std::vector<output> &outputs, const vaccel_tensor &wanted, size_t position)
{
    if (!wanted.name && position < outputs.size())
        return outputs[position];
    for (const output &each : outputs) {
        if (wanted.name && each.name == wanted.name)
            return each;
    }
    throw failure(VACCEL_EINVAL, "there is no output " +
                                     (wanted.name ? '"' + std::string(wanted.name) + '"'
                                                  : "at place " + std::to_string(position)) +
                                     ": the model gave " + names_of(outputs));
}

vaccel_data_type type_of(const output &from)
{
    const at::Tensor &tensor = from.tensor;

    if (!tensor.defined())
        throw failure(VACCEL_EBACKEND, "output \"" + from.name + "\" is None: do not ask for it");
    const std::optional<vaccel_data_type> type = vaccel_type(tensor.scalar_type());
    if (!type || tensor.layout() != at::kStrided)
        throw failure(VACCEL_EBACKEND, "output \"" + from.name + "\" has elements of type " +
                                           c10::toString(tensor.scalar_type()) + " and layout " +
                                           c10::str(tensor.layout()) +
                                           ", which is none of the model calls' tensors: let "
                                           "the model convert it");
    return *type;
}

/* The elements one behind the other in memory of the processor's: the caller's, if they fit there. */
at::Tensor brought(const at::Tensor &from, const vaccel_tensor &room)
{
    if (!room.data || room.size < size_t(from.nbytes()))
        return from.to(at::kCPU).resolve_conj().resolve_neg().contiguous();
    const at::Tensor place =
        at::from_blob(room.data, from.sizes(), at::TensorOptions(from.scalar_type()));
    /* What is still to be negated would be so on the processor, before all has arrived. */
    place.copy_(from.resolve_conj().resolve_neg(), /*non_blocking=*/true);
    return place;
}

} // namespace

/* All are looked at before the first is put, and all are on their way before the first is waited for. */
int deliver(vaccel_session *sess, const std::vector<output> &outputs, vaccel_tensor *wanted,
            size_t nr_wanted)
{
    std::vector<vaccel_data_type> types;
    std::vector<at::Tensor> tensors;
    int result = VACCEL_OK;

    for (size_t i = 0; i < nr_wanted; i++)
        types.push_back(type_of(find(outputs, wanted[i], i)));
    for (size_t i = 0; i < nr_wanted; i++)
        tensors.push_back(brought(find(outputs, wanted[i], i).tensor, wanted[i]));
    finish_device();
    for (size_t i = 0; i < nr_wanted; i++) {
        const at::Tensor &tensor = tensors[i];
        const int ret =
            vaccel_tensor_put(sess, &wanted[i], types[i], uint32_t(tensor.dim()),
                              tensor.sizes().data(), tensor.data_ptr(), tensor.nbytes());

        if (ret != VACCEL_OK && ret != VACCEL_ERANGE)
            return ret;
        result = ret == VACCEL_OK ? result : ret;
    }
    return result;
}

} // namespace torchscript
