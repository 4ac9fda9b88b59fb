/* SPDX-License-Identifier: Apache-2.0 */
/* What goes wrong on the other side is told on this one: the status, and the sentence in the log. */
#include "captured.h"
#include "kit.h"

/* Every code that there is, and those that only a plugin knows. */
static const int32_t codes[] = {
    VACCEL_EPERM,   VACCEL_ENOENT,   VACCEL_EIO,          VACCEL_ENOEXEC,
    VACCEL_EBADF,   VACCEL_EAGAIN,   VACCEL_ENOMEM,       VACCEL_EACCES,
    VACCEL_EFAULT,  VACCEL_EBUSY,    VACCEL_EEXIST,       VACCEL_ENODEV,
    VACCEL_ENOTDIR, VACCEL_EINVAL,   VACCEL_ENOSPC,       VACCEL_EROFS,
    VACCEL_EMLINK,  VACCEL_ERANGE,   VACCEL_ENAMETOOLONG, VACCEL_ENOSYS,
    VACCEL_ELOOP,   VACCEL_EBACKEND, VACCEL_ELIBBAD,      VACCEL_EUSERS,
    VACCEL_ENOTSUP, VACCEL_ESESS,    VACCEL_EREMOTEIO,    VACCEL_EINPROGRESS,
    1000,
};

/* What is said is in the log; it is good until the next capture. */
static int fail_with(int32_t code, const char *sentence, const char **said)
{
    char out[8] = "", in[512];
    struct vaccel_arg read[] = {ARG(INT32, &code, sizeof(code)), ARG(STRING, in, sizeof(in))};
    struct vaccel_arg write = ARG(BUFFER, out, sizeof(out));
    int ret;

    snprintf(in, sizeof(in), "%s", sentence);
    capture_begin();
    ret = vaccel_call(&remote, "mirror.fail", read, 2, &write, 1);
    *said = capture_end();
    assert_memory_equal(out, "ffffffff", sizeof(out));
    return ret;
}

static void test_status_and_sentence(void **state)
{
    const char *said;
    char sentence[64];

    (void)state;
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        snprintf(sentence, sizeof(sentence), "the %zu-th thing went wrong", i);
        assert_int_equal(fail_with(codes[i], sentence, &said), codes[i]);
        assert_non_null(strstr(said, sentence));
        assert_int_equal(mirror(&remote, 10, 1), 0);
    }
}

static void test_sentences_of_any_kind(void **state)
{
    char sentence[401];
    const char *said;

    (void)state;
    assert_int_equal(fail_with(VACCEL_EIO, "100 %s %n of größe → 漢字", &said), VACCEL_EIO);
    assert_non_null(strstr(said, "mirror fails: 100 %s %n of größe → 漢字"));
    memset(sentence, 's', sizeof(sentence) - 1);
    sentence[sizeof(sentence) - 1] = '\0';
    assert_int_equal(fail_with(VACCEL_EIO, sentence, &said), VACCEL_EIO);
    assert_non_null(strstr(said, sentence));
}

/* A sentence is this call's; one that went well has none. */
static void test_nothing_is_said_where_nothing_went_wrong(void **state)
{
    const char *said;

    (void)state;
    assert_int_equal(fail_with(VACCEL_EIO, "before", &said), VACCEL_EIO);
    capture_begin();
    assert_int_equal(mirror(&remote, 10, 1), 0);
    assert_string_equal(capture_end(), "");
    assert_int_equal(fail_with(VACCEL_EIO, "behind", &said), VACCEL_EIO);
    assert_null(strstr(said, "before"));
}

static void test_an_operation_that_nobody_knows(void **state)
{
    const char *said;

    (void)state;
    capture_begin();
    assert_int_equal(vaccel_call(&remote, "nobody.knows", NULL, 0, NULL, 0), VACCEL_ENOTSUP);
    said = capture_end();
    assert_non_null(strstr(said, "nobody.knows"));
}

/* What is said of a name that none can be is the same as locally. */
static void test_names_that_none_can_be(void **state)
{
    static char longest[3000];
    const char *const names[] = {"", "UPPER", "a b", "x/y", "ünicode", longest};

    (void)state;
    memset(longest, 'n', sizeof(longest) - 1);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        int expected = vaccel_call(&local, names[i], NULL, 0, NULL, 0);

        assert_int_equal(vaccel_call(&remote, names[i], NULL, 0, NULL, 0), expected);
        assert_int_equal(mirror(&remote, 10, 1), 0);
    }
}

/* The plugin refuses the arguments. */
static void test_arguments_that_the_plugin_refuses(void **state)
{
    char in[5] = "in", out[4];
    struct vaccel_arg read = ARG(BUFFER, in, 5), write = ARG(BUFFER, out, 4);
    const char *said;

    (void)state;
    capture_begin();
    assert_int_equal(vaccel_call(&remote, "mirror.copy", &read, 1, &write, 1), VACCEL_EINVAL);
    said = capture_end();
    assert_non_null(strstr(said, "5 bytes do not fit into 4"));
}

static void test_a_session_that_is_released(void **state)
{
    static struct vaccel_session sess;

    (void)state;
    assert_int_equal(remote_begin(&sess, 0), 0);
    assert_int_equal(vaccel_session_release(&sess), 0);
    assert_int_equal(vaccel_noop(&sess), VACCEL_ESESS);
    assert_int_equal(mirror(&sess, 10, 1), VACCEL_ESESS);
    assert_int_equal(vaccel_session_release(&sess), VACCEL_EINVAL);
}

#define test(function) cmocka_unit_test_setup_teardown(function, kit_begin, kit_end)

int error_cases(void)
{
    const struct CMUnitTest tests[] = {
        test(test_status_and_sentence),
        test(test_sentences_of_any_kind),
        test(test_nothing_is_said_where_nothing_went_wrong),
        test(test_an_operation_that_nobody_knows),
        test(test_names_that_none_can_be),
        test(test_arguments_that_the_plugin_refuses),
        test(test_a_session_that_is_released),
    };

    return cmocka_run_group_tests_name("errors", tests, NULL, NULL);
}
