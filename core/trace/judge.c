/* The built-in policy: which verdict the evidence permits, in the order of
 * design.md §4.4. The rule's own judge() is checked in judge_rule.c. */
#include "trace/judge.h"

#include <assert.h>
#include <math.h>

#include "trace/judge_private.h"

static const char *const verdict_names[PL_VERDICTS] = {
    [PL_VERDICT_LINKED] = "linked",       [PL_VERDICT_NO_DIFFERENCE] = "no_difference",
    [PL_VERDICT_TOO_EARLY] = "too_early", [PL_VERDICT_UNLINKED] = "unlinked",
    [PL_VERDICT_UNTRACED] = "untraced",   [PL_VERDICT_ERROR] = "error"};

const char *pl_verdict_name(pl_verdict_kind kind) {
  assert(kind < PL_VERDICTS);
  return verdict_names[kind];
}

bool pl_verdict_of(const char *name, pl_verdict_kind *out) {
  for (int kind = 0; name && kind < PL_VERDICTS; kind++) {
    if (strcmp(name, verdict_names[kind]) == 0) {
      *out = (pl_verdict_kind)kind;
      return true;
    }
  }
  return false;
}

const char *pl_answer_name(pl_answer answer) {
  switch (answer) {
  case PL_ANSWER_TELLS: return "tells";
  case PL_ANSWER_NO_DIFFERENCE: return "no_difference";
  case PL_ANSWER_NO_LOST: return "no_lost";
  case PL_ANSWER_TOO_FEW: return "too_few";
  case PL_ANSWER_CANNOT_TELL: break;
  }
  return "cannot_tell";
}

/* ---- fresh ------------------------------------------------------------------- */

/* From `then` to `now`; whole days where either is a date (design.md §4.2). */
static int64_t elapsed(pl_time then, pl_time now) {
  if (then.kind == PL_TIME_DATE || now.kind == PL_TIME_DATE) {
    return ((int64_t)now.day - then.day) * PL_DAY_US;
  }
  return now.us - then.us;
}

int64_t pl_source_age(const pl_bound *bound, const pl_tally *tally) {
  if (tally->newest.kind == PL_TIME_NONE) return -1;
  int64_t age = elapsed(tally->newest, bound->as_of);
  return age > 0 ? age : 0;
}

bool pl_source_is_fresh(const pl_bound *bound, const pl_source *source, const pl_tally *tally) {
  if (source->fresh_us < 0) return true;
  int64_t age = pl_source_age(bound, tally);
  return age >= 0 && age <= source->fresh_us;
}

/* ---- where it breaks ------------------------------------------------------------ */

static bool blank_at_break(const pl_branch_evidence *branch) {
  return branch->breaks_at > 0 && branch->steps[branch->breaks_at - 1].with_key == 0;
}

/* A metric breaks when no branch that has records gets through. The code is
 * PL102 only when the key is blank at every break; the branch that got furthest
 * names the place, among those that break for the reason that the code names. */
int pl_judge_break(const pl_evidence *evidence, int *branch, int *step) {
  *branch = -1;
  *step = 0;
  bool all_blank = true;
  for (size_t b = 0; b < evidence->branches_n; b++) {
    if (evidence->branches[b].origins == 0) continue;
    if (evidence->branches[b].breaks_at == 0) return 0;
    if (!blank_at_break(&evidence->branches[b])) all_blank = false;
  }
  for (size_t b = 0; b < evidence->branches_n; b++) {
    const pl_branch_evidence *one = &evidence->branches[b];
    if (one->origins == 0 || blank_at_break(one) != all_blank) continue;
    if (one->breaks_at <= *step) continue;
    *branch = (int)b;
    *step = one->breaks_at;
  }
  if (*step == 0) return 0;
  return all_blank ? 102 : 103;
}

/* ---- the numbers of the test -------------------------------------------------------- */

static bool testable(const pl_table22 *t) {
  return t->won_with + t->won_without >= PL_TEST_FROM &&
         t->lost_with + t->lost_without >= PL_TEST_FROM && t->won_with + t->lost_with > 0;
}

