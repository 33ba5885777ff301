/* One chunk of a file: parsed, every record evaluated, the used ones kept. */
#include "trace/scan.h"

#define RAW_KEPT 4096

bool pl_chunk_open(pl_chunk *chunk, const pl_bound *bound, const pl_identity *identity,
                   pthread_mutex_t *json_lock) {
  *chunk = (pl_chunk){.bound = bound, .identity = identity, .json_lock = json_lock};
  return pl_scratch_open(&chunk->scratch, bound);
}

void pl_chunk_close(pl_chunk *chunk) {
  pl_batch_free(&chunk->batch);
  pl_scratch_close(&chunk->scratch);
  pl_row_plan_free(&chunk->plan);
  pl_buf_free(&chunk->hashed);
  pl_pool_free(&chunk->texts);
  pl_free(chunk->cells);
  pl_free(chunk->rows);
  pl_rejects_free(&chunk->rejects);
}

static void begin(pl_chunk *chunk, size_t input, uint64_t from) {
  chunk->input = input;
  chunk->from = from;
  chunk->n = 0;
  chunk->tally = (pl_tally){0};
  chunk->scratch.blank_lookups = 0;
  chunk->contradicted = chunk->scratch.contradicted_slot = PL_NO_SLOT;
  chunk->status = PL_OK;
  pl_pool_reset(&chunk->texts);
  pl_rejects_free(&chunk->rejects);
  chunk->rejects = (pl_rejects){0};
}

static pl_status parse(pl_chunk *chunk, uint64_t want) {
  const pl_source *source = chunk->identity->source;
  pl_input *input = source->inputs[chunk->input];
  bool shared = pl_input_format(input) != PL_FORMAT_CSV;
  /* identical means identical in every column, not only in the used ones */
  const bool *wanted = chunk->identity->checked ? NULL : source->wanted[chunk->input];
  if (shared) pthread_mutex_lock(chunk->json_lock);
  pl_status status = pl_input_chunk(input, chunk->from, want, wanted, &chunk->batch, &chunk->error);
  if (shared) pthread_mutex_unlock(chunk->json_lock);
  return status;
}

/* A time that is blank says nothing about how fresh the source is, nor does the day
 * on which an open deal is meant to close. */
static void note_time(pl_tally *tally, pl_time time) {
  if (time.kind == PL_TIME_NONE) return;
  if (tally->newest.kind == PL_TIME_NONE || time.us > tally->newest.us) tally->newest = time;
  if (tally->oldest.kind == PL_TIME_NONE || time.us < tally->oldest.us) tally->oldest = time;
}

void pl_tally_add(pl_tally *sum, const pl_tally *part) {
  sum->read += part->read;
  sum->used += part->used;
  sum->rejected += part->rejected;
  sum->filtered += part->filtered;
  sum->after_as_of += part->after_as_of;
  sum->duplicates += part->duplicates;
  sum->ignored += part->ignored;
  sum->created_later += part->created_later;
  sum->outside_period += part->outside_period;
  sum->blank_time += part->blank_time;
  sum->blank_keys += part->blank_keys;
  sum->blank_lookups += part->blank_lookups;
  note_time(sum, part->newest);
  note_time(sum, part->oldest);
}

/* Text of a computed column lives in the scratch until the next record. */
static bool keep_texts(pl_chunk *chunk, pl_cell *cells) {
  const pl_source *source = chunk->identity->source;
  for (size_t i = 0; i < source->slots_n; i++) {
    pl_str text = cells[i].text;
    if (!source->slots[i].compute || text.n == 0) continue;
    char *copy = pl_pool_reserve(&chunk->texts, text.n, NULL);
    if (!copy) return false;
    memcpy(copy, text.p, text.n);
    cells[i].text.p = copy;
  }
  return true;
}

static bool keep(pl_chunk *chunk, const pl_record *record, pl_cell *cells) {
  const pl_identity *identity = chunk->identity;
  const pl_source *source = identity->source;
  pl_chunk_row *row = &chunk->rows[chunk->n];
  row->offset = record->offset;
  row->length = record->length;
  row->line = record->line;
  row->repeat = row->mark.keyed = false; /* then nothing else of the mark is looked at */
  if (identity->checked) {
    if (!pl_identity_mark(identity, chunk->input, record, cells, &chunk->hashed, &row->mark))
      return false;
    chunk->tally.blank_keys += !row->mark.keyed;
  }
  if (source->time != PL_NO_SLOT) {
    pl_time time = cells[source->time].time;
    if (!pl_is_after(time, chunk->bound->as_of)) note_time(&chunk->tally, time);
    chunk->tally.blank_time += cells[source->time].time.kind == PL_TIME_NONE;
  }
  chunk->tally.used++;
  chunk->n++;
  return !chunk->plan.computes || keep_texts(chunk, cells);
}

