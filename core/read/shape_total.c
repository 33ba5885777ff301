/* Is a row of totals, a remark, or a record? A row of totals has as many cells as a
 * record has, so it would be summed with them; and a company may be called Total.
 * So a row is taken for a total only where its first cell says so and what tells
 * one record from another is blank in it. Anything less is kept, and said. */
#include <strings.h>

#include "read/shape.h"

/* Bits of `common`. */
enum { SOME_BLANK = 1, SOME_TEXT = 2, SOME_NUMBER = 4, SOME_TIME = 8 };

static size_t columns_of(const pl_totals *f) {
  return f->input->columns_n;
}

uint32_t pl_totals_first(pl_totals *f, const pl_shape_row *row) {
  uint32_t i = 0;
  for (; i < row->cells; i++) {
    f->memory |= !pl_shape_cell(&f->text, row, i, &f->cell);
    if (f->memory || !pl_str_blank(pl_buf_view(&f->cell))) break;
  }
  return i;
}

/* As many cells as columns, and not another row of totals. */
static bool is_record(pl_totals *f, const pl_shape_row *row) {
  const size_t n = columns_of(f);
  if (row->stray || !row->filled || row->cells < n || row->last > n) return false;
  pl_totals_first(f, row);
  return pl_shape_total(pl_buf_view(&f->cell)) != PL_TOTAL_YES;
}

/* ---- what the records are like --------------------------------------------------------- */

/* The next record on the side of row *i that the records are on. */
static bool next_record(pl_totals *f, size_t *i) {
  for (;;) {
    if (f->below ? ++*i >= f->rows.n : (*i)-- == 0) return false;
    if (is_record(f, &f->rows.items[*i])) return true;
  }
}

/* How many records were looked at. */
static size_t learn(pl_totals *f, size_t at) {
  size_t n = columns_of(f), seen = 0;
  memset(f->common, 0, n);
  for (size_t i = at; seen < PL_SHAPE_SAMPLE && next_record(f, &i); seen++) {
    pl_shape_kinds(&f->text, &f->rows.items[i], f->kinds, n);
    for (size_t c = 0; c < n; c++) {
      uint8_t kind = f->kinds[c];
      f->common[c] |= kind == PL_KIND_BLANK || kind == PL_KIND_TOKEN ? SOME_BLANK
                      : kind == PL_KIND_TEXT                         ? SOME_TEXT
                      : kind == PL_KIND_TIME                         ? SOME_TIME
                                                                     : SOME_NUMBER;
    }
  }
  return seen;
}

static bool is_id(pl_str name) {
  return name.n >= 2 && strncasecmp(name.p + name.n - 2, "id", 2) == 0 &&
         (name.n == 2 || !((name.p[name.n - 3] | 32) >= 'a' && (name.p[name.n - 3] | 32) <= 'z') ||
          name.p[name.n - 2] == 'I');
}

/* Does every record that is compared have this very text in the column? */
static bool is_constant(pl_totals *f, size_t at, const pl_shape_row *row, uint32_t column) {
  f->memory |= !pl_shape_cell(&f->text, row, column, &f->other);
  size_t seen = 0;
  for (size_t i = at; seen < PL_SHAPE_SAMPLE && next_record(f, &i); seen++) {
    f->memory |= !pl_shape_cell(&f->text, &f->rows.items[i], column, &f->cell);
    if (!pl_str_eq(pl_buf_view(&f->cell), pl_buf_view(&f->other))) return false;
  }
  return seen > 0;
}

/* Is what tells one record from another blank in this row, and nothing in it said of
 * one record only? `named` is the cell with the word. */
