/* Binding: files, columns, links, traces, times; and every message that a user
 * can meet there. */
#include "trace_workspace.h"

#include "trace/expression.h"

#define LEADS "id,day,origin\nl1,2024-01-02,paid\nl2,2024-02-03,\n"
#define DEALS "id,lead,closed,created,status,amount\n" \
              "d1,l1,2024-03-01,2024-01-05,won,10.50\nd2,l2,2024-04-01,2024-02-05,lost,3\n"

/* leads -> deals by leads.id = deals.lead */
static pl_step_def to_deals[] = {
    {.table = "deals", .site = {"rules/m.lua", 6, 0}, .key = {{"id"}, {"lead"}, 1}}};

static void open_plain(workspace *w) {
  ws_open(w);
  ws_file(w, "leads.csv", LEADS);
  ws_file(w, "deals.csv", DEALS);
  ws_source(w, "leads", "leads.csv")->time = (pl_time_column){.column = "day", .site = AT(11)};
  ws_deals(w, "deals.csv");
}

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
  assert_int_equal(deals->slots[deals->amount].uses, PL_USE_NUMBER);
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
  assert_has(ws_error(&w)->message, "as_of = \"soon\" is not a date");
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
  assert_has(ws_error(&w)->message, "the ending of x.txt does not tell its format");
  w.sources[0].format_given = true;
  ws_bind_ok(&w);
  ws_close(&w);
}

static void a_declared_delimiter_wins_and_a_missing_one_is_suggested(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  ws_file(&w, "semi.csv", "id;day;origin\nl1;2024-01-02;paid\n");
  w.sources[0].paths = TEXTS("semi.csv");
  assert_has(ws_error(&w)->message, "it looks separated by ';'");
  w.sources[0].dialect.delimiter = ';';
  w.sources[0].delimiter_given = true;
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
  w.sources[0].columns = (pl_compute[]){{.kind = PL_COMPUTE_LIST, .name = "ids", .site = AT(12),
                                         .inputs = TEXTS("id"), .words = TEXTS(";")}};
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
  pl_compute c = {.kind = PL_COMPUTE_CLEAN, .name = "new", .site = AT(12),
                  .inputs = TEXTS("origin"), .words = TEXTS("lower", "trimm")};
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
  pl_compute c = {.kind = PL_COMPUTE_LOOKUP, .name = "deal_day", .site = AT(12), .table = "deal",
                  .key = KEY("id", "lead"), .take = "closed"};
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
  w.model.deals.source.columns =
      (pl_compute[]){{.kind = PL_COMPUTE_SUM, .name = "(amount)", .site = AT(21), .table = "money",
                      .key = KEY("lead", "lead"), .take = "euros"}};
  w.model.deals.source.columns_n = 1;
  w.model.deals.amount = "(amount)";
  w.sources[0].where = WHERE({.kind = PL_COND_EQUAL, .column = "owner", .site = AT(13),
                              .values = (pl_literal[]){{"x", false}}, .values_n = 1});
  w.sources[0].columns =
      (pl_compute[]){{.kind = PL_COMPUTE_LOOKUP, .name = "owner", .site = AT(12), .table = "deals",
                      .key = KEY("id", "lead"), .take = "status"}};
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
  w.sources[0].columns =
      (pl_compute[]){{.kind = PL_COMPUTE_LOOKUP, .name = "won", .site = AT(12), .table = "deals",
                      .key = KEY("id", "lead"), .take = "status"}};
  w.sources[0].columns_n = 1;
  w.model.deals.source.columns =
      (pl_compute[]){{.kind = PL_COMPUTE_LOOKUP, .name = "origin", .site = AT(21),
                      .table = "leads", .key = KEY("lead", "id"), .take = "origin"}};
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
  w.sources[0].columns = (pl_compute[]){{.kind = PL_COMPUTE_DERIVE, .name = "when", .site = AT(12),
                                         .inputs = TEXTS("origin"), .call = {-1, 1}}};
  w.sources[0].columns_n = 1;
  w.sources[0].time.column = "when";
  assert_has(ws_error(&w)->message, "how it is written cannot be seen beforehand");
  assert_has(w.err.hint, "formats = { [\"when\"] = \"%Y-%m-%d\" }");
  w.sources[0].time.format = "%Y-%m-%d";
  ws_bind_ok(&w);
  ws_close(&w);
}

