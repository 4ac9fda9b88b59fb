/* SPDX-License-Identifier: Apache-2.0 */
/* An engine whose outputs are the inputs backwards; strings are as they were. */
#include "mirror.h"

#include <stdlib.h>
#include <string.h>

static int64_t nr_loads, nr_loaded;

static int load(struct vaccel_resource *model, const char *format, void **state)
{
    (void)model, (void)format;
    *state = NULL;
    __atomic_add_fetch(&nr_loads, 1, __ATOMIC_SEQ_CST);
    __atomic_add_fetch(&nr_loaded, 1, __ATOMIC_SEQ_CST);
    return VACCEL_OK;
}

static void unload(void *state)
{
    (void)state;
    __atomic_sub_fetch(&nr_loaded, 1, __ATOMIC_SEQ_CST);
}

static int info(void *state, const char *signature, struct vaccel_model_info *told)
{
    (void)state, (void)signature, (void)told;
    return VACCEL_OK;
}

static void copy_elements(const unsigned char *from, unsigned char *to, size_t size, size_t element)
{
    if (!element)
        element = size ? size : 1;
    for (size_t i = 0; i + element <= size; i += element)
        memcpy(to + size - element - i, from + i, element);
}

static int mirror_one(struct vaccel_session *sess, const struct vaccel_tensor *in,
                      struct vaccel_tensor *out)
{
    bool fits = out->data && out->size >= in->size;
    void *made = fits ? NULL : malloc(in->size + 1);
    void *to = fits ? out->data : made;
    int ret = VACCEL_ENOMEM;

    if (to) {
        copy_elements(in->data, to, in->size, vaccel_data_type_size(in->data_type));
        ret = vaccel_tensor_put(sess, out, in->data_type, in->nr_dims, in->dims, to, in->size);
    }
    free(made);
    return ret;
}

static int run(void *state, struct vaccel_session *sess, const struct vaccel_inference *inference)
{
    int first = VACCEL_OK;

    (void)state;
    if (inference->nr_outputs > inference->nr_inputs) {
        vaccel_error("[mirror] %zu outputs of %zu inputs", inference->nr_outputs,
                     inference->nr_inputs);
        return VACCEL_EINVAL;
    }
    for (size_t i = 0; i < inference->nr_outputs; i++) {
        int ret = mirror_one(sess, &inference->inputs[i], &inference->outputs[i]);

        first = first ? first : ret;
    }
    return first;
}

int mirror_loads(struct vaccel_session *sess, struct vaccel_arg *read, size_t nr_read,
                 struct vaccel_arg *write, size_t nr_write)
{
    int64_t loads = __atomic_load_n(&nr_loads, __ATOMIC_SEQ_CST);
    int64_t loaded = __atomic_load_n(&nr_loaded, __ATOMIC_SEQ_CST);

    (void)sess, (void)read, (void)nr_read;
    if (nr_write != 2 || write[0].size != sizeof(int64_t) || write[1].size != sizeof(int64_t))
        return VACCEL_EINVAL;
    memcpy(write[0].buf, &loads, sizeof(loads));
    memcpy(write[1].buf, &loaded, sizeof(loaded));
    return VACCEL_OK;
}

int mirror_register_engine(struct vaccel_plugin *owner)
{
    static const char *const formats[] = {"*", NULL};
    static struct vaccel_model_engine engine = {
        .formats = formats, .load = load, .unload = unload, .info = info, .run = run};

    engine.owner = owner;
    return vaccel_plugin_register_model_engine(&engine);
}
