/* One trace of a metric: its tables, keys, conditions and time limits. */
#include "trace/bind.h"
#include "trace/condition.h"
#include "trace/expression.h"

/* A condition on how deals ended would choose what the audit is to find out. */
static pl_status check_outcome(pl_binder *b, pl_source *source, const pl_conditions *where,
                               pl_error *err) {
  for (size_t i = 0; i < where->n; i++) {
    const pl_condition *c = &where->items[i];
    int slot;
    pl_status status = pl_bind_column(b, source, c->column, 0, c->site, &slot, err);
    if (status != PL_OK) return status;
    if (!pl_slot_is_outcome(b->bound, source, slot)) continue;
    pl_fail_at(err, PL_E_USAGE, c->site,
               "a trace cannot choose deals by \"%s\": it tells how they "
               "ended, so it would select the outcome",
               c->column);
    return pl_hint(err, "every report counts won, lost and open deals apart; drop the condition");
  }
  return PL_OK;
}

static pl_status check_step_column(pl_binder *b, const pl_source *source, int slot, pl_site site,
                                   pl_error *err) {
  if (!pl_slot_is_outcome(b->bound, source, slot)) return PL_OK;
  pl_fail_at(err, PL_E_USAGE, site,
             "a trace cannot step by \"%s\" of \"%s\": it tells how deals ended, so it would "
             "select the outcome",
             source->slots[slot].name, source->def->name);
  return pl_hint(err, "step by a key that deals have whatever becomes of them");
}

static pl_status bind_where(pl_binder *b, pl_source *source, const pl_conditions *where,
                            pl_predicate **out, pl_error *err) {
  pl_status status = pl_predicate_bind(b, source, where, out, err);
  return status == PL_OK ? check_outcome(b, source, where, err) : status;
}

static pl_status bind_step(pl_binder *b, pl_source *from, const pl_step_def *def, pl_step *out,
                           pl_error *err) {
  pl_key key;
  out->def = def;
  out->from = from;
  out->next = def->next;
  pl_status status = pl_bind_source(b->bound, def->table, def->site, &out->to, err);
  if (status == PL_OK) status = pl_bind_step_key(b->bound, from, def, out->to, &key, err);
  if (status != PL_OK) return status;
  out->to->held = true;
  out->key_n = key.n;
  for (size_t i = 0; status == PL_OK && i < key.n; i++) {
    status = pl_bind_column(b, from, key.here[i], PL_USE_TEXT, def->site, &out->here[i], err);
    if (status == PL_OK)
      status =
          pl_bind_column(b, out->to, key.there[i], PL_USE_TEXT, def->site, &out->there[i], err);
    if (status == PL_OK) status = check_step_column(b, from, out->here[i], def->site, err);
    if (status == PL_OK) status = check_step_column(b, out->to, out->there[i], def->site, err);
  }
  if (status == PL_OK) status = bind_where(b, out->to, &def->where, &out->where, err);
  return status;
}

static pl_status bind_steps(pl_binder *b, const pl_trace_def *trace, pl_branch *out,
                            pl_error *err) {
  pl_status status = PL_OK;
  pl_source *at = out->from;
  if (trace->steps_n > PL_MAX_STEPS)
    return pl_fail_at(err, PL_E_USAGE, trace->site,
                      "a trace has at most %d steps, this one has %zu", PL_MAX_STEPS,
                      trace->steps_n);
  out->steps = pl_arena_array(&b->bound->arena, trace->steps_n, sizeof *out->steps);
  if (!out->steps) return pl_fail_memory(err);
  for (size_t i = 0; status == PL_OK && i < trace->steps_n; i++) {
    status = bind_step(b, at, &trace->steps[i], &out->steps[i], err);
    out->steps_n = i + 1;
    at = out->steps[i].to;
  }
  if (status != PL_OK || at->is_deals) return status;
  pl_site site = out->steps_n ? trace->steps[out->steps_n - 1].site : trace->site;
  pl_fail_at(err, PL_E_USAGE, site, "the trace ends in \"%s\"; a trace must end in deals",
             at->def->name);
  return pl_hint(err, "go on with :to \"deals\"");
}

