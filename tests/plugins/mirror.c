/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Operations by which a transport is seen through: what went in comes out backwards, what the
 * plugin sees is told, what it does is what the caller says. tests/conformance/ calls them.
 */
#include "mirror.h"

#include <stdio.h>
#include <string.h>

static int copy_backwards(const struct vaccel_arg *from, const struct vaccel_arg *to)
{
    const unsigned char *in = from->buf;
    unsigned char *out = to->buf;

    if (from->size != to->size) {
        vaccel_error("mirror: %zu bytes do not fit into %zu", from->size, to->size);
        return VACCEL_EINVAL;
    }
    for (size_t i = 0; i < to->size; i++)
        out[i] = in[to->size - 1 - i];
    return VACCEL_OK;
}

/* Each output is the input of its place, backwards. */
static int copy(struct vaccel_session *sess, struct vaccel_arg *read, size_t nr_read,
                struct vaccel_arg *write, size_t nr_write)
{
    int ret = nr_read == nr_write ? VACCEL_OK : VACCEL_EINVAL;

    (void)sess;
    for (size_t i = 0; i < nr_write && ret == VACCEL_OK; i++)
        ret = copy_backwards(&read[i], &write[i]);
    return ret;
}

/* An operation within an operation. */
static int nested(struct vaccel_session *sess, struct vaccel_arg *read, size_t nr_read,
                  struct vaccel_arg *write, size_t nr_write)
{
    return vaccel_call(sess, "mirror.copy", read, nr_read, write, nr_write);
}

/* The input becomes the output, and what was in the output the input. */
static int swap(struct vaccel_session *sess, struct vaccel_arg *read, size_t nr_read,
                struct vaccel_arg *write, size_t nr_write)
{
    unsigned char *in, *out;

    (void)sess;
    if (nr_read != 1 || nr_write != 1 || read[0].size != write[0].size)
        return VACCEL_EINVAL;
    in = read[0].buf;
    out = write[0].buf;
    for (size_t i = 0; i < write[0].size; i++) {
        unsigned char kept = out[i];

        out[i] = in[i];
        in[i] = kept;
    }
    return VACCEL_OK;
}

/* Takes anything and writes nothing. */
static int nothing(struct vaccel_session *sess, struct vaccel_arg *read, size_t nr_read,
                   struct vaccel_arg *write, size_t nr_write)
{
    (void)sess, (void)read, (void)nr_read, (void)write, (void)nr_write;
    return VACCEL_OK;
}

/* The output is as long as the input says: it may be less than there is room for, or more. */
static int length(struct vaccel_session *sess, struct vaccel_arg *read, size_t nr_read,
                  struct vaccel_arg *write, size_t nr_write)
{
    uint64_t size;

    (void)sess;
    if (nr_read != 1 || nr_write != 1 || read[0].size != sizeof(size))
        return VACCEL_EINVAL;
    memcpy(&size, read[0].buf, sizeof(size));
    memset(write[0].buf, 'm', size < write[0].size ? size : write[0].size);
    write[0].size = size;
    return VACCEL_OK;
}

/* Fail with this code and this sentence; the output is filled all the same. */
static int fail(struct vaccel_session *sess, struct vaccel_arg *read, size_t nr_read,
                struct vaccel_arg *write, size_t nr_write)
{
    int32_t code;

    (void)sess;
    if (nr_read != 2 || nr_write != 1 || read[0].size != sizeof(code))
        return VACCEL_EINVAL;
    memcpy(&code, read[0].buf, sizeof(code));
    vaccel_error("mirror fails: %s", (const char *)read[1].buf);
    memset(write[0].buf, 'f', write[0].size);
    return code;
}

/* The plugin can do nothing more, for the reason in the input. */
static int fault(struct vaccel_session *sess, struct vaccel_arg *read, size_t nr_read,
                 struct vaccel_arg *write, size_t nr_write)
{
    char why[64];

    (void)sess, (void)write, (void)nr_write;
    if (nr_read != 1)
        return VACCEL_EINVAL;
    snprintf(why, sizeof(why), "%.*s", (int)read[0].size, (const char *)read[0].buf);
    vaccel_plugin_fault(&vaccel_this_plugin, why);
    vaccel_error("mirror fails: %s", why);
    return VACCEL_EBACKEND;
}

