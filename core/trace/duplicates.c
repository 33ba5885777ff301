/* The identity of records while a source is scanned: see duplicates.h. */
#include "trace/duplicates.h"

#include "base/hash.h"
#include "trace/bind.h"
#include "trace/styles.h"

bool pl_identity_open(pl_identity *identity, const pl_source *source, bool surveying) {
  *identity = (pl_identity){.source = source, .seed = pl_hash_seed()};
  identity->checked =
      !surveying && source->key_n > 0 && source->def->duplicates == PL_DUPLICATES_ERROR;
  if (!identity->checked) return true;
  identity->names = pl_dict_new();
  identity->cells = pl_calloc(source->inputs_n, sizeof *identity->cells);
  if (!identity->names || !identity->cells) return false;
  for (size_t i = 0; i < source->inputs_n; i++)
    for (size_t c = 0; c < pl_input_columns(source->inputs[i]); c++)
      if (pl_dict_add(identity->names, pl_bind_header(source, i, c)) == PL_DICT_NONE) return false;
  size_t names = pl_dict_count(identity->names);
  for (size_t i = 0; i < source->inputs_n; i++) {
    uint32_t *cells = identity->cells[i] = pl_malloc(names * sizeof *cells);
    if (!cells) return false;
    for (size_t k = 0; k < names; k++) cells[k] = PL_DICT_NONE;
    for (size_t c = 0; c < pl_input_columns(source->inputs[i]); c++)
      cells[pl_dict_find(identity->names, pl_bind_header(source, i, c))] = (uint32_t)c;
  }
  return true;
}

void pl_identity_close(pl_identity *identity) {
  for (size_t i = 0; identity->cells && i < identity->source->inputs_n; i++)
    pl_free(identity->cells[i]);
  pl_free(identity->cells);
  pl_dict_free(identity->names);
  *identity = (pl_identity){0};
}

/* ---- marks ------------------------------------------------------------------ */

static bool append_measured(pl_buf *out, pl_str text) {
  uint64_t n = text.n;
  return pl_buf_append(out, &n, sizeof n) && pl_buf_str(out, text);
}

static bool mark_key(const pl_identity *identity, const pl_cell *slots, pl_buf *scratch,
                     pl_mark *mark) {
  const pl_source *source = identity->source;
  pl_buf_clear(scratch);
  for (size_t i = 0; i < source->key_n; i++) {
    const pl_cell *cell = &slots[source->key[i]];
    if (cell->blank || cell->text.n == 0) return true;
    if (source->key_n > 1 && !append_measured(scratch, cell->text)) return false;
  }
  pl_str key = source->key_n > 1 ? pl_buf_view(scratch) : slots[source->key[0]].text;
  mark->keyed = true;
  mark->key = pl_hash_seeded_wide(key, identity->seed);
  return true;
}

static pl_str cell_named(const pl_identity *identity, size_t input, const pl_record *record,
                         size_t name) {
  uint32_t cell = identity->cells[input][name];
  return cell == PL_DICT_NONE ? (pl_str){"", 0} : record->cells[cell];
}

/* By name and not by position: another file may order its columns otherwise.
 * A column that a file lacks is as one that is empty. */
static uint64_t content_of(const pl_identity *identity, size_t input, const pl_record *record) {
  const uint64_t odd = 0x9E3779B97F4A7C15u; /* spreads the names over all seeds */
  uint32_t names = pl_dict_count(identity->names);
  uint64_t content = 0;
  for (uint32_t name = 0; name < names; name++) {
    pl_str text = cell_named(identity, input, record, name);
    if (text.n) content += pl_hash_seeded(text, identity->seed + odd * (name + 1));
  }
  return content;
}

bool pl_identity_mark(const pl_identity *identity, size_t input, const pl_record *record,
                      const pl_cell *slots, pl_buf *scratch, pl_mark *mark) {
  *mark = (pl_mark){0};
  scratch->failed = false;
  if (!mark_key(identity, slots, scratch, mark)) return false;
  if (mark->keyed) mark->content = content_of(identity, input, record);
  return true;
}

/* ---- the error ---------------------------------------------------------------- */

/* One of the two records. */
typedef struct repeat {
  size_t input;
  const char *shown;
  uint32_t line;
  pl_batch batch;
  const pl_record *record;
} repeat;

/* Reads on from the start of the file until the record at that byte: slow, but
 * only on the way to an error. */
