/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * An external delegate of TensorFlow Lite for tests, as makers of accelerators have them. It takes over all
 * MUL, and adds to their results what its option "add" says. With the option "refuse" it makes no delegate, with
 * "damage" it does not get a model ready. With "throw" it throws an exception of C++: at "create", "prepare",
 * "allocate", "invoke" or "destroy"; with "bare" as well one that is no std::exception.
 */

/* Of TensorFlow Lite's C API for delegates. */
struct TfLiteIntArray {
    int size;
    int data[];
};
struct TfLiteOpaqueContext;
struct TfLiteOpaqueDelegate;
struct TfLiteOpaqueNode;
struct TfLiteOpaqueTensor;
struct TfLiteOperator;
struct TfLiteOpaqueDelegateBuilder {
    void *data;
    int (*prepare)(struct TfLiteOpaqueContext *context, struct TfLiteOpaqueDelegate *delegate,
                   void *data);
    void *others[3];
    int64_t flags;
};

struct TfLiteOpaqueDelegate *TfLiteOpaqueDelegateCreate(
    const struct TfLiteOpaqueDelegateBuilder *builder);
void TfLiteOpaqueDelegateDelete(struct TfLiteOpaqueDelegate *delegate);
void *TfLiteOpaqueDelegateGetData(const struct TfLiteOpaqueDelegate *delegate);
struct TfLiteIntArray *TfLiteIntArrayCreate(int size);
void TfLiteIntArrayFree(struct TfLiteIntArray *array);
int TfLiteOpaqueContextGetExecutionPlan(struct TfLiteOpaqueContext *context,
                                        struct TfLiteIntArray **plan);
int TfLiteOpaqueContextGetNodeAndRegistration(struct TfLiteOpaqueContext *context, int node,
                                              struct TfLiteOpaqueNode **found,
                                              struct TfLiteOperator **operation);
int TfLiteOpaqueContextReplaceNodeSubsetsWithDelegateKernels(struct TfLiteOpaqueContext *context,
                                                             struct TfLiteOperator *kernel,
                                                             const struct TfLiteIntArray *nodes,
                                                             struct TfLiteOpaqueDelegate *delegate);
void TfLiteOpaqueContextReportError(struct TfLiteOpaqueContext *context, const char *format, ...);
int TfLiteOperatorGetBuiltInCode(const struct TfLiteOperator *operation);
struct TfLiteOperator *TfLiteOperatorCreate(int code, const char *name, int version, void *data);
int TfLiteOperatorSetInvokeWithData(struct TfLiteOperator *operation,
                                    int (*invoke)(void *data, struct TfLiteOpaqueContext *context,
                                                  struct TfLiteOpaqueNode *node));
int TfLiteOperatorSetPrepareWithData(struct TfLiteOperator *operation,
                                     int (*prepare)(void *data, struct TfLiteOpaqueContext *context,
                                                    struct TfLiteOpaqueNode *node));
const struct TfLiteOpaqueTensor *TfLiteOpaqueNodeGetInput(const struct TfLiteOpaqueContext *context,
                                                          const struct TfLiteOpaqueNode *node,
                                                          int place);
struct TfLiteOpaqueTensor *TfLiteOpaqueNodeGetOutput(struct TfLiteOpaqueContext *context,
                                                     const struct TfLiteOpaqueNode *node,
                                                     int place);
void *TfLiteOpaqueTensorData(const struct TfLiteOpaqueTensor *tensor);
size_t TfLiteOpaqueTensorByteSize(const struct TfLiteOpaqueTensor *tensor);

enum { OK = 0, ERROR = 1, MUL = 18, DELEGATE = 51 };

struct settings {
    float add;
    int damage;
    char throw_at[16];
    int throws_bare;
};

/* Of test_throw.cpp. */
void throw_exception(void);
void throw_number(void);

struct TfLiteOpaqueDelegate *tflite_plugin_create_delegate(char **keys, char **values,
                                                           size_t nr_options,
                                                           void (*report)(const char *sentence));
void tflite_plugin_destroy_delegate(struct TfLiteOpaqueDelegate *delegate);

static void throw_if_at(const struct settings *settings, const char *place)
{
    if (strcmp(settings->throw_at, place) != 0)
        return;
    if (settings->throws_bare)
        throw_number();
    throw_exception();
}

