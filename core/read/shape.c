/* The shape of a file: where in it the table is that is read. What the config
 * leaves open is found by looking at the structure of the rows; what is passed over
 * is noted, and what cannot be decided is an error with the line to write. */
#include "read/shape.h"

/* ---- notes ---------------------------------------------------------------------- */

static bool keep_text(pl_input *input, pl_str text, pl_str *out) {
  const char *end = text.n ? memchr(text.p, '\n', text.n) : NULL;
  if (end) text.n = (size_t)(end - text.p);
  text = pl_str_trim(text);
  text.n = text.n < PL_SHAPE_TEXT ? text.n : PL_SHAPE_TEXT;
  text.n = pl_utf8_valid(text);
  *out = (pl_str){pl_arena_copy(&input->arena, text.n ? text.p : "", text.n), text.n};
  return out->p != NULL;
}

static void show(pl_input *input) {
  input->shape.skipped = input->skipped;
  input->shape.kept = input->kept;
}

bool pl_shape_skip(pl_input *input, pl_skipped what, pl_str text) {
  size_t n = input->shape.skipped_n;
  if (n && n == PL_SHAPE_SKIPPED) { /* counted with the last one */
    input->skipped[n - 1].rows += what.rows;
    return true;
  }
  if (!pl_grow(&input->skipped, &input->skipped_cap, n + 1, sizeof *input->skipped)) return false;
  if (!keep_text(input, text, &what.text)) return false;
  for (; n && input->skipped[n - 1].line > what.line; n--)
    input->skipped[n] = input->skipped[n - 1];
  input->skipped[n] = what;
  input->shape.skipped_n++;
  show(input);
  return true;
}

bool pl_shape_keep(pl_input *input, pl_doubt as, uint32_t line, pl_str text) {
  size_t n = input->shape.kept_n;
  if (!pl_grow(&input->kept, &input->kept_cap, n + 1, sizeof *input->kept)) return false;
  input->kept[n] = (pl_kept){.as = as, .line = line};
  if (!keep_text(input, text, &input->kept[n].text)) return false;
  input->shape.kept_n++;
  show(input);
  return true;
}

pl_status pl_shape_load(const pl_input *input, uint64_t at, size_t n, pl_shape_text *out,
                        pl_error *err) {
  char *p = pl_malloc(n + 1);
  *out = (pl_shape_text){.p = p, .n = n, .base = at, .final = at + n >= input->end};
  out->delimiter = input->dialect.delimiter;
  if (!p) return pl_fail_memory(err);
  return pl_input_pread(input, at, p, n, err);
}

/* ---- declared: header = LINE ------------------------------------------------------- */

/* The offset of a line; the size of the file where it has not as many. */
static pl_status line_offset(pl_input *input, uint32_t line, uint32_t *rows, pl_str *first,
                             pl_buf *text, uint64_t *at, pl_error *err) {
  pl_window w = {.input = input, .soft_end = input->size};
  pl_status status = PL_OK;
  *at = input->text_at;
  *first = (pl_str){NULL, 0};
  for (uint32_t i = 1; !status && i < line && *at < input->end; i++) {
    uint64_t next = *at;
    status = pl_window_need(&w, *at, 1, err);
    if (!status) status = pl_window_skip_line(&w, *at, &next, err);
    size_t n = next - *at < PL_SHAPE_TEXT + 2 ? (size_t)(next - *at) : PL_SHAPE_TEXT + 2;
    char begin[PL_SHAPE_TEXT + 2];
    if (!status) status = pl_input_pread(input, *at, begin, n, err);
    if (!status && !pl_str_blank((pl_str){begin, n}) && ++*rows == 1 &&
        !pl_buf_append(text, begin, n))
      status = pl_fail_memory(err);
    *at = next;
  }
  *first = pl_buf_view(text);
  pl_free(w.bytes);
  return status;
}

static pl_status declared_header(pl_input *input, pl_error *err) {
  const uint32_t line = input->dialect.header;
  uint32_t rows = 0;
  pl_str first;
  pl_buf text = {0};
  uint64_t at;
  pl_status status = line_offset(input, line, &rows, &first, &text, &at, err);
  if (!status && at >= input->end) {
    status = pl_fail_at(err, PL_E_USAGE, (pl_site){input->shown, 0, 0},
                        "header = %u, but the file has no such line", line);
    pl_input_hint(err, "Write the number of the line that holds the names of the columns.");
  }
  pl_skipped what = {PL_SKIP_PREAMBLE, 1, line - 1, rows, {NULL, 0}};
  if (!status && rows && !pl_shape_skip(input, what, first)) status = pl_fail_memory(err);
  input->header_at = at;
  input->header_line = line;
  pl_buf_free(&text);
  return status;
}

