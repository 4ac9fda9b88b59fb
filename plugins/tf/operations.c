/* SPDX-License-Identifier: Apache-2.0 */
#include "operations.h"
#include "registry.h"

#include <tensorflow/c/c_api.h>
#include <vaccel.h>

#include <stdlib.h>
#include <string.h>

/*
 * TensorFlow marks operations that have a state or an effect. Of those only the ones in these three
 * lists run; of the others all but those in `refused`. A star stands for any text.
 */
static const char *const plain[] = {
    "AnonymousHashTable",
    "Assert",
    "Case",
    "CheckNumerics",
    "CheckNumericsV2",
    "CudnnRNN*",
    "DeepCopy",
    "DestroyResourceOp",
    "DeviceIndex",
    "DisableCopyOnRead",
    "Empty",
    "GuaranteeConst",
    "HashTable",
    "HashTableV2",
    "If",
    "InitializeTableV2",
    "LookupTableExportV2",
    "LookupTableFindV2",
    "LookupTableSizeV2",
    "Multinomial",
    "NonDeterministicInts",
    "ParameterizedTruncatedNormal",
    "RandomCrop",
    "RandomGamma",
    "RandomPoisson*",
    "RandomShuffle",
    "RandomStandardNormal",
    "RandomUniform*",
    "ReadVariableOp",
    "ResourceGather*",
    "RngReadAndSkip",
    "RngSkip",
    "SampleDistortedBoundingBox*",
    "Stack",
    "StackCloseV2",
    "StackPopV2",
    "StackPushV2",
    "StackV2",
    "StatefulPartitionedCall",
    "StatefulRandomBinomial",
    "StatefulStandardNormal*",
    "StatefulTruncatedNormal",
    "StatefulUniform*",
    "StatelessRandomGetAlg",
    "TensorArray*",
    "Timestamp",
    "TruncatedNormal",
    "VarHandleOp",
    "VarIsInitializedOp",
    "VariableShape",
    "While",
};

static const char *const keeps[] = {
    "AnonymousMutable*HashTable*",
    "Batch",
    "BatchFunction",
    "Inplace*",
    "LookupTableImportV2",
    "LookupTableInsertV2",
    "LookupTableRemoveV2",
    "Mutable*HashTable*",
    "Unbatch*",
};

static const char *const assigns[] = {
    "Apply*",
    "Assign*",
    "CountUpTo",
    "ResourceApply*",
    "ResourceCountUpTo",
    "ResourceScatter*",
    "ResourceSparseApply*",
    "ResourceStridedSliceAssign",
    "Scatter*",
    "SparseApply*",
    "StridedSliceAssign",
    "TemporaryVariable",
    "Variable",
    "VariableV2",
};

static const char *const loads[] = {
    "InitializeTableFromTextFile",
    "InitializeTableFromTextFileV2",
    "Restore",
    "RestoreSlice",
    "RestoreV2",
};

static const char *const saves[] = {"MergeV2Checkpoints", "Save", "SaveSlices", "SaveV2"};

static const char *const refused[] = {
    "*Dataset*",      "*Iterator*",     "*TPU*",       "*Tpu*",
    "Abort",          "Copy",           "CopyHost",    "DTensor*",
    "Debug*",         "DecodeProtoV2",  "EncodeProto", "GenerateVocabRemapping",
    "ImmutableConst", "MatchingFiles",  "Mlir*",       "PyFunc*",
    "ReadFile",       "XlaCustomCall*", "XlaLaunch*",  "_*",
};

/*
 * Operations whose kernels take each number for itself: whatever it is, and even if another thread
 * changes it between two reads, they write only where they should. What is not here might sort, count
 * first and write later, or reach for what a number names (TopKV2, Where, Bitcast). Integers
 * need no such care: the inputs that have them are copies.
 */
