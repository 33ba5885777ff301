/* Binding sources: files, columns, computed columns, roles; and every message
 * that a user can meet there. */
#include "trace_plain.h"

#include "trace/expression.h"

/* ---- the plain case -------------------------------------------------------------- */
static void binds_a_plain_workspace(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  w.model.deals.amount = "amount";
  pl_metric_def *m = ws_metric(&w, "leads", to_deals, 1);
  m->within = "180d";
  m->by = "origin";
  ws_bind_ok(&w);
  const pl_metric *metric = &w.bound->metrics[0];
  assert_null(metric->failed);
  assert_int_equal(metric->before, PL_BEFORE_CLOSED);
  assert_int_equal(metric->min_won, 1);
  assert_true(metric->by);
  const pl_branch *branch = &metric->branches[0];
  assert_int_equal(branch->within_us, 180 * PL_DAY_US);
  assert_int_equal(branch->by_step, 0);
  assert_string_equal(branch->from->slots[branch->by_slot].name, "origin");
  assert_int_equal(branch->steps_n, 1);
  assert_true(branch->steps[0].to == w.bound->deals);
  const pl_source *leads = ws_bound_source(&w, "leads"), *deals = w.bound->deals;
  assert_true(leads->started && !leads->held && deals->held && !deals->started);
  assert_string_equal(deals->slots[branch->steps[0].there[0]].name, "lead");
  assert_true(leads->slots[leads->time].has_dates);
  assert_false(leads->slots[leads->time].has_instants);
  assert_int_equal(deals->slots[deals->amount].uses,
                   PL_USE_TEXT | PL_USE_NUMBER); /* its text for rejects */
  /* as_of 2024-12-31 means the end of that day: 2025-01-01 less a microsecond,
   * `date -u -d 2025-01-01 +%s` = 1735689600 */
  assert_int_equal(w.bound->as_of.us, 1735689600 * PL_SECOND_US - 1);
  assert_int_equal(w.bound->files_n, 2);
  assert_string_equal(w.bound->files[0], "leads.csv");
  assert_string_equal(w.bound->files[deals->first_file], "deals.csv");
  ws_close(&w);
}

static void as_of_is_taken_from_the_option_first(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  w.options.as_of = "2024-06-30T12:00:00Z";
  ws_bind_ok(&w);
  /* date -u -d 2024-06-30T12:00:00Z +%s */
  assert_int_equal(w.bound->as_of.us, 1719748800 * PL_SECOND_US);
  w.options.as_of = "soon";
  assert_has(ws_error(&w)->message, "as of \"soon\": that is not a date");
  w.options.as_of = w.model.as_of = NULL; /* now: later than when this was written */
  ws_bind_ok(&w);
  assert_true(w.bound->as_of.us > 1719748800 * PL_SECOND_US);
  ws_close(&w);
}

static void as_of_ends_with_the_day_of_the_audits_zone(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  w.model.timezone = "America/Sao_Paulo"; /* UTC-3: the day ends at 03:00Z */
  ws_bind_ok(&w);
  assert_int_equal(w.bound->as_of.us, (1735689600 + 3 * 3600) * PL_SECOND_US - 1);
  w.model.timezone = "Mars/Olympus";
  assert_has(ws_error(&w)->message, "Mars/Olympus");
  assert_string_equal(w.err.file, "audit.lua");
  ws_close(&w);
}

static void period_and_durations_of_the_audit(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  w.model.since = "2024-01-01";
  w.model.until = "2024-12-31";
  w.model.cycle = "90d";
  ws_bind_ok(&w);
  assert_int_equal(w.bound->until_day - w.bound->since_day, 365); /* a leap year */
  assert_int_equal(w.bound->cycle_us, 90 * PL_DAY_US);
  w.model.until = "2023-12-31";
  assert_has(ws_error(&w)->message, "the period ends (2023-12-31) before it begins (2024-01-01)");
  w.model.until = "2024-12-31 10:00";
  assert_has(ws_error(&w)->message, "must be a date without a time");
  w.model.until = NULL;
  w.model.cycle = "ninety";
  assert_has(ws_error(&w)->message, "cycle = \"ninety\" is not a duration");
  w.model.cycle = NULL;
  w.model.within = "x";
  assert_has(ws_error(&w)->message, "within = \"x\" is not a duration");
  w.model.within = NULL;
  w.model.before = "close";
  assert_has(ws_error(&w)->message, "before = \"close\" is not known");
  assert_has(w.err.hint, "did you mean \"closed\"?");
  w.model.before = NULL;
  w.model.deals.closed.column = NULL;
  assert_has(ws_error(&w)->message, "period needs to know when deals closed");
  ws_close(&w);
}

