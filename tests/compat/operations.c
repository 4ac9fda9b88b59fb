/* SPDX-License-Identifier: Apache-2.0 */
/* Operations, served by the plugin noop. */
#include "expect.h"

#include <vaccel.h>
#include <vaccel/ops/fpga.h>
#include <vaccel/ops/minmax.h>

static void exec(struct vaccel_session *sess)
{
    int32_t in = 10;
    int32_t out = 0;
    struct vaccel_arg read[] = {{.type = VACCEL_ARG_INT32, .buf = &in, .size = sizeof(in)}};
    struct vaccel_arg write[] = {{.type = VACCEL_ARG_INT32, .buf = &out, .size = sizeof(out)}};
    struct vaccel_resource res;

    EXPECT(vaccel_exec(sess, "libmytestlib.so", "mytestfunc", read, 1, write, 1) == VACCEL_OK);
    EXPECT(out == 10);
    EXPECT(vaccel_resource_init(&res, "/proc/self/exe", VACCEL_RESOURCE_LIB) == VACCEL_OK);
    EXPECT(vaccel_exec_with_resource(sess, &res, "f", read, 1, write, 1) == VACCEL_EPERM);
    EXPECT(vaccel_exec_with_resource(sess, NULL, "f", read, 1, write, 1) == VACCEL_EINVAL);
    EXPECT(vaccel_resource_register(&res, sess) == VACCEL_OK);
    out = 0;
    EXPECT(vaccel_exec_with_resource(sess, &res, "f", read, 1, write, 1) == VACCEL_OK && out == 10);
    EXPECT(vaccel_resource_release(&res) == VACCEL_OK);
}

static void images(struct vaccel_session *sess)
{
    static const char tag[] = "This is a dummy classification tag!";
    static const char name[] = "This is a dummy imgname!";
    unsigned char text[512];
    unsigned char file[512];
    char img[] = "a picture";

    EXPECT(vaccel_image_classification(sess, img, text, file, sizeof(img), sizeof(text),
                                       sizeof(file)) == VACCEL_OK);
    EXPECT(strcmp((char *)text, tag) == 0 && strcmp((char *)file, name) == 0);
    EXPECT(vaccel_image_classification(sess, img, NULL, file, sizeof(img), 0, sizeof(file)) ==
           VACCEL_OK);
    file[0] = '\0';
    EXPECT(vaccel_image_detection(sess, img, file, sizeof(img), sizeof(file)) == VACCEL_OK);
    EXPECT(strcmp((char *)file, name) == 0);
    EXPECT(vaccel_image_segmentation(sess, img, file, sizeof(img), sizeof(file)) == VACCEL_OK);
    EXPECT(vaccel_image_pose(sess, img, file, sizeof(img), sizeof(file)) == VACCEL_OK);
    EXPECT(vaccel_image_depth(sess, img, file, sizeof(img), sizeof(file)) == VACCEL_OK);
}

static void arrays(struct vaccel_session *sess)
{
    float a[] = {1, 2, 3, 4};
    float b[] = {5, 6, 7, 8};
    float c[4] = {0};
    float d[4] = {0};
    int numbers[] = {1, 2};
    int copied[2] = {0};
    double in[] = {3, 1, 2};
    double out[3], min, max;

    EXPECT(vaccel_sgemm(sess, 2, 2, 2, 1.0F, a, 2, b, 2, 0.0F, c, 2) == VACCEL_OK);
    EXPECT(vaccel_fpga_arraycopy(sess, numbers, copied, 2) == VACCEL_OK && copied[1] == 2);
    EXPECT(vaccel_fpga_mmult(sess, a, b, c, 4) == VACCEL_OK && c[3] == 9.1F);
    EXPECT(vaccel_fpga_parallel(sess, a, b, c, d, 4) == VACCEL_OK && c[0] == 6 && d[3] == 1);
    EXPECT(vaccel_fpga_vadd(sess, a, b, c, 4, 4) == VACCEL_OK && c[3] == 12);
    EXPECT(vaccel_minmax(sess, in, 3, 0, 9, out, &min, &max) == VACCEL_OK);
    EXPECT(out[0] == 3 && min == -1 && max == 10000);
}

static void opencv(struct vaccel_session *sess)
{
    uint8_t function = 0;
    size_t header[4] = {0};
    struct vaccel_arg read = {.buf = &function, .size = 1, .type = VACCEL_ARG_UINT8};
    struct vaccel_arg write = {.buf = header, .size = sizeof(header)};

    EXPECT(vaccel_opencv_unpack(sess, &read, 1, &write, 1) == VACCEL_OK);
    EXPECT(header[0] == sizeof(header) / 4);
}