static pl_fisher fisher_of(const pl_table22 *t) {
  return pl_fisher_exact(t->won_with, t->won_without, t->lost_with, t->lost_without);
}

static bool any_lost(const pl_deals *deals) {
  for (uint32_t i = 0; i < deals->n; i++) {
    if (deals->items[i].status == PL_LOST) return true;
  }
  return false;
}

static void test_one(const pl_evidence *evidence, bool lost, pl_difference *out) {
  const pl_table22 *t = &evidence->main;
  out->has_naive = evidence->landmark;
  if (evidence->landmark) out->naive = fisher_of(&evidence->naive);
  out->answer = PL_ANSWER_CANNOT_TELL;
  if (!lost) {
    out->answer = PL_ANSWER_NO_LOST;
  } else if (t->won_with + t->won_without < PL_TEST_FROM ||
             t->lost_with + t->lost_without < PL_TEST_FROM) {
    out->answer = PL_ANSWER_TOO_FEW;
  } else if (testable(t)) {
    out->tested = true;
    out->fisher = fisher_of(t);
  }
}

/* Tests every metric and ranks the p-values over the audit. */
static bool test_all(const pl_found *found, pl_verdict *verdicts) {
  size_t n = found->bound->metrics_n, tested = 0;
  double *p = pl_calloc(n ? n : 1, 2 * sizeof *p);
  if (!p) return false;
  double *q = p + n;
  bool lost = any_lost(found->deals);
  for (size_t i = 0; i < n; i++) {
    if (verdicts[i].kind == PL_VERDICT_ERROR || verdicts[i].kind == PL_VERDICT_UNTRACED) continue;
    test_one(found->evidence[i], lost, &verdicts[i].difference);
    if (verdicts[i].difference.tested) p[tested++] = verdicts[i].difference.fisher.p;
  }
  bool ok = pl_q_values(p, tested, q);
  for (size_t i = 0, t = 0; ok && i < n; i++) {
    if (verdicts[i].difference.tested) verdicts[i].difference.q = q[t++];
  }
  pl_free(p);
  return ok;
}

static void answer_one(const pl_evidence *evidence, const pl_policy *policy,
                       pl_difference *difference) {
  if (!difference->tested) return;
  const pl_fisher *f = &difference->fisher;
  if (evidence->reached[PL_WON].deals > 0 && f->high < policy->no_difference_below) {
    difference->answer = PL_ANSWER_NO_DIFFERENCE;
  } else if (f->low > 1 && difference->q <= policy->q) {
    difference->answer = PL_ANSWER_TELLS;
  }
}

/* ---- the verdict ----------------------------------------------------------------------- */

static bool is_young(const pl_found *found, const pl_evidence *evidence) {
  const pl_deals *deals = found->deals;
  if (deals->cycle_us < 0 || evidence->origins == 0 || evidence->with_key == 0) return false;
  pl_time oldest = evidence->oldest_usable, now = found->bound->as_of;
  if (oldest.kind == PL_TIME_NONE) return false;
  int64_t age =
      deals->cycle_days ? ((int64_t)now.day - oldest.day) * PL_DAY_US : elapsed(oldest, now);
  return age < deals->cycle_us;
}

static bool rests_on_few_keys(const pl_evidence *evidence, const pl_policy *policy) {
  uint32_t reached = evidence->reached[PL_WON].deals;
  return reached > 0 && (int64_t)reached >= policy->few_keys_from &&
         (double)evidence->top_key_won > policy->few_keys * (double)reached;
}

static int64_t bar_of(const pl_metric *metric, const pl_policy *policy) {
  int64_t bar = metric->min_won > 0 ? metric->min_won : policy->min_won;
  return bar > 1 ? bar : 1;
}

int pl_judge_unlinked_code(const pl_evidence *evidence) {
  int branch, step;
  if (evidence->origins == 0) return 106;
  int broken = pl_judge_break(evidence, &branch, &step);
  if (broken) return broken;
  if (evidence->reached[PL_WON].deals > 0) return 114;
  if (evidence->in_order[PL_WON].deals > 0) return 113;
  if (evidence->matched[PL_WON].deals > 0) return 105;
  if (evidence->matched[PL_LOST].deals > 0 || evidence->matched[PL_OPEN].deals > 0) return 104;
  return 103;
}