static void a_workspace_needs_deals(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  w.model.deals_given = false;
  assert_int_equal(ws_bind(&w), PL_E_USAGE);
  assert_has(w.err.message, "names no deals");
  w.model.deals_given = true;
  w.model.deals.status = NULL;
  assert_has(ws_error(&w)->message, "the deals name no status");
  w.model.deals.status = "status";
  w.sources[0].name = "deals";
  assert_has(ws_error(&w)->message, "the source \"deals\" is declared twice");
  assert_int_equal(w.err.line, 11);
  ws_close(&w);
}

/* ---- files -------------------------------------------------------------------------- */
static void globs_and_lists_give_each_file_once_by_name(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  ws_file(&w, "b.csv", LEADS);
  ws_file(&w, "a.csv", LEADS);
  w.sources[0].paths = TEXTS("leads.csv", "./b.csv", "?.csv", "b.csv");
  ws_bind_ok(&w);
  const pl_source *leads = ws_bound_source(&w, "leads");
  assert_int_equal(leads->inputs_n, 3);
  assert_string_equal(pl_input_shown(leads->inputs[0]), "a.csv");
  assert_string_equal(pl_input_shown(leads->inputs[1]), "b.csv");
  assert_string_equal(pl_input_shown(leads->inputs[2]), "leads.csv");
  ws_close(&w);
}

static void formats_go_by_ending_and_may_mix(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  ws_file(&w, "1.tsv", "id\tday\norigin\t2024-01-01\n");
  ws_file(&w, "2.json", "[{\"id\":\"x\",\"day\":\"2024-01-01\"}]");
  ws_file(&w, "3.ndjson", "{\"id\":\"x\",\"day\":\"2024-01-01\"}\n");
  ws_file(&w, "4.jsonl", "{\"id\":\"x\",\"day\":\"2024-01-01\"}\n");
  ws_file(&w, "5.CSV", "day,id\n2024-01-01,x\n");
  w.sources[0].paths = TEXTS("1.tsv", "2.json", "3.ndjson", "4.jsonl", "5.CSV");
  ws_bind_ok(&w);
  const pl_source *leads = ws_bound_source(&w, "leads");
  assert_int_equal(leads->inputs_n, 5);
  assert_int_equal(leads->dialects[0].delimiter, '\t');
  assert_int_equal(leads->dialects[1].format, PL_FORMAT_JSON);
  assert_int_equal(leads->dialects[3].format, PL_FORMAT_NDJSON);
  assert_int_equal(leads->cell_of[4][leads->time], 0);
  ws_file(&w, "x.txt", LEADS);
  w.sources[0].paths = TEXTS("x.txt");
  ws_bind_ok(&w); /* an ending that tells nothing: by looking */
  leads = ws_bound_source(&w, "leads");
  assert_int_equal(leads->dialects[0].format, PL_FORMAT_CSV);
  ws_close(&w);
}

static void a_declared_delimiter_is_the_users_word_and_a_missing_one_is_seen(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  ws_file(&w, "semi.csv", "id;day;origin\nl1;2024-01-02;paid\n");
  w.sources[0].paths = TEXTS("semi.csv");
  w.sources[0].dialect.delimiter = ',';
  w.sources[0].delimiter_given = true;
  assert_has(ws_error(&w)->message, "it looks separated by ';'");
  w.sources[0].dialect.delimiter = ';';
  ws_bind_ok(&w);
  w.sources[0].dialect.delimiter = 0;
  w.sources[0].delimiter_given = false;
  ws_bind_ok(&w);
  ws_close(&w);
}

static void missing_files_have_clear_messages(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  w.sources[0].paths = TEXTS("leeds.csv");
  assert_int_equal(ws_bind(&w), PL_E_INPUT);
  assert_has(w.err.message, "source \"leads\": there is no file leeds.csv");
  assert_string_equal(w.err.hint, "did you mean leads.csv?");
  assert_int_equal(w.err.line, 11);
  w.sources[0].paths = TEXTS("2019-*.csv");
  assert_int_equal(ws_bind(&w), PL_E_INPUT);
  assert_has(w.err.message, "no file matches 2019-*.csv");
  w.sources[0].paths = (pl_texts){0};
  assert_int_equal(ws_bind(&w), PL_E_USAGE);
  assert_has(w.err.message, "names no file");
  ws_close(&w);
}

