/* SPDX-License-Identifier: Apache-2.0 */
#include "test_support.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Models that would reach beyond themselves, and damaged ones. */

static void refuse(struct vaccel_session *sess, const char *path)
{
    struct vaccel_resource *model = model_register(sess, path);
    int ret;
    const char *log;

    capture_begin();
    ret = vaccel_model_load(sess, model, "tf");
    log = capture_end();
    if (ret != VACCEL_EBACKEND || !strstr(log, "refused"))
        fail_msg("loading %s gives %d, and says: %s", path, ret, log);
    model_end(sess, model);
}

static void models_that_reach_beyond_themselves_are_refused(void **state)
{
    DIR *models = opendir(MADE "/refused");
    struct dirent *entry;
    char path[512];
    int count = 0;

    assert_non_null(models);
    while ((entry = readdir(models))) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), MADE "/refused/%s", entry->d_name);
        refuse(*state, path);
        count++;
    }
    closedir(models);
    assert_true(count > 15);
    assert_int_not_equal(access(MADE "/touched", F_OK), 0);
}

/* A SavedModel can save itself, anywhere, and load itself from anywhere; no run may reach that. */
static void runs_do_not_save_or_restore(void **state)
{
    static const char *const outs[] = {"StatefulPartitionedCall_4:0",
                                       "StatefulPartitionedCall_5:0"};
    static const char place[] = MADE "/touched";
    struct vaccel_resource *model = model_begin(*state, MADE "/calls");
    char flat[sizeof(uint64_t) + sizeof(place)];
    struct vaccel_tensor in;
    struct vaccel_tensor out;
    size_t i;

    *(uint64_t *)flat = sizeof(place) - 1;
    memcpy(flat + sizeof(uint64_t), place, sizeof(place));
    in = tensor_of("saver_filename:0", VACCEL_DATA_STRING, SCALAR, flat, sizeof(flat) - 1);
    for (i = 0; i < 2; i++) {
        out = room_for(outs[i], NULL, 0);
        capture_begin();
        assert_int_equal(vaccel_model_run(*state, model, NULL, &in, 1, &out, 1), VACCEL_EINVAL);
        assert_logged(capture_end(), WORDS("would load or save files"));
    }
    assert_int_not_equal(access(MADE "/touched.index", F_OK), 0);
    model_end(*state, model);
}

static int run_with_options(struct vaccel_session *sess, struct vaccel_resource *model,
                            void *options, size_t size)
{
    char in_name[] = "x";
    char out_name[] = "relu";
    struct vaccel_tf_buffer buffer = {options, size};
    struct vaccel_tf_node in_node = {in_name, 0};
    struct vaccel_tf_node out_node = {out_name, 0};
    struct vaccel_tf_tensor *in;
    struct vaccel_tf_tensor *out = NULL;
    int64_t dims[] = {2, 8};
    float x[16] = {0};
    int ret;

    assert_int_equal(vaccel_tf_tensor_new(&in, 2, dims, VACCEL_TF_FLOAT), VACCEL_OK);
    assert_int_equal(vaccel_tf_tensor_set_data(in, x, sizeof(x)), VACCEL_OK);
    capture_begin();
    ret = vaccel_tf_model_run(sess, model, &buffer, &in_node, &in, 1, &out_node, &out, 1, NULL);
    capture_end();
    if (out)
        vaccel_tf_tensor_delete(out);
    vaccel_tf_tensor_delete(in);
    return ret;
}

static void run_options_ask_for_nothing_that_harms(void **state)
{
    struct vaccel_resource *model = model_begin(*state, MADE "/in_place.pb");
    unsigned char limit[] = {2 << 3, 0x90, 0x4e}; /* timeout_in_ms: 10000 */
    unsigned char debugging[] = {6 << 3 | 2, 0};  /* debug_options */
    unsigned char pool[] = {3 << 3, 0};           /* inter_op_thread_pool */
    unsigned char cut[] = {2 << 3 | 2, 100};
    unsigned char other[] = {0xf8, 0x07, 1}; /* field 127 */

    assert_int_equal(run_with_options(*state, model, limit, sizeof(limit)), VACCEL_OK);
    assert_int_equal(run_with_options(*state, model, debugging, sizeof(debugging)), VACCEL_EINVAL);
    assert_int_equal(run_with_options(*state, model, pool, sizeof(pool)), VACCEL_EINVAL);
    assert_int_equal(run_with_options(*state, model, cut, sizeof(cut)), VACCEL_EINVAL);
    assert_int_equal(run_with_options(*state, model, other, sizeof(other)), VACCEL_EINVAL);
    model_end(*state, model);
}

