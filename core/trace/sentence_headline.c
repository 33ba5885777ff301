/* The headline of a finding: one plain sentence for each verdict and code. */
#include "trace/sentence.h"

typedef struct about {
  const pl_bound *bound;
  const pl_metric *metric;
  const pl_evidence *evidence;
  const pl_deals *deals;
  const pl_verdict *verdict;
  const pl_tally *tallies;
} about;

static void say_linked(pl_buf *out, const about *a) {
  pl_say_worth(out, a->bound, &a->evidence->reached[PL_WON], "won");
  pl_buf_text(out, " can be followed back to ");
  pl_say_origin_noun(out, a->metric);
}

static void say_no_difference(pl_buf *out, const about *a) {
  pl_say_deals(out, a->evidence->reached[PL_WON].deals, "won");
  pl_buf_text(out, " can be followed back to ");
  pl_say_origin_noun(out, a->metric);
  pl_buf_text(out, a->verdict->departed
                       ? ", and this rule judges that lost deals meet them as often"
                       : ", but lost deals meet them about as often, or more often");
}

static void say_too_early(pl_buf *out, const about *a) {
  char cycle[PL_TIME_TEXT];
  uint64_t n = a->evidence->with_key;
  pl_buf_text(out, "Too early to say: ");
  if (n > 1) pl_buf_text(out, "all ");
  pl_say_origins(out, a->metric, n);
  pl_buf_format(out, " with a key %s younger than the sales cycle of %s", n == 1 ? "is" : "are",
                pl_span_text(a->deals->cycle_us, cycle));
}

static uint64_t used_records(const pl_evidence *evidence) {
  uint64_t n = 0;
  for (size_t b = 0; b < evidence->branches_n; b++) n += evidence->branches[b].records;
  return n;
}

static bool has_conditions(const pl_metric *metric) {
  for (size_t b = 0; b < metric->branches_n; b++) {
    if (metric->branches[b].def->where.n == 0) return false;
  }
  return metric->branches_n > 0;
}

/* What the sources of the metric did with records that they did not use. */
static void count_left_out(const about *a, uint64_t *filtered, uint64_t *rejected) {
  for (size_t b = 0; b < a->metric->branches_n; b++) {
    const pl_source *from = a->metric->branches[b].from;
    bool counted = false;
    for (size_t k = 0; k < b; k++) counted |= a->metric->branches[k].from == from;
    if (counted) continue;
    *filtered += a->tallies[from->index].filtered;
    *rejected += a->tallies[from->index].rejected;
  }
}

/* None of the records that the exports do hold is used: the source's own `where`
 * filters them, or none can be read. */
static bool say_none_used(pl_buf *out, const about *a) {
  uint64_t filtered = 0, rejected = 0;
  count_left_out(a, &filtered, &rejected);
  if (filtered + rejected == 0) return false;
  pl_buf_text(out, "There is nothing to follow: ");
  if (filtered > 0) {
    pl_buf_text(out, filtered > 1 ? "none of " : "");
    pl_say_origins(out, a->metric, filtered);
    pl_buf_text(out, filtered > 1 ? " passes the source's own `where`"
                                  : " does not pass the source's own `where`");
  }
  if (filtered > 0 && rejected > 0) pl_buf_text(out, ", and ");
  if (rejected > 0) {
    pl_say_origins(out, a->metric, rejected);
    pl_buf_text(out, " could not be used (rejects.csv)");
  }
  return true;
}

/* PL106: nothing in the export, nothing up to as_of, or nothing that is meant. */
static void say_no_records(pl_buf *out, const about *a) {
  if (used_records(a->evidence) > 0 && has_conditions(a->metric)) {
    pl_buf_text(out, "No record of this metric is in the exports: none of ");
    pl_say_origins(out, a->metric, used_records(a->evidence));
    pl_buf_text(out, " meets its conditions");
  } else if (a->evidence->after_as_of > 0) {
    pl_buf_text(out, "Nothing to follow yet: ");
    pl_say_origins(out, a->metric, a->evidence->after_as_of);
    pl_buf_format(out, " %s later than the day of the audit, and there are no earlier ones",
                  a->evidence->after_as_of == 1 ? "is" : "are");
  } else if (!say_none_used(out, a)) {
    pl_buf_text(out, "There is nothing to follow: the exports hold no ");
    pl_say_origin_noun(out, a->metric);
  }
}

/* "5 lost and 3 open deals" */
static void say_lost_and_open(pl_buf *out, uint32_t lost, uint32_t open) {
  if (lost == 0 || open == 0) {
    pl_say_deals(out, lost ? lost : open, lost ? "lost" : "open");
    return;
  }
  pl_say_count(out, lost);
  pl_buf_text(out, " lost and ");
  pl_say_deals(out, open, "open");
}

static void say_only_lost(pl_buf *out, const about *a) {
  pl_buf_text(out, "Only ");
  say_lost_and_open(out, a->evidence->matched[PL_LOST].deals, a->evidence->matched[PL_OPEN].deals);
  pl_buf_text(out, " can be followed back to ");
  pl_say_origin_noun(out, a->metric);
  pl_buf_text(out, ", and no won deal");
}

