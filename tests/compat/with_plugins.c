/* SPDX-License-Identifier: Apache-2.0 */
/* An application that has plugins written for vAccel 0.8 loaded: module, plugin, transport. */
#include "calls.h"
#include "expect.h"
#include "vaccel.h"

static int nr_failed;

void expect(bool holds, const char *file, int line, const char *text)
{
    if (holds)
        return;
    nr_failed++;
    printf("%s:%d: does not hold: %s\n", file, line, text);
}

static struct calls calls_of(struct vaccel_session *sess)
{
    struct calls calls = {0};
    struct vaccel_arg write = {.buf = &calls,
                               .size = sizeof(calls),
                               .type = VACCEL_ARG_CUSTOM,
                               .custom_type_id = CALLS_ID};

    EXPECT(vaccel_exec(sess, "-", "calls", NULL, 0, &write, 1) == VACCEL_OK);
    return calls;
}

static const char *plugin_for(uint32_t hint)
{
    struct vaccel_session sess;
    const char *name;

    EXPECT(vaccel_session_init(&sess, hint) == VACCEL_OK && sess.hint == hint);
    name = sess.plugin->info->name;
    EXPECT(vaccel_session_release(&sess) == VACCEL_OK);
    return name;
}

static void chosen_by_hint(void)
{
    EXPECT(strcmp(plugin_for(0), "module") == 0);
    EXPECT(strcmp(plugin_for(VACCEL_PLUGIN_SOFTWARE), "compat") == 0);
    EXPECT(strcmp(plugin_for(VACCEL_PLUGIN_GPU), "module") == 0);
    EXPECT(strcmp(plugin_for(VACCEL_PLUGIN_GENERIC), "module") == 0);
    EXPECT(strcmp(plugin_for(VACCEL_PLUGIN_REMOTE), "transport") == 0);
    EXPECT(strcmp(plugin_for(VACCEL_PLUGIN_REMOTE | VACCEL_PLUGIN_CPU), "transport") == 0);
}

static void local(void)
{
    struct vaccel_session sess;
    struct vaccel_resource res;
    uint8_t bytes[5] = {0};
    float c = 0;
    struct calls before, after;

    EXPECT(vaccel_session_init(&sess, VACCEL_PLUGIN_CPU) == VACCEL_OK && !sess.is_virtio);
    EXPECT(vaccel_resource_init_from_buf(&res, bytes, sizeof(bytes), VACCEL_RESOURCE_DATA, "five",
                                         true) == VACCEL_OK);
    before = calls_of(&sess);
    EXPECT(before.flags == VACCEL_PLUGIN_CPU);
    EXPECT(vaccel_sgemm(&sess, 1, 1, 1, 1, &c, 1, &c, 1, 0, &c, 1) == VACCEL_EBACKEND);
    EXPECT(vaccel_resource_register(&res, &sess) == VACCEL_OK && res.plugin_priv);
    EXPECT(vaccel_sgemm(&sess, 1, 1, 1, 1, &c, 1, &c, 1, 0, &c, 1) == VACCEL_OK && c == 5);
    EXPECT(vaccel_resource_sync(&res, &sess) == VACCEL_OK);
    EXPECT(vaccel_resource_unregister(&res, &sess) == VACCEL_OK && !res.plugin_priv);
    after = calls_of(&sess);
    EXPECT(after.resource_register == 1 && after.resource_unregister == 1);
    EXPECT(after.resource_sync == 1 && after.last_state == 5);
    EXPECT(vaccel_resource_release(&res) == VACCEL_OK);
    EXPECT(vaccel_session_release(&sess) == VACCEL_OK);
    EXPECT(vaccel_session_init(&sess, VACCEL_PLUGIN_CPU) == VACCEL_OK);
    after = calls_of(&sess);
    EXPECT(after.session_release == before.session_release + 1);
    EXPECT(after.session_init == before.session_init + 1);
    EXPECT(vaccel_session_release(&sess) == VACCEL_OK);
}

