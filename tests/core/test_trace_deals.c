/* Deals as of as_of: which exist, which are won, for how much; and the cycle. */
#include "trace_fixture.h"

#include "trace/rates.h"

enum { ID, STAGE, AMOUNT, CURRENCY, CLOSED, CREATED, DEAL_COLUMNS };

static const world_column deal_columns[] = {
    {"id", PL_USE_TEXT, 0},       {"stage", PL_USE_TEXT, 0},  {"amount", PL_USE_NUMBER, 0},
    {"currency", PL_USE_TEXT, 0}, {"closed", PL_USE_TIME, 0}, {"created", PL_USE_TIME, 0}};

static const char *won_words[] = {"Closed Won", "Signed"}, *lost_words[] = {"Closed Lost"},
                  *ignored_words[] = {"Test", ""};

/* as_of is the end of 2024. Sums are in EUR; no currency column is mapped. */
static pl_source *with_deals(world *w) {
  world_open(w);
  pl_source *s = world_source(w, "deals", deal_columns, DEAL_COLUMNS);
  s->is_deals = true;
  s->status = STAGE;
  s->amount = AMOUNT;
  s->closed = CLOSED;
  s->created = CREATED;
  world_key(w, s, (const int[]){ID}, 1, PL_DUPLICATES_ERROR);
  w->bound.deals = s;
  w->model.currency = "EUR";
  pl_deals_def *def = &w->model.deals;
  def->source.site = (pl_site){"audit.lua", 9, 1};
  def->status = "stage";
  def->status_given = true;
  def->others = PL_OPEN;
  def->values[PL_WON] = (pl_texts){won_words, 2};
  def->values[PL_LOST] = (pl_texts){lost_words, 1};
  def->values[PL_IGNORED] = (pl_texts){ignored_words, 2};
  return s;
}

static pl_table *loaded;

static pl_status settle(world *w, pl_source *s, pl_deals **deals) {
  loaded = world_load(w, s);
  return pl_deals_settle(&w->scan, loaded, deals, &w->err);
}

static const char *day_of(pl_time t) {
  static char out[4][PL_TIME_TEXT];
  static int i;
  if (t.kind == PL_TIME_NONE) return "-";
  return pl_time_text((pl_time){.day = t.day, .kind = PL_TIME_DATE}, NULL, out[i++ % 4]);
}

/* "id status amount closed created|…", in the order of the table. */
static const char *shown(world *w, pl_source *s) {
  static const char *const names[] = {"won", "lost", "open"};
  static char out[4096];
  pl_deals *deals;
  size_t n = 0;
  if (settle(w, s, &deals) != PL_OK) fail_msg("%s (%s)", w->err.message, w->err.hint);
  assert_int_equal(pl_table_rows(loaded), deals->n);
  for (uint32_t i = 0; i < deals->n; i++) {
    const pl_deal *d = &deals->items[i];
    char amount[PL_MONEY_TEXT] = "unknown";
    if (d->amount_known) pl_money_text(d->amount, amount);
    assert_int_equal(d->row, i);
    n += (size_t)snprintf(out + n, sizeof out - n, "%s%.*s %s %s %s %s", i ? "|" : "",
                          PL_STR_ARG(d->id), names[d->status], amount, day_of(d->closed),
                          day_of(d->created));
    pl_cell id = pl_table_cell(loaded, i, ID); /* rows of the table are those deals */
    if (id.text.n && s->key_n == 1) assert_true(pl_str_eq(id.text, d->id));
  }
  pl_table_free(loaded);
  return out;
}

static const pl_tally *tally_of(const world *w, const pl_source *s) {
  return &w->tallies[s->index];
}

/* read == used + rejected + everything skipped: every row is accounted for. */
static void assert_accounted(const world *w, const pl_source *s) {
  const pl_tally *t = tally_of(w, s);
  assert_int_equal(t->read, t->used + t->rejected + t->filtered + t->after_as_of + t->duplicates +
                                t->ignored + t->created_later + t->outside_period);
}

#define HEADER "id,stage,amount,currency,closed,created\n"

/* ---- statuses ------------------------------------------------------------------- */

