/* SPDX-License-Identifier: Apache-2.0 */
#include "requests.h"

#include "failure.h"

#include <unistd.h>

int requests_init(struct requests *requests, const ov_compiled_model_t *model, size_t nr_inputs,
                  size_t nr_outputs, bool have_state)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);

    *requests = (struct requests){
        .model = model,
        .nr_inputs = nr_inputs,
        .nr_outputs = nr_outputs,
        .limit = processors > 0 ? (size_t)processors : 1,
        .have_state = have_state,
    };
    if (pthread_mutex_init(&requests->lock, NULL))
        return no_memory("a lock");
    if (!pthread_cond_init(&requests->returned, NULL))
        return VACCEL_OK;
    pthread_mutex_destroy(&requests->lock);
    return no_memory("a lock");
}

static void free_request(struct requests *requests, struct request *request)
{
    size_t i;

    for (i = 0; request->own_outputs && i < requests->nr_outputs; i++)
        ov_tensor_free(request->own_outputs[i]);
    free(request->own_outputs);
    free(request->is_redirected);
    ov_infer_request_free(request->handle);
    free(request);
}

void requests_release(struct requests *requests)
{
    struct request *request;

    while ((request = requests->idle)) {
        requests->idle = request->next;
        free_request(requests, request);
    }
    pthread_cond_destroy(&requests->returned);
    pthread_mutex_destroy(&requests->lock);
}

/* Where the elements of one of its tensors lie; NULL: nowhere yet. */
static const void *place_of(const struct requests *requests, const struct request *request,
                            size_t i)
{
    ov_tensor_t *tensor = NULL;
    void *data = NULL;
    ov_status_e status =
        i < requests->nr_outputs
            ? ov_infer_request_get_output_tensor_by_index(request->handle, i, &tensor)
            : ov_infer_request_get_input_tensor_by_index(request->handle, i - requests->nr_outputs,
                                                         &tensor);

    if (status != OK || ov_tensor_data(tensor, &data) != OK)
        data = NULL;
    ov_tensor_free(tensor);
    return data;
}

static bool is_alone(const void *const *places, size_t count, size_t at)
{
    size_t i;

    for (i = 0; i < count; i++) {
        if (i != at && places[i] == places[at])
            return false;
    }
    return places[at] != NULL;
}

/*
 * Before the first run each tensor has memory of the request's own. An output that is an input as it is, or
 * another output, shares its memory: if one of them is given other memory OpenVINO gives it to both, and
 * keeps it.
 */
static int keep_outputs(const struct requests *requests, struct request *request)
{
    size_t count = requests->nr_outputs + requests->nr_inputs;
    const void **places = calloc(count + 1, sizeof(*places));
    int ret = VACCEL_OK;
    size_t i;

    if (!places)
        return no_memory("a request");
    for (i = 0; i < count; i++)
        places[i] = place_of(requests, request, i);
    for (i = 0; i < requests->nr_outputs && ret == VACCEL_OK; i++) {
        if (is_alone(places, count, i) && ov_infer_request_get_output_tensor_by_index(
                                              request->handle, i, &request->own_outputs[i]) != OK)
            ret = failure(VACCEL_EBACKEND, "output %zu cannot be kept", i);
    }
    free(places);
    return ret;
}

static int fill_request(const struct requests *requests, struct request *request)
{
    request->own_outputs = calloc(requests->nr_outputs + 1, sizeof(ov_tensor_t *));
    request->is_redirected = calloc(requests->nr_outputs + 1, sizeof(bool));
    if (!request->own_outputs || !request->is_redirected)
        return no_memory("a request");
    if (ov_compiled_model_create_infer_request(requests->model, &request->handle) != OK)
        return failure(VACCEL_EBACKEND, "a run cannot be prepared");
    return keep_outputs(requests, request);
}

static int make_request(struct requests *requests, struct request **request)
{
    int ret;

    *request = calloc(1, sizeof(**request));
    if (!*request)
        return no_memory("a request");
    ret = fill_request(requests, *request);
    if (ret != VACCEL_OK)
        free_request(requests, *request);
    return ret;
}

int requests_take(struct requests *requests, struct request **request)
{
    bool is_new;
    int ret;

    pthread_mutex_lock(&requests->lock);
    while (!requests->idle && requests->made == requests->limit)
        pthread_cond_wait(&requests->returned, &requests->lock);
    *request = requests->idle;
    is_new = !*request;
    if (is_new)
        requests->made++;
    else
        requests->idle = (*request)->next;
    pthread_mutex_unlock(&requests->lock);
    if (!is_new)
        return VACCEL_OK;
    ret = make_request(requests, request);
    if (ret == VACCEL_OK)
        return VACCEL_OK;
    pthread_mutex_lock(&requests->lock);
    requests->made--;
    pthread_cond_signal(&requests->returned);
    pthread_mutex_unlock(&requests->lock);
    return ret;
}

bool request_may_redirect(const struct request *request, size_t output)
{
    return request->own_outputs[output] && !request->is_redirected[output];
}

int request_redirect(struct request *request, size_t output, const ov_tensor_t *tensor)
{
    request->is_redirected[output] = true;
    if (ov_infer_request_set_output_tensor_by_index(request->handle, output, tensor) == OK)
        return VACCEL_OK;
    return failure(VACCEL_EBACKEND, "output %zu cannot be placed", output);
}

/* What was an application's memory for a run must not be written by the next one. */
static bool take_back(const struct requests *requests, struct request *request)
{
    bool complete = true;
    size_t i;

    for (i = 0; i < requests->nr_outputs; i++) {
        if (!request->is_redirected[i])
            continue;
        complete = ov_infer_request_set_output_tensor_by_index(request->handle, i,
                                                               request->own_outputs[i]) == OK &&
                   complete;
        request->is_redirected[i] = false;
    }
    return complete;
}

void requests_return(struct requests *requests, struct request *request)
{
    bool usable = !requests->have_state && take_back(requests, request);

    if (!usable)
        free_request(requests, request);
    pthread_mutex_lock(&requests->lock);
    if (usable) {
        request->next = requests->idle;
        requests->idle = request;
    } else {
        requests->made--;
    }
    pthread_cond_signal(&requests->returned);
    pthread_mutex_unlock(&requests->lock);
}