static pl_status find_record(const pl_source *source, pl_spot spot, repeat *out, pl_error *err) {
  out->input = spot.file - source->first_file;
  pl_input *input = source->inputs[out->input];
  pl_batch *batch = &out->batch;
  uint32_t line;
  out->shown = pl_input_shown(input);
  uint64_t want = PL_HEAD_BYTES, at = pl_input_start(input, &line);
  while (at < pl_input_size(input)) {
    pl_status status = pl_input_chunk(input, at, want, NULL, batch, err);
    if (status == PL_E_INPUT && want > 1) { /* what cannot be read lies behind the record */
      want = 1;
      continue;
    }
    if (status != PL_OK) return status;
    for (size_t i = 0; i < batch->n; i++) {
      out->record = &batch->records[i];
      out->line = line + out->record->line;
      if (out->record->offset == spot.offset) return PL_OK;
    }
    if (batch->next <= at) break;
    line += batch->lines;
    at = batch->next;
  }
  return pl_fail(err, PL_E_INPUT, "%s changed while it was read", pl_input_shown(input));
}

static bool put_key(const pl_source *source, const pl_cell *cells, pl_buf *out) {
  for (size_t i = 0; i < source->key_n; i++) {
    if (i && !pl_buf_text(out, " · ")) return false;
    if (!pl_show_text(cells[source->key[i]].text, out)) return false;
  }
  return true;
}

/* A part of the key may be computed, so it is evaluated once more. */
static bool show_key(const pl_bound *bound, const pl_source *source, const repeat *r, pl_buf *out) {
  pl_scratch scratch;
  pl_cell *cells = pl_calloc(source->slots_n + 1, sizeof *cells);
  bool opened = cells && pl_scratch_open(&scratch, bound);
  bool ok = opened;
  if (ok) {
    pl_row_texts(source, r->input, r->record, &scratch, cells);
    ok = put_key(source, cells, out);
  }
  if (opened) pl_scratch_close(&scratch);
  pl_free(cells);
  return ok;
}

static pl_str shortened(pl_str text) {
  return text.n <= 60 ? text : (pl_str){text.p, pl_utf8_valid((pl_str){text.p, 60})};
}

/* "differ in column …": the first column in which they do. */
static bool show_difference(const pl_identity *identity, const repeat pair[2], pl_buf *out) {
  for (uint32_t name = 0; name < pl_dict_count(identity->names); name++) {
    pl_str texts[2], column = pl_dict_at(identity->names, name);
    for (int i = 0; i < 2; i++)
      texts[i] = cell_named(identity, pair[i].input, pair[i].record, name);
    if (pl_str_eq(texts[0], texts[1])) continue;
    pl_buf_format(out, "\"%.*s\": \"", PL_STR_ARG(column));
    pl_show_text(shortened(texts[0]), out);
    pl_buf_text(out, "\" and \"");
    pl_show_text(shortened(texts[1]), out);
    return pl_buf_text(out, "\"");
  }
  return pl_buf_text(out, "\"\"");
}

static pl_status describe(const pl_bound *bound, const pl_identity *identity, const repeat pair[2],
                          pl_error *err) {
  const pl_source *source = identity->source;
  pl_buf shown = {0}, difference = {0};
  pl_site site = {pair[1].shown, pair[1].line, 0};
  if (!show_key(bound, source, &pair[1], &shown) || !show_difference(identity, pair, &difference)) {
    pl_fail_memory(err);
    goto done;
  }
  pl_str key = shortened(pl_buf_view(&shown));
  pl_fail_at(err, PL_E_INPUT, site,
             "%s:%u and %s:%u have the same key \"%.*s\" (%s of \"%s\") but differ in column %s",
             pair[0].shown, pair[0].line, pair[1].shown, pair[1].line, PL_STR_ARG(key),
             source->def->key.n > 1 ? "the key columns" : source->def->key.items[0],
             source->def->name, difference.p);
  pl_hint(err, "Say which record counts: duplicates = \"last\" (or \"first\", by a named "
               "time), or \"all\" if the column is no identity.");
done:
  pl_buf_free(&shown);
  pl_buf_free(&difference);
  return err ? err->status : PL_E_INPUT;
}

pl_status pl_duplicates_fail(const pl_bound *bound, const pl_identity *identity, pl_spot earlier,
                             pl_spot later, pl_error *err) {
  repeat pair[2] = {{0}, {0}};
  pl_status status = find_record(identity->source, earlier, &pair[0], err);
  if (status == PL_OK) status = find_record(identity->source, later, &pair[1], err);
  if (status == PL_OK) status = describe(bound, identity, pair, err);
  for (int i = 0; i < 2; i++) pl_batch_free(&pair[i].batch);
  return err ? status : PL_E_INPUT;
}
