/* SPDX-License-Identifier: Apache-2.0 */
#include "captured.h"
#include "core/log.h"
#include "scratch.h"
#include "vaccel/config.h"
#include "vaccel/core.h"
#include "vaccel/error.h"
#include "vaccel/log.h"

#include <errno.h>
#include <pthread.h>
#include <pty.h>
#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>

static int back_to_default(void **state)
{
    (void)state;
    return vaccel_log_shutdown();
}

static void log_each_level(void)
{
    vaccel_fatal("fatal");
    vaccel_error("error %d", 1);
    vaccel_warn("warn %s", "2");
    vaccel_info("info");
    vaccel_debug("debug");
    vaccel_trace("trace");
}

static void assert_matches(const char *text, const char *pattern)
{
    regex_t expression;
    int result;

    assert_int_equal(regcomp(&expression, pattern, REG_EXTENDED | REG_NOSUB), 0);
    result = regexec(&expression, text, 0, NULL, 0);
    regfree(&expression);
    if (result)
        print_error("'%s' does not match '%s'\n", text, pattern);
    assert_int_equal(result, 0);
}

/* The text of the last message in @captured, without its time and tag. */
static const char *message_of(const char *captured)
{
    const char *tag = strchr(captured, '>');

    assert_non_null(tag);
    return tag + 2;
}

static void test_errors_alone_are_shown_at_first(void **state)
{
    const char *text;

    (void)state;
    capture_begin();
    log_each_level();
    text = capture_end();
    assert_matches(text, "<error> fatal\n.*<error> error 1\n$");
    assert_null(strstr(text, "warn"));
}

static void test_level_shows_itself_and_those_above(void **state)
{
    const char *text;

    (void)state;
    log_set_level(VACCEL_LOG_INFO);
    capture_begin();
    log_each_level();
    text = capture_end();
    assert_matches(text, "<error> error 1\n.*<warn> warn 2\n.*<info> info\n$");
    log_set_level(VACCEL_LOG_DEBUG);
    capture_begin();
    log_each_level();
    text = capture_end();
    assert_matches(text, "<debug> debug\n.*<debug> trace\n$");
}

static void test_line_has_the_documented_form(void **state)
{
    (void)state;
    capture_begin();
    vaccel_error("[x] three is %d", 3);
    assert_matches(capture_end(), "^[0-9]{4}\\.[0-9]{2}\\.[0-9]{2}-[0-9]{2}:[0-9]{2}:[0-9]{2}\\."
                                  "[0-9]{2} - <error> \\[x\\] three is 3\n$");
}

static void test_nothing_is_formatted_below_the_level(void **state)
{
    const char *nowhere = (const char *)1;

    (void)state;
    capture_begin();
    vaccel_debug("%s", nowhere);
    assert_string_equal(capture_end(), "");
}

static void test_control_characters_are_escaped(void **state)
{
    (void)state;
    capture_begin();
    vaccel_error("%s", "a\033[31mb\nc\td\177e\r\xc2\x9b\xc3\xa9\x01");
    assert_string_equal(message_of(capture_end()),
                        "a\\x1b[31mb\\x0ac\td\\x7fe\\x0d\\xc2\\x9b\xc3\xa9\\x01\n");
}

static void test_newline_at_the_end_is_dropped(void **state)
{
    (void)state;
    capture_begin();
    vaccel_error("old habit\n");
    assert_string_equal(message_of(capture_end()), "old habit\n");
}

