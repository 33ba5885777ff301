/* One column of a table that is measured: its values as a set, its few values
 * one by one, its extremes, and what kind of values they are. */
#include <stdio.h>

#include "base/currency.h"
#include "trace/clean.h"
#include "trace/facts_private.h"

#define LIST_SHARE 4 /* lists remember a quarter of what cells do */
#define ELEMENT_MOST 64
#define TEXT_ENOUGH 1000   /* texts, and nothing else, that make a column one of texts */
#define ARRAY_JOINT '\x1f' /* between the elements of a JSON array; see read/input.h */

bool pl_fact_column_open(pl_fact_column *c, pl_arena *arena, pl_str name, size_t limit,
                         bool machine, const pl_zone *zone) {
  c->joint = machine ? ARRAY_JOINT : ';';
  char *copy = pl_arena_copy(arena, name.p, name.n);
  c->name = (pl_str){copy, name.n};
  for (int form = 0; form < PL_FORMS; form++)
    c->sets[form].limit = form == PL_FORM_CELL ? limit : limit / LIST_SHARE;
  pl_column_look_open(&c->look, PL_LOOK_NUMBERS | PL_LOOK_TIMES, zone, zone);
  return copy;
}

void pl_fact_column_close(pl_fact_column *c) {
  for (int form = 0; form < PL_FORMS; form++) pl_sketch_free(&c->sets[form]);
  pl_buf_free(&c->fold[0]);
  pl_buf_free(&c->fold[1]);
}

static pl_str cut(pl_str text) {
  if (text.n > PL_FACTS_TEXT) text.n = PL_FACTS_TEXT;
  text.n = pl_utf8_valid(text);
  return text;
}

static bool keep(pl_arena *arena, pl_str text, pl_str *out) {
  text = cut(text);
  char *copy = pl_arena_copy(arena, text.p, text.n);
  *out = (pl_str){copy, text.n};
  return copy;
}

/* ---- values one by one ------------------------------------------------------------ */

static bool list_value(pl_fact_column *c, pl_arena *arena, pl_str cell, uint64_t hash) {
  if (c->many) return true; /* nobody asks how often each of them stands there */
  for (size_t i = 0; i < c->listed_n; i++) {
    if (c->listed[i].hash != hash) continue;
    c->listed[i].count++;
    return true;
  }
  if (c->listed_n == PL_FACTS_VALUES) {
    c->many = true;
    return true;
  }
  pl_listed *value = &c->listed[c->listed_n++];
  *value = (pl_listed){.hash = hash, .count = 1};
  return keep(arena, cell, &value->text);
}

/* ---- cells that hold several values -------------------------------------------------- */

/* Does this look like an id, and not like a part of a sentence? */
static bool element_ok(pl_str one, int form) {
  if (one.n > ELEMENT_MOST) return false;
  for (size_t i = 0; form == PL_FORM_COMMA && i < one.n; i++)
    if (one.p[i] == ' ' || one.p[i] == '\n') return false;
  return true;
}

static bool add_elements(pl_fact_column *c, pl_str cell, int form, char separator, uint32_t row) {
  bool more = true;
  while (more) {
    const char *end = cell.n ? memchr(cell.p, separator, cell.n) : NULL;
    pl_str one = {cell.p, end ? (size_t)(end - cell.p) : cell.n};
    if (form != PL_FORM_COMMA) one = pl_str_trim(one); /* "Smith, Ada" is one name */
    more = end != NULL;
    if (more) cell = (pl_str){end + 1, cell.n - (size_t)(end + 1 - cell.p)};
    if (!element_ok(one, form)) {
      c->plain[form] = true;
      pl_sketch_free(&c->sets[form]);
      return true;
    }
    if (one.n && !pl_sketch_add(&c->sets[form], pl_sketch_hash(one), row)) return false;
  }
  return true;
}