static const char *anchor_words(const pl_metric *metric) {
  return metric->before == PL_BEFORE_CREATED ? "was created" : "closed";
}

static void say_match(pl_buf *out, const about *a, uint32_t deals) {
  pl_say_deals(out, deals, "won");
  pl_buf_text(out, deals == 1 ? " matches " : " match ");
  pl_say_origin_noun(out, a->metric);
}

/* PL105: after the anchor, or with a time missing, so that nothing can be shown. */
static void say_not_in_order(pl_buf *out, const about *a) {
  const pl_evidence *e = a->evidence;
  say_match(out, a, e->matched[PL_WON].deals);
  if (e->undated_origins > 0 && e->undated_origins >= e->origins) {
    pl_buf_text(out, ", but none of these records carries a time, so none can be shown to come "
                     "before a deal");
  } else if (e->undated_origins > 0 || e->undated_deals > 0) {
    pl_buf_format(out,
                  ", but no record can be shown to come before its deal %s: times are later, "
                  "or missing",
                  anchor_words(a->metric));
  } else {
    pl_buf_format(out, ", but only by records that came after the deal %s",
                  anchor_words(a->metric));
  }
}

static void say_out_of_window(pl_buf *out, const about *a) {
  char within[PL_TIME_TEXT];
  say_match(out, a, a->evidence->in_order[PL_WON].deals);
  bool window = false;
  for (size_t b = 0; b < a->metric->branches_n; b++) {
    if (a->metric->branches[b].within_us >= 0) window = true;
  }
  if (!window) {
    pl_buf_text(out, " in the right order, but none is the first deal after a record");
  } else if (pl_within_text(a->metric, within)[0]) {
    pl_buf_format(out, " in the right order, but none within %s", within);
  } else {
    pl_buf_text(out, " in the right order, but none within the time allowed");
  }
}

static void say_below_bar(pl_buf *out, const about *a) {
  const pl_evidence *e = a->evidence;
  if (!a->verdict->departed) pl_buf_text(out, "Only ");
  pl_say_deals(out, e->reached[PL_WON].deals, "won");
  pl_buf_text(out, " can be followed back to ");
  pl_say_origin_noun(out, a->metric);
  if (a->verdict->departed) {
    pl_buf_text(out, ", which is below this rule's own bar");
    return;
  }
  int64_t bar = a->metric->min_won > 0 ? a->metric->min_won : a->bound->model->policy.min_won;
  bool negative = e->won_countable < e->reached[PL_WON].deals;
  if (negative && bar <= 1) {
    pl_buf_text(out, e->reached[PL_WON].deals == 1 ? ", and its amount is negative"
                                                   : ", and their amounts are negative");
    return;
  }
  pl_buf_text(out, "; at least ");
  pl_say_count(out, (uint64_t)(bar > 1 ? bar : 1));
  pl_buf_text(out, bar > 1 ? " are asked for" : " is asked for");
  if (negative) {
    pl_buf_text(out, ", and deals with a negative amount do not count");
  }
}

static void say_unlinked(pl_buf *out, const about *a) {
  switch (a->verdict->code) {
  case 104: say_only_lost(out, a); return;
  case 105: say_not_in_order(out, a); return;
  case 106: say_no_records(out, a); return;
  case 113: say_out_of_window(out, a); return;
  case 114: say_below_bar(out, a); return;
  default: break;
  }
  pl_say_origins(out, a->metric, a->evidence->origins);
  pl_buf_text(out, " cannot be followed to any closed-won deal");
}

static void say_error(pl_buf *out, const about *a) {
  switch (a->verdict->code) {
  case 115:
    pl_buf_format(out, "Not audited: the export of %s is too old",
                  a->verdict->stale ? a->verdict->stale->def->name : "a source");
    return;
  case 111: pl_buf_text(out, "Not audited: its rule met a limit"); return;
  default: pl_buf_text(out, "Not audited: its rule could not be used"); return;
  }
}

void pl_say_headline(pl_buf *out, const pl_found *found, size_t metric) {
  const about a = {found->bound, &found->bound->metrics[metric], found->evidence[metric],
                   found->deals, &found->verdicts[metric],       found->tallies};
  switch (a.verdict->kind) {
  case PL_VERDICT_LINKED: say_linked(out, &a); return;
  case PL_VERDICT_NO_DIFFERENCE: say_no_difference(out, &a); return;
  case PL_VERDICT_TOO_EARLY: say_too_early(out, &a); return;
  case PL_VERDICT_UNLINKED: say_unlinked(out, &a); return;
  case PL_VERDICT_UNTRACED:
    pl_buf_text(out, "Nobody has said how this metric should lead to a deal");
    return;
  case PL_VERDICT_ERROR: say_error(out, &a); return;
  case PL_VERDICTS: return;
  }
}
