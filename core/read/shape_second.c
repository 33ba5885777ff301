/* Rows right below the header that are no records because they describe the columns:
 * a second header (questions under codes, metrics under dimensions), units, types.
 * What is proved from the columns is skipped and listed; what is only likely is read,
 * and said; and where the row may as well be the header itself, the user is asked. */
#include <strings.h>

#include "base/currency.h"
#include "read/shape.h"

#define ENOUGH 2 /* columns, or rows, that have to agree before anything is proved */

enum { SOME_VALUE = 1, SOME_TEXT = 2, SOME_TWO = 4 }; /* of `has`; TWO: in two rows or more */
enum { AN_AT = 1, AN_ADDRESS = 2, ALL_MARKS = 3 };    /* of `marks` */

typedef struct second {
  pl_str *name, *own, *cell; /* of the header, of the row that is judged, of a record */
  uint8_t *has, *marks;      /* per column, of the records; marks: what each of its texts has */
  uint32_t n;
  size_t records;
  uint32_t filled, violated, values; /* cells; where no record has a text; columns of values */
  uint32_t excuses, units, repeats, questions, imports, again;
} second;

/* ---- words ------------------------------------------------------------------------ */

static bool same(pl_str s, const char *word) {
  return s.n == strlen(word) && strncasecmp(s.p, word, s.n) == 0;
}

static bool is_one_of(pl_str s, const char *const *words) {
  while (*words && !same(s, *words)) words++;
  return *words != NULL;
}

/* The texts by which survey tools fill the second row. */
static bool is_survey_word(pl_str s) {
  static const char *const words[] = {"Response",
                                      "Open-Ended Response",
                                      "Other (please specify)",
                                      "Antwort",
                                      "R\xC3\xA9ponse",
                                      "Respuesta",
                                      "Resposta",
                                      "Risposta",
                                      "Antwoord",
                                      "Svar",
                                      NULL};
  return is_one_of(s, words);
}

/* What people write where they have no value: a record says so, a second header does not. */
static bool is_excuse(pl_str s) {
  static const char *const words[] = {
      "unknown",   "none",        "na",        "nil",           "nan",
      "tbd",       "tba",         "tbc",       "pending",       "missing",
      "open",      "new",         "undefined", "empty",         "blank",
      "yes",       "no",          "true",      "false",         "not provided",
      "not known", "no data",     "no value",  "not available", "not applicable",
      "unbekannt", "offen",       "keine",     "k.a.",          "inconnu",
      "aucun",     "desconocido", "ninguno",   "onbekend",      "?",
      NULL};
  return is_one_of(s, words);
}

/* (USD), [h], in days: the unit in it. */
static pl_str bare_unit(pl_str s) {
  s = pl_str_trim(s);
  if (s.n > 2 && ((*s.p == '(' && s.p[s.n - 1] == ')') || (*s.p == '[' && s.p[s.n - 1] == ']')))
    s = (pl_str){s.p + 1, s.n - 2};
  if (s.n > 3 && strncasecmp(s.p, "in ", 3) == 0) s = (pl_str){s.p + 3, s.n - 3};
  return pl_str_trim(s);
}

static bool is_unit(pl_str s) {
  static const char *const words[] = {
      "%",        "#",          "ms",         "s",          "sec",        "secs",       "second",
      "seconds",  "min",        "mins",       "minute",     "minutes",    "h",          "hr",
      "hrs",      "hour",       "hours",      "d",          "day",        "days",       "week",
      "weeks",    "month",      "months",     "year",       "years",      "count",      "number",
      "numeric",  "integer",    "int",        "bigint",     "float",      "double",     "decimal",
      "string",   "text",       "varchar",    "date",       "datetime",   "time",       "timestamp",
      "boolean",  "bool",       "currency",   "money",      "percent",    "percentage", "pct",
      "ratio",    "pcs",        "pieces",     "units",      "id",         "enum",       "hh:mm",
      "hh:mm:ss", "yyyy-mm-dd", "dd/mm/yyyy", "mm/dd/yyyy", "dd.mm.yyyy", "yyyymmdd",   NULL};
  size_t n;
  s = bare_unit(s);
  return is_one_of(s, words) || (s.n && pl_currency_at(s, &n) && n == s.n);
}

/* In front of a row of units. */
static bool is_label(pl_str s) {
  static const char *const words[] = {"unit",    "units",     "type",         "types",
                                      "einheit", "einheiten", "unit\xC3\xA9", NULL};
  s = pl_str_trim(s);
  if (s.n && s.p[s.n - 1] == ':') s.n--;
  return is_one_of(s, words);
}

static bool is_question(pl_str s) {
  s = pl_str_trim(s);
  return s.n > 3 && s.p[s.n - 1] == '?';
}

