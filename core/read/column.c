/* Looking at the values of one column: what numbers and times have in common. */
#include "read/column.h"

#include <assert.h>

#include "read/column_private.h"

/* ---- examples ------------------------------------------------------------------------ */
int pl_look_place_cmp(pl_look_place a, pl_look_place b) {
  if (a.file != b.file) return a.file < b.file ? -1 : 1;
  return (a.line > b.line) - (a.line < b.line);
}

void pl_look_example_open(pl_look_example *example) {
  *example = (pl_look_example){.place = {UINT32_MAX, UINT32_MAX, 0, 0}};
}

void pl_look_take_first(pl_look_example *first, pl_str value, pl_look_place place) {
  if (pl_look_place_cmp(place, first->place) >= 0) return;
  pl_str cut = {value.p, value.n < sizeof first->text ? value.n : sizeof first->text - 1};
  cut.n = pl_utf8_valid(cut);
  if (cut.n) memcpy(first->text, cut.p, cut.n);
  first->text[cut.n] = '\0';
  first->place = place;
}

/* ---- tallies ------------------------------------------------------------------------- */
void pl_look_tally_open(pl_look_tally *tally) {
  *tally = (pl_look_tally){.all = UINT64_MAX};
  pl_look_example_open(&tally->wrong);
}

static pl_look_class *class_of(pl_look_tally *tally, const pl_look_class *how) {
  for (size_t i = 0; i < tally->n; i++) {
    pl_look_class *class = &tally->classes[i];
    if (class->fits == how->fits && class->differs == how->differs && class->third == how->third)
      return class;
  }
  assert(tally->n < PL_LOOK_CLASSES);
  pl_look_class *class = &tally->classes[tally->n++];
  *class = (pl_look_class){.fits = how->fits, .differs = how->differs, .third = how->third};
  pl_look_example_open(&class->first);
  return class;
}

pl_look_class *pl_look_tally_note(pl_look_tally *tally, pl_str value, const pl_look_class *how,
                                  pl_look_place place) {
  if (!how->fits) {
    tally->unreadable++;
    pl_look_take_first(&tally->wrong, value, place);
    return NULL;
  }
  pl_look_class *class = class_of(tally, how);
  class->count++;
  tally->fits++;
  tally->all &= how->fits;
  pl_look_take_first(&class->first, value, place);
  return class;
}

static void merge_tally(pl_look_tally *tally, const pl_look_tally *other, bool votes) {
  for (size_t i = 0; votes && i < other->n; i++) {
    const pl_look_class *from = &other->classes[i];
    pl_look_class *to = class_of(tally, from);
    to->count += from->count;
    to->clocks |= from->clocks;
    to->has_dates |= from->has_dates;
    to->has_instants |= from->has_instants;
    pl_look_take_first(&to->first, pl_str_of(from->first.text), from->first.place);
  }
  if (votes) tally->all &= other->all;
  tally->fits += other->fits;
  tally->unreadable += other->unreadable;
  pl_look_take_first(&tally->wrong, pl_str_of(other->wrong.text), other->wrong.place);
}

/* Do two of the styles that are left read it differently? Those that are left may all
 * differ from the lowest of the value and agree with each other. */
static bool is_split(const pl_look_class *class, uint64_t all) {
  uint64_t left = all & class->fits;
  bool first = left & ~class->differs, third = left & class->third;
  bool second = left & class->differs & ~class->third;
  return first + second + third > 1;
}

const pl_look_class *pl_look_differing(const pl_look_tally *tally, uint64_t *count) {
  const pl_look_class *first = NULL;
  *count = 0;
  for (size_t i = 0; i < tally->n; i++) {
    const pl_look_class *class = &tally->classes[i];
    if (!is_split(class, tally->all)) continue;
    *count += class->count;
    if (!first || pl_look_place_cmp(class->first.place, first->first.place) < 0) first = class;
  }
  return first;
}

void pl_look_first(const pl_look_tally *tally, pl_look_example *out) {
  pl_look_example_open(out);
  for (size_t i = 0; i < tally->n; i++)
    if (pl_look_place_cmp(tally->classes[i].first.place, out->place) < 0)
      *out = tally->classes[i].first;
}

/* The class with the smallest place behind that of `after` (NULL: of all). */
static const pl_look_class *next_class(const pl_look_tally *tally, const pl_look_class *after) {
  const pl_look_class *next = NULL;
  for (size_t i = 0; i < tally->n; i++) {
    const pl_look_class *class = &tally->classes[i];
    if (after && pl_look_place_cmp(class->first.place, after->first.place) <= 0) continue;
    if (!next || pl_look_place_cmp(class->first.place, next->first.place) < 0) next = class;
  }
  return next;
}

/* In the order of the column: the first value that leaves no style for all, and
 * the first that has none in common with it (or simply the first of all). */
