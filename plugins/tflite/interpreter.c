/* SPDX-License-Identifier: Apache-2.0 */
#include "interpreter.h"

#include "vaccel.h"

#include <stdlib.h>

static int add_delegate(struct interpreter *interpreter, struct TfLiteInterpreterOptions *tflite,
                        const struct interpreter_options *options)
{
    if (!options->delegates)
        return VACCEL_OK;
    interpreter->delegate = delegate_create(options->delegates, &interpreter->said);
    if (!interpreter->delegate) {
        vaccel_error("[tflite] the library in VACCEL_TFLITE_DELEGATE makes no delegate: %s",
                     sentences_text(&interpreter->said));
        return VACCEL_EBACKEND;
    }
    TfLiteInterpreterOptionsAddDelegate(tflite, interpreter->delegate);
    return VACCEL_OK;
}

static int make(struct interpreter *interpreter, const struct TfLiteModel *model,
                const struct interpreter_options *options)
{
    struct TfLiteInterpreterOptions *tflite = TfLiteInterpreterOptionsCreate();
    int ret = tflite ? add_delegate(interpreter, tflite, options) : VACCEL_ENOMEM;

    if (ret == VACCEL_OK) {
        if (options->threads)
            TfLiteInterpreterOptionsSetNumThreads(tflite, options->threads);
        TfLiteInterpreterOptionsSetErrorReporter(tflite, sentences_report, &interpreter->said);
        interpreter->tflite = TfLiteInterpreterCreate(model, tflite);
        if (!interpreter->tflite) {
            vaccel_error("[tflite] %s", sentences_text(&interpreter->said));
            ret = VACCEL_EBACKEND;
        }
    }
    if (tflite)
        TfLiteInterpreterOptionsDelete(tflite);
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

int interpreter_new(struct interpreter **interpreter, const struct TfLiteModel *model,
                    const struct interpreter_options *options)
{
    struct interpreter *made = calloc(1, sizeof(*made));
    int ret;

    if (!made)
        return VACCEL_ENOMEM;
    ret = make(made, model, options);
    if (ret == VACCEL_OK)
        ret = make_graphs(made);
    if (ret == VACCEL_OK)
        *interpreter = made;
    else
        interpreter_delete(made, options);
    return ret;
}

/* A delegate ends behind its interpreter, and that behind the runners of its signatures. */
void interpreter_delete(struct interpreter *interpreter, const struct interpreter_options *options)
{
    size_t i;

    for (i = 0; interpreter->graphs && i < interpreter->nr_graphs; i++)
        if (interpreter->graphs[i].runner)
            TfLiteSignatureRunnerDelete(interpreter->graphs[i].runner);
    free(interpreter->graphs);
    if (interpreter->tflite)
        TfLiteInterpreterDelete(interpreter->tflite);
    if (interpreter->delegate)
        delegate_destroy(options->delegates, interpreter->delegate);
    free(interpreter);
}
