/* SPDX-License-Identifier: Apache-2.0 */
/* Where PCI's configuration space is, by tables that may say anything. Memory is a few pieces here. */
#include "baremetal/acpi.h"
#include "baremetal/machine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PIECES_MOST = 8, RSDP = 0xf5aa0, ROOT = 0x7fe2000, MCFG = 0x7fe1000, HEADER = 36 };
enum {
    LENGTH = 4,
    CHECKSUM = 9,
    ENTRIES = 44,
    ENTRY = 16,
    RSDP_CHECKSUM = 8,
    RSDP_CHECKSUM_2 = 32
};

static struct piece {
    uint64_t address;
    size_t size;
    uint8_t *data; /* of exactly this size, so that a sanitizer sees what is read behind it */
} pieces[PIECES_MOST];
static size_t nr_pieces;
static struct acpi_ecam ecam;

const void *memory_see(uint64_t address, uint64_t size)
{
    size_t i;

    for (i = 0; i < nr_pieces; i++) {
        const struct piece *piece = &pieces[i];

        if (address >= piece->address && address - piece->address <= piece->size &&
            size <= piece->size - (address - piece->address))
            return piece->data + (address - piece->address);
    }
    return NULL;
}

static int forget(void **state)
{
    (void)state;
    while (nr_pieces)
        free(pieces[--nr_pieces].data);
    return 0;
}

static uint8_t *add(uint64_t address, const void *data, size_t size)
{
    struct piece *piece = &pieces[nr_pieces++];

    assert_true(nr_pieces <= PIECES_MOST);
    *piece = (struct piece){.address = address, .size = size, .data = malloc(size)};
    assert_non_null(piece->data);
    memcpy(piece->data, data, size);
    return piece->data;
}

static uint8_t *at(uint64_t address)
{
    return (uint8_t *)(uintptr_t)memory_see(address, 1);
}

static void set(uint8_t *data, uint64_t value, size_t size)
{
    size_t i;

    for (i = 0; i < size; i++)
        data[i] = (uint8_t)(value >> 8 * i);
}

static void sum(uint8_t *data, size_t size, size_t checksum)
{
    uint8_t total = 0;
    size_t i;

    data[checksum] = 0;
    for (i = 0; i < size; i++)
        total = (uint8_t)(total + data[i]);
    data[checksum] = (uint8_t)-total;
}

/* With the length and the checksum that the table should have. */
static void finish(uint8_t *table, size_t size)
{
    set(table + LENGTH, size, 4);
    sum(table, size, CHECKSUM);
}

static void finish_rsdp(uint8_t *rsdp)
{
    sum(rsdp, 20, RSDP_CHECKSUM);
    if (rsdp[15] >= 2)
        sum(rsdp, 36, RSDP_CHECKSUM_2);
}

/* Of revision 0, or 2. */
static uint8_t *add_rsdp(uint64_t address, uint8_t revision)
{
    uint8_t rsdp[36] = "RSD PTR ";

    rsdp[15] = revision;
    set(rsdp + 16, revision ? 0 : ROOT, 4);
    set(rsdp + 20, sizeof(rsdp), 4);
    set(rsdp + 24, ROOT, 8);
    finish_rsdp(rsdp);
    return add(address, rsdp, revision ? 36 : 20);
}

static uint8_t *add_root(uint8_t revision, const uint64_t *addresses, size_t count)
{
    uint8_t root[128] = "RSDT";
    size_t width = revision ? 8 : 4;
    size_t i;

    if (revision)
        root[0] = 'X';
    for (i = 0; i < count; i++)
        set(root + HEADER + i * width, addresses[i], width);
    finish(root, HEADER + count * width);
    return add(ROOT, root, HEADER + count * width);
}

static void set_entry(uint8_t *entry, uint64_t base, uint16_t segment, uint8_t first, uint8_t last)
{
    set(entry, base, 8);
    set(entry + 8, segment, 2);
    entry[10] = first;
    entry[11] = last;
}

static uint8_t *add_mcfg(uint64_t address, uint64_t base)
{
    uint8_t mcfg[ENTRIES + ENTRY] = "MCFG";

    set_entry(mcfg + ENTRIES, base, 0, 0, 255);
    finish(mcfg, sizeof(mcfg));
    return add(address, mcfg, sizeof(mcfg));
}

