/* What to do about a finding (most useful first), and the notes beside it. */
#include "trace/sentence.h"

/* ---- lists ---------------------------------------------------------------------- */

/* Appends {key, text}; an empty text adds nothing. */
static void add(pl_arena *arena, pl_value *list, const char *key, const char *word, pl_buf *text) {
  pl_value *said = pl_said(arena, text);
  if (!said) return;
  pl_value *item = pl_value_push(arena, list, pl_value_object(arena));
  if (word) pl_set_text(arena, item, key, pl_str_of(word));
  pl_value_set(arena, item, "text", said);
}

static void todo(pl_arena *arena, pl_value *list, const char *action, pl_buf *text) {
  add(arena, list, "action", action, text);
}

static void todo_plain(pl_arena *arena, pl_value *list, const char *action, const char *text) {
  pl_buf buf = {0};
  pl_buf_text(&buf, text);
  todo(arena, list, action, &buf);
}

static void note(pl_arena *arena, pl_value *list, const char *code, pl_buf *text) {
  add(arena, list, "code", code, text);
}

/* ---- todo ------------------------------------------------------------------------- */

static void candidate(pl_arena *arena, pl_value *list, const char *unless) {
  pl_buf text = {0};
  pl_buf_format(&text, "a candidate to stop tracking, unless %s", unless);
  todo(arena, list, "stop", &text);
}

static void here_columns(pl_buf *out, const pl_step *step, bool there) {
  for (size_t i = 0; i < step->key_n; i++) {
    if (i > 0) pl_buf_text(out, " and ");
    pl_buf_text(out, there ? step->to->slots[step->there[i]].name
                           : step->from->slots[step->here[i]].name);
  }
}

static void todo_blank(pl_arena *arena, pl_value *list, const pl_step *step) {
  pl_buf fix = {0}, relink = {0};
  pl_buf_text(&fix, "fill ");
  here_columns(&fix, step, false);
  pl_buf_format(&fix, " in %s, in the tool that writes this export", step->from->def->name);
  todo(arena, list, "fix", &fix);
  pl_buf_format(&relink, "if another column of %s leads to %s, step by that one",
                step->from->def->name, step->to->def->name);
  todo(arena, list, "relink", &relink);
  candidate(arena, list, "this key can be filled");
}

static void todo_no_match(pl_arena *arena, pl_value *list, const pl_bound *bound,
                          const pl_step *step, const pl_step_evidence *e) {
  pl_buf fix = {0}, relink = {0};
  if (e->near_keys > 0) {
    pl_buf_format(&fix, "write keys the same way in %s and %s", step->from->def->name,
                  step->to->def->name);
    if (e->near_n > 0) {
      pl_buf_format(&fix, " (\"%.*s\" and \"%.*s\")", PL_STR_ARG(e->near[0].here),
                    PL_STR_ARG(e->near[0].there));
    }
    pl_buf_text(&fix, ", or ");
    if (!pl_say_near_change(&fix, step, e)) pl_buf_text(&fix, "clean the column");
    pl_buf_text(&fix, ": ");
    pl_say_near(&fix, bound, e);
    todo(arena, list, "fix", &fix);
  }
  if (e->matched > 0) {
    pl_buf_format(&relink, "look at the conditions on %s: they leave out all that matches",
                  step->to->def->name);
  } else {
    pl_buf_text(&relink, "check that ");
    here_columns(&relink, step, false);
    pl_buf_format(&relink, " of %s and ", step->from->def->name);
    here_columns(&relink, step, true);
    pl_buf_format(&relink, " of %s name the same thing, or step by another key",
                  step->to->def->name);
  }
  todo(arena, list, "relink", &relink);
  candidate(arena, list, "the keys can be made to match");
}

static const pl_source *filtered_source(const pl_found *found, const pl_metric *metric) {
  for (size_t b = 0; b < metric->branches_n; b++) {
    const pl_source *from = metric->branches[b].from;
    if (found->tallies[from->index].filtered > 0) return from;
  }
  return NULL;
}

static void todo_no_records(pl_arena *arena, pl_value *list, const pl_found *found, size_t metric) {
  const pl_evidence *e = found->evidence[metric];
  const pl_source *filtered = filtered_source(found, &found->bound->metrics[metric]);
  uint64_t used = 0;
  for (size_t b = 0; b < e->branches_n; b++) used += e->branches[b].records;
  if (used > 0) {
    todo_plain(arena, list, "relink", "check the conditions of the trace against the export");
  } else if (filtered) {
    pl_buf text = {0};
    pl_buf_format(&text, "check the `where` of source %s in audit.lua against the export",
                  filtered->def->name);
    todo(arena, list, "relink", &text);
  } else {
    todo_plain(arena, list, "fix", "check that the export is whole and covers the right period");
  }
  candidate(arena, list, "its records can be exported");
}

