/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPENVINO_REQUESTS_H
#define OPENVINO_REQUESTS_H

#include "vaccel.h"

#include <openvino/c/openvino.h>

/* One run at a time: OpenVINO's request, and the tensors that it made itself for its outputs. */
struct request {
    ov_infer_request_t *handle;
    ov_tensor_t **own_outputs; /* NULL where the output cannot be redirected */
    bool *is_redirected;
    struct request *next;
};

/*
 * The requests of a model, for runs at the same time: made when needed, at most one for each
 * processor.
 */
struct requests {
    const ov_compiled_model_t *model;
    size_t nr_inputs;
    size_t nr_outputs;
    pthread_mutex_t lock;
    pthread_cond_t returned;
    struct request *idle;
    size_t made;
    size_t limit;
    bool have_state; /* what a run leaves in a request must not be the next one's */
};

/* @model must outlive @requests. Returns ENOMEM. */
int requests_init(struct requests *requests, const ov_compiled_model_t *model, size_t nr_inputs,
                  size_t nr_outputs, bool have_state);

/* None may be in use. */
void requests_release(struct requests *requests);

/* Take one, after waiting for it if need be. Returns ENOMEM, EBACKEND. */
int requests_take(struct requests *requests, struct request **request);
void requests_return(struct requests *requests, struct request *request);

/* Whether request_redirect() may be called for it, which it may once in a run. */
bool request_may_redirect(const struct request *request, size_t output);

/*
 * Let the output go to @tensor for this run, whose type and shape must be the output's. Returns
 * EBACKEND.
 */
int request_redirect(struct request *request, size_t output, const ov_tensor_t *tensor);

#endif
