/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TFLITE_TENSORFLOW_LITE_H
#define TFLITE_TENSORFLOW_LITE_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/*
 * As much of TensorFlow Lite's C API as the plugin uses. The library that a package registry has comes
 * without headers; names, numbers and signatures are those of 2.20.0, and have been the same since 2.14.
 */

enum TfLiteStatus {
    TFLITE_OK = 0,
    TFLITE_ERROR = 1,
    TFLITE_DELEGATE_ERROR = 2,
    TFLITE_APPLICATION_ERROR =
        3 /* of a delegate: not for this model, which can be run without it */
};

struct TfLiteDelegate;
struct TfLiteInterpreter;
struct TfLiteInterpreterOptions;
struct TfLiteModel;
struct TfLiteSignatureRunner;
struct TfLiteTensor;

typedef void (*tflite_reporter)(void *context, const char *format, va_list args);

const char *TfLiteVersion(void);
const char *TfLiteTypeGetName(int type);

/* The bytes must stay until the model and its interpreters are deleted. */
struct TfLiteModel *TfLiteModelCreateWithErrorReporter(const void *bytes, size_t size,
                                                       tflite_reporter reporter, void *context);
void TfLiteModelDelete(struct TfLiteModel *model);

struct TfLiteInterpreterOptions *TfLiteInterpreterOptionsCreate(void);
void TfLiteInterpreterOptionsDelete(struct TfLiteInterpreterOptions *options);
void TfLiteInterpreterOptionsSetNumThreads(struct TfLiteInterpreterOptions *options,
                                           int32_t threads);
void TfLiteInterpreterOptionsSetErrorReporter(struct TfLiteInterpreterOptions *options,
                                              tflite_reporter reporter, void *context);

struct TfLiteInterpreter *TfLiteInterpreterCreate(const struct TfLiteModel *model,
                                                  const struct TfLiteInterpreterOptions *options);
void TfLiteInterpreterDelete(struct TfLiteInterpreter *interpreter);
/* Hand over to a delegate what it can do of the model; it must outlive the interpreter. */
enum TfLiteStatus TfLiteInterpreterModifyGraphWithDelegate(struct TfLiteInterpreter *interpreter,
                                                           struct TfLiteDelegate *delegate);
enum TfLiteStatus TfLiteInterpreterResetVariableTensors(struct TfLiteInterpreter *interpreter);

/* The first subgraph; its inputs and outputs have places. */
int32_t TfLiteInterpreterGetInputTensorCount(const struct TfLiteInterpreter *interpreter);
int32_t TfLiteInterpreterGetOutputTensorCount(const struct TfLiteInterpreter *interpreter);
struct TfLiteTensor *TfLiteInterpreterGetInputTensor(const struct TfLiteInterpreter *interpreter,
                                                     int32_t place);
const struct TfLiteTensor *TfLiteInterpreterGetOutputTensor(
    const struct TfLiteInterpreter *interpreter, int32_t place);
enum TfLiteStatus TfLiteInterpreterResizeInputTensor(struct TfLiteInterpreter *interpreter,
                                                     int32_t place, const int *dims,
                                                     int32_t nr_dims);
enum TfLiteStatus TfLiteInterpreterAllocateTensors(struct TfLiteInterpreter *interpreter);
enum TfLiteStatus TfLiteInterpreterInvoke(struct TfLiteInterpreter *interpreter);

/* A signature; its inputs and outputs have names. Runners end before their interpreter. */
int32_t TfLiteInterpreterGetSignatureCount(const struct TfLiteInterpreter *interpreter);
const char *TfLiteInterpreterGetSignatureKey(const struct TfLiteInterpreter *interpreter,
                                             int32_t place);
struct TfLiteSignatureRunner *TfLiteInterpreterGetSignatureRunner(
    const struct TfLiteInterpreter *interpreter, const char *key);
void TfLiteSignatureRunnerDelete(struct TfLiteSignatureRunner *runner);
size_t TfLiteSignatureRunnerGetInputCount(const struct TfLiteSignatureRunner *runner);
size_t TfLiteSignatureRunnerGetOutputCount(const struct TfLiteSignatureRunner *runner);
const char *TfLiteSignatureRunnerGetInputName(const struct TfLiteSignatureRunner *runner,
                                              int32_t place);
const char *TfLiteSignatureRunnerGetOutputName(const struct TfLiteSignatureRunner *runner,
                                               int32_t place);
struct TfLiteTensor *TfLiteSignatureRunnerGetInputTensor(struct TfLiteSignatureRunner *runner,
                                                         const char *name);
const struct TfLiteTensor *TfLiteSignatureRunnerGetOutputTensor(
    const struct TfLiteSignatureRunner *runner, const char *name);
enum TfLiteStatus TfLiteSignatureRunnerResizeInputTensor(struct TfLiteSignatureRunner *runner,
                                                         const char *name, const int *dims,
                                                         int32_t nr_dims);
enum TfLiteStatus TfLiteSignatureRunnerAllocateTensors(struct TfLiteSignatureRunner *runner);
enum TfLiteStatus TfLiteSignatureRunnerInvoke(struct TfLiteSignatureRunner *runner);

const char *TfLiteTensorName(const struct TfLiteTensor *tensor);
int TfLiteTensorType(const struct TfLiteTensor *tensor);
int32_t TfLiteTensorNumDims(const struct TfLiteTensor *tensor);
int32_t TfLiteTensorDim(const struct TfLiteTensor *tensor, int32_t place);
size_t TfLiteTensorByteSize(const struct TfLiteTensor *tensor);
void *TfLiteTensorData(const struct TfLiteTensor *tensor);
enum TfLiteStatus TfLiteTensorCopyFromBuffer(struct TfLiteTensor *tensor, const void *data,
                                             size_t size);
/* For tensors whose size is no matter of their dimensions, as those of strings. */
enum TfLiteStatus TfLiteTensorRealloc(size_t size, struct TfLiteTensor *tensor);

/* The dimensions that the model was made with: -1 for any. None if all of them are fixed. */
enum TfLiteStatus TfLiteOpaqueTensorGetNumDimsSignature(const struct TfLiteTensor *tensor,
                                                        int32_t *nr_dims);
enum TfLiteStatus TfLiteOpaqueTensorGetDimSignature(const struct TfLiteTensor *tensor,
                                                    int32_t place, int32_t *dim);

/* XNNPACK: a delegate to the processor. Of its options one matters here; there is room for them all. */
struct TfLiteXNNPackDelegateOptions {
    int32_t threads;
    unsigned char others[508];
};
struct TfLiteXNNPackDelegateOptions TfLiteXNNPackDelegateOptionsDefault(void);
struct TfLiteDelegate *TfLiteXNNPackDelegateCreate(
    const struct TfLiteXNNPackDelegateOptions *options);
void TfLiteXNNPackDelegateDelete(struct TfLiteDelegate *delegate);

#endif
