/* Which delimiter, where nobody said: the one with which most rows have as many
 * cells as the header. */
#include "read/shape.h"

typedef struct reading {
  size_t columns;       /* of the (first) header; 1: none with this delimiter */
  size_t fitting, rows; /* rows with as many cells as their header, of how many */
  long worth;           /* the cells that the reading explains, less what speaks against it */
  bool undecided;       /* which row is the header */
  size_t at;            /* where it begins */
} reading;

static const struct known {
  char byte;
  const char *shown, *written;
} known[] = {{',', "','", ","}, {';', "';'", ";"}, {'\t', "tabs", "\\t"}, {'|', "'|'", "|"}};
#define KNOWN (sizeof known / sizeof *known)

/* Adds one table of the text. */
static bool read_table(const pl_shape_text *text, pl_shape_spot from, pl_shape_rows *rows,
                       reading *out) {
  pl_shape_header header;
  size_t fitting = 0, n = 0;
  if (!pl_shape_rows_read(text, from, PL_SHAPE_ROWS, rows) ||
      !pl_shape_header_find(text, rows, &header))
    return false;
  if (!header.found) return true;
  const pl_shape_row *top = &rows->items[header.undecided ? header.candidates[1] : header.row];
  for (const pl_shape_row *row = top; row < rows->items + rows->n; row++) {
    if (row > top && row->filled <= 1 && row->cells < top->last && row->cells < 2) continue;
    n++;
    fitting += row->cells == top->cells || (row->cells > top->last && row->last <= top->last);
  }
  if (out->columns < 2) {
    out->columns = top->last;
    out->at = top->at;
  }
  out->undecided |= header.undecided;
  out->fitting += fitting;
  out->rows += n;
  out->worth += ((long)fitting - 2 * (long)(n - fitting)) * ((long)top->last - 1);
  return true;
}

static bool read_with(const pl_shape_text *text, char delimiter, reading *out) {
  pl_shape_rows rows = {0};
  pl_shape_text head = *text;
  pl_shape_blocks *blocks = pl_malloc(sizeof *blocks);
  if (!blocks) return false;
  blocks->eager = false;
  *out = (reading){.columns = 1};
  head.delimiter = delimiter;
  if (head.n > PL_HEAD_BYTES) {
    head.n = PL_HEAD_BYTES;
    head.final = false;
  }
  pl_shape_blocks_find(&head, blocks);
  bool ok = !blocks->memory;
  for (size_t i = 0; ok && i < blocks->n; i++) {
    pl_shape_text part = head;
    if (i + 1 < blocks->n) {
      part.n = blocks->items[i + 1].from.at;
      part.final = true;
    }
    ok = read_table(&part, blocks->items[i].from, &rows, out);
  }
  pl_free(blocks);
  pl_free(rows.items);
  return ok;
}

/* A reading that leaves no doubt about the header is the better one. */
static bool better(const reading *a, const reading *b) {
  if (a->worth <= 0 || b->worth <= 0) return a->worth > 0;
  return a->undecided == b->undecided ? a->worth > b->worth : b->undecided;
}

/* One that begins in an earlier row leaves less of the file unexplained: ids joined
 * by `;` under a header with commas are no other delimiter. */
static bool alike(const reading *a, const reading *b) {
  return a->undecided == b->undecided && a->at == b->at && a->columns >= 2 &&
         a->columns == b->columns && a->fitting * b->rows == b->fitting * a->rows;
}

static pl_status fail_alike(const pl_input *input, uint64_t base, const reading *r, size_t a,
                            size_t b, pl_error *err) {
  pl_input_fail(input, err, base + r[a].at,
                "the delimiter cannot be told: %zu columns with %s and %zu with %s", r[a].columns,
                known[a].shown, r[b].columns, known[b].shown);
  pl_hint(err, "delimiter = \"%s\", or delimiter = \"%s\"", known[b].written, known[a].written);
  if (err) err->status = PL_E_USAGE; /* the config has to say */
  return PL_E_USAGE;
}

pl_status pl_shape_delimiter(pl_input *input, pl_shape_text *text, pl_error *err) {
  reading r[KNOWN];
  size_t best = 0;
  for (size_t i = 0; i < KNOWN; i++) {
    if (!read_with(text, known[i].byte, &r[i])) return pl_fail_memory(err);
    if (better(&r[i], &r[best])) best = i;
  }
  for (size_t i = 0; i < KNOWN; i++)
    if (i != best && r[i].worth > 0 && alike(&r[i], &r[best]))
      return fail_alike(input, text->base, r, best < i ? best : i, best < i ? i : best, err);
  text->delimiter = input->dialect.delimiter = known[best].byte;
  return PL_OK;
}

pl_status pl_shape_declared(const pl_input *input, const pl_shape_text *text, pl_error *err) {
  reading own, best = {.columns = 1}, r;
  size_t which = 0;
  if (!read_with(text, text->delimiter, &own)) return pl_fail_memory(err);
  for (size_t i = 0; i < KNOWN; i++) {
    if (known[i].byte == text->delimiter) continue;
    if (!read_with(text, known[i].byte, &r)) return pl_fail_memory(err);
    if (r.undecided || r.worth <= best.worth || r.worth <= own.worth || r.fitting * 4 < r.rows * 3)
      continue;
    best = r;
    which = i;
  }
  if (best.columns < 2) return PL_OK;
  pl_input_fail(input, err, text->base + best.at,
                "the header has one column; it looks separated by %s", known[which].shown);
  pl_hint(err, "delimiter = \"%s\"", known[which].written);
  if (err) err->status = PL_E_USAGE; /* the config is wrong, not the file */
  return PL_E_USAGE;
}