static void by_old_names(void)
{
    struct vaccel_session sess;
    unsigned char name[32];
    float a[] = {3, 4}, b[] = {1, 1}, c[2];

    EXPECT(vaccel_session_init(&sess, VACCEL_PLUGIN_FPGA) == VACCEL_OK);
    EXPECT(vaccel_image_detection(&sess, "img", name, 3, sizeof(name)) == VACCEL_OK);
    EXPECT(strcmp((char *)name, "module.png") == 0);
    EXPECT(vaccel_fpga_vadd(&sess, a, b, c, 2, 2) == VACCEL_OK && c[1] == 3);
    EXPECT(vaccel_image_pose(&sess, "img", name, 3, sizeof(name)) == VACCEL_ENOTSUP);
    EXPECT(vaccel_session_release(&sess) == VACCEL_OK);
}

static void remote_resources(struct vaccel_session *sess)
{
    struct vaccel_resource file, url, memory;

    EXPECT(vaccel_resource_init(&file, "/proc/self/exe", VACCEL_RESOURCE_MODEL) == VACCEL_OK);
    EXPECT(vaccel_resource_init(&url, "http://host/m.pt", VACCEL_RESOURCE_MODEL) == VACCEL_OK);
    EXPECT(vaccel_resource_init_from_buf(&memory, "data", 4, VACCEL_RESOURCE_DATA, NULL, true) ==
           VACCEL_OK);
    EXPECT(vaccel_resource_register(&file, sess) == VACCEL_OK && file.remote_id == 78);
    EXPECT(file.blobs[0]->type == VACCEL_BLOB_MAPPED && file.blobs[0]->size > 0);
    EXPECT(vaccel_resource_register(&url, sess) == VACCEL_OK && !url.blobs);
    EXPECT(vaccel_resource_register(&memory, sess) == VACCEL_OK);
    EXPECT(vaccel_resource_sync(&memory, sess) == VACCEL_OK);
    EXPECT(vaccel_torch_model_load(sess, &file) == VACCEL_OK);
    EXPECT(vaccel_torch_model_load(sess, &url) == VACCEL_OK);
    EXPECT(vaccel_torch_model_load(sess, &memory) == VACCEL_EINVAL);
    EXPECT(vaccel_resource_unregister(&memory, sess) == VACCEL_OK);
    EXPECT(vaccel_resource_release(&memory) == VACCEL_OK);
    EXPECT(vaccel_resource_release(&url) == VACCEL_OK);
    EXPECT(vaccel_resource_release(&file) == VACCEL_OK);
}

static void remote(void)
{
    struct vaccel_session sess;
    struct calls calls;

    EXPECT(vaccel_session_init(&sess, VACCEL_PLUGIN_REMOTE | VACCEL_PLUGIN_GPU) == VACCEL_OK);
    EXPECT(sess.is_virtio && sess.remote_id == 77 && sess.priv);
    EXPECT(calls_of(&sess).flags == VACCEL_PLUGIN_GPU);
    EXPECT(vaccel_noop(&sess) == VACCEL_OK);
    EXPECT(vaccel_session_update(&sess, VACCEL_PLUGIN_REMOTE | VACCEL_PLUGIN_CPU) == VACCEL_OK);
    remote_resources(&sess);
    calls = calls_of(&sess);
    EXPECT(calls.session_update == 1 && calls.flags == VACCEL_PLUGIN_CPU);
    EXPECT(calls.resource_register == 3 && calls.resource_unregister == 3);
    EXPECT(calls.resource_sync == 1);
    EXPECT(vaccel_image_pose(&sess, "img", NULL, 3, 0) == VACCEL_ENOTSUP);
    EXPECT(vaccel_session_release(&sess) == VACCEL_OK);
}

static void loading(void)
{
    EXPECT(vaccel_plugin_load("no such plugin") == VACCEL_ENOENT);
    EXPECT(vaccel_plugin_load("libm.so.6") == VACCEL_ELIBBAD);
    EXPECT(vaccel_plugin_parse_and_load(vaccel_config()->plugins) == VACCEL_EEXIST);
    EXPECT(vaccel_plugin_parse_and_load("libvaccel-noop.so:libvaccel-noop.so") == VACCEL_EEXIST);
}

int main(void)
{
    chosen_by_hint();
    local();
    by_old_names();
    remote();
    loading();
    printf("%d expectations do not hold\n", nr_failed);
    return nr_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
