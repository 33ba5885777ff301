/* The identity of records while a source is scanned: see duplicates.h. */
#include "trace/duplicates.h"

#include "trace/keys_hash.h"

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
      if (pl_dict_add(identity->names, pl_input_column(source->inputs[i], c)) == PL_DICT_NONE)
        return false;
  size_t names = pl_dict_count(identity->names);
  for (size_t i = 0; i < source->inputs_n; i++) {
    uint32_t *cells = identity->cells[i] = pl_malloc(names * sizeof *cells);
    if (!cells) return false;
    for (size_t k = 0; k < names; k++) cells[k] = PL_DICT_NONE;
    for (size_t c = 0; c < pl_input_columns(source->inputs[i]); c++)
      cells[pl_dict_find(identity->names, pl_input_column(source->inputs[i], c))] = (uint32_t)c;
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
    if (!append_measured(scratch, cell->text)) return false;
  }
  mark->keyed = true;
  mark->key = pl_hash_seeded_wide(pl_buf_view(scratch), identity->seed);
  return true;
}

static pl_str cell_named(const pl_identity *identity, size_t input, const pl_record *record,
                         size_t name) {
  uint32_t cell = identity->cells[input][name];
  return cell == PL_DICT_NONE ? (pl_str){"", 0} : record->cells[cell];
}

/* By name and not by position: another file may order its columns otherwise.
 * A column that a file lacks is as one that is empty. */
static bool mark_content(const pl_identity *identity, size_t input, const pl_record *record,
                         pl_buf *scratch, pl_mark *mark) {
  uint32_t names = pl_dict_count(identity->names);
  pl_buf_clear(scratch);
  for (uint32_t name = 0; name < names; name++) {
    pl_str text = cell_named(identity, input, record, name);
    if (text.n == 0) continue;
    if (!pl_buf_append(scratch, &name, sizeof name) || !append_measured(scratch, text))
      return false;
  }
  mark->content = pl_hash_seeded(pl_buf_view(scratch), identity->seed);
  return true;
}

bool pl_identity_mark(const pl_identity *identity, size_t input, const pl_record *record,
                      const pl_cell *slots, pl_buf *scratch, pl_mark *mark) {
  *mark = (pl_mark){0};
  scratch->failed = false;
  if (!mark_key(identity, slots, scratch, mark)) return false;
  return !mark->keyed || mark_content(identity, input, record, scratch, mark);
}

/* ---- seen ------------------------------------------------------------------- */

struct pl_seen_entry {
  pl_hash128 key;
  uint64_t content;
  pl_place place; /* line 0: free */
};

static struct pl_seen_entry *entry_of(const pl_seen *seen, pl_hash128 key) {
  size_t mask = seen->slots - 1;
  for (size_t i = key.lo & mask;; i = (i + 1) & mask) {
    struct pl_seen_entry *entry = &seen->entries[i];
    if (entry->place.line == 0 || (entry->key.lo == key.lo && entry->key.hi == key.hi))
      return entry;
  }
}

static bool more_entries(pl_seen *seen) {
  pl_seen larger = {.slots = seen->slots ? seen->slots * 2 : 256, .n = seen->n};
  larger.entries = pl_calloc(larger.slots, sizeof *larger.entries);
  if (!larger.entries) return false;
  for (size_t i = 0; i < seen->slots; i++)
    if (seen->entries[i].place.line) *entry_of(&larger, seen->entries[i].key) = seen->entries[i];
  pl_free(seen->entries);
  *seen = larger;
  return true;
}

pl_seen_result pl_seen_add(pl_seen *seen, const pl_mark *mark, pl_place place, pl_place *earlier) {
  if ((seen->n + 1) * 3 > seen->slots * 2 && !more_entries(seen)) return PL_SEEN_NO_MEMORY;
  struct pl_seen_entry *entry = entry_of(seen, mark->key);
  if (entry->place.line) {
    *earlier = entry->place;
    return entry->content == mark->content ? PL_SEEN_SAME : PL_SEEN_DIFFERS;
  }
  *entry = (struct pl_seen_entry){mark->key, mark->content, place};
  seen->n++;
  return PL_SEEN_NEW;
}

void pl_seen_free(pl_seen *seen) {
  pl_free(seen->entries);
  *seen = (pl_seen){0};
}