static void strings_must_be_what_their_lengths_say(void **state)
{
    struct vaccel_resource *model = model_begin(*state, MADE "/types.pb");
    uint64_t flat[4] = {0};
    struct vaccel_tensor in;
    struct vaccel_tensor out;
    uint64_t wrong[] = {9, 17, UINT64_MAX, UINT64_MAX - 7};
    size_t i;

    for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        flat[0] = wrong[i];
        in = tensor_of("in_string", VACCEL_DATA_STRING, DIMS(2), flat, sizeof(flat));
        out = room_for("string", NULL, 0);
        capture_begin();
        assert_int_equal(vaccel_model_run(*state, model, NULL, &in, 1, &out, 1), VACCEL_EINVAL);
        capture_end();
    }
    model_end(*state, model);
}

/* TensorFlow itself ends the process for them. */
static void elements_that_cannot_be_counted_are_refused(void **state)
{
    struct vaccel_resource *model = model_begin(*state, MADE "/loop.pb");
    int32_t rounds = 1;
    float start = 1;
    float result;
    struct vaccel_tensor in[] = {
        tensor_of("start", VACCEL_DATA_FLOAT32, DIMS(INT64_MAX, 2, 0), NULL, 0),
        tensor_of("rounds", VACCEL_DATA_INT32, SCALAR, &rounds, sizeof(rounds))};
    struct vaccel_tensor out = room_for("while/Identity_3", &result, sizeof(result));

    capture_begin();
    assert_int_equal(vaccel_model_run(*state, model, NULL, in, 2, &out, 1), VACCEL_EINVAL);
    assert_logged(capture_end(), WORDS("9223372036854775807 x 2 x 0"));
    in[0] = tensor_of("start", VACCEL_DATA_FLOAT32, SCALAR, &start, sizeof(start));
    out = room_for("while/Identity_3", &result, sizeof(result));
    assert_int_equal(vaccel_model_run(*state, model, NULL, in, 2, &out, 1), VACCEL_OK);
    assert_true(result == 2);
    model_end(*state, model);
}

/* In a process of its own: settings are read when the plugin is loaded. */
static int load_with(const char *name, const char *value, const char *path)
{
    const pid_t child = fork();
    struct vaccel_session sess;
    struct vaccel_resource *model;
    int status;
    int ret;

    assert_true(child >= 0);
    if (child) {
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        return WEXITSTATUS(status);
    }
    dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
    setenv(name, value, 1);
    ret = bootstrap("tf");
    if (!ret)
        ret = vaccel_session_init(&sess, 0);
    if (!ret)
        ret = vaccel_resource_new(&model, path, VACCEL_RESOURCE_MODEL);
    if (!ret)
        ret = vaccel_resource_register(model, &sess);
    _exit(ret ? ret : vaccel_model_load(&sess, model, NULL));
}

static void the_operator_can_allow_operations(void **state)
{
    static const char name[] = "VACCEL_TF_ALLOW_OPS";

    (void)state;
    assert_int_equal(load_with(name, "", MADE "/refused/read.pb"), VACCEL_EBACKEND);
    assert_int_equal(load_with(name, "ReadFile", MADE "/refused/read.pb"), VACCEL_OK);
    assert_int_equal(load_with(name, "WriteFile, ReadFile", MADE "/refused/write.pb"), VACCEL_OK);
    assert_int_equal(load_with(name, "ReadFile", MADE "/refused/write.pb"), VACCEL_EBACKEND);
    assert_int_equal(load_with(name, "NoSuchOperation", MADE "/loop.pb"), VACCEL_EINVAL);
}

static void threads_are_set_by_the_operator(void **state)
{
    static const char name[] = "VACCEL_TF_THREADS";
    static const char *const wrong[] = {"0",   "-1", "two", "2,", "2,2,2", "99999999999999999999",
                                        "1025"};
    size_t i;

    (void)state;
    assert_int_equal(load_with(name, "1", MADE "/loop.pb"), VACCEL_OK);
    assert_int_equal(load_with(name, "", MADE "/loop.pb"), VACCEL_OK);
    assert_int_equal(load_with(name, "300,2", MADE "/loop.pb"), VACCEL_OK);
    for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        assert_int_equal(load_with(name, wrong[i], MADE "/loop.pb"), VACCEL_EINVAL);
}