static pl_status check_next(const pl_metric *metric, const pl_branch *branch, pl_error *err) {
  for (size_t i = 0; i < branch->steps_n; i++) {
    const pl_step *step = &branch->steps[i];
    pl_site site = step->def->site;
    if (!step->next) continue;
    if (i + 1 < branch->steps_n || !step->to->is_deals)
      return pl_fail_at(err, PL_E_USAGE, site,
                        "which = \"next\" belongs to the last step, into "
                        "deals");
    if (metric->before == PL_BEFORE_ANY) {
      pl_fail_at(err, PL_E_USAGE, site, "which = \"next\" has no meaning with before = \"any\"");
      return pl_hint(err, "the next deal is the first one that is not before the record: use "
                          "before = \"closed\" or \"created\"");
    }
    if (branch->from->time != PL_NO_SLOT) continue;
    pl_fail_at(err, PL_E_USAGE, site, "which = \"next\" needs the time of the records of \"%s\"",
               branch->from->def->name);
    return pl_hint(err, "add time = \"…\" to source \"%s\"", branch->from->def->name);
  }
  return PL_OK;
}

/* A limit that was asked for but cannot be checked must not be passed over. */
static pl_status check_limit(const pl_metric *metric, const pl_branch *branch, const char *text,
                             pl_site site, pl_error *err) {
  if (metric->before == PL_BEFORE_ANY) {
    pl_fail_at(err, PL_E_USAGE, site, "within = \"%s\" cannot be checked with before = \"any\"",
               text);
    return pl_hint(err, "drop one of the two");
  }
  if (branch->from->time != PL_NO_SLOT) return PL_OK;
  pl_fail_at(err, PL_E_USAGE, site,
             "within = \"%s\" cannot be checked: the records of \"%s\" have "
             "no time",
             text, branch->from->def->name);
  return pl_hint(err, "add time = \"…\" to source \"%s\"", branch->from->def->name);
}

static pl_status tighten(const pl_metric *metric, pl_branch *branch, const char *text, pl_site site,
                         pl_error *err) {
  int64_t us;
  if (!text) return PL_OK;
  pl_status status = pl_bind_duration(text, "within", site, &us, err);
  if (status == PL_OK) status = check_limit(metric, branch, text, site, err);
  if (status == PL_OK && (branch->within_us < 0 || us < branch->within_us)) branch->within_us = us;
  return status;
}

static pl_status bind_within(const pl_binder *b, const pl_metric *metric, pl_branch *branch,
                             pl_error *err) {
  const char *own = metric->def->within;
  bool checkable = metric->before != PL_BEFORE_ANY && branch->from->time != PL_NO_SLOT;
  pl_status status = PL_OK;
  branch->within_us = -1;
  if (own)
    status = tighten(metric, branch, own, metric->def->site, err);
  else if (checkable)
    status = tighten(metric, branch, b->model->within, b->model->site, err);
  for (size_t i = 0; status == PL_OK && i < branch->steps_n; i++) {
    const pl_step_def *step = branch->steps[i].def;
    status = tighten(metric, branch, step->within, step->site, err);
  }
  return status;
}

/* The anchor must be known where the order of records and deals is checked. */
static pl_status check_anchor(const pl_binder *b, const pl_metric *metric, const pl_branch *branch,
                              pl_error *err) {
  const pl_source *deals = b->bound->deals;
  bool created = metric->before == PL_BEFORE_CREATED;
  bool asked = metric->def->before || branch->from->time != PL_NO_SLOT;
  if (metric->before == PL_BEFORE_ANY || !asked) return PL_OK;
  if ((created ? deals->created : deals->closed) != PL_NO_SLOT) return PL_OK;
  const char *role = created ? "created" : "closed";
  pl_fail_at(err, PL_E_USAGE, metric->def->site,
             "before = \"%s\"%s needs to know when deals were "
             "%s",
             role, metric->def->before || b->model->before ? "" : " (the default)", role);
  return pl_hint(err, "add %s = \"…\" to deals in audit.lua, or write before = \"any\"", role);
}

pl_status pl_bind_branch(pl_binder *b, pl_metric *metric, const pl_trace_def *trace, pl_branch *out,
                         pl_error *err) {
  *out = (pl_branch){.def = trace, .by_step = -1, .by_slot = PL_NO_SLOT};
  pl_status status = pl_bind_source(b->bound, trace->table, trace->site, &out->from, err);
  if (status != PL_OK) return status;
  out->from->started = true;
  status = bind_where(b, out->from, &trace->where, &out->where, err);
  if (status == PL_OK) status = bind_steps(b, trace, out, err);
  if (status == PL_OK) status = check_next(metric, out, err);
  if (status == PL_OK) status = bind_within(b, metric, out, err);
  if (status == PL_OK) status = check_anchor(b, metric, out, err);
  return status;
}
