/* Names behind a blank line, as many as the table above has columns: the header of
 * another table, or a record? Records may stand below a blank line too, and where all
 * is text no kind of value tells. What does: the table's own names among them, columns
 * of addresses above or below, and values that the records share and it does not. */
#include <strings.h>

#include "read/shape.h"

enum { AN_AT = 1, AN_ADDRESS = 2, ALL_MARKS = 3 };
#define ENOUGH 2 /* texts that have to agree before they say something of a column */

typedef struct side { /* the records above, or those below */
  pl_str *cells;      /* row by row */
  size_t rows;
} side;

static uint8_t marks_of(pl_str s) {
  const bool address = s.n && (*s.p == '/' || memmem(s.p, s.n, "://", 3));
  return (uint8_t)((s.n && memchr(s.p, '@', s.n) ? AN_AT : 0) | (address ? AN_ADDRESS : 0));
}

/* What all texts of the column have, and what any has; 0 for fewer than ENOUGH. */
static void marks_in(const pl_again *a, const side *of, uint32_t column, uint8_t *all,
                     uint8_t *any) {
  size_t texts = 0;
  *all = ALL_MARKS;
  *any = 0;
  for (size_t r = 0; r < of->rows; r++) {
    pl_str s = of->cells[r * a->width + column];
    if (!s.n) continue;
    texts++;
    *all &= marks_of(s);
    *any |= marks_of(s);
  }
  if (texts < ENOUGH) *all = 0;
}

static bool is_among(const pl_again *a, const side *of, uint32_t column, pl_str s) {
  for (size_t r = 0; r < of->rows; r++)
    if (pl_str_eq(of->cells[r * a->width + column], s)) return true;
  return false;
}

/* Up to PL_SHAPE_SAMPLE rows of the table's width, to byte `end` or a blank line. */
static bool read_side(const pl_again *a, pl_shape_spot spot, size_t end, bool gaps, pl_arena *arena,
                      side *out) {
  pl_shape_row row;
  out->rows = 0;
  out->cells = pl_arena_array(arena, (size_t)PL_SHAPE_SAMPLE * a->width, sizeof *out->cells);
  if (!out->cells) return false;
  for (size_t seen = 0; spot.at < end && out->rows < PL_SHAPE_SAMPLE; seen++) {
    if (!pl_shape_next(a->text, &spot, &row) || (seen && row.gap && !gaps)) break;
    if (row.cells != a->width || row.stray || row.comment) continue;
    pl_str *cells = out->cells + out->rows++ * a->width;
    pl_shape_cells(a->text, &row, cells, a->width);
    for (uint32_t c = 0; c < a->width; c++) cells[c] = pl_str_trim(cells[c]);
  }
  return true;
}

/* ---- words ------------------------------------------------------------------------ */

static bool is_same(pl_str a, pl_str b) {
  return a.n && a.n == b.n && strncasecmp(a.p, b.p, a.n) == 0;
}

/* Names that columns of texts have in the exports of any tool. */
static bool is_usual_name(pl_str s) {
  static const char *const words[] = {"account",
                                      "account name",
                                      "action",
                                      "ad",
                                      "ad group",
                                      "address",
                                      "answer",
                                      "answer choices",
                                      "answers",
                                      "author",
                                      "browser",
                                      "campaign",
                                      "campaign name",
                                      "category",
                                      "channel",
                                      "city",
                                      "comment",
                                      "comments",
                                      "company",
                                      "company name",
                                      "contact",
                                      "content",
                                      "country",
                                      "created",
                                      "creative",
                                      "customer",
                                      "date",
                                      "day",
                                      "department",
                                      "description",
                                      "device",
                                      "domain",
                                      "e-mail",
                                      "email",
                                      "email address",
                                      "event",
                                      "event name",
                                      "first name",
                                      "format",
                                      "id",
                                      "industry",
                                      "keyword",
                                      "keywords",
                                      "key",
                                      "label",
                                      "landing page",
                                      "language",
                                      "last name",
                                      "link",
                                      "list",
                                      "location",
                                      "medium",
                                      "message",
                                      "month",
                                      "name",
                                      "note",
                                      "notes",
                                      "owner",
                                      "page",
                                      "page path",
                                      "page title",
                                      "path",
                                      "phone",
                                      "platform",
                                      "post",
                                      "product",
                                      "query",
                                      "question",
                                      "reason",
                                      "referrer",
                                      "region",
                                      "response",
                                      "responses",
                                      "role",
                                      "segment",
                                      "session source",
                                      "source",
                                      "stage",
                                      "state",
                                      "status",
                                      "subject",
                                      "tag",
                                      "tags",
                                      "team",
                                      "term",
                                      "text",
                                      "title",
                                      "type",
                                      "url",
                                      "user",
                                      "value",
                                      "website",
                                      NULL};
  for (size_t i = 0; words[i]; i++)
    if (s.n == strlen(words[i]) && strncasecmp(s.p, words[i], s.n) == 0) return true;
  return false;
}

