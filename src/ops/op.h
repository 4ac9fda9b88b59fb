/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPS_OP_H
#define OPS_OP_H

#include "core/faults.h"
#include "core/marks.h"
#include "core/prof.h"
#include "core/resource.h"
#include "core/session.h"
#include "vaccel/op.h"
#include "vaccel/plugin.h"

/*
 * What all families of operations stand on.
 *
 * An operation has two forms. The typed one is its public function, whose signature its plugins
 * have too. The general one is struct vaccel_op_call: a list of read and one of write arguments, as
 * vaccel_genop() takes them and as they travel to another machine. Its struct op_spec says what the
 * arguments are.
 */

enum op_direction {
    OP_IN = 1,
    OP_OUT = 2,
    OP_INOUT = 3,
};

enum op_flags {
    OP_IN_PLACE = 1, /* plain numbers: a plugin may work on them where a stranger's memory lies */
    OP_ANY_TYPE = 2, /* only the size matters */
    /* After the call its size is the output's whole length, be it there or held; see output.h. */
    OP_WHOLE_SIZE = 4,
};

/* One argument of an operation. */
struct op_arg {
    const char *name;
    vaccel_arg_type_t type;
    enum op_direction direction;
    unsigned int flags;
    /*
     * How many elements (bytes, if the type has no elements) it needs at least, as follows from the
     * other arguments. False: they make no sense. NULL: any number.
     */
    bool (*count)(const struct vaccel_op_call *call, size_t *count);
    /* For OP_INOUT: whether what is in it matters to this call. NULL: always. */
    bool (*is_read)(const struct vaccel_op_call *call);
};

struct op_spec {
    vaccel_op_type_t type;
    const struct op_arg *read;
    size_t nr_read;
    const struct op_arg *write;
    size_t nr_write;
    /* The @i-th argument behind the fixed ones; NULL: there may be none. NULL: there are none. */
    const struct op_arg *(*more)(const struct vaccel_op_call *call, bool write, size_t i);
    /* Call the typed form; the arguments are checked against the above. */
    int (*unpack)(struct vaccel_session *sess, struct vaccel_op_call *call);
    /* read[0] is the id of a resource of that type. */
    bool has_resource;
    vaccel_resource_type_t resource_type;
    /*
     * Whether an argument to read with OP_IN_PLACE holds nothing but numbers this time, as the other
     * arguments tell. NULL: always.
     */
    bool (*is_plain)(const struct vaccel_op_call *call, size_t i);
};

/* Every operation once; its family's file describes it. */
extern const struct op_spec op_noop;
extern const struct op_spec op_exec;
extern const struct op_spec op_exec_with_resource;
extern const struct op_spec op_image_classify;
extern const struct op_spec op_image_detect;
extern const struct op_spec op_image_segment;
extern const struct op_spec op_image_pose;
extern const struct op_spec op_image_depth;
extern const struct op_spec op_tf_model_load;
extern const struct op_spec op_tf_model_unload;
extern const struct op_spec op_tf_model_run;
extern const struct op_spec op_tflite_model_load;
extern const struct op_spec op_tflite_model_unload;
extern const struct op_spec op_tflite_model_run;
extern const struct op_spec op_torch_model_load;
extern const struct op_spec op_torch_model_run;
extern const struct op_spec op_torch_sgemm;
extern const struct op_spec op_sgemm;
extern const struct op_spec op_fpga_arraycopy;
extern const struct op_spec op_fpga_mmult;
extern const struct op_spec op_fpga_parallel;
extern const struct op_spec op_fpga_vadd;
extern const struct op_spec op_minmax;
extern const struct op_spec op_opencv;
extern const struct op_spec op_vision_classify;
extern const struct op_spec op_vision_detect;
extern const struct op_spec op_vision_segment;
extern const struct op_spec op_vision_pose;
extern const struct op_spec op_vision_depth;
extern const struct op_spec op_model_load;
extern const struct op_spec op_model_unload;
extern const struct op_spec op_model_info;
extern const struct op_spec op_model_run;

/*
 * All of them by vaccel_op_type_t. Whoever uses this has all families in his program; a typed function
 * has only its own description.
 */
extern const struct op_spec *const op_specs[VACCEL_OP_MAX];

/* The description of the @i-th read or write argument; NULL: the operation has none there. */
const struct op_arg *op_arg_at(const struct op_spec *spec, const struct vaccel_op_call *call,
                               bool write, size_t i);

/*
 * Whether the @i-th argument may be used in memory that a stranger changes meanwhile. Those without
 * OP_IN_PLACE must be in @call, as copies.
 */