static bool sums_up(pl_totals *f, size_t at, uint32_t named) {
  const pl_shape_row *row = &f->rows.items[at];
  const size_t n = columns_of(f);
  bool blank_key = false, number = false;
  if (learn(f, at) == 0) return false;
  pl_shape_kinds(&f->text, row, f->kinds, n);
  for (uint32_t c = 0; c < n; c++) {
    if (c == named) continue;
    bool blank = f->kinds[c] == PL_KIND_BLANK || f->kinds[c] == PL_KIND_TOKEN;
    bool key = f->common[c] == SOME_TEXT || f->common[c] == SOME_TIME ||
               (f->common[c] && !(f->common[c] & SOME_BLANK) && is_id(f->input->columns[c]));
    number |= !blank && pl_kind_is_value(f->kinds[c]) && f->kinds[c] != PL_KIND_TIME;
    if (blank) {
      blank_key |= key;
    } else if ((f->kinds[c] == PL_KIND_TEXT || f->kinds[c] == PL_KIND_TIME ||
                is_id(f->input->columns[c])) &&
               !is_constant(f, at, row, c)) {
      return false;
    }
  }
  return blank_key && number;
}

/* No word, but numbers only, where every record has texts or times too. */
static bool is_bare(pl_totals *f, size_t at) {
  const size_t n = columns_of(f);
  size_t keys = 0, numbers = 0;
  if (learn(f, at) < 2) return false;
  pl_shape_kinds(&f->text, &f->rows.items[at], f->kinds, n);
  for (size_t c = 0; c < n; c++) {
    const bool key = f->common[c] == SOME_TEXT || f->common[c] == SOME_TIME;
    if (f->kinds[c] == PL_KIND_BLANK || f->kinds[c] == PL_KIND_TOKEN) {
      keys += key;
    } else if (key || f->kinds[c] == PL_KIND_TEXT || f->kinds[c] == PL_KIND_TIME ||
               is_id(f->input->columns[c])) {
      return false;
    } else {
      numbers++;
    }
  }
  return keys && numbers;
}

/* Its first cell is blank, and behind the last column stands the word. */
static bool says_so_behind(pl_totals *f, const pl_shape_row *row) {
  const size_t n = columns_of(f);
  if (row->last != n + 1 || pl_totals_first(f, row) == 0) return false;
  f->memory |= !pl_shape_cell(&f->text, row, row->last - 1, &f->cell);
  return pl_shape_total(pl_buf_view(&f->cell)) == PL_TOTAL_YES;
}

/* ---- one row ------------------------------------------------------------------------------ */

pl_row_verdict pl_totals_judge(pl_totals *f, size_t at) {
  const pl_shape_row *row = &f->rows.items[at];
  const size_t n = columns_of(f);
  if (row->stray) return PL_ROW_NO;
  if (!row->filled) return n > 1 ? PL_ROW_REMARK : PL_ROW_NO;
  uint32_t named = pl_totals_first(f, row);
  pl_str text = pl_buf_view(&f->cell);
  pl_total total = pl_shape_total(text);
  const bool remark = pl_shape_remark(text), alone = row->filled == 1;
  if (n == 1)
    return (total == PL_TOTAL_YES || remark) && row->cells == 1 ? PL_ROW_DOUBT : PL_ROW_NO;
  if (row->cells < n) {
    if (total == PL_TOTAL_YES) return PL_ROW_TOTAL;
    if (remark && row->filled <= 2) return PL_ROW_REMARK;
    return row->cells == 1 ? PL_ROW_MAYBE : PL_ROW_NO;
  }
  if (row->last > n) return says_so_behind(f, row) ? PL_ROW_TOTAL : PL_ROW_NO;
  if (alone && remark && n > 2) return PL_ROW_REMARK;
  if (total == PL_TOTAL_NO) return is_bare(f, at) ? PL_ROW_DOUBT : PL_ROW_NO;
  if (sums_up(f, at, named)) return total == PL_TOTAL_YES ? PL_ROW_TOTAL : PL_ROW_DOUBT;
  return total == PL_TOTAL_YES ? PL_ROW_DOUBT : PL_ROW_NO;
}

bool pl_totals_open(pl_totals *f) {
  f->kinds = pl_malloc(2 * columns_of(f) + 1);
  if (f->kinds) f->common = f->kinds + columns_of(f);
  return f->kinds != NULL;
}

void pl_totals_close(pl_totals *f) {
  pl_free(f->kinds);
  pl_free((void *)(uintptr_t)f->text.p);
  pl_free(f->rows.items);
  pl_buf_free(&f->cell);
  pl_buf_free(&f->other);
}
