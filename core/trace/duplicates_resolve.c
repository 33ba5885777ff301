/* duplicates = "first" / "last": of the records of one key only the earliest or
 * the latest stays, by a named time. Done on the held table, since the one that
 * counts may stand anywhere. */
#include "trace/table_private.h"

/* A blank time comes before every other. */
static int compare(pl_time a, pl_time b) {
  bool na = a.kind == PL_TIME_NONE, nb = b.kind == PL_TIME_NONE;
  if (na || nb) return (int)nb - (int)na;
  return a.us < b.us ? -1 : a.us > b.us;
}

/* Of equal times "first" keeps the earlier place, "last" the later one. */
static uint32_t chosen(const pl_table *table, const pl_rows *rows, int by, bool last) {
  uint32_t best = pl_row_at(rows, 0);
  pl_time best_time = {0};
  if (by == PL_NO_SLOT) return pl_row_at(rows, last ? rows->n - 1 : 0);
  best_time = pl_store_cell(&table->store, best, by).time;
  for (uint32_t i = 1; i < rows->n; i++) {
    uint32_t row = pl_row_at(rows, i);
    pl_time time = pl_store_cell(&table->store, row, by).time;
    int order = compare(time, best_time);
    if (last ? order < 0 : order >= 0) continue;
    best = row;
    best_time = time;
  }
  return best;
}

static void mark_dropped(const pl_table *table, const pl_index *index, unsigned char *dropped) {
  const pl_source *source = table->source;
  int by = source->duplicates_by != PL_NO_SLOT ? source->duplicates_by : source->time;
  bool last = source->def->duplicates == PL_DUPLICATES_LAST;
  for (uint32_t group = 0; group < pl_index_groups(index); group++) {
    pl_rows rows = pl_index_rows(index, group);
    if (rows.n == 1) continue;
    uint32_t best = chosen(table, &rows, by, last);
    for (uint32_t i = 0; i < rows.n; i++)
      if (pl_row_at(&rows, i) != best) dropped[pl_row_at(&rows, i)] = 1;
  }
}

pl_status pl_duplicates_resolve(pl_scan *scan, pl_table *table, pl_error *err) {
  const pl_source *source = table->source;
  pl_tally *tally = &scan->tallies[source->index];
  size_t n = table->store.n, kept = 0;
  uint32_t *rows = pl_malloc(n * sizeof *rows);
  unsigned char *dropped = pl_calloc(n, 1);
  pl_index *index = pl_index_build(table, source->key, source->key_n, err);
  pl_status status = PL_OK;
  if (!rows || !dropped || !index) {
    status = pl_fail_memory(err);
    goto done;
  }
  tally->blank_keys = n - pl_index_rows_total(index);
  mark_dropped(table, index, dropped);
  for (size_t row = 0; row < n; row++)
    if (!dropped[row]) rows[kept++] = (uint32_t)row;
  pl_store_keep(&table->store, rows, kept);
  tally->duplicates += n - kept;
  tally->used -= n - kept;
  pl_table_times(table, scan->bound->as_of, tally);
done:
  pl_index_free(index);
  pl_free(dropped);
  pl_free(rows);
  return status;
}
