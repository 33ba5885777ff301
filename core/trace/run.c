/* The run: held tables are loaded, routes solved, everything else streamed past
 * them once, and trackers turned into evidence. */
#include "trace/run_private.h"

#include <assert.h>

#include "trace/expression.h"
#include "trace/rates.h"
#include "trace/share.h"

/* ---- one attempt's memory --------------------------------------------------------- */

static void drop_trackers(pl_run *run) {
  for (size_t m = 0; run->trackers && m < run->bound->metrics_n; m++)
    pl_tracker_close(&run->trackers[m]);
  pl_free(run->trackers);
  pl_free(run->seen);
  run->trackers = NULL;
  run->seen = NULL;
  pl_values_free(run->values);
  run->values = NULL;
}

static void drop_attempt(pl_run *run) {
  drop_trackers(run);
  for (size_t i = 0; i < run->routes_n; i++) pl_route_free(run->routes[i]);
  pl_free(run->routes);
  run->routes = NULL;
  run->routes_n = run->routes_cap = 0;
  pl_route_parts_free(&run->parts);
  pl_expressions_detach(run->bound);
  for (size_t i = 0; i < run->bound->sources_n; i++) {
    pl_table_free(run->tables[i]);
    run->tables[i] = NULL;
  }
  run->deals = NULL;
  pl_rates_free(run->bound->rates);
  run->bound->rates = NULL;
  pl_rejects_free(&run->scan.rejects);
  memset(run->scan.tallies, 0, run->bound->sources_n * sizeof *run->scan.tallies);
  run->scan.style_contradicted = false;
  run->scan.bytes_done = 0;
  pl_arena_free(&run->arena);
  for (unsigned t = 0; t < PL_MAX_THREADS; t++) pl_arena_free(&run->finished[t]);
  run->evidence = NULL;
  run->route_of = NULL;
}

pl_status pl_run_new(pl_bound *bound, const pl_run_options *options, pl_run **out, pl_error *err) {
  pl_run *run = pl_calloc(1, sizeof *run);
  if (!run) return pl_fail_memory(err);
  run->bound = bound;
  run->options = *options;
  run->threads = pl_run_threads(options);
  run->tables = pl_calloc(bound->sources_n + 1, sizeof *run->tables);
  run->scan = (pl_scan){.bound = bound, .options = &run->options};
  run->scan.tallies = pl_calloc(bound->sources_n + 1, sizeof *run->scan.tallies);
  if (!run->tables || !run->scan.tallies || !pl_scratch_open(&run->scratch, bound)) {
    pl_run_free(run);
    return pl_fail_memory(err);
  }
  *out = run;
  return PL_OK;
}

void pl_run_free(pl_run *run) {
  if (!run) return;
  if (run->tables && run->scan.tallies) drop_attempt(run);
  pl_free(run->tables);
  pl_free(run->scan.tallies);
  pl_scratch_close(&run->scratch);
  pl_free(run);
}

/* ---- loading ------------------------------------------------------------------------- */

/* duplicates = "first" / "last" can only be settled with all records in hand. */
static bool needs_table(const pl_run *run, const pl_source *source) {
  if (source->held || source->is_deals || source == run->bound->rates_plan.source) return true;
  return source->started && (source->def->duplicates == PL_DUPLICATES_FIRST ||
                             source->def->duplicates == PL_DUPLICATES_LAST);
}

static bool is_read(const pl_run *run, const pl_source *source) {
  return needs_table(run, source) || source->started;
}

static void count_bytes(pl_run *run) {
  run->scan.bytes_total = 0;
  for (size_t i = 0; i < run->bound->sources_n; i++) {
    const pl_source *source = &run->bound->sources[i];
    for (size_t f = 0; is_read(run, source) && f < source->inputs_n; f++)
      run->scan.bytes_total += pl_input_size(source->inputs[f]);
  }
}

