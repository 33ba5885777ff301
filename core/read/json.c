/* JSON records: the elements of one array, or one object a line (NDJSON).
 *
 * Each record's text gets its numbers quoted (json_number.c), is decoded by the
 * function given from outside, and its leaves go to the columns of their paths.
 * Two values of one path, in two fields of one name or written "a.b" beside
 * {"a":{"b":…}}, would leave unsaid which counts: a reject. A raw tab or line end inside a
 * string is accepted; a NUL, raw or as \u0000, is not. */
#include <assert.h>
#include <stdio.h>

#include "read/private.h"

typedef struct json_scan {
  pl_input *input;
  pl_batch *batch;
  struct pl_batch_memory *memory;
  const bool *wanted;
  uint64_t pos;
  uint32_t lines;
  bool head;            /* collecting columns, keeping no cells */
  const pl_str *sought; /* not NULL: only this path is looked for, and then: */
  bool found;
  bool failed; /* memory */
  /* about the record being decoded */
  pl_reject_code code;
  char message[256];
} json_scan;

/* --- one record --- */

static void field_wrong(json_scan *s, pl_reject_code code, pl_str path, const char *what) {
  if (s->code) return;
  s->code = code;
  snprintf(s->message, sizeof s->message, "%.*s: %s", path.n < 100 ? (int)path.n : 100, path.p,
           what);
}

/* A path that this record has had already. */
static bool met_before(json_scan *s, uint32_t column) {
  struct pl_batch_memory *m = s->memory;
  size_t cap = m->met_cap;
  if (cap <= column) {
    if (!pl_grow(&m->met, &m->met_cap, (size_t)column + 1, sizeof *m->met)) {
      s->failed = true;
      return false;
    }
    memset(m->met + cap, 0, (m->met_cap - cap) * sizeof *m->met);
  }
  bool met = m->met[column] == m->met_now;
  m->met[column] = m->met_now;
  return met;
}

static void on_field(void *context, pl_str path, pl_str value) {
  json_scan *s = context;
  if (s->sought) {
    s->found |= pl_str_eq(path, *s->sought);
    return;
  }
  if (value.n > PL_MAX_FIELD)
    field_wrong(s, PL_REJECT_LONG, path, "a value over the limit of one cell");
  else if (value.n && memchr(value.p, 0, value.n))
    field_wrong(s, PL_REJECT_UTF8, path, "a NUL byte");
  uint32_t i = pl_dict_find(s->input->names, path);
  if (i != PL_DICT_NONE && met_before(s, i))
    field_wrong(s, PL_REJECT_JSON, path, "two values of one name");
  if (s->head) {
    if (i == PL_DICT_NONE && s->input->columns_n < PL_MAX_COLUMNS)
      s->failed |= pl_input_push_column(s->input, path, NULL) != PL_OK;
  } else if (!s->code && i != PL_DICT_NONE && (!s->wanted || s->wanted[i])) {
    s->failed |= !pl_batch_cell(s->memory, i, value.p, value.n);
  }
}

static bool decode(json_scan *s) {
  pl_str text = pl_buf_view(&s->memory->scratch);
  const pl_json_decoder *own = s->batch->json;
  if (own) return own->decode(own->state, text, on_field, s, s->message);
  const pl_json_decoder *shared = &s->input->json;
  pthread_mutex_lock(&s->input->json_lock);
  bool ok = shared->decode(shared->state, text, on_field, s, s->message);
  pthread_mutex_unlock(&s->input->json_lock);
  return ok;
}

static bool names_differ(json_scan *s) {
  struct pl_batch_memory *m = s->memory;
  bool memory = false;
  if (++m->met_now == 0) { /* counted once around */
    memset(m->met, 0, m->met_cap * sizeof *m->met);
    m->met_now = 1;
  }
  bool differ = pl_json_names_differ(&m->names, pl_buf_view(&m->scratch), &memory, s->message);
  s->failed |= memory;
  return differ;
}