/* ---- by looking --------------------------------------------------------------------- */

static pl_status config_error(pl_error *err) {
  if (err) err->status = PL_E_USAGE; /* the config has to say */
  return PL_E_USAGE;
}

static void excerpt(const pl_shape_text *text, const pl_shape_row *row, pl_str *out) {
  *out = (pl_str){text->p + row->at, row->length < 60 ? row->length : 60};
  const char *end = memchr(out->p, '\n', out->n);
  if (end) out->n = (size_t)(end - out->p);
  out->n = pl_utf8_valid(*out);
}

static pl_status fail_undecided(const pl_input *input, const pl_shape_text *text,
                                const pl_shape_rows *rows, const pl_shape_header *header,
                                pl_error *err) {
  const pl_shape_row *a = &rows->items[header->candidates[0]];
  const pl_shape_row *b = &rows->items[header->candidates[1]];
  pl_str one, two;
  excerpt(text, a, &one);
  excerpt(text, b, &two);
  pl_input_fail(input, err, text->base + a->at,
                "the header cannot be told: is it line %u, %.*s, or line %u, %.*s?", a->line,
                PL_STR_ARG(one), b->line, PL_STR_ARG(two));
  if (header->described)
    pl_hint(err, "header = %u, description = 1; or header = %u", a->line, b->line);
  else
    pl_hint(err, "header = %u, or header = %u", a->line, b->line);
  return config_error(err);
}

static pl_status fail_record(const pl_input *input, const pl_shape_row *row, pl_error *err) {
  pl_input_fail(input, err, input->text_at + row->at,
                "line %u looks like a record, not like the names of columns", row->line);
  pl_hint(err,
          "header = %u, if these are the names; else add a line with the names of the columns "
          "above it.",
          row->line);
  return config_error(err);
}

/* Notes what stands above the header and puts the header there. */
static pl_status put_header(pl_input *input, const pl_shape_text *text, const pl_shape_rows *rows,
                            size_t at, pl_error *err) {
  const pl_shape_row *header = &rows->items[at], *first = rows->items;
  uint32_t filled = 0;
  for (size_t i = 0; i < at; i++) filled += rows->items[i].filled > 0;
  while (first < header && !first->filled) first++;
  input->header_at = text->base + header->at;
  input->header_line = header->line;
  if (!filled) return PL_OK;
  pl_skipped what = {PL_SKIP_PREAMBLE, first->line, header->line - first->line, filled, {NULL, 0}};
  return pl_shape_skip(input, what, (pl_str){text->p + first->at, first->length})
             ? PL_OK
             : pl_fail_memory(err);
}

/* Where a table was told from the one above it, its header was too: a title of one cell
 * is no column then. */
static void settle_header(const pl_shape_rows *rows, const pl_shape_spot *known,
                          pl_shape_header *header) {
  if (!known || !header->undecided || header->described) return;
  for (size_t i = 0; i < rows->n; i++) {
    if (rows->items[i].at != known->at) continue;
    header->undecided = false;
    header->row = i;
  }
}

/* One table: its header. */
static pl_status find_table(pl_input *input, const pl_shape_text *text, pl_shape_spot from,
                            const pl_shape_spot *known, pl_error *err) {
  pl_shape_rows rows = {0};
  pl_shape_header header = {0};
  pl_status status = PL_OK;
  if (!pl_shape_rows_read(text, from, PL_SHAPE_ROWS, &rows) ||
      !pl_shape_header_find(text, &rows, &header))
    status = pl_fail_memory(err);
  settle_header(&rows, known, &header);
  if (!status && input->delimiter_declared && (!header.found || header.undecided || header.row))
    status = pl_shape_declared(input, text, err);
  if (status || !rows.n) goto done;
  if (header.undecided && header.described && input->dialect.description_given &&
      input->dialect.description) { /* the config says which of the two describes */
    header.undecided = false;
    header.row = header.candidates[0];
  }
  if (header.undecided)
    status = fail_undecided(input, text, &rows, &header, err);
  else if (header.record)
    status = fail_record(input, &rows.items[header.row], err);
  else
    status = put_header(input, text, &rows, header.row, err);
done:
  pl_free(rows.items);
  return status;
}

