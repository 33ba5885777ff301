/* The inside of evaluating records (pl_row_eval), and records of one file one after
 * another: what is the same for all of them is worked out once. */
#ifndef PL_TRACE_ROW_H
#define PL_TRACE_ROW_H

#include "trace/bound.h"

/* Everything that evaluating one record needs at hand. */
typedef struct pl_row {
  const pl_bound *bound;
  const pl_source *source;
  size_t input;
  const pl_record *record;
  pl_scratch *scratch;
  pl_cell *slots;
  pl_reject *reject;
} pl_row;

/* --- row.c: of any kind --- */
pl_row_fate pl_row_slot(pl_row *row, int slot);
/* The source's filter. */
pl_row_fate pl_row_where(pl_row *row);
/* What a sample showed is held against every value, until all were surveyed. */
static inline bool pl_row_is_assumed(const pl_bound *bound) {
  return !bound->surveyed && !bound->surveying;
}

/* --- row_plan.c --- */
typedef struct pl_row_op {
  enum {
    PL_ROW_ANY,  /* as pl_row_slot does it */
    PL_ROW_TEXT, /* a column of the file whose text is all that is asked for */
    PL_ROW_TIME  /* and one of times */
  } kind;
  int slot, cell;
  uint8_t kinds;   /* bits of pl_time_kind that contradict nothing */
  uint64_t blanks; /* bit n: a text of n bytes counts as blank; bit 63: of 63 and more */
  pl_time_run times;
} pl_row_op;

/* How the records of one file become cells. One thread's own. */
typedef struct pl_row_plan {
  const pl_bound *bound;
  const pl_source *source; /* NULL: not made */
  size_t input;
  pl_row_op *ops; /* in the order of the source's slots */
  size_t ops_cap, filtered_n, timed_n, n;
  bool checks_time; /* whether a record is after as_of */
  bool computes;    /* some slot is computed */
} pl_row_plan;      /* zero-initialise */

/* False: memory is out. */
bool pl_row_plan_make(pl_row_plan *plan, const pl_bound *bound, const pl_source *source,
                      size_t input);
void pl_row_plan_free(pl_row_plan *plan);
/* What pl_row_eval does. Of a slot that only asks for a text the cell's number and
 * time are left as they are: `slots` is zeroed before it is used for the first
 * record, and serves this source alone. */
pl_row_fate pl_row_plan_eval(pl_row_plan *plan, const pl_record *record, pl_scratch *scratch,
                             pl_cell *slots, pl_reject *reject);

#endif