/* All that there should be. */
static void begin(uint8_t revision)
{
    const uint64_t address = MCFG;

    forget(NULL);
    add_rsdp(RSDP, revision);
    add_root(revision, &address, 1);
    add_mcfg(MCFG, 0xb0000000);
}

static bool find(void)
{
    memset(&ecam, 0, sizeof(ecam));
    return acpi_find_ecam(RSDP, &ecam);
}

static void test_both_revisions(void **state)
{
    uint8_t revision;

    (void)state;
    for (revision = 0; revision <= 2; revision += 2) {
        begin(revision);
        assert_true(find());
        assert_int_equal(ecam.base, 0xb0000000);
        assert_int_equal(ecam.last_bus, 255);
    }
}

static void test_search(void **state)
{
    (void)state;
    begin(2);
    assert_true(acpi_find_ecam(0, &ecam));
    assert_true(acpi_find_ecam(0x1234, &ecam));
    assert_true(acpi_find_ecam(UINT64_MAX, &ecam));
    assert_true(acpi_find_ecam(MCFG, &ecam));
    at(RSDP)[0] = 'r';
    assert_false(acpi_find_ecam(0, &ecam));
    forget(NULL);
    assert_false(acpi_find_ecam(0, &ecam));
}

/* A signature that is text, and one that is cut off by the end of memory, do not end the search. */
static void test_search_goes_on(void **state)
{
    (void)state;
    begin(0);
    add_rsdp(0xe0000, 0)[19]++;
    add(0xffff0, "RSD PTR ", 8);
    assert_true(acpi_find_ecam(0, &ecam));
}

static void test_outside_of_the_place(void **state)
{
    (void)state;
    begin(0);
    pieces[0].address = 0x5aaa0;
    assert_false(acpi_find_ecam(0, &ecam));
    assert_true(acpi_find_ecam(0x5aaa0, &ecam));
}

/* Whichever byte is wrong, the sum tells. */
static void test_every_wrong_byte(void **state)
{
    size_t piece;
    size_t i;

    (void)state;
    begin(2);
    for (piece = 0; piece < nr_pieces; piece++)
        for (i = 0; i < pieces[piece].size; i++) {
            pieces[piece].data[i] ^= 0x10;
            assert_false(find());
            pieces[piece].data[i] ^= 0x10;
        }
    assert_true(find());
}

/* Whatever a table's length is: more than there is, less than a header, or what wraps around. */
static void test_lengths(void **state)
{
    const uint64_t lengths[] = {0, 1, 35, 36, 43, 44, 59, 61, 4096, 1 << 16, 1 << 24, UINT32_MAX};
    const uint64_t tables[] = {ROOT, MCFG};
    size_t i;
    size_t table;

    (void)state;
    for (table = 0; table < 2; table++)
        for (i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
            uint64_t length = lengths[i];

            begin(2);
            if (length == pieces[1 + table].size)
                continue;
            set(at(tables[table]) + LENGTH, length, 4);
            if (length >= HEADER && length <= pieces[1 + table].size)
                sum(at(tables[table]), length, CHECKSUM);
            assert_false(find());
        }
}

static void test_lengths_of_the_first(void **state)
{
    const uint64_t lengths[] = {0, 20, 35, 37, 1 << 16, UINT32_MAX};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
        begin(2);
        set(at(RSDP) + 20, lengths[i], 4);
        finish_rsdp(at(RSDP));
        assert_false(find());
    }
    begin(2);
    pieces[0].size = 20;
    assert_false(find());
}

/* More than 64 KiB is not read, even if it is there. */
static void test_a_table_that_is_too_long(void **state)
{
    enum { SIZE = 1 << 20 };
    uint8_t *large;

    (void)state;
    begin(2);
    large = calloc(1, SIZE);
    assert_non_null(large);
    memcpy(large, pieces[2].data, pieces[2].size);
    finish(large, SIZE);
    free(pieces[2].data);
    pieces[2] = (struct piece){MCFG, SIZE, large};
    assert_false(find());
    finish(large, 1 << 16);
    assert_true(find());
}

static void test_addresses(void **state)
{
    const uint64_t wrong[] = {0,        1,    UINT64_MAX, UINT64_MAX - 35,
                              MCFG + 1, ROOT, RSDP,       0x100007fe1000};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        begin(2);
        set(at(ROOT) + HEADER, wrong[i], 8);
        finish(at(ROOT), HEADER + 8);
        assert_false(find());
        begin(2);
        set(at(RSDP) + 24, wrong[i] == ROOT ? MCFG : wrong[i], 8);
        finish_rsdp(at(RSDP));
        assert_false(find());
    }
}

