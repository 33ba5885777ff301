/* Where the trail ends, what nearly matched, whether the metric tells won from
 * lost, and what was checked about time. */
#include "trace/sentence.h"

#include <math.h>

/* ---- where ---------------------------------------------------------------------- */

/* The step's side of a break: keys blank, keys without a match, or matches that
 * the step's conditions leave out. */
static void say_break(pl_buf *out, const pl_step *step, const pl_step_evidence *e) {
  pl_say_step(out, step);
  pl_buf_text(out, ": ");
  if (e->with_key == 0) {
    pl_buf_text(out, "0 of ");
    pl_say_records(out, e->in, step->from->def->name);
    pl_buf_text(out, e->in == 1 ? " carries a key" : " carry a key");
  } else if (e->matched == 0) {
    pl_buf_text(out, "0 of ");
    pl_say_records(out, e->with_key, step->from->def->name);
    pl_buf_format(out, " with a key %s ", e->with_key == 1 ? "matches" : "match");
    pl_say_noun(out, step->to->def->name);
  } else {
    pl_say_records(out, e->matched, step->from->def->name);
    pl_buf_format(out, " %s ", e->matched == 1 ? "matches" : "match");
    pl_say_noun(out, step->to->def->name);
    if (step->def->where.n == 0) {
      pl_buf_text(out, ", but none of these can be used");
      return;
    }
    pl_buf_text(out, ", but none of these ");
    pl_say_noun(out, step->to->def->name);
    pl_buf_text(out, " meets the conditions (");
    pl_say_conditions(out, &step->def->where);
    pl_buf_text(out, ")");
  }
}

/* The last step of the first branch that reaches deals at all. */
static const pl_step *last_step(const pl_metric *metric, const pl_evidence *evidence) {
  for (size_t b = 0; b < metric->branches_n && b < evidence->branches_n; b++) {
    const pl_branch *branch = &metric->branches[b];
    if (evidence->branches[b].origins == 0 || evidence->branches[b].breaks_at > 0) continue;
    if (branch->steps_n > 0) return &branch->steps[branch->steps_n - 1];
  }
  return NULL;
}

static void say_time(pl_buf *out, const pl_metric *metric, const pl_evidence *e, int code) {
  const pl_step *step = last_step(metric, e);
  char within[PL_TIME_TEXT];
  if (step) {
    pl_say_step(out, step);
    pl_buf_text(out, ": ");
  }
  uint32_t deals = code == 105 ? e->matched[PL_WON].deals : e->in_order[PL_WON].deals;
  pl_say_deals(out, deals, "won");
  pl_buf_format(out, " match%s", deals == 1 ? "es" : "");
  if (code == 105) {
    pl_buf_text(out, ", 0 of them can be put in the right order");
  } else {
    pl_buf_format(out, " in the right order, 0 of them in %s%s",
                  pl_within_text(metric, within)[0] ? "the window of " : "time", within);
  }
}

void pl_say_where(pl_buf *out, const pl_found *found, size_t metric) {
  const pl_verdict *verdict = &found->verdicts[metric];
  const pl_metric *m = &found->bound->metrics[metric];
  const pl_evidence *e = found->evidence[metric];
  if (verdict->kind == PL_VERDICT_ERROR || verdict->kind == PL_VERDICT_UNTRACED) return;
  if (verdict->step > 0) {
    say_break(out, &m->branches[verdict->branch].steps[verdict->step - 1],
              &e->branches[verdict->branch].steps[verdict->step - 1]);
  } else if (verdict->code == 105 || verdict->code == 113) {
    say_time(out, m, e, verdict->code);
  }
}

