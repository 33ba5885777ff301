/* How the values of a slot are read, and whether one speaks against what was found
 * before. (styles_settle.c finds it.) */
#include "trace/styles.h"

#include "base/currency.h"
#include "trace/expression.h"

/* ---- what to look for -------------------------------------------------------------- */
static bool is_looked_up(const pl_slot *slot) {
  return slot->compute && slot->compute->kind == PL_COMPUTE_LOOKUP;
}

/* Signs are looked at even where the style is declared. */
static bool asks_numbers(const pl_slot *slot) {
  if (!(slot->uses & PL_USES_NUMBER) || is_looked_up(slot)) return false;
  const pl_expression *e = slot->compute;
  return !e || !(e->elsewhere || e->kind == PL_COMPUTE_CONSTANT);
}

unsigned pl_style_asks(const pl_slot *slot) {
  bool open = !slot->style_declared || slot->by_profile;
  bool times = (slot->uses & PL_USES_TIME) && open && !is_looked_up(slot);
  return (asks_numbers(slot) ? PL_LOOK_NUMBERS : 0u) | (times ? PL_LOOK_TIMES : 0u);
}

bool pl_style_machine(const pl_source *source, size_t input, const pl_slot *slot) {
  return source->dialects[input].format != PL_FORMAT_CSV ||
         (slot->compute && slot->compute->exponent);
}

/* Not what audit.lua itself says, as a constant or the values of a map. */
static bool is_of_file(const pl_slot *slot) {
  const pl_expression *e = slot->compute;
  return !e || !(e->elsewhere || e->kind == PL_COMPUTE_CONSTANT);
}

void pl_style_mark_json(pl_bound *bound) {
  for (size_t i = 0; i < bound->sources_n; i++) {
    pl_source *source = &bound->sources[i];
    size_t json = 0;
    for (size_t k = 0; k < source->inputs_n; k++)
      json += source->dialects[k].format != PL_FORMAT_CSV;
    for (size_t k = 0; json && k < source->slots_n; k++) {
      source->slots[k].how.json = json == source->inputs_n && is_of_file(&source->slots[k]);
      source->slots[k].how.mixed = json < source->inputs_n && is_of_file(&source->slots[k]);
    }
  }
}

/* ---- one value ----------------------------------------------------------------------- */
static pl_number_result read_number(const pl_slot *slot, pl_number_style style, pl_str text,
                                    bool exponent, pl_number *out, pl_number_marks *marks) {
  if (slot->how.looked) return pl_number_read(text, style, exponent, out, marks);
  *marks = (pl_number_marks){0};
  return pl_number_parse(text, style, exponent, out);
}

static pl_number_result read_json(const pl_slot *slot, pl_str text, pl_number *out,
                                  pl_number_marks *marks) {
  pl_number_result result = read_number(slot, PL_NUMBER_PLAIN, text, true, out, marks);
  if (result != PL_NUMBER_BAD || slot->numbers == PL_NUMBER_PLAIN) return result;
  return read_number(slot, slot->numbers, text, true, out, marks);
}

pl_number_result pl_style_number(const pl_slot *slot, pl_str text, bool exponent, pl_number *out,
                                 pl_number_marks *marks) {
  if (slot->how.json) return read_json(slot, text, out, marks);
  return read_number(slot, slot->numbers, text, exponent, out, marks);
}

pl_number_result pl_style_number_in(const pl_source *source, size_t input, const pl_slot *slot,
                                    pl_str text, pl_number *out, pl_number_marks *marks) {
  if (slot->how.mixed && source->dialects[input].format != PL_FORMAT_CSV)
    return read_json(slot, text, out, marks);
  return pl_style_number(slot, text, pl_style_machine(source, input, slot), out, marks);
}

bool pl_style_time(const pl_slot *slot, pl_str text, pl_time *out) {
  if (pl_time_parse(text, &slot->reader, out)) return true;
  pl_str trimmed = slot->style_declared ? text : pl_str_trim(text);
  return trimmed.n < text.n && pl_time_parse(trimmed, &slot->reader, out);
}