static bool note_list(pl_fact_column *c, pl_str cell, int form, char separator, uint32_t row) {
  if (c->plain[form]) return true;
  bool has = memchr(cell.p, separator, cell.n) != NULL;
  if (!has && !c->lists[form]) return true;
  if (c->lists[form] == 0) { /* so far every cell was one value */
    size_t limit = c->sets[form].limit;
    if (!pl_sketch_copy(&c->sets[PL_FORM_CELL], &c->sets[form])) return false;
    c->sets[form].limit = limit > c->sets[form].n ? limit : c->sets[form].n + 1;
  }
  c->lists[form] += has;
  return add_elements(c, cell, form, separator, row);
}

/* "00123" */
static bool has_zeros(pl_str cell) {
  if (cell.n < 2 || cell.p[0] != '0') return false;
  for (size_t i = 1; i < cell.n; i++)
    if (cell.p[i] < '0' || cell.p[i] > '9') return false;
  return true;
}

/* The cells without zeros in front, once the first has some. */
static bool note_zeros(pl_fact_column *c, pl_str cell, uint32_t row) {
  pl_sketch *set = &c->sets[PL_FORM_ZEROS];
  bool has = has_zeros(cell);
  if (!has && !c->lists[PL_FORM_ZEROS]) return true;
  if (c->lists[PL_FORM_ZEROS] == 0) {
    size_t limit = set->limit;
    if (!pl_sketch_copy(&c->sets[PL_FORM_CELL], set)) return false;
    set->limit = limit > set->n ? limit : set->n + 1;
  }
  c->lists[PL_FORM_ZEROS] += has;
  while (has && cell.n > 1 && cell.p[0] == '0') cell = (pl_str){cell.p + 1, cell.n - 1};
  return pl_sketch_add(set, pl_sketch_hash(cell), row);
}

static bool note_email(pl_fact_column *c, pl_str cell, uint32_t row) {
  static const pl_clean email[] = {PL_CLEAN_EMAIL};
  if (cell.n > 320 || !memchr(cell.p, '@', cell.n) || memchr(cell.p, ';', cell.n)) return true;
  pl_str folded;
  c->lists[PL_FORM_EMAIL]++;
  return pl_clean_apply(email, 1, cell, &c->fold[0], &c->fold[1], &folded) &&
         pl_sketch_add(&c->sets[PL_FORM_EMAIL], pl_sketch_hash(folded), row);
}

char pl_fact_separator(const pl_fact_column *c) {
  if (c->lists[PL_FORM_SEMICOLON] && !c->plain[PL_FORM_SEMICOLON]) return c->joint;
  if (c->lists[PL_FORM_COMMA] && !c->plain[PL_FORM_COMMA]) return ',';
  return '\0';
}

bool pl_fact_has_emails(const pl_fact_column *c) {
  return c->values && c->lists[PL_FORM_EMAIL] * 10 >= c->values * 9;
}

/* ---- a cell ------------------------------------------------------------------------- */

static bool note_extremes(pl_fact_column *c, pl_arena *arena, pl_str cell) {
  cell = cut(cell);
  if (c->values == 1) return keep(arena, cell, &c->least) && keep(arena, cell, &c->most);
  if (pl_str_cmp(cell, c->least) < 0 && !keep(arena, cell, &c->least)) return false;
  return pl_str_cmp(cell, c->most) <= 0 || keep(arena, cell, &c->most);
}

bool pl_fact_column_note(pl_fact_column *c, pl_arena *arena, pl_str cell, uint32_t row,
                         bool machine, pl_look_place place) {
  uint64_t hash = pl_sketch_hash(cell);
  c->values++;
  if (!c->is_text) pl_column_note(&c->look, cell, machine, place);
  /* Lists and zeros first: they copy the set of the cells before this one. */
  return note_list(c, cell, PL_FORM_SEMICOLON, c->joint, row) &&
         note_list(c, cell, PL_FORM_COMMA, ',', row) && note_email(c, cell, row) &&
         note_zeros(c, cell, row) && pl_sketch_add(&c->sets[PL_FORM_CELL], hash, row) &&
         list_value(c, arena, cell, hash) && (c->many || note_extremes(c, arena, cell));
}

