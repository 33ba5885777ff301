/* A file about one thing, written as lines of a key and its value:
 *
 *   "Title:","Spring letter"
 *   "Total Recipients:","1,751"
 *
 * It is read transposed, as one record whose columns are the keys. */
#include "read/shape.h"

/* The key at the beginning of a row, without its colon; false: none. */
static bool key_of(const pl_shape_text *text, const pl_shape_row *row, pl_buf *cell, pl_str *key) {
  *key = (pl_str){NULL, 0};
  if (row->cells != 2 || row->stray || row->last == 0) return true;
  if (!pl_shape_cell(text, row, 0, cell)) return false;
  pl_str s = pl_str_trim(pl_buf_view(cell));
  if (s.n < 2 || s.p[s.n - 1] != ':') return true;
  *key = pl_str_trim((pl_str){s.p, s.n - 1});
  return true;
}

size_t pl_shape_pairs(const pl_shape_text *text, pl_shape_spot from, bool *memory) {
  pl_dict *names = pl_dict_new();
  pl_buf cell = {0};
  pl_shape_row row;
  size_t pairs = 0;
  bool only = names != NULL;
  while (only && pairs < PL_MAX_COLUMNS && pl_shape_next(text, &from, &row)) {
    pl_str key;
    if (row.filled <= 1 && row.cells != 2) continue; /* a heading */
    if (!key_of(text, &row, &cell, &key)) {
      *memory = true;
      break;
    }
    only = key.n > 0 && pl_dict_find(names, key) == PL_DICT_NONE;
    if (only && pl_dict_add(names, key) == PL_DICT_NONE) {
      *memory = true;
      break;
    }
    pairs += only;
  }
  *memory |= !names;
  pl_dict_free(names);
  pl_buf_free(&cell);
  return only ? pairs : 0;
}

static bool push_cell(pl_input *input, pl_buf *value) {
  pl_str *cells = input->transposed;
  pl_str s = pl_buf_view(value);
  char *copy = pl_arena_copy(&input->arena, s.p, s.n);
  if (!copy) return false;
  cells[input->columns_n - 1] = (pl_str){copy, s.n};
  return true;
}

static pl_status take_pair(pl_input *input, const pl_shape_text *text, const pl_shape_row *row,
                           pl_buf *cell, pl_error *err) {
  pl_str key;
  size_t bad;
  if (!key_of(text, row, cell, &key)) return pl_fail_memory(err);
  if (key.p && !pl_bytes_good(key.p, key.n, &bad)) {
    pl_input_fail(input, err, text->base + row->at, "the key cannot be read: %s",
                  key.p[bad] ? "bytes that are no text" : "a NUL byte");
    return PL_E_INPUT;
  }
  pl_status status = pl_input_push_column(input, key, err);
  if (status) return status;
  if (!pl_shape_cell(text, row, 1, cell) || !push_cell(input, cell)) return pl_fail_memory(err);
  if (input->columns_n == 1) {
    input->header_at = input->start = text->base + row->at;
    input->header_line = input->start_line = row->line;
  }
  input->transposed_length = (uint32_t)(text->base + row->at + row->length - input->start);
  input->transposed_lines = row->line + row->lines - input->start_line;
  return PL_OK;
}

pl_status pl_shape_transpose(pl_input *input, const pl_shape_text *text, pl_shape_spot from,
                             pl_error *err) {
  pl_shape_row row;
  pl_buf cell = {0};
  pl_status status = PL_OK;
  input->transposed = pl_arena_array(&input->arena, PL_MAX_COLUMNS, sizeof *input->transposed);
  if (!input->transposed) return pl_fail_memory(err);
  input->shape.transposed = true;
  input->end = text->base + text->n;
  while (!status && input->columns_n < PL_MAX_COLUMNS && pl_shape_next(text, &from, &row)) {
    pl_str line = {text->p + row.at, row.length};
    if (row.filled <= 1 && row.cells != 2) {
      pl_skipped what = {PL_SKIP_PREAMBLE, row.line, row.lines, row.filled > 0, {NULL, 0}};
      if (row.filled && !pl_shape_skip(input, what, line)) status = pl_fail_memory(err);
    } else {
      status = take_pair(input, text, &row, &cell, err);
    }
  }
  if (!status && text->n > PL_MAX_RECORD)
    status = pl_fail(err, PL_E_INPUT, "one record over 16 MiB");
  pl_buf_free(&cell);
  return status;
}

/* The first cell with bytes that are no text; columns_n: none has. */
static size_t bad_cell(const pl_input *input, bool *nul) {
  size_t i = 0, bad;
  for (; i < input->columns_n; i++)
    if (!pl_bytes_good(input->transposed[i].p, input->transposed[i].n, &bad)) {
      *nul = !input->transposed[i].p[bad];
      break;
    }
  return i;
}

static bool keep_record(const pl_input *input, const bool *wanted, pl_batch *batch) {
  bool nul = false, ok = pl_batch_row(batch, input->columns_n, (pl_str){NULL, 0});
  const size_t bad = bad_cell(input, &nul);
  if (ok && bad < input->columns_n)
    return pl_batch_reject(batch, PL_REJECT_UTF8, 0, 0, input->transposed[bad], "%.*s: %s%s",
                           PL_STR_ARG(input->columns[bad]),
                           nul ? "a NUL byte" : "bytes that are not ",
                           nul ? "" : pl_encoding_name(input->dialect.encoding));
  for (size_t i = 0; ok && i < input->columns_n; i++) {
    pl_str cell = input->transposed[i];
    if (!wanted || wanted[i]) ok = pl_batch_cell(batch->memory, i, cell.p, cell.n);
  }
  return ok && pl_batch_keep(batch, 0, input->start, input->transposed_length);
}

pl_status pl_shape_record(const pl_input *input, uint64_t from, const bool *wanted, pl_batch *batch,
                          pl_error *err) {
  if (!pl_batch_begin(batch, input, from, 0)) return pl_fail_memory(err);
  bool ok = true;
  if (from <= input->start) {
    ok = keep_record(input, wanted, batch);
    batch->lines = input->transposed_lines;
  }
  batch->next = input->end;
  pl_batch_finish(batch, input->columns_n);
  return ok ? PL_OK : pl_fail_memory(err);
}