static void statuses_decide_what_a_deal_is(void **state) {
  (void)state;
  world w;
  pl_source *s = with_deals(&w);
  world_file(&w, s, "d.csv",
             HEADER "1,Closed Won,100.50,,2024-03-01,2024-01-01\n"
                    "2, Closed Lost ,7,,2024-03-02,2024-01-01\n" /* trimmed */
                    "3,closed won,8,,2024-03-02,2024-01-01\n"    /* exact case: others, so open */
                    "4,Test,8,,2024-03-02,2024-01-01\n"          /* ignored */
                    "5,,8,,2024-03-02,2024-01-01\n"              /* blank is listed under ignore */
                    "6,Signed,,,,\n"                             /* no amount, no dates */
                    "6,Signed,,,,\n");                           /* the same once more */
  assert_string_equal(shown(&w, s), "1 won 100.50 2024-03-01 2024-01-01|"
                                    "2 lost 7.00 2024-03-02 2024-01-01|"
                                    "3 open 8.00 - 2024-01-01|"
                                    "6 won unknown - -");
  assert_int_equal(tally_of(&w, s)->ignored, 2);
  assert_int_equal(tally_of(&w, s)->duplicates, 1);
  assert_accounted(&w, s);
  pl_deals *deals;
  assert_int_equal(settle(&w, s, &deals), PL_OK);
  static const char *const values[] = {"",       "Closed Lost", "Closed Won",
                                       "Signed", "Test",        "closed won"};
  static const pl_deal_status means[] = {PL_IGNORED, PL_LOST, PL_WON, PL_WON, PL_IGNORED, PL_OPEN};
  assert_int_equal(deals->values_n, 6);
  for (size_t i = 0; i < 6; i++) {
    assert_true(pl_str_eq(deals->values[i].value, pl_str_of(values[i])));
    assert_int_equal(deals->values[i].status, means[i]);
    assert_int_equal(deals->values[i].count, 1);
  }
  pl_table_free(loaded);
  world_close(&w);
}

static void an_unlisted_status_is_an_error_that_names_them_all(void **state) {
  (void)state;
  world w;
  pl_source *s = with_deals(&w);
  w.model.deals.others = -1;
  world_file(&w, s, "d.csv",
             HEADER "1,Closed Wom,1,,,\n2,Closed Won,1,,,\n3,Stalled,1,,,\n"
                    "4,Closed Wom,1,,,\n");
  pl_deals *deals;
  assert_int_equal(settle(&w, s, &deals), PL_E_USAGE);
  assert_null(deals);
  assert_string_equal(w.err.message, "3 deals have a status that is listed nowhere: \"Closed Wom\" "
                                     "(2), \"Stalled\" (1)");
  assert_string_equal(w.err.file, "audit.lua");
  assert_non_null(strstr(w.err.hint, "Is \"Closed Wom\" the same as \"Closed Won\" (won)?"));
  pl_table_free(loaded);
  world_close(&w);
}

static void without_lists_the_column_says_won_lost_or_open(void **state) {
  (void)state;
  world w;
  pl_source *s = with_deals(&w);
  memset(w.model.deals.values, 0, sizeof w.model.deals.values);
  w.model.deals.status_given = false;
  w.model.deals.others = -1;
  world_file(&w, s, "d.csv", HEADER "1,won,1,,,\n2,LOST,1,,,\n3,Open,1,,,\n");
  assert_string_equal(shown(&w, s), "1 won 1.00 - -|2 lost 1.00 - -|3 open 1.00 - -");
  world_close(&w);
  s = with_deals(&w);
  memset(w.model.deals.values, 0, sizeof w.model.deals.values);
  w.model.deals.status_given = false;
  w.model.deals.others = -1;
  world_file(&w, s, "d.csv", HEADER "1,won,1,,,\n2,,1,,,\n3,opn,1,,,\n");
  pl_deals *deals;
  assert_int_equal(settle(&w, s, &deals), PL_E_USAGE);
  assert_string_equal(w.err.message,
                      "2 deals have a status other than won, lost or open: blank (1), \"opn\" (1)");
  assert_non_null(strstr(w.err.hint, "\"open\""));
  pl_table_free(loaded);
  world_close(&w);
}