/* ---- the error ---------------------------------------------------------------- */

/* Reads on from the start of the file until the record of that line: slow, but
 * only on the way to an error. */
static pl_status find_record(const pl_source *source, pl_place place, pl_batch *batch,
                             const pl_record **found, pl_error *err) {
  pl_input *input = source->inputs[place.file - source->first_file];
  uint32_t line;
  uint64_t want = PL_HEAD_BYTES, at = pl_input_start(input, &line);
  while (at < pl_input_size(input)) {
    pl_status status = pl_input_chunk(input, at, want, NULL, batch, err);
    if (status == PL_E_INPUT && want > 1) { /* what cannot be read lies behind the record */
      want = 1;
      continue;
    }
    if (status != PL_OK) return status;
    for (size_t i = 0; i < batch->n; i++) {
      *found = &batch->records[i];
      if (line + (*found)->line == place.line) return PL_OK;
    }
    if (batch->next <= at) break;
    line += batch->lines;
    at = batch->next;
  }
  return pl_fail(err, PL_E_INPUT, "%s changed while it was read", pl_input_shown(input));
}

static bool show_key(const pl_identity *identity, size_t input, const pl_record *record,
                     pl_buf *out) {
  const pl_source *source = identity->source;
  for (size_t i = 0; i < source->key_n; i++) {
    int cell = source->cell_of[input][source->key[i]];
    if (i && !pl_buf_text(out, " · ")) return false;
    if (cell >= 0 && !pl_buf_str(out, record->cells[cell])) return false;
  }
  return pl_buf_append(out, "", 0) || out->n == 0;
}

static pl_str shortened(pl_str text) {
  return text.n <= 60 ? text : (pl_str){text.p, pl_utf8_valid((pl_str){text.p, 60})};
}

static pl_status describe(const pl_identity *identity, const pl_place *places,
                          const pl_record *const *records, pl_error *err) {
  const pl_source *source = identity->source;
  pl_str names[2], key, texts[2] = {{"", 0}, {"", 0}}, column = {"", 0};
  pl_buf shown = {0};
  size_t inputs[2];
  for (int i = 0; i < 2; i++) {
    inputs[i] = places[i].file - source->first_file;
    names[i] = pl_str_of(pl_input_shown(source->inputs[inputs[i]]));
  }
  for (uint32_t name = 0; name < pl_dict_count(identity->names) && column.n == 0; name++) {
    for (int i = 0; i < 2; i++) texts[i] = cell_named(identity, inputs[i], records[i], name);
    if (!pl_str_eq(texts[0], texts[1])) column = pl_dict_at(identity->names, name);
  }
  show_key(identity, inputs[1], records[1], &shown);
  key = shortened(pl_buf_view(&shown));
  for (int i = 0; i < 2; i++) texts[i] = shortened(texts[i]);
  pl_site site = {names[1].p, places[1].line, 0};
  pl_fail_at(err, PL_E_INPUT, site,
             "%s:%u and %s:%u have the same key \"%.*s\" (%s of \"%s\") but differ in column "
             "\"%.*s\": \"%.*s\" and \"%.*s\"",
             names[0].p, places[0].line, names[1].p, places[1].line, PL_STR_ARG(key),
             source->def->key.n > 1 ? "the key columns" : source->def->key.items[0],
             source->def->name, PL_STR_ARG(column), PL_STR_ARG(texts[0]), PL_STR_ARG(texts[1]));
  pl_buf_free(&shown);
  return pl_hint(err, "Say which record counts: duplicates = \"last\" (or \"first\", by a named "
                      "time), or \"all\" if the column is no identity.");
}

pl_status pl_duplicates_fail(const pl_identity *identity, pl_place earlier, pl_place later,
                             pl_error *err) {
  pl_batch batches[2] = {{0}, {0}};
  const pl_record *records[2];
  const pl_place places[2] = {earlier, later};
  pl_status status = PL_OK;
  for (int i = 0; i < 2 && status == PL_OK; i++)
    status = find_record(identity->source, places[i], &batches[i], &records[i], err);
  if (status == PL_OK) status = describe(identity, places, records, err);
  for (int i = 0; i < 2; i++) pl_batch_free(&batches[i]);
  return err ? status : PL_E_INPUT;
}