/* Other tables, wrong ones among them, and what is left over at the end of the table of tables. */
static void test_among_others(void **state)
{
    const uint64_t addresses[] = {0, ROOT, 0x7fe3000, 0x7fe4000, 0x7fe5000, MCFG};
    uint8_t revision;

    (void)state;
    for (revision = 0; revision <= 2; revision += 2) {
        forget(NULL);
        add_rsdp(RSDP, revision);
        add_root(revision, addresses, 6);
        add_mcfg(MCFG, 0xe0000000);
        add_mcfg(0x7fe3000, 0xb0000000)[ENTRIES]++;
        add(0x7fe4000, "MCFG", 4);
        finish(add_mcfg(0x7fe5000, 0xb0000000), HEADER - 1);
        assert_true(find());
        assert_int_equal(ecam.base, 0xe0000000);
        finish(at(ROOT), pieces[1].size - 1);
        assert_false(find());
    }
}

static void test_the_narrow_table_if_there_is_no_wide_one(void **state)
{
    const uint64_t address = MCFG;

    (void)state;
    forget(NULL);
    add_rsdp(RSDP, 2);
    set(at(RSDP) + 16, ROOT, 4);
    set(at(RSDP) + 24, 0, 8);
    finish_rsdp(at(RSDP));
    add_root(0, &address, 1);
    add_mcfg(MCFG, 0xb0000000);
    assert_true(find());
}

static bool find_with_entry(uint64_t base, uint16_t segment, uint8_t first, uint8_t last)
{
    begin(2);
    set_entry(at(MCFG) + ENTRIES, base, segment, first, last);
    finish(at(MCFG), ENTRIES + ENTRY);
    return find();
}

static void test_entries(void **state)
{
    (void)state;
    assert_true(find_with_entry(0xe0000000, 0, 0, 0));
    assert_int_equal(ecam.last_bus, 0);
    assert_true(find_with_entry(UINT64_C(0x8000000000), 0, 0, 63));
    assert_int_equal(ecam.base, UINT64_C(0x8000000000));
    assert_false(find_with_entry(0, 0, 0, 255));
    assert_false(find_with_entry(0xe0001000, 0, 0, 255));
    assert_false(find_with_entry(0xe0000000, 1, 0, 255));
    assert_false(find_with_entry(0xe0000000, 256, 0, 255));
    assert_false(find_with_entry(0xe0000000, 0, 1, 255));
}

static void test_one_of_two_entries(void **state)
{
    uint8_t mcfg[ENTRIES + 2 * ENTRY] = "MCFG";
    const uint64_t address = MCFG;

    (void)state;
    set_entry(mcfg + ENTRIES, 0x4000000000, 1, 0, 255);
    set_entry(mcfg + ENTRIES + ENTRY, 0xc0000000, 0, 0, 127);
    finish(mcfg, sizeof(mcfg));
    add_rsdp(RSDP, 2);
    add_root(2, &address, 1);
    add(MCFG, mcfg, sizeof(mcfg));
    assert_true(find());
    assert_int_equal(ecam.base, 0xc0000000);
    assert_int_equal(ecam.last_bus, 127);
    finish(at(MCFG), sizeof(mcfg) - 1);
    assert_false(find());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_both_revisions, forget),
        cmocka_unit_test_teardown(test_search, forget),
        cmocka_unit_test_teardown(test_search_goes_on, forget),
        cmocka_unit_test_teardown(test_outside_of_the_place, forget),
        cmocka_unit_test_teardown(test_every_wrong_byte, forget),
        cmocka_unit_test_teardown(test_lengths, forget),
        cmocka_unit_test_teardown(test_lengths_of_the_first, forget),
        cmocka_unit_test_teardown(test_a_table_that_is_too_long, forget),
        cmocka_unit_test_teardown(test_addresses, forget),
        cmocka_unit_test_teardown(test_among_others, forget),
        cmocka_unit_test_teardown(test_the_narrow_table_if_there_is_no_wide_one, forget),
        cmocka_unit_test_teardown(test_entries, forget),
        cmocka_unit_test_teardown(test_one_of_two_entries, forget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
