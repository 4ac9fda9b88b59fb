/* SPDX-License-Identifier: Apache-2.0 */
/* What format a model has. Its contents may be damaged, cut off, or made to do damage. */
#include "engine_kit.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

/* ModelProto: ir_version 7, producer_name, graph of two bytes, opset_import. */
static const char onnx[] = "\x08\x07\x12\x07pytorch\x3a\x02\x0a\x00\x42\x02\x10\x0d";
/* GraphDef: two nodes, library, versions. */
static const char graph[] = "\x0a\x03\x0a\x01x\x0a\x03\x0a\x01y\x12\x00\x22\x02\x08\x15";

static struct vaccel_session sess;

static void assert_format_of(struct vaccel_resource *res, const char *expected)
{
    assert_int_equal(vaccel_resource_register(res, &sess), 0);
    assert_int_equal(vaccel_model_load(&sess, res, NULL), 0);
    assert_string_equal(engines[0].format, expected);
    assert_int_equal(vaccel_resource_release(res), 0);
}

/* The bytes lie at the end of their own memory: a look behind them shows. */
static void assert_format(const void *bytes, size_t size, const char *name, const char *expected)
{
    struct vaccel_resource res;
    void *copy = malloc(size);

    memcpy(copy, bytes, size);
    assert_int_equal(
        vaccel_resource_init_from_buf(&res, copy, size, VACCEL_RESOURCE_MODEL, name, false), 0);
    assert_format_of(&res, expected);
    free(copy);
}

#define assert_text(text, name, expected) assert_format(text, sizeof(text) - 1, name, expected)

static void test_by_contents_whatever_the_name(void **state)
{
    static const char *const names[] = {NULL, "m", "m.pt", "m.pb", "m.onnx", "m.xml", "m.tflite"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        assert_text(onnx, names[i], "onnx");
        assert_text(graph, names[i], "frozen-graph");
        assert_text("\x1c\0\0\0TFL3\x14\0", names[i], "tflite");
        assert_text("PK\003\004\0\0", names[i], "torchscript");
        assert_text("<?xml version=\"1.0\"?>\n<net name=\"n\">", names[i], "openvino-ir");
        assert_text("<net name=\"n\">", names[i], "openvino-ir");
    }
}