/* ---- what speaks for a header ------------------------------------------------------- */

/* YES: a column's own name below it, or addresses where the table above has none. */
static pl_again_verdict by_words(const pl_again *a, const pl_str *names, const pl_str *own,
                                 const side *above, const side *below) {
  uint32_t elsewhere = 0, usual = 0, unlike = 0;
  for (uint32_t c = 0; c < a->width; c++) {
    uint8_t all_above, any_above, all_below, any_below;
    if (is_same(own[c], names[c])) return PL_AGAIN_YES;
    marks_in(a, above, c, &all_above, &any_above);
    marks_in(a, below, c, &all_below, &any_below);
    if (all_below & ~any_above & ~marks_of(own[c])) return PL_AGAIN_YES;
    unlike += (all_above & ~marks_of(own[c])) != 0;
    usual += is_usual_name(own[c]);
    for (uint32_t i = 0; i < a->width; i++) elsewhere += is_same(own[c], names[i]);
  }
  return elsewhere || unlike || usual == a->width ? PL_AGAIN_PERHAPS : PL_AGAIN_NO;
}

/* Do values come back above, and neither here nor below? */
static bool by_values(const pl_again *a, const pl_str *own, const side *above, const side *below) {
  bool strange = false;
  for (uint32_t c = 0; c < a->width; c++) {
    size_t texts = 0, fresh = 0;
    for (size_t r = 0; r < above->rows; r++) {
      const side before = {above->cells, r};
      pl_str s = above->cells[r * a->width + c];
      if (!s.n) continue;
      texts++;
      fresh += !is_among(a, &before, c, s);
    }
    if (texts < 2 * ENOUGH || fresh * 2 > texts) continue; /* every value is another */
    strange = !is_among(a, above, c, own[c]);
    for (size_t r = 0; r < below->rows && strange; r++)
      strange = !is_among(a, above, c, below->cells[r * a->width + c]);
    if (!strange) return false;
  }
  return strange && below->rows >= ENOUGH;
}

pl_again_verdict pl_shape_again(const pl_again *a, bool *memory) {
  pl_arena arena = {0};
  side above, below;
  pl_again_verdict verdict = PL_AGAIN_NO;
  pl_str *names = pl_arena_array(&arena, a->width, sizeof *names);
  pl_str *own = pl_arena_array(&arena, a->width, sizeof *own);
  if (!names || !own || !read_side(a, a->above, a->above_end, true, &arena, &above) ||
      !read_side(a, a->below, a->text->n, false, &arena, &below)) {
    *memory = true;
    goto done;
  }
  if (!above.rows) goto done; /* a preamble, if anything */
  pl_shape_cells(a->text, a->names, names, a->width);
  pl_shape_cells(a->text, a->header, own, a->width);
  for (uint32_t c = 0; c < a->width; c++) {
    names[c] = pl_str_trim(names[c]);
    own[c] = pl_str_trim(own[c]);
    /* a value that a record has there: this is one too */
    if (own[c].n && (is_among(a, &above, c, own[c]) || is_among(a, &below, c, own[c]))) goto done;
  }
  verdict = a->titled ? PL_AGAIN_YES : by_words(a, names, own, &above, &below);
  if (verdict == PL_AGAIN_NO && by_values(a, own, &above, &below)) verdict = PL_AGAIN_PERHAPS;
  if (verdict == PL_AGAIN_YES && above.rows < ENOUGH) verdict = PL_AGAIN_PERHAPS;
done:
  pl_arena_free(&arena);
  return verdict;
}
