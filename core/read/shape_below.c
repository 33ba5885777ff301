/* Right under the header: rows that describe the columns (a survey tool's second
 * header), and delimiters behind the last column. */
#include <strings.h>

#include "read/shape.h"

/* The texts by which survey tools fill the second row. */
static bool is_survey_word(pl_str s) {
  static const char *const words[] = {"Response", "Open-Ended Response", "Other (please specify)"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (s.n == strlen(words[i]) && strncasecmp(s.p, words[i], s.n) == 0) return true;
  return false;
}

/* Its first cell is blank where records have a value, no cell is a value, and it
 * names a column that has no name or says what survey tools say. */
static bool describes(const pl_shape_text *text, const pl_shape_row *header,
                      const pl_shape_row *row, const pl_shape_row *next, bool *memory) {
  pl_buf cell = {0};
  bool proof = row->last > header->last && row->last <= header->cells, ok = true;
  if (row->cells != header->cells || row->filled == 0 || row->stray) return false;
  for (uint32_t i = 0; ok && i < row->cells; i++) {
    if (!pl_shape_cell(text, row, i, &cell)) *memory = true;
    pl_str s = pl_buf_view(&cell);
    pl_shape_kind kind = pl_shape_kind_of(s);
    ok = !*memory && (kind == PL_KIND_BLANK || (kind == PL_KIND_TEXT && i > 0));
    proof |= is_survey_word(s);
  }
  if (ok && proof && next) {
    ok = pl_shape_cell(text, next, 0, &cell) && !pl_str_blank(pl_buf_view(&cell));
    *memory |= cell.failed;
  }
  pl_buf_free(&cell);
  return ok && proof;
}

static uint32_t count_descriptions(const pl_input *input, const pl_shape_text *text,
                                   const pl_shape_rows *rows, bool *memory) {
  const pl_shape_row *r = rows->items;
  if (input->dialect.description_given) return input->dialect.description;
  if (rows->n < 2 || !describes(text, &r[0], &r[1], rows->n > 2 ? &r[2] : NULL, memory)) return 0;
  return 1;
}

static pl_status pass(pl_input *input, const pl_shape_text *text, const pl_shape_rows *rows,
                      uint32_t n, pl_error *err) {
  const pl_shape_row *first = &rows->items[1], *last = &rows->items[n];
  pl_skipped what = {
      PL_SKIP_DESCRIPTION, first->line, last->line + last->lines - first->line, 0, {NULL, 0}};
  for (uint32_t i = 1; i <= n; i++) what.rows += rows->items[i].filled > 0;
  input->start = text->base + last->next;
  input->start_line = last->line + last->lines;
  return pl_shape_skip(input, what, (pl_str){text->p + first->at, first->length})
             ? PL_OK
             : pl_fail_memory(err);
}

static pl_status load_below(const pl_input *input, pl_shape_text *text, pl_shape_rows *rows,
                            pl_error *err) {
  uint64_t left = input->end - input->header_at;
  size_t n = left < PL_HEAD_BYTES ? (size_t)left : PL_HEAD_BYTES;
  pl_status status = pl_shape_load(input, input->header_at, n, text, err);
  pl_shape_spot from = {0, input->header_line};
  if (!status && !pl_shape_rows_read(text, from, PL_SHAPE_ROWS, rows)) status = pl_fail_memory(err);
  return status;
}

static void free_below(pl_shape_text *text, pl_shape_rows *rows) {
  pl_free((void *)(uintptr_t)text->p);
  pl_free(rows->items);
}

pl_status pl_shape_below(pl_input *input, pl_error *err) {
  pl_shape_text text = {0};
  pl_shape_rows rows = {0};
  bool memory = false;
  pl_status status = load_below(input, &text, &rows, err);
  if (status || rows.n == 0) goto done; /* a header longer than the head */
  uint32_t n = count_descriptions(input, &text, &rows, &memory);
  if (memory) {
    status = pl_fail_memory(err);
  } else if (n >= rows.n) {
    pl_site site = {input->shown, input->header_line, 0};
    status =
        pl_fail_at(err, PL_E_USAGE, site, "description = %u, but below the header %s %zu row%s", n,
                   rows.n == 2 ? "stands" : "stand", rows.n - 1, rows.n == 2 ? "" : "s");
  } else {
    if (n) status = pass(input, &text, &rows, n, err);
    input->described = n;
    input->shape.trailing = pl_shape_trailing(&rows.items[0], rows.items + 1, rows.n - 1);
  }
  input->dialect.description = n;
done:
  free_below(&text, &rows);
  return status;
}

pl_status pl_shape_name(pl_input *input, size_t column, pl_buf *name, pl_error *err) {
  pl_shape_text text = {0};
  pl_shape_rows rows = {0};
  pl_buf above = {0};
  pl_buf_clear(name);
  if (!input->described) return PL_OK;
  pl_status status = load_below(input, &text, &rows, err);
  bool ok = true;
  if (!status && rows.n > input->described && column < UINT32_MAX) {
    for (size_t i = column; ok && i-- > 0 && pl_str_blank(pl_buf_view(&above));)
      ok = pl_shape_cell(&text, &rows.items[0], (uint32_t)i, &above);
    ok = ok && pl_shape_cell(&text, &rows.items[1], (uint32_t)column, name);
    if (ok && !pl_str_blank(pl_buf_view(name)) && above.n) {
      ok = pl_buf_text(&above, " - ") && pl_buf_str(&above, pl_buf_view(name));
      pl_buf_clear(name);
      ok = ok && pl_buf_str(name, pl_buf_view(&above));
    }
  }
  if (!status && !ok) status = pl_fail_memory(err);
  pl_buf_free(&above);
  free_below(&text, &rows);
  return status;
}