void pl_look_mixed(const pl_look_tally *tally, pl_look_example out[2]) {
  uint64_t left = UINT64_MAX;
  const pl_look_class *breaks = next_class(tally, NULL), *other;
  for (other = breaks; other; other = next_class(tally, other)) {
    breaks = other;
    left &= other->fits;
    if (!left) break;
  }
  if (!breaks) return;
  out[1] = breaks->first;
  for (other = next_class(tally, NULL); other; other = next_class(tally, other))
    if (!(other->fits & breaks->fits)) break;
  out[0] = other ? other->first : next_class(tally, NULL)->first;
}

/* ---- the look ------------------------------------------------------------------------ */
void pl_column_look_open(pl_column_look *look, unsigned what, const pl_zone *zone,
                         const pl_zone *days) {
  *look = (pl_column_look){.what = what, .zone = zone, .days = days};
  pl_look_tally_open(&look->numbers);
  pl_look_tally_open(&look->times);
  pl_look_example_open(&look->percent);
  pl_look_example_open(&look->number);
}

bool pl_column_is_token(pl_str text) {
  static const char *const tokens[] = {"-", "--", "—", "–", "n/a", "#n/a", "null", "(not set)"};
  text = pl_str_trim(text);
  for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
    const char *token = tokens[i];
    size_t n = strlen(token), k = 0;
    if (n != text.n) continue;
    for (; k < n; k++) {
      char c = text.p[k];
      if ((c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c) != token[k]) break;
    }
    if (k == n) return true;
  }
  return false;
}

static void note_token(pl_column_look *look, pl_str text) {
  text = pl_str_trim(text);
  for (size_t i = 0; i < look->tokens_n; i++)
    if (pl_str_eq(text, pl_str_of(look->tokens[i]))) return;
  if (look->tokens_n == PL_LOOK_TOKENS || text.n >= sizeof *look->tokens) return;
  memcpy(look->tokens[look->tokens_n++], text.p, text.n);
}

void pl_column_note(pl_column_look *look, pl_str value, bool machine, pl_look_place place) {
  if (pl_str_blank(value)) {
    look->blanks++;
    return;
  }
  if (pl_column_is_token(value)) {
    look->blanks++;
    note_token(look, value);
    return;
  }
  look->values++;
  if (look->what & PL_LOOK_NUMBERS) pl_look_number_note(look, value, machine, place);
  if (look->what & PL_LOOK_TIMES) pl_look_time_note(look, value, place);
}

void pl_column_look_merge(pl_column_look *look, const pl_column_look *other, bool votes) {
  look->values += other->values;
  look->blanks += other->blanks;
  for (size_t i = 0; i < other->tokens_n; i++) note_token(look, pl_str_of(other->tokens[i]));
  merge_tally(&look->numbers, &other->numbers, votes);
  merge_tally(&look->times, &other->times, true);
  pl_look_number_merge(look, other);
}

static pl_column_kind kind_of(const pl_column_look *look) {
  bool number = (look->what & PL_LOOK_NUMBERS) && !look->numbers.unreadable;
  bool time = (look->what & PL_LOOK_TIMES) && !look->times.unreadable;
  if (look->values == 0) return PL_COLUMN_EMPTY;
  if (number && time) return pl_look_time_is_digits(look) ? PL_COLUMN_TIME : PL_COLUMN_NUMBER;
  return number ? PL_COLUMN_NUMBER : time ? PL_COLUMN_TIME : PL_COLUMN_TEXT;
}

void pl_column_look_finish(const pl_column_look *look, pl_column_look_result *out) {
  *out = (pl_column_look_result){.values = look->values, .blanks = look->blanks};
  out->kind = kind_of(look);
  memcpy(out->tokens, look->tokens, sizeof out->tokens);
  out->tokens_n = look->tokens_n;
  pl_look_number_finish(look, &out->number);
  pl_look_time_finish(look, &out->time);
}

/* ---- saying it ------------------------------------------------------------------------- */
void pl_look_say_example(const pl_look_example *example, const char *const *files, pl_buf *out) {
  pl_buf_format(out, "\"%s\" (", example->text);
  if (files)
    pl_buf_format(out, "%s:%u)", files[example->place.file], example->place.line);
  else
    pl_buf_format(out, "line %u)", example->place.line);
}

void pl_look_say_readings(const pl_look_example *example, const pl_look_reading *readings, size_t n,
                          uint64_t others, const char *field, pl_buf *out) {
  pl_buf_format(out, "\"%s\" can be read as ", example->text);
  for (size_t i = 0; i < n; i++)
    pl_buf_format(out, "%s%s (%s = \"%s\")",
                  i == 0      ? ""
                  : i + 1 < n ? ", as "
                              : " or as ",
                  readings[i].text, field, readings[i].declare);
  if (others)
    pl_buf_format(out, "; %llu other value%s %s as well", (unsigned long long)others,
                  others == 1 ? " reads" : "s read", n > 2 ? "all these ways" : "both ways");
}