/* ---- links and steps ---------------------------------------------------------------- */
static void steps_without_a_key_go_by_the_link(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  pl_step_def step = {.table = "deals", .site = RULE(6)};
  ws_metric(&w, "leads", &step, 1);
  const pl_error *e = ws_error(&w);
  assert_has(e->message, "no link joins \"leads\" and \"deals\"");
  assert_has(e->hint, "link { \"leads\", \"deals\", \"id\" }");
  assert_string_equal(e->file, "rules/m.lua");
  assert_int_equal(e->line, 6);
  ws_link(&w, "deals", "leads", "lead", "id"); /* works in both directions */
  ws_bind_ok(&w);
  const pl_step *bound = &w.bound->metrics[0].branches[0].steps[0];
  assert_string_equal(bound->from->slots[bound->here[0]].name, "id");
  assert_string_equal(bound->to->slots[bound->there[0]].name, "lead");
  ws_link(&w, "leads", "deals", "id", "lead"); /* says the same again */
  ws_bind_ok(&w);
  assert_null(w.bound->metrics[0].failed);
  ws_link(&w, "leads", "deals", "origin", "status");
  e = ws_error(&w);
  assert_has(e->message, "several links join \"leads\" and \"deals\": audit.lua:31 (lead = id), "
             "audit.lua:32 (id = lead), audit.lua:33 (origin = status)");
  ws_close(&w);
}

static void links_name_tables_and_columns_that_exist(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  pl_link_def *link = ws_link(&w, "leads", "deals", "id", "led");
  assert_int_equal(ws_bind(&w), PL_E_USAGE);
  assert_has(w.err.message, "\"deals\" has no column \"led\"");
  assert_int_equal(w.err.line, 31);
  link->to = "deal";
  assert_has(ws_error(&w)->message, "there is no source \"deal\"");
  link->key.n = 0;
  assert_has(ws_error(&w)->message, "a link needs 1 to 8 columns");
  ws_close(&w);
}

static void a_trace_ends_in_deals(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  pl_metric_def *m = ws_metric(&w, "leads", NULL, 0);
  assert_has(ws_error(&w)->message, "the trace ends in \"leads\"; a trace must end in deals");
  m->branches[0].table = "deals"; /* from "deals" with no step is legal */
  ws_bind_ok(&w);
  assert_null(w.bound->metrics[0].failed);
  m->branches[0].table = "lead";
  assert_has(ws_error(&w)->hint, "did you mean \"leads\"?");
  ws_close(&w);
}

static void a_trace_has_at_most_16_steps(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  pl_step_def steps[17];
  for (int i = 0; i < 17; i++) {
    bool there = i % 2 == 0; /* leads -> deals -> leads -> … */
    steps[i] = (pl_step_def){.table = there ? "deals" : "leads", .site = RULE(6 + (uint32_t)i),
                             .key = there ? KEY("id", "lead") : KEY("lead", "id")};
  }
  ws_metric(&w, "leads", steps, 15);
  ws_bind_ok(&w);
  assert_null(w.bound->metrics[0].failed);
  assert_true(ws_bound_source(&w, "leads")->held); /* it is entered, too */
  w.branches[0][0].steps_n = 17;
  assert_has(ws_error(&w)->message, "a trace has at most 16 steps, this one has 17");
  ws_close(&w);
}

static void wrong_keys_name_the_table_they_are_missing_in(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  pl_step_def step = {.table = "deals", .site = RULE(6), .key = KEY("id", "id_lead")};
  ws_metric(&w, "leads", &step, 1);
  assert_has(ws_error(&w)->message, "\"deals\" has no column \"id_lead\"");
  step.key = KEY("ids", "lead");
  assert_has(ws_error(&w)->message, "\"leads\" has no column \"ids\"");
  step.table = "dealz";
  assert_has(ws_error(&w)->message, "there is no source \"dealz\"");
  ws_close(&w);
}

/* ---- the outcome is not selected ------------------------------------------------------ */
static void conditions_cannot_select_the_outcome(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  w.model.deals.amount = "amount";
  w.model.deals.source.columns = (pl_compute[]){
      {.kind = PL_COMPUTE_MAP, .name = "(status)", .site = AT(21), .inputs = TEXTS("status")},
      {.kind = PL_COMPUTE_CLEAN, .name = "month", .site = AT(22), .inputs = TEXTS("closed"),
       .words = TEXTS("digits")},
      {.kind = PL_COMPUTE_DERIVE, .name = "size", .site = AT(23), .inputs = TEXTS("month", "id"),
       .call = {-1, 1}}};
  w.model.deals.source.columns_n = 3;
  w.model.deals.status = "(status)";
  pl_step_def step = to_deals[0];
  ws_metric(&w, "leads", &step, 1);
  /* what the status is made from, the role itself, and what follows from one */
  const char *const bad[] = {"status", "(status)", "amount", "closed", "month", "size"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    step.where = WHERE({.kind = PL_COND_BLANK, .column = bad[i], .site = RULE(7)});
    const pl_error *e = ws_error(&w);
    assert_has(e->message, "it would select the outcome");
    assert_has(e->message, bad[i]);
    assert_int_equal(e->line, 7);
  }
  step.where = WHERE({.kind = PL_COND_BLANK, .column = "created", .site = RULE(7)});
  ws_bind_ok(&w);
  assert_null(w.bound->metrics[0].failed);
  /* which records are deals at all is audit.lua's to say */
  w.model.deals.source.where = WHERE({.kind = PL_COND_BLANK, .column = "status", .site = AT(24)});
  ws_bind_ok(&w);
  assert_null(w.bound->metrics[0].failed);
  ws_close(&w);
}

