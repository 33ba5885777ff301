/* Timezones as tables, filled once, when a zone is opened: from the system's
 * zone files where they are installed (base/zone_file.h), otherwise from ICU,
 * whose data may be years behind. Outside of the years of the table the first
 * and the last offset hold. Only ICU's offsets are used: its calendar turns
 * Julian before 1582, ours does not. */
#include <unicode/ucal.h>
#include <unicode/uenum.h>

#include "base/alloc.h"
#include "base/time.h"
#include "base/zone_file.h"

#define NAME_LONGEST 63
#define TRANSITIONS_MOST 4096

/* Between at[i - 1] and at[i] the clock is offset[i] seconds east of UTC.
 * until[i] is the wall clock up to which offset[i] is the one to subtract: the
 * end of the segment as either clock shows it, whichever is later. That makes
 * the first occurrence of a repeated time win, and moves a skipped time on by
 * the gap. */
struct pl_zone {
  char name[NAME_LONGEST + 1];
  size_t count; /* transitions; there is one offset more */
  size_t cap;
  int64_t *at;
  int64_t *until;
  int32_t *offset;
};

static int64_t floor_div(int64_t a, int64_t b) {
  return a / b - (a % b < 0);
}

/* The first i with values[i] > x, or n. */
static size_t first_above(const int64_t *values, size_t n, int64_t x) {
  size_t low = 0;
  while (n > 0) {
    size_t half = n / 2;
    bool right = values[low + half] <= x;
    low = right ? low + half + 1 : low;
    n = right ? n - half - 1 : half;
  }
  return low;
}

static int64_t offset_us(const pl_zone *zone, size_t segment) {
  return zone->offset[segment] * PL_SECOND_US;
}

int32_t pl_zone_offset(const pl_zone *zone, int64_t us) {
  return zone->offset[first_above(zone->at, zone->count, us)];
}

int64_t pl_zone_instant(const pl_zone *zone, int32_t day, int64_t us_of_day) {
  int64_t wall = day * PL_DAY_US + us_of_day;
  return wall - offset_us(zone, first_above(zone->until, zone->count, wall));
}

int32_t pl_zone_day(const pl_zone *zone, int64_t us) {
  return (int32_t)floor_div(us + pl_zone_offset(zone, us) * PL_SECOND_US, PL_DAY_US);
}

/* Where midnight is skipped, the day begins when the gap ends, which is one and
 * the same instant for every time inside of the gap. */
int64_t pl_zone_day_start(const pl_zone *zone, int32_t day) {
  int64_t wall = day * PL_DAY_US;
  size_t segment = first_above(zone->until, zone->count, wall);
  int64_t us = wall - offset_us(zone, segment);
  bool skipped = segment < zone->count && us >= zone->at[segment];
  return skipped ? zone->at[segment] : us;
}

static pl_zone_stretch stretch(const pl_zone *zone, const int64_t *bounds, size_t segment) {
  return (pl_zone_stretch){segment ? bounds[segment - 1] : INT64_MIN,
                           segment < zone->count ? bounds[segment] : INT64_MAX,
                           offset_us(zone, segment)};
}

pl_zone_stretch pl_zone_stretch_at(const pl_zone *zone, int64_t us) {
  return stretch(zone, zone->at, first_above(zone->at, zone->count, us));
}

pl_zone_stretch pl_zone_stretch_on_wall(const pl_zone *zone, int64_t wall_us) {
  return stretch(zone, zone->until, first_above(zone->until, zone->count, wall_us));
}

const char *pl_zone_name(const pl_zone *zone) {
  return zone->name;
}

void pl_zone_close(pl_zone *zone) {
  if (!zone) return;
  pl_free(zone->at);
  pl_free(zone->until);
  pl_free(zone->offset);
  pl_free(zone);
}

static bool grow(pl_zone *zone) {
  if (zone->count + 1 < zone->cap) return true;
  size_t cap = zone->cap ? zone->cap * 2 : 8;
  int64_t *at = pl_realloc(zone->at, cap * sizeof *at);
  if (at) zone->at = at;
  int64_t *until = pl_realloc(zone->until, cap * sizeof *until);
  if (until) zone->until = until;
  int32_t *offset = pl_realloc(zone->offset, cap * sizeof *offset);
  if (offset) zone->offset = offset;
  if (at && until && offset) zone->cap = cap;
  return at && until && offset;
}

static bool add_transition(pl_zone *zone, int64_t at, int32_t offset) {
  int32_t before = zone->offset[zone->count];
  if (before == offset) return true; /* only the name of the time changed */
  if (!grow(zone)) return false;
  int64_t until = at + (before > offset ? before : offset) * PL_SECOND_US;
  size_t i = zone->count++;
  zone->at[i] = at;
  zone->until[i] = i > 0 && zone->until[i - 1] > until ? zone->until[i - 1] : until;
  zone->offset[i + 1] = offset;
  return true;
}

static int32_t offset_at(UCalendar *calendar, UDate ms, UErrorCode *code) {
  ucal_setMillis(calendar, ms, code);
  int32_t offset = ucal_get(calendar, UCAL_ZONE_OFFSET, code);
  return (offset + ucal_get(calendar, UCAL_DST_OFFSET, code)) / 1000;
}

