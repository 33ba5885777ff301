/* The times of one run: eight bytes of digits at a time, the day of a date and
 * the offset of a zone looked up only where they differ from those of the time
 * before. Whatever is written in another way goes to pl_time_parse, which stays the
 * authority: what is taken here is what it takes. */
#include "base/time_scan.h"

#define DATE 10      /* bytes of 2024-03-14 */
#define TO_SECOND 19 /* of 2024-03-14 09:30:05 */
/* Days between which no offset leads out of the years that there are. */
#define EARLY (-719000)
#define LATE 2932000

#define EACH(byte) ((byte)*UINT64_C(0x0101010101010101))

static uint64_t eight(const char *p) {
  uint64_t bytes;
  memcpy(&bytes, p, sizeof bytes);
  return bytes;
}

static uint16_t two(const char *p) {
  uint16_t bytes;
  memcpy(&bytes, p, sizeof bytes);
  return bytes;
}

/* `bytes` less `form`, which has '0' where a digit stands and else the byte that must
 * stand there; `rest` marks those. False where something else stands. */
static bool take_form(uint64_t bytes, uint64_t form, uint64_t rest, uint64_t *digits) {
  uint64_t x = bytes ^ form;
  *digits = x;
  return ((x & (rest | EACH(0xF0u))) | ((x + EACH(6u)) & EACH(0xF0u))) == 0;
}

/* Two digits from byte `at` on: the first one is the lower byte. */
static int pair(uint64_t digits, int at) {
  return (int)((digits * 10 + (digits >> 8)) >> (8 * at) & 0xFF);
}

/* "2024-03-14", and its day. */
static bool take_date(pl_time_run *run, const char *p) {
  const uint64_t form = UINT64_C(0x2D30302D30303030), rest = UINT64_C(0xFF0000FF00000000);
  uint64_t date = eight(p), digits;
  uint16_t date_end = two(p + 8);
  if (date == run->date && date_end == run->date_end) return true;
  int tens = p[8] - '0', ones = p[9] - '0';
  if (!take_form(date, form, rest, &digits)) return false;
  if (tens < 0 || tens > 9 || ones < 0 || ones > 9) return false;
  int year = pair(digits, 0) * 100 + pair(digits, 2), month = pair(digits, 5);
  if (!pl_date_exists(year, month, tens * 10 + ones)) return false;
  int32_t day = pl_days_from_civil(year, month, tens * 10 + ones);
  if (day < EARLY || day > LATE) return false;
  run->date = date;
  run->date_end = date_end;
  run->day = day;
  return true;
}

/* "09:30:05"; not 23:59:60. */
static bool take_clock(const char *p, int64_t *us) {
  const uint64_t form = UINT64_C(0x30303A30303A3030), rest = UINT64_C(0x0000FF0000FF0000);
  uint64_t digits;
  if (!take_form(eight(p), form, rest, &digits)) return false;
  int hour = pair(digits, 0), minute = pair(digits, 3), second = pair(digits, 6);
  if (hour > 23 || minute > 59 || second > 59) return false;
  *us = (hour * 3600 + minute * 60 + second) * PL_SECOND_US;
  return true;
}

static int64_t wall_to_instant(pl_time_run *run, int64_t wall) {
  if (wall < run->wall.from || wall >= run->wall.until)
    run->wall = pl_zone_stretch_on_wall(run->reader->zone, wall);
  return wall - run->wall.offset_us;
}

static int32_t day_of(pl_time_run *run, int64_t us) {
  if (us < run->at.from || us >= run->at.until) run->at = pl_zone_stretch_at(run->reader->days, us);
  int64_t in_day = us + run->at.offset_us - run->day * PL_DAY_US;
  if (in_day >= 0 && in_day < PL_DAY_US) return run->day;
  return run->day + (int32_t)(in_day / PL_DAY_US) - (in_day % PL_DAY_US < 0);
}

/* What stands behind the second: a fraction, an offset, both or nothing. */
static bool take_rest(pl_time_run *run, pl_str text, int64_t us_of_day, int64_t *us) {
  const char *p = text.p + TO_SECOND, *end = text.p + text.n;
  pl_clock clock = {0};
  int64_t wall = run->day * PL_DAY_US + us_of_day;
  if (p < end && (*p == '.' || *p == ',')) {
    p++;
    if (!pl_scan_fraction(&p, end, &clock.fraction)) return false;
    wall += clock.fraction;
  }
  if (!pl_scan_zone(&p, end, &clock) || p != end) return false;
  *us = clock.has_offset ? wall - clock.offset * PL_SECOND_US : wall_to_instant(run, wall);
  return true;
}

static bool take_date_alone(pl_time_run *run, pl_time *out) {
  if (run->date_day != run->day) {
    run->date_day = run->day;
    run->date_us = pl_zone_day_start(run->reader->days, run->day);
  }
  *out = (pl_time){run->date_us, run->day, PL_TIME_DATE};
  return true;
}

static bool take_plain(pl_time_run *run, pl_str text, pl_time *out) {
  int64_t us;
  if (text.n < DATE || !take_date(run, text.p)) return false;
  if (text.n == DATE) return take_date_alone(run, out);
  char apart = text.p[DATE];
  if (text.n < TO_SECOND || (apart != ' ' && apart != 'T' && apart != 't')) return false;
  if (!take_clock(text.p + DATE + 1, &us)) return false;
  if (text.n == TO_SECOND)
    us = wall_to_instant(run, run->day * PL_DAY_US + us);
  else if (!take_rest(run, text, us, &us))
    return false;
  *out = (pl_time){us, day_of(run, us), PL_TIME_INSTANT};
  return true;
}

void pl_time_run_open(pl_time_run *run, const pl_time_reader *reader) {
  *run = (pl_time_run){.reader = reader, .date_day = INT32_MIN};
  run->date = eight("1970-01-01"); /* as good as any other: day 0 */
  run->date_end = two("01");
  run->plain = reader->style == PL_TIME_ISO && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
}

bool pl_time_run_read(pl_time_run *run, pl_str text, pl_time *out) {
  if (run->plain && take_plain(run, text, out)) return true;
  return pl_time_parse(text, run->reader, out);
}
