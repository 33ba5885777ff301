/* Rule files as their author meets them: what one says, and the metrics or the
 * error that come of it. */
#include "rule_workspace.h"

/* ---- rule files: a mistake fails one metric ----------------------------------------------------
 */

static void mistakes_in_a_metric_fail_it_alone(void **state) {
  (void)state;
  static const struct {
    const char *fields, *message, *hint;
  } all[] = {
      {"titel = \"x\"", "metric \"bad\" has no field \"titel\"", "did you mean \"title\"?"},
      {"title = 5", "title must be a text, not 5", ""},
      {"title = \"\"", "title is empty", ""},
      {"\"x\"", "has a field without a name: \"x\"", ""},
      {"trace = \"leads\"", "trace must be a trace", ""},
      {"trace = from \"leads\"", "the trace ends in \"leads\", not in \"deals\"", ":to \"deals\""},
      {"trace = from \"leads\" :to \"deals\" :to \"x\"", "the trace ends in \"x\"", ""},
      {"trace = from(5):to \"deals\"", "from: the table must be a text, not 5", ""},
      {"trace = from \"leads\" :too \"deals\"", "a trace has no :\"too\"", "did you mean \"to\"?"},
      {"trace = from \"leads\" :to(\"deals\", \"k\", { wich = \"next\" })", "has no field \"wich\"",
       "did you mean \"which\"?"},
      {"trace = from \"leads\" :to(\"x\", \"k\", { which = \"next\" }) :to \"deals\"",
       "belongs to the step into deals", ""},
      {"trace = from \"leads\" :where { a = {} } :to \"deals\"", "a condition is an empty list",
       ""},
      {"trace = from \"leads\" :where { a = { like \"x\", \"y\" } } :to \"deals\"",
       "a list may hold plain values only", ""},
      {"trace = any {}", "any has no trace in it", ""},
      {"within = 5", "within must be a time span, not 5", ""},
      {"before = \"close\"", "before must be one of", "did you mean \"closed\"?"},
      {"by = { \"t\" }", "by: the column must be a text", ""},
      {"min_won = 0", "min_won must be a whole number from 1 on, not 0", ""},
      {"cost = { money = \"much\" }", "money must be a plain number", ""},
      {"cost = { money = 5, per = \"monthly\" }", "per must be one of", "did you mean \"month\"?"},
      {"judge = \"linked\"", "judge must be a function", ""},
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    char rules[500];
    outcome o;
    snprintf(rules, sizeof rules,
             "department \"D\"\nmetric \"good\" { title = \"G\" }\n\nmetric \"bad\" { %s }\n"
             "metric \"last\" { title = \"L\" }\n",
             all[i].fields);
    open_sound(&o, plain_audit, rules);
    assert_int_equal(o.model.metrics_n, 3);
    assert_null(o.model.metrics[0].failed);
    assert_null(o.model.metrics[2].failed);
    const pl_metric_def *bad = &o.model.metrics[1];
    assert_string_equal(bad->id, "D/bad");
    assert_non_null(bad->failed);
    assert_int_equal(bad->failed_code, 110);
    assert_int_equal(bad->failed->status, PL_E_RULE);
    expect_text(bad->failed->message, all[i].message);
    expect_text(bad->failed->hint, all[i].hint);
    assert_string_equal(bad->failed->file, "rules/a.lua");
    assert_int_equal(bad->failed->line, 4);
    finish(&o);
  }
}

