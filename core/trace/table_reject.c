/* Rows of a held table that turn out unusable after loading. */
#include "trace/table_private.h"

static const pl_input *input_of(const pl_table *table, pl_place place) {
  return table->source->inputs[place.file - table->source->first_file];
}

pl_site pl_table_site(const pl_table *table, uint32_t row) {
  pl_place place = pl_store_place(&table->store, row);
  return (pl_site){pl_input_shown(input_of(table, place)), place.line, 0};
}

#define VALUE_SHOWN 60 /* bytes of a bad value that its message repeats */

static bool describe(const pl_table *table, uint32_t row, int slot, const char *what, pl_buf *out) {
  pl_str value = pl_store_cell(&table->store, row, slot).text;
  pl_str cut = {value.p, value.n > VALUE_SHOWN ? VALUE_SHOWN : value.n};
  cut.n = pl_utf8_valid(cut);
  pl_buf_format(out, "%s: ", table->source->slots[slot].name);
  if (value.n) pl_buf_text(out, "\"");
  pl_show_text(cut, out);
  if (value.n) pl_buf_text(out, cut.n < value.n ? "…\" " : "\" ");
  return pl_buf_text(out, what);
}

static uint32_t column_of(const pl_table *table, pl_place place, uint64_t offset, uint32_t length,
                          int slot) {
  size_t input = place.file - table->source->first_file;
  size_t cell = pl_cell_behind(table->source, input, slot);
  if (cell == SIZE_MAX) return 0;
  return pl_input_cell_column(table->source->inputs[input], offset, length, cell);
}

pl_status pl_table_reject(pl_scan *scan, const pl_table *table, uint32_t row, int slot,
                          pl_reject_code code, const char *what, pl_error *err) {
  pl_tally *tally = &scan->tallies[table->source->index];
  pl_place place = pl_store_place(&table->store, row);
  pl_buf raw = {0}, message = {0};
  uint32_t length;
  uint64_t offset = pl_store_offset(&table->store, row, &length);
  pl_status status = pl_input_raw(input_of(table, place), offset, length, 4096, &raw, err);
  if (status == PL_OK && !describe(table, row, slot, what, &message)) status = pl_fail_memory(err);
  if (status == PL_OK) {
    pl_reject reject = {.file = place.file, .line = place.line, .code = code};
    reject.column = column_of(table, place, offset, length, slot);
    reject.message = pl_buf_view(&message);
    reject.raw = pl_buf_view(&raw);
    pl_rejects_add(&scan->rejects, &reject);
    if (scan->rejects.failed) status = pl_fail_memory(err);
  }
  tally->used--;
  tally->rejected++;
  pl_buf_free(&raw);
  pl_buf_free(&message);
  return status;
}
