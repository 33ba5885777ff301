/* Several tables in one text: each below a blank line or a `# …` line, with a
 * header of its own. A blank line alone does not begin a table, because records
 * may stand below one too: what follows must look like names above values. */
#include "read/shape.h"

#define HEADINGS 40 /* rows between a blank line and a header that are looked through */

bool pl_shape_has_gap(const char *p, size_t n, size_t from) {
  for (size_t at = from; at < n;) {
    const char *end = memchr(p + at, '\n', n - at);
    const char *cr = memchr(p + at, '\r', end ? (size_t)(end - p) - at : n - at);
    if (cr) end = cr;
    if (!end) return false;
    at = (size_t)(end - p) + 1;
    if (*end == '\r' && at < n && p[at] == '\n') at++;
    size_t i = at;
    while (i < n && strchr(" \t,;|\"", p[i]) && p[i]) i++;
    if (i < n && (p[i] == '\n' || p[i] == '\r' || (p[i] == '#' && i == at))) return true;
  }
  return false;
}

/* ---- one table --------------------------------------------------------------------- */

static bool is_heading(const pl_shape_row *row, uint32_t width) {
  if (row->stray) return false;
  if ((row->comment && row->cells != width) || row->cells == 1 || !row->filled) return true;
  return row->filled == 1 && row->last == 1 && width > 2; /* a title of a spreadsheet */
}

static bool is_dashes(pl_str s) {
  for (size_t i = 0; i < s.n; i++)
    if (!strchr("-=_*~ ", s.p[i])) return false;
  return true;
}

/* The heading's words, where it is one and not `Start date: …`. */
static pl_str heading_of(const pl_shape_text *text, const pl_shape_row *row) {
  pl_str s = {text->p + row->at, row->length};
  while (s.n && strchr("#\" \t", *s.p)) s.p++, s.n--;
  while (s.n && strchr(",;|\"\t \r\n", s.p[s.n - 1])) s.n--;
  if (!s.n || memchr(s.p, ':', s.n) || is_dashes(s)) return (pl_str){NULL, 0};
  return s;
}

/* A remark, a total, or the key of `"Title:","…"`. */
static bool first_cell_is_remark(const pl_shape_text *text, const pl_shape_row *row, bool *memory) {
  pl_buf cell = {0};
  bool ok = pl_shape_cell(text, row, 0, &cell);
  pl_str s = pl_buf_view(&cell);
  bool hit = ok && (pl_shape_remark(s) || pl_shape_total(s) == PL_TOTAL_YES ||
                    (s.n && s.p[s.n - 1] == ':'));
  *memory |= !ok;
  pl_buf_free(&cell);
  return hit;
}

/* Is there a column of values below a word of the header? */
static bool typed(const pl_shape_text *text, const pl_shape_row *header, const pl_shape_row *row,
                  bool *memory) {
  const uint32_t n = header->last < PL_MAX_COLUMNS ? header->last : PL_MAX_COLUMNS;
  uint8_t *kinds = pl_malloc(2 * PL_MAX_COLUMNS);
  bool hit = false;
  *memory |= !kinds;
  if (!kinds) return false;
  pl_shape_kinds(text, header, kinds, n);
  pl_shape_kinds(text, row, kinds + n, n);
  for (uint32_t i = 0; i < n; i++)
    hit |= kinds[i] == PL_KIND_TEXT && pl_kind_is_value(kinds[n + i]);
  pl_free(kinds);
  return hit;
}

typedef struct search {
  const pl_shape_text *text;
  pl_shape_blocks *out;
  uint32_t width;     /* of the table before */
  uint32_t votes;     /* rows of this width, less those of others */
  pl_shape_row first; /* row of two cells or more in the block */
  uint8_t *above;     /* per column: what the records of the table before have there */
  size_t learned;     /* 1 + how many rows it had then; 0: not yet */
  size_t asked;       /* how many blank lines were looked behind in vain */
} search;

static bool same_bytes(const pl_shape_text *text, const pl_shape_row *a, const pl_shape_row *b) {
  return a->length == b->length && memcmp(text->p + a->at, text->p + b->at, a->length) == 0;
}

/* ---- another table of the same width ----------------------------------------------- */

enum { SOME_VALUE = 1, SOME_TEXT = 2 };

/* The kinds in rows from `spot` on, up to byte `end` or a blank line. */
static void learn(const search *s, pl_shape_spot spot, size_t end, bool gaps, uint8_t *kinds,
                  uint8_t *some) {
  const uint32_t n = s->width < PL_MAX_COLUMNS ? s->width : PL_MAX_COLUMNS;
  pl_shape_row row;
  memset(some, 0, n);
  for (int i = 0; i < PL_SHAPE_SAMPLE && spot.at < end; i++) {
    if (!pl_shape_next(s->text, &spot, &row) || (i && row.gap && !gaps)) return;
    if (row.cells != s->width || row.stray || row.comment) continue;
    pl_shape_kinds(s->text, &row, kinds, n);
    for (uint32_t c = 0; c < n; c++)
      some[c] |= kinds[c] == PL_KIND_TEXT ? SOME_TEXT : pl_kind_is_value(kinds[c]) ? SOME_VALUE : 0;
  }
}