static pl_status load(pl_run *run, pl_source *source, pl_error *err) {
  pl_table **table = &run->tables[source->index];
  pl_status status = pl_table_load(&run->scan, source, table, err);
  if (status != PL_OK || !*table) return status;
  if (source == run->bound->rates_plan.source)
    status = pl_rates_load(&run->scan, *table, &run->bound->rates, err);
  if (source->is_deals) status = pl_deals_settle(&run->scan, *table, &run->deals, err);
  if (status == PL_OK) status = pl_expressions_attach(run->bound, source, *table, err);
  return status;
}

static pl_status load_held(pl_run *run, pl_error *err) {
  for (size_t i = 0; i < run->bound->sources_n; i++) {
    pl_source *source = &run->bound->sources[run->bound->load_order[i]];
    if (!needs_table(run, source)) continue;
    pl_status status = load(run, source, err);
    if (status != PL_OK || run->scan.style_contradicted) return status;
  }
  return PL_OK;
}

/* ---- routes and trackers ---------------------------------------------------------------- */

static pl_status find_route(pl_run *run, const pl_branch *branch, pl_route **out, pl_error *err) {
  *out = NULL;
  if (!branch->steps_n) return PL_OK;
  for (size_t i = 0; i < run->routes_n; i++)
    if (pl_route_same(run->routes[i], branch)) {
      *out = run->routes[i];
      return PL_OK;
    }
  if (!pl_grow(&run->routes, &run->routes_cap, run->routes_n + 1, sizeof *run->routes))
    return pl_fail_memory(err);
  pl_status status = pl_route_new(&run->parts, branch, out, err);
  if (status == PL_OK) run->routes[run->routes_n++] = *out;
  return status;
}

static pl_status solve_routes(pl_run *run, pl_error *err) {
  pl_bound *bound = run->bound;
  run->parts.tables = run->tables;
  run->parts.scratch = &run->scratch;
  run->parts.threads = run->threads;
  run->route_of = pl_arena_array(&run->arena, bound->metrics_n + 1, sizeof *run->route_of);
  if (!run->route_of) return pl_fail_memory(err);
  for (size_t m = 0; m < bound->metrics_n; m++) {
    pl_metric *metric = &bound->metrics[m];
    run->route_of[m] = pl_arena_array(&run->arena, metric->branches_n + 1, sizeof **run->route_of);
    if (!run->route_of[m]) return pl_fail_memory(err);
    for (size_t b = 0; !metric->failed && b < metric->branches_n; b++) {
      pl_status status = find_route(run, &metric->branches[b], &run->route_of[m][b], err);
      if (status != PL_OK) return status;
    }
  }
  return PL_OK;
}

static bool is_looked_up(const pl_bound *bound, const pl_source *source) {
  for (size_t i = 0; i < bound->sources_n; i++)
    for (size_t k = 0; k < bound->sources[i].slots_n; k++) {
      const pl_expression *e = bound->sources[i].slots[k].compute;
      if (e && e->table == source) return true;
    }
  return false;
}

/* Keys that resemble others are shown, so their records are read once more. */
static bool has_near(const pl_run *run, const pl_table *table) {
  for (size_t i = 0; i < run->parts.hops_n; i++) {
    const pl_hop *hop = run->parts.hops[i];
    for (uint32_t row = 0; hop->from == table && row < pl_table_rows(table); row++)
      if (hop->state[row] & PL_HOP_NEAR) return true;
  }
  return false;
}

/* Before records stream past: what tables were read for is done. */
static void forget_texts(pl_run *run) {
  const pl_bound *bound = run->bound;
  for (size_t i = 0; i < bound->sources_n; i++) {
    const pl_source *source = &bound->sources[i];
    pl_table *table = run->tables[i];
    bool read = source->is_deals || source->started || is_looked_up(bound, source);
    if (table && !read && !has_near(run, table)) pl_table_forget_texts(table);
  }
  pl_trim();
}

static pl_status open_trackers(pl_run *run, pl_error *err) {
  size_t n = run->bound->metrics_n, deals = run->deals->n, all;
  if (__builtin_mul_overflow(n, deals, &all)) return pl_fail_memory(err);
  run->trackers = pl_calloc(n + 1, sizeof *run->trackers);
  /* calloc of something large is zero pages: metrics that meet no deal cost nothing */
  run->seen = pl_calloc(all + 1, sizeof *run->seen);
  run->values = pl_values_new();
  if (!run->trackers || !run->seen || !run->values) return pl_fail_memory(err);
  for (size_t m = 0; m < n; m++)
    if (!pl_tracker_open(&run->trackers[m], &run->bound->metrics[m], run->route_of[m],
                         run->seen + m * deals))
      return pl_fail_memory(err);
  return PL_OK;
}

