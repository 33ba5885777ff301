/* Totals right below the header: some tools sum up before they list. They are told
 * from records as at the foot (shape_total.c). Once the config says how many rows
 * below the header are no records (`description`), nothing is looked for. */
#include "read/shape.h"

/* Skips the first n rows. */
static pl_status skip(pl_totals *t, size_t n, pl_error *err) {
  pl_input *input = t->input;
  const pl_shape_row *first = &t->rows.items[0], *last = &t->rows.items[n - 1];
  pl_skipped what = {
      PL_SKIP_TOTAL, first->line, last->line + last->lines - first->line, (uint32_t)n, {NULL, 0}};
  input->start = t->text.base + last->next;
  input->start_line = last->line + last->lines;
  input->dialect.description += (uint32_t)n;
  return pl_shape_skip(input, what, (pl_str){t->text.p + first->at, first->length})
             ? PL_OK
             : pl_fail_memory(err);
}

/* A table of one row is left to the foot, and so is what stands above nothing but totals. */
static pl_status by_looking(pl_totals *t, pl_error *err) {
  pl_row_verdict v = PL_ROW_NO;
  size_t n = 0;
  for (; n + 1 < t->rows.n; n++)
    if ((v = pl_totals_judge(t, n)) != PL_ROW_TOTAL) break;
  if (t->memory) return pl_fail_memory(err);
  if (n + 1 >= t->rows.n) return PL_OK;
  const pl_shape_row *row = &t->rows.items[n];
  pl_str text = {t->text.p + row->at, row->length};
  if (v == PL_ROW_DOUBT && !pl_shape_keep(t->input, PL_DOUBT_TOP, row->line, text))
    return pl_fail_memory(err);
  return n ? skip(t, n, err) : PL_OK;
}

pl_status pl_shape_top(pl_input *input, pl_error *err) {
  pl_totals t = {.input = input, .below = true};
  if (input->start >= input->end || input->dialect.description_given) return PL_OK;
  uint64_t left = input->end - input->start;
  size_t n = left < PL_HEAD_BYTES ? (size_t)left : PL_HEAD_BYTES;
  pl_shape_spot from = {0, input->start_line};
  pl_status status = pl_totals_open(&t) ? PL_OK : pl_fail_memory(err);
  if (!status) status = pl_shape_load(input, input->start, n, &t.text, err);
  if (!status && !pl_shape_rows_read(&t.text, from, PL_SHAPE_SAMPLE + 4, &t.rows))
    status = pl_fail_memory(err);
  if (!status) status = by_looking(&t, err);
  pl_totals_close(&t);
  return status;
}
