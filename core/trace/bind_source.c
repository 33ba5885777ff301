/* What each source is for: its identity, its time, its filter; the roles of the
 * deals' columns; rates. */
#include <assert.h>
#include <stdlib.h>

#include "trace/bind.h"
#include "trace/condition.h"
#include "trace/expression.h"

pl_status pl_bind_source(const pl_bound *bound, const char *name, pl_site site, pl_source **out,
                         pl_error *err) {
  for (size_t i = 0; i < bound->sources_n; i++) {
    *out = &bound->sources[i];
    if (strcmp(bound->sources[i].def->name, name) == 0) return PL_OK;
  }
  const char **names = pl_calloc(bound->sources_n, sizeof *names);
  if (!names) return pl_fail_memory(err);
  for (size_t i = 0; i < bound->sources_n; i++) names[i] = bound->sources[i].def->name;
  const char *nearest = pl_nearest(name, names, bound->sources_n);
  pl_free(names);
  pl_fail_at(err, PL_E_USAGE, site, "there is no source \"%s\"", name);
  if (nearest) return pl_hint(err, "did you mean \"%s\"?", nearest);
  return pl_hint(err, "declare it in audit.lua: source \"%s\" { \"exports/%s.csv\" }", name, name);
}

pl_status pl_bind_duration(const char *text, const char *what, pl_site site, int64_t *us,
                           pl_error *err) {
  *us = -1;
  if (!text || (pl_duration_parse(pl_str_of(text), us) && *us >= 0)) return PL_OK;
  pl_fail_at(err, PL_E_USAGE, site, "%s = \"%s\" is not a duration", what, text);
  return pl_hint(err, "write a number and a unit: \"180d\", \"36h\", \"90m\", \"2w\"");
}

static pl_status bind_time(pl_binder *b, pl_source *source, const pl_time_column *time, int *slot,
                           pl_error *err) {
  *slot = PL_NO_SLOT;
  if (!time->column) return PL_OK;
  return pl_bind_column(b, source, time->column, PL_USE_TIME, time->site, slot, err);
}

static pl_status bind_optional(pl_binder *b, pl_source *source, const char *column, unsigned uses,
                               int *slot, pl_error *err) {
  *slot = PL_NO_SLOT;
  if (!column) return PL_OK;
  return pl_bind_column(b, source, column, uses, source->def->site, slot, err);
}

/* A record has one identity, so a list cannot be part of it. */
static pl_status bind_key(pl_binder *b, pl_source *source, pl_error *err) {
  const pl_source_def *def = source->def;
  pl_status status = PL_OK;
  if (def->key.n > PL_MAX_KEY)
    return pl_fail_at(err, PL_E_USAGE, def->site, "the key of \"%s\" has more than %d columns",
                      def->name, PL_MAX_KEY);
  for (size_t i = 0; status == PL_OK && i < def->key.n; i++) {
    if (pl_bind_holds_several(source, def->key.items[i]))
      return pl_fail_at(err, PL_E_USAGE, def->site,
                        "the key of \"%s\" cannot hold several values, "
                        "as \"%s\" does",
                        def->name, def->key.items[i]);
    status =
        pl_bind_column(b, source, def->key.items[i], PL_USE_TEXT, def->site, &source->key[i], err);
    source->key_n = i + 1;
  }
  return status;
}

static pl_status bind_duplicates(pl_binder *b, pl_source *source, pl_error *err) {
  const pl_source_def *def = source->def;
  bool ordered = def->duplicates == PL_DUPLICATES_FIRST || def->duplicates == PL_DUPLICATES_LAST;
  source->duplicates_by = ordered ? source->time : PL_NO_SLOT;
  if (def->duplicates_by)
    return bind_optional(b, source, def->duplicates_by, PL_USE_TIME, &source->duplicates_by, err);
  if (!ordered || source->time != PL_NO_SLOT) return PL_OK;
  pl_fail_at(err, PL_E_USAGE, def->site, "duplicates = \"%s\" of \"%s\" needs a time to go by",
             def->duplicates == PL_DUPLICATES_FIRST ? "first" : "last", def->name);
  return pl_hint(err, "add time = \"…\", or duplicates = { keep = \"last\", by = \"updated_at\" }");
}

static pl_status bind_fresh(pl_source *source, pl_error *err) {
  const pl_source_def *def = source->def;
  pl_status status = pl_bind_duration(def->fresh, "fresh", def->site, &source->fresh_us, err);
  if (status != PL_OK || source->fresh_us < 0 || source->time != PL_NO_SLOT) return status;
  pl_fail_at(err, PL_E_USAGE, def->site, "fresh of \"%s\" needs the time of its records",
             def->name);
  return pl_hint(err, "add time = \"…\" to the source");
}

