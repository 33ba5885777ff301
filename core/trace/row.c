/* One record of a file -> the cells of its source's slots, or the reason why it
 * cannot be used. */
#include <stdio.h>

#include "trace/condition.h"
#include "trace/expression.h"
#include "trace/row.h"
#include "trace/styles.h"

#define PL_REJECT_RAW_BYTES 4096
#define VALUE_SHOWN 60 /* bytes of a bad value that its message repeats */

bool pl_scratch_open(pl_scratch *scratch, const pl_bound *bound) {
  *scratch = (pl_scratch){.contradicted_slot = -1};
  for (size_t i = 0; i < bound->sources_n; i++)
    if (bound->sources[i].slots_n > scratch->texts_n) scratch->texts_n = bound->sources[i].slots_n;
  scratch->texts = pl_calloc(scratch->texts_n, sizeof *scratch->texts);
  scratch->own = pl_calloc(1, sizeof *scratch->own);
  scratch->predicate = pl_pattern_memory_new();
  if (scratch->texts && scratch->own && scratch->predicate) return true;
  pl_scratch_close(scratch);
  return false;
}

void pl_scratch_close(pl_scratch *scratch) {
  for (size_t i = 0; scratch->texts && i < scratch->texts_n; i++) pl_buf_free(&scratch->texts[i]);
  pl_free(scratch->texts);
  if (scratch->own) {
    pl_keys_free(&scratch->own->keys);
    pl_buf_free(&scratch->own->spare);
    pl_buf_free(&scratch->own->tuple);
    pl_buf_free(&scratch->own->message);
    pl_buf_free(&scratch->own->raw);
  }
  pl_free(scratch->own);
  pl_pattern_memory_free(scratch->predicate);
  *scratch = (pl_scratch){.contradicted_slot = -1};
}

/* ---- rejecting -------------------------------------------------------------- */
size_t pl_cell_behind(const pl_source *source, size_t input, int slot) {
  const pl_expression *compute = source->slots[slot].compute;
  while (compute && compute->inputs_n) {
    slot = compute->inputs[0];
    compute = source->slots[slot].compute;
  }
  int cell = source->cell_of[input][slot];
  return cell < 0 ? SIZE_MAX : (size_t)cell;
}

/* A copy of the value cut between characters. */
static void show_value(pl_buf *out, pl_str value) {
  pl_str cut = {value.p, value.n > VALUE_SHOWN ? VALUE_SHOWN : value.n};
  cut.n = pl_utf8_valid(cut);
  pl_buf_text(out, "\"");
  pl_show_text(cut, out);
  pl_buf_text(out, cut.n < value.n ? "…\"" : "\"");
}

static pl_row_fate reject(pl_row *e, int slot, pl_reject_code code) {
  const pl_input *input = e->source->inputs[e->input];
  struct pl_scratch_own *own = e->scratch->own;
  size_t cell = slot >= 0 ? pl_cell_behind(e->source, e->input, slot) : SIZE_MAX;
  pl_buf_clear(&own->raw);
  pl_input_raw(input, e->record->offset, e->record->length, PL_REJECT_RAW_BYTES, &own->raw, NULL);
  *e->reject = (pl_reject){
      .file = e->source->first_file + (uint32_t)e->input,
      .line = e->record->line,
      .column = cell == SIZE_MAX
                    ? 0
                    : pl_input_cell_column(input, e->record->offset, e->record->length, cell),
      .code = code,
      .message = pl_buf_view(&own->message),
      .raw = pl_buf_view(&own->raw),
  };
  return PL_ROW_REJECTED;
}

static pl_row_fate reject_number(pl_row *e, int slot, bool large) {
  const pl_slot *s = &e->source->slots[slot];
  pl_buf *message = &e->scratch->own->message;
  pl_buf_clear(message);
  pl_buf_format(message, "%s: ", s->name);
  show_value(message, e->slots[slot].text);
  if (large)
    pl_buf_text(message, " is too large a number");
  else
    pl_buf_format(message, " is not a number (numbers = \"%s\")", pl_number_style_name(s->numbers));
  return reject(e, slot, PL_REJECT_NUMBER);
}