static void files_stay_inside_unless_allowed(void **state) {
  (void)state;
  workspace w;
  char outside[] = "/tmp/pl-outside-XXXXXX", path[128], link[128];
  open_plain(&w);
  assert_non_null(mkdtemp(outside));
  snprintf(path, sizeof path, "%s/leads.csv", outside);
  FILE *f = fopen(path, "w");
  fputs(LEADS, f);
  fclose(f);
  snprintf(link, sizeof link, "%s/linked.csv", w.folder);
  assert_int_equal(symlink(path, link), 0);
  w.sources[0].paths = TEXTS("linked.csv"); /* followed, so it does lie outside */
  assert_int_equal(ws_bind(&w), PL_E_USAGE);
  assert_has(w.err.message, "linked.csv lies outside the workspace");
  assert_has(w.err.hint, "--allow");
  w.model.allowed = TEXTS(outside);
  ws_bind_ok(&w);
  assert_string_equal(w.bound->files[0], "linked.csv");
  /* a folder whose name only begins alike is not the allowed one */
  char prefix[128];
  snprintf(prefix, sizeof prefix, "%.*s", (int)strlen(outside) - 1, outside);
  w.model.allowed = TEXTS(prefix);
  assert_int_equal(ws_bind(&w), PL_E_USAGE);
  unlink(path);
  rmdir(outside);
  ws_close(&w);
}

static void files_of_a_source_agree_on_used_columns(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  ws_file(&w, "more.csv", "id,origin,other\nl3,x,y\n");
  w.sources[0].paths = TEXTS("leads.csv", "more.csv");
  assert_int_equal(ws_bind(&w), PL_E_INPUT);
  assert_has(w.err.message, "leads.csv has a column \"day\", more.csv has not");
  w.sources[0].time.column = NULL; /* `other` and `day` differ, but nobody needs them */
  ws_bind_ok(&w);
  ws_close(&w);
}

static void json_records_may_leave_a_column_out(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  ws_file(&w, "more.json", "[{\"id\":\"l3\"}]");
  ws_file(&w, "none.json", "[]");
  w.sources[0].paths = TEXTS("leads.csv", "more.json", "none.json");
  ws_bind_ok(&w);
  w.sources[0].paths = TEXTS("none.json"); /* nothing to check names against */
  ws_bind_ok(&w);
  w.sources[0].paths = TEXTS("more.json");
  assert_has(ws_error(&w)->message, "\"leads\" has no column \"day\"");
  ws_close(&w);
}

/* ---- columns ---------------------------------------------------------------------- */
static void unknown_columns_are_named_with_the_nearest(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  w.sources[0].time.column = "dya";
  assert_int_equal(ws_bind(&w), PL_E_USAGE);
  assert_has(w.err.message, "\"leads\" has no column \"dya\" (leads.csv)");
  assert_string_equal(w.err.hint, "did you mean \"day\"?");
  w.sources[0].time.column = "first_contact";
  assert_has(ws_error(&w)->hint, "it has: id, day, origin");
  ws_close(&w);
}

static void keys_duplicates_and_freshness_need_their_columns(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  w.sources[0].key = TEXTS("id", "origin");
  w.sources[0].duplicates = PL_DUPLICATES_LAST;
  w.sources[0].fresh = "8d";
  ws_bind_ok(&w);
  const pl_source *leads = ws_bound_source(&w, "leads");
  assert_int_equal(leads->key_n, 2);
  assert_int_equal(leads->duplicates_by, leads->time);
  assert_int_equal(leads->fresh_us, 8 * PL_DAY_US);
  w.sources[0].time.column = NULL;
  assert_has(ws_error(&w)->message, "duplicates = \"last\" of \"leads\" needs a time");
  w.sources[0].duplicates_by = "day";
  assert_has(ws_error(&w)->message, "fresh of \"leads\" needs the time");
  w.sources[0].fresh = "8";
  assert_has(ws_error(&w)->message, "fresh = \"8\" is not a duration");
  w.sources[0].fresh = NULL;
  ws_bind_ok(&w);
  ws_close(&w);
}