/* A survey tool's third header: {"ImportId":"QID1"}. */
static bool is_import(pl_str s) {
  return s.n > 12 && *s.p == '{' && memmem(s.p, s.n < 16 ? s.n : 16, "ImportId", 8);
}

static bool goes_on(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c < 0;
}

/* `Amount`, `Amount (USD)`, below `Amount`. */
static bool repeats(pl_str name, pl_str cell) {
  return name.n && cell.n >= name.n && strncasecmp(cell.p, name.p, name.n) == 0 &&
         (cell.n == name.n || !goes_on(cell.p[name.n]));
}

/* ---- columns ---------------------------------------------------------------------- */

static uint8_t marks_of(pl_str s) {
  const bool address = s.n && (*s.p == '/' || memmem(s.p, s.n, "://", 3));
  return (uint8_t)((s.n && memchr(s.p, '@', s.n) ? AN_AT : 0) | (address ? AN_ADDRESS : 0));
}

static bool fits(const pl_shape_row *header, const pl_shape_row *row) {
  return !row->stray && row->filled && row->cells >= header->last && row->last <= header->cells &&
         (row->cells == header->cells || row->last <= header->last);
}

/* False: the row has a text that a record has there too, so it is a record. */
static bool learn(second *s) {
  for (uint32_t c = 0; c < s->n; c++) {
    const pl_shape_kind kind = pl_shape_kind_of(s->cell[c]);
    const pl_str text = pl_str_trim(s->cell[c]);
    if (kind == PL_KIND_BLANK || kind == PL_KIND_TOKEN) continue;
    if (kind == PL_KIND_TEXT && pl_str_eq(text, s->own[c])) return false;
    s->has[c] |= s->has[c] ? SOME_TWO : 0;
    s->has[c] |= kind == PL_KIND_TEXT ? SOME_TEXT : SOME_VALUE;
    s->marks[c] &= kind == PL_KIND_TEXT ? marks_of(text) : 0;
  }
  s->records++;
  return true;
}

/* Is there a question in a record, or in the header itself? Then one says nothing. */
static bool asked(const second *s, const pl_str *cells) {
  for (uint32_t c = 0; c < s->n; c++)
    if (is_question(cells[c])) return true;
  return false;
}

/* False: it has what only a record has. */
static bool weigh(second *s) {
  for (uint32_t c = 0; c < s->n; c++) {
    const pl_str own = s->own[c];
    const bool values = (s->has[c] & ~SOME_TWO) == SOME_VALUE;
    s->values += values;
    if (!own.n) continue;
    const uint8_t marks = s->has[c] & SOME_TWO ? s->marks[c] & ALL_MARKS : 0;
    const bool token = pl_shape_kind_of(own) == PL_KIND_TOKEN;
    if (marks_of(own) & marks) return false;
    s->filled++;
    s->excuses += is_excuse(own) || token;
    s->violated += !token && !is_excuse(own) && (values || marks);
    s->units += is_unit(own) || (s->filled == 1 && is_label(own));
    s->repeats += repeats(s->name[c], own);
    s->questions += is_question(own);
    s->imports += is_import(own);
    for (uint32_t i = 0; i < c && !token; i++)
      if (pl_str_eq(own, s->own[i])) {
        s->again++;
        break;
      }
  }
  return s->filled > 0;
}

/* ---- the verdict ------------------------------------------------------------------ */

static pl_second verdict(const second *s, bool whole, bool names, bool questions) {
  const bool proved = s->violated >= ENOUGH && s->records >= ENOUGH && !s->excuses;
  if (s->imports == s->filled) return PL_SECOND_SURE;
  if (s->units == s->filled && s->violated) return PL_SECOND_SURE;
  if (s->repeats >= ENOUGH && s->repeats * 2 >= s->filled) return PL_SECOND_SURE;
  if (proved && questions && s->questions >= ENOUGH) return PL_SECOND_SURE;
  /* metrics below dimensions: the same name twice, so it is not the header itself */
  if (proved && s->again && s->violated == s->values) return PL_SECOND_SURE;
  if (proved && whole && names && s->violated >= s->values) return PL_SECOND_ASK;
  if (questions && s->questions >= ENOUGH) return PL_SECOND_DOUBT;
  if (s->violated >= ENOUGH || (s->violated && s->records >= ENOUGH)) return PL_SECOND_DOUBT;
  return PL_SECOND_NO;
}

static bool make_room(second *s, pl_arena *arena, uint32_t n) {
  s->n = n;
  s->name = pl_arena_array(arena, n, sizeof *s->name);
  s->own = pl_arena_array(arena, n, sizeof *s->own);
  s->cell = pl_arena_array(arena, n, sizeof *s->cell);
  s->has = pl_arena_array(arena, n, 1);
  s->marks = pl_arena_array(arena, n, 1);
  return !arena->failed;
}