/* ---- moments -------------------------------------------------------------------------------- */

static pl_time later_by_days(pl_time t, int days) {
  if (!t.kind) return t;
  t.day += days;
  t.us += days * PL_DAY_US;
  return t;
}

static pl_time earlier_of(pl_time a, pl_time b) {
  return a.us <= b.us ? a : b;
}

static bool set_anchors(pl_run *run) {
  const pl_deals *deals = run->deals;
  const pl_source *source = run->bound->deals;
  pl_time *closed = pl_arena_array(&run->arena, (size_t)deals->n + 1, sizeof *closed);
  pl_time *created = pl_arena_array(&run->arena, (size_t)deals->n + 1, sizeof *created);
  pl_time *early[3];
  for (int i = 0; i < 3; i++) {
    early[i] = pl_arena_array(&run->arena, (size_t)deals->n + 1, sizeof *early[i]);
    if (!early[i]) return false;
    run->anchors.early[i] = early[i];
  }
  if (!closed || !created) return false;
  for (uint32_t d = 0; d < deals->n; d++) {
    const pl_deal *deal = &deals->items[d];
    closed[d] = deal->status == PL_OPEN ? run->bound->as_of : deal->closed;
    created[d] = deal->created;
    pl_time landmark = later_by_days(deal->created, PL_LANDMARK_DAYS);
    early[PL_BEFORE_ANY][d] = landmark;
    early[PL_BEFORE_CREATED][d] = created[d];
    early[PL_BEFORE_CLOSED][d] = landmark;
    if (landmark.kind && closed[d].kind)
      early[PL_BEFORE_CLOSED][d] = earlier_of(landmark, closed[d]);
  }
  run->anchors.at[PL_BEFORE_CLOSED] = closed;
  run->anchors.at[PL_BEFORE_CREATED] = created;
  run->anchors.dates[PL_BEFORE_CLOSED] =
      source->closed != PL_NO_SLOT && source->slots[source->closed].has_dates;
  run->anchors.dates[PL_BEFORE_CREATED] = run->anchors.created_dates =
      source->created != PL_NO_SLOT && source->slots[source->created].has_dates;
  return true;
}

void pl_starter_clock(const pl_run *run, pl_starter *st) {
  const pl_source *from = st->plan->from;
  pl_before before = st->metric->before;
  st->timed = from->time != PL_NO_SLOT;
  st->checked = st->timed && before != PL_BEFORE_ANY;
  bool dates = st->timed && from->slots[from->time].has_dates;
  st->days = dates || (st->checked && run->anchors.dates[before]);
  st->early_days = st->days || run->anchors.created_dates;
  int64_t limit = st->checked ? st->plan->within_us : -1;
  st->within = limit < 0 ? -1 : st->days ? limit / PL_DAY_US : limit;
  st->early_within = limit < 0 ? -1 : st->early_days ? limit / PL_DAY_US : limit;
}

/* ---- streaming ------------------------------------------------------------------------------- */

static pl_starter *starters_of(pl_run *run, const pl_source *source, size_t *n) {
  pl_bound *bound = run->bound;
  size_t room = 0;
  *n = 0;
  for (size_t m = 0; m < bound->metrics_n; m++) room += bound->metrics[m].branches_n;
  pl_starter *starters = pl_arena_array(&run->arena, room + 1, sizeof *starters);
  if (!starters) return NULL;
  for (size_t m = 0; m < bound->metrics_n; m++) {
    const pl_metric *metric = &bound->metrics[m];
    for (size_t b = 0; !metric->failed && b < metric->branches_n; b++) {
      if (metric->branches[b].from != source) continue;
      pl_starter *st = &starters[(*n)++];
      *st = (pl_starter){.metric = metric,
                         .branch = b,
                         .plan = &metric->branches[b],
                         .route = run->route_of[m][b]};
      pl_starter_clock(run, st);
    }
  }
  return starters;
}