static void mistakes_that_fail_the_whole_file(void **state) {
  (void)state;
  static const struct {
    const char *rules, *message;
    uint32_t line;
  } all[] = {
      {"department \"D\"\nmetric \"a\" { title = }\n", "unexpected symbol near '}'", 2},
      {"department \"D\"\nmetric \"a\" { trace = form \"x\" }\n", "\"form\" is not defined", 2},
      {"metric \"a\" {}\n", "metric \"a\" stands before its department", 1},
      {"department \"D\"\ndepartment \"E\"\n",
       "a rule file has one department; the first is on line 1", 2},
      {"department \"D\"\nmetric \"Bad Name\" {}\n", "cannot be a metric's name", 2},
      {"department \"D\"\nmetric \"a\"\n", "metric \"a\" is named but has no { … }", 2},
      {"department \"D\"\nlocal t = from(nil)\n", "from: the table must be a text, not nothing", 2},
      {"department \"A/B\"\n", "has no \"/\" in its name", 1},
      {"department \"D\"\nsource \"x\" { \"x.csv\" }\n", "source belongs in audit.lua", 2},
      {"department \"D\"\nlocal c = lookup { \"a\" }\n", "lookup belongs in audit.lua", 2},
      {"department \"D\"\nprint(audit.asof)\n", "audit.\"asof\" is not known", 2},
      {"department \"D\"\naudit.as_of = 1\n", "a rule cannot change the audit", 2},
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    outcome o;
    open_sound(&o, plain_audit, all[i].rules);
    assert_int_equal(o.model.departments_n, 1);
    assert_int_equal(o.model.metrics_n, 0);
    const pl_error *e = o.model.departments[0].failed;
    assert_non_null(e);
    expect_text(e->message, all[i].message);
    assert_int_equal(e->line, all[i].line);
    assert_true(e->excerpt[0] != 0 || all[i].line == 0);
    finish(&o);
  }
}

static void a_metric_declared_twice(void **state) {
  (void)state;
  outcome o;
  open_sound(&o, plain_audit,
             "department \"D\"\nmetric \"a\" { title = \"1\" }\nmetric \"a\" { title = \"2\" }\n");
  assert_int_equal(o.model.metrics_n, 1);
  expect_text(o.model.metrics[0].failed->message,
              "metric \"a\" is declared twice: on lines 2 and 3");
  finish(&o);
}

/* ---- rule files: what reaches the model
 * ----------------------------------------------------------- */

static void a_metric_with_everything(void **state) {
  (void)state;
  outcome o;
  open_sound(
      &o, plain_audit,
      "department \"D\"\n"
      "local base = from \"s\" :where { a = \"x\" }\n" /* shared, and not changed by its uses */
      "local judge = function(evidence) return \"unlinked\", \"at \" .. audit.as_of end\n"
      "metric \"m\" { title = \"T\", owner = \"O\", question = \"Q?\", definition = \"Def\", unit "
      "= \"u\",\n"
      "  note = \"N\", cost = { money = 12000, hours = 6.5, per = \"month\" }, within = \"30d\",\n"
      "  before = \"any\", by = { \"t\", \"c\" }, min_won = 3, judge = judge,\n"
      "  trace = any { base :to(\"t\", { h = \"th\", \"same\" }) :where { b = gte(2.5) } :to "
      "\"deals\",\n"
      "    any { from \"deals\", base :to(\"deals\", nil, { which = \"next\", within = \"2w\" }) } "
      "} }\n"
      "metric \"plain\" { title = \"P\", trace = base :to \"deals\" }\n");
  const pl_metric_def *m = &o.model.metrics[0];
  assert_null(m->failed);
  assert_string_equal(m->department, "D");
  assert_string_equal(m->owner, "O");
  assert_string_equal(m->cost.money, "12000");
  assert_string_equal(m->cost.hours, "6.5");
  assert_string_equal(m->by_table, "t");
  assert_string_equal(m->by, "c");
  assert_int_equal(m->min_won, 3);
  assert_int_equal(m->branches_n, 3); /* a nested any is flat */
  const pl_trace_def *first = &m->branches[0];
  assert_int_equal(first->steps_n, 2);
  assert_string_equal(first->where.items[0].column, "a");
  assert_int_equal(first->steps[0].key.n, 2);
  assert_string_equal(first->steps[0].key.here[0], "same"); /* positions first */
  assert_string_equal(first->steps[0].key.there[1], "th");
  assert_string_equal(first->steps[0].where.items[0].low.text, "2.5");
  assert_true(first->steps[0].where.items[0].low.number &&
              !first->steps[0].where.items[0].low_open);
  assert_null(first->steps[0].where.items[0].high.text);
  assert_int_equal(m->branches[1].steps_n, 0);
  assert_true(m->branches[2].steps[0].next);
  assert_string_equal(m->branches[2].steps[0].within, "2w");
  assert_int_equal(m->branches[2].steps[0].key.n, 0);
  assert_int_equal(o.model.metrics[1].branches[0].steps_n, 1);
  pl_arena a = {0};
  pl_judgement j = {.call = m->judge, .evidence = pl_value_object(&a)};
  assert_int_equal(pl_rules_judge(o.rules, &j, 1, &o.err), PL_OK);
  assert_null(j.failed);
  assert_string_equal(j.verdict, "unlinked");
  assert_string_equal(j.text, "at 2024-12-31");
  pl_arena_free(&a);
  finish(&o);
}

