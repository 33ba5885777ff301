/* audit.lua as its author meets it: what it says, and the model or the error that
 * comes of it; and functions that are asked. */
#include "rule_workspace.h"

/* ---- audit.lua: mistakes end the run -------------------------------------------------------- */

static void mistakes_in_the_audit_have_a_place_and_a_hint(void **state) {
  (void)state;
  static const struct {
    const char *line, *message, *hint;
  } all[] = {
      {"audit \"B\" {}", "audit is declared twice, first on line 1", ""},
      {"sorce \"x\" { \"x.csv\" }", "\"sorce\" is not defined", "did you mean \"source\"?"},
      {"source \"x\" { \"x.csv\", keys = \"id\" }", "source \"x\" has no field \"keys\"",
       "did you mean \"key\"?"},
      {"source \"x\" { key = \"id\" }", "source \"x\" names no file", ""},
      {"source \"x\" { \"x.csv\", key = 5 }", "source \"x\": key must be a text, not 5", ""},
      {"source \"x\" { \"x.csv\", format = \"cvs\" }", "format must be one of",
       "did you mean \"csv\"?"},
      {"source \"x\" { \"x.csv\", fresh = \"8 days\" }", "fresh must be a time span", "180d"},
      {"source \"x\" { \"x.csv\", numbers = \"1.000\" }", "numbers must be one of", ""},
      {"source \"x\" { \"x.csv\", columns = { a = \"b\" } }",
       "columns: a must be a computed column", ""},
      {"source \"x\" { \"x.csv\", columns = { a = clean(\"b\", \"lowr\") } }",
       "clean: step 1 must be one of", "did you mean \"lower\"?"},
      {"source \"x\" { \"x.csv\", columns = { a = lookup { \"t\", on = \"k\" } } }",
       "lookup needs take", ""},
      {"source \"x\" { \"x.csv\", where = { a = \"\" } }", "an empty text equals nothing",
       "blank()"},
      {"source \"x\" { \"x.csv\", where = { \"a\" } }", "a condition without a column", ""},
      {"source \"x\" { \"x.csv\", where = { a = gt \"z\" } }", "gt must be a number or a date", ""},
      {"source \"x\" { \"x.csv\", where = { a = between(1, \"2024-01-01\") } }",
       "two numbers or two dates", ""},
      {"source \"deals\" { \"x.csv\" }", "\"deals\" is not declared with source", "deals {"},
      {"source \"x\" { \"x.csv\" } source \"x\" { \"x.csv\" }", "source \"x\" is declared twice",
       ""},
      {"source \"x\"", "source \"x\" is named but has no { … }", ""},
      {"deals { \"x.csv\", status = \"s\" }", "deals is declared twice, first on line 2", ""},
      {"link { \"a\", \"b\" }", "link has no key", "link {"},
      {"metric \"m\" {}", "metric belongs in a rule file", ""},
      {"local x = = 1", "unexpected symbol near '='", ""},
      {"error \"my own\"", "my own", ""},
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    char audit[600];
    outcome o;
    snprintf(audit, sizeof audit, "%s%s\n", plain_audit, all[i].line);
    open_for(&o, audit, "", NULL);
    assert_int_equal(o.status, PL_E_USAGE);
    expect_text(o.err.message, all[i].message);
    expect_text(o.err.hint, all[i].hint);
    assert_string_equal(o.err.file, "audit.lua");
    assert_int_equal(o.err.line, 3);
    assert_string_equal(o.err.excerpt, all[i].line);
    finish(&o);
  }
}

static void mistakes_in_deals(void **state) {
  (void)state;
  static const struct {
    const char *deals, *message;
  } all[] = {
      {"deals { \"d.csv\" }", "does not say what their status is"},
      {"deals { \"d.csv\", status = { column = \"s\" } }", "does not say which values are won"},
      {"deals { \"d.csv\", status = { column = \"s\", won = \"a\", lost = \"a\" } }",
       "\"a\" stands under both won and lost"},
      {"deals { \"d.csv\", status = { column = \"s\", won = others(), lost = others() } }",
       "others() may stand once"},
      {"deals { \"d.csv\", status = { column = \"s\", wn = \"a\" } }", "has no field \"wn\""},
      {"deals { \"d.csv\", status = \"s\", closed = { format = \"%Y\" } }",
       "closed names no column"},
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    char audit[400];
    outcome o;
    snprintf(audit, sizeof audit, "audit \"A\" {}\n%s\n", all[i].deals);
    open_for(&o, audit, "", NULL);
    assert_int_equal(o.status, PL_E_USAGE);
    expect_text(o.err.message, all[i].message);
    assert_int_equal(o.err.line, 2);
    finish(&o);
  }
}