/* Is there a value in it? Nearly every record has one, and no second header. */
static bool holds_value(const second *s) {
  for (uint32_t c = 0; c < s->n; c++)
    if (pl_kind_is_value((uint8_t)pl_shape_kind_of(s->own[c]))) return true;
  return false;
}

/* rows[at], with the records from rows[below] on. */
static pl_second judge(second *s, const pl_shape_text *text, const pl_shape_row *rows, size_t n,
                       size_t at, size_t below, bool *memory) {
  const pl_shape_row *header = &rows[0], *row = &rows[at];
  bool questions;
  memset(s->has, 0, s->n);
  memset(s->marks, ALL_MARKS, s->n);
  s->records = 0;
  s->filled = s->violated = s->values = s->excuses = s->units = s->repeats = 0;
  s->questions = s->imports = s->again = 0;
  if (!fits(header, row) || row->comment) return PL_SECOND_NO;
  if (header->length == row->length &&
      memcmp(text->p + header->at, text->p + row->at, row->length) == 0)
    return PL_SECOND_NO; /* a reject, PL210 */
  pl_shape_cells(text, row, s->own, s->n);
  for (uint32_t c = 0; c < s->n; c++) s->own[c] = pl_str_trim(s->own[c]);
  if (holds_value(s)) return PL_SECOND_NO;
  pl_shape_cells(text, header, s->name, s->n);
  for (uint32_t c = 0; c < s->n; c++) s->name[c] = pl_str_trim(s->name[c]);
  questions = !asked(s, s->name);
  for (size_t r = below; r < n && s->records < PL_SHAPE_SAMPLE; r++) {
    if (!fits(header, &rows[r])) continue;
    pl_shape_cells(text, &rows[r], s->cell, s->n);
    if (!learn(s)) return PL_SECOND_NO;
    questions &= !asked(s, s->cell);
  }
  if (!s->records || !weigh(s)) return PL_SECOND_NO;
  return verdict(s, row->filled == header->last, pl_shape_names(text, row, memory), questions);
}

/* Its first cell is blank where records have a value, no cell is a value, and it
 * names a column that has no name or says what survey tools say. */
static bool describes(const pl_shape_text *text, const pl_shape_row *header,
                      const pl_shape_row *row, const pl_shape_row *next, second *s) {
  bool proof = row->last > header->last && row->last <= header->cells;
  if (row->cells != header->cells || row->filled == 0 || row->stray) return false;
  const uint32_t n = row->cells < s->n ? row->cells : s->n;
  pl_shape_cells(text, row, s->own, n);
  for (uint32_t i = 0; i < n; i++) {
    pl_shape_kind kind = pl_shape_kind_of(s->own[i]);
    if (kind != PL_KIND_BLANK && (kind != PL_KIND_TEXT || i == 0)) return false;
    proof |= is_survey_word(pl_str_trim(s->own[i]));
  }
  if (!proof || !next) return proof;
  pl_shape_cells(text, next, s->cell, 1);
  return !pl_str_blank(s->cell[0]);
}

pl_second pl_shape_second(const pl_shape_text *text, const pl_shape_row *rows, size_t n,
                          size_t *count, bool *memory) {
  pl_arena arena = {0};
  second s = {0};
  pl_second found = PL_SECOND_NO;
  *count = 0;
  if (n < 2) return PL_SECOND_NO;
  const uint32_t columns = rows[0].cells < PL_MAX_COLUMNS ? rows[0].cells : PL_MAX_COLUMNS;
  if (!make_room(&s, &arena, columns)) {
    *memory = true;
    goto done;
  }
  if (describes(text, &rows[0], &rows[1], n > 2 ? &rows[2] : NULL, &s)) {
    found = PL_SECOND_SURE;
    *count = 1;
    goto done;
  }
  for (size_t last = PL_SHAPE_SECONDS; last > 0 && !*count; last--) {
    if (last + 1 >= n) continue;
    pl_second all = judge(&s, text, rows, n, last, last + 1, memory);
    for (size_t i = last - 1; i > 0 && all > PL_SECOND_NO; i--) {
      pl_second one = judge(&s, text, rows, n, i, last + 1, memory);
      /* what stands above a row that surely describes the columns is no record */
      if (one == PL_SECOND_NO || (all != PL_SECOND_SURE && one != all)) all = PL_SECOND_NO;
    }
    if (all > PL_SECOND_NO && (last == 1 || all == PL_SECOND_SURE)) {
      found = all;
      *count = last;
    }
  }
done:
  pl_arena_free(&arena);
  return *memory ? PL_SECOND_NO : found;
}
