/* SPDX-License-Identifier: Apache-2.0 */
#include "delegate.h"
#include "model.h"
#include "settings.h"
#include "vaccel.h"

static struct delegate_library *delegates;
static struct interpreter_options options;

static int load(struct vaccel_resource *resource, const char *format, void **state)
{
    struct model *model;
    const int ret = model_load(&model, resource, &options);

    (void)format;
    if (ret == VACCEL_OK)
        *state = model;
    return ret;
}

static void unload(void *state)
{
    model_unload(state);
}

static int info(void *state, const char *signature, struct vaccel_model_info *info)
{
    return model_info(state, signature, info);
}

static int run(void *state, struct vaccel_session *sess, const struct vaccel_inference *inference)
{
    return model_run(state, sess, inference);
}

static const char *const formats[] = {"tflite", NULL};

static const struct vaccel_model_engine engine = {
    .owner = &vaccel_this_plugin,
    .formats = formats,
    .load = load,
    .unload = unload,
    .info = info,
    .run = run,
};

static int fini(void)
{
    delegate_library_close(delegates);
    delegates = NULL;
    return VACCEL_OK;
}

static int init(void)
{
    struct settings settings;
    int ret = settings_read(&settings);

    if (ret == VACCEL_OK && settings.delegate)
        ret = delegate_library_open(&delegates, settings.delegate, settings.delegate_options);
    if (ret != VACCEL_OK)
        return ret;
    options.threads = settings.threads;
    options.delegates = delegates;
    ret = vaccel_plugin_register_model_engine(&engine);
    if (ret != VACCEL_OK)
        fini();
    return ret;
}

VACCEL_PLUGIN(.name = "tflite", .version = VACCEL_VERSION, .vaccel_version = VACCEL_VERSION,
              .type = VACCEL_PLUGIN_CPU | VACCEL_PLUGIN_SOFTWARE | VACCEL_PLUGIN_TENSORFLOW,
              .init = init, .fini = fini)
