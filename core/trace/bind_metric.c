/* Metrics: each is bound on its own, and one that cannot be bound leaves
 * nothing behind that would change how the others are read. */
#include "trace/bind.h"

/* What a metric may change in the sources, to be put back if it fails. */
typedef struct before_metric {
  size_t *slots_n;
  uint8_t **uses;
  bool *held, *started;
  size_t claims_n, asked_n;
  pl_arena arena;
} before_metric;

static bool remember(const pl_bound *bound, before_metric *m) {
  pl_arena *a = &m->arena;
  size_t n = bound->sources_n;
  m->slots_n = pl_arena_array(a, n, sizeof *m->slots_n);
  m->uses = pl_arena_array(a, n, sizeof *m->uses);
  m->held = pl_arena_array(a, n, sizeof *m->held);
  m->started = pl_arena_array(a, n, sizeof *m->started);
  m->claims_n = bound->own->claims_n;
  m->asked_n = bound->own->asked_n;
  for (size_t i = 0; !a->failed && i < n; i++) {
    const pl_source *source = &bound->sources[i];
    m->slots_n[i] = source->slots_n;
    m->held[i] = source->held;
    m->started[i] = source->started;
    m->uses[i] = pl_arena_array(a, source->slots_n, 1);
    for (size_t k = 0; m->uses[i] && k < source->slots_n; k++)
      m->uses[i][k] = source->slots[k].uses;
  }
  return !a->failed;
}

static void put_back(pl_bound *bound, const before_metric *m) {
  bound->own->claims_n = m->claims_n;
  bound->own->asked_n = m->asked_n;
  for (size_t i = 0; i < bound->sources_n; i++) {
    pl_source *source = &bound->sources[i];
    source->slots_n = m->slots_n[i];
    source->held = m->held[i];
    source->started = m->started[i];
    for (size_t k = 0; k < source->slots_n; k++) source->slots[k].uses = m->uses[i][k];
  }
}

pl_status pl_bind_fail_metric(pl_bound *bound, int index, const pl_error *why, pl_error *err) {
  pl_metric *metric = &bound->metrics[index];
  if (metric->failed) return PL_OK;
  pl_error *copy = pl_arena_alloc(&bound->arena, sizeof *copy);
  if (!copy) return pl_fail_memory(err);
  *copy = *why;
  metric->failed = copy;
  metric->failed_code = 110;
  return PL_OK;
}

pl_status pl_bind_before(const char *text, pl_site site, pl_before *out, pl_error *err) {
  static const char *const words[] = {"closed", "created", "any"};
  *out = PL_BEFORE_CLOSED;
  for (int i = 0; text && i < 3; i++) {
    *out = (pl_before)i;
    if (strcmp(text, words[i]) == 0) return PL_OK;
  }
  if (!text) return PL_OK;
  const char *nearest = pl_nearest(text, words, 3);
  pl_fail_at(err, PL_E_USAGE, site, "before = \"%s\" is not known", text);
  if (nearest) return pl_hint(err, "did you mean \"%s\"?", nearest);
  return pl_hint(err, "it is \"closed\", \"created\" or \"any\"");
}

/* ---- the breakdown ------------------------------------------------------------- */
/* The table that `by` is read from in one branch; NULL if the branch lacks it. */
static pl_source *by_table(const pl_metric_def *def, pl_branch *branch, int *step) {
  *step = 0;
  if (!def->by_table || strcmp(branch->from->def->name, def->by_table) == 0) return branch->from;
  for (size_t i = 0; i < branch->steps_n; i++) {
    *step = (int)i + 1;
    if (strcmp(branch->steps[i].to->def->name, def->by_table) == 0) return branch->steps[i].to;
  }
  return NULL;
}

static pl_status bind_by_in(pl_binder *b, pl_metric *metric, pl_branch *branch, pl_error *why,
                            pl_error *err) {
  int step;
  const pl_metric_def *def = metric->def;
  pl_source *source = by_table(def, branch, &step);
  if (!source) return PL_OK;
  bool has;
  pl_status status = pl_bind_has_column(source, def->by, &has, err);
  if (status != PL_OK) return status;
  if (!has) { /* an error only if no branch has it */
    if (why->status == PL_OK) pl_bind_exists(source, def->by, def->site, why);
    return PL_OK;
  }
  branch->by_step = step;
  metric->by = true;
  return pl_bind_column(b, source, def->by, PL_USE_TEXT, def->site, &branch->by_slot, err);
}

static pl_status bind_by(pl_binder *b, pl_metric *metric, pl_error *err) {
  const pl_metric_def *def = metric->def;
  pl_status status = PL_OK;
  pl_error why = {0};
  pl_source *source;
  if (!def->by) return PL_OK;
  if (def->by_table) status = pl_bind_source(b->bound, def->by_table, def->site, &source, err);
  for (size_t i = 0; status == PL_OK && i < metric->branches_n; i++)
    status = bind_by_in(b, metric, &metric->branches[i], &why, err);
  if (status != PL_OK || metric->by) return status;
  if (why.status != PL_OK) {
    if (err) *err = why;
    return why.status;
  }
  pl_fail_at(err, PL_E_USAGE, def->site,
             "by names the table \"%s\", which the trace does not enter", def->by_table);
  return pl_hint(err, "name a column of the first table, or { table, column } of one on the way");
}