static void no_won_deal_ends_the_audit(void **state) {
  (void)state;
  world w;
  pl_source *s = with_deals(&w);
  world_file(&w, s, "d.csv", HEADER "1,Negotiation,1,,,\n2,Closed Lost,1,,,\n3,Negotiation,1,,,\n");
  pl_deals *deals;
  assert_int_equal(settle(&w, s, &deals), PL_E_INPUT);
  assert_non_null(strstr(w.err.message, "no won deal among the 3 deals"));
  assert_non_null(strstr(w.err.hint, "\"Closed Lost\" (1, lost), \"Negotiation\" (2, open)"));
  pl_table_free(loaded);
  world_close(&w);
}

/* ---- time ------------------------------------------------------------------------------ */

static void what_lies_after_as_of_has_not_happened(void **state) {
  (void)state;
  world w;
  pl_source *s = with_deals(&w);
  world_file(&w, s, "d.csv",
             HEADER "1,Signed,1,,2024-12-31,2024-12-31\n"      /* the last day counts */
                    "2,Signed,1,,2025-01-01,2024-12-01\n"      /* closed later: open, no close */
                    "3,Closed Lost,1,,2025-01-01T00:00:00Z,\n" /* so is a lost one */
                    "4,Signed,1,,2025-03-01,2025-01-01\n"      /* created later: does not exist */
                    "5,Proposal,1,,2025-03-01,2024-06-01\n"    /* an expected close is no close */
                    "6,Signed,1,,2024-12-31T23:59:59Z,\n");
  assert_string_equal(shown(&w, s), "1 won 1.00 2024-12-31 2024-12-31|2 open 1.00 - 2024-12-01|"
                                    "3 open 1.00 - -|5 open 1.00 - 2024-06-01|"
                                    "6 won 1.00 2024-12-31 -");
  assert_int_equal(tally_of(&w, s)->created_later, 1);
  assert_accounted(&w, s);
  world_close(&w);
}

static void a_period_selects_closed_deals_by_their_close(void **state) {
  (void)state;
  world w;
  pl_source *s = with_deals(&w);
  w.bound.since_day = pl_days_from_civil(2024, 1, 1);
  w.bound.until_day = pl_days_from_civil(2024, 3, 31);
  world_file(&w, s, "d.csv",
             HEADER "1,Signed,1,,2024-01-01,\n"
                    "2,Signed,1,,2023-12-31,\n"      /* before */
                    "3,Closed Lost,1,,2024-03-31,\n" /* both ends are inside */
                    "4,Closed Lost,1,,2024-04-01,\n" /* after */
                    "5,Signed,1,,,\n"                /* closed when? outside */
                    "6,Proposal,1,,,2020-01-01\n"    /* open deals are in any period */
                    "7,Signed,1,,2025-02-01,\n");    /* closed after as_of: open */
  assert_string_equal(shown(&w, s), "1 won 1.00 2024-01-01 -|3 lost 1.00 2024-03-31 -|"
                                    "6 open 1.00 - 2020-01-01|7 open 1.00 - -");
  assert_int_equal(tally_of(&w, s)->outside_period, 3);
  assert_accounted(&w, s);
  world_close(&w);
}

/* ---- identity --------------------------------------------------------------------------- */

static void a_deal_without_a_key_is_its_place(void **state) {
  (void)state;
  world w;
  pl_source *s = with_deals(&w);
  world_file(&w, s, "d.csv", HEADER ",Signed,1,,,\n,Signed,1,,,\nx,Signed,1,,,\n");
  assert_string_equal(shown(&w, s), "d.csv:2 won 1.00 - -|d.csv:3 won 1.00 - -|x won 1.00 - -");
  s->key_n = 0;
  assert_string_equal(shown(&w, s),
                      "d.csv:2 won 1.00 - -|d.csv:3 won 1.00 - -|d.csv:4 won 1.00 - -");
  world_close(&w);
  s = with_deals(&w);
  world_key(&w, s, (const int[]){CURRENCY, ID}, 2, PL_DUPLICATES_ERROR);
  world_file(&w, s, "d.csv", HEADER "17,Signed,1,EU,,\n");
  assert_string_equal(shown(&w, s), "EU · 17 won 1.00 - -");
  world_close(&w);
}

