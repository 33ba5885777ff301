/* Notes about rows that are no records: totals and remarks below a table, other
 * tables of the file; and about a record that may be a total. */
#include <inttypes.h>

#include "read/shape.h"
#include "trace/bind.h"
#include "trace/sentence.h"

#define KEPT_SHOWN 5 /* of one source */

static void put(pl_arena *arena, pl_value *notes, pl_buf *text) {
  pl_value *item = pl_value_push(arena, notes, pl_value_object(arena));
  pl_set_text(arena, item, "text", pl_buf_view(text));
  if (text->failed) arena->failed = true;
  pl_buf_free(text);
}

static bool is_below(const pl_skipped *skipped) {
  return skipped->kind == PL_SKIP_TOTAL || skipped->kind == PL_SKIP_FOOTER;
}

/* "3 rows of totals and remarks were not read as records (exports/x.csv:5702)" */
static void note_below(pl_arena *arena, pl_value *notes, const pl_source *source) {
  uint64_t rows = 0, totals = 0;
  size_t files = 0;
  const pl_skipped *first = NULL;
  const char *shown = NULL;
  for (size_t f = 0; f < source->inputs_n; f++) {
    const pl_shape *shape = pl_input_shape(source->inputs[f]);
    bool any = false;
    for (size_t i = 0; i < shape->skipped_n; i++) {
      const pl_skipped *skipped = &shape->skipped[i];
      if (!is_below(skipped)) continue;
      if (!first) {
        first = skipped;
        shown = pl_input_shown(source->inputs[f]);
      }
      any = true;
      rows += skipped->rows;
      totals += skipped->kind == PL_SKIP_TOTAL ? skipped->rows : 0;
    }
    files += any;
  }
  if (!rows) return;
  pl_buf text = {0};
  pl_say_count(&text, rows);
  pl_buf_text(&text, rows == 1 ? " row of " : " rows of ");
  pl_buf_text(&text, totals == rows ? "totals" : totals ? "totals and remarks" : "remarks");
  pl_buf_text(&text, rows == 1 ? " was not read as a record (" : " were not read as records (");
  if (files > 1) {
    pl_say_count(&text, files);
    pl_buf_text(&text, " files, the first is ");
  }
  pl_buf_format(&text, "%s:%" PRIu32 ")", shown, first->line);
  put(arena, notes, &text);
}

/* Skipped because it looks so; where the config says so, that was said already. */
static void note_described(pl_arena *arena, pl_value *notes, const pl_source *source, size_t f) {
  const pl_shape *shape = pl_input_shape(source->inputs[f]);
  if (source->def->dialect.description_given) return;
  for (size_t i = 0; i < shape->skipped_n; i++) {
    const pl_skipped *skipped = &shape->skipped[i];
    if (skipped->kind != PL_SKIP_DESCRIPTION) continue;
    pl_buf text = {0};
    pl_say_count(&text, skipped->rows);
    pl_buf_format(&text,
                  "%s the columns and %s not read as %s (%s:%" PRIu32
                  "); in source \"%s\" description = 0 reads %s",
                  skipped->rows == 1 ? " row describes" : " rows describe",
                  skipped->rows == 1 ? "was" : "were", skipped->rows == 1 ? "a record" : "records",
                  pl_input_shown(source->inputs[f]), skipped->line, source->def->name,
                  skipped->rows == 1 ? "it" : "them");
    put(arena, notes, &text);
  }
}

static void note_blocks(pl_arena *arena, pl_value *notes, const pl_input *input) {
  const pl_shape *shape = pl_input_shape(input);
  size_t others = 0;
  for (size_t i = 0; i < shape->skipped_n; i++) others += shape->skipped[i].kind == PL_SKIP_BLOCK;
  if (!others) return;
  pl_buf text = {0};
  pl_say_count(&text, others);
  pl_buf_format(&text, " other table%s of %s %s not read", others == 1 ? "" : "s",
                pl_input_shown(input), others == 1 ? "was" : "were");
  put(arena, notes, &text);
}

/* How audit.lua names the source: deals have a word of their own. */
static void say_source(pl_buf *text, const pl_source *source) {
  if (source->is_deals)
    pl_buf_text(text, "deals");
  else
    pl_buf_format(text, "source \"%s\"", source->def->name);
}