bool op_in_place(const struct op_spec *spec, const struct vaccel_op_call *call, bool write,
                 size_t i);

/* For op_spec.more: any number of arguments that only the two ends understand. */
const struct op_arg *op_opaque(const struct vaccel_op_call *call, bool write, size_t i);

/* Whether the arguments are what the operation takes. Returns OK or EINVAL. */
int op_check(const struct op_spec *spec, const struct vaccel_op_call *call);

/* A call under way. */
struct op_call {
    struct vaccel_session *sess;
    struct vaccel_resource *resource;
    const struct dispatch *dispatch;
    any_function func; /* the plugin's, or NULL: op_forward() */
    const struct op_spec *spec;
    uint64_t start;
};

int op_refuse_null(void);
int op_refuse_released(void);
int op_refuse_unsupported(vaccel_op_type_t type);

/* Whether the plugin whose function serves it can do anything yet. Returns OK or EBACKEND. */
int op_check_fault(const struct dispatch *dispatch, vaccel_op_type_t type);

/*
 * Begin a call: mark the thread, find the plugin's function. On success op_end() must follow.
 * Returns EINVAL, ESESS, ENOTSUP, EBACKEND, ENOMEM or ELOOP; written out, so that whoever reads the caller, an
 * analyser too, knows that what is refused is no success.
 */
static inline int op_begin(struct op_call *op, struct vaccel_session *sess,
                           const struct op_spec *spec)
{
    const struct session_core *core;
    int ret;

    if (__builtin_expect(!sess, 0)) {
        op_refuse_null();
        return VACCEL_EINVAL;
    }
    ret = marks_enter(sess, NULL);
    if (__builtin_expect(ret != VACCEL_OK, 0))
        return ret;
    core = core_load(&sess->core);
    if (__builtin_expect(!core_usable(core), 0)) {
        marks_leave();
        op_refuse_released();
        return VACCEL_ESESS;
    }
    op->sess = sess;
    op->resource = NULL;
    op->spec = spec;
    op->dispatch = session_dispatch(core);
    op->func = op->dispatch->func[spec->type];
    if (__builtin_expect(!op->func && !session_forwards(op->dispatch), 0)) {
        marks_leave();
        op_refuse_unsupported(spec->type);
        return VACCEL_ENOTSUP;
    }
    if (__builtin_expect(__atomic_load_n(&faults_known, __ATOMIC_RELAXED), 0) &&
        op_check_fault(op->dispatch, spec->type) != VACCEL_OK) {
        marks_leave();
        return VACCEL_EBACKEND;
    }
    op->start = prof_on ? platform_clock() : 0;
    return VACCEL_OK;
}

/* End it; @ret is what it returned, and is returned. */
static inline int op_end(const struct op_call *op, int ret)
{
    if (__builtin_expect(prof_on, 0))
        prof_add_operation(op->spec->type, op->start);
    marks_leave();
    return ret;
}

/*
 * The same for an operation that uses a resource. Returns also EINVAL (NULL, not of the type that the
 * operation takes), ESESS (released) and EPERM (not registered).
 */
int op_begin_with_resource(struct op_call *op, struct vaccel_session *sess,
                           struct vaccel_resource *res, const struct op_spec *spec);

/* Send the general form to the session's transport. */
int op_forward(const struct op_call *op, struct vaccel_arg *read, size_t nr_read,
               struct vaccel_arg *write, size_t nr_write);

/* For an operation that has its resource as its only argument: the above, and unpack. */
int op_forward_model(const struct op_call *op);
int op_unpack_model(struct vaccel_session *sess, struct vaccel_op_call *call,
                    int (*typed)(struct vaccel_session *sess, struct vaccel_resource *model));

/* For unpack: the resource whose id is @arg, kept alive until marks_leave(). OK or ENOENT. */
int op_resource(const struct vaccel_arg *arg, struct vaccel_resource **res);

/* Arguments made of variables and arrays. */
static inline struct vaccel_arg op_value(vaccel_arg_type_t type, const void *value, size_t size)
{
    return (struct vaccel_arg){.buf = (void *)value, .size = size, .type = type};
}

struct vaccel_arg op_int64(const int64_t *value);
struct vaccel_arg op_int32(const int32_t *value);
struct vaccel_arg op_float(const float *value);
struct vaccel_arg op_text(const char *text);
struct vaccel_arg op_bytes(const void *data, size_t size);

/* Values of arguments whose type and size are checked. */
int64_t op_get_int64(const struct vaccel_arg *arg);
int32_t op_get_int32(const struct vaccel_arg *arg);
float op_get_float(const struct vaccel_arg *arg);

#endif
