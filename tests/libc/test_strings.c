/* SPDX-License-Identifier: Apache-2.0 */
/* The guest's strings beside the host's, at the end of a page. */
#include "guarded.h"
#include "guest.h"

#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <strings.h>

#include <cmocka.h>

#include "vaccel/error.h"

enum { ROUNDS = 20000, LONGEST = 200 };

static int sign(int value)
{
    return (value > 0) - (value < 0);
}

static size_t below(size_t limit)
{
    return (size_t)random() % limit;
}

/* Few different bytes, so that much is equal; some above 127. */
static size_t fill(char *text, size_t length)
{
    static const char letters[] = {'a', 'A', 'b', '/', (char)0xe4, (char)0xff};

    for (size_t i = 0; i < length; i++)
        text[i] = letters[below(below(2) ? 2 : sizeof(letters))];
    text[length] = '\0';
    return length;
}

static char *any_text(int which)
{
    char text[LONGEST + 1];
    size_t length = fill(text, below(below(2) ? 6 : LONGEST));

    return guarded_copy(which, text, length + 1);
}

static void test_copies_equal_the_hosts(void **state)
{
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        char from[LONGEST + 1], ours[LONGEST], theirs[LONGEST];
        size_t size = below(LONGEST);
        size_t offset = below(LONGEST - size);
        const char *source;

        fill(from, LONGEST);
        source = guarded_copy(0, from, size);
        memset(ours, '.', sizeof(ours));
        memset(theirs, '.', sizeof(theirs));
        assert_ptr_equal(guest_memcpy(ours + offset, source, size), ours + offset);
        memcpy(theirs + offset, source, size);
        assert_memory_equal(ours, theirs, sizeof(ours));
        assert_ptr_equal(guest_memset(ours + offset, 0x1fa, size), ours + offset);
        memset(theirs + offset, 0xfa, size);
        assert_memory_equal(ours, theirs, sizeof(ours));
        guest_memcpy(guarded(1, size), source, size);
        guest_memset(guarded(1, size), 1, size);
    }
}

static void test_moves_may_overlap(void **state)
{
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        char ours[2 * LONGEST + 1], theirs[2 * LONGEST + 1];
        size_t size = below(LONGEST);
        size_t from = below(LONGEST);
        size_t to = below(2) ? below(LONGEST) : from + below(3);

        fill(ours, 2 * LONGEST);
        memcpy(theirs, ours, sizeof(ours));
        assert_ptr_equal(guest_memmove(ours + to, ours + from, size), ours + to);
        memmove(theirs + to, theirs + from, size);
        assert_memory_equal(ours, theirs, sizeof(ours));
    }
}

static void test_comparisons_equal_the_hosts(void **state)
{
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        const char *a = any_text(0);
        const char *b = below(4) ? any_text(1) : guarded_copy(1, a, strlen(a) + 1);
        size_t size = below(LONGEST);
        size_t shorter = strlen(a) < strlen(b) ? strlen(a) : strlen(b);

        assert_int_equal(sign(guest_strcmp(a, b)), sign(strcmp(a, b)));
        assert_int_equal(sign(guest_strncmp(a, b, size)), sign(strncmp(a, b, size)));
        assert_int_equal(sign(guest_strcasecmp(a, b)), sign(strcasecmp(a, b)));
        assert_int_equal(sign(guest_strncasecmp(a, b, size)), sign(strncasecmp(a, b, size)));
        assert_int_equal(sign(guest_memcmp(a, b, shorter)), sign(memcmp(a, b, shorter)));
    }
}

static void test_searches_equal_the_hosts(void **state)
{
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        const char *text = any_text(0);
        char part[4], letter;
        size_t length = strlen(text);

        fill(part, below(sizeof(part)));
        letter = part[0];
        assert_int_equal(guest_strlen(text), length);
        assert_int_equal(guest_strnlen(text, i % LONGEST), strnlen(text, i % LONGEST));
        assert_ptr_equal(guest_strchr(text, letter), strchr(text, letter));
        assert_ptr_equal(guest_strrchr(text, letter), strrchr(text, letter));
        assert_ptr_equal(guest_strstr(text, part), strstr(text, part));
        assert_int_equal(guest_strspn(text, part), strspn(text, part));
        assert_int_equal(guest_strcspn(text, part), strcspn(text, part));
        assert_ptr_equal(guest_memchr(text, letter, length), memchr(text, letter, length));
    }
}

static void test_copies_of_text(void **state)
{
    (void)state;
    for (int i = 0; i < ROUNDS / 10; i++) {
        const char *text = any_text(0);
        char *to = guarded(1, strlen(text) + 1);
        char *copy = guest_strdup(text);

        assert_ptr_equal(guest_strcpy(to, text), to);
        assert_string_equal(to, text);
        assert_string_equal(copy, text);
        guest_free(copy);
    }
}

static void test_every_code_has_the_hosts_text(void **state)
{
    static const int codes[] = {VACCEL_OK,
                                VACCEL_EPERM,
                                VACCEL_ENOENT,
                                VACCEL_EIO,
                                VACCEL_ENOEXEC,
                                VACCEL_EBADF,
                                VACCEL_EAGAIN,
                                VACCEL_ENOMEM,
                                VACCEL_EACCES,
                                VACCEL_EFAULT,
                                VACCEL_EBUSY,
                                VACCEL_EEXIST,
                                VACCEL_ENODEV,
                                VACCEL_ENOTDIR,
                                VACCEL_EINVAL,
                                VACCEL_ENOSPC,
                                VACCEL_EROFS,
                                VACCEL_EMLINK,
                                VACCEL_ERANGE,
                                VACCEL_ENAMETOOLONG,
                                VACCEL_ENOSYS,
                                VACCEL_ELOOP,
                                VACCEL_EBACKEND,
                                VACCEL_ELIBBAD,
                                VACCEL_EUSERS,
                                VACCEL_ENOTSUP,
                                VACCEL_ESESS,
                                VACCEL_EINPROGRESS,
                                VACCEL_EREMOTEIO,
                                EISDIR,
                                ENODATA,
                                -1,
                                4000};

    (void)state;
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        assert_string_equal(guest_strerror(codes[i]), strerror(codes[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_copies_equal_the_hosts),
        cmocka_unit_test(test_moves_may_overlap),
        cmocka_unit_test(test_comparisons_equal_the_hosts),
        cmocka_unit_test(test_searches_equal_the_hosts),
        cmocka_unit_test(test_copies_of_text),
        cmocka_unit_test(test_every_code_has_the_hosts_text),
    };

    srandom(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
