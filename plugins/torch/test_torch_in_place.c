/* SPDX-License-Identifier: Apache-2.0 */
#include "test_support.h"

/* Which methods work on the caller's memory, as the log tells. */

static int begin_to_debug(void **state)
{
    struct vaccel_config config;
    struct vaccel_session *sess;

    assert_int_equal(vaccel_config_init(&config, "torch", VACCEL_LOG_DEBUG, NULL, false, false),
                     VACCEL_OK);
    assert_int_equal(vaccel_bootstrap_with_config(&config), VACCEL_OK);
    vaccel_config_release(&config);
    assert_int_equal(vaccel_session_new(&sess, 0), VACCEL_OK);
    *state = sess;
    return 0;
}

static void assert_load_logs(struct vaccel_session *sess, const char *path,
                             const char *const *words)
{
    struct vaccel_resource *model;

    capture_begin();
    model = model_begin(sess, path);
    assert_logged(capture_end(), words);
    model_end(sess, model);
}

static void networks_work_in_place(void **state)
{
    assert_load_logs(*state, MODELS "/digits/digits.pt",
                     WORDS("forward: input \"values\" can be used in place"));
    assert_load_logs(*state, MODELS "/lstm/lstm.pt",
                     WORDS("input \"sequence\" can be used in place",
                           "input \"h0\" can be used in place",
                           "input \"c0\" can be used in place"));
    assert_load_logs(*state, in_folder("encoder.pt"), WORDS("input \"src\" can be used in place"));
    assert_load_logs(*state, in_folder("several.pt"),
                     WORDS("forward: input \"y\" can be used in place",
                           "swap: input \"x\" can be used in place"));
}

/* Torch has many, and any of them may count on its input to stay as it is. */
static void operators_on_no_list_work_on_copies(void **state)
{
    static const struct {
        const char *model, *name;
    } cases[] = {
        {"median.pt", "aten::median"}, {"highest.pt", "aten::topk"}, {"places.pt", "aten::nonzero"},
        {"counter.pt", "aten::where"}, {"inner.pt", "aten::sort"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_load_logs(*state, in_folder(cases[i].model),
                         WORDS("forward: input \"x\" is copied: ", cases[i].name));
}

static void what_is_written_or_kept_is_copied(void **state)
{
    assert_load_logs(*state, in_folder("writer.pt"), WORDS("input \"x\" is copied: "));
    assert_load_logs(*state, in_folder("keeper.pt"), WORDS("input \"x\" is copied: prim::SetAttr"));
    assert_load_logs(*state, in_folder("collector.pt"),
                     WORDS("input \"x\" is copied: aten::append"));
}

int main(void)
{
#define WITH_LOG(test) cmocka_unit_test_setup_teardown(test, begin_to_debug, torch_end)
    const struct CMUnitTest tests[] = {
        WITH_LOG(networks_work_in_place),
        WITH_LOG(operators_on_no_list_work_on_copies),
        WITH_LOG(what_is_written_or_kept_is_copied),
    };

    return run_with_models(tests, sizeof(tests) / sizeof(tests[0]));
}