/* A table whose columns are of another kind: its header has a text where the table
 * before has values only, or stands above values where that one has texts only. */
static bool other_kinds(search *s, const pl_shape_row *header, pl_shape_spot below) {
  const pl_shape_block *last = &s->out->items[s->out->n - 1];
  const uint32_t n = s->width < PL_MAX_COLUMNS ? s->width : PL_MAX_COLUMNS;
  bool other = false;
  if (!s->above) s->above = pl_malloc(3 * PL_MAX_COLUMNS);
  s->out->memory |= !s->above;
  if (!s->above) return false;
  uint8_t *kinds = s->above + PL_MAX_COLUMNS, *under = kinds + PL_MAX_COLUMNS;
  if (!s->learned || (s->learned <= last->rows && s->learned <= PL_SHAPE_SAMPLE)) {
    pl_shape_spot from = {s->first.next, s->first.line + s->first.lines};
    learn(s, from, last->to.at, true, kinds, s->above);
    s->learned = (size_t)last->rows + 1;
  }
  learn(s, below, s->text->n, false, kinds, under);
  pl_shape_kinds(s->text, header, kinds, n);
  for (uint32_t c = 0; c < n && !other; c++)
    other = kinds[c] == PL_KIND_TEXT &&
            (s->above[c] == SOME_VALUE || (s->above[c] == SOME_TEXT && under[c] == SOME_VALUE));
  return other;
}

/* In a file that has more blank lines than this between its records they say nothing. */
#define ASKED_MOST 64

/* The same where every column holds texts. */
static bool other_words(search *s, const pl_shape_row *header, pl_shape_spot below, bool titled) {
  pl_shape_blocks *out = s->out;
  const pl_again question = {.text = s->text,
                             .width = s->width,
                             .names = &s->first,
                             .above = {s->first.next, s->first.line + s->first.lines},
                             .above_end = out->items[out->n - 1].to.at,
                             .header = header,
                             .below = below,
                             .titled = titled};
  if (s->asked >= ASKED_MOST || s->width > PL_MAX_COLUMNS || s->first.cells != s->width)
    return false;
  const pl_again_verdict verdict = pl_shape_again(&question, &out->memory);
  s->asked += verdict == PL_AGAIN_NO;
  if (verdict == PL_AGAIN_PERHAPS && !out->eager && out->doubts_n < PL_SHAPE_DOUBTS)
    out->doubts[out->doubts_n++] = *header;
  return verdict == PL_AGAIN_YES || (verdict == PL_AGAIN_PERHAPS && out->eager);
}

/* Is what begins at `row` another table? Fills the block, *spot behind its header. */
static bool begins(search *s, const pl_shape_row *row, pl_shape_spot *spot, pl_shape_block *block) {
  pl_shape_spot at = *spot;
  pl_shape_row header = *row, below;
  bool titled = false, alone = false; /* alone: the title has no delimiters */
  *block = (pl_shape_block){.from = {row->at, row->line}};
  for (int i = 0; i < HEADINGS && is_heading(&header, s->width); i++) {
    if (header.filled) {
      pl_str words = heading_of(s->text, &header);
      titled = true;
      alone = header.cells == 1;
      block->commented |= header.comment;
      if (words.n) block->heading = words;
    }
    block->rows += header.filled > 0;
    if (!pl_shape_next(s->text, &at, &header)) return false;
  }
  bool *memory = &s->out->memory;
  if (!pl_shape_names(s->text, &header, memory)) return false;
  if (first_cell_is_remark(s->text, &header, memory)) return false;
  pl_shape_spot after = at;
  bool has_row = pl_shape_next(s->text, &after, &below) && !below.gap && !below.stray &&
                 below.cells == header.cells && below.filled;
  bool fits = header.cells == s->width;
  if (!has_row && !block->commented) return false;
  /* As many cells as before: its records go on, unless a title stands above names, or
   * names above columns of other kinds. */
  if (fits && !block->commented) {
    const bool named = titled && has_row && typed(s->text, &header, &below, memory);
    if (!named && !same_bytes(s->text, &header, &s->first) &&
        !(has_row && (other_kinds(s, &header, at) || other_words(s, &header, at, alone))))
      return false;
    block->bare = !titled;
  }
  block->header = (pl_shape_spot){header.at, header.line};
  block->rows++;
  s->width = header.cells;
  s->votes = 1;
  s->first = header;
  s->learned = 0;
  *spot = at;
  return true;
}

static pl_shape_text first_part(const pl_shape_text *text, const pl_shape_block *block) {
  pl_shape_text part = *text;
  part.n = block->to.at;
  part.final = true;
  return part;
}

