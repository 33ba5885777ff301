/* The built-in policy: evidence -> verdict (design.md §4.4). Words are made
 * later, in result.c and sentence.c. */
#ifndef PL_TRACE_JUDGE_H
#define PL_TRACE_JUDGE_H

#include "trace/evidence.h"
#include "trace/stats.h"

typedef enum pl_verdict_kind {
  PL_VERDICT_LINKED,
  PL_VERDICT_NO_DIFFERENCE,
  PL_VERDICT_TOO_EARLY,
  PL_VERDICT_UNLINKED,
  PL_VERDICT_UNTRACED,
  PL_VERDICT_ERROR,
  PL_VERDICTS
} pl_verdict_kind;

/* Does the metric tell won from lost? */
typedef enum pl_answer {
  PL_ANSWER_TELLS,
  PL_ANSWER_CANNOT_TELL,
  PL_ANSWER_NO_DIFFERENCE,
  PL_ANSWER_NO_LOST, /* no lost deal in these exports */
  PL_ANSWER_TOO_FEW  /* fewer than PL_TEST_FROM won or lost deals in the comparison */
} pl_answer;
#define PL_TEST_FROM 5

typedef struct pl_difference {
  bool tested;      /* there is a p: enough won and lost, and the metric reaches some */
  pl_fisher fisher; /* of evidence->main */
  double q;         /* over all metrics tested in the audit */
  bool has_naive;   /* `main` is the landmark table, the naive one stands beside it */
  pl_fisher naive;
  pl_answer answer;
} pl_difference;

typedef struct pl_verdict {
  pl_verdict_kind kind;
  int code; /* 101..115; 0 for linked */
  bool flagged;
  /* Where the trace breaks: the branch that names it and the number of the step
   * after which nothing is followed. -1 / 0: it does not break. */
  int branch, step;
  bool young;    /* every origin with a usable key is younger than the sales cycle */
  bool few_keys; /* note PL112 */
  pl_difference difference;
  const pl_error *error;  /* PL_VERDICT_ERROR: why it was not audited; may be NULL (PL115) */
  const pl_source *stale; /* PL115 */
  /* What the rule's own judge() said. */
  bool departed; /* the verdict above is judge's, this was the standard one: */
  pl_verdict_kind standard;
  int standard_code;
  const char *text; /* judge's sentence or NULL */
} pl_verdict;

/* What an audit found, as plain pointers: from a pl_run (pl_found_of_run), or
 * made by hand in a test. Everything is borrowed. */
typedef struct pl_found {
  const pl_bound *bound;
  const pl_evidence *const *evidence; /* one per metric of `bound` */
  const pl_deals *deals;
  const pl_tally *tallies;   /* by source index */
  const pl_rejects *rejects; /* or NULL */
  pl_verdict *verdicts;      /* one per metric; pl_judge_all makes them */
} pl_found;

/* Fills all but `verdicts` from a finished run (found.c). */
pl_status pl_found_of_run(pl_arena *arena, const pl_bound *bound, const pl_run *run, pl_found *out,
                          pl_error *err);

/* The standard verdict of every metric, in `found->verdicts` (in `arena`). */
pl_status pl_judge_all(pl_arena *arena, pl_found *found, pl_error *err);

/* Whether judge() has anything to say here: the metric has one and was audited. */
bool pl_verdict_asks_rule(const pl_found *found, size_t metric);

/* Whether evidence permits the verdict `name` ("linked", "no_difference",
 * "too_early", "unlinked"): never one that claims more than the evidence holds. */
bool pl_verdict_permitted(const pl_evidence *evidence, const pl_deals *deals,
                          const pl_verdict *standard, const char *name);

/* Takes the answer of the rule's judge() for one metric: `name` NULL keeps the
 * standard verdict; `failed` (or a verdict that is not permitted, PL110) makes the
 * metric an error. */
pl_status pl_verdict_take(pl_arena *arena, pl_found *found, size_t metric, const char *name,
                          const char *text, const pl_error *failed, int failed_code, pl_error *err);

const char *pl_verdict_name(pl_verdict_kind kind); /* "linked", … */
bool pl_verdict_of(const char *name, pl_verdict_kind *out);
const char *pl_answer_name(pl_answer answer);

/* A source's age against as_of in microseconds (whole days where either is a
 * date), and whether it keeps its `fresh` limit. With no record at all the age
 * is -1, and a limit is not kept. */
int64_t pl_source_age(const pl_bound *bound, const pl_tally *tally);
bool pl_source_is_fresh(const pl_bound *bound, const pl_source *source, const pl_tally *tally);

#endif