/* The later version of a deal counts before anything else is decided. */
static void versions_of_a_deal_are_resolved_first(void **state) {
  (void)state;
  world w;
  pl_source *s = with_deals(&w);
  world_key(&w, s, (const int[]){ID}, 1, PL_DUPLICATES_LAST);
  s->duplicates_by = CREATED;
  world_file(&w, s, "d.csv",
             HEADER "1,Signed,5,,2024-05-01,2024-05-01\n2,Signed,1,,,\n"
                    "1,Proposal,4,,,2024-04-01\n");
  assert_string_equal(shown(&w, s), "1 won 5.00 2024-05-01 2024-05-01|2 won 1.00 - -");
  assert_int_equal(tally_of(&w, s)->duplicates, 1);
  assert_accounted(&w, s);
  world_close(&w);
}

/* ---- currencies ---------------------------------------------------------------------------- */

static const char *codes[] = {"USD", "GBP"}, *fixed[] = {"0.92", "1.17"};

static void fixed_rates(world *w) {
  w->model.rates = (pl_rates_def){
      .given = true, .codes = {codes, 2}, .rates = {fixed, 2}, .site = {"audit.lua", 4, 1}};
}

static void amounts_are_converted_exactly(void **state) {
  (void)state;
  world w;
  pl_source *s = with_deals(&w);
  s->currency = CURRENCY;
  fixed_rates(&w);
  world_file(&w, s, "d.csv",
             HEADER "1,Signed,100,EUR,,\n"
                    "2,Signed,100,USD,,\n"     /* 92.00 */
                    "3,Signed,-0.01, GBP ,,\n" /* -0.0117 */
                    "4,Signed,0.0025,USD,,\n"  /* 0.0023: 25 units × 0.92 = 23 units */
                    "5,Signed,,XXX,,\n"        /* nothing to convert */
                    "6,Proposal,1,USD,,\n");   /* fixed rates need no date */
  assert_string_equal(shown(&w, s), "1 won 100.00 - -|2 won 92.00 - -|3 won -0.0117 - -|"
                                    "4 won 0.0023 - -|5 won unknown - -|6 open 0.92 - -");
  world_close(&w);
}

static void a_deal_without_a_rate_is_rejected_with_its_line(void **state) {
  (void)state;
  world w;
  pl_source *s = with_deals(&w);
  s->currency = CURRENCY;
  fixed_rates(&w);
  world_file(&w, s, "d.csv",
             HEADER "0,Signed,bad,EUR,,\n1,Signed,1,EUR,,\n2,Signed,5,CHF,,\n"
                    "3,Signed,5,,,\n4,Signed,5,usd,,\n5,Signed,bad,EUR,,\n");
  assert_string_equal(shown(&w, s), "1 won 1.00 - -");
  assert_int_equal(tally_of(&w, s)->rejected, 5);
  assert_int_equal(tally_of(&w, s)->used, 1);
  assert_accounted(&w, s);
  const pl_rejects *r = &w.scan.rejects;
  assert_int_equal(r->n, 5);
  static const pl_reject_code expected[] = {203, 207, 207, 207, 203}; /* in the order of lines */
  static const uint32_t lines[] = {2, 4, 5, 6, 7};
  for (size_t i = 0; i < 5; i++) {
    assert_int_equal(r->items[i].code, expected[i]);
    assert_int_equal(r->items[i].line, lines[i]);
  }
  assert_true(
      pl_str_eq(r->items[1].message, PL_STR("currency: \"CHF\" is a currency with no rate")));
  assert_true(pl_str_eq(r->items[1].raw, PL_STR("2,Signed,5,CHF,,")));
  w.options.max_rejects = 4; /* those that arise after loading count as well */
  pl_deals *deals;
  pl_rejects_free(&w.scan.rejects);
  assert_int_equal(settle(&w, s, &deals), PL_E_INPUT);
  assert_non_null(strstr(w.err.message, "5 of the 6 records of \"deals\" cannot be used"));
  pl_table_free(loaded);
  world_close(&w);
}

