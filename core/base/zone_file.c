/* TZif files (RFC 9636, versions 1 to 4): a header and a block of explicit
 * transitions, with 32 bits and then again with 64, and a footer with the rule
 * for the time after the last of them (a POSIX TZ string), which is written out
 * here as transitions up to PL_ZONE_LAST_YEAR. */
#include "base/zone_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/time.h"

#define DEFAULT_FOLDER "/usr/share/zoneinfo"
#define HEADER_SIZE 44
#define TYPE_SIZE 6
#define LEAST_OFFSET (-89999) /* RFC 9636 section 3.2, "utoff" */
#define MOST_OFFSET 93599
#define DAY 86400
#define RULE_YEARS (PL_ZONE_LAST_YEAR - PL_ZONE_FIRST_YEAR + 3)

/* ---- The block of explicit transitions ---- */

/* One header's counts; `body` is its data, all of it inside of the file. */
typedef struct block {
  int version;
  size_t utc_marks, standard_marks, leaps, times, types, characters;
  size_t time_size; /* 4 or 8 bytes */
  const uint8_t *body;
  const uint8_t *end; /* of the data: the next header, or the footer */
} block;

static uint64_t big_endian(const uint8_t *p, size_t n) {
  uint64_t value = 0;
  for (size_t i = 0; i < n; i++) value = value << 8 | p[i];
  return value;
}

static int64_t time_of(const block *b, size_t i) {
  uint64_t value = big_endian(b->body + i * b->time_size, b->time_size);
  return b->time_size == 4 ? (int32_t)(uint32_t)value : (int64_t)value;
}

/* The offset of a type; MOST_OFFSET + 1 if there is no such type or offset. */
static int32_t offset_of(const block *b, size_t type) {
  if (type >= b->types) return MOST_OFFSET + 1;
  const uint8_t *types = b->body + b->times * (b->time_size + 1);
  int32_t offset = (int32_t)(uint32_t)big_endian(types + type * TYPE_SIZE, 4);
  return offset < LEAST_OFFSET || offset > MOST_OFFSET ? MOST_OFFSET + 1 : offset;
}

static size_t type_of(const block *b, size_t i) {
  return b->body[b->times * b->time_size + i];
}

/* Reads a header at `p` and sees that its data ends before `limit`. Counts have
 * 32 bits, so that sums and products of a few fit into 64. */
static bool read_header(const uint8_t *p, const uint8_t *limit, size_t time_size, block *b) {
  if (limit - p < HEADER_SIZE || memcmp(p, "TZif", 4) != 0) return false;
  size_t counts[6];
  for (size_t i = 0; i < 6; i++) counts[i] = big_endian(p + 20 + 4 * i, 4);
  *b = (block){p[4],      counts[0], counts[1], counts[2],       counts[3],
               counts[4], counts[5], time_size, p + HEADER_SIZE, NULL};
  uint64_t size = b->times * (time_size + 1) + b->types * TYPE_SIZE + b->characters +
                  b->leaps * (time_size + 4) + b->standard_marks + b->utc_marks;
  if (size > (uint64_t)(limit - b->body)) return false;
  b->end = b->body + size;
  return true;
}

/* The block to use: the one with 64 bits, which version 1 did not have. */
static const char *find_block(const uint8_t *bytes, size_t n, block *b) {
  const uint8_t *limit = bytes + n;
  if (!read_header(bytes, limit, 4, b)) return "it is not a TZif file, or cut short";
  int version = b->version;
  if (version != 0 && (version < '2' || version > '4')) return "its version is unknown";
  if (version != 0 && !read_header(b->end, limit, 8, b)) return "its second half is cut short";
  if (b->version != version) return "its two halves differ in version";
  /* Times in such a file are not seconds since 1970 as everybody counts them. */
  if (b->leaps > 0) return "it counts leap seconds";
  bool marks = (b->standard_marks == 0 || b->standard_marks == b->types) &&
               (b->utc_marks == 0 || b->utc_marks == b->types);
  return b->types == 0 || b->characters == 0 || !marks ? "its counts contradict each other" : NULL;
}

