/* The rule's own judge(): what it may say, and why a metric was not audited. */
#include <stdio.h>
#include <string.h>

#include "trace/judge_private.h"
#include "trace/sentence.h"

bool pl_verdict_asks_rule(const pl_found *found, size_t metric) {
  const pl_verdict *verdict = &found->verdicts[metric];
  return found->bound->metrics[metric].def->judge.worker >= -1 &&
         verdict->kind != PL_VERDICT_ERROR && verdict->kind != PL_VERDICT_UNTRACED;
}

/* "No difference" needs a test that does not speak against it. */
static bool no_difference_permitted(const pl_evidence *evidence, const pl_verdict *standard) {
  const pl_difference *d = &standard->difference;
  return evidence->reached[PL_WON].deals > 0 && d->tested && d->fisher.low <= 1 &&
         d->fisher.high >= 1;
}

bool pl_verdict_permitted(const pl_evidence *evidence, const pl_deals *deals,
                          const pl_verdict *standard, const char *name) {
  pl_verdict_kind kind;
  if (!pl_verdict_of(name, &kind)) return false;
  if (standard->kind == PL_VERDICT_ERROR || standard->kind == PL_VERDICT_UNTRACED) return false;
  if (kind == standard->kind) return true;
  switch (kind) {
  case PL_VERDICT_LINKED: return evidence->won_countable > 0;
  case PL_VERDICT_NO_DIFFERENCE: return no_difference_permitted(evidence, standard);
  case PL_VERDICT_TOO_EARLY:
    return evidence->origins > 0 && deals->cycle_us >= 0 && standard->young;
  case PL_VERDICT_UNLINKED: return true;
  case PL_VERDICT_UNTRACED:
  case PL_VERDICT_ERROR:
  case PL_VERDICTS: break;
  }
  return false;
}

static int code_of(const pl_evidence *evidence, pl_verdict_kind kind) {
  switch (kind) {
  case PL_VERDICT_NO_DIFFERENCE: return 108;
  case PL_VERDICT_TOO_EARLY: return 107;
  case PL_VERDICT_UNLINKED: return pl_judge_unlinked_code(evidence);
  default: return 0;
  }
}

/* "linked, unlinked": what would have been accepted. */
static void list_permitted(const pl_evidence *evidence, const pl_deals *deals,
                           const pl_verdict *standard, char *out, size_t size) {
  size_t used = 0;
  out[0] = 0;
  for (int kind = 0; kind < PL_VERDICTS; kind++) {
    const char *name = pl_verdict_name((pl_verdict_kind)kind);
    if (!pl_verdict_permitted(evidence, deals, standard, name)) continue;
    int n = snprintf(out + used, size - used, "%s%s", used ? ", " : "", name);
    if (n < 0 || (size_t)n >= size - used) return;
    used += (size_t)n;
  }
}

static const char *reason_against(const pl_evidence *evidence, const pl_verdict *standard,
                                  const char *name) {
  pl_verdict_kind kind;
  if (!pl_verdict_of(name, &kind)) return "there is no such verdict";
  if (kind == PL_VERDICT_LINKED) {
    return evidence->reached[PL_WON].deals > 0 ? "it reaches won deals only with negative amounts"
                                               : "it reaches no won deal";
  }
  if (kind == PL_VERDICT_NO_DIFFERENCE) {
    if (evidence->reached[PL_WON].deals == 0) return "it reaches no won deal";
    return standard->difference.tested ? "the 95 % interval of the odds does not include 1"
                                       : "there was no test of won against lost";
  }
  if (kind == PL_VERDICT_TOO_EARLY) {
    return "not every record with a key is younger than a known sales cycle";
  }
  return "only the audit itself gives this verdict";
}

static pl_error *new_error(pl_arena *arena) {
  return pl_arena_alloc(arena, sizeof(pl_error));
}

static bool refuse(pl_arena *arena, const pl_found *found, size_t i, const char *name,
                   pl_verdict *verdict) {
  const pl_metric_def *def = found->bound->metrics[i].def;
  const pl_evidence *evidence = found->evidence[i];
  pl_error *error = new_error(arena);
  if (!error) return false;
  char permitted[128];
  list_permitted(evidence, found->deals, verdict, permitted, sizeof permitted);
  pl_fail_at(error, PL_E_RULE, def->site,
             "judge of %s answered \"%.64s\", which the evidence does not permit: %s", def->id,
             name, reason_against(evidence, verdict, name));
  pl_hint(error, "permitted here: %s; or return nil to keep the standard verdict", permitted);
  verdict->error = error;
  pl_judge_set(verdict, PL_VERDICT_ERROR, 110);
  return true;
}

pl_status pl_verdict_take(pl_arena *arena, pl_found *found, size_t metric, const char *name,
                          const char *text, const pl_error *failed, int failed_code,
                          pl_error *err) {
  pl_verdict *verdict = &found->verdicts[metric];
  const pl_evidence *evidence = found->evidence[metric];
  if (failed) {
    verdict->error = failed;
    pl_judge_set(verdict, PL_VERDICT_ERROR, failed_code ? failed_code : 110);
    return PL_OK;
  }
  if (name && !pl_verdict_permitted(evidence, found->deals, verdict, name)) {
    return refuse(arena, found, metric, name, verdict) ? PL_OK : pl_fail_memory(err);
  }
  if (text && !(verdict->text = pl_arena_copy(arena, text, strlen(text)))) {
    return pl_fail_memory(err);
  }
  pl_verdict_kind kind;
  if (!name || !pl_verdict_of(name, &kind) || kind == verdict->kind) return PL_OK;
  verdict->departed = true;
  pl_judge_set(verdict, kind, code_of(evidence, kind));
  return PL_OK;
}

/* ---- why a metric was not audited -------------------------------------------------- */

const pl_error *pl_judge_limit_error(pl_arena *arena, const pl_metric *metric) {
  pl_error *error = new_error(arena);
  if (!error) return NULL;
  pl_fail_at(error, PL_E_RULE, metric->def->site,
             "a pattern of %s took more steps than are allowed", metric->def->id);
  pl_hint(error, "make the pattern of `matches` simpler, or use `like`");
  return error;
}

const pl_error *pl_judge_stale_error(pl_arena *arena, const pl_found *found,
                                     const pl_source *source) {
  pl_error *error = new_error(arena);
  if (!error) return NULL;
  const pl_tally *tally = &found->tallies[source->index];
  char limit[PL_TIME_TEXT], age[PL_TIME_TEXT], newest[PL_TIME_TEXT];
  pl_duration_text(source->fresh_us, limit);
  if (tally->newest.kind == PL_TIME_NONE) {
    pl_fail_at(error, PL_E_RULE, source->def->site,
               "%s is not fresh: it holds no record with a time up to the day of the audit; "
               "the limit is %s",
               source->def->name, limit);
  } else {
    pl_fail_at(error, PL_E_RULE, source->def->site,
               "%s is not fresh: its newest record is of %s, %s before the audit; the limit is %s",
               source->def->name, pl_time_text(tally->newest, found->bound->zone, newest),
               pl_span_text(pl_source_age(found->bound, tally), age), limit);
  }
  pl_hint(error, "export %s again, or change its `fresh`", source->def->name);
  return error;
}
