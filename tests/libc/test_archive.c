/* SPDX-License-Identifier: Apache-2.0 */
/* Archives that cpio made, beside the directory it made them of; and cut, changed and invented ones. */
#include "cpio.h"
#include "guarded.h"
#include "guest.h"

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../unit/scratch.h"

static struct cpio cpio;

static void make_archive(void)
{
    cpio.size = 0;
    cpio_text(&cpio, "first", "1");
    cpio_text(&cpio, "folder/second", "some text");
    cpio_add(&cpio, "folder/third", CPIO_LINK, "x", 1);
    cpio_text(&cpio, "last", "the end");
    cpio_end(&cpio);
}

static void use(const char *data, size_t size)
{
    machine_set_files(guarded_copy(0, data, size), size);
}

/* Everything that walks through the archive and reads what it finds; it must stay inside. */
static void read_all(void)
{
    char names[4096];
    char data[64];
    static const char *const paths[] = {"first", "folder/second", "last", "folder/third", "none"};

    guest_names("/", names, sizeof(names));
    guest_names("folder", names, sizeof(names));
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        struct stream *file = guest_fopen(paths[i], "r");

        if (!file)
            continue;
        while (guest_fread(data, 1, sizeof(data), file) == sizeof(data))
            ;
        guest_fclose(file);
    }
}

static void test_cut_archive_keeps_what_is_before_the_cut(void **state)
{
    size_t first_end = 110 + 6 + 1;
    size_t last_end;

    (void)state;
    make_archive();
    last_end = cpio.size - 124 - 1; /* the trailer, and a byte of padding */
    for (size_t size = 0; size <= cpio.size; size++) {
        use(cpio.data, size);
        read_all();
        assert_int_equal(guest_access("first", F_OK) == 0, size >= first_end);
        assert_int_equal(guest_access("last", F_OK) == 0, size >= last_end);
    }
}

static void test_damage_is_said_once(void **state)
{
    (void)state;
    /* The test before was the first to meet some. */
    assert_non_null(strstr(machine_console(2, NULL), "the archive of files is damaged at byte 0"));
    use("garbage", 7);
    read_all();
    assert_string_equal(machine_console(2, NULL), "");
}

static void test_changed_archive_is_never_read_outside(void **state)
{
    static const char bytes[] = {'0', 'f', 'F', '8', '7', '/', '.', 0, (char)0xff, 'g'};

    (void)state;
    make_archive();
    for (int i = 0; i < 30000; i++) {
        struct cpio changed = cpio;

        for (long j = random() % 4; j >= 0; j--)
            changed.data[random() % (long)changed.size] = bytes[random() % (long)sizeof(bytes)];
        use(changed.data, changed.size);
        read_all();
    }
}

static void check_refused(const char *field, size_t offset)
{
    struct cpio changed = cpio;

    memcpy(changed.data + offset, field, 8);
    use(changed.data, changed.size);
    read_all();
    assert_int_equal(guest_access("first", F_OK), -1);
}

/* Sizes and names that lead outside, in the first header. */
static void test_invented_sizes_are_refused(void **state)
{
    enum { FILE_SIZE = 6 + 6 * 8, NAME_SIZE = 6 + 11 * 8 };

    (void)state;
    make_archive();
    check_refused("ffffffff", FILE_SIZE);
    check_refused("7fffffff", FILE_SIZE);
    check_refused("00001000", FILE_SIZE);
    check_refused("-0000001", FILE_SIZE);
    check_refused("ffffffff", NAME_SIZE);
    check_refused("fffffffe", NAME_SIZE);
    check_refused("00000000", NAME_SIZE);
    check_refused("00000005", NAME_SIZE);
    check_refused("00000007", NAME_SIZE);
    check_refused("0000000g", NAME_SIZE);
    check_refused("07070200", 90);
}

/* Our names and the host's of one directory, and the contents of its files. */
static void compare_directory(const char *path)
{
    char ours[4096] = "";
    char theirs[4096] = "";
    struct dirent **entries;
    int count = scandir(scratch_path(path), &entries, NULL, alphasort);

    assert_true(count >= 2);
    for (int i = 0; i < count; i++) {
        strcat(strcat(theirs, entries[i]->d_name), "\n");
        free(entries[i]);
    }
    free(entries);
    assert_int_equal(guest_names(path, ours, sizeof(ours)), count);
    assert_string_equal(ours, theirs);
}

static void compare_file(const char *path)
{
    char ours[4096], theirs[4096];
    FILE *their_file = fopen(scratch_path(path), "r");
    struct stream *our_file = guest_fopen(path, "r");
    size_t size;

    assert_non_null(their_file);
    assert_non_null(our_file);
    size = fread(theirs, 1, sizeof(theirs), their_file);
    assert_int_equal(guest_fread(ours, 1, sizeof(ours), our_file), size);
    assert_memory_equal(ours, theirs, size);
    fclose(their_file);
    guest_fclose(our_file);
}

static void make_tree(void)
{
    static char long_name[256];

    memset(long_name, 'n', 255);
    scratch_directory("a");
    scratch_directory("a/inner");
    scratch_directory("nothing in it");
    scratch_file("B", "upper case");
    scratch_file("a/10", "ten");
    scratch_file("a/9", "nine");
    scratch_file("a/inner/\xc3\xa4", "not ASCII");
    scratch_file("a/with space", "");
    scratch_file(long_name, "255 letters");
    if (link(scratch_path("a/10"), scratch_path("a/also ten")) ||
        symlink("10", scratch_path("a/link")))
        abort();
}

/* What the program makes of the tree, in memory that is not freed; NULL: it is not there. */
static char *run_cpio(size_t *size)
{
    static char data[1 << 16];
    char command[256];
    FILE *pipe;

    snprintf(command, sizeof(command), "cd '%s' && find . | cpio --quiet -o -H newc", scratch);
    pipe = popen(command, "r");
    *size = pipe ? fread(data, 1, sizeof(data), pipe) : 0;
    return pipe && pclose(pipe) == 0 ? data : NULL;
}

static void test_archive_of_cpio_equals_its_directory(void **state)
{
    size_t size;
    char *data;

    (void)state;
    if (system("command -v cpio find >/dev/null"))
        skip();
    make_tree();
    data = run_cpio(&size);
    assert_non_null(data);
    machine_set_files(data, size);
    compare_directory("/");
    compare_directory("a");
    compare_directory("a/inner");
    compare_directory("nothing in it");
    compare_file("B");
    compare_file("a/10");
    compare_file("a/also ten");
    compare_file("a/with space");
    compare_file("a/inner/\xc3\xa4");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut_archive_keeps_what_is_before_the_cut),
        cmocka_unit_test(test_damage_is_said_once),
        cmocka_unit_test(test_changed_archive_is_never_read_outside),
        cmocka_unit_test(test_invented_sizes_are_refused),
        cmocka_unit_test_setup_teardown(test_archive_of_cpio_equals_its_directory, scratch_make,
                                        scratch_remove),
    };

    srandom(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
