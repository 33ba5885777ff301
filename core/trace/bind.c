/* Binding: the model's names become sources, slots and plans. Order matters:
 * files first, then what is computed, then roles, then metrics, and last what
 * is known only when all uses are: layout, order of loading, styles. */
#include "trace/bind.h"

#include <stdlib.h>

#include "trace/expression.h"
#include "trace/styles.h"

bool pl_bound_keep(pl_bound *bound, void *thing, void (*release)(void *)) {
  struct pl_bound_own *own = bound->own;
  if (!pl_grow(&own->keepers, &own->keepers_cap, own->keepers_n + 1, sizeof *own->keepers)) {
    release(thing);
    return false;
  }
  own->keepers[own->keepers_n++] = (pl_keeper){thing, release};
  return true;
}

void pl_bound_free(pl_bound *bound) {
  if (!bound) return;
  struct pl_bound_own *own = bound->own;
  while (own && own->keepers_n > 0) {
    const pl_keeper *keeper = &own->keepers[--own->keepers_n];
    keeper->release(keeper->thing);
  }
  if (own) {
    pl_free(own->keepers);
    pl_free(own->zones);
    pl_free(own->asked);
    pl_free(own->claims);
  }
  pl_free(own);
  pl_arena_free(&bound->arena);
  pl_free(bound);
}

/* ---- the audit's own fields ------------------------------------------------------ */
static pl_status bind_time(const pl_bound *bound, const char *text, const char *what, pl_time *out,
                           pl_error *err) {
  pl_time_reader iso = {PL_TIME_ISO, NULL, bound->zone, bound->zone};
  if (pl_time_parse(pl_str_of(text), &iso, out)) return PL_OK;
  pl_fail_at(err, PL_E_USAGE, bound->model->site, "%s = \"%s\" is not a date", what, text);
  return pl_hint(err, "write %s = \"2024-12-31\"", what);
}

/* A date as as_of means the end of that day, wherever the audit's days end. */
static pl_status bind_as_of(pl_bound *bound, const char *given, pl_error *err) {
  const char *text = given ? given : bound->model->as_of;
  if (!text) {
    bound->as_of = pl_time_now(bound->zone);
    bound->as_of.us -= bound->as_of.us % PL_SECOND_US; /* reports say it to the second */
    return PL_OK;
  }
  pl_status status = bind_time(bound, text, "as_of", &bound->as_of, err);
  if (status != PL_OK && given) { /* it stands on a command line, not in audit.lua */
    pl_fail(err, PL_E_USAGE, "as of \"%s\": that is not a date", given);
    return pl_hint(err, "write it as 2024-12-31 or 2024-12-31T17:00");
  }
  if (status == PL_OK && bound->as_of.kind == PL_TIME_DATE)
    bound->as_of.us = pl_zone_day_start(bound->zone, bound->as_of.day + 1) - 1;
  return status;
}

static pl_status bind_day(const pl_bound *bound, const char *text, const char *what, int32_t *day,
                          pl_error *err) {
  pl_time time;
  if (!text) return PL_OK;
  pl_status status = bind_time(bound, text, what, &time, err);
  if (status != PL_OK) return status;
  if (time.kind != PL_TIME_DATE)
    return pl_fail_at(err, PL_E_USAGE, bound->model->site,
                      "%s = \"%s\" must be a date without a "
                      "time",
                      what, text);
  *day = time.day;
  return PL_OK;
}

static pl_status bind_period(pl_bound *bound, pl_error *err) {
  const pl_model *model = bound->model;
  bound->since_day = INT32_MIN;
  bound->until_day = INT32_MAX;
  pl_status status = bind_day(bound, model->since, "since", &bound->since_day, err);
  if (status == PL_OK) status = bind_day(bound, model->until, "until", &bound->until_day, err);
  if (status != PL_OK || bound->since_day <= bound->until_day) return status;
  return pl_fail_at(err, PL_E_USAGE, model->site, "the period ends (%s) before it begins (%s)",
                    model->until, model->since);
}

static pl_status bind_audit(pl_binder *b, pl_error *err) {
  pl_bound *bound = b->bound;
  const pl_model *model = b->model;
  const pl_zone *zone = NULL;
  pl_before before;
  int64_t us;
  const char *name = model->timezone ? model->timezone : "UTC";
  pl_status status = pl_bind_zone(bound, name, model->site, &zone, err);
  if (status != PL_OK) return status;
  bound->zone = bound->own->zones[0].zone;
  status = bind_as_of(bound, b->options->as_of, err);
  if (status == PL_OK) status = bind_period(bound, err);
  if (status == PL_OK)
    status = pl_bind_duration(model->cycle, "cycle", model->site, &bound->cycle_us, err);
  if (status == PL_OK) status = pl_bind_duration(model->within, "within", model->site, &us, err);
  if (status == PL_OK) status = pl_bind_before(model->before, model->site, &before, err);
  return status;
}

