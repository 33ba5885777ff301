/* Which row is the header: the first of the rows that have the same number of
 * cells. What stands above is a preamble only where it looks like one; what cannot
 * be decided is left to the user. */
#include <stdlib.h>

#include "read/shape.h"

#define PREAMBLE_MOST 8 /* rows of two cells or more between a title and a gap */

/* ---- rows under a header --------------------------------------------------------- */

static bool is_wide(const pl_shape_row *row) {
  return row->cells >= 2 && row->filled >= 2 && !row->stray;
}

/* As many cells as the header, or only blank ones behind them. */
static bool fits(const pl_shape_row *header, const pl_shape_row *row) {
  return row->cells >= header->last && row->last <= header->cells &&
         (row->cells == header->cells || row->last <= header->last);
}

static size_t count_fits(const pl_shape_row *header, const pl_shape_row *rows, size_t n) {
  size_t count = 0;
  for (size_t i = 0; i < n; i++) count += fits(header, &rows[i]);
  return count;
}

bool pl_shape_trailing(const pl_shape_row *header, const pl_shape_row *rows, size_t n) {
  size_t extra = 0, regular = 0, named = 0;
  for (size_t i = 0; i < n; i++) {
    if (rows[i].filled < 2 && rows[i].cells < header->last) continue; /* remarks below */
    regular++;
    named += rows[i].last > header->last && rows[i].cells <= header->cells;
    extra += rows[i].cells > header->last && rows[i].last <= header->last;
  }
  if (named * 4 > regular) return false; /* a column whose name is missing */
  return header->cells > header->last || (extra && extra * 2 >= regular);
}

/* ---- names ------------------------------------------------------------------------ */

static int by_text(const void *a, const void *b) {
  return pl_str_cmp(*(const pl_str *)a, *(const pl_str *)b);
}

static bool all_differ(pl_str *names, size_t n) {
  qsort(names, n, sizeof *names, by_text);
  for (size_t i = 1; i < n; i++)
    if (pl_str_eq(names[i - 1], names[i])) return false;
  return true;
}

bool pl_shape_names(const pl_shape_text *text, const pl_shape_row *row, bool *memory) {
  pl_buf cell = {0};
  pl_arena arena = {0};
  bool ok = false, word = false;
  if (!is_wide(row) || row->filled != row->last || row->last > PL_MAX_COLUMNS) return false;
  pl_str *names = pl_arena_array(&arena, row->last, sizeof *names);
  if (!names) goto done;
  for (uint32_t i = 0; i < row->last; i++) {
    if (!pl_shape_cell(text, row, i, &cell)) goto done;
    pl_shape_kind kind = pl_shape_kind_of(pl_buf_view(&cell));
    if (kind == PL_KIND_TOKEN || (pl_kind_is_value(kind) && kind != PL_KIND_YEAR)) goto done;
    word |= kind == PL_KIND_TEXT;
    names[i] = (pl_str){pl_arena_copy(&arena, cell.p, cell.n), cell.n};
    if (!names[i].p) goto done;
  }
  ok = word && all_differ(names, row->last);
done:
  *memory |= arena.failed || cell.failed;
  pl_arena_free(&arena);
  pl_buf_free(&cell);
  return ok;
}

static bool has_value(const pl_shape_text *text, const pl_shape_row *row, uint8_t *kinds) {
  uint32_t n = row->last < PL_MAX_COLUMNS ? row->last : PL_MAX_COLUMNS;
  pl_shape_kinds(text, row, kinds, n);
  for (uint32_t i = 0; i < n; i++)
    if (pl_kind_is_value(kinds[i]) && kinds[i] != PL_KIND_YEAR) return true;
  return false;
}

/* ---- a record instead of a header -------------------------------------------------- */

/* Does the row have the kinds that the rows below have, an amount or a time among
 * them, and nowhere a word above values? */
