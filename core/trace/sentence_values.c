/* Sentences about values that are not the number or time that a condition needs. */
#include "trace/sentence.h"

const pl_condition *pl_condition_range(const pl_condition *condition) {
  while (condition && condition->kind == PL_COND_NOT) condition = condition->child;
  return condition && condition->kind == PL_COND_RANGE ? condition : NULL;
}

/* The column stands on the outermost not_(), where there is one. */
static bool said_before(const pl_conditions *where, size_t i) {
  for (size_t k = 0; k < i; k++)
    if (pl_condition_range(&where->items[k]) &&
        strcmp(where->items[k].column, where->items[i].column) == 0)
      return true;
  return false;
}

void pl_say_unread_columns(pl_buf *out, const pl_conditions *where) {
  size_t n = 0;
  for (size_t i = 0; i < where->n; i++) {
    if (!pl_condition_range(&where->items[i]) || said_before(where, i)) continue;
    pl_buf_format(out, "%s\"%s\"", n++ ? " or " : "", where->items[i].column);
  }
}

const char *pl_say_unread_kind(const pl_conditions *where) {
  bool numbers = false, times = false;
  for (size_t i = 0; i < where->n; i++) {
    const pl_condition *range = pl_condition_range(&where->items[i]);
    if (!range) continue;
    bool number = range->low.text ? range->low.number : range->high.number;
    numbers |= number;
    times |= !number;
  }
  return numbers && times ? "number or time" : times ? "time" : "number";
}

static void note_one(pl_arena *arena, pl_value *notes, const pl_source *source,
                     const pl_conditions *where, uint64_t records) {
  pl_buf text = {0};
  if (source->is_deals) {
    pl_say_count(&text, records);
    pl_buf_text(&text, records == 1 ? " deal" : " deals");
  } else {
    pl_say_records(&text, records, source->def->name);
  }
  pl_buf_format(&text, records == 1 ? " holds no %s in " : " hold no %s in ",
                pl_say_unread_kind(where));
  pl_say_unread_columns(&text, where);
  pl_buf_text(&text, records == 1 ? " and is left out" : " and are left out");
  pl_value *said = pl_said(arena, &text);
  if (!said) return;
  pl_value *item = pl_value_push(arena, notes, pl_value_object(arena));
  pl_value_set(arena, item, "text", said);
}

void pl_note_unread(pl_arena *arena, pl_value *notes, const pl_found *found, size_t metric) {
  const pl_metric *m = &found->bound->metrics[metric];
  const pl_evidence *e = found->evidence[metric];
  for (size_t b = 0; e->unreadable && b < e->branches_n; b++) {
    const pl_branch *branch = &m->branches[b];
    const pl_branch_evidence *be = &e->branches[b];
    if (be->unreadable) note_one(arena, notes, branch->from, &branch->def->where, be->unreadable);
    for (size_t k = 0; k < branch->steps_n; k++)
      if (be->steps[k].unreadable)
        note_one(arena, notes, branch->steps[k].to, &branch->steps[k].def->where,
                 be->steps[k].unreadable);
  }
}