/* What is wrong with the record, if anything: sets code and message. */
static void read_fields(json_scan *s, pl_str raw, size_t *bad) {
  s->code = PL_REJECT_NONE;
  s->message[0] = 0;
  *bad = SIZE_MAX;
  size_t first_bad;
  if (!pl_bytes_good(raw.p, raw.n, &first_bad)) {
    *bad = first_bad;
    s->code = PL_REJECT_UTF8;
    snprintf(s->message, sizeof s->message, "%s%s",
             raw.p[first_bad] ? "bytes that are not " : "a NUL byte",
             raw.p[first_bad] ? pl_encoding_name(s->input->dialect.encoding) : "");
    return;
  }
  bool quoted = pl_json_quote_numbers(raw, &s->memory->scratch, s->message);
  if (s->memory->scratch.failed) {
    s->failed = true;
  } else if (!quoted || !names_differ(s) || !decode(s)) {
    s->code = PL_REJECT_JSON;
    if (!s->message[0]) snprintf(s->message, sizeof s->message, "not a JSON object");
  }
}

/* Adds the record that is in the window, or its reject. */
static bool add_record(json_scan *s, uint64_t offset, size_t length, uint32_t line) {
  pl_str raw = {pl_window_at(&s->memory->window, offset), length};
  const size_t columns = s->head ? 0 : s->input->columns_n;
  const bool lines = s->input->dialect.format == PL_FORMAT_NDJSON;
  size_t bad;
  if (!pl_batch_row(s->batch, columns, (pl_str){"", 0})) return false;
  read_fields(s, raw, &bad);
  if (s->failed) return false;
  if (s->code)
    return pl_batch_reject(s->batch, s->code, line,
                           lines && bad != SIZE_MAX ? (uint32_t)bad + 1 : 0, raw, "%s", s->message);
  return pl_batch_keep(s->batch, line, offset, (uint32_t)length);
}

static bool reject_long(json_scan *s, pl_str raw, uint32_t line) {
  return pl_batch_row(s->batch, 0, (pl_str){NULL, 0}) &&
         pl_batch_reject(s->batch, PL_REJECT_LONG, line, 0, raw, "a record over %u bytes",
                         PL_MAX_RECORD);
}

/* --- one object a line --- */

static pl_status read_line(json_scan *s, pl_error *err) {
  pl_window *w = &s->memory->window;
  const uint64_t start = s->pos;
  const uint32_t line = s->lines++;
  size_t length, end;
  bool over;
  pl_status status = pl_window_line(w, start, start, &length, &end, &over, err);
  if (status) return status;
  if (over) {
    pl_str raw = {pl_window_at(w, start), PL_MAX_RECORD};
    if (!reject_long(s, raw, line)) return pl_fail_memory(err);
    return pl_window_skip_line(w, start + PL_MAX_RECORD, &s->pos, err);
  }
  s->pos = start + length + end;
  if (pl_str_blank((pl_str){pl_window_at(w, start), length})) return PL_OK;
  return add_record(s, start, length, line) ? PL_OK : pl_fail_memory(err);
}

/* --- elements of an array --- */

static pl_status reject_long_element(json_scan *s, const pl_json_element *element, pl_error *err) {
  pl_buf *raw = &s->memory->scratch;
  pl_status status =
      pl_input_raw(s->input, element->offset, PL_REJECT_RAW + 1, PL_REJECT_RAW + 1, raw, err);
  if (!status && !reject_long(s, pl_buf_view(raw), element->line)) status = pl_fail_memory(err);
  return status;
}

static pl_status read_element(json_scan *s, pl_error *err) {
  pl_json_element element;
  pl_json_walk walk = {s->input, &s->memory->window, s->pos, s->lines, false};
  pl_status status = pl_json_element_read(&walk, &element, err);
  if (status) return status;
  if (element.over)
    status = reject_long_element(s, &element, err);
  else if (!add_record(s, element.offset, (size_t)element.length, element.line))
    status = pl_fail_memory(err);
  if (!status) status = pl_json_element_next(&walk, err);
  s->pos = walk.pos;
  s->lines = walk.lines;
  return status;
}

