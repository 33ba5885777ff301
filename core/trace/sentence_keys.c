/* Notes about records that say not which thing they are: often subtotals, which a
 * tool wrote between the records. They count as the others do, so it is said. */
#include "read/shape.h"
#include "trace/sentence.h"

static void note_source(pl_arena *arena, pl_value *notes, const pl_source *source,
                        uint64_t records) {
  const pl_source_def *def = source->def;
  const char *key = def->key.items[0];
  pl_buf text = {0};
  pl_say_count(&text, records);
  pl_buf_format(&text,
                " record%s of %s %s nothing in \"%s\", the key, and %s counted all the same. ",
                records == 1 ? "" : "s", def->name, records == 1 ? "holds" : "hold", key,
                records == 1 ? "is" : "are");
  pl_buf_format(
      &text,
      "If %s a total or a blank row, leave %s out: where = { [\"%s\"] = not_(blank()) } in "
      "%s%s%s",
      records == 1 ? "it is" : "each is", records == 1 ? "it" : "them", key,
      source->is_deals ? "" : "source \"", def->name, source->is_deals ? "" : "\"");
  pl_value *item = pl_value_push(arena, notes, pl_value_object(arena));
  pl_set_text(arena, item, "text", pl_buf_view(&text));
  if (text.failed) arena->failed = true;
  pl_buf_free(&text);
}

/* A deal whose id is a word for totals: `Subtotal` between the deals it adds up. */
static void note_total(pl_arena *arena, pl_value *notes, const pl_found *found) {
  const pl_source_def *def = &found->bound->model->deals.source;
  for (uint32_t i = 0; def->key.n == 1 && i < found->deals->n; i++) {
    const pl_deal *deal = &found->deals->items[i];
    if (pl_shape_total(deal->id) != PL_TOTAL_YES) continue;
    pl_buf text = {0};
    pl_buf_format(&text,
                  "the deal \"%.*s\" is counted, but may be a total. If it is one, leave it out: "
                  "where = { [\"%s\"] = not_(\"%.*s\") } in deals",
                  PL_STR_ARG(deal->id), def->key.items[0], PL_STR_ARG(deal->id));
    pl_value *item = pl_value_push(arena, notes, pl_value_object(arena));
    pl_set_text(arena, item, "text", pl_buf_view(&text));
    if (text.failed) arena->failed = true;
    pl_buf_free(&text);
    return; /* the first shows what to do */
  }
}

void pl_note_keys(pl_arena *arena, pl_value *notes, const pl_found *found) {
  for (size_t i = 0; i < found->bound->sources_n; i++) {
    const pl_source *source = &found->bound->sources[i];
    if (source->def->key.n && found->tallies[i].blank_keys)
      note_source(arena, notes, source, found->tallies[i].blank_keys);
  }
  note_total(arena, notes, found);
}

/* "NULL" as a key joins every record without one to every other. */
void pl_note_nothing(pl_arena *arena, pl_value *notes, const pl_found *found, size_t metric) {
  const pl_metric *bound = &found->bound->metrics[metric];
  const pl_evidence *e = found->evidence[metric];
  for (size_t b = 0; b < bound->branches_n; b++)
    for (size_t k = 0; k < bound->branches[b].steps_n; k++) {
      const pl_step *step = &bound->branches[b].steps[k];
      const char *word = e->branches[b].steps[k].nothing;
      if (!word) continue;
      pl_buf text = {0};
      pl_buf_format(&text, "\"%s\" joins as a key from %s to %s", word, step->from->def->name,
                    step->to->def->name);
      pl_buf_format(&text,
                    ", like any other value. If it means that there is none, say so in "
                    "%s%s%s: blank = { \"%s%s\" }",
                    step->to->is_deals ? "" : "source \"", step->to->def->name,
                    step->to->is_deals ? "" : "\"", word[0] == '\\' ? "\\" : "", word);
      pl_value *item = pl_value_push(arena, notes, pl_value_object(arena));
      pl_set_text(arena, item, "text", pl_buf_view(&text));
      if (text.failed) arena->failed = true;
      pl_buf_free(&text);
      return;
    }
}
