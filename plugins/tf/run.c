/* SPDX-License-Identifier: Apache-2.0 */
#include "model.h"
#include "protobuf.h"
#include "tensors.h"

#include <stdlib.h>
#include <string.h>

/* What TF_SessionRun() takes. */
struct call {
    TF_Output *in_ends;
    TF_Tensor **in;
    TF_Output *out_ends;
    TF_Tensor **out;
    atomic_int *borrowed; /* counts the inputs that TensorFlow uses where they lie, and this call */
    bool copies;          /* operations are run that need inputs of their own */
};

static void describe(char *text, size_t size, int nr_dims, const int64_t *dims)
{
    size_t used = 0;
    int i;

    snprintf(text, size, "[]");
    for (i = 0; i < nr_dims && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, dims[i] < 0 ? "%s?" : "%s%lld",
                                 i ? ", " : "[", (long long)dims[i]);
    if (i && used < size)
        snprintf(text + used, size - used, "]");
}

static int check_shape(const struct vaccel_tensor *tensor, const char *name, int nr_dims,
                       const int64_t *dims)
{
    char given[128];
    char wanted[128];
    bool fits = nr_dims < 0 || (uint32_t)nr_dims == tensor->nr_dims;
    int i;

    for (i = 0; i < nr_dims && fits; i++)
        fits = dims[i] < 0 || dims[i] == tensor->dims[i];
    if (fits)
        return VACCEL_OK;
    describe(given, sizeof(given), (int)tensor->nr_dims, tensor->dims);
    describe(wanted, sizeof(wanted), nr_dims, dims);
    vaccel_error("[tf] input \"%s\" has the shape %s, the model takes %s", name, given, wanted);
    return VACCEL_EINVAL;
}

/* By its signature and by its graph: TensorFlow itself does not look. */
static int check_input(const struct model *model, const struct vaccel_tensor *tensor,
                       const struct place *place)
{
    const char *name = place->info ? place->info->key : tensor->name;
    const enum vaccel_data_type type = tensor_type(TF_OperationOutputType(place->end));
    int64_t dims[VACCEL_TENSOR_DIMS_MAX];
    int nr_dims;
    int ret = VACCEL_OK;

    if (type == VACCEL_DATA_UNKNOWN || type != tensor->data_type) {
        vaccel_error("[tf] input \"%s\" is %s, the model takes %s (TensorFlow's type %d)", name,
                     vaccel_data_type_name(tensor->data_type), vaccel_data_type_name(type),
                     TF_OperationOutputType(place->end));
        return VACCEL_EINVAL;
    }
    if (place->info)
        ret = check_shape(tensor, name, place->info->nr_dims, place->info->dims);
    nr_dims = model_shape(model, place->end, dims);
    return ret ? ret : check_shape(tensor, name, nr_dims, dims);
}

static int take_inputs(struct call *call, const struct model *model,
                       const struct signature *signature, const struct vaccel_inference *inference)
{
    const struct vaccel_tensor *tensor;
    struct place place;
    size_t i;
    int ret = VACCEL_OK;

    for (i = 0; i < inference->nr_inputs && !ret; i++) {
        tensor = &inference->inputs[i];
        ret = model_place(model, signature, SIDE_INPUTS, tensor->name, i, &place);
        if (!ret)
            ret = check_input(model, tensor, &place);
        if (!ret)
            ret = tensor_import(tensor, TF_OperationOutputType(place.end),
                                call->copies ? NULL : call->borrowed, &call->in[i]);
        call->in_ends[i] = place.end;
    }
    return ret;
}

static int find_outputs(struct call *call, const struct model *model,
                        const struct signature *signature, const struct vaccel_inference *inference)
{
    struct place place;
    unsigned char bits;
    size_t i;
    int ret;

    for (i = 0; i < inference->nr_outputs; i++) {
        ret = model_place(model, signature, SIDE_OUTPUTS, inference->outputs[i].name, i, &place);
        if (ret)
            return ret;
        bits = model_reach(model, place.end.oper);
        if (bits & REACH_FILES) {
            vaccel_error("[tf] output \"%s\" would load or save files: that is for loading alone",
                         TF_OperationName(place.end.oper));
            return VACCEL_EINVAL;
        }
        if (bits & REACH_COPIES)
            call->copies = true;
        call->out_ends[i] = place.end;
    }
    return VACCEL_OK;
}

/*
 * RunOptions come from the caller. Of their fields those are harmless that ask for a trace (1), a time limit (2),
 * partitions (5), a report (7). Debugging (6) writes files, and the thread pool (3) can be none: then each turn of
 * a loop ("For") is within the one before, and the stack ends the process.
 */
