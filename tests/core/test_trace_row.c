/* Times and records: how the style of a time column is settled, and what becomes
 * of one record. */
#include "trace_plain.h"

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
      {"1,31.12.2024\n2, -- \n", PL_TIME_DATES, true, false},
      {"1,3/14/2024\n2,03/04/2024\n", PL_TIME_DATES, true, false},
      {"1,3/14/2024 9:30 pm\n", PL_TIME_DATES, false, true},
      {"1,20240314\n", PL_TIME_DATES, true, false},
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
  assert_string_equal(w.err.message,
                      "column \"day\" of \"leads\": \"03/04/2024\" can be read as 2024-03-04 "
                      "(format = \"%m/%d/%Y\") or as 2024-04-03 (format = \"%d/%m/%Y\"); 1 other "
                      "value reads both ways as well");
  assert_string_equal(w.err.file, "leads.csv");
  assert_int_equal(w.err.line, 3);
  assert_int_equal(w.err.column, 3);
  assert_string_equal(w.err.excerpt, "2,03/04/2024");
  assert_string_equal(w.err.hint,
                      "say which, at audit.lua:11: time = { \"day\", format = \"%m/%d/%Y\" } or "
                      "time = { \"day\", format = \"%d/%m/%Y\" }");
  bind_times(&w, "1,yesterday\n");
  assert_has(w.err.message, "is not a date or time that needs no declaration");
  bind_times(&w, "1,45000.5\n");
  assert_has(w.err.hint, "time = { \"day\", format = \"excel\" }");
  bind_times(&w, "1,2024-01-02\n2,1700000000\n");
  assert_string_equal(w.err.message,
                      "column \"day\" of \"leads\": \"2024-01-02\" (leads.csv:2) and "
                      "\"1700000000\" (leads.csv:3) are not dates or times of one "
                      "format");
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
  w.sources[0].times = (pl_time_column[]){{.column = "day", .format = "%m/%d/%Y", .site = AT(14)}};
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
  w.branches[0][0].where = WHERE(
      {.kind = PL_COND_RANGE, .column = "origin", .site = RULE(5), .low = {"2024-01-01", false}});
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

/* ---- one record ------------------------------------------------------------------------------ */
static void records_have_fates(void **state) {
  (void)state;
  workspace w;
  ws_reader r;
  open_plain(&w);
  ws_file(&w, "leads.csv",
          "id,day,kind,score\n"
          "a,2024-01-02,lead,1.5\n"                  /* 0 used */
          "b,2024-01-02,test,abc\n"                  /* 1 filtered, not rejected */
          "c,2025-01-01,lead,abc\n"                  /* 2 after as_of, not rejected */
          "d,2024-12-31,lead, abc\n"                 /* 3 rejected: score */
          "e,2024-13-31,lead,1\n"                    /* 4 rejected: day */
          "f,,lead,\n"                               /* 5 blanks are fine */
          "g,2024-01-02,lead,99999999999999999999\n" /* 6 too large */
          "h, ,lead,(not set)\n");                   /* 7 blank by declaration */
  w.sources[0].where = WHERE({.kind = PL_COND_EQUAL,
                              .column = "kind",
                              .site = AT(12),
                              .values = (pl_literal[]){{"lead", false}},
                              .values_n = 1});
  w.sources[0].blank = TEXTS("(not set)", "0");
  ws_metric(&w, "leads", to_deals, 1);
  /* audit.lua asks for the number of `score` */
  w.model.deals.source.columns = (pl_compute[]){{.kind = PL_COMPUTE_SUM,
                                                 .name = "(amount)",
                                                 .site = AT(21),
                                                 .table = "leads",
                                                 .key = KEY("lead", "id"),
                                                 .take = "score"}};
  w.model.deals.source.columns_n = 1;
  w.model.deals.amount = "(amount)";
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
  assert_true(
      pl_str_eq(r.reject.message, PL_STR("score: \"abc\" is not a number (numbers = \"plain\")")));
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

/* A plan (row_plan.c) takes plain cells by itself; ws_row holds it against row.c. Here
 * it is asked about texts that are nearly blank, of lengths around the 63 bytes up to
 * which it knows those of each text that counts as blank. */
static void texts_that_count_as_blank(void **state) {
  (void)state;
#define SIXTY "unknown because nobody at all has ever asked for it in person"
  static const struct {
    const char *kind;
    bool blank;
  } cases[] = {
      {"lead", false},       {"(not set)", true}, {"(not sat)", false}, {"\" (not set) \"", true},
      {"0", true},           {"1", false},        {"\"0\t\"", true},    {"\"\v\"", true},
      {"\" lead \"", false}, {"", true},          {SIXTY "!!!", true},  {SIXTY "!!?", false},
      {SIXTY "!!!!", false}, {SIXTY "!", false}};
  enum { N = sizeof cases / sizeof *cases };
  workspace w;
  ws_reader r;
  char text[4096] = "id,day,kind\n";
  for (size_t i = 0; i < N; i++) {
    size_t n = strlen(text);
    snprintf(text + n, sizeof text - n, "a%zu,2024-01-02,%s\n", i, cases[i].kind);
  }
  open_plain(&w);
  ws_file(&w, "leads.csv", text);
  w.sources[0].where = WHERE({.kind = PL_COND_EQUAL,
                              .column = "kind",
                              .site = AT(12),
                              .values = (pl_literal[]){{"lead", false}},
                              .values_n = 1});
  w.sources[0].blank = TEXTS("(not set)", " 0", SIXTY "!!!");
  ws_metric(&w, "leads", to_deals, 1);
  ws_bind_ok(&w);
  ws_read(&r, &w, "leads", 0);
  int kind = ws_slot(r.source, "kind");
  for (size_t i = 0; i < N; i++) {
    assert_int_equal(ws_row(&r, i), i == 0 ? PL_ROW_USED : PL_ROW_FILTERED);
    if (r.cells[kind].blank != cases[i].blank) fail_msg("%s", cases[i].kind);
    ws_same_cells(&r.cells[kind], &r.plan_cells[kind], 1);
  }
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
  w.model.deals.source.numbers_given = true;
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
      {"03/14/2024", "03/04/2024", false, PL_ROW_USED},    /* the sample settled it */
      {"03/14/2024", "14/03/2024", true, PL_ROW_REJECTED}, /* and was wrong */
      {"03/14/2024", "n/a", false, PL_ROW_USED},
      {"2024-01-02", "03/14/2024", true, PL_ROW_REJECTED},
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
  assert_has(w.err.message, "\"2024-01-02\" (leads.csv:2) and \"1700000000\" (leads.csv:8002)");
  assert_int_equal(w.err.line, 8002); /* the header and 8,000 records before it */
  ws_close(&w);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(styles_are_settled_from_a_sample),
      cmocka_unit_test(an_ambiguous_date_is_never_guessed),
      cmocka_unit_test(declared_formats_are_not_sampled),
      cmocka_unit_test(a_column_of_no_times_fails_only_the_metric_that_compares_it),
      cmocka_unit_test(zones_come_from_the_column_the_source_or_the_audit),
      cmocka_unit_test(records_have_fates),
      cmocka_unit_test(texts_that_count_as_blank),
      cmocka_unit_test(number_styles_and_json_exponents),
      cmocka_unit_test(later_values_contradict_a_sample),
      cmocka_unit_test(a_survey_settles_a_column_from_all_of_it),
  };
  return cmocka_run_group_tests_name("trace_row", tests, NULL, NULL);
}