/* ---- numbers and times in order ---------------------------------------------------------- */

/* Where the first records are numbers and none of them a time, no later one makes this
 * a column of times; and the other way round. */
static void look_for_less(pl_fact_column *c, const pl_column_look_result *first) {
  if (c->values < TEXT_ENOUGH) return;
  if (first->number.fits && !first->time.fits) c->look.what &= ~(unsigned)PL_LOOK_TIMES;
  if (first->time.fits && !first->number.fits) c->look.what &= ~(unsigned)PL_LOOK_NUMBERS;
}

void pl_fact_column_settle(pl_fact_column *c) {
  pl_column_look_result result;
  pl_column_look_finish(&c->look, &result);
  c->settled = true;
  c->is_text = result.kind == PL_COLUMN_TEXT && c->values >= TEXT_ENOUGH &&
               result.number.fits == 0 && result.time.fits == 0 && result.tokens_n == 0;
  c->kind = result.kind;
  c->style = result.number.style;
  c->reader = result.time.reader;
  look_for_less(c, &result);
  if (result.kind == PL_COLUMN_TIME && result.time.state != PL_LOOK_SETTLED)
    c->kind = PL_COLUMN_TEXT;
  if (result.kind == PL_COLUMN_NUMBER && result.number.state == PL_LOOK_AMBIGUOUS)
    c->kind = PL_COLUMN_TEXT;
  snprintf(c->declare, sizeof c->declare, "%s", result.time.declare);
}

static void range_number(pl_fact_column *c, pl_str cell, bool machine) {
  pl_number number;
  pl_number_marks marks;
  if (pl_number_read(cell, c->style, machine, &number, &marks) != PL_NUMBER_OK) return;
  if (!c->ranged || pl_number_cmp(number, c->low) < 0) c->low = number;
  if (!c->ranged || pl_number_cmp(number, c->high) > 0) c->high = number;
  c->ranged = true;
  c->finer = c->finer || number.more;
}

static void range_time(pl_fact_column *c, pl_str cell) {
  pl_time time;
  if (!pl_time_parse(cell, &c->reader, &time)) return;
  c->day = time.day;
  if (!c->ranged || time.us < c->first.us) c->first = time;
  if (!c->ranged || time.us > c->last.us) c->last = time;
  c->ranged = true;
}

void pl_fact_column_range(pl_fact_column *c, pl_str cell, bool machine) {
  if (c->kind == PL_COLUMN_NUMBER) range_number(c, cell, machine);
  if (c->kind == PL_COLUMN_TIME) range_time(c, cell);
}

/* ---- telling ------------------------------------------------------------------------------ */

void pl_fact_column_look(const pl_fact_column *c, pl_column_look_result *out) {
  pl_column_look_finish(&c->look, out);
  bool amounts =
      out->number.style != PL_NUMBER_PLAIN || out->number.percents || out->number.signs_n;
  if (out->kind == PL_COLUMN_NUMBER && c->lists[PL_FORM_ZEROS] && !amounts)
    out->kind = PL_COLUMN_TEXT;
}

static void tell_texts(const pl_fact_column *c, pl_arena *a, pl_value *to) {
  pl_value *samples = pl_value_set(a, to, "samples", pl_value_list(a));
  for (size_t i = 0; i < c->listed_n && i < PL_FACTS_SAMPLES; i++)
    pl_value_push(a, samples, pl_value_text(a, c->listed[i].text));
}