static bool add_change(pl_zone_changes *out, int64_t at, int32_t offset) {
  if (at < pl_days_from_civil(0, 1, 1) * (int64_t)DAY) {
    out->first = offset; /* files of old compilers begin with the Big Bang */
    return true;
  }
  if (at >= pl_days_from_civil(10000, 1, 1) * (int64_t)DAY) return true;
  if (!pl_grow(&out->list, &out->cap, out->count + 1, sizeof *out->list)) return false;
  out->list[out->count++] = (pl_zone_change){at, offset};
  return true;
}

static pl_status read_changes(const block *b, pl_zone_changes *out, const char **wrong) {
  *wrong = "it has an offset of more than a day, or a time of no type";
  out->first = offset_of(b, 0);
  if (out->first > MOST_OFFSET) return PL_E_USAGE;
  for (size_t i = 0; i < b->times; i++) {
    int32_t offset = offset_of(b, type_of(b, i));
    if (offset > MOST_OFFSET) return PL_E_USAGE;
    if (i > 0 && time_of(b, i) <= time_of(b, i - 1)) {
      *wrong = "its transitions are not in order";
      return PL_E_USAGE;
    }
    if (!add_change(out, time_of(b, i), offset)) return PL_E_MEMORY;
  }
  return PL_OK;
}

/* ---- The rule in the footer ---- */

/* A day of every year, as POSIX writes it: Mm.w.d, Jn or n. */
typedef struct rule_day {
  char kind; /* 'M', 'J' or '0' */
  int month, week, day;
  int32_t time; /* seconds of the wall clock after (or before) its midnight */
} rule_day;

typedef struct clock_rule {
  int32_t standard, summer; /* seconds east of UTC */
  bool changes;
  rule_day start, end; /* of summer time */
} clock_rule;

typedef struct cursor {
  const char *p, *end;
} cursor;

static char peek(const cursor *c) {
  return c->p < c->end ? *c->p : '\0';
}

static bool take(cursor *c, char wanted) {
  if (c->p == c->end || *c->p != wanted) return false;
  c->p++;
  return true;
}

static bool is_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

static bool take_number(cursor *c, int least, int most, int *out) {
  int value = 0;
  const char *from = c->p;
  for (; is_digit(peek(c)) && value <= most; c->p++) value = value * 10 + (*c->p - '0');
  *out = value;
  return c->p > from && value >= least && value <= most;
}

/* "CET", or "<+03>"; three characters at least. */
static bool take_name(cursor *c) {
  bool quoted = take(c, '<');
  const char *from = c->p;
  while (is_letter(peek(c)) || (quoted && (is_digit(peek(c)) || peek(c) == '+' || peek(c) == '-')))
    c->p++;
  return c->p - from >= 3 && (!quoted || take(c, '>'));
}

/* [+-]hh[:mm[:ss]] */
static bool take_clock(cursor *c, int most_hours, int32_t *seconds) {
  int hours, minutes = 0, rest = 0;
  bool minus = take(c, '-');
  if (!minus) take(c, '+');
  if (!take_number(c, 0, most_hours, &hours)) return false;
  if (take(c, ':')) {
    if (!take_number(c, 0, 59, &minutes)) return false;
    if (take(c, ':') && !take_number(c, 0, 59, &rest)) return false;
  }
  *seconds = (hours * 60 + minutes) * 60 + rest;
  if (minus) *seconds = -*seconds;
  return true;
}

static bool take_day(cursor *c, rule_day *out) {
  *out = (rule_day){.kind = '0', .time = 2 * 3600};
  bool good;
  if (take(c, 'M')) {
    out->kind = 'M';
    good = take_number(c, 1, 12, &out->month) && take(c, '.') && take_number(c, 1, 5, &out->week) &&
           take(c, '.') && take_number(c, 0, 6, &out->day);
  } else {
    if (take(c, 'J')) out->kind = 'J';
    good = take_number(c, out->kind == 'J' ? 1 : 0, 365, &out->day);
  }
  return good && (!take(c, '/') || take_clock(c, 167, &out->time));
}