static void nor_by_looking_it_up_from_another_table(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  w.sources[0].columns =
      (pl_compute[]){{.kind = PL_COMPUTE_LOOKUP, .name = "end", .site = AT(12), .table = "deals",
                      .key = KEY("id", "lead"), .take = "status"}};
  w.sources[0].columns_n = 1;
  ws_metric(&w, "leads", to_deals, 1);
  w.branches[0][0].where = WHERE({.kind = PL_COND_BLANK, .column = "end", .site = RULE(5)});
  assert_has(ws_error(&w)->message, "it would select the outcome");
  ws_close(&w);
}

/* ---- time limits ------------------------------------------------------------------------ */
static void the_tightest_window_counts(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  w.model.within = "10d";
  pl_step_def step = to_deals[0];
  pl_metric_def *m = ws_metric(&w, "leads", &step, 1);
  ws_bind_ok(&w);
  assert_int_equal(w.bound->metrics[0].branches[0].within_us, 10 * PL_DAY_US);
  m->within = "30d"; /* the metric's replaces the audit's */
  ws_bind_ok(&w);
  assert_int_equal(w.bound->metrics[0].branches[0].within_us, 30 * PL_DAY_US);
  step.within = "20d";
  ws_bind_ok(&w);
  assert_int_equal(w.bound->metrics[0].branches[0].within_us, 20 * PL_DAY_US);
  step.within = "soon";
  assert_has(ws_error(&w)->message, "within = \"soon\" is not a duration");
  ws_close(&w);
}

static void a_window_that_cannot_be_checked_is_an_error(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  w.model.within = "10d"; /* of the audit: passed over where it has no meaning */
  pl_metric_def *m = ws_metric(&w, "leads", to_deals, 1);
  m->before = "any";
  ws_bind_ok(&w);
  assert_null(w.bound->metrics[0].failed);
  assert_int_equal(w.bound->metrics[0].branches[0].within_us, -1);
  m->within = "5d";
  assert_has(ws_error(&w)->message, "cannot be checked with before = \"any\"");
  m->before = NULL;
  w.sources[0].time.column = NULL;
  assert_has(ws_error(&w)->message, "cannot be checked: the records of \"leads\" have no time");
  m->within = NULL;
  ws_bind_ok(&w);
  assert_null(w.bound->metrics[0].failed);
  ws_close(&w);
}

static void hours_cannot_be_checked_on_days(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  pl_metric_def *m = ws_metric(&w, "leads", to_deals, 1);
  m->within = "36h";
  assert_has(ws_error(&w)->message, "within = \"36h\" is not a number of whole days, but \"day\"");
  m->within = "48h";
  ws_bind_ok(&w);
  assert_null(w.bound->metrics[0].failed);
  ws_close(&w);
}

static void the_anchor_must_be_mapped(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  pl_metric_def *m = ws_metric(&w, "leads", to_deals, 1);
  m->before = "created";
  const pl_error *e = ws_error(&w);
  assert_has(e->message, "before = \"created\" needs to know when deals were created");
  assert_has(e->hint, "add created = ");
  w.model.deals.created = (pl_time_column){.column = "created", .site = AT(20)};
  ws_bind_ok(&w);
  assert_int_equal(w.bound->metrics[0].before, PL_BEFORE_CREATED);
  w.model.deals.closed.column = NULL;
  m->before = NULL;
  e = ws_error(&w);
  assert_has(e->message, "before = \"closed\" (the default) needs to know when deals were closed");
  w.sources[0].time.column = NULL; /* nothing is compared then */
  ws_bind_ok(&w);
  assert_null(w.bound->metrics[0].failed);
  m->before = "later";
  assert_has(ws_error(&w)->message, "before = \"later\" is not known");
  ws_close(&w);
}