/* Most first, then bytewise. */
static void tell_listed(const pl_fact_column *c, pl_arena *a, pl_value *to) {
  bool told[PL_FACTS_VALUES] = {0};
  if (c->many || c->listed_n == 0) return;
  pl_value *listed = pl_value_set(a, to, "listed", pl_value_list(a));
  for (size_t n = 0; n < c->listed_n; n++) {
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < c->listed_n; i++) {
      const pl_listed *x = &c->listed[i], *y = best == SIZE_MAX ? NULL : &c->listed[best];
      if (told[i]) continue;
      if (!y || x->count > y->count || (x->count == y->count && pl_str_cmp(x->text, y->text) < 0))
        best = i;
    }
    told[best] = true;
    pl_value *item = pl_value_push(a, listed, pl_value_object(a));
    pl_set_text(a, item, "text", c->listed[best].text);
    pl_set_int(a, item, "count", (int64_t)c->listed[best].count);
  }
}

static void tell_extremes(const pl_fact_column *c, pl_arena *a, pl_value *to,
                          const pl_column_look_result *look) {
  char low[PL_MONEY_TEXT], high[PL_MONEY_TEXT];
  if (look->kind == PL_COLUMN_TEXT && !c->many) {
    pl_set_text(a, to, "least", c->least);
    pl_set_text(a, to, "most", c->most);
  } else if (look->kind == PL_COLUMN_NUMBER && c->ranged && !c->finer && c->kind == look->kind &&
             c->style == look->number.style) {
    pl_set_text(a, to, "least", pl_str_of(pl_money_text(c->low.units, low)));
    pl_set_text(a, to, "most", pl_str_of(pl_money_text(c->high.units, high)));
  } else if (look->kind == PL_COLUMN_TIME && c->ranged && c->kind == look->kind &&
             c->reader.style == look->time.reader.style &&
             strcmp(c->declare, look->time.declare) == 0) {
    pl_set_text(a, to, "least", pl_str_of(pl_time_text(c->first, c->reader.zone, low)));
    pl_set_text(a, to, "most", pl_str_of(pl_time_text(c->last, c->reader.zone, high)));
  }
}

static void tell_readings(pl_arena *a, pl_value *to, const pl_look_reading *readings, size_t n) {
  pl_value *list = pl_value_set(a, to, "readings", pl_value_list(a));
  for (size_t i = 0; i < n; i++) {
    pl_value *reading = pl_value_push(a, list, pl_value_object(a));
    pl_set_text(a, reading, "declare", pl_str_of(readings[i].declare));
    pl_set_text(a, reading, "text", pl_str_of(readings[i].text));
  }
}

/* A state that config must settle. */
static void tell_ambiguous(pl_arena *a, pl_value *to, const pl_column_look_result *look,
                           const char *const *files) {
  bool number = look->kind == PL_COLUMN_NUMBER;
  pl_look_state state = number ? look->number.state : look->time.state;
  if (state == PL_LOOK_SETTLED || state == PL_LOOK_NOTHING) return;
  pl_buf text = {0};
  if (number)
    pl_number_look_say(&look->number, files, &text);
  else
    pl_time_look_say(&look->time, files, &text);
  if (text.failed) a->failed = true;
  pl_value *what = pl_value_set(a, to, "ambiguous", pl_value_object(a));
  pl_set_bool(a, what, "number", number);
  pl_set_text(a, what, "message", pl_buf_view(&text));
  const pl_look_example *example = number ? &look->number.examples[0] : &look->time.examples[0];
  pl_set_int(a, what, "line", example->place.line);
  tell_readings(a, what, number ? look->number.readings : look->time.readings,
                number ? look->number.readings_n : look->time.readings_n);
  pl_buf_free(&text);
}

static void tell_number(pl_arena *a, pl_value *to, const pl_number_look *look) {
  bool settled = look->state != PL_LOOK_AMBIGUOUS && look->state != PL_LOOK_MIXED;
  if (settled && look->proven)
    pl_set_text(a, to, "numbers", pl_str_of(pl_number_style_name(look->style)));
  if (look->percents) pl_set_bool(a, to, "percent", true);
  if (look->signs_n) pl_set_text(a, to, "currency", pl_currency_text(look->signs[0]));
}

