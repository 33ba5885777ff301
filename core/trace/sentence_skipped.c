/* Notes about rows that are no records: totals and remarks below a table, other
 * tables of the file; and about a record that may be a total. */
#include <inttypes.h>

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

static void note_kept(pl_arena *arena, pl_value *notes, const pl_source *source, size_t f) {
  const pl_shape *shape = pl_input_shape(source->inputs[f]);
  for (size_t i = 0; i < shape->kept_n && i < KEPT_SHOWN; i++) {
    const char *field = shape->kept[i].kind == PL_SKIP_TOTAL ? "footer" : "description";
    pl_buf text = {0};
    pl_buf_format(&text,
                  "%s:%" PRIu32 " was read as a record, but may be a total: %.*s. If it is one, "
                  "say so in source \"%s\": %s = 1; if not: %s = 0",
                  pl_input_shown(source->inputs[f]), shape->kept[i].line,
                  PL_STR_ARG(shape->kept[i].text), source->def->name, field, field);
    put(arena, notes, &text);
  }
}

void pl_note_skipped(pl_arena *arena, pl_value *notes, const pl_found *found) {
  for (size_t s = 0; s < found->bound->sources_n; s++) {
    const pl_source *source = &found->bound->sources[s];
    if (found->tallies[source->index].read == 0) continue; /* no metric reads it */
    note_below(arena, notes, source);
    for (size_t f = 0; f < source->inputs_n; f++) {
      note_blocks(arena, notes, source->inputs[f]);
      note_kept(arena, notes, source, f);
    }
  }
}