/* ---- sources ------------------------------------------------------------------------ */
static void open_source(pl_source *source, const pl_source_def *def, int index, bool is_deals) {
  *source = (pl_source){.def = def, .index = index, .is_deals = is_deals, .held = is_deals};
  source->time = source->duplicates_by = PL_NO_SLOT;
  source->status = source->amount = source->currency = PL_NO_SLOT;
  source->closed = source->created = PL_NO_SLOT;
  source->fresh_us = -1;
}

static pl_status check_names(const pl_bound *bound, pl_error *err) {
  for (size_t i = 0; i < bound->sources_n; i++)
    for (size_t k = 0; k < i; k++) {
      const pl_source_def *def = bound->sources[i].def, *other = bound->sources[k].def;
      if (strcmp(def->name, other->name) != 0) continue;
      const pl_source_def *wrong = bound->sources[i].is_deals ? other : def;
      pl_fail_at(err, PL_E_USAGE, wrong->site, "the source \"%s\" is declared twice", def->name);
      return pl_hint(err, "one source may name several files; two tables need two names");
    }
  return PL_OK;
}

static pl_status open_sources(pl_binder *b, pl_error *err) {
  pl_bound *bound = b->bound;
  const pl_model *model = b->model;
  size_t n = model->sources_n + 1;
  if (!model->deals_given) {
    pl_fail_at(err, PL_E_USAGE, model->site, "audit.lua names no deals: every trace ends in them");
    return pl_hint(err,
                   "deals { \"exports/deals.csv\", key = \"id\", closed = \"close_date\", status "
                   "= \"stage\" }");
  }
  bound->sources = pl_arena_array(&bound->arena, n, sizeof *bound->sources);
  b->slots_cap = pl_arena_array(&bound->arena, n, sizeof *b->slots_cap);
  if (!bound->sources || !b->slots_cap) return pl_fail_memory(err);
  for (size_t i = 0; i + 1 < n; i++)
    open_source(&bound->sources[i], &model->sources[i], (int)i, false);
  open_source(&bound->sources[n - 1], &model->deals.source, (int)n - 1, true);
  bound->sources_n = n;
  bound->deals = &bound->sources[n - 1];
  return check_names(bound, err);
}

static pl_status list_files(pl_bound *bound, pl_error *err) {
  size_t n = 0;
  for (size_t i = 0; i < bound->sources_n; i++) {
    bound->sources[i].first_file = (uint32_t)n;
    n += bound->sources[i].inputs_n;
  }
  bound->files = pl_arena_array(&bound->arena, n, sizeof *bound->files);
  if (!bound->files) return pl_fail_memory(err);
  for (size_t i = 0; i < bound->sources_n; i++)
    for (size_t k = 0; k < bound->sources[i].inputs_n; k++)
      bound->files[bound->files_n++] = pl_input_shown(bound->sources[i].inputs[k]);
  return PL_OK;
}

static pl_status bind_sources(pl_binder *b, pl_error *err) {
  pl_bound *bound = b->bound;
  pl_status status = open_sources(b, err);
  for (size_t i = 0; status == PL_OK && i < bound->sources_n; i++)
    status = pl_bind_files(b, &bound->sources[i], err);
  for (size_t i = 0; status == PL_OK && i < bound->sources_n; i++)
    status = pl_bind_names(b, &bound->sources[i], err);
  if (status == PL_OK) status = pl_bind_drop_absent(b, err);
  if (status == PL_OK) status = list_files(bound, err);
  if (status == PL_OK) status = pl_bind_check_computes(bound, err);
  if (status == PL_OK) status = pl_bind_links(bound, err);
  for (size_t i = 0; status == PL_OK && i < bound->sources_n; i++)
    status = pl_bind_roles(b, &bound->sources[i], err);
  if (status == PL_OK) status = pl_bind_rates(b, err);
  return status;
}

static pl_status settle(pl_binder *b, pl_error *err) {
  pl_bound *bound = b->bound;
  pl_status status = pl_bind_load_order(b, err);
  for (size_t i = 0; status == PL_OK && i < bound->sources_n; i++)
    status = pl_bind_layout(b, &bound->sources[i], err);
  if (status == PL_OK) status = pl_bind_sample(b, err);
  if (status == PL_OK) status = pl_bind_check_windows(bound, err);
  return status;
}

pl_status pl_bind(const pl_model *model, const pl_bind_options *options, pl_bound **out,
                  pl_error *err) {
  pl_bound *bound = pl_calloc(1, sizeof *bound);
  if (bound) bound->own = pl_calloc(1, sizeof *bound->own);
  *out = NULL;
  if (!bound || !bound->own) {
    pl_bound_free(bound);
    return pl_fail_memory(err);
  }
  bound->model = model;
  pl_binder b = {bound, model, options, -1, NULL};
  pl_status status = bind_audit(&b, err);
  if (status == PL_OK) status = bind_sources(&b, err);
  if (status == PL_OK) status = pl_bind_metrics(&b, err);
  if (status == PL_OK) status = settle(&b, err);
  if (status == PL_OK)
    *out = bound;
  else
    pl_bound_free(bound);
  return status;
}