static pl_status bind_deals(pl_binder *b, pl_source *source, pl_error *err) {
  const pl_deals_def *def = &b->model->deals;
  pl_status status;
  if (!def->status) {
    pl_fail_at(err, PL_E_USAGE, def->source.site, "the deals name no status");
    return pl_hint(err, "write status = constant \"won\", or status = { column = \"stage\", won = "
                        "{ … }, lost = { … }, open = others() }");
  }
  if (def->currency && !b->model->currency) {
    pl_fail_at(err, PL_E_USAGE, def->source.site,
               "the deals have a currency column, but the audit "
               "names no currency to convert to");
    return pl_hint(err, "add currency = \"EUR\" to audit");
  }
  status = bind_optional(b, source, def->status, PL_USE_TEXT, &source->status, err);
  if (status == PL_OK)
    status =
        bind_optional(b, source, def->amount, PL_USE_TEXT | PL_USE_NUMBER, &source->amount, err);
  if (status == PL_OK)
    status = bind_optional(b, source, def->currency, PL_USE_TEXT, &source->currency, err);
  if (status == PL_OK) status = bind_time(b, source, &def->closed, &source->closed, err);
  if (status == PL_OK) status = bind_time(b, source, &def->created, &source->created, err);
  if (status != PL_OK || source->closed != PL_NO_SLOT) return status;
  if (!b->model->since && !b->model->until) return PL_OK;
  pl_fail_at(err, PL_E_USAGE, b->model->site, "period needs to know when deals closed");
  return pl_hint(err, "add closed = \"…\" to deals");
}

/* Records chosen by how their deal ended would make every metric look good. The
 * deals' own filter is open for all to see: it says which deals are audited. */
static pl_status check_where(pl_binder *b, pl_source *source, pl_error *err) {
  for (size_t i = 0; !source->is_deals && i < source->def->where.n; i++) {
    const pl_condition *c = &source->def->where.items[i];
    int slot;
    pl_status status = pl_bind_column(b, source, c->column, 0, c->site, &slot, err);
    if (status != PL_OK) return status;
    if (!pl_slot_is_outcome(b->bound, source, slot)) continue;
    pl_fail_at(err, PL_E_USAGE, c->site,
               "`where` of \"%s\" cannot choose records by \"%s\": it tells how deals ended, so "
               "it would select the outcome",
               source->def->name, c->column);
    return pl_hint(err, "drop the condition: reports count won, lost and open deals apart");
  }
  return PL_OK;
}

pl_status pl_bind_roles(pl_binder *b, pl_source *source, pl_error *err) {
  pl_status status = pl_bind_times(b, source, err);
  if (status == PL_OK) status = bind_key(b, source, err);
  if (status == PL_OK) status = bind_time(b, source, &source->def->time, &source->time, err);
  if (status == PL_OK) status = bind_duplicates(b, source, err);
  if (status == PL_OK) status = bind_fresh(source, err);
  if (status == PL_OK && source->is_deals) status = bind_deals(b, source, err);
  if (status == PL_OK)
    status = pl_predicate_bind(b, source, &source->def->where, &source->where, err);
  return status == PL_OK ? check_where(b, source, err) : status;
}

/* ---- rates ---------------------------------------------------------------------- */
pl_status pl_bind_rates(pl_binder *b, pl_error *err) {
  const pl_rates_def *def = &b->model->rates;
  pl_rates_plan *plan = &b->bound->rates_plan;
  pl_source *source = NULL;
  *plan = (pl_rates_plan){NULL, PL_NO_SLOT, PL_NO_SLOT, PL_NO_SLOT, -1};
  if (!def->given || !def->source) return PL_OK;
  pl_status status = pl_bind_source(b->bound, def->source, def->site, &source, err);
  assert(status != PL_OK || source);
  if (status == PL_OK && (source->is_deals || !def->currency || !def->rate)) {
    pl_fail_at(err, PL_E_USAGE, def->site, "rates need a source with a currency and a rate column");
    return pl_hint(err,
                   "rates = { source = \"rates\", currency = \"code\", rate = \"rate\", date = "
                   "\"day\" }");
  }
  if (status == PL_OK)
    status = pl_bind_column(b, source, def->currency, PL_USE_TEXT, def->site, &plan->currency, err);
  if (status == PL_OK)
    status = pl_bind_column(b, source, def->rate, PL_USE_TEXT | PL_USE_NUMBER_TEXT, def->site,
                            &plan->rate, err);
  if (status == PL_OK && def->date)
    status = pl_bind_column(b, source, def->date, PL_USE_TIME, def->site, &plan->date, err);
  if (status == PL_OK)
    status = pl_bind_duration(def->max_age, "max_age", def->site, &plan->max_age_us, err);
  if (status != PL_OK) return status;
  plan->source = source;
  if (!def->date || !b->model->deals.currency || b->model->deals.closed.column) return PL_OK;
  pl_fail_at(err, PL_E_USAGE, def->site, "dated rates need to know when deals closed");
  return pl_hint(err, "add closed = \"…\" to deals");
}
