/* Times: instants in microseconds since 1970-01-01T00:00:00Z and calendar days
 * in the audit's timezone. Zones come from the system's zone files (Debian's
 * tzdata; the variable TZDIR names another folder), and from ICU where there is
 * no such file; "UTC" needs neither. The proleptic Gregorian calendar
 * throughout. */
#ifndef PL_BASE_TIME_H
#define PL_BASE_TIME_H

#include "base/error.h"
#include "base/str.h"

typedef enum pl_time_kind { PL_TIME_NONE = 0, PL_TIME_DATE = 1, PL_TIME_INSTANT = 2 } pl_time_kind;

/* A moment as read. `day` is the day (since 1970-01-01) in the zone it was
 * read for; a date without a time has `us` at the first instant of its day
 * (which in some zones is not midnight). */
typedef struct pl_time {
  int64_t us;
  int32_t day;
  uint8_t kind;
} pl_time;

#define PL_SECOND_US 1000000LL
#define PL_DAY_US 86400000000LL
/* Years 0001 to 9999 are accepted; anything else is a bad time. */

/* A timezone: all its transitions in a table, so that readers on several
 * threads share it without a lock. NULL for an unknown IANA name, and for a
 * zone file that is damaged. The rules now in force go on until 2150. */
typedef struct pl_zone pl_zone;
pl_zone *pl_zone_open(const char *iana, pl_error *err); /* "UTC", "America/Sao_Paulo" */
void pl_zone_close(pl_zone *zone);
const char *pl_zone_name(const pl_zone *zone);
/* Seconds east of UTC at an instant. */
int32_t pl_zone_offset(const pl_zone *zone, int64_t us);
/* Wall clock -> instant. A time skipped by a spring-forward moves on by the
 * gap; one that occurs twice is its first occurrence. */
int64_t pl_zone_instant(const pl_zone *zone, int32_t day, int64_t us_of_day);
int32_t pl_zone_day(const pl_zone *zone, int64_t us);        /* local calendar day */
int64_t pl_zone_day_start(const pl_zone *zone, int32_t day); /* its first instant */
/* From `from` on and before `until` one offset holds: of instants, or of wall clocks
 * as pl_zone_instant takes them. */
typedef struct pl_zone_stretch {
  int64_t from, until, offset_us;
} pl_zone_stretch;
pl_zone_stretch pl_zone_stretch_at(const pl_zone *zone, int64_t us);
pl_zone_stretch pl_zone_stretch_on_wall(const pl_zone *zone, int64_t wall_us);

/* How a column writes times. */
typedef enum pl_time_style {
  PL_TIME_ISO = 0,   /* 2024-03-14, 2024-03-14 09:30[:05[.5]], T or space, Z or ±hh[:mm] */
  PL_TIME_EPOCH_S,   /* seconds since 1970, may be negative, may have a fraction */
  PL_TIME_EPOCH_MS,  /* milliseconds */
  PL_TIME_FORMAT,    /* a declared format */
  PL_TIME_DATES,     /* `format` reads the date; a clock may stand behind it (time_dates.c) */
  PL_TIME_EXCEL,     /* days of a spreadsheet, 1 = 1900-01-01, with the time as a fraction */
  PL_TIME_EXCEL_1904 /* the same, 0 = 1904-01-01 */
} pl_time_style;

typedef struct pl_time_reader {
  pl_time_style style;
  const char *format; /* PL_TIME_FORMAT, PL_TIME_DATES: %Y %m %d %e %H %I %p %M %S %f %y %b %B %z %j
                         %T %F %% */
  const pl_zone *zone; /* for times with no offset, */
  const pl_zone *days; /* and the zone that days are counted in */
} pl_time_reader;

/* A format is checked once; the error names the directive. */
pl_status pl_time_format_check(const char *format, pl_error *err);
/* False if `text` is not such a time, all of it. %y: 69-99 are 19xx. Month
 * names may be English, Dutch, French, German, Italian, Portuguese or Spanish,
 * whatever the locale; no word is two months. Impossible dates are refused. */
bool pl_time_parse(pl_str text, const pl_time_reader *reader, pl_time *out);

/* ---- the times of one column, one after another (time_run.c) -------------------
 * Gives what pl_time_parse gives; most times are like the one before them, and what
 * was found out for that one is kept. One thread's own. */
typedef struct pl_time_run {
  const pl_time_reader *reader;
  bool plain; /* ISO, on a processor that stores the lowest byte first */
  /* the last date: its bytes, and its day */
  uint64_t date;
  uint16_t date_end;
  int32_t day;
  int32_t date_day; /* the last date without a time, */
  int64_t date_us;  /* and where its day begins */
  pl_zone_stretch wall, at;
} pl_time_run;
void pl_time_run_open(pl_time_run *run, const pl_time_reader *reader);
bool pl_time_run_read(pl_time_run *run, pl_str text, pl_time *out);

/* ---- ways to write times that need no declaration (time_dates.c) ------------------
 * Each has a number below PL_TIME_WAYS. Way 0 is ISO, 1 and 2 are the epochs in
 * seconds (9 or 10 digits) and milliseconds (12 or 13); the others are dates of
 * several orders, numeric or with names of months, with or without a
 * clock behind them:
 *   " 9:30", "T09:30:05.5", ", 09:30 pm", " 09:30:05 +01:00", " 09:30 UTC"
 * A year of two digits is 1969 to 2068. Dots stand in d.m.y, never in m.d.y. */
#define PL_TIME_WAYS 32
/* The ways in which all of `text` is a time, as bits, with the time in each. */
uint32_t pl_time_fits(pl_str text, const pl_zone *zone, const pl_zone *days,
                      pl_time out[PL_TIME_WAYS]);
pl_time_reader pl_time_way(int way, const pl_zone *zone, const pl_zone *days);
/* Of dates in this way some read in another order too: 3/14/2024 does not, 3/4/2024
 * does. */
bool pl_time_way_is_doubtful(int way);
/* The clock behind the date of a text that is a time in this way: a number below
 * PL_TIME_CLOCKS that is the same for clocks that one format reads; 0: none;
 * PL_TIME_CLOCK_ODD: no format reads it. */
#define PL_TIME_CLOCKS 63
#define PL_TIME_CLOCK_ODD 62
int pl_time_clock(pl_str text, int way);
/* What `format = ` says for times of this way with this clock: "%d/%m/%Y %H:%M",
 * "epoch"; "" where there is nothing to say (ISO) or nothing that says it. */
#define PL_TIME_DECLARE 64
char *pl_time_declare(int way, int clock, char out[PL_TIME_DECLARE]);

/* "2018-11-14" for a date; "2018-11-14T18:04:19-02:00" for an instant, with "Z"
 * for an offset of zero (fraction only if not zero). */
#define PL_TIME_TEXT 48
char *pl_time_text(pl_time t, const pl_zone *zone, char out[PL_TIME_TEXT]);
int32_t pl_days_from_civil(int year, int month, int day);
void pl_civil_from_days(int32_t day, int *year, int *month, int *dom);
pl_time pl_time_now(const pl_zone *zone);

/* "180d", "8d", "36h", "90m", "30s", "2w" -> microseconds. */
bool pl_duration_parse(pl_str text, int64_t *us);
/* "180 days", "36 hours": the largest unit that divides it. */
char *pl_duration_text(int64_t us, char out[PL_TIME_TEXT]);

#endif