/* --- chunks --- */

static pl_status scan_run(json_scan *s, uint64_t from, uint64_t want, pl_error *err) {
  const bool lines = s->input->dialect.format == PL_FORMAT_NDJSON;
  if (!pl_batch_begin(s->batch, s->input, from, want)) return pl_fail_memory(err);
  s->memory = s->batch->memory;
  s->pos = from;
  while (!s->found && s->pos < s->input->end && (s->pos == from || s->pos - from < want) &&
         s->memory->cells_n < PL_BATCH_CELLS) {
    pl_status status = lines ? read_line(s, err) : read_element(s, err);
    if (status) return status;
  }
  s->batch->next = s->pos;
  s->batch->lines = s->lines;
  pl_batch_finish(s->batch, s->head ? 0 : s->input->columns_n);
  return PL_OK;
}

pl_status pl_json_chunk(pl_input *input, uint64_t from, uint64_t want, const bool *wanted,
                        pl_batch *batch, pl_error *err) {
  json_scan s = {.input = input, .batch = batch, .wanted = wanted};
  assert(batch->json || input->json.decode);
  return scan_run(&s, from, want, err);
}

/* --- the head --- */

/* Where the first record begins; what is no array, or is one where lines were
 * declared, ends here. */
static pl_status find_start(pl_input *input, pl_window *w, pl_error *err) {
  pl_json_walk walk = {input, w, input->header_at, input->header_line - 1, false};
  if (input->dialect.format == PL_FORMAT_JSON) {
    pl_status status = pl_json_array_open(&walk, err);
    input->start = walk.pos;
    input->start_line = 1 + walk.lines;
    return status;
  }
  uint64_t pos = input->text_at;
  for (char c = ' '; pos < input->end; pos++) {
    pl_status status = pl_window_need(w, pos, 1, err);
    if (status) return status;
    c = *pl_window_at(w, pos);
    if (c == '[') {
      pl_input_fail(input, err, pos, "this is an array, not one object a line");
      return pl_input_hint(err, "format = \"json\"");
    }
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') break;
  }
  if (pos == input->end) return pl_input_fail(input, err, 0, "the file is empty: only white space");
  input->start = input->text_at;
  input->start_line = 1;
  return PL_OK;
}

pl_status pl_json_head(pl_input *input, pl_error *err) {
  pl_batch batch = {0};
  json_scan s = {.input = input, .batch = &batch, .head = true};
  assert(input->json.decode);
  pl_status status = PL_OK;
  if (!pl_batch_begin(&batch, input, input->text_at, PL_HEAD_BYTES)) status = pl_fail_memory(err);
  if (!status) status = find_start(input, &batch.memory->window, err);
  const uint64_t until = input->header_at + PL_HEAD_BYTES;
  if (!status && input->start < until)
    status = scan_run(&s, input->start, until - input->start, err);
  input->head_end = s.pos;
  pl_batch_free(&batch);
  return status;
}

/* The head may have had more paths than columns are allowed, so it is looked
 * through again; that costs nothing beside the rest. */
pl_status pl_json_find(pl_input *input, pl_str path, bool *found, pl_error *err) {
  pl_batch batch = {0};
  json_scan s = {.input = input, .batch = &batch, .head = true, .sought = &path};
  pl_status status = PL_OK;
  *found = false;
  if (input->head_end >= input->end) return PL_OK;
  for (uint64_t at = input->start; !status && !s.found && at < input->end; at = s.pos)
    status = scan_run(&s, at, PL_WINDOW_BYTES, err);
  *found = s.found;
  pl_batch_free(&batch);
  return status;
}