static void next_needs_times_and_stands_last(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  pl_step_def step = to_deals[0];
  step.next = true;
  pl_metric_def *m = ws_metric(&w, "leads", &step, 1);
  ws_bind_ok(&w);
  assert_true(w.bound->metrics[0].branches[0].steps[0].next);
  m->before = "any";
  assert_has(ws_error(&w)->message, "which = \"next\" has no meaning with before = \"any\"");
  m->before = NULL;
  w.sources[0].time.column = NULL;
  assert_has(ws_error(&w)->message, "which = \"next\" needs the time of the records of \"leads\"");
  w.sources[0].time.column = "day";
  pl_step_def steps[] = {step, {.table = "leads", .site = RULE(7), .key = KEY("lead", "id")},
                         to_deals[0]};
  m->branches[0].steps = steps;
  m->branches[0].steps_n = 3;
  assert_has(ws_error(&w)->message, "which = \"next\" belongs to the last step");
  ws_close(&w);
}

/* ---- breakdown --------------------------------------------------------------------------- */
static void by_is_found_where_the_trace_goes(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  pl_metric_def *m = ws_metric(&w, "leads", to_deals, 1);
  m->by_table = "deals";
  m->by = "created";
  ws_bind_ok(&w);
  assert_int_equal(w.bound->metrics[0].branches[0].by_step, 1);
  m->by = "creator";
  assert_has(ws_error(&w)->message, "\"deals\" has no column \"creator\"");
  m->by_table = "nowhere";
  assert_has(ws_error(&w)->message, "there is no source \"nowhere\"");
  m->by_table = "leads";
  m->by = "origin";
  m->branches[0] = (pl_trace_def){.table = "deals", .site = RULE(5)};
  assert_has(ws_error(&w)->message, "by names the table \"leads\", which the trace does not enter");
  ws_close(&w);
}

static void one_branch_with_the_column_is_enough(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  pl_metric_def *m = ws_metric(&w, "leads", to_deals, 1);
  m->branches_n = 2;
  w.branches[0][1] = (pl_trace_def){.table = "deals", .site = RULE(8)};
  m->before = "any";
  m->by = "origin";
  ws_bind_ok(&w);
  assert_int_equal(w.bound->metrics[0].branches[0].by_step, 0);
  assert_int_equal(w.bound->metrics[0].branches[1].by_step, -1);
  m->by = "colour";
  assert_has(ws_error(&w)->message, "\"leads\" has no column \"colour\"");
  ws_close(&w);
}

/* ---- metrics fail alone --------------------------------------------------------------------- */
static void a_failed_metric_leaves_nothing_behind(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  pl_step_def wrong = {.table = "deals", .site = RULE(6), .key = KEY("nothing", "lead")};
  ws_metric(&w, "leads", &wrong, 1);
  /* "paid" is no number: bound, this condition would reject the record */
  w.branches[0][0].where = WHERE({.kind = PL_COND_RANGE, .column = "origin", .site = RULE(5),
                                  .low = {"5", true}});
  ws_metric(&w, "leads", to_deals, 1);
  w.metrics[1].by = "origin";
  ws_bind_ok(&w);
  assert_non_null(w.bound->metrics[0].failed);
  assert_null(w.bound->metrics[1].failed);
  const pl_source *leads = ws_bound_source(&w, "leads");
  assert_int_equal(leads->slots[ws_slot(leads, "origin")].uses, PL_USE_TEXT);
  ws_close(&w);
}

static void metrics_that_failed_before_keep_their_reason(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  pl_error why;
  pl_fail(&why, PL_E_RULE, "a wrong field");
  pl_metric_def *m = ws_metric(&w, "leads", to_deals, 1);
  m->failed = &why;
  m->failed_code = 111;
  pl_metric_def *untraced = ws_metric(&w, "leads", NULL, 0);
  untraced->branches_n = 0;
  ws_bind_ok(&w);
  assert_true(w.bound->metrics[0].failed == &why);
  assert_int_equal(w.bound->metrics[0].failed_code, 111);
  assert_null(w.bound->metrics[1].failed);
  assert_false(ws_bound_source(&w, "leads")->started);
  ws_close(&w);
}

/* ---- times ----------------------------------------------------------------------------------- */
static void bind_times(workspace *w, const char *values) {
  char text[512];
  snprintf(text, sizeof text, "id,day\n%s", values);
  ws_file(w, "leads.csv", text);
  ws_bind(w);
}