static void a_policy_stays_in_its_range(void **state) {
  (void)state;
  static const struct {
    const char *field, *message;
  } all[] = {
      {"q = 0", "policy: q must be a share: above 0 and at most 1, not 0"},
      {"q = 1.5", "policy: q must be a share"},
      {"q = 0/0", "policy: q must be a share"},
      {"few_keys = 0", "policy: few_keys must be a share"},
      {"few_keys = 20", "policy: few_keys must be a share"},
      {"no_difference_below = 0", "policy: no_difference_below must be a number above 0, not 0"},
      {"min_won = 0", "policy: min_won must be a whole number from 1 on, not 0"},
      {"few_keys_from = 0.5", "policy: few_keys_from must be a whole number from 1 on, not 0.5"},
  };
  outcome o;
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    char audit[200];
    snprintf(audit, sizeof audit, "audit \"A\" { policy = { %s } }\n", all[i].field);
    open_for(&o, audit, "", NULL);
    assert_int_equal(o.status, PL_E_USAGE);
    expect_text(o.err.message, all[i].message);
    finish(&o);
  }
  open_sound(&o, "audit \"A\" { policy = { q = 1, few_keys = 1, min_won = 1, few_keys_from = 1 } }",
             "");
  assert_true(o.model.policy.q == 1 && o.model.policy.few_keys == 1);
  finish(&o);
}

static void a_workspace_without_audit(void **state) {
  (void)state;
  outcome o;
  write_file("rules/a.lua", "");
  remove_file("audit.lua");
  memset(&o, 0, sizeof o);
  pl_rules_options options = {.directory = workspace};
  assert_int_equal(pl_rules_open(&options, &o.model, &o.rules, &o.err), PL_E_USAGE);
  expect_text(o.err.message, "there is no audit.lua in");
  finish(&o);
}

/* ---- audit.lua: what reaches the model --------------------------------------------------------
 */

static void the_audit_itself(void **state) {
  (void)state;
  outcome o;
  open_sound(
      &o,
      "audit \"A\" { as_of = \"2024-12-31\", currency = \"EUR\", timezone = \"Europe/Berlin\",\n"
      "  within = \"180d\", before = \"created\", min_won = 2, cycle = \"90d\",\n"
      "  period = { since = \"2024-01-01\", [\"until\"] = \"2024-12-31\" },\n"
      "  rates = { USD = 0.92, GBP = \"1.17\", CHF = 1 },\n"
      "  policy = { no_difference_below = 2, q = 0.05, few_keys = 0.5 } }\n",
      "");
  const pl_model *m = &o.model;
  assert_string_equal(m->title, "A");
  assert_string_equal(m->as_of, "2024-12-31");
  assert_string_equal(m->timezone, "Europe/Berlin");
  assert_string_equal(m->within, "180d");
  assert_string_equal(m->before, "created");
  assert_string_equal(m->cycle, "90d");
  assert_string_equal(m->since, "2024-01-01");
  assert_string_equal(m->until, "2024-12-31");
  assert_int_equal(m->policy.min_won, 2);
  assert_true(m->policy.no_difference_below == 2 && m->policy.q == 0.05 &&
              m->policy.few_keys == 0.5);
  assert_int_equal(m->policy.few_keys_from, 5);
  assert_int_equal(m->rates.codes.n, 3); /* sorted by code; 0.92 exactly as it was written */
  assert_string_equal(m->rates.codes.items[0], "CHF");
  assert_string_equal(m->rates.rates.items[0], "1");
  assert_string_equal(m->rates.codes.items[2], "USD");
  assert_string_equal(m->rates.rates.items[2], "0.92");
  assert_false(m->deals_given);
  finish(&o);
}