static bool is_record(const pl_shape_text *text, const pl_shape_row *row, const pl_shape_row *rows,
                      size_t n, uint8_t *own, uint8_t *other) {
  const uint32_t width = row->cells < PL_MAX_COLUMNS ? row->cells : PL_MAX_COLUMNS;
  bool proof[2] = {false, false};
  uint32_t held = 0;
  pl_shape_kinds(text, row, own, width);
  for (uint32_t i = 0; i < width; i++) held += own[i] == PL_KIND_NUMBER || own[i] == PL_KIND_TIME;
  if (!held) return false;
  for (size_t r = 0; r < n && r < PL_SHAPE_SAMPLE; r++) {
    if (!fits(row, &rows[r])) continue;
    pl_shape_kinds(text, &rows[r], other, width);
    for (uint32_t i = 0; i < width; i++) {
      if (own[i] == PL_KIND_TEXT && pl_kind_is_value(other[i])) return false;
      bool mine = own[i] == PL_KIND_NUMBER || own[i] == PL_KIND_TIME;
      if (mine && other[i] == PL_KIND_TEXT) return false;
      proof[0] |= mine && other[i] == own[i];
      proof[1] |= mine && other[i] != own[i] && other[i] != PL_KIND_BLANK;
    }
  }
  return proof[0] && !proof[1];
}

/* ---- above the table ----------------------------------------------------------------- */

/* The number of cells (two or more) that most rows have; the larger of two. */
static uint32_t usual_cells(const pl_shape_rows *rows) {
  uint32_t best = 0;
  size_t most = 0;
  for (size_t i = 0; i < rows->n && i < PL_SHAPE_SAMPLE * 4; i++) {
    const uint32_t cells = rows->items[i].cells;
    size_t count = 0;
    if (!is_wide(&rows->items[i]) || rows->items[i].comment || cells == best) continue;
    for (size_t j = 0; j < rows->n; j++)
      count += rows->items[j].cells == cells && is_wide(&rows->items[j]);
    if (count > most || (count == most && cells > best)) {
      most = count;
      best = cells;
    }
  }
  return best;
}

static bool has_colon(const pl_shape_text *text, const pl_shape_row *row, bool *memory) {
  pl_buf cell = {0};
  bool ok = pl_shape_cell(text, row, 0, &cell);
  bool colon = ok && cell.n && memchr(cell.p, ':', cell.n);
  *memory |= !ok;
  pl_buf_free(&cell);
  return colon;
}

/* A title, a comment, `key: value`, or something that a blank line sets apart. */
static bool is_preamble(const pl_shape_text *text, const pl_shape_row *row,
                        const pl_shape_row *next, uint32_t usual, bool *memory) {
  if (row->filled <= 1 || row->comment) return true;
  if (row->cells >= usual) return false;
  return next->gap > 0 || has_colon(text, row, memory);
}

static size_t first_wide(const pl_shape_rows *rows, uint32_t cells) {
  for (size_t i = 0; i < rows->n; i++) {
    const pl_shape_row *row = &rows->items[i];
    if (is_wide(row) && !(row->comment && row->cells != cells) && (!cells || row->cells == cells))
      return i;
  }
  return rows->n;
}

static void undecided(pl_shape_header *out, size_t a, size_t b) {
  out->undecided = true;
  out->candidates[0] = a;
  out->candidates[1] = b;
}

/* A title of as many cells as the table below has: `Period: a, b`, blank line, header. */
static bool stands_apart(const pl_shape_text *text, const pl_shape_rows *rows, size_t at,
                         uint8_t *kinds, size_t *header, bool *memory) {
  size_t k = at;
  while (k + 1 < rows->n && !rows->items[k + 1].gap && has_colon(text, &rows->items[k + 1], memory))
    k++;
  if (k + 2 >= rows->n || !rows->items[k + 1].gap) return false;
  *header = k + 1;
  return (at > 0 || has_colon(text, &rows->items[at], memory)) &&
         pl_shape_names(text, &rows->items[k + 1], memory) &&
         has_value(text, &rows->items[k + 2], kinds);
}

/* `# Source: a, b` above a table of two columns. */
static bool is_remark_above(const pl_shape_text *text, const pl_shape_rows *rows, size_t at,
                            uint8_t *kinds, bool *memory) {
  const pl_shape_row *row = &rows->items[at];
  if (at + 2 >= rows->n || !row->comment || row->length < 2 || text->p[row->at + 1] != ' ')
    return false;
  return pl_shape_names(text, row + 1, memory) && !has_value(text, row + 1, kinds) &&
         has_value(text, row + 2, kinds);
}