bool pl_style_number_contradicts(const pl_slot *slot, pl_str text, bool machine, bool read,
                                 pl_number_marks marks) {
  const pl_slot_numbers *how = &slot->how;
  if (!how->looked) return false;
  if (how->undecided) return true;
  if (read) {
    if (marks.percent != how->percent) return true;
    if (marks.currency && marks.currency != how->currency && !how->any_sign) return true;
    if (!how->open || how->declared || machine || !pl_number_has_separator(text)) return false;
  }
  if (how->declared) return false;
  pl_look_state alone = pl_number_look_one(text, machine);
  if (alone == PL_LOOK_NOTHING) return false; /* a reject, whatever the style */
  return !read || alone == PL_LOOK_AMBIGUOUS;
}

bool pl_style_time_contradicts(const pl_slot *slot, pl_str text, const pl_time *time) {
  pl_time times[PL_TIME_WAYS];
  bool known = slot->has_dates || slot->has_instants;
  if (slot->undecided) return true;
  if (time && known) return time->kind == PL_TIME_DATE ? !slot->has_dates : !slot->has_instants;
  return pl_time_fits(text, slot->reader.zone, slot->reader.days, times) != 0;
}

void pl_style_inherit(pl_bound *bound) {
  for (size_t i = 0; i < bound->sources_n; i++) {
    pl_source *source = &bound->sources[bound->load_order[i]];
    for (size_t k = 0; k < source->slots_n; k++) {
      pl_slot *slot = &source->slots[k];
      if (!is_looked_up(slot)) continue;
      const pl_slot *origin = &slot->compute->table->slots[slot->compute->take];
      if (slot->uses & PL_USES_NUMBER) {
        slot->numbers = origin->numbers;
        slot->how = origin->how;
      }
      if (!(slot->uses & PL_USES_TIME)) continue;
      slot->reader = origin->reader;
      slot->style_declared = origin->style_declared;
      slot->has_dates = origin->has_dates;
      slot->has_instants = origin->has_instants;
    }
  }
}

/* ---- currencies ------------------------------------------------------------------------ */
/* Where the deals' amounts are written: the column itself, or what it is looked up
 * in or summed from. */
static pl_slot *amounts(const pl_bound *bound, const pl_source **source) {
  *source = bound->deals;
  if (bound->deals->amount == PL_NO_SLOT) return NULL;
  pl_slot *slot = &bound->deals->slots[bound->deals->amount];
  while (slot->compute && slot->compute->table) {
    *source = slot->compute->table;
    slot = &slot->compute->table->slots[slot->compute->take];
  }
  return slot;
}

static bool is_summed(const pl_bound *bound, const pl_slot *slot) {
  for (size_t i = 0; i < bound->sources_n; i++)
    for (size_t k = 0; k < bound->sources[i].slots_n; k++) {
      const pl_expression *e = bound->sources[i].slots[k].compute;
      if (e && e->kind == PL_COMPUTE_SUM && &e->table->slots[e->take] == slot) return true;
    }
  return false;
}

void pl_style_allow_signs(pl_bound *bound) {
  const pl_source *source;
  pl_slot *slot = amounts(bound, &source);
  if (slot && bound->deals->currency != PL_NO_SLOT && !is_summed(bound, slot))
    slot->how.any_sign = true;
}

pl_status pl_style_check_currency(const pl_bound *bound, pl_error *err) {
  const pl_model *model = bound->model;
  const pl_source *source;
  const pl_slot *slot = amounts(bound, &source);
  if (!slot || !slot->how.currency || bound->deals->currency != PL_NO_SLOT) return PL_OK;
  if (!model->currency || !pl_currency_is_code(pl_str_of(model->currency))) return PL_OK;
  if (pl_currency_means(slot->how.currency, pl_str_of(model->currency))) return PL_OK;
  pl_str sign = pl_currency_text(slot->how.currency);
  pl_fail_at(err, PL_E_USAGE, model->deals.source.site,
             "the amounts in column \"%s\" of \"%s\" are written in %.*s, and the audit's currency "
             "is %s",
             slot->name, source->def->name, PL_STR_ARG(sign), model->currency);
  return pl_hint(err, "set currency of audit to that of the amounts; or say in deals which it is, "
                      "currency = constant \"…\", and in audit what it is worth, rates = { … }");
}