/* A first part without records is the preamble of the next one. */
static bool is_table(const pl_shape_text *text, const pl_shape_block *block) {
  const pl_shape_text part = first_part(text, block);
  pl_shape_spot spot = block->from;
  pl_shape_row row, before = {0};
  bool colons = true;
  uint32_t pairs = 0;
  for (; pl_shape_next(&part, &spot, &row); before = row) {
    const bool wide = row.cells >= 2 && row.filled >= 2 && !row.comment;
    if (wide && before.cells == row.cells && !row.gap && !before.comment) pairs++;
    if (!wide) continue;
    const char *quote = part.p + row.at;
    const char *end = memchr(quote, part.delimiter, row.length);
    while (end && end > quote && strchr("\" ", end[-1])) end--;
    const bool colon = end && end > quote && end[-1] == ':';
    if (before.comment && !row.gap && !colon) return true;
    colons &= colon;
  }
  return pairs && !colons;
}

/* A handful of `Key:,value` lines above a table are its preamble; many of them, or
 * some without a table, are a record. */
#define PAIRS_ALONE 3
#define PAIRS_ABOVE 8

static void join_first(const pl_shape_text *text, pl_shape_blocks *out) {
  pl_shape_block *b = out->items;
  const pl_shape_text part = first_part(text, b);
  size_t pairs = pl_shape_pairs(&part, b->from, &out->memory);
  out->transposed = pairs >= (out->n > 1 ? PAIRS_ABOVE : PAIRS_ALONE);
  if (out->transposed) return;
  if (out->n < 2 || is_table(text, &b[0])) return;
  b[1].from = b[0].from;
  b[1].rows += b[0].rows;
  memmove(b, b + 1, --out->n * sizeof *b);
}

static void first_names(const pl_shape_text *text, search *s, const pl_shape_row *row) {
  pl_shape_block *b = &s->out->items[0];
  if (s->out->n == 1 && s->width == 0) {
    if (row->comment || row->filled <= 1) {
      pl_str words = heading_of(text, row);
      b->commented |= row->comment;
      if (words.n) b->heading = words;
    } else {
      b->header = (pl_shape_spot){row->at, row->line};
      s->first = *row;
    }
  }
}

/* The width that most rows have, so that one ragged row does not change it. */
static void vote(search *s, uint32_t cells) {
  if (s->width == cells) {
    s->votes++;
  } else if (s->votes == 0) {
    s->width = cells;
    s->votes = 1;
  } else {
    s->votes--;
  }
}

void pl_shape_blocks_find(const pl_shape_text *text, pl_shape_blocks *out) {
  search s = {.text = text, .out = out};
  pl_shape_spot spot = {0, 1};
  pl_shape_row row;
  bool gap = false;
  *out = (pl_shape_blocks){.eager = out->eager, .n = 1};
  out->items[0].from = spot;
  while (!out->memory && pl_shape_next(text, &spot, &row)) {
    if (!row.filled) {
      gap = true;
      continue;
    }
    gap |= row.gap > 0;
    bool edge = gap || (row.comment && row.cells != s.width);
    pl_shape_block block, *last = &out->items[out->n - 1];
    if (edge && s.width && out->n < PL_SHAPE_BLOCKS && begins(&s, &row, &spot, &block)) {
      out->items[out->n] = block;
      out->items[out->n++].to = spot;
    } else {
      first_names(text, &s, &row);
      last->rows++;
      last->to = spot;
      if (row.cells >= 2 && row.filled >= 2 && !row.comment) {
        vote(&s, row.cells);
      }
    }
    gap = false;
  }
  pl_free(s.above);
  join_first(text, out);
}

/* ---- names ------------------------------------------------------------------------- */

static bool taken(const pl_block *blocks, size_t n, pl_str name) {
  for (size_t i = 0; i < n; i++)
    if (pl_str_eq(blocks[i].name, name)) return true;
  return false;
}

static bool heading_twice(const pl_shape_blocks *blocks, size_t i) {
  for (size_t j = 0; j < blocks->n; j++)
    if (j != i && pl_str_eq(blocks->items[i].heading, blocks->items[j].heading)) return true;
  return false;
}

static pl_str cut(pl_str s) {
  s.n = s.n < PL_SHAPE_TEXT ? s.n : PL_SHAPE_TEXT;
  s.n = pl_utf8_valid(s);
  return s;
}

bool pl_shape_blocks_name(const pl_shape_text *text, const pl_shape_blocks *blocks, pl_arena *arena,
                          pl_block *out) {
  pl_buf cell = {0};
  bool ok = true;
  for (size_t i = 0; ok && i < blocks->n; i++) {
    const pl_shape_block *b = &blocks->items[i];
    pl_shape_spot spot = b->header;
    pl_shape_row row;
    pl_str name = b->heading;
    if (!name.n || heading_twice(blocks, i)) {
      ok = pl_shape_next(text, &spot, &row) && pl_shape_cell(text, &row, 0, &cell);
      name = pl_buf_view(&cell);
    }
    name = cut(name);
    const char *copy = pl_arena_copy(arena, name.p, name.n);
    for (unsigned k = 2; copy && taken(out, i, pl_str_of(copy)); k++)
      copy = pl_arena_format(arena, "%.*s %u", PL_STR_ARG(name), k);
    ok &= copy != NULL;
    out[i] = (pl_block){pl_str_of(copy ? copy : ""), b->header.line};
  }
  pl_buf_free(&cell);
  return ok;
}