static void a_source_with_everything(void **state) {
  (void)state;
  outcome o;
  open_sound(&o,
             "audit \"A\" { period = { \"2024-01-01\", \"2024-12-31\" },\n"
             "  rates = { source = \"r\", currency = \"code\", rate = \"rate\", date = \"day\", "
             "max_age = \"7d\" } }\n"
             "source \"s\" { \"a.csv\", { \"b.csv\", \"c.csv\" }, format = \"tsv\", numbers = "
             "\"1.234,56\",\n"
             "  key = { \"id\", clean(\"mail\", \"trim\", \"lower\") },\n"
             "  time = { \"at\", format = \"%d/%m/%Y\" }, timezone = \"Asia/Tokyo\",\n"
             "  formats = { d = \"epoch\", e = { format = \"epoch_ms\", timezone = \"UTC\" } },\n"
             "  blank = { \"0\", \"(not set)\", 7 }, fresh = \"8d\", duplicates = { keep = "
             "\"last\", by = \"at\" },\n"
             "  where = { z = { \"x\", 5, true }, a = not_(like \"q*\") },\n"
             "  columns = {\n"
             "    late = constant(2.5),\n"
             "    early = sum { \"t\", on = { x = \"y\", \"z\" }, take = \"v\" },\n"
             "    m = map(\"c\", { b = \"2\", a = 1 }) } }\n",
             "");
  const pl_source_def *s = &o.model.sources[0];
  assert_int_equal(o.model.sources_n, 1);
  assert_int_equal(s->site.line, 3);
  assert_int_equal(s->paths.n, 3);
  assert_string_equal(s->paths.items[2], "c.csv");
  assert_true(s->format_given && s->dialect.format == PL_FORMAT_CSV &&
              s->dialect.delimiter == '\t');
  assert_int_equal(s->numbers, PL_NUMBER_DOT);
  assert_string_equal(s->key.items[0], "id");
  assert_string_equal(s->key.items[1], "(key 2)");
  assert_string_equal(s->time.column, "at");
  assert_string_equal(s->time.format, "%d/%m/%Y");
  assert_string_equal(s->time.timezone, "Asia/Tokyo");
  assert_int_equal(s->times_n, 2);
  assert_string_equal(s->times[0].timezone, "Asia/Tokyo"); /* the source's */
  assert_string_equal(s->times[1].timezone, "UTC");        /* its own */
  assert_string_equal(s->blank.items[2], "7");
  assert_string_equal(s->fresh, "8d");
  assert_int_equal(s->duplicates, PL_DUPLICATES_LAST);
  assert_string_equal(s->duplicates_by, "at");
  assert_int_equal(s->where.n, 2); /* sorted by column */
  assert_int_equal(s->where.items[0].kind, PL_COND_NOT);
  assert_int_equal(s->where.items[0].child->kind, PL_COND_LIKE);
  assert_true(!s->where.items[1].values[0].number && s->where.items[1].values[1].number);
  assert_string_equal(s->where.items[1].values[2].text, "true");
  assert_int_equal(s->columns_n, 4); /* in the order of their lines, the inline key last */
  assert_string_equal(s->columns[0].name, "late");
  assert_string_equal(s->columns[0].value.text, "2.5");
  assert_string_equal(s->columns[1].name, "early");
  assert_int_equal(s->columns[1].key.n, 2);
  assert_string_equal(s->columns[2].from.items[0], "a"); /* sorted */
  assert_string_equal(s->columns[2].to.items[0], "1");
  assert_string_equal(s->columns[3].name, "(key 2)");
  assert_string_equal(o.model.rates.source, "r");
  assert_string_equal(o.model.rates.max_age, "7d");
  assert_string_equal(o.model.since, "2024-01-01");
  finish(&o);
}