static void an_amount_too_large_to_convert_is_an_error(void **state) {
  (void)state;
  world w;
  pl_source *s = with_deals(&w);
  s->currency = CURRENCY;
  fixed_rates(&w);
  /* the largest amount is 2^63 / 10,000, about 922 trillion; × 1.17 is over it */
  world_file(&w, s, "d.csv", HEADER "1,Signed,900000000000000,GBP,,\n");
  pl_deals *deals;
  assert_int_equal(settle(&w, s, &deals), PL_E_INPUT);
  assert_string_equal(w.err.file, "d.csv");
  assert_int_equal(w.err.line, 2);
  pl_table_free(loaded);
  world_close(&w);
}

static void a_currency_column_needs_a_currency_of_the_audit(void **state) {
  (void)state;
  world w;
  pl_source *s = with_deals(&w);
  s->currency = CURRENCY;
  w.model.currency = NULL;
  world_file(&w, s, "d.csv", HEADER "1,Signed,1,EUR,,\n");
  pl_deals *deals;
  assert_int_equal(settle(&w, s, &deals), PL_E_USAGE);
  assert_non_null(strstr(w.err.hint, "currency = \"EUR\""));
  pl_table_free(loaded);
  world_close(&w);
}

/* ---- dated rates --------------------------------------------------------------------------- */

static const world_column rate_columns[] = {
    {"code", PL_USE_TEXT, 0}, {"rate", PL_USE_TEXT, 0}, {"day", PL_USE_TIME, 0}};

static pl_source *dated_rates(world *w, const char *text) {
  pl_source *r = world_source(w, "rates", rate_columns, 3);
  w->model.rates = (pl_rates_def){
      .given = true, .source = "rates", .currency = "code", .rate = "rate", .date = "day"};
  w->bound.rates_plan = (pl_rates_plan){r, 0, 1, 2, -1};
  world_file(w, r, "r.csv", text);
  return r;
}

static void the_latest_rate_on_or_before_the_close_counts(void **state) {
  (void)state;
  world w;
  pl_source *s = with_deals(&w);
  s->currency = CURRENCY;
  world_file(&w, s, "d.csv",
             HEADER "1,Signed,100,USD,2024-01-10,\n" /* the rate of that day */
                    "2,Signed,100,USD,2024-01-19,\n" /* still that of the 10th */
                    "3,Signed,100,USD,2024-01-20T08:00:00Z,\n"
                    "4,Signed,100,USD,2024-01-09,\n"   /* before any rate */
                    "5,Signed,100,USD,,\n"             /* no close, no rate */
                    "6,Proposal,100,USD,2030-01-01,\n" /* open: the rate of as_of */
                    "7,Signed,100,EUR,,\n"
                    "8,Signed,100,CHF,2024-01-10,\n");
  dated_rates(&w, "code,rate,day\nUSD,0.8,2024-01-20\nUSD,0.9,2024-01-10\nUSD,0.90,2024-01-10\n"
                  "USD,0.5,2025-06-01\nUSD,0,2024-01-11\nUSD,-1,2024-01-12\nUSD,x,2024-01-13\n"
                  ",1,2024-01-10\nUSD,,2024-01-10\nUSD,1,\n");
  assert_string_equal(shown(&w, s), "1 won 90.00 2024-01-10 -|2 won 90.00 2024-01-19 -|"
                                    "3 won 80.00 2024-01-20 -|6 open 80.00 - -|7 won 100.00 - -");
  assert_int_equal(tally_of(&w, s)->rejected, 3);
  assert_int_equal(w.tallies[1].rejected, 6); /* rates that are none */
  assert_int_equal(w.tallies[1].used, 4);
  const pl_reject *first = &w.scan.rejects.items[0];
  assert_true(
      pl_str_eq(first->message, PL_STR("currency: \"USD\" has no rate on or before 2024-01-09")));
  world_close(&w);
}

