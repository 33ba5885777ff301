/* Totals and remarks below the last record: from the last row up, until one that is
 * neither. What a single row is, shape_total.c says. */
#include "read/shape.h"

/* Rows of a tail count their lines from here until it is known where it begins: above
 * every line that stands in a list already. */
#define TAIL_LINE (1u << 31)

typedef struct foot {
  pl_totals t;
  bool whole; /* the rows are the whole table, not its tail */
} foot;

/* Skips rows [from, n), those of one kind next to each other as one entry. */
static pl_status skip_from(foot *f, size_t from, const uint8_t *totals, pl_error *err) {
  pl_input *input = f->t.input;
  const pl_shape_row *rows = f->t.rows.items;
  for (size_t i = from, next; i < f->t.rows.n; i = next) {
    pl_skipped what = {
        totals[i - from] ? PL_SKIP_TOTAL : PL_SKIP_FOOTER, rows[i].line, 0, 0, {NULL, 0}};
    size_t shown = i;
    for (next = i; next < f->t.rows.n && totals[next - from] == totals[i - from]; next++) {
      what.rows++; /* delimiters alone are a row too: they would be a record */
      what.lines = rows[next].line + rows[next].lines - what.line;
      if (!rows[shown].filled) shown = next;
    }
    if (!pl_shape_skip(input, what, (pl_str){f->t.text.p + rows[shown].at, rows[shown].length}))
      return pl_fail_memory(err);
  }
  input->dialect.footer = (uint32_t)(f->t.rows.n - from);
  if (from < f->t.rows.n) input->end = f->t.text.base + rows[from].at;
  return PL_OK;
}

static pl_status by_looking(foot *f, pl_error *err) {
  const size_t n = f->t.rows.n;
  size_t end = n;
  uint8_t *totals = pl_calloc(n + 1, 1);
  if (!totals) return pl_fail_memory(err);
  pl_status status = PL_OK;
  for (size_t i = n; i-- > 0 && !f->t.memory;) {
    const pl_shape_row *row = &f->t.rows.items[i];
    pl_row_verdict v = pl_totals_judge(&f->t, i);
    if (v == PL_ROW_DOUBT && !pl_shape_keep(f->t.input, PL_DOUBT_FOOT, row->line,
                                            (pl_str){f->t.text.p + row->at, row->length}))
      f->t.memory = true;
    if (v == PL_ROW_NO || v == PL_ROW_DOUBT) break;
    totals[i] = v == PL_ROW_TOTAL;
    if (v != PL_ROW_MAYBE || row->gap > 0) end = i;
  }
  /* A table of nothing but rows of delimiters keeps them: nothing tells them apart. */
  bool all_blank = end == 0 && f->whole;
  for (size_t i = end; i < n; i++) all_blank &= !f->t.rows.items[i].filled;
  if (f->t.memory)
    status = pl_fail_memory(err);
  else if (!all_blank)
    status = skip_from(f, end, totals + end, err);
  pl_free(totals);
  return status;
}

static pl_status as_declared(foot *f, pl_error *err) {
  const uint32_t footer = f->t.input->dialect.footer;
  if (footer > f->t.rows.n) {
    pl_fail_at(err, PL_E_USAGE, (pl_site){f->t.input->shown, 0, 0}, "footer = %u, but %s %zu row%s",
               footer, f->whole ? "below the header there are" : "that is more than the last",
               f->t.rows.n, f->t.rows.n == 1 ? "" : "s");
    pl_hint(err, "Write how many rows at the end are no records, or leave it out to have them "
                 "looked for.");
    return PL_E_USAGE;
  }
  size_t from = f->t.rows.n - footer;
  uint8_t *totals = pl_calloc((size_t)footer + 1, 1);
  if (!totals) return pl_fail_memory(err);
  for (size_t i = from; i < f->t.rows.n; i++) {
    const pl_shape_row *row = &f->t.rows.items[i];
    pl_totals_first(&f->t, row);
    totals[i - from] = row->filled && pl_shape_total(pl_buf_view(&f->t.cell)) == PL_TOTAL_YES;
  }
  pl_status status = f->t.memory ? pl_fail_memory(err) : skip_from(f, from, totals, err);
  pl_free(totals);
  return status;
}

/* The line that byte `at` stands on. */
static pl_status line_of(const pl_input *input, uint64_t at, uint32_t *line, pl_error *err) {
  char *piece = pl_malloc(PL_WINDOW_BYTES);
  bool cr = false;
  pl_status status = piece ? PL_OK : pl_fail_memory(err);
  *line = input->start_line;
  for (uint64_t from = input->start; !status && from < at;) {
    size_t n = at - from < PL_WINDOW_BYTES ? (size_t)(at - from) : PL_WINDOW_BYTES;
    status = pl_input_pread(input, from, piece, n, err);
    if (!status) *line += pl_line_count(piece, n, &cr);
    from += n;
  }
  pl_free(piece);
  return status;
}

/* The rows of the tail. */
static pl_status load_tail(foot *f, pl_error *err) {
  pl_input *input = f->t.input;
  uint64_t from = input->start;
  f->whole = input->end - from <= PL_HEAD_BYTES;
  if (!f->whole) from = pl_input_guess(input, input->end - PL_HEAD_BYTES);
  pl_status status = pl_shape_load(input, from, (size_t)(input->end - from), &f->t.text, err);
  pl_shape_spot spot = {0, f->whole ? input->start_line : TAIL_LINE};
  if (!status && !pl_shape_rows_read(&f->t.text, spot, SIZE_MAX, &f->t.rows))
    status = pl_fail_memory(err);
  return status;
}

/* Lines are counted only for a file that has something to show. */
static pl_status place(foot *f, size_t skipped, size_t kept, pl_error *err) {
  pl_input *input = f->t.input;
  uint32_t line = 0;
  if (f->whole || (skipped == input->shape.skipped_n && kept == input->shape.kept_n)) return PL_OK;
  pl_status status = line_of(input, f->t.text.base, &line, err);
  line -= TAIL_LINE;
  for (size_t i = skipped; i < input->shape.skipped_n; i++) input->skipped[i].line += line;
  for (size_t i = kept; i < input->shape.kept_n; i++) input->kept[i].line += line;
  return status;
}

pl_status pl_shape_foot(pl_input *input, pl_error *err) {
  foot f = {.t.input = input};
  const pl_dialect *d = &input->dialect;
  const size_t skipped = input->shape.skipped_n, kept = input->shape.kept_n;
  if (input->start >= input->end || (d->footer_given && d->footer == 0)) return PL_OK;
  pl_status status = pl_totals_open(&f.t) ? PL_OK : pl_fail_memory(err);
  if (!status) status = load_tail(&f, err);
  if (!status) status = d->footer_given ? as_declared(&f, err) : by_looking(&f, err);
  if (!status) status = place(&f, skipped, kept, err);
  pl_totals_close(&f.t);
  return status;
}