static void a_key_holds_one_value(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  w.sources[0].columns = (pl_compute[]){{.kind = PL_COMPUTE_LIST,
                                         .name = "ids",
                                         .site = AT(12),
                                         .inputs = TEXTS("id"),
                                         .words = TEXTS(";")}};
  w.sources[0].columns_n = 1;
  w.sources[0].key = TEXTS("ids");
  assert_has(ws_error(&w)->message, "cannot hold several values, as \"ids\" does");
  ws_close(&w);
}

/* ---- computed columns ------------------------------------------------------------- */
static void computed_columns_are_checked_even_when_unused(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  pl_compute c = {.kind = PL_COMPUTE_CLEAN,
                  .name = "new",
                  .site = AT(12),
                  .inputs = TEXTS("origin"),
                  .words = TEXTS("lower", "trimm")};
  w.sources[0].columns = &c;
  w.sources[0].columns_n = 1;
  assert_has(ws_error(&w)->message, "clean() does not know \"trimm\"");
  assert_string_equal(w.err.hint, "did you mean \"trim\"?");
  c.words = TEXTS("zzzzzz");
  assert_has(ws_error(&w)->hint, "it knows trim, lower");
  c.words = (pl_texts){0};
  assert_has(ws_error(&w)->message, "clean() names nothing to do");
  c.words = TEXTS("trim");
  c.inputs = TEXTS("orgin");
  assert_has(ws_error(&w)->hint, "did you mean \"origin\"?");
  c.inputs = TEXTS("origin");
  c.name = "day";
  assert_has(ws_error(&w)->message, "is already a column of leads.csv");
  c.name = "new";
  ws_bind_ok(&w);
  c.kind = PL_COMPUTE_LIST;
  c.words = TEXTS(", ");
  assert_has(ws_error(&w)->message, "the separator of list() must be one character");
  c.inputs = (pl_texts){0};
  c.words = TEXTS(";");
  assert_has(ws_error(&w)->message, "it names no column to start from");
  ws_close(&w);
}

static void columns_cannot_need_themselves(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  pl_compute columns[] = {
      {.kind = PL_COMPUTE_MAP, .name = "a", .site = AT(12), .inputs = TEXTS("b")},
      {.kind = PL_COMPUTE_MAP, .name = "b", .site = AT(13), .inputs = TEXTS("a")}};
  w.sources[0].columns = columns;
  w.sources[0].columns_n = 2;
  assert_has(ws_error(&w)->message, "column \"a\" of \"leads\": it is computed from itself");
  assert_int_equal(w.err.line, 12);
  columns[1] = columns[0];
  columns[0].inputs = columns[1].inputs = TEXTS("origin");
  assert_has(ws_error(&w)->message, "it is declared twice");
  ws_close(&w);
}

static void lookups_name_tables_keys_and_what_to_take(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  pl_compute c = {.kind = PL_COMPUTE_LOOKUP,
                  .name = "deal_day",
                  .site = AT(12),
                  .table = "deal",
                  .key = KEY("id", "lead"),
                  .take = "closed"};
  w.sources[0].columns = &c;
  w.sources[0].columns_n = 1;
  assert_has(ws_error(&w)->message, "there is no source \"deal\"");
  assert_string_equal(w.err.hint, "did you mean \"deals\"?");
  c.table = "deals";
  c.take = "close";
  assert_has(ws_error(&w)->message, "\"deals\" has no column \"close\"");
  c.take = NULL;
  assert_has(ws_error(&w)->message, "`take` is missing");
  c.take = "closed";
  c.key.n = 0;
  assert_has(ws_error(&w)->message, "`on` is missing");
  c.key = KEY("idd", "lead");
  assert_has(ws_error(&w)->message, "\"leads\" has no column \"idd\"");
  c.key = KEY("id", "id");
  c.table = "leads";
  assert_has(ws_error(&w)->message, "a table cannot look into itself");
  ws_close(&w);
}