static void a_rate_may_be_too_old(void **state) {
  (void)state;
  world w;
  pl_source *s = with_deals(&w);
  s->currency = CURRENCY;
  world_file(&w, s, "d.csv", HEADER "1,Signed,100,USD,2024-01-17,\n2,Signed,100,USD,2024-01-18,\n");
  dated_rates(&w, "code,rate,day\nUSD,0.9,2024-01-10\n");
  w.bound.rates_plan.max_age_us = 7 * PL_DAY_US;
  assert_string_equal(shown(&w, s), "1 won 90.00 2024-01-17 -");
  assert_true(pl_str_eq(
      w.scan.rejects.items[0].message,
      PL_STR("currency: \"USD\" on 2024-01-18: the latest rate is of 2024-01-10, too old")));
  world_close(&w);
}

static void two_rates_for_one_day_are_an_error(void **state) {
  (void)state;
  world w;
  pl_source *s = with_deals(&w);
  s->currency = CURRENCY;
  world_file(&w, s, "d.csv", HEADER "1,Signed,100,USD,2024-01-17,\n");
  dated_rates(&w, "code,rate,day\nUSD,0.9,2024-01-10\nGBP,0.9,2024-01-10\nUSD,0.91,2024-01-10\n");
  pl_deals *deals;
  assert_int_equal(settle(&w, s, &deals), PL_E_INPUT);
  assert_string_equal(w.err.message,
                      "r.csv:2 and r.csv:4 give different rates for USD on 2024-01-10");
  pl_table_free(loaded);
  world_close(&w);
}

/* A caller that holds the rates' table anyway gives it, and nothing is read twice. */
static void rates_can_come_from_a_table_that_is_held(void **state) {
  (void)state;
  world w;
  pl_source *s = with_deals(&w);
  s->currency = CURRENCY;
  world_file(&w, s, "d.csv", HEADER "1,Signed,100,USD,2024-01-17,\n");
  pl_source *r = dated_rates(&w, "code,rate,day\nUSD,0.9,2024-01-10\n");
  pl_table *table = world_load(&w, r);
  pl_rates *rates;
  assert_int_equal(pl_rates_load(&w.scan, table, &rates, &w.err), PL_OK);
  pl_table_free(table);
  w.bound.rates = rates;
  uint64_t read = w.scan.bytes_done;
  assert_string_equal(shown(&w, s), "1 won 90.00 2024-01-17 -");
  assert_int_equal(w.scan.bytes_done, read + pl_input_size(s->inputs[0]));
  pl_rates_free(rates);
  world_close(&w);
}

/* ---- the cycle -------------------------------------------------------------------- */

static void the_cycle_is_the_lower_median_of_at_least_five(void **state) {
  (void)state;
  world w;
  pl_source *s = with_deals(&w);
  world_file(&w, s, "d.csv",
             HEADER "1,Signed,1,,2024-01-11,2024-01-01\n"      /* 10 days */
                    "2,Signed,1,,2024-01-31,2024-01-01\n"      /* 30 */
                    "3,Signed,1,,2024-01-21,2024-01-01\n"      /* 20 */
                    "4,Signed,1,,2024-02-10,2024-01-01\n"      /* 40 */
                    "5,Closed Lost,1,,2024-01-02,2024-01-01\n" /* not won */
                    "6,Signed,1,,2024-01-02,\n");              /* no creation */
  pl_deals *deals;
  assert_int_equal(settle(&w, s, &deals), PL_OK);
  assert_int_equal(deals->cycle_us, -1); /* four are too few */
  pl_table_free(loaded);
  w.bound.cycle_us = 90 * PL_DAY_US;
  assert_int_equal(settle(&w, s, &deals), PL_OK);
  assert_int_equal(deals->cycle_us, 90 * PL_DAY_US); /* declared */
  assert_int_equal(deals->cycle_from, 0);
  pl_table_free(loaded);
  world_close(&w);

  s = with_deals(&w);
  world_file(&w, s, "d.csv",
             HEADER
             "1,Signed,1,,2024-01-11,2024-01-01\n2,Signed,1,,2024-01-31,2024-01-01\n"
             "3,Signed,1,,2024-01-21,2024-01-01\n4,Signed,1,,2024-02-10,2024-01-01\n"
             "5,Signed,1,,2024-02-20,2024-01-01T18:00:00Z\n" /* 50 days, a date without time */
             "6,Signed,1,,2024-03-01,2024-01-01\n");         /* 60 */
  assert_int_equal(settle(&w, s, &deals), PL_OK);
  assert_int_equal(deals->cycle_us, 30 * PL_DAY_US); /* third of 10 20 30 40 50 60 */
  assert_int_equal(deals->cycle_from, 6);
  assert_true(deals->cycle_days);
  pl_table_free(loaded);
  world_close(&w);

  s = with_deals(&w);
  world_file(&w, s, "d.csv",
             HEADER "1,Signed,1,,2024-01-01T01:00:00Z,2024-01-01T00:00:00Z\n"
                    "2,Signed,1,,2024-01-01T02:00:00Z,2024-01-01T00:00:00Z\n"
                    "3,Signed,1,,2024-01-01T03:30:00Z,2024-01-01T00:00:00Z\n"
                    "4,Signed,1,,2024-01-01T04:00:00Z,2024-01-01T00:00:00Z\n"
                    "5,Signed,1,,2024-01-01T05:00:00Z,2024-01-01T00:00:00Z\n");
  assert_int_equal(settle(&w, s, &deals), PL_OK);
  assert_int_equal(deals->cycle_us, 12600 * PL_SECOND_US); /* 3 h 30 min */
  assert_false(deals->cycle_days);
  pl_table_free(loaded);
  world_close(&w);
}