static pl_status skip_blocks(pl_input *input, const pl_shape_text *text,
                             const pl_shape_blocks *blocks, size_t chosen, pl_error *err) {
  for (size_t i = 0; i < blocks->n; i++) {
    const pl_shape_block *b = &blocks->items[i];
    if (i == chosen) continue;
    uint32_t until = i + 1 < blocks->n ? blocks->items[i + 1].from.line : b->to.line;
    pl_skipped what = {PL_SKIP_BLOCK, b->from.line, until - b->from.line, b->rows, {NULL, 0}};
    pl_shape_spot spot = b->from;
    pl_shape_row row = {0};
    do {
      if (!pl_shape_next(text, &spot, &row)) break;
    } while (!row.filled);
    if (!pl_shape_skip(input, what, (pl_str){text->p + row.at, row.length}))
      return pl_fail_memory(err);
  }
  return PL_OK;
}

/* `bare`: nothing but blank lines tells some of them apart. */
static void hint_blocks(const pl_shape *shape, bool bare, pl_error *err) {
  const pl_block *first = &shape->blocks[0];
  if (bare)
    pl_hint(err, "block = \"%.*s\" reads that one; header = %u reads all as one table",
            PL_STR_ARG(first->name), first->line);
  else
    pl_hint(err, "block = \"%.*s\" reads that one", PL_STR_ARG(first->name));
}

static pl_status fail_blocks(const pl_input *input, const char *asked, bool bare, pl_error *err) {
  pl_buf names = {0};
  const pl_shape *shape = &input->shape;
  for (size_t i = 0; i < shape->blocks_n && i < 12; i++)
    pl_buf_format(&names, "%s\"%.*s\" (line %u)", i ? ", " : "", PL_STR_ARG(shape->blocks[i].name),
                  shape->blocks[i].line);
  if (shape->blocks_n > 12) pl_buf_format(&names, " and %zu more", shape->blocks_n - 12);
  pl_site site = {input->shown, shape->blocks_n ? shape->blocks[0].line : 0, 0};
  if (asked && !shape->blocks_n)
    pl_fail_at(err, PL_E_USAGE, site, "block = \"%s\", but the file holds one table", asked);
  else if (asked)
    pl_fail_at(err, PL_E_USAGE, site, "no table of the file is named \"%s\": there are %s", asked,
               pl_buf_view(&names).p);
  else
    pl_fail_at(err, PL_E_USAGE, site, "the file holds %zu tables: %s", shape->blocks_n,
               pl_buf_view(&names).p);
  if (shape->blocks_n)
    hint_blocks(shape, bare, err);
  else
    pl_hint(err, "Leave out block.");
  pl_buf_free(&names);
  return PL_E_USAGE;
}

static pl_status choose_block(pl_input *input, const pl_shape_text *text,
                              const pl_shape_blocks *blocks, size_t *chosen, pl_error *err) {
  const char *asked = input->dialect.block;
  bool bare = false;
  for (size_t i = 0; i < blocks->n; i++) bare |= blocks->items[i].bare;
  *chosen = 0;
  if (blocks->n == 1) return asked ? fail_blocks(input, asked, false, err) : PL_OK;
  pl_block *shown = pl_arena_array(&input->arena, blocks->n, sizeof *shown);
  if (!shown || !pl_shape_blocks_name(text, blocks, &input->arena, shown))
    return pl_fail_memory(err);
  input->shape.blocks = shown;
  input->shape.blocks_n = blocks->n;
  if (asked) {
    while (*chosen < blocks->n && !pl_str_eq(shown[*chosen].name, pl_str_of(asked))) ++*chosen;
    if (*chosen == blocks->n) return fail_blocks(input, asked, bare, err);
  } else if (!input->dialect.any_block && !blocks->transposed) {
    return fail_blocks(input, NULL, bare, err);
  }
  input->dialect.block = shown[*chosen].name.p;
  return skip_blocks(input, text, blocks, *chosen, err);
}

