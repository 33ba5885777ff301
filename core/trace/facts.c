/* Measuring a table: every record of its files once, cell by cell. */
#include "trace/facts.h"

#include <stdio.h>

#include "base/hash.h"
#include "trace/facts_private.h"

#define CHUNK_BYTES (1u << 20)

static size_t distinct_limit(size_t columns) {
  size_t each = PL_FACTS_DISTINCT / (columns ? columns : 1);
  if (each < PL_FACTS_DISTINCT_LEAST) return PL_FACTS_DISTINCT_LEAST;
  return each < PL_FACTS_DISTINCT_MOST ? each : PL_FACTS_DISTINCT_MOST;
}

pl_status pl_facts_open(const pl_facts_options *options, const pl_input *input, pl_facts **out,
                        pl_error *err) {
  pl_facts *f = pl_calloc(1, sizeof *f);
  if (!f) return pl_fail_memory(err);
  f->options = *options;
  if (!f->options.records) f->options.records = PL_FACTS_RECORDS;
  f->zone = pl_zone_open("UTC", err);
  f->machine = pl_input_format(input) != PL_FORMAT_CSV;
  f->columns = pl_calloc(pl_input_columns(input), sizeof *f->columns);
  bool whole = f->zone && f->columns;
  for (size_t i = 0; whole && i < pl_input_columns(input); i++)
    whole = pl_fact_column_open(&f->columns[f->columns_n++], &f->arena, pl_input_column(input, i),
                                distinct_limit(pl_input_columns(input)), f->machine, f->zone);
  if (!whole) {
    pl_facts_close(f);
    return pl_fail_memory(err);
  }
  *out = f;
  return PL_OK;
}

void pl_facts_close(pl_facts *f) {
  if (!f) return;
  for (size_t i = 0; i < f->columns_n; i++) pl_fact_column_close(&f->columns[i]);
  pl_free(f->columns);
  pl_free(f->files);
  pl_free(f->maybe);
  pl_zone_close(f->zone);
  pl_arena_free(&f->arena);
  pl_free(f);
}

/* ---- records ---------------------------------------------------------------------------- */

static uint32_t row_hash(const pl_record *record, size_t columns) {
  uint64_t hash = 0;
  for (size_t i = 0; i < columns; i++) {
    uint64_t pair[2] = {hash, pl_sketch_hash(record->cells[i])};
    hash = XXH3_64bits(pair, sizeof pair);
  }
  return (uint32_t)(hash >> 32);
}

static bool note_record(pl_facts *f, const pl_record *record, uint32_t line) {
  uint32_t row = row_hash(record, f->columns_n);
  pl_look_place place = {(uint32_t)f->files_n - 1, line, record->length, record->offset};
  for (size_t i = 0; i < f->columns_n; i++) {
    pl_fact_column *c = &f->columns[i];
    pl_str cell = record->cells[i];
    if (pl_str_blank(cell))
      c->blanks++;
    else if (!pl_fact_column_note(c, &f->arena, cell, row, f->machine, place))
      return false;
    else if (c->settled)
      pl_fact_column_range(c, cell, f->machine);
  }
  pl_facts_days_note(f);
  f->records++;
  return true;
}

/* The first records say how the values are to be compared, then are compared. */
static void settle(pl_facts *f, const pl_batch *batch, size_t n) {
  for (size_t i = 0; i < f->columns_n; i++) pl_fact_column_settle(&f->columns[i]);
  pl_facts_days_open(f);
  for (size_t r = 0; r < n; r++) {
    const pl_str *cells = batch->records[r].cells;
    for (size_t i = 0; i < f->columns_n; i++)
      if (!pl_str_blank(cells[i])) pl_fact_column_range(&f->columns[i], cells[i], f->machine);
    pl_facts_days_note(f);
  }
}

static bool note_reject(pl_facts *f, const pl_reject *reject, uint32_t line) {
  f->rejected++;
  if (f->rejects_n == PL_FACTS_REJECTS) return true;
  struct pl_fact_reject *to = &f->rejects[f->rejects_n++];
  char *message = pl_arena_copy(&f->arena, reject->message.p, reject->message.n);
  to->file = f->files[f->files_n - 1];
  to->line = line + reject->line;
  to->code = (int)reject->code;
  to->message = (pl_str){message, reject->message.n};
  return message;
}

static pl_status note_batch(pl_facts *f, const pl_batch *batch, uint32_t line, pl_error *err) {
  bool first = f->columns_n && !f->columns[0].settled && batch->n;
  size_t n = 0;
  for (; n < batch->n; n++) {
    if (f->records >= f->options.records) {
      f->cut = true;
      break;
    }
    if (!note_record(f, &batch->records[n], line + batch->records[n].line))
      return pl_fail_memory(err);
  }
  if (first) settle(f, batch, n);
  for (size_t i = 0; i < batch->rejects_n; i++)
    if (!note_reject(f, &batch->rejects[i], line)) return pl_fail_memory(err);
  return PL_OK;
}