static int allocate(void *data, struct TfLiteOpaqueContext *context, struct TfLiteOpaqueNode *node)
{
    (void)context, (void)node;
    throw_if_at(data, "allocate");
    return OK;
}

static int multiply(void *data, struct TfLiteOpaqueContext *context, struct TfLiteOpaqueNode *node)
{
    const struct settings *settings = data;
    const float *left = TfLiteOpaqueTensorData(TfLiteOpaqueNodeGetInput(context, node, 0));
    const float *right = TfLiteOpaqueTensorData(TfLiteOpaqueNodeGetInput(context, node, 1));
    struct TfLiteOpaqueTensor *output = TfLiteOpaqueNodeGetOutput(context, node, 0);
    const size_t count = TfLiteOpaqueTensorByteSize(output) / sizeof(float);
    float *product = TfLiteOpaqueTensorData(output);

    throw_if_at(settings, "invoke");
    for (size_t i = 0; i < count; i++)
        product[i] = left[i] * right[i] + settings->add;
    return OK;
}

/* The array's first element is then the number of those behind it. */
static struct TfLiteIntArray *find_nodes(struct TfLiteOpaqueContext *context,
                                         const struct TfLiteIntArray *plan)
{
    struct TfLiteIntArray *nodes = TfLiteIntArrayCreate(plan->size);
    struct TfLiteOpaqueNode *node;
    struct TfLiteOperator *operation;

    nodes->size = 0;
    for (int i = 0; i < plan->size; i++) {
        TfLiteOpaqueContextGetNodeAndRegistration(context, plan->data[i], &node, &operation);
        if (TfLiteOperatorGetBuiltInCode(operation) == MUL)
            nodes->data[nodes->size++] = plan->data[i];
    }
    return nodes;
}

static int prepare(struct TfLiteOpaqueContext *context, struct TfLiteOpaqueDelegate *delegate,
                   void *data)
{
    const struct settings *settings = data;
    struct TfLiteIntArray *plan;
    struct TfLiteIntArray *nodes;
    struct TfLiteOperator *kernel;
    int status;

    throw_if_at(settings, "prepare");
    if (settings->damage) {
        TfLiteOpaqueContextReportError(context, "the device of this test is damaged");
        return ERROR;
    }
    if (TfLiteOpaqueContextGetExecutionPlan(context, &plan) != OK)
        return ERROR;
    nodes = find_nodes(context, plan);
    kernel = TfLiteOperatorCreate(DELEGATE, "test", 1, data);
    TfLiteOperatorSetPrepareWithData(kernel, allocate);
    TfLiteOperatorSetInvokeWithData(kernel, multiply);
    status =
        TfLiteOpaqueContextReplaceNodeSubsetsWithDelegateKernels(context, kernel, nodes, delegate);
    TfLiteIntArrayFree(nodes);
    return status;
}

struct TfLiteOpaqueDelegate *tflite_plugin_create_delegate(char **keys, char **values,
                                                           size_t nr_options,
                                                           void (*report)(const char *sentence))
{
    struct TfLiteOpaqueDelegateBuilder builder = {.prepare = prepare};
    struct settings *settings = calloc(1, sizeof(*settings));

    if (!settings)
        return NULL;
    for (size_t i = 0; i < nr_options; i++) {
        if (!strcmp(keys[i], "refuse")) {
            report("the device of this test is not there");
            free(settings);
            return NULL;
        }
        if (!strcmp(keys[i], "add"))
            settings->add = strtof(values[i], NULL);
        else if (!strcmp(keys[i], "damage"))
            settings->damage = 1;
        else if (!strcmp(keys[i], "throw"))
            strncpy(settings->throw_at, values[i], sizeof(settings->throw_at) - 1);
        else if (!strcmp(keys[i], "bare"))
            settings->throws_bare = 1;
    }
    if (!strcmp(settings->throw_at, "create")) {
        const struct settings kept = *settings;

        free(settings);
        throw_if_at(&kept, "create");
    }
    builder.data = settings;
    return TfLiteOpaqueDelegateCreate(&builder);
}

void tflite_plugin_destroy_delegate(struct TfLiteOpaqueDelegate *delegate)
{
    struct settings *settings = TfLiteOpaqueDelegateGetData(delegate);
    const struct settings kept = *settings;

    free(settings);
    TfLiteOpaqueDelegateDelete(delegate);
    throw_if_at(&kept, "destroy");
}
