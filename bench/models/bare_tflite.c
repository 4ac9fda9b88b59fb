/* SPDX-License-Identifier: Apache-2.0 */
/* A model by TensorFlow Lite itself and XNNPACK, with the threads that the plugin's setting says. */
#include "runner.h"

#include "plugins/tflite/tensorflow_lite.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static void *bytes;
static size_t bytes_size;
static struct TfLiteModel *model;
static struct TfLiteInterpreter *interpreter;
static struct TfLiteDelegate *delegate;

static void *memory(const char *kind, size_t size)
{
    return strcmp(kind, "ordinary") == 0 ? malloc(size) : NULL;
}

static int told(const char *what, int ok)
{
    if (!ok)
        fprintf(stderr, "%s: failed\n", what);
    return ok ? 0 : 1;
}

static void report(void *context, const char *format, va_list args)
{
    (void)context;
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
}

static int map_file(const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat about;

    if (file < 0 || fstat(file, &about) != 0)
        return told(path, 0);
    bytes_size = (size_t)about.st_size;
    bytes = mmap(NULL, bytes_size, PROT_READ, MAP_PRIVATE, file, 0);
    close(file);
    return told(path, bytes != MAP_FAILED);
}

static int make_interpreter(int threads)
{
    struct TfLiteXNNPackDelegateOptions xnnpack = TfLiteXNNPackDelegateOptionsDefault();
    struct TfLiteInterpreterOptions *options = TfLiteInterpreterOptionsCreate();

    if (threads) {
        TfLiteInterpreterOptionsSetNumThreads(options, threads);
        xnnpack.threads = threads;
    }
    interpreter = TfLiteInterpreterCreate(model, options);
    TfLiteInterpreterOptionsDelete(options);
    delegate = TfLiteXNNPackDelegateCreate(&xnnpack);
    return told("an interpreter with XNNPACK",
                interpreter && delegate &&
                    TfLiteInterpreterModifyGraphWithDelegate(interpreter, delegate) == TFLITE_OK);
}

static int load(const struct runner_task *task)
{
    const char *threads = getenv("VACCEL_TFLITE_THREADS");

    if (map_file(task->model) != 0)
        return 1;
    model = TfLiteModelCreateWithErrorReporter(bytes, bytes_size, report, NULL);
    return model ? make_interpreter(threads ? (int)strtol(threads, NULL, 10) : 0)
                 : told(task->model, 0);
}

static void unload(void)
{
    TfLiteInterpreterDelete(interpreter);
    TfLiteXNNPackDelegateDelete(delegate);
    TfLiteModelDelete(model);
    munmap(bytes, bytes_size);
}

static int has_size(const struct runner_input *input, int32_t place)
{
    const struct TfLiteTensor *tensor = TfLiteInterpreterGetInputTensor(interpreter, place);

    return TfLiteTensorData(tensor) && TfLiteTensorByteSize(tensor) == input->size;
}

/* Where a shape has changed, memory is laid out anew. */
static int resize(const struct runner_task *task)
{
    int dims[RUNNER_DIMS_MOST];
    int changed = 0;
    size_t i, d;

    for (i = 0; i < task->nr_inputs; i++) {
        if (has_size(&task->inputs[i], (int32_t)i))
            continue;
        for (d = 0; d < task->inputs[i].nr_dims; d++)
            dims[d] = (int)task->inputs[i].dims[d];
        if (TfLiteInterpreterResizeInputTensor(interpreter, (int32_t)i, dims, (int32_t)d) !=
            TFLITE_OK)
            return 1;
        changed = 1;
    }
    return changed && TfLiteInterpreterAllocateTensors(interpreter) != TFLITE_OK;
}

static int run(const struct runner_task *task)
{
    size_t i;

    if (resize(task) != 0)
        return told("a shape", 0);
    for (i = 0; i < task->nr_inputs; i++)
        memcpy(TfLiteTensorData(TfLiteInterpreterGetInputTensor(interpreter, (int32_t)i)),
               task->inputs[i].data, task->inputs[i].size);
    return told("a run", TfLiteInterpreterInvoke(interpreter) == TFLITE_OK);
}

static const float *output_of_run(size_t *count)
{
    const struct TfLiteTensor *tensor = TfLiteInterpreterGetOutputTensor(interpreter, 0);

    *count = TfLiteTensorByteSize(tensor) / sizeof(float);
    return TfLiteTensorData(tensor);
}

int main(int argc, char **argv)
{
    static const struct runner runner = {memory, load, NULL, unload, run, output_of_run};

    return runner_main(argc, argv, &runner);
}
