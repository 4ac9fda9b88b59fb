/* SPDX-License-Identifier: Apache-2.0 */
/* Files of an image without a virtual file system: those of its initrd, where they lie. */
#include "machine.h"
#include "platform/platform.h"
#include "vaccel.h"

#include "../libc/cpio.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { PAGE = 4096, SIZE = 1000 };

static unsigned char memory[CPIO_MOST + 2 * PAGE] __attribute__((aligned(4096)));
static unsigned char contents[SIZE];
static struct cpio cpio;

/* It begins somewhere in a page, as what a monitor loads may. */
static const unsigned char *put_initrd(size_t at)
{
    memcpy(memory + at, cpio.data, cpio.size);
    memory_set_initrd(memory + at, cpio.size);
    return memory + at;
}

static int begin(void **state)
{
    (void)state;
    memset(contents, 7, SIZE);
    cpio.size = 0;
    cpio_add(&cpio, "models", CPIO_DIRECTORY, NULL, 0);
    cpio_add(&cpio, "models/net", CPIO_FILE, contents, SIZE);
    cpio_add(&cpio, "empty", CPIO_FILE, NULL, 0);
    cpio_end(&cpio);
    return 0;
}

static int end(void **state)
{
    (void)state;
    memory_set_initrd(NULL, 0);
    return 0;
}

static void test_none(void **state)
{
    enum platform_file_type type;
    void *data;
    size_t size;

    (void)state;
    assert_int_equal(platform_file_type("/models/net", &type), VACCEL_ENOENT);
    assert_int_equal(platform_file_map("/models/net", &data, &size), VACCEL_ENOENT);
    assert_false(platform_file_is_empty("/models/net"));
}

static void test_files_where_they_lie(void **state)
{
    static const size_t places[] = {0, 4, 1020, PAGE - 4};
    enum platform_file_type type;
    const unsigned char *start;
    size_t blocks = heap_blocks();
    void *data;
    size_t size;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        start = put_initrd(places[i]);
        assert_int_equal(platform_file_type("/models", &type), VACCEL_OK);
        assert_int_equal(type, PLATFORM_DIRECTORY);
        assert_int_equal(platform_file_type("/models/net", &type), VACCEL_OK);
        assert_int_equal(type, PLATFORM_FILE);
        assert_int_equal(platform_file_map("/models/net", &data, &size), VACCEL_OK);
        assert_int_equal(size, SIZE);
        assert_memory_equal(data, contents, SIZE);
        assert_true((unsigned char *)data > start && (unsigned char *)data < start + cpio.size);
        platform_file_unmap(data, size);
        assert_true(platform_file_is_empty("/empty"));
    }
    assert_int_equal(heap_blocks(), blocks);
}

/* Where it ends, nothing behind it is read. */
static void test_an_initrd_that_is_cut_off(void **state)
{
    enum platform_file_type type;
    size_t size;

    (void)state;
    for (size = 0; size < cpio.size; size += 4) {
        memcpy(memory + sizeof(memory) - size, cpio.data, size);
        memory_set_initrd(memory + sizeof(memory) - size, size);
        platform_file_type("/models/net", &type);
        assert_int_equal(platform_file_type("/none", &type), VACCEL_ENOENT);
    }
}

static void test_resources(void **state)
{
    struct vaccel_resource resource;

    (void)state;
    put_initrd(8);
    assert_int_equal(vaccel_resource_init(&resource, "/models", VACCEL_RESOURCE_DATA), VACCEL_OK);
    assert_int_equal(vaccel_resource_release(&resource), VACCEL_OK);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(test_none),
        WITH(test_files_where_they_lie),
        WITH(test_an_initrd_that_is_cut_off),
        WITH(test_resources),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