static const char *expected_time(const pl_time_reader *reader) {
  switch (reader->style) {
  case PL_TIME_ISO: return "2024-03-14 or 2024-03-14 09:30";
  case PL_TIME_EPOCH_S: return "seconds since 1970";
  case PL_TIME_EPOCH_MS: return "milliseconds since 1970";
  case PL_TIME_FORMAT:
  case PL_TIME_DATES: return reader->format;
  case PL_TIME_EXCEL: return "days since 1900, as spreadsheets count them";
  case PL_TIME_EXCEL_1904: return "days since 1904, as spreadsheets count them";
  }
  return "";
}

static pl_row_fate reject_time(pl_row *e, int slot) {
  const pl_slot *s = &e->source->slots[slot];
  pl_buf *message = &e->scratch->own->message;
  pl_buf_clear(message);
  pl_buf_format(message, "%s: ", s->name);
  show_value(message, e->slots[slot].text);
  pl_buf_format(message, " is not a time (expected %s)", expected_time(&s->reader));
  return reject(e, slot, PL_REJECT_TIME);
}

static pl_row_fate reject_message(pl_row *e, int slot, pl_reject_code code, const char *what) {
  pl_buf *message = &e->scratch->own->message;
  const char *name = slot >= 0 ? e->source->slots[slot].name : "where";
  pl_buf_clear(message);
  pl_buf_format(message, "%s: %s", name, what);
  return reject(e, slot, code);
}

/* ---- one slot ----------------------------------------------------------------- */
static void eval_raw(const pl_row *e, int slot) {
  int at = e->source->cell_of[e->input][slot];
  pl_str text = at < 0 ? (pl_str){"", 0} : e->record->cells[at];
  bool blank = pl_list_is_blank(e->source->def, text, e->source->slots[slot].list_separator);
  e->slots[slot] = (pl_cell){.text = blank ? (pl_str){"", 0} : text, .blank = blank};
}

/* What a sample showed is held against every value, until all were surveyed. */
static bool is_assumed(const pl_row *e) {
  return pl_row_is_assumed(e->bound);
}

/* "--", "n/a": no number and no time, and nothing wrong with the record. */
static bool take_token(pl_cell *cell) {
  if (!pl_column_is_token(cell->text)) return false;
  *cell = (pl_cell){.text = {"", 0}, .blank = true};
  return true;
}

static pl_row_fate eval_number(pl_row *e, int slot) {
  const pl_slot *s = &e->source->slots[slot];
  pl_cell *cell = &e->slots[slot];
  pl_number_marks marks;
  bool machine = pl_style_machine(e->source, e->input, s);
  pl_number_result result =
      pl_style_number_in(e->source, e->input, s, cell->text, &cell->number, &marks);
  if (result != PL_NUMBER_OK && take_token(cell)) return PL_ROW_USED;
  if (is_assumed(e) &&
      (pl_style_number_contradicts(s, cell->text, machine, result == PL_NUMBER_OK, marks) ||
       (pl_style_json_is_declared(e->source, e->input, s) &&
        pl_style_json_contradicts(s, cell->text))))
    e->scratch->contradicted_slot = slot;
  if (result == PL_NUMBER_OK || e->bound->surveying) return PL_ROW_USED;
  return reject_number(e, slot, result == PL_NUMBER_TOO_LARGE);
}

static pl_row_fate eval_time(pl_row *e, int slot) {
  const pl_slot *s = &e->source->slots[slot];
  pl_cell *cell = &e->slots[slot];
  bool fits = pl_style_time(s, cell->text, &cell->time);
  if (!fits && take_token(cell)) return PL_ROW_USED;
  if (!s->style_declared && is_assumed(e) &&
      pl_style_time_contradicts(s, cell->text, fits ? &cell->time : NULL))
    e->scratch->contradicted_slot = slot;
  if (fits || e->bound->surveying) return PL_ROW_USED;
  return reject_time(e, slot);
}

/* Values that conditions of rule files read for themselves: here they are only held
 * against the style that a sample showed. */
static bool contradicts(const pl_row *e, const pl_slot *s, pl_str text) {
  if (pl_column_is_token(text) || pl_str_blank(text)) return false;
  if (s->uses & PL_USE_NUMBER_TEXT) {
    pl_number number;
    pl_number_marks marks;
    bool machine = pl_style_machine(e->source, e->input, s);
    bool read = pl_style_number_in(e->source, e->input, s, text, &number, &marks) == PL_NUMBER_OK;
    if (pl_style_number_contradicts(s, text, machine, read, marks)) return true;
    if (pl_style_json_is_declared(e->source, e->input, s) && pl_style_json_contradicts(s, text))
      return true;
  }
  pl_time time;
  if (!(s->uses & PL_USE_TIME_TEXT) || s->style_declared) return false;
  bool fits = pl_style_time(s, text, &time);
  return pl_style_time_contradicts(s, text, fits ? &time : NULL);
}

