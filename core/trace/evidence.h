/* Evidence: what running a plan found, for each metric. Numbers only; words
 * come later (judge.c, result.c, the views). */
#ifndef PL_TRACE_EVIDENCE_H
#define PL_TRACE_EVIDENCE_H

#include "trace/table.h"

/* Deals and their amounts: distinct deals, sum of the known amounts, and how
 * many amounts are unknown. */
typedef struct pl_money_count {
  uint32_t deals;
  uint32_t unknown;
  pl_sum amount;
} pl_money_count;

typedef struct pl_near_sample {
  pl_str here, there; /* shown keys */
} pl_near_sample;
#define PL_NEAR_SAMPLES 5

typedef struct pl_step_evidence {
  uint64_t in, with_key, matched, out;
  uint64_t followed; /* origins still followed after it, time ignored */
  uint32_t fan_median, fan_max;
  uint64_t fan_keys;   /* distinct keys that matched; 0: no fan-out */
  uint64_t not_unique; /* target keys with more than one record */
  pl_str not_unique_samples[3];
  const char *nothing;           /* a key that matched and reads like no value, "NULL"; or NULL */
  uint64_t unreadable, readable; /* records left out by a value that is no number or time;
                                    values that were one */
  uint64_t near_keys, near_records;
  pl_near_sample near[PL_NEAR_SAMPLES];
  size_t near_n;
  pl_money_count near_won; /* more won deals that would be reached */
} pl_step_evidence;

typedef struct pl_branch_evidence {
  uint64_t records;  /* used records of the source */
  uint64_t origins;  /* after conditions */
  uint64_t with_key; /* origins with a usable key at step 1 (all of them without steps) */
  uint64_t unreadable, readable; /* as of a step, by the conditions on origins */
  int breaks_at;                 /* 1.. the step after which nothing is followed; 0: none does */
  pl_step_evidence steps[PL_MAX_STEPS];
} pl_branch_evidence;

typedef enum pl_compared { PL_COMPARED_NOT, PL_COMPARED_DAYS, PL_COMPARED_SECONDS } pl_compared;

typedef struct pl_chain_link {
  const char *table;
  pl_place place;
  pl_str key; /* shown key that led on from this record; empty for the deal */
} pl_chain_link;
typedef struct pl_proof {
  uint32_t deal; /* row */
  pl_time origin;
  pl_chain_link links[PL_MAX_STEPS + 1];
  size_t links_n;
} pl_proof;
#define PL_PROOFS 3

/* A 2x2 table: deals that the metric reached or not, won and lost. */
typedef struct pl_table22 {
  uint32_t won_with, won_without, lost_with, lost_without;
} pl_table22;

typedef struct pl_by_row {
  pl_str value;
  bool blank;
  uint64_t origins;
  pl_money_count status[3]; /* PL_WON, PL_LOST, PL_OPEN */
} pl_by_row;
#define PL_MAX_BY 100000

typedef struct pl_evidence {
  const pl_metric *metric;
  bool failed_limit; /* a match limit was met: PL111 */
  pl_branch_evidence *branches;
  size_t branches_n;
  uint64_t origins;      /* united by (source, record) */
  uint64_t with_key;     /* of them, usable at the first step of some branch */
  pl_time first, last;   /* origins' times */
  pl_time oldest_usable; /* the oldest origin with a usable key; NONE if undated ones exist */
  uint64_t undated_origins, undated_deals;
  uint64_t after_as_of;
  uint64_t unreadable;  /* over all branches and steps */
  pl_compared compared; /* of all branches the least strict */
  bool has_time;        /* every branch's source has a time and before != any */
  pl_money_count matched[3], in_order[3], reached[3]; /* by status */
  pl_money_count refunds;                             /* reached won deals with a negative amount */
  uint32_t won_countable; /* reached won deals that count toward min_won (amount not negative) */
  /* deal side of the last step, won deals; they add up to all won deals */
  uint32_t last_blank, last_no_match, last_left_out, last_out_of_time, last_reached;
  /* first_to_close: lower median, over reached won deals */
  bool has_first_to_close;
  int64_t first_to_close_us;
  uint32_t first_to_close_deals;
  bool first_to_close_in_days;
  /* won against lost */
  bool landmark; /* `main` is the landmark table; else the naive one */
  pl_table22 main, naive;
  pl_proof proofs[PL_PROOFS];
  size_t proofs_n;
  /* won deals that a chain leads to but the time check leaves out: the largest */
  struct pl_out_of_time {
    uint32_t deal; /* row */
    pl_place place;
    bool undated;  /* the deal has no anchor, or no origin of it a time */
    bool in_order; /* only the window left it out, */
    bool later;    /* or, with which = "next", that it was not the first deal */
  } out_of_time[PL_PROOFS];
  size_t out_of_time_n;
  pl_by_row *by;
  size_t by_n;
  bool by_other;
  uint64_t by_other_values;
  pl_by_row other;
  /* PL112: the key that carries most reached won deals */
  pl_str top_key;
  uint32_t top_key_won;
} pl_evidence;

/* Runs every metric that is not failed over the loaded tables and streams the
 * rest past them. One evidence per metric of the bound plan (failed ones are
 * empty), in a new array in `arena`. */
typedef struct pl_run pl_run;
pl_status pl_run_new(pl_bound *bound, const pl_run_options *options, pl_run **out, pl_error *err);
void pl_run_free(pl_run *run);
/* Everything: load held tables, settle deals, stream, finish. Starts over by
 * itself when a sampled style was contradicted. */
pl_status pl_run_all(pl_run *run, pl_error *err);
/* The survey: reads the sources whose columns Lua functions read, in the order
 * in which they look each other up. After each, `answer` answers all rounds of
 * pl_asks_next that are due. Ends with pl_asks_finish. */
typedef pl_status (*pl_run_answer)(void *ctx, pl_asks *asks, pl_error *err);
pl_status pl_run_survey(pl_run *run, pl_asks *asks, pl_run_answer answer, void *ctx, pl_error *err);
const pl_evidence *pl_run_evidence(const pl_run *run, size_t metric);
const pl_deals *pl_run_deals(const pl_run *run);
const pl_scan *pl_run_scan(const pl_run *run); /* tallies, rejects */
/* The proof for one deal (by its id), or false: not reached. */
bool pl_run_proof(const pl_run *run, size_t metric, pl_str deal, pl_proof *out);

#endif