/* The other table's own line, where the note says how to read one of them alone. */
static void say_table(pl_buf *text, const pl_shape *shape, const pl_kept *kept,
                      const pl_source *source) {
  if (!kept->block) {
    pl_buf_text(text, " If it is one, put that table into a file of its own");
    return;
  }
  pl_buf_text(text, " If it is one, say in ");
  say_source(text, source);
  pl_buf_format(text,
                " which to read: block = \"%s\" is the one above it; if not: header = %" PRIu32,
                kept->block, shape->dialect.header);
}

/* The first cell of a kept row that is not blank, in `out`; its column is the result. */
static uint32_t first_cell(const pl_shape *shape, const pl_kept *kept, pl_buf *out) {
  pl_shape_text text = {kept->text.p, kept->text.n, 0, true, shape->dialect.delimiter};
  pl_shape_spot spot = {0, 1};
  pl_shape_row row;
  if (!pl_shape_next(&text, &spot, &row)) return 0;
  for (uint32_t i = 0; i < row.cells; i++) {
    pl_buf_clear(out);
    if (pl_shape_cell(&text, &row, i, out) && pl_str_trim(pl_buf_view(out)).n) return i;
  }
  return 0;
}

/* Where one file has the row and others may have none, a number of rows would take a
 * record from each of the others: the row is named by what it says instead. */
static void say_where(pl_buf *text, const pl_source *source, size_t f, const pl_kept *kept) {
  const pl_input *input = source->inputs[f];
  pl_buf cell = {0};
  uint32_t at = first_cell(pl_input_shape(input), kept, &cell);
  pl_str value = pl_buf_view(&cell);
  if (at >= pl_input_columns(input) || value.n == 0 || memchr(value.p, '"', value.n)) {
    pl_buf_text(text, "leave it out with `where`");
  } else {
    pl_str column = pl_bind_header(source, f, at);
    pl_buf_format(text, "where = { [\"%.*s\"] = not_(\"%.*s\") }", PL_STR_ARG(column),
                  PL_STR_ARG(value));
  }
  text->failed |= cell.failed;
  pl_buf_free(&cell);
}

/* Rows that are skipped as it is count as well: the number of `footer` and `description`
 * stands for all of them. */
static void say_rows(pl_buf *text, const pl_shape *shape, const pl_kept *kept) {
  bool below = kept->as == PL_DOUBT_FOOT;
  uint32_t skipped = below ? shape->dialect.footer : shape->dialect.description;
  const char *field = below ? "footer" : "description";
  pl_buf_format(text, "%s = %" PRIu32 "; if not: %s = %" PRIu32, field, skipped + 1, field,
                skipped);
}

static void say_row(pl_buf *text, const pl_source *source, size_t f, const pl_kept *kept) {
  pl_buf_format(text, " If it %s, say so in ", kept->as == PL_DOUBT_NAMES ? "does" : "is one");
  say_source(text, source);
  pl_buf_text(text, ": ");
  if (source->inputs_n > 1)
    say_where(text, source, f, kept);
  else
    say_rows(text, pl_input_shape(source->inputs[f]), kept);
}

static void note_kept(pl_arena *arena, pl_value *notes, const pl_source *source, size_t f) {
  static const char *const may_be[] = {
      [PL_DOUBT_FOOT] = "be a total",
      [PL_DOUBT_TOP] = "be a total",
      [PL_DOUBT_NAMES] = "describe the columns",
      [PL_DOUBT_TABLE] = "be the header of another table",
  };
  const pl_shape *shape = pl_input_shape(source->inputs[f]);
  for (size_t i = 0; i < shape->kept_n && i < KEPT_SHOWN; i++) {
    const pl_kept *kept = &shape->kept[i];
    pl_buf text = {0};
    pl_buf_format(&text, "%s:%" PRIu32 " was read as a record, but may %s: %.*s.",
                  pl_input_shown(source->inputs[f]), kept->line, may_be[kept->as],
                  PL_STR_ARG(kept->text));
    if (kept->as == PL_DOUBT_TABLE)
      say_table(&text, shape, kept, source);
    else
      say_row(&text, source, f, kept);
    put(arena, notes, &text);
  }
}

void pl_note_skipped(pl_arena *arena, pl_value *notes, const pl_found *found) {
  for (size_t s = 0; s < found->bound->sources_n; s++) {
    const pl_source *source = &found->bound->sources[s];
    if (found->tallies[source->index].read == 0) continue; /* no metric reads it */
    note_below(arena, notes, source);
    for (size_t f = 0; f < source->inputs_n; f++) {
      note_described(arena, notes, source, f);
      note_blocks(arena, notes, source->inputs[f]);
      note_kept(arena, notes, source, f);
    }
  }
}