static void styles_are_settled_from_a_sample(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  const struct {
    const char *values;
    pl_time_style style;
    bool dates, instants;
  } cases[] = {
      {"1,2024-01-02\n2,\n", PL_TIME_ISO, true, false},
      {"1,2024-01-02 10:00\n2,2024-01-02T10:00:00Z\n", PL_TIME_ISO, false, true},
      {"1,2024-01-02 10:00\n2,2024-01-02\n", PL_TIME_ISO, true, true},
      {"1,1700000000\n2,999999999\n", PL_TIME_EPOCH_S, false, true},
      {"1,1700000000123\n", PL_TIME_EPOCH_MS, false, true},
      {"1,2024-01-02\n2,2024-01-03\n3,unknown\n", PL_TIME_ISO, true, false},
      {"1,\n", PL_TIME_ISO, false, false},
      {"", PL_TIME_ISO, false, false},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    bind_times(&w, cases[i].values);
    if (w.status != PL_OK) fail_msg("%zu: %s", i, w.err.message);
    const pl_source *leads = ws_bound_source(&w, "leads");
    const pl_slot *slot = &leads->slots[leads->time];
    assert_int_equal(slot->reader.style, cases[i].style);
    assert_int_equal(slot->has_dates, cases[i].dates);
    assert_int_equal(slot->has_instants, cases[i].instants);
  }
  ws_close(&w);
}

static void an_ambiguous_date_is_never_guessed(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  bind_times(&w, "1,\n2,03/04/2024\n3,05/06/2024\n");
  assert_int_equal(w.status, PL_E_USAGE);
  assert_string_equal(w.err.message, "\"03/04/2024\" in column \"day\" of \"leads\" can be read in "
                      "several ways: 2024-04-03 as %d/%m/%Y, 2024-03-04 as %m/%d/%Y");
  assert_string_equal(w.err.file, "leads.csv");
  assert_int_equal(w.err.line, 3);
  assert_int_equal(w.err.column, 3);
  assert_string_equal(w.err.excerpt, "2,03/04/2024");
  assert_string_equal(w.err.hint, "say how it is written, at audit.lua:11: time = { \"day\", format "
                      "= \"%d/%m/%Y\" }");
  bind_times(&w, "1,31.12.2024\n");
  assert_has(w.err.message, "is not an ISO date; is it 2024-12-31 as %d.%m.%Y?");
  bind_times(&w, "1,yesterday\n");
  assert_has(w.err.message, "is not a date or time that needs no declaration");
  bind_times(&w, "1,2024-01-02\n2,1700000000\n");
  assert_string_equal(w.err.message, "column \"day\" of \"leads\" holds both ISO dates "
                      "(\"2024-01-02\") and seconds since 1970 (\"1700000000\")");
  assert_int_equal(w.err.line, 3);
  ws_close(&w);
}

static void declared_formats_are_not_sampled(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  w.sources[0].time.format = "%d/%m/%Y";
  bind_times(&w, "1,03/04/2024\n");
  assert_int_equal(w.status, PL_OK);
  const pl_source *leads = ws_bound_source(&w, "leads");
  assert_true(leads->slots[leads->time].style_declared && leads->slots[leads->time].has_dates);
  w.sources[0].time.format = "%d/%m/%Y %H:%M";
  bind_times(&w, "1,03/04/2024 10:00\n");
  leads = ws_bound_source(&w, "leads");
  assert_true(leads->slots[leads->time].has_instants && !leads->slots[leads->time].has_dates);
  w.sources[0].time.format = "epoch_ms";
  bind_times(&w, "1,5\n");
  assert_int_equal(w.status, PL_OK);
  w.sources[0].time.format = "%Q";
  bind_times(&w, "1,5\n");
  assert_int_equal(w.status, PL_E_USAGE);
  assert_string_equal(w.err.file, "audit.lua");
  w.sources[0].time.format = "%d/%m/%Y";
  w.sources[0].times = (pl_time_column[]){{"day", "%m/%d/%Y", NULL, AT(14)}};
  w.sources[0].times_n = 1;
  bind_times(&w, "1,03/04/2024\n");
  assert_has(w.err.message, "the times of \"day\" in \"leads\" are declared in two ways");
  ws_close(&w);
}

static void a_column_of_no_times_fails_only_the_metric_that_compares_it(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  ws_metric(&w, "leads", to_deals, 1);
  w.branches[0][0].where = WHERE({.kind = PL_COND_RANGE, .column = "origin", .site = RULE(5),
                                  .low = {"2024-01-01", false}});
  ws_metric(&w, "leads", to_deals, 1);
  const pl_error *e = ws_error(&w);
  assert_has(e->message, "\"paid\" in column \"origin\" of \"leads\"");
  assert_has(e->hint, "formats = { [\"origin\"] = ");
  assert_null(w.bound->metrics[1].failed);
  const pl_source *leads = ws_bound_source(&w, "leads");
  assert_false(leads->slots[ws_slot(leads, "origin")].uses & PL_USE_TIME);
  ws_close(&w);
}