/* std offset [dst [offset] , start [/time] , end [/time]] */
static bool read_rule(const char *text, size_t n, clock_rule *out) {
  cursor c = {text, text + n};
  int32_t west;
  *out = (clock_rule){0};
  if (!take_name(&c) || !take_clock(&c, 24, &west)) return false;
  out->standard = -west; /* POSIX counts west of Greenwich */
  if (c.p == c.end) return true;
  out->changes = true;
  if (!take_name(&c)) return false;
  out->summer = out->standard + 3600;
  if (peek(&c) != ',') {
    if (!take_clock(&c, 24, &west)) return false;
    out->summer = -west;
  }
  return take(&c, ',') && take_day(&c, &out->start) && take(&c, ',') && take_day(&c, &out->end) &&
         c.p == c.end;
}

/* Mm.w.d: the w-th weekday d (0: Sunday) of the month; the fifth is the last. */
static int32_t weekday_of_month(int year, const rule_day *rule) {
  int32_t first = pl_days_from_civil(year, rule->month, 1);
  int32_t next = pl_days_from_civil(year + rule->month / 12, rule->month % 12 + 1, 1);
  int32_t weekday = ((first + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
  int32_t day = first + (rule->day - weekday + 7) % 7 + (rule->week - 1) * 7;
  return day < next ? day : day - 7;
}

static int64_t rule_instant(int year, const rule_day *rule, int32_t offset_before) {
  int32_t january = pl_days_from_civil(year, 1, 1);
  int32_t march = pl_days_from_civil(year, 3, 1);
  int32_t day = january + rule->day;
  if (rule->kind == 'M') day = weekday_of_month(year, rule);
  /* Jn counts from 1 and passes over February 29 */
  if (rule->kind == 'J') day = rule->day <= 59 ? day - 1 : march + rule->day - 60;
  return day * (int64_t)DAY + rule->time - offset_before;
}

typedef struct rule_event {
  int64_t at;
  bool starts;
} rule_event;

/* Summer time that never ends is written as one that ends and starts in the same
 * instant; the start is the one to hold. */
static int compare_events(const void *a, const void *b) {
  const rule_event *x = a, *y = b;
  if (x->at != y->at) return x->at < y->at ? -1 : 1;
  return x->starts - y->starts;
}

/* Writes out the rule for what comes after `last`. */
static bool add_rule(const clock_rule *rule, int64_t last, pl_zone_changes *out) {
  rule_event events[2 * RULE_YEARS];
  size_t n = 0;
  for (int year = PL_ZONE_FIRST_YEAR - 1; year <= PL_ZONE_LAST_YEAR + 1; year++) {
    events[n++] = (rule_event){rule_instant(year, &rule->start, rule->standard), true};
    events[n++] = (rule_event){rule_instant(year, &rule->end, rule->summer), false};
  }
  qsort(events, n, sizeof *events, compare_events);
  int64_t until = pl_days_from_civil(PL_ZONE_LAST_YEAR + 1, 1, 1) * (int64_t)DAY;
  for (size_t i = 0; i < n && events[i].at < until; i++) {
    if (events[i].at <= last || (i + 1 < n && events[i].at == events[i + 1].at)) continue;
    int32_t offset = events[i].starts ? rule->summer : rule->standard;
    if (!add_change(out, events[i].at, offset)) return false;
  }
  return true;
}

/* "\nRULE\n"; an empty rule says nothing about the time after the last one. */
static pl_status read_footer(const block *b, const uint8_t *limit, pl_zone_changes *out,
                             const char **wrong) {
  const uint8_t *text = b->end + 1;
  const uint8_t *newline =
      b->end < limit && *b->end == '\n' ? memchr(text, '\n', (size_t)(limit - text)) : NULL;
  *wrong = "its last line is cut short";
  if (!newline) return PL_E_USAGE;
  if (newline == text) return PL_OK;
  clock_rule rule;
  *wrong = "its last line is not a rule for the clock";
  if (!read_rule((const char *)text, (size_t)(newline - text), &rule)) return PL_E_USAGE;
  int64_t last = b->times > 0 ? time_of(b, b->times - 1) : INT64_MIN;
  int32_t offset = b->times > 0 ? offset_of(b, type_of(b, b->times - 1)) : out->first;
  *wrong = "its last line contradicts its last transition";
  if (!rule.changes) return offset == rule.standard ? PL_OK : PL_E_USAGE;
  return add_rule(&rule, last, out) ? PL_OK : PL_E_MEMORY;
}

pl_status pl_zone_file_parse(const uint8_t *bytes, size_t n, pl_zone_changes *out,
                             const char **wrong) {
  block b;
  *wrong = find_block(bytes, n, &b);
  if (*wrong) return PL_E_USAGE;
  pl_status status = read_changes(&b, out, wrong);
  if (status == PL_OK && b.version != 0) status = read_footer(&b, bytes + n, out, wrong);
  return status;
}

/* ---- The file ---- */

/* No dot is in any of IANA's names, so that none leads out of the folder. The
 * rest keeps away from what tzdata has beside its zones: a second and a third
 * tree, and two files that stand for whatever this machine is set to. */
static bool is_iana_name(const char *name) {
  static const char punctuation[] = "/_+-";
  for (const char *p = name; *p; p++) {
    if (!is_letter(*p) && !is_digit(*p) && !strchr(punctuation, *p)) return false;
    if (*p == '/' && (p == name || p[1] == '/' || p[1] == '\0')) return false;
  }
  return *name && strncmp(name, "posix/", 6) != 0 && strncmp(name, "right/", 6) != 0 &&
         strcmp(name, "localtime") != 0 && strcmp(name, "posixrules") != 0;
}

static pl_status fail_file(const char *name, const char *path, const char *why, pl_error *err) {
  pl_fail(err, PL_E_USAGE, "timezone \"%s\" cannot be read from %s: %s", name, path, why);
  pl_hint(err, "reinstall the package tzdata%s",
          secure_getenv("TZDIR") ? ", or check the variable TZDIR" : "");
  return PL_E_USAGE; /* also without an err */
}

/* Up to `size` bytes; -1 as read(2) has it. */
static ssize_t read_all(int fd, uint8_t *bytes, size_t size) {
  size_t n = 0;
  while (n < size) {
    ssize_t got = read(fd, bytes + n, size - n);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -1;
    if (got == 0) break;
    n += (size_t)got;
  }
  return (ssize_t)n;
}

static pl_status read_open_file(int fd, size_t size, const char *name, const char *path,
                                pl_zone_changes *out, pl_error *err) {
  const char *wrong = NULL;
  uint8_t *bytes = pl_malloc(size + 1);
  if (!bytes) return pl_fail_memory(err);
  ssize_t n = read_all(fd, bytes, size);
  pl_status status = PL_E_USAGE;
  if (n < 0)
    wrong = "the system could not read it";
  else
    status = pl_zone_file_parse(bytes, (size_t)n, out, &wrong);
  pl_free(bytes);
  if (status == PL_E_MEMORY) return pl_fail_memory(err);
  return status == PL_OK ? PL_OK : fail_file(name, path, wrong, err);
}

pl_status pl_zone_file_read(const char *name, bool *found, pl_zone_changes *out, pl_error *err) {
  *found = false;
  if (!is_iana_name(name)) return PL_OK;
  char path[PATH_MAX];
  const char *folder = secure_getenv("TZDIR");
  if (!folder || !*folder) folder = DEFAULT_FOLDER;
  int length = snprintf(path, sizeof path, "%s/%s", folder, name);
  if (length < 0 || (size_t)length >= sizeof path)
    return fail_file(name, "TZDIR", "the path is too long", err);
  /* O_NONBLOCK: a pipe of that name must not hold us up */
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0 && (errno == ENOENT || errno == ENOTDIR)) return PL_OK;
  if (fd < 0) return fail_file(name, path, "it cannot be opened", err);
  struct stat info;
  pl_status status = PL_OK;
  if (fstat(fd, &info) != 0) {
    status = fail_file(name, path, "the system could not read it", err);
  } else if (S_ISREG(info.st_mode)) { /* "America" is a folder, not a zone */
    *found = true;
    status = info.st_size > PL_ZONE_FILE_MOST
                 ? fail_file(name, path, "it is too large for a zone", err)
                 : read_open_file(fd, (size_t)info.st_size, name, path, out, err);
  }
  close(fd);
  return status;
}