static void todo_order(pl_arena *arena, pl_value *list, const pl_metric *metric,
                       const pl_evidence *e, int code) {
  pl_buf text = {0};
  bool undated = e->undated_origins > 0 || e->undated_deals > 0;
  if (code == 105 && undated) {
    pl_buf_text(&text, "fill the times that are missing in ");
    pl_say_origin_noun(&text, metric);
    pl_buf_text(&text, " or in the deals");
    todo(arena, list, "fix", &text);
  }
  if (code == 105 && e->undated_origins < e->origins) {
    pl_buf_text(&text, "check that the time of ");
    pl_say_origin_noun(&text, metric);
    pl_buf_text(&text, " says when they happened, not when they were last changed or exported");
    todo(arena, list, "fix", &text);
  }
  if (code != 105)
    todo_plain(arena, list, "relink", "check that the time allowed fits how long deals take");
  candidate(arena, list, "it is meant for what comes after the sale");
}

static void todo_only_lost(pl_arena *arena, pl_value *list, const pl_evidence *e) {
  uint32_t open = e->matched[PL_OPEN].deals;
  if (open > 0) {
    pl_buf text = {0};
    pl_buf_text(&text, "look again when the ");
    if (open > 1) pl_say_count(&text, open);
    pl_buf_text(&text, open > 1 ? " open deals have closed" : "open deal has closed");
    todo(arena, list, "keep", &text);
  } else {
    todo_plain(arena, list, "fix", "check that audit.lua lists every won stage under `won`");
  }
  candidate(arena, list, "it is meant to warn of lost deals");
}

static void todo_unlinked(pl_arena *arena, pl_value *list, const pl_found *found, size_t i) {
  const pl_verdict *v = &found->verdicts[i];
  const pl_metric *metric = &found->bound->metrics[i];
  const pl_evidence *e = found->evidence[i];
  if (v->step > 0) {
    const pl_step *step = &metric->branches[v->branch].steps[v->step - 1];
    if (v->code == 102) {
      todo_blank(arena, list, step);
    } else {
      todo_no_match(arena, list, found->bound, step, &e->branches[v->branch].steps[v->step - 1]);
    }
    return;
  }
  switch (v->code) {
  case 104: todo_only_lost(arena, list, e); return;
  case 106: todo_no_records(arena, list, found, i); return;
  case 114:
    todo_plain(arena, list, "keep", "look again when more deals have closed");
    candidate(arena, list, "so few deals are worth the effort");
    return;
  case 105:
  case 113: todo_order(arena, list, metric, e, v->code); return;
  default: candidate(arena, list, "its records can be joined to deals"); return;
  }
}

/* The day on which the oldest usable record is as old as the sales cycle. */
static void todo_wait(pl_arena *arena, pl_value *list, const pl_found *found, size_t i) {
  const pl_bound *bound = found->bound;
  pl_time oldest = found->evidence[i]->oldest_usable;
  char day[PL_TIME_TEXT];
  int64_t days = (found->deals->cycle_us + PL_DAY_US - 1) / PL_DAY_US;
  pl_buf text = {0};
  if (oldest.kind != PL_TIME_NONE && days < 3000000) {
    pl_time then = {.day = oldest.day + (int32_t)days, .kind = PL_TIME_DATE};
    pl_buf_format(&text, "look again on %s, when the oldest record is as old as the sales cycle",
                  pl_time_text(then, bound->zone, day));
  } else {
    pl_buf_text(&text, "look again when its records are as old as the sales cycle");
  }
  todo(arena, list, "keep", &text);
}

static void todo_untraced(pl_arena *arena, pl_value *list, const pl_metric *metric) {
  pl_buf text = {0};
  pl_buf_format(&text, "say in %s how it should lead to a deal: a `trace`",
                metric->def->site.file ? metric->def->site.file : "its rule file");
  todo(arena, list, "relink", &text);
  candidate(arena, list, "somebody can say how it leads to a deal");
}

static void todo_error(pl_arena *arena, pl_value *list, const pl_verdict *v) {
  pl_buf text = {0};
  if (v->error && v->error->hint[0]) {
    pl_buf_text(&text, v->error->hint);
  } else {
    pl_buf_text(&text, "mend the rule where the message points, then run the audit again");
  }
  todo(arena, list, "fix", &text);
}