static void looked_up_tables_are_held_and_loaded_first(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  ws_file(&w, "money.csv", "lead,euros\nl1,5\n");
  ws_source(&w, "money", "money.csv");
  w.model.deals.source.columns = (pl_compute[]){{.kind = PL_COMPUTE_SUM,
                                                 .name = "(amount)",
                                                 .site = AT(21),
                                                 .table = "money",
                                                 .key = KEY("lead", "lead"),
                                                 .take = "euros"}};
  w.model.deals.source.columns_n = 1;
  w.model.deals.amount = "(amount)";
  w.sources[0].where = WHERE({.kind = PL_COND_EQUAL,
                              .column = "owner",
                              .site = AT(13),
                              .values = (pl_literal[]){{"x", false}},
                              .values_n = 1});
  w.sources[0].columns = (pl_compute[]){{.kind = PL_COMPUTE_LOOKUP,
                                         .name = "owner",
                                         .site = AT(12),
                                         .table = "deals",
                                         .key = KEY("id", "lead"),
                                         .take = "id"}};
  w.sources[0].columns_n = 1;
  ws_bind_ok(&w);
  /* sources: 0 leads, 1 money, 2 deals; leads need deals, deals need money */
  assert_int_equal(w.bound->load_order[0], 1);
  assert_int_equal(w.bound->load_order[1], 2);
  assert_int_equal(w.bound->load_order[2], 0);
  assert_true(w.bound->sources[1].held);
  ws_close(&w);
}

static void tables_cannot_need_each_other(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  w.sources[0].columns = (pl_compute[]){{.kind = PL_COMPUTE_LOOKUP,
                                         .name = "won",
                                         .site = AT(12),
                                         .table = "deals",
                                         .key = KEY("id", "lead"),
                                         .take = "id"}};
  w.sources[0].columns_n = 1;
  w.model.deals.source.columns = (pl_compute[]){{.kind = PL_COMPUTE_LOOKUP,
                                                 .name = "origin",
                                                 .site = AT(21),
                                                 .table = "leads",
                                                 .key = KEY("lead", "id"),
                                                 .take = "origin"}};
  w.model.deals.source.columns_n = 1;
  ws_bind_ok(&w); /* as long as nobody uses both */
  w.sources[0].where = WHERE({.kind = PL_COND_BLANK, .column = "won", .site = AT(13)});
  w.model.deals.source.where = WHERE({.kind = PL_COND_BLANK, .column = "origin", .site = AT(22)});
  assert_int_equal(ws_bind(&w), PL_E_USAGE);
  assert_has(w.err.message, "need each other");
  ws_close(&w);
}

static void computed_times_from_elsewhere_are_declared(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  w.sources[0].columns = (pl_compute[]){{.kind = PL_COMPUTE_DERIVE,
                                         .name = "when",
                                         .site = AT(12),
                                         .inputs = TEXTS("origin"),
                                         .call = {-1, 1}}};
  w.sources[0].columns_n = 1;
  w.sources[0].time.column = "when";
  assert_has(ws_error(&w)->message, "how it is written cannot be seen beforehand");
  assert_has(w.err.hint, "formats = { [\"when\"] = \"%Y-%m-%d\" }");
  w.sources[0].time.format = "%Y-%m-%d";
  ws_bind_ok(&w);
  ws_close(&w);
}

/* ---- deals' roles and rates ------------------------------------------------------------------ */
static void rates_name_their_columns(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  ws_file(&w, "rates.csv", "code,rate,day\nUSD,0.92,2024-01-01\n");
  ws_source(&w, "rates", "rates.csv");
  w.model.rates = (pl_rates_def){.given = true,
                                 .site = AT(2),
                                 .source = "rates",
                                 .currency = "code",
                                 .rate = "rate",
                                 .date = "day",
                                 .max_age = "7d"};
  w.model.deals.currency = "status";
  ws_bind_ok(&w);
  const pl_rates_plan *plan = &w.bound->rates_plan;
  assert_true(plan->source == ws_bound_source(&w, "rates"));
  assert_string_equal(plan->source->slots[plan->rate].name, "rate");
  assert_int_equal(plan->max_age_us, 7 * PL_DAY_US);
  assert_int_equal(w.bound->load_order[2], w.bound->deals->index);
  w.model.rates.rate = NULL;
  assert_has(ws_error(&w)->message, "rates need a source with a currency and a rate column");
  w.model.rates.rate = "rat";
  assert_has(ws_error(&w)->hint, "did you mean \"rate\"?");
  w.model.currency = NULL;
  assert_has(ws_error(&w)->message, "names no currency to convert to");
  ws_close(&w);
}