static pl_status stream_source(pl_run *run, const pl_source *source, pl_error *err) {
  size_t n;
  pl_starter *starters = starters_of(run, source, &n);
  if (!starters) return pl_fail_memory(err);
  pl_stream_about about = {.bound = run->bound,
                           .source = source,
                           .starters = starters,
                           .starters_n = n,
                           .anchors = &run->anchors,
                           .deals = run->deals,
                           .trackers = run->trackers,
                           .values = run->values,
                           .parts = &run->parts,
                           .threads = run->threads};
  pl_stream *stream = pl_stream_new(&about, err);
  if (!stream) return err ? err->status : PL_E_MEMORY;
  pl_status status = PL_OK;
  const pl_table *table = run->tables[source->index];
  if (table)
    pl_stream_table(stream, table);
  else
    status = pl_scan_run(&run->scan, source,
                         &(pl_receiver){.take_all = pl_stream_chunk, .ctx = stream}, err);
  pl_status own = pl_stream_end(stream, NULL);
  if (own != PL_OK) status = pl_stream_end(stream, err);
  pl_stream_free(stream);
  return status;
}

static pl_status stream_all(pl_run *run, pl_error *err) {
  for (size_t i = 0; i < run->bound->sources_n; i++) {
    const pl_source *source = &run->bound->sources[i];
    if (!source->started) continue;
    pl_status status = stream_source(run, source, err);
    if (status != PL_OK || run->scan.style_contradicted) return status;
  }
  return PL_OK;
}

/* `ctx`: a copy of the run for each thread, whose arena is its own. All else is only
 * read, or belongs to the metric. */
static bool finish_part(void *ctx, unsigned thread, size_t from, size_t to) {
  pl_run *run = &((pl_run *)ctx)[thread];
  for (size_t m = from; m < to; m++) {
    run->evidence[m].metric = &run->bound->metrics[m];
    if (run->bound->metrics[m].failed) continue;
    if (pl_finish_metric(run, m, NULL) != PL_OK) return false;
  }
  return true;
}

static pl_status finish(pl_run *run, pl_error *err) {
  size_t n = run->bound->metrics_n;
  pl_run *copies = pl_calloc(run->threads, sizeof *copies);
  run->evidence = pl_arena_array(&run->arena, n + 1, sizeof *run->evidence);
  bool ok = copies && run->evidence;
  pl_rejects_sort(&run->scan.rejects);
  for (unsigned t = 0; ok && t < run->threads; t++) {
    copies[t] = *run;
    copies[t].arena = (pl_arena){0};
  }
  ok = ok && pl_share(n, 1, run->threads, finish_part, copies);
  for (unsigned t = 0; copies && t < run->threads; t++) run->finished[t] = copies[t].arena;
  pl_free(copies);
  return ok ? PL_OK : pl_fail_memory(err);
}

static pl_status attempt(pl_run *run, pl_error *err) {
  drop_attempt(run);
  count_bytes(run);
  pl_status status = load_held(run, err);
  if (status != PL_OK || run->scan.style_contradicted) return status;
  status = solve_routes(run, err);
  if (status == PL_OK) forget_texts(run);
  if (status == PL_OK) status = open_trackers(run, err);
  if (status == PL_OK && !set_anchors(run)) status = pl_fail_memory(err);
  if (status == PL_OK) status = stream_all(run, err);
  if (status != PL_OK || run->scan.style_contradicted) return status;
  return finish(run, err);
}

/* ---- surveys ------------------------------------------------------------------------------------
 */

typedef struct styles_survey {
  pl_styles *styles;
  const pl_source *source;
} styles_survey;

static bool note_styles(void *ctx, unsigned thread, const pl_cell *slots, pl_place place) {
  styles_survey *survey = ctx;
  (void)thread;
  pl_styles_note(survey->styles, survey->source, slots, place.file, place.line);
  return true;
}

