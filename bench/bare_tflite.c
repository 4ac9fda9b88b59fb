/* SPDX-License-Identifier: Apache-2.0 */
#include "bare_tflite.h"

#include "tensorflow_lite.h"

#include <stdio.h>
#include <string.h>

static struct TfLiteInterpreter *interpreter;

static void report(void *context, const char *format, va_list args)
{
    (void)context;
    vfprintf(stderr, format, args);
}

static struct TfLiteDelegate *xnnpack(int threads)
{
    struct TfLiteXNNPackDelegateOptions options = TfLiteXNNPackDelegateOptionsDefault();

    options.threads = threads;
    return TfLiteXNNPackDelegateCreate(&options);
}

int bare_tflite_load(const void *bytes, size_t size, const int *dims, int nr_dims, int threads)
{
    struct TfLiteModel *model = TfLiteModelCreateWithErrorReporter(bytes, size, report, NULL);
    struct TfLiteInterpreterOptions *options = TfLiteInterpreterOptionsCreate();

    if (!model || !options)
        return 0;
    TfLiteInterpreterOptionsSetNumThreads(options, threads);
    TfLiteInterpreterOptionsSetErrorReporter(options, report, NULL);
    interpreter = TfLiteInterpreterCreate(model, options);
    return interpreter &&
           TfLiteInterpreterModifyGraphWithDelegate(interpreter, xnnpack(threads)) == TFLITE_OK &&
           TfLiteInterpreterResizeInputTensor(interpreter, 0, dims, nr_dims) == TFLITE_OK &&
           TfLiteInterpreterAllocateTensors(interpreter) == TFLITE_OK;
}

int bare_tflite_run(const void *input, size_t input_size, void *output, size_t output_size)
{
    const struct TfLiteTensor *given;

    if (TfLiteTensorCopyFromBuffer(TfLiteInterpreterGetInputTensor(interpreter, 0), input,
                                   input_size) != TFLITE_OK ||
        TfLiteInterpreterInvoke(interpreter) != TFLITE_OK)
        return 0;
    given = TfLiteInterpreterGetOutputTensor(interpreter, 0);
    if (TfLiteTensorByteSize(given) != output_size)
        return 0;
    memcpy(output, TfLiteTensorData(given), output_size);
    return 1;
}
