/* Which tables a metric's figures rest on, and whether each is fresh. */
#include "trace/condition.h"
#include "trace/expression.h"
#include "trace/judge_private.h"

typedef struct look {
  const pl_found *found;
  const pl_source *stale; /* the first one met */
} look;

typedef struct look_in { /* for pl_predicate_slots */
  look *look;
  const pl_source *source;
} look_in;

static void look_at(look *l, const pl_source *source) {
  if (!l->stale && !pl_source_is_fresh(l->found->bound, source, &l->found->tallies[source->index]))
    l->stale = source;
}

/* A column and all that it is computed from. Inputs have smaller slots, and load
 * order forbids tables that need each other: this ends. */
static void look_behind(look *l, const pl_source *source, int slot) {
  const pl_expression *e = slot < 0 || l->stale ? NULL : source->slots[slot].compute;
  for (size_t i = 0; e && i < e->inputs_n; i++) {
    look_behind(l, source, e->inputs[i]);
    if (e->table) look_behind(l, e->table, e->there[i]);
  }
  if (!e || !e->table) return;
  look_at(l, e->table);
  look_behind(l, e->table, e->take);
}

static void look_visited(void *ctx, int slot) {
  const look_in *in = ctx;
  look_behind(in->look, in->source, slot);
}

/* What decides which records a table has. */
static void look_at_table(look *l, const pl_source *source) {
  look_at(l, source);
  for (size_t i = 0; i < source->key_n; i++) look_behind(l, source, source->key[i]);
  look_behind(l, source, source->time);
  look_behind(l, source, source->duplicates_by);
  pl_predicate_slots(source->where, look_visited, &(look_in){l, source});
}

static void look_at_step(look *l, const pl_step *step) {
  for (size_t i = 0; i < step->key_n; i++) {
    look_behind(l, step->from, step->here[i]);
    look_behind(l, step->to, step->there[i]);
  }
  look_at_table(l, step->to);
  pl_predicate_slots(step->where, look_visited, &(look_in){l, step->to});
}

static void look_at_branch(look *l, const pl_branch *branch) {
  look_at_table(l, branch->from);
  pl_predicate_slots(branch->where, look_visited, &(look_in){l, branch->from});
  for (size_t k = 0; k < branch->steps_n; k++) look_at_step(l, &branch->steps[k]);
  if (branch->by_step < 0) return;
  const pl_source *by = branch->by_step ? branch->steps[branch->by_step - 1].to : branch->from;
  look_behind(l, by, branch->by_slot);
}

static void look_at_deals(look *l, const pl_bound *bound) {
  const pl_source *deals = bound->deals;
  const int roles[] = {deals->status, deals->amount, deals->currency, deals->closed,
                       deals->created};
  for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) look_behind(l, deals, roles[i]);
  if (deals->currency != PL_NO_SLOT && bound->rates_plan.source)
    look_at(l, bound->rates_plan.source);
}

const pl_source *pl_judge_stale(const pl_found *found, const pl_metric *metric) {
  look l = {found, NULL};
  for (size_t b = 0; b < metric->branches_n; b++) look_at_branch(&l, &metric->branches[b]);
  if (metric->branches_n) look_at_deals(&l, found->bound);
  return l.stale;
}
