/* Right under the header: rows that describe the columns (a survey tool's second
 * header), and delimiters behind the last column. */
#include "read/shape.h"

/* How many rows to pass. One that may be a record is kept, and said. */
static uint32_t count_descriptions(pl_input *input, const pl_shape_text *text,
                                   const pl_shape_rows *rows, bool *memory) {
  size_t n;
  if (input->dialect.description_given) return input->dialect.description;
  const pl_second found = pl_shape_second(text, rows->items, rows->n, &n, memory);
  if (found == PL_SECOND_SURE) return (uint32_t)n;
  if (found == PL_SECOND_NO) return 0;
  const pl_shape_row *row = &rows->items[1];
  const pl_str line = {text->p + row->at, row->length};
  *memory |= !pl_shape_keep(input, PL_DOUBT_NAMES, row->line, line);
  return 0;
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