void pl_say_near(pl_buf *out, const pl_bound *bound, const pl_step_evidence *step) {
  if (step->near_keys == 0) return;
  pl_say_count(out, step->near_keys);
  pl_buf_text(out, step->near_keys == 1 ? " value matches" : " values match");
  pl_buf_text(out, " when written the same way: ");
  if (step->near_won.deals == 0) {
    pl_buf_text(out, "no more won deals would link");
    return;
  }
  pl_say_count(out, step->near_won.deals);
  pl_buf_format(out, " more won deal%s", step->near_won.deals == 1 ? "" : "s");
  if (bound->deals->amount != PL_NO_SLOT && step->near_won.unknown < step->near_won.deals) {
    pl_buf_text(out, ", ");
    pl_say_money(out, bound, step->near_won.amount);
    if (step->near_won.unknown > 0) {
      pl_buf_format(out, " (%u amount%s unknown)", step->near_won.unknown,
                    step->near_won.unknown == 1 ? "" : "s");
    }
  }
  pl_buf_text(out, " would link");
}

/* ---- tells ------------------------------------------------------------------------- */

/* Two digits, and more where two would hide on which side of 1 the value is. */
static char *odds_text(double value, char out[PL_REAL_TEXT]) {
  int digits = 2;
  while (strcmp(pl_real_text(value, digits, out), "1") == 0 && digits < 6) digits++;
  return out;
}

/* "odds 3.4 times higher (95 % 2.1 to 5.6)" */
static void say_odds(pl_buf *out, const pl_fisher *f) {
  char text[PL_REAL_TEXT];
  if (f->odds >= 1.05) {
    pl_buf_format(out, "odds %s times higher", odds_text(f->odds, text));
  } else if (f->odds >= 0.95) {
    pl_buf_text(out, "about the same odds");
  } else {
    pl_buf_format(out, "odds only %s times as high", odds_text(f->odds, text));
  }
  pl_buf_format(out, " (95 %% %s", odds_text(f->low, text));
  pl_buf_format(out, isinf(f->high) ? " or more)" : " to %s)", odds_text(f->high, text));
}

/* Tables with a zero cell have no finite odds: say what is zero. */
static bool say_zero(pl_buf *out, const pl_table22 *t, const pl_fisher *f) {
  char low[PL_REAL_TEXT];
  if (t->won_without + t->lost_without == 0) {
    pl_buf_text(out, "every closed deal in the comparison meets it");
  } else if (t->won_with == 0) {
    pl_buf_text(out, "no won deal in the comparison meets it");
  } else if (t->lost_with == 0) {
    pl_buf_text(out, "no lost deal in the comparison meets it");
  } else if (t->won_without == 0) {
    pl_buf_text(out, "every won deal in the comparison meets it");
  } else if (t->lost_without == 0) {
    pl_buf_text(out, "every lost deal in the comparison meets it");
  } else {
    return false;
  }
  if (f->low > 1) {
    pl_buf_format(out, ", odds at least %s times higher (95 %%)", odds_text(f->low, low));
  }
  return true;
}

static void say_tested(pl_buf *out, const pl_table22 *t, const pl_fisher *f) {
  if (!say_zero(out, t, f)) say_odds(out, f);
}

static void say_too_few(pl_buf *out, const pl_table22 *t) {
  pl_buf_text(out, "cannot tell won from lost: the comparison holds ");
  pl_say_count(out, (uint64_t)t->won_with + t->won_without);
  pl_buf_text(out, " won and ");
  pl_say_deals(out, (uint64_t)t->lost_with + t->lost_without, "lost");
  pl_buf_format(out, ", and at least %d of each are needed", PL_TEST_FROM);
}