static void assert_cut(char filling)
{
    char text[8192];
    const char *message;
    size_t length;

    memset(text, filling, sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    capture_begin();
    vaccel_error("%s", text);
    message = message_of(capture_end());
    length = strlen(message);
    assert_in_range(length, 1001, 1024);
    assert_string_equal(message + length - 4, "...\n");
}

static void test_long_lines_are_cut(void **state)
{
    char text[1001];

    (void)state;
    assert_cut('x');
    assert_cut('\033');
    assert_cut('\xc2');
    memset(text, 'x', 1000);
    text[1000] = '\0';
    capture_begin();
    vaccel_error("%s", text);
    assert_int_equal(strlen(message_of(capture_end())), 1001);
}

static void test_no_format_is_no_message(void **state)
{
    const char *nothing = NULL;

    (void)state;
    capture_begin();
    vaccel_log_message(VACCEL_LOG_ERROR, nothing, 1);
    assert_string_equal(capture_end(), "");
}

static void test_errno_survives(void **state)
{
    (void)state;
    capture_begin();
    errno = EXDEV;
    vaccel_error("something");
    assert_int_equal(errno, EXDEV);
    capture_end();
}

static void test_tag_is_coloured_on_a_terminal_alone(void **state)
{
    int terminal, screen;
    int saved = dup(STDERR_FILENO);
    char text[256];
    ssize_t length;

    (void)state;
    assert_int_equal(openpty(&terminal, &screen, NULL, NULL, NULL), 0);
    dup2(screen, STDERR_FILENO);
    vaccel_error("red");
    dup2(saved, STDERR_FILENO);
    length = read(terminal, text, sizeof(text) - 1);
    assert_true(length > 0);
    text[length] = '\0';
    assert_non_null(strstr(text, "\033[31m<error>\033[0m red"));
    close(terminal);
    close(screen);
    close(saved);
}

/* Name of today's log file for @name in the scratch directory. */
static const char *dated(const char *name)
{
    char file[64], date[32];
    time_t now = time(NULL);

    strftime(date, sizeof(date), "%Y-%m-%d", localtime(&now));
    snprintf(file, sizeof(file), "%s-%s.log", name, date);
    return scratch_path(file);
}

static const char *contents_of(const char *path)
{
    static char text[1 << 16];
    FILE *file = fopen(path, "r");

    assert_non_null(file);
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    fclose(file);
    return text;
}

static void test_file_takes_the_place_of_the_screen(void **state)
{
    (void)state;
    capture_begin();
    assert_int_equal(log_start(VACCEL_LOG_WARN, scratch_path("log")), 0);
    log_each_level();
    assert_string_equal(capture_end(), "");
    assert_matches(contents_of(dated("log")), "<error> error 1\n.*<warn> warn 2\n$");
    capture_begin();
    assert_int_equal(vaccel_log_shutdown(), 0);
    log_each_level();
    assert_matches(capture_end(), "<error> error 1\n$");
}

static void test_file_is_appended_to_and_relative_to_where_it_was_opened(void **state)
{
    char *before = getcwd(NULL, 0);

    (void)state;
    assert_int_equal(chdir(scratch), 0);
    assert_int_equal(log_start(VACCEL_LOG_ERROR, "log"), 0);
    assert_int_equal(chdir("/"), 0);
    vaccel_error("first");
    assert_int_equal(chdir(scratch), 0);
    assert_int_equal(log_start(VACCEL_LOG_ERROR, "log"), 0);
    vaccel_error("second");
    assert_int_equal(chdir(before), 0);
    free(before);
    assert_matches(contents_of(dated("log")), "first\n.*second\n$");
}

static void test_screen_is_kept_for_its_own_names(void **state)
{
    static const char *const names[] = {"/dev/stderr", "/dev/stdout", "", NULL};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        capture_begin();
        assert_int_equal(log_start(VACCEL_LOG_ERROR, names[i]), 0);
        vaccel_error("seen");
        assert_matches(capture_end(), "<error> seen\n$");
    }
}

static void test_file_that_cannot_be_opened_leaves_the_screen(void **state)
{
    char long_name[5000];

    (void)state;
    memset(long_name, 'x', sizeof(long_name) - 1);
    long_name[sizeof(long_name) - 1] = '\0';
    capture_begin();
    assert_int_equal(log_start(VACCEL_LOG_ERROR, scratch_path("none/log")), VACCEL_ENOENT);
    assert_int_equal(log_start(VACCEL_LOG_ERROR, long_name), VACCEL_ENAMETOOLONG);
    vaccel_error("seen");
    assert_matches(capture_end(), "none/log-<date>.log: .*<error> seen\n$");
}

static void test_file_is_no_link(void **state)
{
    const char *target = scratch_file("target", "");

    (void)state;
    assert_int_equal(symlink(target, dated("log")), 0);
    capture_begin();
    assert_int_not_equal(log_start(VACCEL_LOG_ERROR, scratch_path("log")), 0);
    capture_end();
    assert_string_equal(contents_of(target), "");
}