static void zones_come_from_the_column_the_source_or_the_audit(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  w.sources[0].timezone = "Europe/Berlin";
  ws_bind_ok(&w);
  const pl_source *leads = ws_bound_source(&w, "leads");
  assert_string_equal(pl_zone_name(leads->slots[leads->time].reader.zone), "Europe/Berlin");
  assert_true(leads->slots[leads->time].reader.days == w.bound->zone);
  w.sources[0].time.timezone = "Asia/Tokyo";
  ws_bind_ok(&w);
  leads = ws_bound_source(&w, "leads");
  assert_string_equal(pl_zone_name(leads->slots[leads->time].reader.zone), "Asia/Tokyo");
  w.sources[0].time.timezone = "Asia/Toyko";
  assert_has(ws_error(&w)->message, "Asia/Toyko");
  ws_close(&w);
}

/* ---- deals' roles and rates ------------------------------------------------------------------ */
static void rates_name_their_columns(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  ws_file(&w, "rates.csv", "code,rate,day\nUSD,0.92,2024-01-01\n");
  ws_source(&w, "rates", "rates.csv");
  w.model.rates = (pl_rates_def){.given = true, .site = AT(2), .source = "rates",
                                 .currency = "code", .rate = "rate", .date = "day",
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

/* ---- one record ------------------------------------------------------------------------------ */
static void records_have_fates(void **state) {
  (void)state;
  workspace w;
  ws_reader r;
  open_plain(&w);
  ws_file(&w, "leads.csv", "id,day,kind,score\n"
                           "a,2024-01-02,lead,1.5\n"     /* 0 used */
                           "b,2024-01-02,test,abc\n"     /* 1 filtered, not rejected */
                           "c,2025-01-01,lead,abc\n"     /* 2 after as_of, not rejected */
                           "d,2024-12-31,lead, abc\n"    /* 3 rejected: score */
                           "e,2024-13-31,lead,1\n"       /* 4 rejected: day */
                           "f,,lead,\n"                  /* 5 blanks are fine */
                           "g,2024-01-02,lead,99999999999999999999\n" /* 6 too large */
                           "h, ,lead,(not set)\n");      /* 7 blank by declaration */
  w.sources[0].where = WHERE({.kind = PL_COND_EQUAL, .column = "kind", .site = AT(12),
                              .values = (pl_literal[]){{"lead", false}}, .values_n = 1});
  w.sources[0].blank = TEXTS("(not set)", "0");
  ws_metric(&w, "leads", to_deals, 1);
  w.branches[0][0].where = WHERE({.kind = PL_COND_RANGE, .column = "score", .site = RULE(5),
                                  .low = {"1", true}});
  ws_bind_ok(&w);
  assert_null(w.bound->metrics[0].failed);
  ws_read(&r, &w, "leads", 0);
  int score = ws_slot(r.source, "score");
  assert_int_equal(ws_row(&r, 0), PL_ROW_USED);
  assert_int_equal(r.cells[score].number.units, 15000);
  assert_string_equal(ws_text(&r, "id"), "a");
  assert_int_equal(r.cells[r.source->time].time.kind, PL_TIME_DATE);
  assert_int_equal(ws_row(&r, 1), PL_ROW_FILTERED);
  assert_int_equal(ws_row(&r, 2), PL_ROW_AFTER_AS_OF);
  assert_int_equal(ws_row(&r, 3), PL_ROW_REJECTED);
  assert_int_equal(r.reject.code, PL_REJECT_NUMBER);
  assert_int_equal(r.reject.column, 19); /* d,2024-12-31,lead, is 18 bytes */
  assert_int_equal(r.reject.line, 3);    /* relative to the chunk */
  assert_true(pl_str_eq(r.reject.message,
                        PL_STR("score: \"abc\" is not a number (numbers = \"plain\")")));
  assert_true(pl_str_eq(r.reject.raw, PL_STR("d,2024-12-31,lead, abc")));
  assert_int_equal(ws_row(&r, 4), PL_ROW_REJECTED);
  assert_int_equal(r.reject.code, PL_REJECT_TIME);
  assert_int_equal(r.reject.column, 3);
  assert_true(pl_str_eq(r.reject.message, PL_STR("day: \"2024-13-31\" is not a time (expected "
                                                 "2024-03-14 or 2024-03-14 09:30)")));
  assert_int_equal(ws_row(&r, 5), PL_ROW_USED);
  assert_true(r.cells[score].blank && r.cells[r.source->time].blank);
  assert_int_equal(ws_row(&r, 6), PL_ROW_REJECTED);
  assert_non_null(strstr(r.reject.message.p, "is too large a number"));
  assert_int_equal(ws_row(&r, 7), PL_ROW_USED);
  assert_true(r.cells[score].blank && r.cells[score].text.n == 0);
  assert_int_equal(r.scratch.contradicted_slot, -1);
  w.bound->surveying = true; /* a survey sees them all */
  for (size_t i = 0; i < 8; i++) assert_int_equal(ws_row(&r, i), PL_ROW_USED);
  ws_read_end(&r);
  ws_close(&w);
}

static void number_styles_and_json_exponents(void **state) {
  (void)state;
  workspace w;
  ws_reader r;
  open_plain(&w);
  w.model.deals.amount = "amount";
  ws_file(&w, "deals.csv", "id,closed,status,amount\n1,,won,\"1.234,50\"\n2,,won,1e3\n");
  w.model.deals.source.numbers = PL_NUMBER_DOT;
  ws_bind_ok(&w);
  ws_read(&r, &w, "deals", 0);
  assert_int_equal(ws_row(&r, 0), PL_ROW_USED);
  assert_int_equal(r.cells[r.source->amount].number.units, 12345000);
  assert_int_equal(ws_row(&r, 1), PL_ROW_REJECTED);
  ws_read_end(&r);
  ws_file(&w, "deals.json", "[{\"id\":\"1\",\"closed\":\"\",\"status\":\"won\",\"amount\":1e3}]");
  w.model.deals.source.paths = TEXTS("deals.json");
  w.model.deals.source.numbers = PL_NUMBER_PLAIN;
  ws_bind_ok(&w);
  ws_read(&r, &w, "deals", 0);
  assert_int_equal(ws_row(&r, 0), PL_ROW_USED);
  assert_int_equal(r.cells[r.source->amount].number.units, 10000000);
  ws_read_end(&r);
  ws_close(&w);
}

/* 64 KiB of records whose sample says one thing, and one behind it that does not. */
static void write_long(workspace *w, const char *usual, const char *last) {
  char path[256];
  snprintf(path, sizeof path, "%s/leads.csv", w->folder);
  FILE *f = fopen(path, "w");
  fputs("id,day\n", f);
  for (int i = 0; i < 8000; i++) fprintf(f, "%d,%s\n", i, usual);
  fprintf(f, "last,%s\n", last);
  fclose(f);
}

static void later_values_contradict_a_sample(void **state) {
  (void)state;
  workspace w;
  ws_reader r;
  open_plain(&w);
  const struct {
    const char *usual, *last;
    bool contradicts;
    pl_row_fate fate;
  } cases[] = {
      {"2024-01-02 10:00", "2024-01-03", true, PL_ROW_USED},
      {"2024-01-02", "2024-01-03 10:00", true, PL_ROW_USED},
      {"1700000000", "2024-01-03", true, PL_ROW_REJECTED},
      {"2024-01-02", "1700000000", true, PL_ROW_REJECTED},
      {"2024-01-02", "soon", false, PL_ROW_REJECTED},
      {"", "2024-01-02", true, PL_ROW_USED},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    write_long(&w, cases[i].usual, cases[i].last);
    if (cases[i].usual[0] == 0) { /* short lines: more of them */
      char path[256];
      snprintf(path, sizeof path, "%s/leads.csv", w.folder);
      FILE *f = fopen(path, "w");
      fputs("id,day\n", f);
      for (int k = 0; k < 20000; k++) fprintf(f, "%d,\n", k);
      fprintf(f, "last,%s\n", cases[i].last);
      fclose(f);
    }
    ws_bind_ok(&w);
    ws_read(&r, &w, "leads", 0);
    assert_int_equal(ws_row(&r, 0), PL_ROW_USED);
    assert_int_equal(r.scratch.contradicted_slot, -1);
    assert_int_equal(ws_row(&r, r.batch.n - 1), cases[i].fate);
    assert_int_equal(r.scratch.contradicted_slot, cases[i].contradicts ? r.source->time : -1);
    ws_read_end(&r);
  }
  ws_close(&w);
}

static pl_status survey(workspace *w) {
  ws_reader r;
  pl_styles *styles = pl_styles_new(w->bound);
  assert_non_null(styles);
  w->bound->surveying = true;
  ws_read(&r, w, "leads", 0);
  for (size_t i = 0; i < r.batch.n; i++) {
    assert_int_equal(ws_row(&r, i), PL_ROW_USED);
    pl_styles_note(styles, r.source, r.cells, r.source->first_file, r.batch.records[i].line + 2);
  }
  ws_read_end(&r);
  w->bound->surveying = false;
  pl_status status = pl_styles_settle(styles, &w->err);
  pl_styles_free(styles);
  return status;
}

static void a_survey_settles_a_column_from_all_of_it(void **state) {
  (void)state;
  workspace w;
  ws_reader r;
  open_plain(&w);
  ws_metric(&w, "leads", to_deals, 1);
  w.metrics[0].within = "36h"; /* fine as long as there are times only */
  ws_file(&w, "deals.csv", "id,lead,closed,created,status\nd1,1,2024-03-01 10:00,,won\n");
  write_long(&w, "2024-01-02 10:00", "2024-01-03");
  ws_bind_ok(&w);
  assert_null(w.bound->metrics[0].failed);
  assert_int_equal(survey(&w), PL_OK);
  const pl_source *leads = ws_bound_source(&w, "leads");
  assert_true(leads->slots[leads->time].has_dates && leads->slots[leads->time].has_instants);
  assert_true(w.bound->surveyed);
  assert_has(w.bound->metrics[0].failed->message, "not a number of whole days");
  ws_read(&r, &w, "leads", 0);
  assert_int_equal(ws_row(&r, r.batch.n - 1), PL_ROW_USED);
  assert_int_equal(r.scratch.contradicted_slot, -1);
  ws_read_end(&r);
  write_long(&w, "2024-01-02", "1700000000");
  ws_bind_ok(&w);
  assert_int_equal(survey(&w), PL_E_USAGE);
  assert_has(w.err.message, "holds both ISO dates (\"2024-01-02\") and seconds since 1970");
  assert_int_equal(w.err.line, 8002); /* the header and 8,000 records before it */
  ws_close(&w);
}

/* ---- memory ---------------------------------------------------------------------------------- */
static void every_allocation_may_fail(void **state) {
  (void)state;
  workspace w;
  open_plain(&w);
  w.model.deals.amount = "amount";
  w.sources[0].columns = (pl_compute[]){
      {.kind = PL_COMPUTE_CLEAN, .name = "page", .site = AT(12), .inputs = TEXTS("origin"),
       .words = TEXTS("url", "lower")},
      {.kind = PL_COMPUTE_MAP, .name = "group", .site = AT(12), .inputs = TEXTS("page"),
       .from = TEXTS("a", "b"), .to = TEXTS("x", "y")},
      {.kind = PL_COMPUTE_DERIVE, .name = "derived", .site = AT(12),
       .inputs = TEXTS("page", "id"), .call = {-1, 1}},
      {.kind = PL_COMPUTE_LOOKUP, .name = "deal", .site = AT(12), .table = "deals",
       .key = KEY("id", "lead"), .take = "id"}};
  w.sources[0].columns_n = 4;
  w.sources[0].where = WHERE(
      {.kind = PL_COND_MATCHES, .column = "group", .site = AT(13), WHERE_VALUE("^[a-z]+$")},
      {.kind = PL_COND_CALL, .column = "derived", .site = AT(13), .call = {-1, 2}},
      {.kind = PL_COND_NOT, .column = "deal", .site = AT(13),
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
      cmocka_unit_test(a_declared_delimiter_wins_and_a_missing_one_is_suggested),
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
      cmocka_unit_test(steps_without_a_key_go_by_the_link),
      cmocka_unit_test(links_name_tables_and_columns_that_exist),
      cmocka_unit_test(a_trace_ends_in_deals),
      cmocka_unit_test(a_trace_has_at_most_16_steps),
      cmocka_unit_test(wrong_keys_name_the_table_they_are_missing_in),
      cmocka_unit_test(conditions_cannot_select_the_outcome),
      cmocka_unit_test(nor_by_looking_it_up_from_another_table),
      cmocka_unit_test(the_tightest_window_counts),
      cmocka_unit_test(a_window_that_cannot_be_checked_is_an_error),
      cmocka_unit_test(hours_cannot_be_checked_on_days),
      cmocka_unit_test(the_anchor_must_be_mapped),
      cmocka_unit_test(next_needs_times_and_stands_last),
      cmocka_unit_test(by_is_found_where_the_trace_goes),
      cmocka_unit_test(one_branch_with_the_column_is_enough),
      cmocka_unit_test(a_failed_metric_leaves_nothing_behind),
      cmocka_unit_test(metrics_that_failed_before_keep_their_reason),
      cmocka_unit_test(styles_are_settled_from_a_sample),
      cmocka_unit_test(an_ambiguous_date_is_never_guessed),
      cmocka_unit_test(declared_formats_are_not_sampled),
      cmocka_unit_test(a_column_of_no_times_fails_only_the_metric_that_compares_it),
      cmocka_unit_test(zones_come_from_the_column_the_source_or_the_audit),
      cmocka_unit_test(rates_name_their_columns),
      cmocka_unit_test(records_have_fates),
      cmocka_unit_test(number_styles_and_json_exponents),
      cmocka_unit_test(later_values_contradict_a_sample),
      cmocka_unit_test(a_survey_settles_a_column_from_all_of_it),
      cmocka_unit_test(every_allocation_may_fail),
  };
  return cmocka_run_group_tests_name("trace_bind", tests, NULL, NULL);
}