/* Plugin digest has one of this name, too. */
static int which_plugin(struct vaccel_session *sess, struct vaccel_arg *read, size_t nr_read,
                        struct vaccel_arg *write, size_t nr_write)
{
    (void)read, (void)nr_read;
    if (nr_write != 1)
        return VACCEL_EINVAL;
    snprintf(write[0].buf, write[0].size, "mirror, 0x%x", sess->hint);
    return VACCEL_OK;
}

/* A session may not be released from within. */
static int release(struct vaccel_session *sess, struct vaccel_arg *read, size_t nr_read,
                   struct vaccel_arg *write, size_t nr_write)
{
    (void)read, (void)nr_read, (void)write, (void)nr_write;
    return vaccel_session_release(sess);
}

/* Nor a resource that the operation uses. */
static int exec_with_resource(struct vaccel_session *sess, struct vaccel_resource *res,
                              const char *fn_symbol, struct vaccel_arg *read, size_t nr_read,
                              struct vaccel_arg *write, size_t nr_write)
{
    (void)read, (void)nr_read, (void)write, (void)nr_write;
    if (!strcmp(fn_symbol, "release"))
        return vaccel_resource_release(res);
    if (!strcmp(fn_symbol, "unregister"))
        return vaccel_resource_unregister(res, sess);
    return VACCEL_ENOSYS;
}

/* The picture is the image backwards; there is one class, which is all zeros. */
static int vision_classify(struct vaccel_session *sess, const void *img, size_t len_img,
                           struct vaccel_output *classes, struct vaccel_output *picture)
{
    static const struct vaccel_vision_class none;
    struct vaccel_arg from = {.buf = (void *)img, .size = len_img};
    struct vaccel_arg to;
    int ret = vaccel_arg_init(&to, NULL, len_img, VACCEL_ARG_RAW, 0);
    int put = vaccel_output_put(sess, classes, &none, sizeof(none));

    if (ret != VACCEL_OK)
        return ret;
    copy_backwards(&from, &to);
    ret = vaccel_output_put(sess, picture, to.buf, len_img);
    vaccel_arg_release(&to);
    return ret ? ret : put;
}

static struct vaccel_op ops[] = {
    VACCEL_OP_INIT(exec_with_resource, VACCEL_OP_EXEC_WITH_RESOURCE, exec_with_resource),
    VACCEL_OP_INIT(vision_classify, VACCEL_OP_VISION_CLASSIFY, vision_classify),
};

static const struct vaccel_named_op named_ops[] = {
    VACCEL_NAMED_OP_INIT("mirror.copy", copy),
    VACCEL_NAMED_OP_INIT("mirror.fail", fail),
    VACCEL_NAMED_OP_INIT("mirror.fault", fault),
    VACCEL_NAMED_OP_INIT("mirror.length", length),
    VACCEL_NAMED_OP_INIT("mirror.nested", nested),
    VACCEL_NAMED_OP_INIT("mirror.nothing", nothing),
    VACCEL_NAMED_OP_INIT("mirror.release", release),
    VACCEL_NAMED_OP_INIT("mirror.swap", swap),
    VACCEL_NAMED_OP_INIT("mirror.change", mirror_change),
    VACCEL_NAMED_OP_INIT("mirror.count", mirror_count),
    VACCEL_NAMED_OP_INIT("mirror.list", mirror_list),
    VACCEL_NAMED_OP_INIT("mirror.loads", mirror_loads),
    VACCEL_NAMED_OP_INIT("mirror.open", mirror_open),
    VACCEL_NAMED_OP_INIT("mirror.see", mirror_see),
    VACCEL_NAMED_OP_INIT("mirror.wait", mirror_wait),
    VACCEL_NAMED_OP_INIT("which-plugin", which_plugin),
};

static int init(void)
{
    int ret = vaccel_plugin_register_ops(ops, sizeof(ops) / sizeof(ops[0]));

    if (ret == VACCEL_OK)
        ret = mirror_register_engine(&vaccel_this_plugin);
    return ret ? ret
               : vaccel_plugin_register_named_ops(named_ops,
                                                  sizeof(named_ops) / sizeof(named_ops[0]));
}

static int fini(void)
{
    return VACCEL_OK;
}

VACCEL_PLUGIN(.name = "mirror", .version = "1.0", .vaccel_version = VACCEL_VERSION,
              .type = VACCEL_PLUGIN_SOFTWARE, .init = init, .fini = fini,
              .session_init = mirror_session_init, .session_release = mirror_session_release,
              .resource_register = mirror_resource_register,
              .resource_unregister = mirror_resource_unregister)