/* `first`: of two cells or more; `usual`: the first with as many as most rows. */
static void choose(const pl_shape_text *text, const pl_shape_rows *rows, size_t first, size_t usual,
                   uint8_t *kinds, bool *memory, pl_shape_header *out) {
  const pl_shape_row *items = rows->items;
  out->row = first;
  const size_t below = rows->n - first - 1;
  const size_t fitting = count_fits(&items[first], items + first + 1, below);
  if (fitting * 2 >= below || first == usual) return;
  const bool key = has_colon(text, &items[first], memory);
  if (!key && first + 1 < rows->n && !items[first + 1].gap &&
      items[first + 1].cells == items[first].cells && !items[first + 1].comment)
    return; /* ragged below, but the first two agree */
  bool apart = true;
  for (size_t i = first; i < usual && apart; i++)
    apart = is_preamble(text, &items[i], &items[i + 1], items[usual].cells, memory);
  if (apart) {
    out->row = usual;
  } else if (items[first].cells < items[usual].cells && !has_value(text, &items[usual], kinds)) {
    undecided(out, first, usual);
  }
}

/* Words above values, somewhere below the header. */
static bool is_typed(const pl_shape_text *text, const pl_shape_row *header,
                     const pl_shape_row *rows, size_t n, uint8_t *own, uint8_t *other) {
  const uint32_t width = header->last < PL_MAX_COLUMNS ? header->last : PL_MAX_COLUMNS;
  pl_shape_kinds(text, header, own, width);
  for (size_t r = 0; r < n && r < PL_SHAPE_SAMPLE; r++) {
    if (!fits(header, &rows[r])) continue;
    pl_shape_kinds(text, &rows[r], other, width);
    for (uint32_t i = 0; i < width; i++)
      if (own[i] == PL_KIND_TEXT && pl_kind_is_value(other[i])) return true;
  }
  return false;
}

/* Lines of one cell above rows of two may be titles above a table, or a column of
 * texts with a few commas in them. Titles: a # or a blank line sets them apart, or
 * the table shows itself by its values or its width. */
static bool is_set_apart(const pl_shape_text *text, const pl_shape_rows *rows, size_t at,
                         uint8_t *kinds) {
  const pl_shape_row *header = &rows->items[at];
  const size_t below = rows->n - at - 1, fitting = count_fits(header, header + 1, below);
  bool apart = header->gap > 0;
  for (size_t i = 0; i < at && !apart; i++)
    apart = rows->items[i].comment || rows->items[i].cells > 1 || (i > 0 && rows->items[i].gap);
  return apart || (header->last >= 4 && fitting && fitting * 2 >= below) ||
         is_typed(text, header, header + 1, below, kinds, kinds + PL_MAX_COLUMNS);
}

/* A column below whose name every text has an @, a slash or a colon, and the name has not. */
static bool has_marks(const pl_shape_text *text, const pl_shape_row *header,
                      const pl_shape_row *rows, size_t n, bool *memory) {
  pl_buf cell = {0};
  bool hit = false;
  for (const char *mark = "@/:"; *mark && !hit; mark++)
    for (uint32_t c = 0; c < header->last && !hit; c++) {
      size_t r = 0;
      *memory |= !pl_shape_cell(text, header, c, &cell);
      if (*memory || (cell.n && memchr(cell.p, *mark, cell.n))) continue;
      for (; r < n && r < PL_SHAPE_SAMPLE && !*memory; r++) {
        *memory |= !pl_shape_cell(text, &rows[r], c, &cell);
        if (!cell.n || !memchr(cell.p, *mark, cell.n)) break;
      }
      hit = r > 0 && (r == n || r == PL_SHAPE_SAMPLE);
    }
  pl_buf_free(&cell);
  return hit && !*memory;
}

/* A few rows of two cells or more, a gap, and names: is that a preamble above a table?
 * Certain where the table is wider than all of them, or where one row under a title has
 * no records and the names below show themselves as names. 1: yes, 0: no, -1: perhaps. */
static int ends_preamble(const pl_shape_text *text, const pl_shape_rows *rows, size_t at,
                         uint8_t *kinds, size_t *header, bool *memory) {
  const pl_shape_row *items = rows->items;
  const bool titled = at > 0 && items[at - 1].filled <= 1 && !items[at].gap;
  uint32_t widest = items[at].last;
  size_t k = at;
  while (k + 1 < rows->n && !items[k + 1].gap && k - at < PREAMBLE_MOST) {
    k++;
    widest = items[k].last > widest ? items[k].last : widest;
  }
  if (k + 2 >= rows->n || !items[k + 1].gap || items[k + 2].gap) return 0;
  const pl_shape_row *names = &items[k + 1];
  const size_t below = rows->n - k - 2;
  if (!fits(names, names + 1) || !pl_shape_names(text, names, memory)) return 0;
  *header = k + 1;
  if (names->last > widest && items[at].cells == names->cells) return 1;
  if (!titled) return 0;
  const bool shown = is_typed(text, names, names + 1, below, kinds, kinds + PL_MAX_COLUMNS) ||
                     has_marks(text, names, names + 1, below, memory);
  if (k == at) return shown ? 1 : -1;
  return shown ? -1 : 0;
}