static const char *const by_element[] = {
    "Abs",
    "Acos",
    "Acosh",
    "Add",
    "AddN",
    "AddV2",
    "All",
    "Angle",
    "Any",
    "ArgMax",
    "ArgMin",
    "Asin",
    "Asinh",
    "Atan",
    "Atan2",
    "Atanh",
    "AvgPool",
    "AvgPool3D",
    "BatchMatMul",
    "BatchMatMulV2",
    "BatchMatMulV3",
    "BatchToSpaceND",
    "BiasAdd",
    "BroadcastTo",
    "Cast",
    "Ceil",
    "ClipByValue",
    "Complex",
    "ComplexAbs",
    "Concat",
    "ConcatV2",
    "Conj",
    "Const",
    "Conv2D",
    "Conv2DBackpropInput",
    "Conv3D",
    "Cos",
    "Cosh",
    "DepthToSpace",
    "DepthwiseConv2dNative",
    "DivNoNan",
    "Einsum",
    "Elu",
    "Enter",
    "Equal",
    "Erf",
    "Erfc",
    "Exit",
    "Exp",
    "ExpandDims",
    "Expm1",
    "Fill",
    "Floor",
    "FusedBatchNorm",
    "FusedBatchNormV2",
    "FusedBatchNormV3",
    "Gather",
    "GatherNd",
    "GatherV2",
    "Greater",
    "GreaterEqual",
    "Identity",
    "IdentityN",
    "If",
    "Imag",
    "IsFinite",
    "IsInf",
    "IsNan",
    "LeakyRelu",
    "Less",
    "LessEqual",
    "Log",
    "Log1p",
    "LogSoftmax",
    "LogicalAnd",
    "LogicalNot",
    "LogicalOr",
    "LoopCond",
    "MatMul",
    "Max",
    "MaxPool",
    "MaxPoolV2",
    "Maximum",
    "Mean",
    "Merge",
    "Min",
    "Minimum",
    "Mul",
    "MulNoNan",
    "Neg",
    "NextIteration",
    "NoOp",
    "NotEqual",
    "OnesLike",
    "Pack",
    "Pad",
    "PadV2",
    "PartitionedCall",
    "Placeholder",
    "PlaceholderWithDefault",
    "Pow",
    "Prod",
    "Rank",
    "ReadVariableOp",
    "Real",
    "RealDiv",
    "Reciprocal",
    "Relu",
    "Relu6",
    "Reshape",
    "ResizeBilinear",
    "ResizeNearestNeighbor",
    "ResourceGather",
    "ReverseV2",
    "Rint",
    "Round",
    "Rsqrt",
    "Select",
    "SelectV2",
    "Selu",
    "Shape",
    "ShapeN",
    "Sigmoid",
    "Sign",
    "Sin",
    "Sinh",
    "Size",
    "Slice",
    "Snapshot",
    "Softmax",
    "Softplus",
    "Softsign",
    "SpaceToBatchND",
    "SpaceToDepth",
    "Split",
    "SplitV",
    "Sqrt",
    "Square",
    "SquaredDifference",
    "Squeeze",
    "StatefulPartitionedCall",
    "StatelessIf",
    "StatelessWhile",
    "StopGradient",
    "StridedSlice",
    "Sub",
    "Sum",
    "Switch",
    "Tan",
    "Tanh",
    "Tile",
    "Transpose",
    "Unpack",
    "VarHandleOp",
    "While",
    "Xdivy",
    "Xlogy",
    "ZerosLike",
};

static char *allowed;

/* Without memory to know better every operation counts as one with effects. */
static bool is_stateful(struct text name)
{
    bool is_known;
    const struct operation *operation = registry_find(name, &is_known);

    return operation ? operation->is_stateful : !is_known;
}

/* Of a function, whose own operations are looked at. */
static bool is_call(struct text name)
{
    bool is_known;

    return !registry_find(name, &is_known) && is_known;
}

static bool starts_with(struct text text, const char *start, size_t size)
{
    return text.size >= size && !memcmp(text.bytes, start, size);
}

static bool matches(struct text text, const char *pattern)
{
    const size_t size = strcspn(pattern, "*");
    size_t i;

    if (!pattern[size])
        return text_is(text, pattern);
    if (!starts_with(text, pattern, size))
        return false;
    for (i = size; i <= text.size; i++)
        if (matches((struct text){text.bytes + i, text.size - i}, pattern + size + 1))
            return true;
    return !pattern[size + 1];
}

static bool is_among(struct text name, const char *const *patterns, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (matches(name, patterns[i]))
            return true;
    return false;
}

/* The next name of a list with commas, or false. */
static bool next_allowed(const char **at, struct text *name)
{
    *at += strspn(*at, ", ");
    *name = (struct text){*at, strcspn(*at, ", ")};
    *at += name->size;
    return name->size;
}

static bool is_allowed(struct text name)
{
    const char *at = allowed ? allowed : "";
    struct text one;

    while (next_allowed(&at, &one))
        if (!text_compare(name, one))
            return true;
    return false;
}

enum operation_kind operation_kind_of(struct text name)
{
    if (is_allowed(name))
        return OPERATION_KEEPS;
    if (is_among(name, keeps, sizeof(keeps) / sizeof(*keeps)))
        return OPERATION_KEEPS;
    if (is_among(name, assigns, sizeof(assigns) / sizeof(*assigns)))
        return OPERATION_ASSIGNS;
    if (is_among(name, loads, sizeof(loads) / sizeof(*loads)))
        return OPERATION_LOADS;
    if (is_among(name, saves, sizeof(saves) / sizeof(*saves)))
        return OPERATION_SAVES;
    if (is_among(name, refused, sizeof(refused) / sizeof(*refused)))
        return OPERATION_REFUSED;
    if (is_stateful(name) && !is_among(name, plain, sizeof(plain) / sizeof(*plain)))
        return OPERATION_REFUSED;
    if (is_among(name, by_element, sizeof(by_element) / sizeof(*by_element)))
        return OPERATION_BY_ELEMENT;
    return is_call(name) ? OPERATION_BY_ELEMENT : OPERATION_PLAIN;
}

size_t operation_file_input(struct text name)
{
    return matches(name, "Init*") ? 1 : 0;
}

int operations_read_setting(void)
{
    const char *at = getenv("VACCEL_TF_ALLOW_OPS");
    struct text name;
    bool is_known;

    if (!at)
        return VACCEL_OK;
    allowed = strdup(at);
    if (!allowed)
        return VACCEL_ENOMEM;
    while (next_allowed(&at, &name))
        if (!registry_find(name, &is_known)) {
            vaccel_error("[tf] VACCEL_TF_ALLOW_OPS names \"%.*s\", which is no operation of "
                         "TensorFlow %s: give names with commas between",
                         (int)name.size, name.bytes, TF_Version());
            return VACCEL_EINVAL;
        }
    return VACCEL_OK;
}

void operations_forget_setting(void)
{
    free(allowed);
    allowed = NULL;
}
