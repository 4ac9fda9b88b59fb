/* SPDX-License-Identifier: Apache-2.0 */
/* Files of an archive: found, read, listed, and what the library asks of them. */
#include "cpio.h"
#include "guest.h"

#include <errno.h>
#include <setjmp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "platform/platform.h"
#include "vaccel/error.h"

static struct cpio cpio;

static int make_archive(void **state)
{
    (void)state;
    cpio.size = 0;
    cpio_add(&cpio, ".", CPIO_DIRECTORY, NULL, 0);
    cpio_add(&cpio, "album", CPIO_DIRECTORY, NULL, 0);
    cpio_text(&cpio, "album/b.png", "picture b");
    cpio_text(&cpio, "album/a.png", "picture a, which is longer");
    cpio_text(&cpio, "album/labels.csv", "a.png,1\n");
    cpio_add(&cpio, "album/link", CPIO_LINK, "a.png", 5);
    cpio_text(&cpio, "./deep//er/file", "dots and slashes");
    cpio_text(&cpio, "/absolute", "from the root");
    cpio_text(&cpio, "empty", "");
    cpio_add(&cpio, "empty directory", CPIO_DIRECTORY, NULL, 0);
    cpio_text(&cpio, "twice", "first");
    cpio_text(&cpio, "twice", "second");
    cpio_text(&cpio, "../outside", "nobody sees it");
    cpio_text(&cpio, "album/../hidden", "nor this");
    cpio_end(&cpio);
    machine_set_files(cpio.data, cpio.size);
    machine_console(2, NULL);
    return 0;
}

static void assert_contents(const char *path, const char *contents)
{
    char data[64] = "";
    struct stream *file = guest_fopen(path, "rb");

    assert_non_null(file);
    assert_int_equal(guest_fread(data, 1, sizeof(data) - 1, file), strlen(contents));
    assert_string_equal(data, contents);
    assert_true(guest_feof(file));
    assert_false(guest_ferror(file));
    assert_int_equal(guest_fclose(file), 0);
}

static void test_files_are_found_by_any_spelling(void **state)
{
    static const char *const spellings[] = {"album/a.png", "/album/a.png", "./album/./a.png",
                                            "//album///a.png", "././album//a.png"};

    (void)state;
    for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++)
        assert_contents(spellings[i], "picture a, which is longer");
    assert_contents("deep/er/file", "dots and slashes");
    assert_contents("absolute", "from the root");
    assert_contents("twice", "first");
    assert_contents("empty", "");
}

static void assert_not_opened(const char *path, const char *mode, int error)
{
    guest_errno = 0;
    assert_null(guest_fopen(path, mode));
    assert_int_equal(guest_errno, error);
}

static void test_what_cannot_be_opened(void **state)
{
    (void)state;
    assert_not_opened("album/c.png", "r", ENOENT);
    assert_not_opened("album/a.pn", "r", ENOENT);
    assert_not_opened("album/a.pngg", "r", ENOENT);
    assert_not_opened("", "r", ENOENT);
    assert_not_opened("outside", "r", ENOENT);
    assert_not_opened("../outside", "r", ENOENT);
    assert_not_opened("hidden", "r", ENOENT);
    assert_not_opened("album/../absolute", "r", ENOENT);
    assert_not_opened("album/a.png/x", "r", ENOTDIR);
    assert_not_opened("album/a.png/", "r", ENOTDIR);
    assert_not_opened("album", "r", EISDIR);
    assert_not_opened("/", "r", EISDIR);
    assert_not_opened("album/link", "r", ENODEV);
    assert_not_opened("new", "w", EROFS);
    assert_not_opened("album/a.png", "r+", EROFS);
    assert_not_opened("album/a.png", "ab", EROFS);
    assert_not_opened("album/a.png", "x", EINVAL);
}

static void test_files_are_read_piece_by_piece(void **state)
{
    char data[8] = "";
    struct stream *file = guest_fopen("album/b.png", "r");

    (void)state;
    assert_int_equal(guest_fread(data, 0, 5, file), 0);
    assert_int_equal(guest_fread(data, 2, 2, file), 2);
    assert_memory_equal(data, "pict", 4);
    assert_false(guest_feof(file));
    assert_int_equal(guest_fread(data, 2, 4, file), 2);
    assert_memory_equal(data, "ure b", 5);
    assert_true(guest_feof(file));
    assert_int_equal(guest_fread(data, 1, 1, file), 0);
    guest_fclose(file);
    file = guest_fopen("album/b.png", "r");
    assert_int_equal(guest_fread(data, SIZE_MAX / 2, 3, guest_fopen("empty", "r")), 0);
    assert_int_equal(guest_fwrite("x", 1, 1, file), 0);
    assert_true(guest_ferror(file));
    guest_fclose(file);
}

static void assert_status(const char *path, unsigned int mode, long long size)
{
    unsigned int found_mode = 0;
    long long found_size = -1;

    assert_true(guest_status(path, &found_mode, &found_size));
    assert_int_equal(found_mode, mode);
    assert_int_equal(found_size, size);
}