static void check_texts(pl_row *e, int slot) {
  const pl_slot *s = &e->source->slots[slot];
  pl_str text = e->slots[slot].text;
  const char *end;
  while (s->list_separator && text.n && (end = memchr(text.p, s->list_separator, text.n))) {
    if (contradicts(e, s, (pl_str){text.p, (size_t)(end - text.p)}))
      e->scratch->contradicted_slot = slot;
    text = (pl_str){end + 1, text.n - (size_t)(end + 1 - text.p)};
  }
  if (contradicts(e, s, text)) e->scratch->contradicted_slot = slot;
}

pl_row_fate pl_row_slot(pl_row *e, int slot) {
  const pl_slot *s = &e->source->slots[slot];
  const pl_expression *compute = s->compute;
  if (!compute) {
    eval_raw(e, slot);
  } else {
    const char *wrong = pl_expression_eval(e->source, slot, e->scratch, e->slots);
    if (wrong && !e->bound->surveying) return reject_message(e, slot, PL_REJECT_NUMBER, wrong);
    if (compute->kind == PL_COMPUTE_LOOKUP) return PL_ROW_USED; /* parsed where it came from */
  }
  if (e->slots[slot].blank || !(s->uses & (PL_USES_NUMBER | PL_USES_TIME))) return PL_ROW_USED;
  if ((s->uses & (PL_USE_NUMBER_TEXT | PL_USE_TIME_TEXT)) && is_assumed(e)) check_texts(e, slot);
  if (s->uses & PL_USE_NUMBER) {
    pl_row_fate fate = eval_number(e, slot);
    if (fate != PL_ROW_USED) return fate;
  }
  return (s->uses & PL_USE_TIME) && !e->slots[slot].blank ? eval_time(e, slot) : PL_ROW_USED;
}

static pl_row_fate eval_slots(pl_row *e, size_t from, size_t to) {
  for (size_t i = from; i < to; i++) {
    pl_row_fate fate = pl_row_slot(e, e->source->order[i]);
    if (fate != PL_ROW_USED) return fate;
  }
  return PL_ROW_USED;
}

/* ---- one record ----------------------------------------------------------------- */
pl_row_fate pl_row_where(pl_row *e) {
  bool failed = false;
  if (e->bound->surveying) return PL_ROW_USED;
  if (pl_predicate_holds(e->source->where, e->slots, e->scratch, &failed)) return PL_ROW_USED;
  if (!failed) return PL_ROW_FILTERED;
  return reject_message(e, -1, PL_REJECT_LONG, "a pattern met its limit on this record");
}

/* What a filter leaves out is never rejected for a column that the filter does
 * not look at; what lies after as_of neither. Hence the three parts of order. */
pl_row_fate pl_row_eval(const pl_bound *bound, const pl_source *source, size_t input,
                        const pl_record *record, pl_scratch *scratch, pl_cell *slots,
                        pl_reject *reject_out) {
  pl_row e = {bound, source, input, record, scratch, slots, reject_out};
  size_t filtered = source->filtered_n, timed = filtered + source->timed_n;
  pl_row_fate fate = eval_slots(&e, 0, filtered);
  if (fate == PL_ROW_USED && source->where) fate = pl_row_where(&e);
  if (fate == PL_ROW_USED) fate = eval_slots(&e, filtered, timed);
  if (fate != PL_ROW_USED) return fate;
  /* a deal that closes after as_of is not unknown: it is open */
  bool closes = source->is_deals && source->time == source->closed;
  bool checks_time = source->time != PL_NO_SLOT && !closes && !bound->surveying;
  if (checks_time && pl_is_after(slots[source->time].time, bound->as_of)) return PL_ROW_AFTER_AS_OF;
  return eval_slots(&e, timed, source->slots_n);
}

void pl_row_texts(const pl_source *source, size_t input, const pl_record *record,
                  pl_scratch *scratch, pl_cell *slots) {
  pl_row e = {.source = source, .input = input, .record = record, .slots = slots};
  for (size_t i = 0; i < source->slots_n; i++) {
    if (source->slots[i].compute)
      pl_expression_eval(source, (int)i, scratch, slots);
    else
      eval_raw(&e, (int)i);
  }
}