static void set_zone(const char *zone)
{
    setenv("TZ", zone, 1);
    tzset();
}

static void test_new_day_begins_a_new_file(void **state)
{
    (void)state;
    set_zone("WEST+12");
    assert_int_equal(log_start(VACCEL_LOG_ERROR, scratch_path("log")), 0);
    vaccel_error("yesterday");
    assert_matches(contents_of(dated("log")), "yesterday\n$");
    set_zone("EAST-14"); /* 26 hours away */
    vaccel_error("today");
    assert_matches(contents_of(dated("log")), "^[^\n]*today\n$");
    assert_int_equal(scratch_count(), 2);
    unsetenv("TZ");
    tzset();
}

enum { THREADS = 4, LINES = 100 };

static void *log_lines(void *letter)
{
    for (int i = 0; i < LINES; i++)
        vaccel_error("%c%c%c%c", *(char *)letter, *(char *)letter, *(char *)letter,
                     *(char *)letter);
    return NULL;
}

static void test_lines_of_threads_do_not_mix(void **state)
{
    char letters[THREADS] = {'a', 'b', 'c', 'd'};
    pthread_t threads[THREADS];
    const char *text;
    int lines = 0;

    (void)state;
    assert_int_equal(log_start(VACCEL_LOG_ERROR, scratch_path("log")), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, log_lines, &letters[i]), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (text = contents_of(dated("log")); *text; text = strchr(text, '\n') + 1, lines++) {
        const char *message = message_of(text);

        assert_true(message[0] == message[3] && message[4] == '\n');
    }
    assert_int_equal(lines, THREADS * LINES);
}

static void test_child_of_a_fork_can_log(void **state)
{
    int status;
    pid_t child;

    (void)state;
    assert_int_equal(log_start(VACCEL_LOG_ERROR, scratch_path("log")), 0);
    child = fork();
    if (!child) {
        vaccel_error("from the child");
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_matches(contents_of(dated("log")), "from the child\n$");
}

static void test_init_takes_the_configuration_in_force(void **state)
{
    struct vaccel_config config = {.log_level = VACCEL_LOG_INFO};

    (void)state;
    assert_int_equal(vaccel_cleanup(), 0);
    capture_begin();
    assert_int_equal(vaccel_log_init(), VACCEL_ESESS);
    assert_matches(capture_end(), "not initialised: call vaccel_bootstrap\\(\\)");
    assert_int_equal(vaccel_bootstrap_with_config(&config), 0);
    log_set_level(VACCEL_LOG_ERROR);
    assert_int_equal(vaccel_log_init(), 0);
    capture_begin();
    vaccel_info("shown again");
    assert_matches(capture_end(), "<info> shown again\n$");
    assert_int_equal(vaccel_cleanup(), 0);
}

#define test(function) cmocka_unit_test_teardown(function, back_to_default)
#define file_test(function) cmocka_unit_test_setup_teardown(function, scratch_make, end_file_test)

static int end_file_test(void **state)
{
    return back_to_default(state) || scratch_remove(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_errors_alone_are_shown_at_first),
        test(test_level_shows_itself_and_those_above),
        test(test_line_has_the_documented_form),
        test(test_nothing_is_formatted_below_the_level),
        test(test_control_characters_are_escaped),
        test(test_newline_at_the_end_is_dropped),
        test(test_long_lines_are_cut),
        test(test_no_format_is_no_message),
        test(test_errno_survives),
        test(test_tag_is_coloured_on_a_terminal_alone),
        test(test_init_takes_the_configuration_in_force),
        file_test(test_file_takes_the_place_of_the_screen),
        file_test(test_file_is_appended_to_and_relative_to_where_it_was_opened),
        file_test(test_screen_is_kept_for_its_own_names),
        file_test(test_file_that_cannot_be_opened_leaves_the_screen),
        file_test(test_file_is_no_link),
        file_test(test_new_day_begins_a_new_file),
        file_test(test_lines_of_threads_do_not_mix),
        file_test(test_child_of_a_fork_can_log),
    };

    vaccel_log_shutdown();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