/* ---- one metric ------------------------------------------------------------------ */
static pl_status bind_traced(pl_binder *b, pl_metric *metric, pl_error *err) {
  const pl_metric_def *def = metric->def;
  const char *before = def->before ? def->before : b->model->before;
  pl_status status = pl_bind_before(before, def->site, &metric->before, err);
  if (status != PL_OK) return status;
  if (def->branches_n > PL_MAX_BRANCHES)
    return pl_fail_at(err, PL_E_USAGE, def->site, "any joins at most %d traces, here are %zu",
                      PL_MAX_BRANCHES, def->branches_n);
  metric->branches = pl_arena_array(&b->bound->arena, def->branches_n, sizeof(pl_branch));
  if (!metric->branches) return pl_fail_memory(err);
  metric->branches_n = def->branches_n;
  for (size_t i = 0; status == PL_OK && i < def->branches_n; i++)
    status = pl_bind_branch(b, metric, &def->branches[i], &metric->branches[i], err);
  if (status == PL_OK) status = bind_by(b, metric, err);
  return status;
}

static pl_status bind_metric(pl_binder *b, pl_metric *metric, pl_error *err) {
  const pl_metric_def *def = metric->def;
  before_metric before = {0};
  pl_error why;
  pl_status status = PL_E_MEMORY;
  metric->min_won = def->min_won > 0 ? def->min_won : b->model->policy.min_won;
  metric->failed = def->failed;
  metric->failed_code = def->failed_code;
  if (def->failed || def->branches_n == 0) return PL_OK;
  if (!remember(b->bound, &before)) goto done;
  b->metric = metric->index;
  status = bind_traced(b, metric, &why);
  b->metric = -1;
  if (status == PL_OK || status == PL_E_MEMORY) goto done;
  put_back(b->bound, &before);
  metric->branches_n = 0;
  metric->by = false;
  status = pl_bind_fail_metric(b->bound, metric->index, &why, &why);
done:
  pl_arena_free(&before.arena);
  return status == PL_OK ? PL_OK : pl_fail_memory(err);
}

pl_status pl_bind_metrics(pl_binder *b, pl_error *err) {
  pl_bound *bound = b->bound;
  pl_status status = PL_OK;
  bound->metrics = pl_arena_array(&bound->arena, b->model->metrics_n, sizeof *bound->metrics);
  if (!bound->metrics) return pl_fail_memory(err);
  bound->metrics_n = b->model->metrics_n;
  for (size_t i = 0; i < bound->metrics_n; i++) {
    bound->metrics[i].def = &b->model->metrics[i];
    bound->metrics[i].index = (int)i;
  }
  for (size_t i = 0; status == PL_OK && i < bound->metrics_n; i++)
    status = bind_metric(b, &bound->metrics[i], err);
  return status;
}

/* ---- windows against days --------------------------------------------------------- */
static const pl_slot *dated_slot(const pl_bound *bound, const pl_metric *metric,
                                 const pl_branch *branch) {
  int anchor = metric->before == PL_BEFORE_CREATED ? bound->deals->created : bound->deals->closed;
  const pl_slot *origin = &branch->from->slots[branch->from->time];
  if (origin->has_dates) return origin;
  const pl_slot *slot = &bound->deals->slots[anchor];
  return slot->has_dates ? slot : NULL;
}

static const char *text_of_window(const pl_bound *bound, const pl_metric *metric,
                                  const pl_branch *branch, pl_site *site) {
  int64_t us;
  for (size_t i = 0; i < branch->steps_n; i++) {
    const pl_step_def *step = branch->steps[i].def;
    *site = step->site;
    if (step->within && pl_duration_parse(pl_str_of(step->within), &us) && us == branch->within_us)
      return step->within;
  }
  *site = metric->def->site;
  return metric->def->within ? metric->def->within : bound->model->within;
}

static pl_status check_window(pl_bound *bound, const pl_metric *metric, const pl_branch *branch,
                              pl_error *err) {
  pl_error why;
  pl_site site;
  if (branch->within_us < 0 || branch->within_us % PL_DAY_US == 0) return PL_OK;
  const pl_slot *slot = dated_slot(bound, metric, branch);
  if (!slot) return PL_OK;
  const char *text = text_of_window(bound, metric, branch, &site);
  pl_fail_at(&why, PL_E_USAGE, site,
             "within = \"%s\" is not a number of whole days, but \"%s\" holds "
             "dates without times, so days are compared",
             text, slot->name);
  pl_hint(&why, "write whole days, such as within = \"2d\"");
  return pl_bind_fail_metric(bound, metric->index, &why, err);
}

pl_status pl_bind_check_windows(pl_bound *bound, pl_error *err) {
  pl_status status = PL_OK;
  for (size_t i = 0; i < bound->metrics_n; i++) {
    const pl_metric *metric = &bound->metrics[i];
    for (size_t k = 0; status == PL_OK && !metric->failed && k < metric->branches_n; k++)
      status = check_window(bound, metric, &metric->branches[k], err);
  }
  return status;
}