void pl_judge_set(pl_verdict *verdict, pl_verdict_kind kind, int code) {
  verdict->kind = kind;
  verdict->code = code;
  verdict->flagged = kind == PL_VERDICT_UNLINKED || kind == PL_VERDICT_UNTRACED;
}

/* The cells of §4.4 from "no records" on, for a metric that was audited. */
static void decide(const pl_found *found, size_t i, pl_verdict *verdict) {
  const pl_metric *metric = &found->bound->metrics[i];
  const pl_policy *policy = &found->bound->model->policy;
  const pl_evidence *evidence = found->evidence[i];
  int code = pl_judge_unlinked_code(evidence);
  pl_judge_break(evidence, &verdict->branch, &verdict->step);
  verdict->young = is_young(found, evidence);
  verdict->few_keys = rests_on_few_keys(evidence, policy);
  answer_one(evidence, policy, &verdict->difference);
  if (code == 106) {
    pl_judge_set(verdict, PL_VERDICT_UNLINKED, 106);
  } else if (verdict->difference.answer == PL_ANSWER_NO_DIFFERENCE) {
    pl_judge_set(verdict, PL_VERDICT_NO_DIFFERENCE, 108);
  } else if ((int64_t)evidence->won_countable >= bar_of(metric, policy)) {
    pl_judge_set(verdict, PL_VERDICT_LINKED, 0);
  } else if (code != 102 && verdict->young) {
    pl_judge_set(verdict, PL_VERDICT_TOO_EARLY, 107);
  } else {
    pl_judge_set(verdict, PL_VERDICT_UNLINKED, code);
  }
}

/* `error` and `untraced`: nothing was followed, so there is nothing to test. */
static bool set_aside(pl_arena *arena, const pl_found *found, size_t i, pl_verdict *verdict) {
  const pl_metric *metric = &found->bound->metrics[i];
  const pl_error *failed = metric->failed ? metric->failed : metric->def->failed;
  const pl_source *source;
  uint64_t records;
  if (failed) {
    int code = metric->failed ? metric->failed_code : metric->def->failed_code;
    pl_judge_set(verdict, PL_VERDICT_ERROR, code ? code : 110);
    verdict->error = failed;
  } else if (metric->def->branches_n == 0) {
    pl_judge_set(verdict, PL_VERDICT_UNTRACED, 101);
  } else if (found->evidence[i]->failed_limit) {
    pl_judge_set(verdict, PL_VERDICT_ERROR, 111);
    verdict->error = pl_judge_limit_error(arena, metric);
  } else if (pl_judge_unread(found, i, &source, &records)) {
    pl_judge_set(verdict, PL_VERDICT_ERROR, 110);
    verdict->error = pl_judge_unread_error(arena, found, i);
  } else if ((verdict->stale = pl_judge_stale(found, metric))) {
    pl_judge_set(verdict, PL_VERDICT_ERROR, 115);
    verdict->error = pl_judge_stale_error(arena, found, verdict->stale);
  } else {
    return false;
  }
  return true;
}

pl_status pl_judge_all(pl_arena *arena, pl_found *found, pl_error *err) {
  size_t n = found->bound->metrics_n;
  pl_verdict *verdicts = pl_arena_array(arena, n ? n : 1, sizeof *verdicts);
  if (!verdicts) return pl_fail_memory(err);
  for (size_t i = 0; i < n; i++) {
    verdicts[i].branch = -1;
    if (!set_aside(arena, found, i, &verdicts[i])) verdicts[i].kind = PL_VERDICT_UNLINKED;
  }
  if (arena->failed || !test_all(found, verdicts)) return pl_fail_memory(err);
  for (size_t i = 0; i < n; i++) {
    if (verdicts[i].kind == PL_VERDICT_UNLINKED) decide(found, i, &verdicts[i]);
    verdicts[i].standard = verdicts[i].kind;
    verdicts[i].standard_code = verdicts[i].code;
  }
  found->verdicts = verdicts;
  return PL_OK;
}
