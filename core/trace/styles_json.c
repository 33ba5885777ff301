/* Numbers in JSON. There a point is the decimal point, whatever `numbers` says: 1.234 is
 * one and a bit. Texts in the declared style ("1.234,56") are read in it. Nothing tells
 * the number 1.234 from the text "1.234" once it is read, so where the declared style
 * has a decimal comma, and the column does not tell which of the two it holds, that is
 * an error. */
#include "trace/styles.h"

/* ---- one value -------------------------------------------------------------------- */
bool pl_style_json_is_declared(const pl_source *source, size_t input, const pl_slot *slot) {
  bool comma = slot->numbers == PL_NUMBER_DOT || slot->numbers == PL_NUMBER_SPACE;
  return slot->how.declared && comma && source->dialects[input].format != PL_FORMAT_CSV;
}

/* By the styles that read a value: PL_JSON_ bits; 0: both read it alike, or neither. */
static uint8_t kind_of(const pl_slot *slot, uint64_t fits, bool differs) {
  bool json = fits >> PL_NUMBER_PLAIN & 1, text = fits >> slot->numbers & 1;
  if (json && text) return differs ? PL_JSON_EITHER : 0;
  return json ? PL_JSON_NUMBER : text ? PL_JSON_TEXT : 0;
}

bool pl_style_json_contradicts(const pl_slot *slot, pl_str text) {
  pl_number numbers[PL_NUMBER_STYLES];
  pl_number_marks marks;
  uint64_t fits = pl_number_fits(text, false, numbers, &marks);
  bool both = (fits >> PL_NUMBER_PLAIN & 1) && (fits >> slot->numbers & 1);
  bool differs = both && pl_number_cmp(numbers[PL_NUMBER_PLAIN], numbers[slot->numbers]) != 0;
  uint8_t kind = kind_of(slot, fits, differs);
  return kind && !(slot->how.json_kinds & kind);
}

/* ---- the column ------------------------------------------------------------------- */
static pl_status fail_either(const pl_bound *bound, const pl_source *source, const pl_slot *slot,
                             const pl_look_example *example, pl_error *err) {
  pl_site site = {bound->files[example->place.file], example->place.line, 0};
  pl_number number;
  char json[PL_MONEY_TEXT], text[PL_MONEY_TEXT];
  pl_number_parse(pl_str_of(example->text), PL_NUMBER_PLAIN, false, &number);
  pl_money_text(number.units, json);
  pl_number_parse(pl_str_of(example->text), slot->numbers, false, &number);
  pl_money_text(number.units, text);
  pl_fail_at(err, PL_E_USAGE, site,
             "column \"%s\" of \"%s\": \"%s\" is %s as JSON writes numbers, and %s as numbers = "
             "\"%s\" says",
             slot->name, source->def->name, example->text, json, text,
             pl_number_style_name(slot->numbers));
  return pl_hint(err,
                 "if a point is the decimal point throughout, say so at %s:%u: numbers = { "
                 "[\"%s\"] = \"plain\" }; else export the column as JSON numbers",
                 source->def->site.file ? source->def->site.file : "audit.lua",
                 source->def->site.line, slot->name);
}

static bool is_before(const pl_look_place *a, const pl_look_place *b) {
  return a->file != b->file ? a->file < b->file : a->line < b->line;
}

pl_status pl_style_settle_json(const pl_bound *bound, const pl_source *source, pl_slot *slot,
                               const pl_column_look *look, bool whole, pl_error *err) {
  const pl_look_example *either = NULL;
  uint8_t kinds = 0;
  if (!look || (slot->numbers != PL_NUMBER_DOT && slot->numbers != PL_NUMBER_SPACE)) return PL_OK;
  for (size_t i = 0; i < look->numbers.n; i++) {
    const pl_look_class *class = &look->numbers.classes[i];
    uint8_t kind = kind_of(slot, class->fits, class->differs >> slot->numbers & 1);
    kinds |= kind;
    if (kind != PL_JSON_EITHER) continue;
    if (!either || is_before(&class->first.place, &either->place)) either = &class->first;
  }
  slot->how.json_kinds = kinds;
  bool texts = kinds & PL_JSON_TEXT, numbers = kinds & PL_JSON_NUMBER;
  if (!either || (numbers && !texts)) return PL_OK;
  slot->how.undecided = !whole && !texts;
  return slot->how.undecided ? PL_OK : fail_either(bound, source, slot, either, err);
}

/* ---- conditions ------------------------------------------------------------------- */
static bool is_torn(const pl_slot *slot) {
  bool comma = slot->numbers == PL_NUMBER_DOT || slot->numbers == PL_NUMBER_SPACE;
  return slot->how.mixed && comma && (slot->uses & PL_USE_NUMBER_TEXT);
}

pl_status pl_style_check_json(pl_bound *bound, pl_error *err) {
  pl_status status = PL_OK;
  pl_error why;
  for (size_t i = 0; i < bound->sources_n; i++) {
    pl_source *source = &bound->sources[i];
    for (size_t k = 0; status == PL_OK && k < source->slots_n; k++) {
      const pl_slot *slot = &source->slots[k];
      if (!is_torn(slot)) continue;
      pl_fail_at(&why, PL_E_USAGE, source->def->site,
                 "a condition compares the numbers in column \"%s\" of \"%s\", which JSON files "
                 "write with a point and others as \"%s\"",
                 slot->name, source->def->name, pl_number_style_name(slot->numbers));
      pl_hint(&why, "make two sources of them, or export all files in one format");
      status = pl_style_blame(bound, source, (int)k, PL_USE_NUMBER_TEXT, &why, err);
    }
  }
  return status;
}