static pl_status reject(pl_chunk *chunk, const pl_record *record, pl_reject *why) {
  const pl_source *source = chunk->identity->source;
  pl_buf raw = {0};
  pl_status status = PL_OK;
  why->file = source->first_file + (uint32_t)chunk->input;
  why->line = record->line;
  if (why->raw.n == 0) {
    status = pl_input_raw(source->inputs[chunk->input], record->offset, record->length, RAW_KEPT,
                          &raw, &chunk->error);
    why->raw = pl_buf_view(&raw);
  }
  if (status == PL_OK) pl_rejects_add(&chunk->rejects, why);
  chunk->tally.rejected++;
  pl_buf_free(&raw);
  return status;
}

static void note_parse_rejects(pl_chunk *chunk) {
  const pl_source *source = chunk->identity->source;
  for (size_t i = 0; i < chunk->batch.rejects_n; i++) {
    pl_reject why = chunk->batch.rejects[i];
    why.file = source->first_file + (uint32_t)chunk->input;
    pl_rejects_add(&chunk->rejects, &why);
  }
  chunk->tally.read += chunk->batch.rejects_n;
  chunk->tally.rejected += chunk->batch.rejects_n;
}

static pl_status evaluate(pl_chunk *chunk, const pl_record *record) {
  const pl_source *source = chunk->identity->source;
  pl_cell *cells = chunk->cells + chunk->n * source->slots_n;
  pl_reject why = {0};
  pl_row_fate fate = pl_row_plan_eval(&chunk->plan, record, &chunk->scratch, cells, &why);
  if (chunk->scratch.out_of_memory) return pl_fail_memory(&chunk->error);
  if (chunk->scratch.contradicted_slot != PL_NO_SLOT) {
    chunk->contradicted = chunk->scratch.contradicted_slot;
    return PL_OK;
  }
  chunk->tally.read++;
  switch (fate) {
  case PL_ROW_USED: return keep(chunk, record, cells) ? PL_OK : pl_fail_memory(&chunk->error);
  case PL_ROW_REJECTED: return reject(chunk, record, &why);
  case PL_ROW_FILTERED: chunk->tally.filtered++; return PL_OK;
  case PL_ROW_AFTER_AS_OF: chunk->tally.after_as_of++; return PL_OK;
  }
  return PL_OK;
}

static bool make_room(pl_chunk *chunk) {
  size_t slots = chunk->identity->source->slots_n, cells, before = chunk->cells_cap;
  if (__builtin_mul_overflow(chunk->batch.n, slots, &cells) ||
      !pl_grow(&chunk->cells, &chunk->cells_cap, cells + 1, sizeof *chunk->cells) ||
      !pl_grow(&chunk->rows, &chunk->rows_cap, chunk->batch.n + 1, sizeof *chunk->rows))
    return false;
  memset(chunk->cells + before, 0, (chunk->cells_cap - before) * sizeof *chunk->cells);
  return true;
}

static bool make_plan(pl_chunk *chunk) {
  const pl_source *source = chunk->identity->source;
  return (chunk->plan.source && chunk->plan.input == chunk->input) ||
         pl_row_plan_make(&chunk->plan, chunk->bound, source, chunk->input);
}

void pl_chunk_read(pl_chunk *chunk, size_t input, uint64_t from, uint64_t want) {
  begin(chunk, input, from);
  chunk->status = parse(chunk, want);
  if (chunk->status != PL_OK) return;
  if (!make_plan(chunk) || !make_room(chunk)) {
    chunk->status = pl_fail_memory(&chunk->error);
    return;
  }
  note_parse_rejects(chunk);
  for (size_t i = 0; i < chunk->batch.n && chunk->status == PL_OK; i++) {
    chunk->status = evaluate(chunk, &chunk->batch.records[i]);
    if (chunk->contradicted != PL_NO_SLOT) break;
  }
  chunk->tally.blank_lookups = chunk->scratch.blank_lookups;
  if (chunk->status == PL_OK && chunk->rejects.failed)
    chunk->status = pl_fail_memory(&chunk->error);
  pl_rejects_sort(&chunk->rejects); /* those of the parser and of the cells in one order */
}
