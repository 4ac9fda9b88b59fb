/* SPDX-License-Identifier: Apache-2.0 */
#include "interpreter.h"

#include "guard.h"
#include "vaccel.h"

#include <stdlib.h>

static int make(struct interpreter *interpreter, const struct TfLiteModel *model,
                const struct interpreter_options *options)
{
    struct TfLiteInterpreterOptions *tflite = TfLiteInterpreterOptionsCreate();

    if (!tflite)
        return VACCEL_ENOMEM;
    if (options->threads)
        TfLiteInterpreterOptionsSetNumThreads(tflite, options->threads);
    TfLiteInterpreterOptionsSetErrorReporter(tflite, sentences_report, &interpreter->said);
    interpreter->tflite = TfLiteInterpreterCreate(model, tflite);
    TfLiteInterpreterOptionsDelete(tflite);
    if (interpreter->tflite)
        return VACCEL_OK;
    vaccel_error("[tflite] %s", sentences_text(&interpreter->said));
    return VACCEL_EBACKEND;
}

static int delegate_to(struct interpreter *interpreter, struct TfLiteDelegate *delegate)
{
    switch (TfLiteInterpreterModifyGraphWithDelegate(interpreter->tflite, delegate)) {
    case TFLITE_OK:
        return VACCEL_OK;
    case TFLITE_APPLICATION_ERROR:
        vaccel_warn("[tflite] a model is run without a delegate: %s",
                    sentences_text(&interpreter->said));
        sentences_clear(&interpreter->said);
        return VACCEL_OK;
    default:
        vaccel_error("[tflite] %s", sentences_text(&interpreter->said));
        return VACCEL_EBACKEND;
    }
}

static int delegate_to_external(struct interpreter *interpreter,
                                const struct delegate_library *delegates)
{
    int ret = delegate_create(delegates, &interpreter->external);

    return ret == VACCEL_OK ? delegate_to(interpreter, interpreter->external) : ret;
}

/* This library's interpreters, unlike those of Python, do not do so themselves. */
static int delegate_to_xnnpack(struct interpreter *interpreter, int threads)
{
    struct TfLiteXNNPackDelegateOptions xnnpack = TfLiteXNNPackDelegateOptionsDefault();

    if (threads)
        xnnpack.threads = threads;
    interpreter->xnnpack = TfLiteXNNPackDelegateCreate(&xnnpack);
    return interpreter->xnnpack ? delegate_to(interpreter, interpreter->xnnpack) : VACCEL_ENOMEM;
}

static int add_delegates(struct interpreter *interpreter, const struct interpreter_options *options)
{
    int ret = VACCEL_OK;

    if (options->delegates)
        ret = delegate_to_external(interpreter, options->delegates);
    if (ret == VACCEL_OK && options->with_xnnpack)
        ret = delegate_to_xnnpack(interpreter, options->threads);
    return ret;
}

static int make_graphs(struct interpreter *interpreter)
{
    const int32_t nr_signatures = TfLiteInterpreterGetSignatureCount(interpreter->tflite);
    const char *key;
    int32_t i;

    interpreter->nr_graphs = (size_t)nr_signatures + 1;
    interpreter->graphs = calloc(interpreter->nr_graphs, sizeof(*interpreter->graphs));
    if (!interpreter->graphs)
        return VACCEL_ENOMEM;
    for (i = 0; i <= nr_signatures; i++)
        interpreter->graphs[i].interpreter = interpreter->tflite;
    for (i = 0; i < nr_signatures; i++) {
        key = TfLiteInterpreterGetSignatureKey(interpreter->tflite, i);
        interpreter->graphs[i].runner =
            key ? TfLiteInterpreterGetSignatureRunner(interpreter->tflite, key) : NULL;
        if (!interpreter->graphs[i].runner) {
            vaccel_error("[tflite] signature %d of the model: %s", i,
                         sentences_text(&interpreter->said));
            return VACCEL_EBACKEND;
        }
    }
    return VACCEL_OK;
}

struct parts {
    struct interpreter *interpreter;
    const struct TfLiteModel *model;
    const struct interpreter_options *options;
};

static int assemble(void *argument)
{
    const struct parts *parts = argument;
    int ret = make(parts->interpreter, parts->model, parts->options);

    if (ret == VACCEL_OK)
        ret = add_delegates(parts->interpreter, parts->options);
    return ret == VACCEL_OK ? make_graphs(parts->interpreter) : ret;
}

int interpreter_new(struct interpreter **interpreter, const struct TfLiteModel *model,
                    const struct interpreter_options *options)
{
    struct interpreter *made = calloc(1, sizeof(*made));
    struct parts parts = {made, model, options};
    int ret;

    if (!made)
        return VACCEL_ENOMEM;
    ret = guarded(assemble, &parts);
    if (ret == VACCEL_OK)
        *interpreter = made;
    else
        interpreter_delete(made, options);
    return ret;
}

/* Delegates end behind their interpreter, and that behind the runners of its signatures. */
static int take_apart(void *argument)
{
    const struct parts *parts = argument;
    struct interpreter *interpreter = parts->interpreter;
    size_t i;

    for (i = 0; interpreter->graphs && i < interpreter->nr_graphs; i++)
        if (interpreter->graphs[i].runner)
            TfLiteSignatureRunnerDelete(interpreter->graphs[i].runner);
    if (interpreter->tflite)
        TfLiteInterpreterDelete(interpreter->tflite);
    if (interpreter->xnnpack)
        TfLiteXNNPackDelegateDelete(interpreter->xnnpack);
    if (interpreter->external)
        delegate_destroy(parts->options->delegates, interpreter->external);
    return VACCEL_OK;
}

void interpreter_delete(struct interpreter *interpreter, const struct interpreter_options *options)
{
    struct parts parts = {interpreter, NULL, options};

    guarded(take_apart, &parts);
    free(interpreter->graphs);
    free(interpreter);
}