static void test_status_and_access(void **state)
{
    unsigned int mode;
    long long size;

    (void)state;
    assert_status("album/b.png", CPIO_FILE, 9);
    assert_status("album", CPIO_DIRECTORY, 0);
    assert_status("album/", CPIO_DIRECTORY, 0);
    assert_status("deep", S_IFDIR | 0755, 0);
    assert_status(".", S_IFDIR | 0755, 0);
    assert_status("album/link", CPIO_LINK, 5);
    assert_false(guest_status("nothing", &mode, &size));
    assert_int_equal(guest_access("album/b.png", F_OK), 0);
    assert_int_equal(guest_access("album/b.png", R_OK), 0);
    assert_int_equal(guest_access("album", R_OK | X_OK), 0);
    assert_int_equal(guest_access("album", W_OK), -1);
    assert_int_equal(guest_errno, EROFS);
    assert_int_equal(guest_access("nothing", F_OK), -1);
    assert_int_equal(guest_errno, ENOENT);
}

static void assert_names(const char *path, const char *expected)
{
    char names[256] = "";

    assert_true(guest_names(path, names, sizeof(names)) >= 0);
    assert_string_equal(names, expected);
}

static void test_directories_are_listed(void **state)
{
    (void)state;
    assert_names("album", ".\n..\na.png\nb.png\nlabels.csv\nlink\n");
}

static void test_directories_without_entry_are_listed_once(void **state)
{
    (void)state;
    assert_names("/", ".\n..\nabsolute\nalbum\ndeep\nempty\nempty directory\ntwice\n");
    assert_names("deep", ".\n..\ner\n");
    assert_names("empty directory/", ".\n..\n");
}

static void test_what_is_no_directory_is_not_listed(void **state)
{
    char names[8];

    (void)state;
    assert_int_equal(guest_names("album/a.png", names, sizeof(names)), -1);
    assert_int_equal(guest_errno, ENOTDIR);
    assert_int_equal(guest_names("nothing", names, sizeof(names)), -1);
    assert_int_equal(guest_errno, ENOENT);
}

static int note(const char *relative, void *text)
{
    strcat(text, relative);
    strcat(text, "\n");
    return strcmp(relative, "deep/er/file") ? VACCEL_OK : VACCEL_EBUSY;
}

static void test_library_walks_a_directory(void **state)
{
    char text[256] = "";

    (void)state;
    assert_int_equal(platform_directory_walk("/album/", note, text), VACCEL_OK);
    assert_string_equal(text, "a.png\nb.png\nlabels.csv\n");
    text[0] = '\0';
    assert_int_equal(platform_directory_walk(".", note, text), VACCEL_EBUSY);
    assert_string_equal(text,
                        "absolute\nalbum/a.png\nalbum/b.png\nalbum/labels.csv\ndeep/er/file\n");
    assert_int_equal(platform_directory_walk("nothing", note, text), VACCEL_ENOENT);
    assert_int_equal(platform_directory_walk("twice", note, text), VACCEL_ENOTDIR);
}

static void test_library_maps_files_where_they_lie(void **state)
{
    enum platform_file_type type;
    void *data = NULL;
    size_t size = 0;

    (void)state;
    assert_int_equal(platform_file_map("album/b.png", &data, &size), VACCEL_OK);
    assert_int_equal(size, 9);
    assert_memory_equal(data, "picture b", 9);
    assert_in_range((uintptr_t)data, (uintptr_t)cpio.data, (uintptr_t)cpio.data + cpio.size);
    platform_file_unmap(data, size);
    assert_int_equal(platform_file_map("empty", &data, &size), VACCEL_EINVAL);
    assert_int_equal(platform_file_map("album", &data, &size), VACCEL_EINVAL);
    assert_int_equal(platform_file_map("nothing", &data, &size), VACCEL_ENOENT);
    assert_true(platform_file_is_empty("empty"));
    assert_false(platform_file_is_empty("album"));
    assert_int_equal(platform_file_type("album/link", &type), VACCEL_OK);
    assert_int_equal(type, PLATFORM_OTHER);
    assert_int_equal(platform_file_type("deep/er", &type), VACCEL_OK);
    assert_int_equal(type, PLATFORM_DIRECTORY);
}

static void test_library_makes_no_files(void **state)
{
    char base[16];

    (void)state;
    assert_int_equal(platform_file_create("new", "x", 1), VACCEL_ENOTSUP);
    assert_int_equal(platform_file_remove("twice"), VACCEL_ENOTSUP);
    assert_int_equal(platform_directory_make("new", true), VACCEL_ENOTSUP);
    assert_int_equal(platform_directory_remove("album"), VACCEL_ENOTSUP);
    assert_int_equal(platform_run_base(base, sizeof(base)), VACCEL_ENOTSUP);
}

static void test_no_archive_is_an_empty_root(void **state)
{
    (void)state;
    machine_set_files(NULL, 0);
    assert_names("/", ".\n..\n");
    assert_not_opened("album", "r", ENOENT);
    assert_string_equal(machine_console(2, NULL), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files_are_found_by_any_spelling),
        cmocka_unit_test(test_what_cannot_be_opened),
        cmocka_unit_test(test_files_are_read_piece_by_piece),
        cmocka_unit_test(test_status_and_access),
        cmocka_unit_test(test_directories_are_listed),
        cmocka_unit_test(test_directories_without_entry_are_listed_once),
        cmocka_unit_test(test_what_is_no_directory_is_not_listed),
        cmocka_unit_test(test_library_walks_a_directory),
        cmocka_unit_test(test_library_maps_files_where_they_lie),
        cmocka_unit_test(test_library_makes_no_files),
        cmocka_unit_test(test_no_archive_is_an_empty_root),
    };

    return cmocka_run_group_tests(tests, make_archive, NULL);
}