static void long_names_are_shown_from_their_beginning(void **state)
{
    struct vaccel_resource *model = model_register(*state, MADE "/refused/long_name.pb");

    capture_begin();
    assert_int_equal(vaccel_model_load(*state, model, NULL), VACCEL_EBACKEND);
    assert_logged(capture_end(), WORDS("longlonglong", "ReadFile"));
    model_end(*state, model);
}

static const char *write_damaged(const unsigned char *bytes, size_t size)
{
    static char path[64];
    FILE *file;

    snprintf(path, sizeof(path), "/tmp/vaccel-tf-damaged-XXXXXX.pb");
    file = fdopen(mkstemps(path, 3), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
    return path;
}

/* It may load or not; no more is asked than that all goes on. */
static void load_damaged(struct vaccel_session *sess, const unsigned char *bytes, size_t size)
{
    const char *path = write_damaged(bytes, size);
    struct vaccel_resource *model = model_register(sess, path);

    if (vaccel_model_load(sess, model, "tf") == VACCEL_OK)
        assert_int_equal(vaccel_model_unload(sess, model), VACCEL_OK);
    model_end(sess, model);
    unlink(path);
}

static void damaged_graphs_are_errors(void **state)
{
    struct file graph = file_read(MADE "/loop.pb");
    size_t i;

    capture_begin();
    for (i = 1; i < graph.size; i += graph.size / 100 + 1)
        load_damaged(*state, graph.bytes, i);
    for (i = 0; i < graph.size; i += graph.size / 200 + 1) {
        graph.bytes[i] ^= 1 << i % 8;
        load_damaged(*state, graph.bytes, graph.size);
        graph.bytes[i] ^= 1 << i % 8;
    }
    capture_end();
    free(graph.bytes);
}

static void nodes_must_have_what_they_need(void **state)
{
    struct vaccel_resource *model = model_register(*state, MADE "/cut/constant");

    capture_begin();
    assert_int_equal(vaccel_model_load(*state, model, NULL), VACCEL_EBACKEND);
    assert_logged(capture_end(), WORDS("as a Const it needs other attributes"));
    model_end(*state, model);
}

/* Each in a process of its own would take too long; the description is cut, not turned. */
static void cut_saved_models_are_errors(void **state)
{
    static char folder[] = "/tmp/vaccel-tf-cut-XXXXXX";
    struct vaccel_resource *model;
    char path[64];
    struct file whole = file_read(MADE "/calls/saved_model.pb");
    size_t i;
    FILE *file;

    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/saved_model.pb", folder);
    for (i = 1; i < whole.size; i += whole.size / 60 + 1) {
        file = fopen(path, "wb");
        assert_int_equal(fwrite(whole.bytes, 1, i, file), i);
        fclose(file);
        model = model_register(*state, folder);
        capture_begin();
        assert_int_equal(vaccel_model_load(*state, model, NULL), VACCEL_EBACKEND);
        capture_end();
        model_end(*state, model);
    }
    unlink(path);
    rmdir(folder);
    free(whole.bytes);
}

int main(void)
{
    const struct CMUnitTest alone[] = {
        cmocka_unit_test(the_operator_can_allow_operations),
        cmocka_unit_test(threads_are_set_by_the_operator),
    };
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(models_that_reach_beyond_themselves_are_refused),
        cmocka_unit_test(runs_do_not_save_or_restore),
        cmocka_unit_test(run_options_ask_for_nothing_that_harms),
        cmocka_unit_test(strings_must_be_what_their_lengths_say),
        cmocka_unit_test(elements_that_cannot_be_counted_are_refused),
        cmocka_unit_test(nodes_must_have_what_they_need),
        cmocka_unit_test(long_names_are_shown_from_their_beginning),
        cmocka_unit_test(damaged_graphs_are_errors),
        cmocka_unit_test(cut_saved_models_are_errors),
    };
    int failed;

    skip_without_models();
    /* First, as its processes need one without threads to begin in. */
    failed = cmocka_run_group_tests(alone, NULL, NULL);
    return cmocka_run_group_tests(tests, tf_begin, tf_end) || failed;
}