static void check(const pl_shape_text *text, const pl_shape_rows *rows, uint8_t *kinds,
                  bool *memory, pl_shape_header *out) {
  size_t named;
  const int ends = ends_preamble(text, rows, out->row, kinds, &named, memory);
  if (ends < 0) undecided(out, out->row, named);
  if (ends < 0) return;
  if (ends > 0) out->row = named;
  const pl_shape_row *items = rows->items;
  const size_t at = out->row, below = rows->n - at - 1;
  uint8_t *other = kinds + PL_MAX_COLUMNS;
  bool titled = at > 0 && items[at].filled >= 2;
  if (titled && !is_set_apart(text, rows, at, kinds)) {
    if (count_fits(&items[at], items + at + 1, below) == 0 && below) {
      out->row = 0; /* one column, a comma in one of its texts */
      out->found = false;
      return;
    }
    undecided(out, 0, at);
    return;
  }
  size_t header = at + 1, seconds;
  if (stands_apart(text, rows, at, kinds, &header, memory) ||
      is_remark_above(text, rows, at, kinds, memory)) {
    undecided(out, at, header);
  } else if (pl_shape_second(text, items + at, below + 1, &seconds, memory) == PL_SECOND_ASK) {
    undecided(out, at, at + 1);
    out->described = true;
  } else if (is_record(text, &items[at], items + at + 1, below, kinds, other)) {
    out->record = true;
  } else if (titled && has_value(text, &items[at], kinds)) {
    undecided(out, at - 1, at);
  }
}

/* Rows of delimiters alone are a gap, as blank lines are. */
static void close_gaps(pl_shape_rows *rows) {
  size_t n = 0;
  uint32_t gap = 0;
  for (size_t i = 0; i < rows->n; i++) {
    rows->items[i].gap += gap;
    gap = rows->items[i].filled ? 0 : rows->items[i].gap + 1;
    if (!gap) rows->items[n++] = rows->items[i];
  }
  rows->n = n;
}

/* `,stage` above `acme,won`: a table of two columns whose first has no name. Names
 * above values in the next row make it a title that stands to the right. */
static bool lacks_first_name(const pl_shape_text *text, const pl_shape_rows *rows, size_t *at,
                             uint8_t *kinds, bool *memory) {
  const pl_shape_row *row = rows->items;
  size_t i = 0;
  while (i < rows->n && (row[i].comment || (row[i].filled == 1 && row[i].last == 1))) i++;
  if (i + 1 >= rows->n || row[i].cells != 2 || row[i].last != 2 || row[i].filled != 1) return false;
  if (row[i + 1].cells != 2 || row[i + 1].filled != 2 || row[i + 1].gap) return false;
  const size_t below = rows->n - i - 1;
  if (count_fits(&row[i], row + i + 1, below) * 2 <= below) return false;
  *at = i;
  return !(pl_shape_names(text, &row[i + 1], memory) &&
           is_typed(text, &row[i + 1], row + i + 2, below - 1, kinds, kinds + PL_MAX_COLUMNS));
}

bool pl_shape_header_find(const pl_shape_text *text, pl_shape_rows *rows, pl_shape_header *out) {
  bool memory = false;
  *out = (pl_shape_header){0};
  close_gaps(rows);
  if (rows->n == 0) return true;
  size_t first = first_wide(rows, 0);
  if (first == rows->n) {
    for (first = 0; first < rows->n && !is_wide(&rows->items[first]);) first++;
    out->found = first < rows->n; /* `# of deals,stage` and nothing below */
    out->row = out->found ? first : 0;
    return true;
  }
  out->found = true;
  size_t usual = first_wide(rows, usual_cells(rows));
  if (usual < first) first = usual; /* a first name that begins with # */
  uint8_t *kinds = pl_malloc(2 * PL_MAX_COLUMNS);
  if (!kinds) return false;
  if (!lacks_first_name(text, rows, &out->row, kinds, &memory)) {
    choose(text, rows, first, usual < rows->n ? usual : first, kinds, &memory, out);
    if (!out->undecided) check(text, rows, kinds, &memory, out);
  }
  pl_free(kinds);
  return !memory;
}