pl_value *pl_say_todo(pl_arena *arena, const pl_found *found, size_t metric) {
  const pl_verdict *v = &found->verdicts[metric];
  pl_value *list = pl_value_list(arena);
  switch (v->kind) {
  case PL_VERDICT_LINKED:
    todo_plain(arena, list, "keep",
               v->difference.answer == PL_ANSWER_TELLS
                   ? "keep tracking it"
                   : "keep tracking it, and look again when more deals have closed");
    break;
  case PL_VERDICT_NO_DIFFERENCE:
    todo_plain(arena, list, "keep",
               "keep it if it costs little: it reaches won deals, and does "
               "not tell them from lost ones");
    todo_plain(arena, list, "relink",
               "follow a narrower part of it, for example one page or "
               "one campaign");
    break;
  case PL_VERDICT_TOO_EARLY: todo_wait(arena, list, found, metric); break;
  case PL_VERDICT_UNLINKED: todo_unlinked(arena, list, found, metric); break;
  case PL_VERDICT_UNTRACED: todo_untraced(arena, list, &found->bound->metrics[metric]); break;
  case PL_VERDICT_ERROR: todo_error(arena, list, v); break;
  case PL_VERDICTS: break;
  }
  return list;
}

/* ---- notes -------------------------------------------------------------------------- */

static void note_few_keys(pl_arena *arena, pl_value *list, const pl_evidence *e) {
  pl_buf text = {0};
  pl_buf_format(&text, "rests on few keys: \"%.*s\" alone carries ", PL_STR_ARG(e->top_key));
  pl_say_count(&text, e->top_key_won);
  pl_buf_text(&text, " of the ");
  pl_say_count(&text, e->reached[PL_WON].deals);
  pl_buf_text(&text, " won deals reached");
  note(arena, list, "PL112", &text);
}

static void note_amounts(pl_arena *arena, pl_value *list, const pl_bound *bound,
                         const pl_money_count *won, const pl_money_count *refunds) {
  if (bound->deals->amount == PL_NO_SLOT) return;
  if (won->unknown > 0) {
    pl_buf text = {0};
    pl_buf_text(&text, "the amount of ");
    pl_say_count(&text, won->unknown);
    pl_buf_text(&text, " of the ");
    pl_say_deals(&text, won->deals, "won");
    pl_buf_text(&text, " is unknown; sums leave it out");
    note(arena, list, NULL, &text);
  }
  if (refunds->deals > 0) {
    pl_buf text = {0};
    pl_say_deals(&text, refunds->deals, "won");
    pl_buf_format(&text, " %s a negative amount, ", refunds->deals == 1 ? "carries" : "carry");
    pl_say_money(&text, bound, refunds->amount);
    pl_buf_text(&text, refunds->deals == 1 ? "; it is taken off the sums"
                                           : " together; they are taken off the sums");
    note(arena, list, NULL, &text);
  }
}

static void note_times(pl_arena *arena, pl_value *list, const pl_found *found, size_t i) {
  const pl_evidence *e = found->evidence[i];
  const pl_metric *metric = &found->bound->metrics[i];
  pl_buf text = {0};
  if (e->compared == PL_COMPARED_NOT && e->origins > 0) {
    pl_say_order(&text, found, i);
    if (pl_window_is_idle(found, i))
      pl_buf_format(&text, ", so within = \"%s\" of the audit does not apply",
                    found->bound->model->within);
    note(arena, list, NULL, &text);
  } else if (e->undated_origins > 0 || e->undated_deals > 0) {
    if (e->undated_origins > 0) pl_say_origins(&text, metric, e->undated_origins);
    if (e->undated_origins > 0 && e->undated_deals > 0) pl_buf_text(&text, " and ");
    if (e->undated_deals > 0) {
      pl_say_count(&text, e->undated_deals);
      pl_buf_text(&text, e->undated_deals == 1 ? " deal" : " deals");
    }
    pl_buf_text(&text, e->undated_origins + e->undated_deals == 1 ? " carries" : " carry");
    pl_buf_text(&text, " no time and so cannot be put in order");
    note(arena, list, NULL, &text);
  }
  if (e->after_as_of > 0) {
    pl_say_origins(&text, metric, e->after_as_of);
    pl_buf_format(&text, " later than the day of the audit %s left out of the source",
                  e->after_as_of == 1 ? "was" : "were");
    note(arena, list, NULL, &text);
  }
}