static void deals_and_their_status(void **state) {
  (void)state;
  outcome o;
  open_sound(
      &o,
      "audit \"A\" {}\n"
      "deals { \"d.csv\", key = \"id\", closed = { \"c\", format = \"epoch\" }, created = \"n\",\n"
      "  amount = lookup { \"r\", on = \"k\", take = \"v\" }, currency = constant \"EUR\",\n"
      "  status = { column = map(\"stage\", { x = \"y\" }), won = { \"Closed Won\", 5 }, lost = "
      "\"L\",\n"
      "    open = others(), ignore = { \"\" } } }\n"
      "link { \"a\", \"deals\", { here = \"there\" } }\n",
      "");
  const pl_deals_def *d = &o.model.deals;
  assert_true(o.model.deals_given && d->status_given);
  assert_string_equal(d->status, "(status)");
  assert_string_equal(d->amount, "(amount)");
  assert_string_equal(d->currency, "(currency)");
  assert_int_equal(d->source.columns_n, 3);
  assert_int_equal(d->values[PL_WON].n, 2);
  assert_string_equal(d->values[PL_WON].items[1], "5");
  assert_string_equal(d->values[PL_LOST].items[0], "L");
  assert_string_equal(d->values[PL_IGNORED].items[0], "");
  assert_int_equal(d->others, PL_OPEN);
  assert_string_equal(d->closed.format, "epoch");
  assert_string_equal(d->created.column, "n");
  assert_string_equal(o.model.links[0].key.here[0], "here");
  assert_string_equal(o.model.links[0].key.there[0], "there");
  finish(&o);
}

/* ---- asking
 * ----------------------------------------------------------------------------------------- */

/* More than one request's worth (20,000 values each) comes back in order. */
static void many_values_come_back_in_order(void **state) {
  (void)state;
  enum { N = 50001 };
  static char texts[N][8];
  static pl_str values[2 * N];
  outcome o;
  open_sound(
      &o,
      "audit \"A\" {}\nsource \"s\" { \"a.csv\", columns = {\n"
      "  c = derive(\"a\", \"b\", function(a, b) return b and a .. \"/\" .. b or nil end) } }\n",
      "");
  for (size_t i = 0; i < N; i++) {
    snprintf(texts[i], sizeof texts[i], "%06zu", i);
    values[2 * i] = pl_str_of(texts[i]);
    values[2 * i + 1] = i % 3 ? PL_STR("x") : (pl_str){NULL, 0};
  }
  pl_ask ask = {.call = o.model.sources[0].columns[0].call,
                .want_text = true,
                .parameters = 2,
                .values = values,
                .n = N};
  assert_int_equal(pl_rules_ask(o.rules, &ask, 1, &o.err), PL_OK);
  assert_null(ask.failed);
  for (size_t i = 0; i < N; i++) {
    char expected[16];
    snprintf(expected, sizeof expected, "%06zu/x", i);
    if (i % 3)
      assert_true(pl_str_eq(ask.texts[i], pl_str_of(expected)));
    else
      assert_null(ask.texts[i].p);
  }
  finish(&o);
}

/* Whichever allocation fails, opening says so and leaks nothing. */
static void memory_may_end_anywhere(void **state) {
  (void)state;
  static const char rules[] =
      "department \"D\"\nmetric \"a\" { trace = from \"s\" :to \"deals\" }\n";
  outcome o;
  uint64_t before = pl_alloc_count();
  open_sound(&o, plain_audit, rules);
  uint64_t total = pl_alloc_count() - before;
  finish(&o);
  for (uint64_t n = 1; n <= total; n += 1 + total / 60) {
    memset(&o, 0, sizeof o);
    pl_rules_options options = {.directory = workspace};
    pl_alloc_fail_at(n);
    o.status = pl_rules_open(&options, &o.model, &o.rules, &o.err);
    pl_alloc_fail_at(0);
    assert_int_equal(o.status, PL_E_MEMORY);
    assert_null(o.rules);
    finish(&o);
  }
}

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "--worker") == 0) return pl_worker_main();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(mistakes_in_the_audit_have_a_place_and_a_hint),
      cmocka_unit_test(mistakes_in_deals),
      cmocka_unit_test(a_policy_stays_in_its_range),
      cmocka_unit_test(a_workspace_without_audit),
      cmocka_unit_test(the_audit_itself),
      cmocka_unit_test(a_source_with_everything),
      cmocka_unit_test(deals_and_their_status),
      cmocka_unit_test(many_values_come_back_in_order),
      cmocka_unit_test(memory_may_end_anywhere),
  };
  return cmocka_run_group_tests_name("api", tests, set_up, tear_down);
}
