/* Rows of a held table that turn out unusable after loading. */
#include "trace/table_private.h"

static const pl_input *input_of(const pl_table *table, pl_place place) {
  return table->source->inputs[place.file - table->source->first_file];
}

pl_site pl_table_site(const pl_table *table, uint32_t row) {
  pl_place place = pl_store_place(&table->store, row);
  return (pl_site){pl_input_shown(input_of(table, place)), place.line, 0};
}

pl_status pl_table_reject(pl_scan *scan, const pl_table *table, uint32_t row, pl_reject_code code,
                          const char *message, pl_error *err) {
  pl_tally *tally = &scan->tallies[table->source->index];
  pl_place place = pl_store_place(&table->store, row);
  pl_buf raw = {0};
  uint32_t length;
  uint64_t offset = pl_store_offset(&table->store, row, &length);
  pl_status status = pl_input_raw(input_of(table, place), offset, length, 4096, &raw, err);
  if (status == PL_OK) {
    pl_reject reject = {.file = place.file, .line = place.line, .code = code};
    reject.message = pl_str_of(message);
    reject.raw = pl_buf_view(&raw);
    pl_rejects_add(&scan->rejects, &reject);
    if (scan->rejects.failed) status = pl_fail_memory(err);
  }
  tally->used--;
  tally->rejected++;
  pl_buf_free(&raw);
  return status;
}
