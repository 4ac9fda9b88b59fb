/* SPDX-License-Identifier: Apache-2.0 */
#include "noop.h"

/* Any model: the outputs are copies of the inputs. */

static int load(struct vaccel_resource *model, const char *format, void **state)
{
    (void)model, (void)format;
    *state = NULL;
    return VACCEL_OK;
}

static void unload(void *state)
{
    (void)state;
}

static int info(void *state, const char *signature, struct vaccel_model_info *told)
{
    int ret;

    (void)state, (void)signature;
    ret = vaccel_model_info_add_input(told, "input", VACCEL_DATA_UNKNOWN, -1, NULL);
    if (ret == VACCEL_OK)
        ret = vaccel_model_info_add_output(told, "output", VACCEL_DATA_UNKNOWN, -1, NULL);
    return ret;
}

static int run(void *state, struct vaccel_session *sess, const struct vaccel_inference *inference)
{
    const struct vaccel_tensor *in = inference->inputs;
    int first = VACCEL_OK;
    size_t i;
    int ret;

    (void)state;
    if (inference->nr_outputs > inference->nr_inputs) {
        vaccel_error("[noop] %zu outputs wanted of %zu inputs: as the outputs are copies of the "
                     "inputs there cannot be more of them",
                     inference->nr_outputs, inference->nr_inputs);
        return VACCEL_EINVAL;
    }
    for (i = 0; i < inference->nr_outputs; i++, in++) {
        ret = vaccel_tensor_put(sess, &inference->outputs[i], in->data_type, in->nr_dims, in->dims,
                                in->data, in->size);
        if (first == VACCEL_OK)
            first = ret;
    }
    return first;
}

static const char *const formats[] = {"*", NULL};

const struct vaccel_model_engine noop_engine = {
    .owner = &vaccel_this_plugin,
    .formats = formats,
    .load = load,
    .unload = unload,
    .info = info,
    .run = run,
};