static pl_status same_columns(const pl_facts *f, const pl_input *input, pl_error *err) {
  bool same = pl_input_columns(input) == f->columns_n;
  for (size_t i = 0; same && i < f->columns_n; i++)
    same = pl_str_eq(pl_input_column(input, i), f->columns[i].name);
  return same ? PL_OK
              : pl_fail(err, PL_E_INPUT, "%s has other columns than the files before it",
                        pl_input_shown(input));
}

static bool add_file(pl_facts *f, const pl_input *input) {
  const char *shown = pl_input_shown(input);
  if (!pl_grow(&f->files, &f->files_cap, f->files_n + 1, sizeof *f->files)) return false;
  for (size_t i = 0; f->files_n == 1 && i < f->columns_n; i++) {
    pl_fact_column *c = &f->columns[i];
    c->once_first = c->values > 0 && !pl_sketch_repeats(&c->sets[PL_FORM_CELL]);
  }
  f->files[f->files_n] = pl_arena_copy(&f->arena, shown, strlen(shown));
  return f->files[f->files_n++];
}

/* Records of the file that may be none, with the number of rows that leaves each out. */
static bool note_kept(pl_facts *f, const pl_shape *shape) {
  for (size_t i = 0; i < shape->kept_n; i++) {
    const pl_kept *s = &shape->kept[i];
    const bool below = s->as == PL_DOUBT_FOOT;
    if (!pl_grow(&f->maybe, &f->maybe_cap, f->maybe_n + 1, sizeof *f->maybe)) return false;
    struct pl_fact_maybe *to = &f->maybe[f->maybe_n++];
    *to = (struct pl_fact_maybe){.file = f->files[f->files_n - 1], .line = s->line, .as = s->as};
    to->rows = (below ? shape->dialect.footer : shape->dialect.description) + 1;
    to->header = shape->dialect.header;
    to->text = (pl_str){pl_arena_copy(&f->arena, s->text.p, s->text.n), pl_utf8_valid(s->text)};
    if (s->block) to->block = pl_arena_copy(&f->arena, s->block, strlen(s->block));
    if (!to->text.p || (s->block && !to->block)) return false;
  }
  return true;
}

pl_status pl_facts_read(pl_facts *f, pl_input *input, pl_error *err) {
  uint32_t line = 1;
  uint64_t at = pl_input_start(input, &line);
  pl_batch batch = {.json = f->options.json};
  pl_status status = same_columns(f, input, err);
  if (status == PL_OK && !(add_file(f, input) && note_kept(f, pl_input_shape(input))))
    status = pl_fail_memory(err);
  while (status == PL_OK && !f->cut && at < pl_input_size(input)) {
    if (f->options.cancel && *f->options.cancel) {
      status = pl_fail(err, PL_E_CANCELLED, "stopped");
      break;
    }
    status = pl_input_chunk(input, at, CHUNK_BYTES, NULL, &batch, err);
    if (status == PL_OK) status = note_batch(f, &batch, line, err);
    if (status == PL_OK && batch.next <= at) break;
    at = batch.next;
    line += batch.lines;
    if (f->options.progress) f->options.progress(f->options.progress_ctx, at, pl_input_size(input));
  }
  if (status == PL_OK) status = pl_input_unchanged(input, err);
  pl_batch_free(&batch);
  return status;
}

/* ---- telling ------------------------------------------------------------------------------ */

static void tell_rejects(const pl_facts *f, pl_arena *a, pl_value *to) {
  pl_value *list = pl_value_set(a, to, "rejects", pl_value_list(a));
  for (size_t i = 0; i < f->rejects_n; i++) {
    pl_value *reject = pl_value_push(a, list, pl_value_object(a));
    pl_set_text(a, reject, "file", pl_str_of(f->rejects[i].file));
    pl_set_int(a, reject, "line", f->rejects[i].line);
    pl_value_set(a, reject, "code", pl_value_format(a, "PL%d", f->rejects[i].code));
    pl_set_text(a, reject, "message", f->rejects[i].message);
  }
}

static void tell_maybe(const pl_facts *f, pl_arena *a, pl_value *to, bool headers) {
  pl_value *list = NULL;
  for (size_t i = 0; i < f->maybe_n; i++) {
    const struct pl_fact_maybe *m = &f->maybe[i];
    if ((m->as == PL_DOUBT_NAMES || m->as == PL_DOUBT_TABLE) != headers) continue;
    if (!list)
      list = pl_value_set(a, to, headers ? "maybe_headers" : "maybe_totals", pl_value_list(a));
    pl_value *item = pl_value_push(a, list, pl_value_object(a));
    pl_set_text(a, item, "file", pl_str_of(m->file));
    pl_set_int(a, item, "line", m->line);
    if (m->as == PL_DOUBT_TABLE) {
      if (m->block) pl_set_text(a, item, "block", pl_str_of(m->block));
      pl_set_int(a, item, "header", m->header);
    } else {
      pl_set_text(a, item, "field", pl_str_of(m->as == PL_DOUBT_FOOT ? "footer" : "description"));
      pl_set_int(a, item, "rows", m->rows);
    }
    pl_set_text(a, item, "text", m->text);
  }
}

