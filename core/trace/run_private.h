/* The inside of a run, for the files that make evidence of it. */
#ifndef PL_TRACE_RUN_PRIVATE_H
#define PL_TRACE_RUN_PRIVATE_H

#include "trace/stream.h"

#define PL_LANDMARK_DAYS 30

struct pl_run {
  pl_bound *bound;
  pl_run_options options;
  unsigned threads;
  pl_scan scan;
  pl_table **tables; /* by source index; NULL: not held */
  pl_deals *deals;   /* lives with its table */
  pl_scratch scratch;
  pl_route_parts parts;
  pl_route **routes;
  size_t routes_n, routes_cap;
  pl_route ***route_of; /* [metric][branch]; NULL: no steps */
  pl_tracker *trackers; /* [metric] */
  pl_deal_seen *seen;   /* [metric][deal] */
  pl_values *values;    /* of breakdowns by columns of origins */
  pl_anchors anchors;
  pl_evidence *evidence;             /* per metric */
  pl_arena arena;                    /* of this attempt */
  pl_arena finished[PL_MAX_THREADS]; /* evidence, by the thread that finished it */
};

/* How the time check of one branch works: anchors, units, windows. */
void pl_starter_clock(const pl_run *run, pl_starter *starter);

/* --- finish.c: trackers -> evidence, one metric --- */
pl_status pl_finish_metric(pl_run *run, size_t metric, pl_error *err);
/* --- steps.c: the counts of every step of one branch --- */
bool pl_finish_steps(pl_run *run, size_t metric, size_t branch, pl_branch_evidence *out);
/* --- compare.c: won against lost --- */
void pl_finish_compare(pl_run *run, size_t metric, pl_evidence *out);
/* --- breakdown.c: `by` --- */
bool pl_finish_by(pl_run *run, size_t metric, pl_evidence *out);
/* --- proof.c: chains of records --- */
bool pl_finish_proofs(pl_run *run, size_t metric, pl_evidence *out);

/* Adds one deal to a count. */
void pl_count_deal(const pl_deals *deals, uint32_t deal, pl_money_count *count);

#endif
