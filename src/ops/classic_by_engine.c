/* SPDX-License-Identifier: Apache-2.0 */
#include "ops/classic_by_engine.h"
#include "core/models.h"
#include "ops/model_tensor.h"
#include "ops/tensor.h"
#include "platform/text.h"

/* The frameworks' classic tensors as those of the model calls, and back. */

static enum vaccel_data_type type_of(const struct classic_run *run, uint32_t classic)
{
    const struct classic_type *entry = run->types;

    while (entry->type != VACCEL_DATA_UNKNOWN && entry->classic != classic)
        entry++;
    return entry->type;
}

static bool classic_of(const struct classic_run *run, enum vaccel_data_type type, uint32_t *classic)
{
    const struct classic_type *entry = run->types;

    while (entry->type != VACCEL_DATA_UNKNOWN && entry->type != type)
        entry++;
    *classic = entry->classic;
    return entry->type != VACCEL_DATA_UNKNOWN;
}

/* Classic data may be longer than their dimensions say. Strings lie in them as in a vaccel_tensor. */
static int take_input(const struct classic_run *run, size_t i, struct vaccel_tensor *input)
{
    struct vaccel_tensor_desc desc;
    size_t element;

    run->family->describe(run->inputs[i], &desc, &input->data);
    input->name = run->names ? run->names[i] : NULL;
    input->data_type = type_of(run, desc.data_type);
    input->nr_dims = desc.nr_dims;
    memcpy(input->dims, desc.dims, sizeof(input->dims));
    input->size = (size_t)desc.size;
    element = vaccel_data_type_size(input->data_type);
    if (element)
        tensor_bytes(desc.nr_dims, desc.dims, sizeof(desc.dims[0]), element, &input->size);
    if (model_tensor_fits(input->data_type, input->nr_dims, input->dims, input->data, input->size))
        return VACCEL_OK;
    vaccel_error("input %zu has element type %u, which no engine knows, or strings whose lengths "
                 "and bytes do not suit each other",
                 i, (unsigned int)desc.data_type);
    return VACCEL_EINVAL;
}

/* A classic tensor has at least one dimension. */
static int describe_output(const struct classic_run *run, const struct vaccel_tensor *output,
                           struct vaccel_tensor_desc *desc)
{
    uint32_t i;

    *desc = (struct vaccel_tensor_desc){.size = output->size, .nr_dims = output->nr_dims};
    memcpy(desc->dims, output->dims, sizeof(desc->dims));
    if (!desc->nr_dims) {
        desc->nr_dims = 1;
        desc->dims[0] = 1;
    }
    if (!classic_of(run, output->data_type, &desc->data_type)) {
        vaccel_error("an output is of %s, for which this call has no name: use "
                     "vaccel_model_run()",
                     vaccel_data_type_name(output->data_type));
        return VACCEL_EBACKEND;
    }
    for (i = 0; i < desc->nr_dims; i++) {
        if (desc->dims[i] <= run->family->dim_max)
            continue;
        vaccel_error("an output has a dimension of %lld, too large for this call: use "
                     "vaccel_model_run()",
                     (long long)desc->dims[i]);
        return VACCEL_EBACKEND;
    }
    return VACCEL_OK;
}

static int fetch_output(struct vaccel_session *sess, const struct classic_run *run,
                        struct vaccel_tensor *output, void **tensor)
{
    struct vaccel_tensor_desc desc;
    int ret = describe_output(run, output, &desc);

    if (ret != VACCEL_OK)
        return ret;
    output->data = platform_alloc(output->size ? output->size : 1);
    *tensor = output->data ? run->family->make(&desc) : NULL;
    ret = *tensor ? vaccel_tensor_fetch(sess, output) : tensor_refuse_memory();
    if (ret == VACCEL_OK) {
        run->family->set_data(*tensor, output->data, output->size, true);
        return VACCEL_OK;
    }
    if (*tensor)
        run->family->free(*tensor);
    *tensor = NULL;
    platform_free(output->data);
    return ret;
}

static int fetch_outputs(struct vaccel_session *sess, const struct classic_run *run,
                         struct vaccel_tensor *outputs)
{
    int ret = VACCEL_OK;
    size_t i;

    for (i = 0; i < run->nr_outputs && ret == VACCEL_OK; i++)
        ret = fetch_output(sess, run, &outputs[i], &run->outputs[i]);
    if (ret != VACCEL_OK)
        tensors_free(run->family, run->outputs, run->nr_outputs);
    return ret;
}

static int run_tensors(struct vaccel_session *sess, struct vaccel_resource *model,
                       const struct classic_run *run, struct vaccel_tensor *inputs,
                       struct vaccel_tensor *outputs)
{
    const struct vaccel_inference inference = {
        .inputs = inputs,
        .nr_inputs = run->nr_inputs,
        .outputs = outputs,
        .nr_outputs = run->nr_outputs,
        .options = run->options,
        .options_size = run->options_size,
    };
    int ret = VACCEL_OK;
    size_t i;

    for (i = 0; i < run->nr_inputs && ret == VACCEL_OK; i++)
        ret = take_input(run, i, &inputs[i]);
    for (i = 0; run->names && i < run->nr_outputs; i++)
        outputs[i].name = run->names[run->nr_inputs + i];
    if (ret == VACCEL_OK)
        ret = model_run_with_options(sess, model, &inference);
    if (ret == VACCEL_OK)
        ret = fetch_outputs(sess, run, outputs);
    model_tensors_drop(sess, outputs, run->nr_outputs);
    return ret;
}

int classic_run_by_engine(struct vaccel_session *sess, struct vaccel_resource *model,
                          const struct classic_run *run)
{
    struct vaccel_tensor *tensors =
        platform_alloc_zeroed((run->nr_inputs + run->nr_outputs) * sizeof(*tensors));
    int ret;

    if (!tensors)
        return tensor_refuse_memory();
    ret = run_tensors(sess, model, run, tensors, tensors + run->nr_inputs);
    platform_free(tensors);
    return ret;
}

int classic_load_by_engine(struct vaccel_session *sess, struct vaccel_resource *model)
{
    return model_load(sess, model, NULL);
}