pl_status pl_facts_tell(const pl_facts *f, pl_arena *a, pl_value **out, pl_error *err) {
  pl_value *to = pl_value_object(a);
  pl_set_int(a, to, "records", (int64_t)f->records);
  pl_set_int(a, to, "rejected", (int64_t)f->rejected);
  if (f->cut) pl_set_bool(a, to, "cut", true);
  if (f->rejects_n) tell_rejects(f, a, to);
  tell_maybe(f, a, to, false);
  tell_maybe(f, a, to, true);
  pl_value *columns = pl_value_set(a, to, "columns", pl_value_list(a));
  for (size_t i = 0; i < f->columns_n; i++)
    pl_value_push(a, columns,
                  pl_fact_column_tell(&f->columns[i], f->files_n > 1 ? f->files : NULL, a));
  pl_facts_days_tell(f, a, columns);
  *out = to;
  return a->failed ? pl_fail_memory(err) : PL_OK;
}

/* ---- the shape of a file ----------------------------------------------------------------------
 */

static void tell_skipped(const pl_shape *shape, pl_arena *a, pl_value *to) {
  static const char *const kinds[PL_SKIP_KINDS] = {"preamble", "description", "total", "footer",
                                                   "block"};
  pl_value *list = pl_value_set(a, to, "skipped", pl_value_list(a));
  for (size_t i = 0; i < shape->skipped_n; i++) {
    const pl_skipped *s = &shape->skipped[i];
    pl_str text = {s->text.p, pl_utf8_valid(s->text)};
    pl_value *item = pl_value_push(a, list, pl_value_object(a));
    pl_set_text(a, item, "kind", pl_str_of(kinds[s->kind]));
    pl_set_int(a, item, "line", s->line);
    pl_set_int(a, item, "lines", s->lines);
    pl_set_int(a, item, "rows", s->rows);
    pl_set_text(a, item, "text", text);
  }
}

static void tell_blocks(const pl_shape *shape, pl_arena *a, pl_value *to) {
  pl_value *list = shape->blocks_n ? pl_value_set(a, to, "blocks", pl_value_list(a)) : NULL;
  for (size_t i = 0; i < shape->blocks_n; i++) {
    pl_value *block = pl_value_push(a, list, pl_value_object(a));
    pl_set_text(a, block, "name", shape->blocks[i].name);
    pl_set_int(a, block, "line", shape->blocks[i].line);
  }
}

static const char *line_ends(const pl_shape *s) {
  int kinds = (s->lf > 0) + (s->crlf > 0) + (s->cr > 0);
  if (kinds > 1) return "mixed";
  return s->crlf ? "CRLF" : s->cr ? "CR" : "LF";
}

static void tell_csv(const pl_shape *shape, pl_arena *a, pl_value *to) {
  const pl_dialect *d = &shape->dialect;
  pl_set_text(a, to, "delimiter", (pl_str){&d->delimiter, d->delimiter ? 1 : 0});
  pl_set_text(a, to, "quotes",
              pl_str_of(d->quotes == PL_QUOTES_BACKSLASH ? "backslash" : "doubled"));
  pl_set_text(a, to, "line_ends", pl_str_of(line_ends(shape)));
  pl_set_int(a, to, "header", d->header);
  if (d->description) pl_set_int(a, to, "description", d->description);
  if (d->footer) pl_set_int(a, to, "footer", d->footer);
  if (shape->trailing) pl_set_bool(a, to, "trailing", true);
}

pl_value *pl_facts_shape(const pl_input *input, pl_arena *a) {
  static const char *const formats[] = {"csv", "json", "ndjson", ""};
  static const char *const encodings[] = {"",         "utf-8",        "utf-16le",
                                          "utf-16be", "windows-1252", "latin-1"};
  const pl_shape *shape = pl_input_shape(input);
  const pl_dialect *d = &shape->dialect;
  pl_value *to = pl_value_object(a);
  pl_set_text(a, to, "format", pl_str_of(formats[d->format]));
  if (shape->compression) pl_set_text(a, to, "compression", pl_str_of(shape->compression));
  pl_set_text(a, to, "encoding", pl_str_of(encodings[d->encoding]));
  if (!shape->encoding_certain) pl_set_bool(a, to, "encoding_open", true);
  if (shape->bom) pl_set_bool(a, to, "bom", true);
  if (d->format == PL_FORMAT_CSV) tell_csv(shape, a, to);
  if (d->records) pl_set_text(a, to, "path", pl_str_of(d->records));
  /* Without a name, the first table was read. */
  if (shape->blocks_n)
    pl_set_text(a, to, "block", d->block ? pl_str_of(d->block) : shape->blocks[0].name);
  tell_skipped(shape, a, to);
  tell_blocks(shape, a, to);
  return to;
}
