/* SPDX-License-Identifier: Apache-2.0 */
#include "cpu.h"
#include "machine.h"

/* The date, from the battery-backed clock that every PC has. */

enum {
    CMOS_INDEX = 0x70,
    CMOS_DATA = 0x71,
    CMOS_SECOND = 0,
    CMOS_MINUTE = 2,
    CMOS_HOUR = 4,
    CMOS_DAY = 7,
    CMOS_MONTH = 8,
    CMOS_YEAR = 9,
    CMOS_STATUS_A = 10,
    CMOS_STATUS_B = 11,
    IS_UPDATING = 0x80, /* in status A */
    IS_BINARY = 4,      /* in status B */
    IS_24_HOURS = 2,
    IS_AFTERNOON = 0x80, /* in the hour */
    ATTEMPTS = 10000,
};

struct date {
    unsigned int second, minute, hour, day, month, year;
};

static unsigned int read_raw(unsigned int index)
{
    cpu_out8(CMOS_INDEX, (uint8_t)index);
    return cpu_in8(CMOS_DATA);
}

static unsigned int read_number(unsigned int index, bool is_binary)
{
    unsigned int value = read_raw(index);

    return is_binary ? value : (value >> 4) * 10 + (value & 15);
}

static unsigned int read_hour(unsigned int format)
{
    unsigned int raw = read_raw(CMOS_HOUR);
    unsigned int value = raw & ~(unsigned int)IS_AFTERNOON;

    if (!(format & IS_BINARY))
        value = (value >> 4) * 10 + (value & 15);
    if (format & IS_24_HOURS)
        return value;
    return value % 12 + (raw & IS_AFTERNOON ? 12 : 0);
}

static struct date read_date(void)
{
    unsigned int format = read_raw(CMOS_STATUS_B);
    bool is_binary = format & IS_BINARY;

    return (struct date){
        .second = read_number(CMOS_SECOND, is_binary),
        .minute = read_number(CMOS_MINUTE, is_binary),
        .hour = read_hour(format),
        .day = read_number(CMOS_DAY, is_binary),
        .month = read_number(CMOS_MONTH, is_binary),
        .year = 2000 + read_number(CMOS_YEAR, is_binary),
    };
}

static bool is_valid(const struct date *date)
{
    return date->second < 60 && date->minute < 60 && date->hour < 24 && date->day >= 1 &&
           date->day <= 31 && date->month >= 1 && date->month <= 12 && date->year < 2100;
}

/* Since 1970. Years begin in March here, so that the odd day is the last one. */
static uint64_t seconds(const struct date *date)
{
    uint64_t year = date->year - (date->month < 3);
    uint64_t month = (date->month + 9) % 12;
    uint64_t days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 +
                    date->day - 1 - 719468;

    return ((days * 24 + date->hour) * 60 + date->minute) * 60 + date->second;
}

static uint64_t read_seconds(void)
{
    struct date date;
    unsigned int attempt;

    for (attempt = 0; attempt < ATTEMPTS && read_raw(CMOS_STATUS_A) & IS_UPDATING; attempt++)
        cpu_relax();
    date = read_date();
    return attempt < ATTEMPTS && is_valid(&date) ? seconds(&date) : 0;
}

/* Read once: from then on the other clock counts. */
uint64_t clock_real_time(void)
{
    static bool is_read;
    static uint64_t start; /* of the other clock, in nanoseconds since 1970 */

    if (!is_read) {
        uint64_t now = read_seconds();

        start = now ? now * 1000000000 - clock_now() : 0;
        is_read = true;
    }
    return start ? start + clock_now() : 0;
}
