/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses as words: what is one, what is not, what is in it. */
#include "stream/address.h"
#include "stream/address_vsock.h"
#include "vaccel/error.h"

#include <linux/vm_sockets.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static char why[ADDRESS_WHY_SIZE];

static void assert_why(const char *part)
{
    if (!strstr(why, part))
        fail_msg("\"%s\" does not say \"%s\"", why, part);
}

static void test_what_can_be_understood(void **state)
{
    static const char *const both[] = {"unix:///a",
                                       "unix:///run/a b/ä.sock",
                                       "tcp://127.0.0.1:1",
                                       "tcp://127.0.0.1:65535",
                                       "tcp://[::1]:65500",
                                       "tcp://[fe80::1%lo]:1",
                                       "vsock://2:65500",
                                       "vsock://0:0",
                                       "vsock://3:4294967295",
                                       "hybrid-vsock:///vm.sock?port=0",
                                       "hybrid-vsock:///run/a b/.../..x?port=4294967295"};
    static const char *const to_listen[] = {"tcp://0.0.0.0:0",
                                            "tcp://[::]:0",
                                            "vsock://any:65500",
                                            "vsock://4294967295:65500",
                                            "vhost-user:///run/a b/vm0.sock",
                                            "vhost-user:///a?id=1",
                                            "vhost-user:///a?id=63",
                                            "hybrid-vsock:///run/*/vm.sock?port=65500",
                                            "hybrid-vsock:///*/a/*/b?port=1",
                                            "vhost-vsock:///run/a b/vm0.sock",
                                            "vhost-vsock:///a?cid=3",
                                            "vhost-vsock:///a?cid=4294967294&port=0",
                                            "vhost-vsock:///a?port=4294967294"};
    static const char *const to_connect[] = {"tcp://localhost:65500", "tcp://a-b.c_d.example:1"};

    (void)state;
    for (size_t i = 0; i < sizeof(both) / sizeof(both[0]); i++) {
        assert_int_equal(address_check(both[i], true, why, sizeof(why)), VACCEL_OK);
        assert_int_equal(address_check(both[i], false, why, sizeof(why)), VACCEL_OK);
    }
    for (size_t i = 0; i < sizeof(to_listen) / sizeof(to_listen[0]); i++) {
        assert_int_equal(address_check(to_listen[i], true, why, sizeof(why)), VACCEL_OK);
        assert_int_equal(address_check(to_listen[i], false, why, sizeof(why)), VACCEL_EINVAL);
    }
    for (size_t i = 0; i < sizeof(to_connect) / sizeof(to_connect[0]); i++) {
        assert_int_equal(address_check(to_connect[i], false, why, sizeof(why)), VACCEL_OK);
        assert_int_equal(address_check(to_connect[i], true, why, sizeof(why)), VACCEL_EINVAL);
        assert_why("must be a number here");
    }
}

static void assert_wrong(const char *address)
{
    int fd = -1;

    assert_int_equal(address_check(address, false, why, sizeof(why)), VACCEL_EINVAL);
    assert_int_equal(address_check(address, true, why, sizeof(why)), VACCEL_EINVAL);
    assert_why(address);
    assert_int_equal(address_connect(address, 1, &fd, why, sizeof(why)), VACCEL_EINVAL);
    assert_int_equal(address_listen(address, &fd, why, sizeof(why)), VACCEL_EINVAL);
    assert_int_equal(fd, -1);
}

