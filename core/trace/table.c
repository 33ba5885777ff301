/* Held tables: loading one through a scan, and reading its rows. */
#include "trace/scan.h"
#include "trace/table_private.h"

/* A store for each thread; joined by place at the end. */
typedef struct loader {
  pl_store stores[PL_MAX_THREADS];
  bool failed[PL_MAX_THREADS];
} loader;

static bool take(void *ctx, unsigned thread, const pl_scanned *row) {
  loader *l = ctx;
  if (pl_store_add(&l->stores[thread], row->cells, row->place, row->offset, row->length))
    return true;
  l->failed[thread] = true;
  return false;
}

/* Deals and rates are looked at again after loading: a row may yet be rejected,
 * and rejects.csv shows it as it stands in the file. Of a JSON array a line may
 * hold many records, and only the offset says which comes first. */
static bool needs_raw(const pl_bound *bound, const pl_source *source) {
  for (size_t i = 0; i < source->inputs_n; i++)
    if (pl_input_format(source->inputs[i]) == PL_FORMAT_JSON) return true;
  return source->is_deals || source == bound->rates_plan.source;
}

static bool loader_open(loader *l, const pl_bound *bound, const pl_source *source,
                        unsigned threads) {
  for (unsigned i = 0; i < threads; i++)
    if (!pl_store_open(&l->stores[i], source, needs_raw(bound, source))) return false;
  return true;
}

static void loader_close(loader *l, unsigned threads) {
  for (unsigned i = 0; i < threads; i++) pl_store_free(&l->stores[i]);
  pl_free(l);
}

static bool out_of_memory(const loader *l, unsigned threads) {
  for (unsigned i = 0; i < threads; i++)
    if (l->failed[i]) return true;
  return false;
}

static bool resolves(const pl_source *source) {
  pl_duplicates how = source->def->duplicates;
  return source->key_n > 0 && (how == PL_DUPLICATES_FIRST || how == PL_DUPLICATES_LAST);
}

pl_status pl_table_load(pl_scan *scan, pl_source *source, pl_table **out, pl_error *err) {
  unsigned threads = pl_run_threads(scan->options);
  *out = NULL;
  pl_status status = PL_E_MEMORY;
  loader *l = pl_calloc(1, sizeof *l);
  pl_table *table = pl_calloc(1, sizeof *table);
  if (!l || !table || !loader_open(l, scan->bound, source, threads)) goto memory;
  table->source = source;
  status = pl_scan_run(scan, source, &(pl_receiver){.take = take, .ctx = l}, err);
  if (status == PL_E_CANCELLED && out_of_memory(l, threads)) goto memory;
  if (status != PL_OK || scan->style_contradicted) goto done;
  if (!pl_store_merge(&table->store, l->stores, threads)) goto memory;
  if (resolves(source)) status = pl_duplicates_resolve(scan, table, err);
  if (status != PL_OK) goto done;
  *out = table;
  table = NULL;
  goto done;
memory:
  status = pl_fail_memory(err);
done:
  if (l) loader_close(l, threads);
  pl_table_free(table);
  return status;
}

void pl_table_free(pl_table *table) {
  if (!table) return;
  while (table->indexes) {
    pl_index *next = pl_index_next(table->indexes);
    pl_index_free(table->indexes);
    table->indexes = next;
  }
  pl_store_free(&table->store);
  pl_arena_free(&table->arena);
  pl_free(table);
}

uint32_t pl_table_rows(const pl_table *table) {
  return (uint32_t)table->store.n;
}

pl_place pl_table_place(const pl_table *table, uint32_t row) {
  return pl_store_place(&table->store, row);
}

const pl_source *pl_table_source(const pl_table *table) {
  return table->source;
}

void pl_table_row(const pl_table *table, uint32_t row, pl_cell *cells) {
  for (size_t i = 0; i < table->source->slots_n; i++)
    cells[i] = pl_store_cell(&table->store, row, (int)i);
}

pl_cell pl_table_cell(const pl_table *table, uint32_t row, int slot) {
  return pl_store_cell(&table->store, row, slot);
}

void pl_table_texts(const pl_table *table, uint32_t row, size_t n, int slot, pl_str *texts) {
  pl_text_lane lane = pl_store_texts(&table->store, slot);
  for (size_t i = 0; i < n; i++) texts[i] = pl_texts_at(&lane, row + i);
}

static bool is_key(const pl_table *table, int slot) {
  for (const pl_index *i = table->indexes; i; i = pl_index_next(i))
    if (pl_index_reads(i, slot)) return true;
  return false;
}

void pl_table_forget_texts(pl_table *table) {
  for (size_t slot = 0; slot < table->source->slots_n; slot++)
    if (!is_key(table, (int)slot)) pl_store_forget_text(&table->store, (int)slot);
}

size_t pl_table_bytes(const pl_table *table) {
  size_t bytes = sizeof *table + pl_store_bytes(&table->store) + table->arena.total;
  for (const pl_index *i = table->indexes; i; i = pl_index_next(i)) bytes += pl_index_bytes(i);
  return bytes;
}

void pl_table_times(const pl_table *table, pl_time as_of, pl_tally *tally) {
  int slot = table->source->time;
  tally->newest = tally->oldest = (pl_time){0};
  tally->blank_time = 0;
  for (size_t row = 0; slot != PL_NO_SLOT && row < table->store.n; row++) {
    pl_time time = pl_store_cell(&table->store, row, slot).time;
    if (time.kind == PL_TIME_NONE) {
      tally->blank_time++;
      continue;
    }
    if (pl_is_after(time, as_of)) continue;
    if (tally->newest.kind == PL_TIME_NONE || time.us > tally->newest.us) tally->newest = time;
    if (tally->oldest.kind == PL_TIME_NONE || time.us < tally->oldest.us) tally->oldest = time;
  }
}
