/* Notes about times: a window that does not apply, deals that open and close at once,
 * dates whose order is a profile's word. */
#include "trace/sentence.h"

static void put(pl_arena *arena, pl_value *notes, pl_buf *text) {
  pl_value *said = pl_said(arena, text);
  if (!said) return;
  pl_value *item = pl_value_push(arena, notes, pl_value_object(arena));
  pl_value_set(arena, item, "text", said);
}

/* ---- windows ------------------------------------------------------------------------- */

/* The audit's `within` is for metrics that say nothing else; where it cannot be checked
 * that is no error, but is not passed over without a word. */
static const pl_branch *idle_branch(const pl_found *found, size_t metric) {
  const pl_metric *m = &found->bound->metrics[metric];
  if (!found->bound->model->within || m->def->within) return NULL;
  for (size_t b = 0; b < m->branches_n; b++)
    if (m->branches[b].within_us < 0 && m->branches[b].steps_n) return &m->branches[b];
  return NULL;
}

bool pl_window_is_idle(const pl_found *found, size_t metric) {
  return idle_branch(found, metric) != NULL;
}

void pl_note_window(pl_arena *arena, pl_value *notes, const pl_found *found, size_t metric) {
  const pl_branch *branch = idle_branch(found, metric);
  pl_buf text = {0};
  if (!branch) return;
  pl_buf_format(&text, "within = \"%s\" of the audit does not apply to ",
                found->bound->model->within);
  pl_say_noun(&text, branch->from->def->name);
  pl_buf_text(&text, ", which name no time column");
  put(arena, notes, &text);
}

/* ---- deals ---------------------------------------------------------------------------- */

static bool is_at_once(const pl_deal *deal) {
  bool days = deal->created.kind == PL_TIME_DATE || deal->closed.kind == PL_TIME_DATE;
  return days ? deal->created.day == deal->closed.day : deal->created.us == deal->closed.us;
}

/* How many deals closed in the moment that they were created; 0: not all of them. */
static uint32_t all_at_once(const pl_deals *deals) {
  uint32_t n = 0;
  for (uint32_t i = 0; i < deals->n; i++) {
    const pl_deal *deal = &deals->items[i];
    bool ended = deal->status == PL_WON || deal->status == PL_LOST;
    if (!ended || deal->created.kind == PL_TIME_NONE || deal->closed.kind == PL_TIME_NONE) continue;
    if (!is_at_once(deal)) return 0;
    n++;
  }
  return n;
}

void pl_note_at_once(pl_arena *arena, pl_value *notes, const pl_found *found) {
  const pl_source *source = found->bound->deals;
  pl_buf text = {0};
  if (source->created == PL_NO_SLOT || source->closed == PL_NO_SLOT) return;
  uint32_t n = all_at_once(found->deals);
  if (source->created == source->closed) {
    pl_buf_format(&text, "created and closed of deals are one column, \"%s\"",
                  source->slots[source->closed].name);
  } else if (n > 1) {
    pl_buf_text(&text, "created and closed are the same in all ");
    pl_say_count(&text, n);
    pl_buf_text(&text, " deals that have ended");
  } else {
    return;
  }
  pl_buf_text(&text, ": no deal takes any time, so these exports tell no sales cycle, and no deal "
                     "is open long enough to compare won with lost. Name the column that says "
                     "when a deal was created, or leave created out");
  put(arena, notes, &text);
}

/* ---- profiles ------------------------------------------------------------------------- */

static void note_order(pl_arena *arena, pl_value *notes, const pl_source *source,
                       const pl_slot *slot) {
  const pl_time_doubt *doubt = slot->doubt;
  pl_buf text = {0};
  pl_buf_format(&text,
                "\"%s\" in column \"%s\" of %s was read as %s (format = \"%s\"), because the "
                "profile %s says so; ",
                doubt->example, slot->name, source->def->name, doubt->read, doubt->says,
                source->def->profile);
  pl_buf_format(&text,
                "%s could as well be %s. If that is wrong, write in %s%s%s: formats = { "
                "[\"%s\"] = \"%s\" }",
                doubt->whole ? "all values of the column" : "the first values of the column",
                doubt->other, source->is_deals ? "" : "source \"", source->def->name,
                source->is_deals ? "" : "\"", slot->name, doubt->other);
  put(arena, notes, &text);
}

void pl_note_orders(pl_arena *arena, pl_value *notes, const pl_found *found) {
  for (size_t i = 0; i < found->bound->sources_n; i++) {
    const pl_source *source = &found->bound->sources[i];
    for (size_t k = 0; found->tallies[i].read && k < source->slots_n; k++)
      if (source->slots[k].doubt) note_order(arena, notes, source, &source->slots[k]);
  }
}