/* Records of the chosen table that may be the header of another one. */
static pl_status keep_doubts(pl_input *input, const pl_shape_text *text,
                             const pl_shape_blocks *blocks, size_t chosen, pl_error *err) {
  const pl_shape_block *b = &blocks->items[chosen];
  pl_block name = {{NULL, 0}, 0};
  if (!blocks->doubts_n) return PL_OK;
  if (blocks->n == 1 && !pl_shape_blocks_name(text, blocks, &input->arena, &name))
    return pl_fail_memory(err);
  for (size_t i = 0; i < blocks->doubts_n; i++) {
    const pl_shape_row *row = &blocks->doubts[i];
    if (row->at < b->from.at || row->at >= b->to.at) continue;
    if (!pl_shape_keep(input, PL_DOUBT_TABLE, row->line, (pl_str){text->p + row->at, row->length}))
      return pl_fail_memory(err);
    input->kept[input->shape.kept_n - 1].block = name.name.p;
  }
  return PL_OK;
}

/* Where the config names a block, what is only perhaps a table of its own is one, unless
 * there are others. */
static void find_blocks(const pl_input *input, const pl_shape_text *text, pl_shape_blocks *blocks) {
  blocks->eager = false;
  pl_shape_blocks_find(text, blocks);
  if (!input->dialect.block || blocks->n > 1 || !blocks->doubts_n || blocks->memory) return;
  blocks->eager = true;
  pl_shape_blocks_find(text, blocks);
}

/* One table or several. */
static pl_status find_tables(pl_input *input, const pl_shape_text *text, pl_error *err) {
  size_t chosen = 0;
  pl_status status;
  pl_shape_blocks *blocks = pl_malloc(sizeof *blocks);
  if (!blocks) return pl_fail_memory(err);
  find_blocks(input, text, blocks);
  status = blocks->memory ? pl_fail_memory(err) : choose_block(input, text, blocks, &chosen, err);
  if (!status) status = keep_doubts(input, text, blocks, chosen, err);
  if (status) goto done;
  const pl_shape_block *b = &blocks->items[chosen];
  pl_shape_text part = *text;
  if (chosen + 1 < blocks->n) {
    part.n = blocks->items[chosen + 1].from.at;
    part.final = true;
    input->end = text->base + part.n;
  }
  if (chosen == 0 && blocks->transposed)
    status = pl_shape_transpose(input, &part, b->from, err);
  else
    status = find_table(input, &part, b->from, chosen ? &b->header : NULL, err);
done:
  pl_free(blocks);
  return status;
}

/* The head; or all of a file that is not large, where it may hold several tables. */
static pl_status load_text(const pl_input *input, pl_shape_text *out, pl_error *err) {
  uint64_t size = input->end - input->text_at;
  size_t n = size < PL_HEAD_BYTES ? (size_t)size : PL_HEAD_BYTES;
  if (size <= n || size > PL_SHAPE_WHOLE) return pl_shape_load(input, input->text_at, n, out, err);
  pl_status status = pl_shape_load(input, input->text_at, (size_t)size, out, err);
  if (!status && !pl_shape_has_gap(out->p, out->n, 0)) {
    out->n = n;
    out->final = false;
  }
  return status;
}

/* The line that the config names, and a delimiter that cuts it. */
static pl_status check_header(pl_input *input, const pl_shape_text *text, pl_error *err) {
  pl_shape_spot spot = {0, 1};
  pl_shape_row row;
  bool one = pl_shape_next(text, &spot, &row) && row.cells == 1;
  return one && input->delimiter_declared ? pl_shape_declared(input, text, err) : PL_OK;
}

static pl_status shape_csv(pl_input *input, pl_error *err) {
  pl_shape_text text = {0};
  input->delimiter_declared = input->dialect.delimiter != 0;
  pl_status status = input->dialect.header ? declared_header(input, err) : PL_OK;
  if (status) return status;
  if (input->dialect.header) {
    uint64_t left = input->end - input->header_at;
    size_t n = left < PL_HEAD_BYTES ? (size_t)left : PL_HEAD_BYTES;
    status = pl_shape_load(input, input->header_at, n, &text, err);
  } else {
    status = load_text(input, &text, err);
  }
  if (!status && !text.delimiter) status = pl_shape_delimiter(input, &text, err);
  if (!status)
    status =
        input->dialect.header ? check_header(input, &text, err) : find_tables(input, &text, err);
  pl_free((void *)(uintptr_t)text.p);
  return status;
}

pl_status pl_shape_find(pl_input *input, pl_error *err) {
  input->header_at = input->text_at;
  input->header_line = 1;
  switch (input->dialect.format) {
  case PL_FORMAT_CSV: return shape_csv(input, err);
  case PL_FORMAT_JSON: return pl_shape_json(input, err);
  default: return PL_OK;
  }
}
