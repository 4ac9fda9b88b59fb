/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_EVERY_OP_H
#define TESTS_EVERY_OP_H

#include "vaccel.h"

/*
 * Every operation with arguments that it takes, in its typed and in its general form. Both read the
 * same inputs and leave their outputs in one struct, so that the forms can be compared.
 */

enum { MAP_MAX = 64, LIST_MAX = 512, PICTURE_MAX = 128, TENSOR_MAX = 64, NR_TENSORS = 2 };

struct tensor_result {
    struct vaccel_tensor_desc desc; /* held is 0 */
    unsigned char data[TENSOR_MAX];
};

struct output_result {
    size_t size;
    unsigned char data[LIST_MAX];
};

/* Of one signature, two inputs and two outputs; as the general form has it. */
struct info_result {
    char format[32], engine[64];
    uint32_t nr_signatures, nr_inputs, nr_outputs, zero;
    char signature[256];
    struct vaccel_tensor_spec specs[4];
};

struct outputs {
    float floats[24];
    float more_floats[24];
    int ints[8];
    double doubles[4], min, max;
    unsigned char text[64], name[64];
    unsigned char opaque[2][40];
    uint8_t code;
    char message[64];
    struct tensor_result tensors[NR_TENSORS];
    struct vaccel_vision_shape shape;
    struct output_result results[3];
    struct info_result info;
    int64_t info_held;
};

struct general {
    struct vaccel_arg read[24]; /* without the operation's number */
    size_t nr_read;
    struct vaccel_arg write[8];
    size_t nr_write;
};

struct every_op {
    vaccel_op_type_t type;
    /* The typed call. */
    int (*typed)(struct vaccel_session *sess);
    /* Its arguments in general form. */
    void (*general)(struct general *form);
    /* What the general call left, into the outputs; NULL: it is there. */
    void (*take)(struct vaccel_session *sess, const struct general *form);
    bool more; /* it takes more arguments than these, of any type */
};

extern const struct every_op every_op[VACCEL_OP_MAX];

/* Filled by either form. */
extern struct outputs outputs;

/* Zero the outputs, and set those that are read as well. */
void outputs_reset(void);

/* The resources that the operations use; registered with the session, and the model is loaded. */
extern struct vaccel_resource every_op_library, every_op_model;
void every_op_begin(struct vaccel_session *sess);
void every_op_end(void);

/* What is in an array of the general form, beside its own file's. */
void form_read(struct general *form, vaccel_arg_type_t type, const void *data, size_t size);
void form_write(struct general *form, vaccel_arg_type_t type, void *data, size_t size);
void form_read_tensor(struct general *form, struct vaccel_tensor_desc *desc, void *data);
void form_write_tensors(struct general *form, size_t count);

/* every_model.c */
int typed_tf_load(struct vaccel_session *sess);
int typed_tf_unload(struct vaccel_session *sess);
int typed_tf_run(struct vaccel_session *sess);
int typed_tflite_load(struct vaccel_session *sess);
int typed_tflite_unload(struct vaccel_session *sess);
int typed_tflite_run(struct vaccel_session *sess);
int typed_torch_load(struct vaccel_session *sess);
int typed_torch_run(struct vaccel_session *sess);
int typed_torch_sgemm(struct vaccel_session *sess);
void general_model(struct general *form);
void general_tf_model(struct general *form);
void general_tf_run(struct general *form);
void general_tflite_run(struct general *form);
void general_torch_run(struct general *form);
void general_torch_sgemm(struct general *form);
void take_tensors(struct vaccel_session *sess, const struct general *form);

/* every_engine.c */
int typed_model_load(struct vaccel_session *sess);
int typed_model_unload(struct vaccel_session *sess);
int typed_model_info(struct vaccel_session *sess);
int typed_model_run(struct vaccel_session *sess);
void general_model_load(struct general *form);
void general_model_info(struct general *form);
void general_model_run(struct general *form);
void take_unload(struct vaccel_session *sess, const struct general *form);

/* every_picture.c */
extern const char every_picture[];
int typed_classify(struct vaccel_session *sess);
int typed_detect(struct vaccel_session *sess);
int typed_segment(struct vaccel_session *sess);
int typed_pose(struct vaccel_session *sess);
int typed_depth(struct vaccel_session *sess);
int typed_vision_classify(struct vaccel_session *sess);
int typed_vision_detect(struct vaccel_session *sess);
int typed_vision_segment(struct vaccel_session *sess);
int typed_vision_pose(struct vaccel_session *sess);
int typed_vision_depth(struct vaccel_session *sess);
void general_classify(struct general *form);
void general_image(struct general *form);
void general_lists(struct general *form);
void general_segment(struct general *form);
void general_depth(struct general *form);
void take_lists(struct vaccel_session *sess, const struct general *form);
void take_segment(struct vaccel_session *sess, const struct general *form);
void take_depth(struct vaccel_session *sess, const struct general *form);

#endif