static int check_options(const struct vaccel_inference *inference)
{
    struct message message = message_of((struct text){inference->options, inference->options_size});
    struct field field;

    while (message_next(&message, &field))
        if (field.number > 7 || !(1U << field.number & (1U << 1 | 1U << 2 | 1U << 5 | 1U << 7))) {
            vaccel_error("[tf] the run options have a field %u, which is not allowed",
                         field.number);
            return VACCEL_EINVAL;
        }
    if (!message.bad)
        return VACCEL_OK;
    vaccel_error("[tf] the run options are no RunOptions");
    return VACCEL_EINVAL;
}

static int start(struct call *call, const struct model *model,
                 const struct vaccel_inference *inference)
{
    const TF_Buffer options = {.data = inference->options, .length = inference->options_size};
    TF_Status *status = TF_NewStatus();
    int ret = VACCEL_OK;

    TF_SessionRun(model->session, inference->options_size ? &options : NULL, call->in_ends,
                  call->in, (int)inference->nr_inputs, call->out_ends, call->out,
                  (int)inference->nr_outputs, NULL, 0, NULL, status);
    if (TF_GetCode(status) != TF_OK) {
        model_log("TensorFlow refuses the run", status);
        ret = TF_GetCode(status) == TF_INVALID_ARGUMENT ? VACCEL_EINVAL : VACCEL_EBACKEND;
    }
    TF_DeleteStatus(status);
    return ret;
}

/* All of them, even if one does not fit. */
static int deliver(const struct call *call, struct vaccel_session *sess,
                   const struct vaccel_inference *inference)
{
    size_t i;
    int first = VACCEL_OK;
    int ret;

    for (i = 0; i < inference->nr_outputs; i++) {
        ret = tensor_export(sess, &inference->outputs[i], call->out[i]);
        if (ret && ret != VACCEL_ERANGE)
            return ret;
        if (ret)
            first = ret;
    }
    return first;
}

/* A load joins the model that is there, so that all have to leave it first. */
static int refuse_unusable(void)
{
    vaccel_error("[tf] the model has kept an input beyond a run and cannot be used any more: "
                 "unload it in all sessions that share it, then load it again");
    return VACCEL_EBACKEND;
}

static int make_call(struct call *call, const struct vaccel_inference *inference)
{
    *call = (struct call){0};
    if (inference->nr_inputs > INT_MAX || inference->nr_outputs > INT_MAX)
        return VACCEL_EINVAL;
    call->in_ends = calloc(inference->nr_inputs, sizeof(*call->in_ends));
    call->in = calloc(inference->nr_inputs, sizeof(*call->in));
    call->out_ends = calloc(inference->nr_outputs, sizeof(*call->out_ends));
    call->out = calloc(inference->nr_outputs, sizeof(*call->out));
    call->borrowed = borrowed_new();
    return call->in_ends && call->in && call->out_ends && call->out && call->borrowed
               ? VACCEL_OK
               : VACCEL_ENOMEM;
}

static void delete_tensors(TF_Tensor **tensors, size_t count)
{
    size_t i;

    for (i = 0; tensors && i < count; i++)
        if (tensors[i])
            TF_DeleteTensor(tensors[i]);
    free(tensors);
}

/* Inputs that TensorFlow still holds will be the caller's again, and it would read there later. */
static int end_borrowing(struct call *call, struct model *model)
{
    if (!call->borrowed || borrowed_leave(call->borrowed))
        return VACCEL_OK;
    atomic_store(&model->is_unusable, true);
    return refuse_unusable();
}

static int end_call(struct call *call, struct model *model,
                    const struct vaccel_inference *inference)
{
    delete_tensors(call->in, inference->nr_inputs);
    delete_tensors(call->out, inference->nr_outputs);
    free(call->in_ends);
    free(call->out_ends);
    return end_borrowing(call, model);
}

int model_run(void *state, struct vaccel_session *sess, const struct vaccel_inference *inference)
{
    struct model *model = state;
    const struct signature *signature;
    struct call call;
    int ended;
    int ret = model_signature(model, inference->signature, &signature);

    if (!ret)
        ret = check_options(inference);
    if (ret)
        return ret;
    if (atomic_load(&model->is_unusable))
        return refuse_unusable();
    ret = make_call(&call, inference);
    if (!ret)
        ret = find_outputs(&call, model, signature, inference);
    if (!ret)
        ret = take_inputs(&call, model, signature, inference);
    if (!ret)
        ret = start(&call, model, inference);
    if (!ret)
        ret = deliver(&call, sess, inference);
    ended = end_call(&call, model, inference);
    return ended ? ended : ret;
}