/* A sampled time style was wrong somewhere: look at every value of every file. */
static pl_status survey_styles(pl_run *run, pl_error *err) {
  pl_styles *styles = pl_styles_new(run->bound);
  if (!styles) return pl_fail_memory(err);
  pl_status status = PL_OK;
  drop_attempt(run);
  run->bound->surveying = true;
  for (size_t i = 0; status == PL_OK && i < run->bound->sources_n; i++) {
    styles_survey survey = {styles, &run->bound->sources[i]};
    if (is_read(run, survey.source))
      status = pl_scan_source(&run->scan, survey.source, note_styles, &survey, err);
  }
  run->bound->surveying = false;
  if (status == PL_OK) status = pl_styles_settle(styles, err);
  pl_styles_free(styles);
  return status;
}

pl_status pl_run_all(pl_run *run, pl_error *err) {
  pl_error own;
  if (!err) err = &own;
  pl_status status = attempt(run, err);
  if (status == PL_OK && run->scan.style_contradicted) {
    status = survey_styles(run, err);
    if (status == PL_OK) status = attempt(run, err);
  }
  return status;
}

typedef struct ask_survey {
  pl_asks *asks;
  const pl_source *source;
  pl_error *err;
} ask_survey;

static bool note_tuples(void *ctx, unsigned thread, const pl_cell *slots, pl_place place) {
  ask_survey *survey = ctx;
  (void)thread;
  (void)place;
  return pl_asks_row(survey->asks, survey->source, slots, NULL) == PL_OK;
}

static pl_status ask_source(pl_run *run, const pl_source *source, pl_asks *asks,
                            pl_run_answer answer, void *ctx, pl_error *err) {
  ask_survey survey = {asks, source, err};
  run->bound->surveying = true;
  pl_status status = pl_scan_source(&run->scan, source, note_tuples, &survey, err);
  run->bound->surveying = false;
  if (status == PL_E_CANCELLED && !(run->options.cancel && *run->options.cancel))
    return pl_fail(err, PL_E_INPUT,
                   "source \"%s\": a function would have to answer more than %d distinct values",
                   source->def->name, PL_MAX_DISTINCT);
  if (status == PL_OK) status = answer(ctx, asks, err);
  /* before anything rests on it: without an answer its column reads as blank */
  return status == PL_OK ? pl_asks_failed(asks, err) : status;
}

/* Stops early, with PL_OK, when a sampled style is contradicted. */
static pl_status survey_once(pl_run *run, pl_asks *asks, pl_run_answer answer, void *ctx,
                             pl_error *err) {
  drop_attempt(run);
  count_bytes(run);
  for (size_t i = 0; i < run->bound->sources_n; i++) {
    pl_source *source = &run->bound->sources[run->bound->load_order[i]];
    if (!is_read(run, source)) continue;
    pl_status status = PL_OK;
    if (pl_source_asks(run->bound, source))
      status = ask_source(run, source, asks, answer, ctx, err);
    /* a later source's function may look into this one */
    bool read_by_others = source->held || source == run->bound->rates_plan.source;
    if (status == PL_OK && read_by_others) status = load(run, source, err);
    if (status != PL_OK || run->scan.style_contradicted) return status;
  }
  return PL_OK;
}

pl_status pl_run_survey(pl_run *run, pl_asks *asks, pl_run_answer answer, void *ctx,
                        pl_error *err) {
  pl_error own;
  if (!err) err = &own;
  pl_status status = survey_once(run, asks, answer, ctx, err);
  if (status == PL_OK && run->scan.style_contradicted) {
    status = survey_styles(run, err);
    if (status == PL_OK) status = survey_once(run, asks, answer, ctx, err);
  }
  return status == PL_OK ? pl_asks_finish(asks, err) : status;
}

/* ---- what came out
 * -------------------------------------------------------------------------------- */

const pl_evidence *pl_run_evidence(const pl_run *run, size_t metric) {
  assert(run->evidence && metric < run->bound->metrics_n);
  return &run->evidence[metric];
}
const pl_deals *pl_run_deals(const pl_run *run) {
  return run->deals;
}
const pl_scan *pl_run_scan(const pl_run *run) {
  return &run->scan;
}