/* ---- memory ---------------------------------------------------------------------------------- */
static void every_allocation_may_fail(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  w.model.deals.amount = "amount";
  w.sources[0].columns = (pl_compute[]){{.kind = PL_COMPUTE_CLEAN,
                                         .name = "page",
                                         .site = AT(12),
                                         .inputs = TEXTS("origin"),
                                         .words = TEXTS("url", "lower")},
                                        {.kind = PL_COMPUTE_MAP,
                                         .name = "group",
                                         .site = AT(12),
                                         .inputs = TEXTS("page"),
                                         .from = TEXTS("a", "b"),
                                         .to = TEXTS("x", "y")},
                                        {.kind = PL_COMPUTE_DERIVE,
                                         .name = "derived",
                                         .site = AT(12),
                                         .inputs = TEXTS("page", "id"),
                                         .call = {-1, 1}},
                                        {.kind = PL_COMPUTE_LOOKUP,
                                         .name = "deal",
                                         .site = AT(12),
                                         .table = "deals",
                                         .key = KEY("id", "lead"),
                                         .take = "id"}};
  w.sources[0].columns_n = 4;
  w.sources[0].where =
      WHERE({.kind = PL_COND_MATCHES, .column = "group", .site = AT(13), WHERE_VALUE("^[a-z]+$")},
            {.kind = PL_COND_CALL, .column = "derived", .site = AT(13), .call = {-1, 2}},
            {.kind = PL_COND_NOT,
             .column = "deal",
             .site = AT(13),
             .child = &(pl_condition){.kind = PL_COND_BLANK}});
  ws_metric(&w, "leads", to_deals, 1);
  w.metrics[0].by = "origin";
  ws_metric(&w, "leads", to_deals, 1);
  w.metrics[1].within = "36h"; /* a failing metric is copied */
  uint64_t before = pl_alloc_count();
  ws_bind_ok(&w);
  uint64_t n = pl_alloc_count() - before;
  ws_unbind(&w);
  assert_true(n > 50);
  /* libcsv asks for less when it does not get much, and an example of a value
   * may do without its line; everything else is an error */
  uint64_t survived = 0;
  for (uint64_t i = 1; i <= n; i++) {
    pl_alloc_fail_at(i);
    pl_status status = ws_bind(&w);
    pl_alloc_fail_at(0);
    if (status != PL_E_MEMORY && status != PL_OK)
      fail_msg("allocation %llu gave %d: %s", (unsigned long long)i, (int)status, w.err.message);
    assert_true((status == PL_OK) == (w.bound != NULL));
    survived += status == PL_OK;
  }
  assert_in_range(survived, 0, 20);
  ws_close(&w);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(binds_a_plain_workspace),
      cmocka_unit_test(as_of_is_taken_from_the_option_first),
      cmocka_unit_test(as_of_ends_with_the_day_of_the_audits_zone),
      cmocka_unit_test(period_and_durations_of_the_audit),
      cmocka_unit_test(a_workspace_needs_deals),
      cmocka_unit_test(globs_and_lists_give_each_file_once_by_name),
      cmocka_unit_test(formats_go_by_ending_and_may_mix),
      cmocka_unit_test(a_declared_delimiter_is_the_users_word_and_a_missing_one_is_seen),
      cmocka_unit_test(missing_files_have_clear_messages),
      cmocka_unit_test(files_stay_inside_unless_allowed),
      cmocka_unit_test(files_of_a_source_agree_on_used_columns),
      cmocka_unit_test(json_records_may_leave_a_column_out),
      cmocka_unit_test(unknown_columns_are_named_with_the_nearest),
      cmocka_unit_test(keys_duplicates_and_freshness_need_their_columns),
      cmocka_unit_test(a_key_holds_one_value),
      cmocka_unit_test(computed_columns_are_checked_even_when_unused),
      cmocka_unit_test(columns_cannot_need_themselves),
      cmocka_unit_test(lookups_name_tables_keys_and_what_to_take),
      cmocka_unit_test(looked_up_tables_are_held_and_loaded_first),
      cmocka_unit_test(tables_cannot_need_each_other),
      cmocka_unit_test(computed_times_from_elsewhere_are_declared),
      cmocka_unit_test(rates_name_their_columns),
      cmocka_unit_test(every_allocation_may_fail),
  };
  return cmocka_run_group_tests_name("trace_bind", tests, NULL, NULL);
}
