/* A light reading of CSV for finding the table: rows with their number of cells,
 * by the same grammar as csv.c (see there what is made of quotes). It keeps no
 * cells; those that are asked for are read again. */
#include "read/shape.h"

typedef struct cell {
  size_t from, to; /* without its quotes */
  bool quoted, stray, open;
  uint32_t lines; /* line ends inside */
} cell;

static bool is_space(const pl_shape_text *t, char c) {
  return (c == ' ' || c == '\t') && c != t->delimiter;
}

static bool is_end(char c) {
  return c == '\n' || c == '\r';
}

/* Behind the line end at `at`; CR LF is one. */
static size_t pass_end(const pl_shape_text *t, size_t at) {
  return at + (t->p[at] == '\r' && at + 1 < t->n && t->p[at + 1] == '\n' ? 2 : 1);
}

static size_t quoted_cell(const pl_shape_text *t, size_t at, cell *c) {
  c->quoted = true;
  c->from = ++at;
  while (at < t->n) {
    char byte = t->p[at];
    if (is_end(byte)) {
      c->lines++;
      at = pass_end(t, at);
    } else if (byte != '"') {
      at++;
    } else if (at + 1 < t->n && t->p[at + 1] == '"') {
      at += 2;
    } else {
      c->to = at++;
      while (at < t->n && is_space(t, t->p[at])) at++;
      c->stray = at < t->n && t->p[at] != t->delimiter && !is_end(t->p[at]);
      return at;
    }
  }
  c->to = t->n;
  c->open = true;
  return t->n;
}

/* The cell at `at`; returns where its delimiter or line end stands. */
static size_t scan_cell(const pl_shape_text *t, size_t at, cell *c) {
  *c = (cell){0};
  while (at < t->n && is_space(t, t->p[at])) at++;
  if (at < t->n && t->p[at] == '"') return quoted_cell(t, at, c);
  c->from = at;
  while (at < t->n && t->p[at] != t->delimiter && !is_end(t->p[at])) at++;
  c->to = at;
  while (c->to > c->from && is_space(t, t->p[c->to - 1])) c->to--;
  return at;
}

/* Passes blank lines; false where nothing follows. */
static bool pass_blank(const pl_shape_text *t, pl_shape_spot *spot, uint32_t *gap) {
  for (size_t at = spot->at; at < t->n;) {
    if (is_space(t, t->p[at])) {
      at++;
    } else if (is_end(t->p[at])) {
      spot->at = at = pass_end(t, at);
      spot->line++;
      ++*gap;
    } else {
      return true;
    }
  }
  return false;
}

static void note_cell(const pl_shape_text *t, const cell *c, pl_shape_row *row) {
  row->cells++;
  row->lines += c->lines;
  if (pl_str_blank((pl_str){t->p + c->from, c->to - c->from})) return;
  row->filled++;
  row->last = row->cells;
  if (row->cells == 1) row->comment = t->p[c->from] == '#';
}

bool pl_shape_next(const pl_shape_text *t, pl_shape_spot *spot, pl_shape_row *row) {
  pl_shape_spot here = *spot;
  *row = (pl_shape_row){.lines = 1};
  if (!pass_blank(t, &here, &row->gap)) return false;
  size_t at = row->at = here.at;
  row->line = here.line;
  for (cell c;;) {
    at = scan_cell(t, at, &c);
    note_cell(t, &c, row);
    row->stray = c.stray || c.open;
    if (at == t->n || c.stray || is_end(t->p[at])) break;
    at++; /* the delimiter */
  }
  while (at < t->n && !is_end(t->p[at])) at++; /* behind a stray quote */
  if (!t->final && (at == t->n || (at + 1 == t->n && t->p[at] == '\r'))) return false;
  row->length = at - row->at;
  row->next = at < t->n ? pass_end(t, at) : at;
  *spot = (pl_shape_spot){row->next, row->line + row->lines};
  return true;
}

static bool put_plain(const pl_shape_text *t, const cell *c, pl_buf *out) {
  for (size_t i = c->from; i < c->to; i++) {
    i += c->quoted && i + 1 < c->to && t->p[i] == '"'; /* "" */
    if (!pl_buf_append(out, t->p + i, 1)) return false;
  }
  return true;
}

bool pl_shape_cell(const pl_shape_text *t, const pl_shape_row *row, uint32_t index, pl_buf *out) {
  pl_shape_text line = *t;
  line.n = row->at + row->length;
  line.final = true;
  size_t at = row->at;
  cell c;
  pl_buf_clear(out);
  for (uint32_t i = 0; i < row->cells; i++) {
    at = scan_cell(&line, at, &c) + 1;
    if (i == index) return put_plain(&line, &c, out);
  }
  return true;
}

void pl_shape_cells(const pl_shape_text *t, const pl_shape_row *row, pl_str *cells, size_t n) {
  pl_shape_text line = *t;
  line.n = row->at + row->length;
  line.final = true;
  size_t at = row->at;
  cell c;
  for (uint32_t i = 0; i < n; i++) {
    cells[i] = (pl_str){NULL, 0};
    if (i >= row->cells) continue;
    at = scan_cell(&line, at, &c) + 1;
    cells[i] = (pl_str){line.p + c.from, c.to - c.from};
  }
}

void pl_shape_kinds(const pl_shape_text *t, const pl_shape_row *row, uint8_t *kinds, size_t n) {
  pl_shape_text line = *t;
  line.n = row->at + row->length;
  line.final = true;
  size_t at = row->at;
  cell c;
  memset(kinds, PL_KIND_BLANK, n);
  for (uint32_t i = 0; i < row->cells && i < n; i++) {
    at = scan_cell(&line, at, &c) + 1;
    kinds[i] = (uint8_t)pl_shape_kind_of((pl_str){line.p + c.from, c.to - c.from});
  }
}

bool pl_shape_rows_read(const pl_shape_text *t, pl_shape_spot spot, size_t max,
                        pl_shape_rows *rows) {
  pl_shape_row row;
  rows->n = 0;
  while (rows->n < max) {
    if (!pl_shape_next(t, &spot, &row)) break;
    if (!pl_grow(&rows->items, &rows->cap, rows->n + 1, sizeof *rows->items)) return false;
    rows->items[rows->n++] = row;
  }
  rows->all = rows->n < max && t->final;
  return true;
}