pl_value *pl_say_notes(pl_arena *arena, const pl_found *found, size_t metric) {
  const pl_verdict *v = &found->verdicts[metric];
  const pl_evidence *e = found->evidence[metric];
  pl_value *list = pl_value_list(arena);
  if (v->kind == PL_VERDICT_ERROR || v->kind == PL_VERDICT_UNTRACED) return list;
  if (v->few_keys) note_few_keys(arena, list, e);
  if (v->kind == PL_VERDICT_LINKED) {
    pl_buf text = {0};
    pl_buf_text(&text, "\"linked\" means that records join. It does not say the metric caused "
                       "the sale.");
    note(arena, list, NULL, &text);
  }
  note_amounts(arena, list, found->bound, &e->reached[PL_WON], &e->refunds);
  note_times(arena, list, found, metric);
  if (e->compared != PL_COMPARED_NOT) pl_note_window(arena, list, found, metric);
  pl_note_unread(arena, list, found, metric);
  pl_note_nothing(arena, list, found, metric);
  return list;
}

/* ---- notes about the audit --------------------------------------------------------------- */

typedef struct tally_of_verdicts {
  size_t reaching, linked, failed;
} tally_of_verdicts;

static tally_of_verdicts count_verdicts(const pl_found *found) {
  tally_of_verdicts n = {0};
  for (size_t i = 0; i < found->bound->metrics_n; i++) {
    pl_verdict_kind kind = found->verdicts[i].kind;
    if (kind == PL_VERDICT_ERROR) n.failed++;
    if (kind == PL_VERDICT_ERROR || kind == PL_VERDICT_UNTRACED) continue;
    if (found->evidence[i]->reached[PL_WON].deals > 0) n.reaching++;
    if (kind == PL_VERDICT_LINKED) n.linked++;
  }
  return n;
}

static void plain(pl_arena *arena, pl_value *list, const char *sentence) {
  pl_buf text = {0};
  pl_buf_text(&text, sentence);
  note(arena, list, NULL, &text);
}

static void counted(pl_arena *arena, pl_value *list, uint64_t n, const char *one,
                    const char *more) {
  pl_buf text = {0};
  if (n == 0) return;
  pl_say_count(&text, n);
  pl_buf_text(&text, n == 1 ? one : more);
  note(arena, list, NULL, &text);
}

/* Departments whose file could not be read at all: none of their metrics is here. */
static void note_departments(pl_arena *arena, pl_value *list, const pl_model *model) {
  for (size_t i = 0; i < model->departments_n; i++) {
    if (!model->departments[i].failed) continue;
    pl_buf text = {0};
    pl_buf_format(&text, "%s could not be read, so no metric of %s was audited",
                  model->departments[i].file, model->departments[i].name);
    note(arena, list, NULL, &text);
  }
}

static void note_deals(pl_arena *arena, pl_value *list, const pl_found *found) {
  pl_money_count won = {0}, refunds = {0};
  uint32_t lost = 0;
  for (uint32_t i = 0; i < found->deals->n; i++) {
    const pl_deal *deal = &found->deals->items[i];
    if (deal->status == PL_LOST) lost++;
    if (deal->status != PL_WON) continue;
    won.deals++;
    if (!deal->amount_known) won.unknown++;
    if (!deal->amount_known || deal->amount >= 0) continue;
    refunds.deals++;
    pl_sum_add(&refunds.amount, deal->amount);
  }
  note_amounts(arena, list, found->bound, &won, &refunds);
  if (lost == 0) {
    plain(arena, list,
          "no lost deals in these exports, so nothing tells what won deals have in "
          "common from what all deals have");
  }
}

pl_value *pl_say_audit_notes(pl_arena *arena, const pl_found *found) {
  pl_value *list = pl_value_list(arena);
  tally_of_verdicts n = count_verdicts(found);
  if (n.linked > 0) {
    plain(arena, list,
          "\"linked\" means that records join. It does not say the metric caused "
          "the sale.");
  }
  if (n.reaching > 1) {
    plain(arena, list,
          "metrics overlap: one deal can be reached by several, so shares do not "
          "add up to 100 %");
  }
  note_deals(arena, list, found);
  counted(arena, list, n.failed, " metric was not audited", " metrics were not audited");
  note_departments(arena, list, found->bound->model);
  pl_note_at_once(arena, list, found);
  pl_note_orders(arena, list, found);
  pl_note_encodings(arena, list, found);
  pl_note_skipped(arena, list, found);
  pl_note_keys(arena, list, found);
  counted(arena, list, found->rejects ? found->rejects->n : 0,
          " row could not be used; it is listed in rejects.csv",
          " rows could not be used; they are listed in rejects.csv");
  return list;
}
