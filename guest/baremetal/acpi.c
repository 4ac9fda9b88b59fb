/* SPDX-License-Identifier: Apache-2.0 */
#include "acpi.h"

#include "machine.h"

#include <string.h>

/* Offsets and sizes are those of ACPI 6.5, section 5.2, and of the PCI Firmware Specification 3.3. */

enum rsdp_field {
    RSDP_REVISION = 15,
    RSDP_RSDT = 16,
    RSDP_SIZE = 20, /* of revision 0 */
    RSDP_LENGTH = 20,
    RSDP_XSDT = 24,
    RSDP_SIZE_2 = 36,
};

enum table_field { TABLE_LENGTH = 4, TABLE_HEADER_SIZE = 36 };

enum mcfg_field {
    MCFG_ENTRIES = 44,
    MCFG_SEGMENT = 8, /* from here on of an entry */
    MCFG_FIRST_BUS = 10,
    MCFG_LAST_BUS = 11,
    MCFG_ENTRY_SIZE = 16,
};

enum {
    SEARCH_START = 0xe0000,
    SEARCH_END = 0x100000,
    SEARCH_STEP = 16,
    TABLE_MOST = 1 << 16, /* those that are read are far smaller */
    BUS_MASK = (1 << 20) - 1,
};

static uint64_t number(const uint8_t *data, size_t size)
{
    uint64_t value = 0;

    while (size--)
        value = value << 8 | data[size];
    return value;
}

/* @size bytes whose sum is right; NULL: they are not there. */
static const uint8_t *see_summed(uint64_t address, size_t size)
{
    const uint8_t *data = size <= TABLE_MOST ? memory_see(address, size) : NULL;
    uint8_t sum = 0;
    size_t i;

    for (i = 0; data && i < size; i++)
        sum = (uint8_t)(sum + data[i]);
    return sum ? NULL : data;
}

static const uint8_t *see_rsdp(uint64_t address)
{
    static const char signature[] = "RSD PTR ";
    const uint8_t *rsdp = see_summed(address, RSDP_SIZE);
    size_t size;

    if (!rsdp || memcmp(rsdp, signature, sizeof(signature) - 1) != 0)
        return NULL;
    if (rsdp[RSDP_REVISION] < 2)
        return rsdp;
    rsdp = memory_see(address, RSDP_SIZE_2);
    size = rsdp ? number(rsdp + RSDP_LENGTH, 4) : 0;
    return size >= RSDP_SIZE_2 ? see_summed(address, size) : NULL;
}

static const uint8_t *find_rsdp(uint64_t told)
{
    const uint8_t *rsdp = told ? see_rsdp(told) : NULL;
    uint64_t address;

    for (address = SEARCH_START; !rsdp && address < SEARCH_END; address += SEARCH_STEP)
        rsdp = see_rsdp(address);
    return rsdp;
}

/* *@size  at least that of a header */
static const uint8_t *see_table(uint64_t address, const char *signature, size_t *size)
{
    const uint8_t *table = memory_see(address, TABLE_HEADER_SIZE);

    if (!table || memcmp(table, signature, 4) != 0)
        return NULL;
    *size = number(table + TABLE_LENGTH, 4);
    return *size >= TABLE_HEADER_SIZE ? see_summed(address, *size) : NULL;
}

/* By the table of tables, which has addresses of 4 bytes or, since revision 2, of 8. */
static const uint8_t *find_mcfg(const uint8_t *rsdp, size_t *size)
{
    bool is_wide = rsdp[RSDP_REVISION] >= 2 && number(rsdp + RSDP_XSDT, 8);
    size_t width = is_wide ? 8 : 4;
    uint64_t address = number(rsdp + (is_wide ? RSDP_XSDT : RSDP_RSDT), width);
    size_t root_size = 0;
    const uint8_t *root = see_table(address, is_wide ? "XSDT" : "RSDT", &root_size);
    const uint8_t *found = NULL;
    size_t at;

    for (at = TABLE_HEADER_SIZE; root && !found && at + width <= root_size; at += width)
        found = see_table(number(root + at, width), "MCFG", size);
    return found;
}

bool acpi_find_ecam(uint64_t rsdp_told, struct acpi_ecam *ecam)
{
    const uint8_t *rsdp = find_rsdp(rsdp_told);
    size_t size = 0;
    const uint8_t *mcfg = rsdp ? find_mcfg(rsdp, &size) : NULL;
    size_t at;

    for (at = MCFG_ENTRIES; mcfg && at + MCFG_ENTRY_SIZE <= size; at += MCFG_ENTRY_SIZE) {
        const uint8_t *entry = mcfg + at;

        ecam->base = number(entry, 8);
        ecam->last_bus = entry[MCFG_LAST_BUS];
        if (ecam->base && !(ecam->base & BUS_MASK) && !number(entry + MCFG_SEGMENT, 2) &&
            !entry[MCFG_FIRST_BUS])
            return true;
    }
    return false;
}