static void tell_time(pl_arena *a, pl_value *to, const pl_time_look *look) {
  if (look->declare[0]) pl_set_text(a, to, "format", pl_str_of(look->declare));
  pl_set_bool(a, to, "dates", look->has_dates);
  pl_set_bool(a, to, "clocks", look->has_instants);
}

/* Values that nearly all are numbers or times; one slip hides a column of texts, and
 * in one of times it is a row that cannot be used. */
static void tell_almost(pl_arena *a, pl_value *to, const pl_column_look_result *look) {
  bool number = look->kind == PL_COLUMN_NUMBER ||
                (look->kind == PL_COLUMN_TEXT && look->number.fits >= look->time.fits);
  uint64_t fits = number ? look->number.fits : look->time.fits;
  uint64_t wrong = number ? look->number.unreadable : look->time.unreadable;
  const pl_look_example *first = number ? &look->number.wrong : &look->time.wrong;
  if (wrong == 0 || (look->kind == PL_COLUMN_TEXT && fits < wrong * 4)) return;
  pl_value *almost = pl_value_set(a, to, "almost", pl_value_object(a));
  pl_set_text(a, almost, "kind", pl_str_of(number ? "number" : "time"));
  pl_set_int(a, almost, "fits", (int64_t)fits);
  pl_set_int(a, almost, "wrong", (int64_t)wrong);
  pl_set_int(a, almost, "line", first->place.line);
  pl_set_text(a, almost, "text", pl_str_of(first->text));
}

static void tell_kind(pl_arena *a, pl_value *to, const pl_column_look_result *look, bool zeros,
                      const char *const *files) {
  static const char *const kinds[] = {"empty", "text", "number", "time"};
  pl_set_text(a, to, "kind", pl_str_of(kinds[look->kind]));
  if (look->kind == PL_COLUMN_NUMBER) tell_number(a, to, &look->number);
  if (look->kind == PL_COLUMN_TIME) tell_time(a, to, &look->time);
  if (look->kind == PL_COLUMN_NUMBER || look->kind == PL_COLUMN_TIME)
    tell_ambiguous(a, to, look, files);
  if (look->kind != PL_COLUMN_EMPTY && !zeros) tell_almost(a, to, look);
  pl_value *tokens = look->tokens_n ? pl_value_set(a, to, "tokens", pl_value_list(a)) : NULL;
  for (size_t i = 0; i < look->tokens_n; i++)
    pl_value_push(a, tokens, pl_value_text(a, pl_str_of(look->tokens[i])));
}

pl_value *pl_fact_column_tell(const pl_fact_column *c, const char *const *files, pl_arena *a) {
  pl_column_look_result look;
  pl_fact_column_look(c, &look);
  bool zeros = c->lists[PL_FORM_ZEROS] && look.kind == PL_COLUMN_TEXT;
  pl_value *to = pl_value_object(a);
  pl_set_text(a, to, "name", c->name);
  pl_set_int(a, to, "blank", (int64_t)c->blanks);
  pl_set_int(a, to, "values", (int64_t)c->values);
  pl_set_int(a, to, "distinct", (int64_t)pl_sketch_count(&c->sets[PL_FORM_CELL]));
  pl_set_bool(a, to, "exact", c->sets[PL_FORM_CELL].halvings == 0);
  pl_set_bool(a, to, "unique", c->values > 0 && !pl_sketch_repeats(&c->sets[PL_FORM_CELL]));
  tell_kind(a, to, &look, zeros, files);
  if (zeros) pl_set_bool(a, to, "zeros", true);
  if (c->once_first) pl_set_bool(a, to, "unique_first", true);
  tell_extremes(c, a, to, &look);
  tell_texts(c, a, to);
  tell_listed(c, a, to);
  char separator = pl_fact_separator(c);
  if (separator && look.kind == PL_COLUMN_TEXT)
    pl_set_text(a, to, "separator", (pl_str){&separator, 1});
  pl_set_bool(a, to, "emails", pl_fact_has_emails(c));
  return to;
}