static pl_status read_icu_transitions(pl_zone *zone, UCalendar *calendar, pl_error *err) {
  UErrorCode code = U_ZERO_ERROR;
  UDate ms = pl_days_from_civil(PL_ZONE_FIRST_YEAR, 1, 1) * 86400e3;
  UDate end = pl_days_from_civil(PL_ZONE_LAST_YEAR + 1, 1, 1) * 86400e3;
  zone->offset[0] = offset_at(calendar, ms, &code);
  while (zone->count < TRANSITIONS_MOST && U_SUCCESS(code)) {
    ucal_setMillis(calendar, ms, &code);
    bool more = ucal_getTimeZoneTransitionDate(calendar, UCAL_TZ_TRANSITION_NEXT, &ms, &code);
    if (!more || ms >= end) break;
    int32_t offset = offset_at(calendar, ms, &code);
    if (U_SUCCESS(code) && !add_transition(zone, (int64_t)ms * 1000, offset))
      return pl_fail_memory(err);
  }
  if (U_SUCCESS(code)) return PL_OK;
  return pl_fail(err, PL_E_USAGE, "timezone \"%s\" cannot be read: %s", zone->name,
                 u_errorName(code));
}

static void widen(const char *ascii, UChar *out) {
  size_t i = 0;
  for (; ascii[i]; i++) out[i] = (unsigned char)ascii[i];
  out[i] = 0;
}

/* ICU still knows three-letter names of the first Java release, some of which
 * mean something else to most people ("BST" is Dhaka, "IST" is Kolkata). Only
 * those that IANA lists are taken. */
static bool is_legacy(const char *name) {
  static const char *const iana[] = {"UTC", "GMT", "UCT", "EST", "MST", "HST", "CET",
                                     "EET", "MET", "WET", "PRC", "ROC", "ROK"};
  if (strlen(name) != 3) return false;
  for (size_t i = 0; i < sizeof iana / sizeof *iana; i++)
    if (strcmp(name, iana[i]) == 0) return false;
  return true;
}

/* ICU opens any string; this tells whether it stands for a zone. */
static bool is_known(const char *name, const UChar *id, UErrorCode *code) {
  UChar canonical[NAME_LONGEST * 2];
  UBool listed = false;
  ucal_getCanonicalTimeZoneID(id, -1, canonical, NAME_LONGEST * 2, &listed, code);
  if (*code == U_ILLEGAL_ARGUMENT_ERROR) {
    *code = U_ZERO_ERROR;
    return false;
  }
  bool system = strncmp(name, "SystemV/", 8) == 0;
  return listed && !system && !is_legacy(name) && strcmp(name, "Etc/Unknown") != 0;
}

/* Names the nearest zone, if memory and ICU allow. */
static pl_status fail_unknown(const char *name, pl_error *err) {
  UErrorCode code = U_ZERO_ERROR;
  pl_arena arena = {0};
  const char **names = NULL;
  size_t n = 0, cap = 0;
  pl_fail(err, PL_E_USAGE, "\"%s\" is not a timezone", name);
  pl_hint(err, "write an IANA name such as \"Europe/Berlin\", or \"UTC\"");
  UEnumeration *all = ucal_openTimeZoneIDEnumeration(UCAL_ZONE_TYPE_ANY, NULL, NULL, &code);
  const char *next;
  while (U_SUCCESS(code) && (next = uenum_next(all, NULL, &code))) {
    if (is_legacy(next) || strcmp(next, "Etc/Unknown") == 0) continue;
    if (!pl_grow(&names, &cap, n + 1, sizeof *names)) break;
    if (!(names[n] = pl_arena_copy(&arena, next, strlen(next)))) break;
    n++;
  }
  const char *nearest = pl_nearest(name, names, n);
  if (nearest) pl_hint(err, "did you mean \"%s\"?", nearest);
  if (all) uenum_close(all);
  pl_free(names);
  pl_arena_free(&arena);
  return PL_E_USAGE;
}

static pl_status read_icu_zone(pl_zone *zone, pl_error *err) {
  UErrorCode code = U_ZERO_ERROR;
  UChar id[NAME_LONGEST + 1];
  widen(zone->name, id);
  bool known = is_known(zone->name, id, &code);
  if (U_SUCCESS(code) && !known) return fail_unknown(zone->name, err);
  UCalendar *calendar = ucal_open(id, -1, "", UCAL_GREGORIAN, &code);
  if (U_FAILURE(code)) {
    if (calendar) ucal_close(calendar);
    return pl_fail(err, PL_E_USAGE, "timezone \"%s\" cannot be read: %s", zone->name,
                   u_errorName(code));
  }
  pl_status status = read_icu_transitions(zone, calendar, err);
  ucal_close(calendar);
  return status;
}

static pl_status read_zone(pl_zone *zone, pl_error *err) {
  bool found;
  pl_zone_changes changes = {0};
  pl_status status = pl_zone_file_read(zone->name, &found, &changes, err);
  if (status != PL_OK || !found) goto done;
  zone->offset[0] = changes.first;
  for (size_t i = 0; i < changes.count; i++) {
    const pl_zone_change *change = &changes.list[i];
    if (add_transition(zone, change->at * PL_SECOND_US, change->offset)) continue;
    status = pl_fail_memory(err);
    goto done;
  }
done:
  pl_free(changes.list);
  return status == PL_OK && !found ? read_icu_zone(zone, err) : status;
}

pl_zone *pl_zone_open(const char *iana, pl_error *err) {
  const char *name = iana ? iana : "";
  size_t length = strlen(name);
  if (length == 0 || length > NAME_LONGEST) {
    fail_unknown(name, err);
    return NULL;
  }
  pl_zone *zone = pl_calloc(1, sizeof *zone);
  if (!zone || !grow(zone)) {
    pl_zone_close(zone);
    pl_fail_memory(err);
    return NULL;
  }
  memcpy(zone->name, name, length + 1);
  zone->offset[0] = 0;
  if (strcmp(name, "UTC") != 0 && read_zone(zone, err) != PL_OK) {
    pl_zone_close(zone);
    return NULL;
  }
  return zone;
}