static void departments_are_sorted_and_libraries_are_none(void **state) {
  (void)state;
  outcome o;
  write_file("rules/b.lua",
             "department \"Alpha\"\nlocal shared = require \"lib\"\n"
             "metric \"z\" { title = shared.title }\nmetric \"a\" { title = \"A\" }\n");
  write_file("rules/lib.lua", "return { title = \"from lib\" }\n");
  open_sound(&o, plain_audit, "department \"Zeta\"\nmetric \"a\" { title = \"A\" }\n");
  assert_int_equal(o.model.departments_n, 2);
  assert_string_equal(o.model.departments[0].name, "Alpha");
  assert_string_equal(o.model.departments[1].file, "rules/a.lua");
  assert_string_equal(o.model.metrics[0].id, "Alpha/z"); /* in the order of declaration */
  assert_string_equal(o.model.metrics[0].title, "from lib");
  assert_string_equal(o.model.metrics[2].id, "Zeta/a"); /* the same name in two departments */
  finish(&o);
  open_for(&o, plain_audit, "department \"Zeta\"\nmetric \"a\" { title = \"A\" }\n", "Zeta");
  assert_int_equal(o.status, PL_OK);
  assert_int_equal(o.model.departments_n, 1);
  assert_string_equal(o.model.metrics[0].id, "Zeta/a");
  finish(&o);
  open_for(&o, plain_audit, "department \"Zeta\"\n", "Zetta");
  assert_int_equal(o.status, PL_E_USAGE);
  expect_text(o.err.hint, "did you mean \"Zeta\"?");
  finish(&o);
  remove_file("rules/b.lua");
  remove_file("rules/lib.lua");
}

static void a_department_belongs_to_one_file(void **state) {
  (void)state;
  outcome o;
  write_file("rules/b.lua", "department \"D\"\nmetric \"x\" { title = \"X\" }\n");
  write_file("rules/c.lua", "department \"E\"\nmetric \"x\" { title = \"X\" }\n");
  open_sound(&o, plain_audit, "department \"D\"\nmetric \"a\" { title = \"A\" }\n");
  assert_int_equal(o.model.departments_n, 3);
  expect_text(o.model.departments[0].failed->message, "is declared in rules/b.lua too");
  assert_null(o.model.departments[1].failed);
  expect_text(o.model.departments[2].failed->message, "is declared in rules/a.lua too");
  assert_int_equal(o.model.metrics_n, 1);
  finish(&o);
  remove_file("rules/b.lua");
  remove_file("rules/c.lua");
}

static void rule_files_stay_inside_the_workspace(void **state) {
  (void)state;
  outcome o;
  char link_path[300], outside[] = "/tmp/plumbline-outside-XXXXXX.lua";
  int fd = mkstemps(outside, 4);
  assert_true(fd >= 0);
  close(fd);
  snprintf(link_path, sizeof link_path, "%s/rules/out.lua", workspace);
  assert_int_equal(symlink(outside, link_path), 0);
  open_for(&o, plain_audit, "department \"D\"\n", NULL);
  assert_int_equal(o.status, PL_E_USAGE);
  expect_text(o.err.message, "rules/out.lua lies outside of the workspace");
  expect_text(o.err.hint, "--allow");
  finish(&o);
  const char *allowed = outside;
  memset(&o, 0, sizeof o);
  o.model.allowed = (pl_texts){&allowed, 1};
  pl_rules_options options = {.directory = workspace};
  assert_int_equal(pl_rules_open(&options, &o.model, &o.rules, &o.err), PL_OK);
  finish(&o);
  remove(link_path);
  remove(outside);
}

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "--worker") == 0) return pl_worker_main();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(mistakes_in_a_metric_fail_it_alone),
      cmocka_unit_test(mistakes_that_fail_the_whole_file),
      cmocka_unit_test(a_metric_declared_twice),
      cmocka_unit_test(a_metric_with_everything),
      cmocka_unit_test(departments_are_sorted_and_libraries_are_none),
      cmocka_unit_test(a_department_belongs_to_one_file),
      cmocka_unit_test(rule_files_stay_inside_the_workspace),
  };
  return cmocka_run_group_tests_name("rule files", tests, set_up, tear_down);
}