static void say_answer(pl_buf *out, const pl_difference *d, const pl_table22 *t) {
  switch (d->answer) {
  case PL_ANSWER_NO_LOST:
    pl_buf_text(out, "no lost deals in these exports, so nothing to compare with");
    return;
  case PL_ANSWER_TOO_FEW: say_too_few(out, t); return;
  case PL_ANSWER_TELLS:
    pl_buf_text(out, "tells won from lost: ");
    say_tested(out, t, &d->fisher);
    return;
  case PL_ANSWER_NO_DIFFERENCE:
    pl_buf_text(out, "does not tell won from lost: ");
    say_tested(out, t, &d->fisher);
    if (d->fisher.high < 1) {
      pl_buf_text(out, "; lost deals meet it more often than won ones");
    }
    return;
  case PL_ANSWER_CANNOT_TELL: break;
  }
  pl_buf_text(out, "cannot tell won from lost: ");
  if (!d->tested) {
    pl_buf_text(out, "no deal in the comparison meets it");
    return;
  }
  say_tested(out, t, &d->fisher);
  if (d->fisher.low > 1) {
    pl_buf_text(out, ", but among all the metrics compared that can be chance");
  } else if (d->fisher.high > 1 && !isnan(d->fisher.odds)) {
    pl_buf_text(out, ", which can be chance");
  }
}

void pl_say_tells(pl_buf *out, const pl_found *found, size_t metric) {
  const pl_verdict *verdict = &found->verdicts[metric];
  if (verdict->kind != PL_VERDICT_LINKED && verdict->kind != PL_VERDICT_NO_DIFFERENCE) return;
  say_answer(out, &verdict->difference, &found->evidence[metric]->main);
}

void pl_say_difference(pl_buf *out, const pl_found *found, size_t metric) {
  const pl_verdict *verdict = &found->verdicts[metric];
  const pl_evidence *e = found->evidence[metric];
  say_answer(out, &verdict->difference, &e->main);
  if (!verdict->difference.tested) return;
  pl_buf_text(out, e->landmark
                       ? ". Compared were deals still open 30 days after they were created, by "
                         "what they had met until then"
                       : ". Compared were deals closed since the first record; a deal that stays "
                         "open longer meets more of everything");
}

/* ---- time ----------------------------------------------------------------------------- */

char *pl_within_text(const pl_metric *metric, char out[PL_TIME_TEXT]) {
  out[0] = 0;
  int64_t within = metric->branches_n > 0 ? metric->branches[0].within_us : -1;
  for (size_t b = 1; b < metric->branches_n; b++) {
    if (metric->branches[b].within_us != within) return out;
  }
  return within >= 0 ? pl_duration_text(within, out) : out;
}

static bool any_window(const pl_metric *metric) {
  for (size_t b = 0; b < metric->branches_n; b++) {
    if (metric->branches[b].within_us >= 0) return true;
  }
  return false;
}

/* The first source of the metric that has no time column, or NULL. */
static const char *timeless(const pl_metric *metric) {
  for (size_t b = 0; b < metric->branches_n; b++) {
    const pl_source *from = metric->branches[b].from;
    if (from->time == PL_NO_SLOT && !from->is_deals) return from->def->name;
  }
  return NULL;
}

static void say_not_checked(pl_buf *out, const pl_metric *metric) {
  const char *name = timeless(metric);
  pl_buf_text(out, "whether records come before the deal was not checked");
  if (metric->before == PL_BEFORE_ANY) {
    pl_buf_text(out, ": the rule asks for any order");
  } else if (name) {
    pl_buf_format(out, ": %s names no time column", name);
  }
}

void pl_say_order(pl_buf *out, const pl_found *found, size_t metric) {
  const pl_metric *m = &found->bound->metrics[metric];
  const pl_evidence *e = found->evidence[metric];
  char within[PL_TIME_TEXT];
  if (e->compared == PL_COMPARED_NOT) {
    say_not_checked(out, m);
    return;
  }
  const char *done = m->before == PL_BEFORE_CREATED ? "was created" : "closed";
  if (e->compared == PL_COMPARED_DAYS) {
    pl_buf_format(out, "a record counts when it came on or before the day the deal %s", done);
  } else {
    pl_buf_format(out, "a record counts when it came before the deal %s, to the second", done);
  }
  if (pl_within_text(m, within)[0]) {
    pl_buf_format(out, ", at most %s before", within);
  } else if (any_window(m)) {
    pl_buf_text(out, ", within a time that its branch of the trace sets");
  }
}