static void test_what_can_not_of_sockets(void **state)
{
    static const char *const wrong[] = {
        "",
        "127.0.0.1:65500",
        "http://127.0.0.1:80",
        "unix:/a",
        "unix://",
        "unix://a",
        "unix:///",
        "unix:///a/",
        "tcp://",
        "tcp://127.0.0.1",
        "tcp://127.0.0.1:",
        "tcp://127.0.0.1:65536",
        "tcp://127.0.0.1:99999999999999999999",
        "tcp://127.0.0.1:-1",
        "tcp://127.0.0.1:+1",
        "tcp://127.0.0.1: 1",
        "tcp://127.0.0.1:1 ",
        "tcp://127.0.0.1:1/",
        "tcp://127.0.0.1:0x1",
        "tcp://:1",
        "tcp:// :1",
        "tcp://user@host:1",
        "tcp://::1:1",
        "tcp://[]:1",
        "tcp://[:1",
        "tcp://[::1:1",
        "tcp://[::1]",
        "tcp://[::1]1",
        "tcp://[::1]x:1",
        "tcp://::1]:1",
        "vsock://",
        "vsock://2",
        "vsock://:1",
        "vsock://2:",
        "vsock://2:4294967296",
        "vsock://4294967296:1",
        "vsock://18446744073709551616:1",
        "vsock://-1:1",
        "vsock://anyone:1",
        "vsock://2:1:1",
        "vsock://2:any",
        "vsock://2:1 ",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_wrong(wrong[i]);
}

static void test_what_can_not_of_devices(void **state)
{
    static const char *const wrong[] = {
        "vhost-user://",
        "vhost-user:///",
        "vhost-user://a",
        "vhost-user:///a/",
        "vhost-user:///a?",
        "vhost-user:///a?id",
        "vhost-user:///a?id=",
        "vhost-user:///a?id=0",
        "vhost-user:///a?id=2",
        "vhost-user:///a?id=64",
        "vhost-user:///a?id=4294967297",
        "vhost-user:///a?id=-1",
        "vhost-user:///a?id=63x",
        "vhost-user:///a?id=63?id=63",
        "vhost-user:///a?name=x",
        "vhost-user://?id=63",
        "vhost-user:///a?id=19",
        "vhost-user:///a?cid=5",
        "vhost-vsock://",
        "vhost-vsock:///",
        "vhost-vsock://a?cid=5",
        "vhost-vsock:///a/?cid=5",
        "vhost-vsock:///a?",
        "vhost-vsock:///a?cid",
        "vhost-vsock:///a?cid=",
        "vhost-vsock:///a?cid=0",
        "vhost-vsock:///a?cid=2",
        "vhost-vsock:///a?cid=4294967295",
        "vhost-vsock:///a?cid=4294967301",
        "vhost-vsock:///a?cid=-5",
        "vhost-vsock:///a?cid=5 ",
        "vhost-vsock:///a?cid=5&",
        "vhost-vsock:///a?cid=5?port=1",
        "vhost-vsock:///a?cid=5&id=19",
        "vhost-vsock:///a?port=any",
        "vhost-vsock:///a?port=4294967295",
        "vhost-vsock:///a?cid=00000000005",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_wrong(wrong[i]);
}

static void test_what_can_not_of_machines(void **state)
{
    static const char *const wrong[] = {
        "hybrid-vsock://",
        "hybrid-vsock://?port=1",
        "hybrid-vsock:///?port=1",
        "hybrid-vsock://a?port=1",
        "hybrid-vsock:///a/?port=1",
        "hybrid-vsock:///a",
        "hybrid-vsock:///a?",
        "hybrid-vsock:///a?port",
        "hybrid-vsock:///a?port=",
        "hybrid-vsock:///a?port=any",
        "hybrid-vsock:///a?port=4294967296",
        "hybrid-vsock:///a?port=1 ",
        "hybrid-vsock:///a?port=1?port=1",
        "hybrid-vsock:///a?id=1",
        "hybrid-vsock:///*?port=1",
        "hybrid-vsock:///a/*?port=1",
        "hybrid-vsock:///a*/b?port=1",
        "hybrid-vsock:///**/b?port=1",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_wrong(wrong[i]);
}

static void assert_longest_path(const char *before, const char *behind)
{
    char address[256];
    int length = snprintf(address, sizeof(address), "%s/%0*d%s", before, 107, 0, behind);

    assert_true(length < (int)sizeof(address));
    assert_int_equal(address_check(address, true, why, sizeof(why)), VACCEL_EINVAL);
    assert_why("107 bytes");
    snprintf(address, sizeof(address), "%s/%0*d%s", before, 106, 0, behind);
    assert_int_equal(address_check(address, true, why, sizeof(why)), VACCEL_OK);
}

static void test_longest_path(void **state)
{
    (void)state;
    assert_longest_path("unix://", "");
    assert_longest_path("vhost-user://", "");
    assert_longest_path("vhost-user://", "?id=63");
    assert_longest_path("vhost-vsock://", "?cid=5&port=65500");
}

static void test_devices(void **state)
{
    (void)state;
    assert_int_equal(address_device("vhost-user:///a"), 2);
    assert_int_equal(address_device("vhost-user:///a?id=1"), 1);
    assert_int_equal(address_device("vhost-user:///a?id=63"), 63);
    assert_int_equal(address_device("unix:///a?id=63"), 0);
    assert_int_equal(address_device("tcp://127.0.0.1:0"), 0);
    assert_int_equal(address_device("vhost-user:///a?id=64"), 0);
    assert_int_equal(address_device("vhost-vsock:///a?cid=5"), 19);
}

static void assert_vsock(const char *address, uint32_t cid, uint32_t port)
{
    struct address_vsock vsock = {0};

    assert_true(address_vsock(address, &vsock));
    assert_int_equal(vsock.cid, cid);
    assert_int_equal(vsock.port, port);
}

static void test_vsock_devices(void **state)
{
    struct address_vsock vsock;

    (void)state;
    assert_vsock("vhost-vsock:///a", 3, 65500);
    assert_vsock("vhost-vsock:///a?cid=5", 5, 65500);
    assert_vsock("vhost-vsock:///a?port=1&cid=4294967294", 4294967294, 1);
    assert_false(address_vsock("vhost-user:///a", &vsock));
    assert_false(address_vsock("vsock://2:65500", &vsock));
    assert_false(address_vsock("vhost-vsock:///a?cid=1", &vsock));
}

static void test_paths_of_unix_sockets(void **state)
{
    char path[256];

    (void)state;
    assert_true(address_path("unix:///a?id=63", path, sizeof(path)));
    assert_string_equal(path, "/a?id=63");
    assert_true(address_path("vhost-user:///a/b?id=63", path, sizeof(path)));
    assert_string_equal(path, "/a/b");
    assert_true(address_path("vhost-vsock:///a/b?cid=5", path, sizeof(path)));
    assert_string_equal(path, "/a/b");
    assert_false(address_path("tcp://127.0.0.1:0", path, sizeof(path)));
    assert_string_equal(path, "");
}

/* A path to connect to may have what one in which machines are looked for may not. */
static void test_machines(void **state)
{
    char path[256];
    uint32_t port;
    int fd;

    (void)state;
    assert_true(address_machines("hybrid-vsock:///run/*/a.sock?port=5", path, sizeof(path), &port));
    assert_string_equal(path, "/run/*/a.sock");
    assert_int_equal(port, 5);
    assert_false(address_path("hybrid-vsock:///run/a.sock?port=5", path, sizeof(path)));
    assert_false(address_machines("unix:///a", path, sizeof(path), &port));
    assert_string_equal(path, "");
    assert_int_equal(address_device("hybrid-vsock:///a?port=1"), 0);
    assert_int_equal(address_check("hybrid-vsock:///a/../b?port=1", true, why, sizeof(why)),
                     VACCEL_EINVAL);
    assert_why("without empty names, . and ..");
    assert_int_equal(address_check("hybrid-vsock:///a//b?port=1", true, why, sizeof(why)),
                     VACCEL_EINVAL);
    assert_int_equal(address_listen("hybrid-vsock:///a?port=1", &fd, why, sizeof(why)),
                     VACCEL_EINVAL);
    assert_why("come and go");
}

static void test_longest_paths_of_machines(void **state)
{
    char address[400];

    (void)state;
    snprintf(address, sizeof(address), "hybrid-vsock:///%0190d/%064d?port=1", 0, 0);
    assert_int_equal(address_check(address, true, why, sizeof(why)), VACCEL_EINVAL);
    assert_why("255 bytes");
    snprintf(address, sizeof(address), "hybrid-vsock:///%0189d/%064d?port=1", 0, 0);
    assert_int_equal(address_check(address, true, why, sizeof(why)), VACCEL_OK);
    assert_int_equal(address_check(address, false, why, sizeof(why)), VACCEL_EINVAL);
    assert_why("107 bytes");
    snprintf(address, sizeof(address), "hybrid-vsock:///a/%065d?port=1", 0);
    assert_int_equal(address_check(address, true, why, sizeof(why)), VACCEL_EINVAL);
    assert_why("64 bytes");
}

/* The cid is what a machine is called by. */
static void test_machines_of_the_kernel(void **state)
{
    struct sockaddr_vm machine = {.svm_family = AF_VSOCK, .svm_cid = 5, .svm_port = 1234};
    struct sockaddr other = {.sa_family = AF_INET};
    char text[64];

    (void)state;
    assert_true(vsock_describe((struct sockaddr *)&machine, "vsock ", text, sizeof(text)));
    assert_string_equal(text, "vsock 5:1234");
    machine.svm_cid = VMADDR_CID_ANY;
    assert_true(vsock_describe((struct sockaddr *)&machine, "vsock://", text, sizeof(text)));
    assert_string_equal(text, "vsock://any:1234");
    assert_false(vsock_describe(&other, "vsock ", text, sizeof(text)));
}

static void test_long_addresses_are_cut_in_sentences(void **state)
{
    static char address[100000] = "tcp://";

    (void)state;
    memset(address + 6, 'x', sizeof(address) - 7);
    assert_int_equal(address_check(address, false, why, sizeof(why)), VACCEL_EINVAL);
    assert_true(strlen(why) < sizeof(why) - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_can_be_understood),
        cmocka_unit_test(test_what_can_not_of_sockets),
        cmocka_unit_test(test_what_can_not_of_devices),
        cmocka_unit_test(test_what_can_not_of_machines),
        cmocka_unit_test(test_longest_path),
        cmocka_unit_test(test_devices),
        cmocka_unit_test(test_vsock_devices),
        cmocka_unit_test(test_paths_of_unix_sockets),
        cmocka_unit_test(test_machines),
        cmocka_unit_test(test_longest_paths_of_machines),
        cmocka_unit_test(test_machines_of_the_kernel),
        cmocka_unit_test(test_long_addresses_are_cut_in_sentences),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