/* ---- memory ----------------------------------------------------------------------- */

static void every_allocation_may_fail(void **state) {
  (void)state;
  world w;
  pl_source *s = with_deals(&w);
  s->currency = CURRENCY;
  world_file(&w, s, "d.csv",
             HEADER "1,Signed,100,USD,2024-01-17,\n,Signed,1,EUR,,\n"
                    "3,Test,1,EUR,,\n4,Signed,1,CHF,2024-01-17,\n");
  dated_rates(&w, "code,rate,day\nUSD,0.9,2024-01-10\nUSD,0,2024-01-10\n");
  bool done = false;
  for (uint64_t at = 1; !done; at++) {
    pl_deals *deals = NULL;
    pl_table *table = NULL;
    pl_alloc_fail_at(at);
    pl_status status = pl_table_load(&w.scan, s, &table, &w.err);
    if (status == PL_OK) status = pl_deals_settle(&w.scan, table, &deals, &w.err);
    pl_alloc_fail_at(0);
    assert_true(status == PL_OK || status == PL_E_MEMORY);
    done = status == PL_OK;
    if (done) assert_int_equal(deals->n, 2);
    pl_table_free(table);
    pl_rejects_free(&w.scan.rejects);
    assert_true(at < 10000);
  }
  world_close(&w);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(statuses_decide_what_a_deal_is),
      cmocka_unit_test(an_unlisted_status_is_an_error_that_names_them_all),
      cmocka_unit_test(without_lists_the_column_says_won_lost_or_open),
      cmocka_unit_test(no_won_deal_ends_the_audit),
      cmocka_unit_test(what_lies_after_as_of_has_not_happened),
      cmocka_unit_test(a_period_selects_closed_deals_by_their_close),
      cmocka_unit_test(a_deal_without_a_key_is_its_place),
      cmocka_unit_test(versions_of_a_deal_are_resolved_first),
      cmocka_unit_test(amounts_are_converted_exactly),
      cmocka_unit_test(a_deal_without_a_rate_is_rejected_with_its_line),
      cmocka_unit_test(an_amount_too_large_to_convert_is_an_error),
      cmocka_unit_test(a_currency_column_needs_a_currency_of_the_audit),
      cmocka_unit_test(the_latest_rate_on_or_before_the_close_counts),
      cmocka_unit_test(a_rate_may_be_too_old),
      cmocka_unit_test(two_rates_for_one_day_are_an_error),
      cmocka_unit_test(rates_can_come_from_a_table_that_is_held),
      cmocka_unit_test(the_cycle_is_the_lower_median_of_at_least_five),
      cmocka_unit_test(every_allocation_may_fail),
  };
  return cmocka_run_group_tests_name("trace_deals", tests, NULL, NULL);
}