/* The name of the picture stands before the text. */
static void genop_image(struct vaccel_session *sess)
{
    uint8_t op = VACCEL_OP_IMAGE_CLASSIFY;
    unsigned char text[64];
    unsigned char name[64];
    char img[] = "a picture";
    struct vaccel_arg read[] = {
        {.type = VACCEL_ARG_UINT8, .buf = &op, .size = sizeof(op)},
        {.type = VACCEL_ARG_BUFFER, .buf = img, .size = sizeof(img)},
    };
    struct vaccel_arg write[] = {
        {.type = VACCEL_ARG_UCHAR_ARRAY, .buf = name, .size = sizeof(name)},
        {.type = VACCEL_ARG_UCHAR_ARRAY, .buf = text, .size = sizeof(text)},
    };

    EXPECT(vaccel_genop(sess, read, 2, write, 2) == VACCEL_OK);
    EXPECT(strcmp((char *)text, "This is a dummy classification tag!") == 0);
    EXPECT(strcmp((char *)name, "This is a dummy imgname!") == 0);
    EXPECT(vaccel_genop(sess, read, 1, write, 2) == VACCEL_EINVAL);
    EXPECT(vaccel_genop(sess, read, 0, write, 2) == VACCEL_EINVAL);
    read[0].type = VACCEL_ARG_RAW;
    EXPECT(vaccel_genop(sess, read, 2, write, 2) == VACCEL_EINVAL);
    op = 200;
    read[0].type = VACCEL_ARG_UINT8;
    EXPECT(vaccel_genop(sess, read, 2, write, 2) == VACCEL_EINVAL);
}

static void genop_exec(struct vaccel_session *sess)
{
    uint8_t op = VACCEL_OP_EXEC;
    char library[] = "libmytestlib.so";
    char symbol[] = "mytestfunc";
    int32_t in = 3;
    int32_t out = 0;
    struct vaccel_arg_array read;
    struct vaccel_arg_array write;

    EXPECT(vaccel_arg_array_init(&read, 4) == VACCEL_OK);
    EXPECT(vaccel_arg_array_init(&write, 1) == VACCEL_OK);
    EXPECT(vaccel_arg_array_add_uint8(&read, &op) == VACCEL_OK);
    EXPECT(vaccel_arg_array_add_string(&read, library) == VACCEL_OK);
    EXPECT(vaccel_arg_array_add_string(&read, symbol) == VACCEL_OK);
    EXPECT(vaccel_arg_array_add_int32(&read, &in) == VACCEL_OK);
    EXPECT(vaccel_arg_array_add_int32(&write, &out) == VACCEL_OK);
    EXPECT(vaccel_genop(sess, read.args, (int)read.count, write.args, (int)write.count) ==
           VACCEL_OK);
    EXPECT(out == 3);
    EXPECT(vaccel_arg_array_release(&read) == VACCEL_OK);
    EXPECT(vaccel_arg_array_release(&write) == VACCEL_OK);
}

/* These take bytes of any type. */
static void genop_untyped(struct vaccel_session *sess)
{
    uint8_t op = VACCEL_OP_FPGA_VECTORADD;
    float a[] = {1, 2};
    float b[] = {3, 4};
    float c[2] = {0};
    struct vaccel_arg read[] = {
        {.buf = &op, .size = 1, .type = VACCEL_ARG_UINT8},
        {.buf = a, .size = sizeof(a)},
        {.buf = b, .size = sizeof(b)},
    };
    struct vaccel_arg write[] = {{.buf = c, .size = sizeof(c)}};

    EXPECT(vaccel_genop(sess, read, 3, write, 1) == VACCEL_OK && c[1] == 6);
}

void operations(void)
{
    struct vaccel_session sess;

    EXPECT(vaccel_session_init(&sess, 0) == VACCEL_OK);
    EXPECT(vaccel_noop(&sess) == VACCEL_OK && vaccel_noop(NULL) == VACCEL_EINVAL);
    exec(&sess);
    images(&sess);
    arrays(&sess);
    opencv(&sess);
    genop_image(&sess);
    genop_exec(&sess);
    genop_untyped(&sess);
    EXPECT(vaccel_session_release(&sess) == VACCEL_OK);
}
