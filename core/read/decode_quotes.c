/* Quotes inside quoted cells: "a ""b"" c" or "a \"b\" c".
 *
 * With backslashes, \" is a quote and \\ a backslash, in a quoted cell or not;
 * before anything else a backslash is itself (\N, \n, C:\dir). A doubled quote is
 * a quote there too, because some tools write both. */
#include "read/decode.h"

enum { AT_START, PLAIN, QUOTED, CLOSED }; /* where in a cell */

/* --- from backslashes to doubled quotes --- */

static bool ends_cell(char c, char delimiter) {
  return c == delimiter || c == '\n' || c == '\r';
}

static char *put_quote(const pl_unescape *u, char *to) {
  if (u->state == QUOTED || u->forced) *to++ = '"';
  *to++ = '"';
  return to;
}

/* What stood behind a backslash; false: the backslash is itself, and c is yet to be read. */
static bool escaped(pl_unescape *u, char c, char **to) {
  u->escaped = false;
  if (c != '"') {
    *(*to)++ = '\\';
    if (u->state == AT_START) u->state = PLAIN;
    return c == '\\';
  }
  if (u->state == AT_START) { /* unquoted, a first quote would be taken for an opening one */
    *(*to)++ = '"';
    u->state = PLAIN;
    u->forced = true;
  }
  *to = put_quote(u, *to);
  return true;
}

static char *plain(pl_unescape *u, char c, char *to) {
  if (c == '"') return put_quote(u, to);
  bool end = ends_cell(c, u->delimiter);
  if (end && u->forced) *to++ = '"';
  if (end) {
    u->state = AT_START;
    u->forced = false;
  }
  *to++ = c;
  return to;
}

static char *one(pl_unescape *u, char c, char *to) {
  if (u->escaped && escaped(u, c, &to)) return to;
  if (c == '\\') {
    u->escaped = true;
    return to;
  }
  if (u->state == PLAIN) return plain(u, c, to);
  *to++ = c;
  if (u->state == QUOTED)
    u->state = c == '"' ? CLOSED : QUOTED;
  else if (ends_cell(c, u->delimiter))
    u->state = AT_START;
  else if (c == '"')
    u->state = QUOTED;
  else if (u->state == AT_START && c != ' ' && c != '\t')
    u->state = PLAIN;
  return to;
}

size_t pl_unescape_feed(pl_unescape *u, const char *p, size_t n, char *to) {
  char *start = to;
  for (size_t i = 0; i < n; i++) to = one(u, p[i], to);
  return (size_t)(to - start);
}

size_t pl_unescape_end(pl_unescape *u, char *to) {
  char *start = to;
  if (u->escaped) *to++ = '\\';
  if (u->forced) *to++ = '"';
  u->escaped = u->forced = false;
  return (size_t)(to - start);
}

/* --- which of the two a file has --- */

#define LONG_CELL (16u << 10) /* a quoted cell that is still open after it never ends */

/* One of the two ways to read the head. */
typedef struct reading {
  bool backslash;
  char delimiter;
  int state;
  size_t bad;                /* what speaks against it */
  size_t rows, cells, width; /* width: cells of the first row */
  bool even;                 /* every row has as many */
  size_t escapes;            /* \" in quoted cells, and where the first is */
  size_t first;
  size_t open_at; /* where the open cell began */
} reading;

static void reading_row(reading *r) {
  r->cells++;
  if (r->rows++ == 0) r->width = r->cells;
  r->even &= r->cells == r->width;
  r->cells = 0;
}

static void reading_between(reading *r, char c, size_t at) {
  if (c == r->delimiter) {
    r->cells++;
    r->state = AT_START;
  } else if (c == '\n' || c == '\r') {
    if (r->state != AT_START || r->cells) reading_row(r);
    r->state = AT_START;
  } else if (c == '"') {
    r->bad += r->state == PLAIN;
    if (r->state != PLAIN) r->state = QUOTED;
    r->open_at = at;
  } else if (c != ' ' && c != '\t') {
    r->bad += r->state == CLOSED;
    r->state = PLAIN;
  }
}