static void test_by_extension_if_the_contents_are_none(void **state)
{
    static const char *const cases[][2] = {
        {"m.pt", "torchscript"},
        {"m.pth", "torchscript"},
        {"m.pb", "frozen-graph"},
        {"m.xml", "openvino-ir"},
        {"m.onnx", "onnx"},
        {"m.tflite", "tflite"},
        {"m.something", "something"},
        {"two.dots.gguf", "gguf"},
        {"m", "unknown"},
        {"m.", "unknown"},
        {"m.PT", "PT"},
        {"m.an-extension-of-forty-bytes-and-no-end-yet", "an-extension-of-forty-bytes-and"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_text("~~", cases[i][0], cases[i][1]);
    assert_text("~~", NULL, "unknown");
}

/* Of a prefix that ends between two fields nobody can see that there should be more. */
static void test_cut_off_anywhere(void **state)
{
    (void)state;
    for (size_t size = 1; size < sizeof(onnx) - 1; size++)
        assert_format(onnx, size, "m.cut", size == 15 ? "onnx" : "cut");
    for (size_t size = 1; size < sizeof(graph) - 1; size++)
        assert_format(graph, size, "m.cut",
                      size == 5 || size == 10 || size == 12 ? "frozen-graph" : "cut");
    for (size_t size = 1; size < 8; size++)
        assert_format("\x1c\0\0\0TFL3", size, "m.cut", "cut");
    for (size_t size = 1; size < 4; size++)
        assert_format("PK\003\004", size, "m.cut", "cut");
    for (size_t size = 1; size < 13; size++)
        assert_format("<?xml?>\n<net ", size, "m.cut", "cut");
}

static void test_messages_that_are_none(void **state)
{
    (void)state;
    /* Numbers that do not end, in a key, as a length, as a value. */
    assert_text("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "m.x", "x");
    assert_text("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "m.x", "x");
    assert_text("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "m.x", "x");
    /* Lengths beyond the end: by one, of 2^63 and of 2^64 - 1. */
    assert_text("\x0a\x03xx", "m.x", "x");
    assert_text("\x0a\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01xx", "m.x", "x");
    assert_text("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01xx", "m.x", "x");
    /* Fields of four and eight bytes that are cut off. */
    assert_text("\x0d\x01\x02\x03", "m.x", "x");
    assert_text("\x09\x01\x02\x03\x04\x05\x06\x07", "m.x", "x");
    /* Field 0, a field far away, and kinds that do not exist or are of old. */
    assert_text("\x02\x00", "m.x", "x");
    assert_text("\x0a\x00\xfa\x7f\x00", "m.x", "x");
    assert_text("\x0b\x00", "m.x", "x");
    assert_text("\x0c\x00", "m.x", "x");
    assert_text("\x0e\x00", "m.x", "x");
    assert_text("\x0f\x00", "m.x", "x");
}

/* What other messages have in common with a model is not enough. */
static void test_other_messages(void **state)
{
    (void)state;
    assert_text("\x08\x07", "m.x", "x");                    /* a version without a graph */
    assert_text("\x3a\x02\x0a\x00", "m.x", "x");            /* a graph without a version */
    assert_text("\x0a\x00\x2a\x00", "m.x", "x");            /* a field that a GraphDef has not */
    assert_text("\x0a\x00\x08\x01", "m.x", "x");            /* a node that is a number as well */
    assert_text("\x12\x00\x22\x00", "m.x", "x");            /* no node */
    assert_text("\x0a\x00\x18\x07", "m.x", "frozen-graph"); /* the version of old */
}

/* A graph has a field for each node; the first ones are enough. */
static void test_a_large_graph(void **state)
{
    enum { NODES = 300, NODE_SIZE = 5 };
    static char bytes[NODES * NODE_SIZE + 2];

    (void)state;
    for (size_t i = 0; i < NODES; i++)
        memcpy(bytes + i * NODE_SIZE, graph, NODE_SIZE);
    memset(bytes + NODES * NODE_SIZE, 0xff, 2);
    assert_format(bytes, sizeof(bytes), "m.x", "frozen-graph");
}

static void test_xml_that_is_no_network(void **state)
{
    static char bytes[2000];

    (void)state;
    assert_text("<?xml version=\"1.0\"?><html>", "m.page", "page");
    assert_text("<network>", "m.page", "page");
    memset(bytes, ' ', sizeof(bytes));
    memcpy(bytes, "<?xml?>", 7);
    memcpy(bytes + 1500, "<net name", 9);
    assert_format(bytes, sizeof(bytes), "m.page", "page");
    memcpy(bytes + 900, "<net name", 9);
    assert_format(bytes, sizeof(bytes), "m.page", "openvino-ir");
}

static void assert_files(const char *const *names, size_t count, const char *expected)
{
    const char *paths[4];
    struct vaccel_resource res;

    for (size_t i = 0; i < count; i++)
        paths[i] = scratch_path(names[i]);
    assert_int_equal(vaccel_resource_init_multi(&res, paths, count, VACCEL_RESOURCE_MODEL), 0);
    assert_format_of(&res, expected);
}

/* Any file may tell; if none does, the first one's extension. */
static void test_several_files(void **state)
{
    const char *const names[] = {"weights.bin", "model", "notes.txt"};

    (void)state;
    scratch_file("weights.bin", "~weights");
    scratch_file("notes.txt", "~notes");
    scratch_bytes("model", onnx, sizeof(onnx) - 1);
    assert_files(names, 3, "onnx");
    scratch_file("model", "~");
    assert_files(names, 3, "bin");
    scratch_file("model", "<?xml?><net name=\"x\"></net>");
    assert_files(names, 2, "openvino-ir");
}

/* By the name of the file, wherever it is among the others. */
static void test_a_saved_model(void **state)
{
    struct vaccel_resource res;

    (void)state;
    scratch_directory("saved");
    scratch_directory("saved/variables");
    scratch_bytes("saved/assets.onnx", onnx, sizeof(onnx) - 1);
    scratch_file("saved/variables/variables.index", "~");
    scratch_bytes("saved/saved_model.pb", graph, sizeof(graph) - 1);
    assert_int_equal(vaccel_resource_init(&res, scratch_path("saved"), VACCEL_RESOURCE_MODEL), 0);
    assert_format_of(&res, "saved-model");
    assert_format("~", 1, "saved_model.pb", "saved-model");
    assert_format("~", 1, "not_saved_model.pb", "frozen-graph");
}

static int begin(void **state)
{
    static const char *const any[] = {"*", NULL};

    engine_open(0, any);
    return scratch_make(state) || library_begin("counter") || vaccel_session_init(&sess, 0);
}

static int end(void **state)
{
    return vaccel_cleanup() || scratch_remove(state);
}

#define test(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_by_contents_whatever_the_name),
        test(test_by_extension_if_the_contents_are_none),
        test(test_cut_off_anywhere),
        test(test_messages_that_are_none),
        test(test_other_messages),
        test(test_a_large_graph),
        test(test_xml_that_is_no_network),
        test(test_several_files),
        test(test_a_saved_model),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