static void read_head(reading *r, pl_str head, bool whole) {
  r->even = true;
  for (size_t i = 0; i < head.n; i++) {
    char c = head.p[i];
    if (c == '\\' && i + 1 < head.n && (head.p[i + 1] == '"' || head.p[i + 1] == '\\')) {
      bool quote = head.p[i + 1] == '"';
      if (quote && r->state == QUOTED && r->escapes++ == 0) r->first = i;
      i += r->backslash;
      r->bad += r->state == CLOSED;
      if (r->state != QUOTED) r->state = PLAIN;
    } else if (r->state != QUOTED) {
      reading_between(r, c, i);
    } else if (c == '"') {
      r->state = CLOSED;
    }
  }
  bool open = r->state == QUOTED && (whole || head.n - r->open_at > LONG_CELL);
  r->bad += open;
  if (whole && !open && (r->state != AT_START || r->cells)) reading_row(r);
}

char pl_quotes_delimiter(pl_str head) {
  static const char known[] = ",;\t|";
  size_t best = 0, most = 0;
  for (size_t k = 0; k < sizeof known - 1; k++) {
    size_t n = 0;
    for (size_t i = 0; i + 1 < head.n; i++)
      n += (head.p[i] == '"' && head.p[i + 1] == known[k]) ||
           (head.p[i] == known[k] && head.p[i + 1] == '"');
    if (n > most) {
      most = n;
      best = k;
    }
  }
  return known[best];
}

pl_quotes pl_quotes_look(pl_str head, bool whole, char delimiter, size_t *at) {
  reading doubled = {.delimiter = delimiter};
  reading backslash = {.delimiter = delimiter, .backslash = true};
  *at = 0;
  if (!memmem(head.p, head.n, "\\\"", 2)) return PL_QUOTES_DOUBLED;
  read_head(&doubled, head, whole);
  read_head(&backslash, head, whole);
  *at = backslash.first;
  if (!backslash.escapes) return PL_QUOTES_DOUBLED;
  if (!backslash.bad != !doubled.bad)
    return backslash.bad ? PL_QUOTES_DOUBLED : PL_QUOTES_BACKSLASH;
  if (doubled.bad) /* something is wrong with either */
    return backslash.bad * 10 <= doubled.bad ? PL_QUOTES_BACKSLASH : PL_QUOTES_DOUBLED;
  if (doubled.even != backslash.even)
    return backslash.even ? PL_QUOTES_BACKSLASH : PL_QUOTES_DOUBLED;
  return PL_QUOTES_LOOK;
}

/* One place of the file, from its first line end on. Whether that is inside a cell is not
 * known, so only what reads whole with backslashes, and not without, counts. */
static bool backslashes_in(pl_str place, char delimiter) {
  reading doubled = {.delimiter = delimiter};
  reading backslash = {.delimiter = delimiter, .backslash = true};
  size_t begin = 0;
  if (!memmem(place.p, place.n, "\\\"", 2)) return false;
  while (begin < place.n && place.p[begin] != '\n' && place.p[begin] != '\r') begin++;
  const pl_str lines = {place.p + begin, place.n - begin};
  read_head(&doubled, lines, false);
  read_head(&backslash, lines, false);
  return backslash.escapes && !backslash.bad && doubled.bad;
}

bool pl_quotes_elsewhere(const pl_samples *samples, size_t head, char delimiter) {
  for (size_t i = 0; i < samples->count; i++) {
    const size_t to = samples->at[i + 1];
    for (size_t at = i ? samples->at[i] : head; at < to; at += PL_HEAD_BYTES) {
      const size_t n = to - at < PL_HEAD_BYTES ? to - at : PL_HEAD_BYTES;
      if (backslashes_in((pl_str){samples->bytes + at, n}, delimiter)) return true;
    }
  }
  return false;
}
