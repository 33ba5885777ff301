/* The public functions as a careless C program calls them: no error wanted, a
 * declaration that is none, records that hold anything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/value.h"
#include "plumbline.h"

static pl_audit_options nowhere(void) {
  return (pl_audit_options){.directory = "/nowhere/at/all", .worker = "/nowhere/plumbline"};
}

/* Each of these ends in a hint inside, which must not turn it into success. */
static void no_error_wanted_is_no_success(void **state) {
  (void)state;
  pl_audit *audit = NULL;
  pl_audit_options options = nowhere();
  char *text = NULL, path[PL_ERROR_PATH];
  size_t size = 0;
  assert_int_equal(pl_audit_open(&options, &audit, NULL), PL_E_USAGE);
  options.max_rejects = "many";
  assert_int_equal(pl_audit_open(&options, &audit, NULL), PL_E_USAGE);
  options = (pl_audit_options){.directory = "/"};
  assert_int_equal(pl_audit_open(&options, &audit, NULL), PL_E_USAGE); /* no audit.lua */
  assert_null(audit);
  assert_int_equal(pl_explain_new("PL999", "terminal", NULL, &text, &size, NULL), PL_E_USAGE);
  assert_int_equal(pl_explain_new("PL103", "splendid", NULL, &text, &size, NULL), PL_E_USAGE);
  assert_int_equal(pl_lua_new("no such file", &text, &size, NULL), PL_E_USAGE);
  assert_int_equal(pl_demo_write("/", NULL), PL_E_USAGE);
  assert_int_equal(pl_file_write("/nowhere/at/all", "x", 1, NULL), PL_E_OUTPUT);
  setenv("PLUMBLINE_WORKER", "/nowhere/plumbline", 1);
  assert_int_equal(pl_worker_find(path, NULL), PL_E_USAGE);
  unsetenv("PLUMBLINE_WORKER");
}

static void a_value_that_is_not_there_reads_as_nothing(void **state) {
  (void)state;
  assert_int_equal(pl_value_kind(NULL), PL_NULL);
  assert_null(pl_value_get(pl_value_at(NULL, 3), "key"));
  assert_int_equal(pl_value_count(NULL), 0);
  assert_int_equal(pl_value_str(NULL).n, 0);
  assert_string_equal(pl_value_str(NULL).p, "");
  assert_int_equal(pl_value_key(NULL, 0).n, 0);
  assert_int_equal(pl_value_integer(NULL, 7), 7);
  assert_true(pl_value_boolean(NULL, true));
  assert_true(pl_value_number(NULL, 0.5) == 0.5);
}

/* ---- an audit that the program declares ------------------------------------------- */

static pl_value *text(pl_arena *a, const char *s) {
  return pl_value_text(a, pl_str_of(s));
}

static pl_value *texts(pl_arena *a, const char *s) {
  pl_value *list = pl_value_list(a);
  pl_value_push(a, list, text(a, s));
  return list;
}

static pl_value *column(pl_arena *a, const char *name) {
  pl_value *v = pl_value_object(a);
  pl_value_set(a, v, "column", text(a, name));
  return v;
}

/* deals = { "deals", key = "id", closed = "day", status = "state", amount = "value" } */
static pl_value *deals(pl_arena *a) {
  pl_value *v = pl_value_object(a);
  pl_value_set(a, v, "name", text(a, "deals"));
  pl_value_set(a, v, "paths", texts(a, "deals"));
  pl_value_set(a, v, "key", texts(a, "id"));
  pl_value_set(a, v, "closed", column(a, "day"));
  pl_value_set(a, v, "status", text(a, "state"));
  pl_value_set(a, v, "amount", text(a, "value"));
  return v;
}

/* metric "all" { trace = from "deals" :where { owner = f }, judge = f } */
static pl_value *metric(pl_arena *a) {
  pl_value *condition = pl_value_object(a), *where = pl_value_list(a);
  pl_value_set(a, condition, "column", text(a, "owner"));
  pl_value_set(a, condition, "kind", text(a, "call"));
  pl_value_set(a, condition, "fn", pl_value_int(a, 0));
  pl_value_push(a, where, condition);
  pl_value *branch = pl_value_object(a), *branches = pl_value_list(a);
  pl_value_set(a, branch, "table", text(a, "deals"));
  pl_value_set(a, branch, "where", where);
  pl_value_push(a, branches, branch);
  pl_value *v = pl_value_object(a);
  pl_value_set(a, v, "name", text(a, "all"));
  pl_value_set(a, v, "branches", branches);
  pl_value_set(a, v, "fn", pl_value_int(a, 1));
  return v;
}

static pl_value *department(pl_arena *a) {
  pl_value *v = pl_value_object(a), *metrics = pl_value_list(a);
  pl_value *who = column(a, "unused");
  pl_value_set(a, who, "name", text(a, "Sales"));
  pl_value_set(a, who, "file", text(a, "host.c"));
  pl_value_push(a, metrics, metric(a));
  pl_value_set(a, v, "department", who);
  pl_value_set(a, v, "metrics", metrics);
  return v;
}

static pl_value *declaration(pl_arena *a) {
  pl_value *facts = pl_value_object(a), *audit = pl_value_object(a), *all = pl_value_object(a);
  pl_value *functions = pl_value_list(a), *departments = pl_value_list(a);
  pl_value_set(a, facts, "title", text(a, "Declared"));
  pl_value_set(a, facts, "as_of", text(a, "2024-12-31"));
  pl_value_push(a, functions, pl_value_object(a));
  pl_value_push(a, functions, pl_value_object(a));
  pl_value_set(a, audit, "audit", facts);
  pl_value_set(a, audit, "deals", deals(a));
  pl_value_set(a, audit, "functions", functions);
  pl_value_push(a, departments, department(a));
  pl_value_set(a, all, "audit", audit);
  pl_value_set(a, all, "departments", departments);
  return all;
}

typedef struct asked {
  size_t values, judged;
  bool fail;
} asked;

/* Deals of "ann" count. */
static pl_status ask(void *ctx, pl_host_question *q, pl_error *err) {
  asked *a = ctx;
  assert_int_equal(q->function, 0);
  assert_int_equal(q->parameters, 1);
  a->values += q->n;
  if (a->fail) {
    err->status = PL_E_RULE;
    strcpy(err->message, "the owner is unknown today");
    return PL_E_RULE;
  }
  for (size_t i = 0; i < q->n; i++) q->truths[i] = pl_str_eq(q->values[i], PL_STR("ann"));
  return PL_OK;
}

static pl_status judge(void *ctx, int function, const pl_value *evidence, pl_str *verdict,
                       pl_str *said, pl_error *err) {
  (void)err, (void)verdict;
  assert_int_equal(function, 1);
  assert_int_equal(pl_value_kind(evidence), PL_OBJECT);
  ((asked *)ctx)->judged++;
  *said = PL_STR("seen");
  return PL_OK;
}

static void add(pl_records *records, const char *id, const char *owner, const char *value) {
  const char *const cells[][2] = {
      {"id", id}, {"owner", owner}, {"value", value}, {"state", "won"}, {"day", "2024-03-01"}};
  for (size_t i = 0; i < 5; i++)
    pl_records_field(records, pl_str_of(cells[i][0]), pl_str_of(cells[i][1]));
  assert_int_equal(pl_records_end(records, NULL), PL_OK);
}

/* Three won deals: ann's 1.50 and 2.25, bob's 100. */
static pl_status run_declared(asked *a, pl_audit **audit, pl_error *err) {
  pl_arena arena = {0};
  pl_buf wire = {0};
  pl_records *records = NULL;
  assert_true(pl_value_encode(declaration(&arena), &wire));
  assert_int_equal(pl_records_new("deals", &records, err), PL_OK);
  add(records, "1", "ann", "1.50");
  add(records, "2", "bob", "100");
  add(records, "3\x01\"\\\xC3\xBC", "ann", "2.25");
  pl_host host = {.declared = wire.p, .declared_n = wire.n, .ask = ask, .judge = judge, .ctx = a};
  pl_audit_options options = {.records = &records, .records_n = 1, .host = &host};
  pl_status status = pl_audit_open(&options, audit, err);
  pl_records_free(records);
  pl_buf_free(&wire);
  pl_arena_free(&arena);
  return status == PL_OK ? pl_audit_run(*audit, err) : status;
}

static void a_program_declares_and_answers(void **state) {
  (void)state;
  asked a = {0};
  pl_audit *audit = NULL;
  pl_error err = {0};
  const pl_value *finding;
  assert_int_equal(run_declared(&a, &audit, &err), PL_OK);
  assert_int_equal(a.values, 2); /* ann, bob: each distinct value once */
  assert_int_equal(a.judged, 1);
  assert_int_equal(pl_audit_finding(audit, "all", &finding, NULL), PL_OK);
  const pl_value *won =
      pl_value_get(pl_value_get(pl_value_get(finding, "evidence"), "deals"), "won");
  const pl_value *reached = pl_value_get(won, "reached");
  assert_int_equal(pl_value_integer(pl_value_get(reached, "deals"), 0), 2);
  assert_string_equal(pl_value_str(pl_value_get(reached, "amount")).p, "3.75"); /* 1.50 + 2.25 */
  assert_string_equal(pl_value_str(pl_value_get(pl_value_get(finding, "judge"), "text")).p, "seen");
  assert_int_equal(pl_audit_finding(audit, "al", &finding, NULL), PL_E_USAGE);
  assert_null(finding);
  pl_audit_close(audit);
}

static void a_function_that_fails_costs_its_metric(void **state) {
  (void)state;
  asked a = {.fail = true};
  pl_audit *audit = NULL;
  pl_error err = {0};
  assert_int_equal(run_declared(&a, &audit, &err), PL_E_PARTIAL);
  assert_true(pl_audit_problem(audit, 0, &err));
  assert_string_equal(err.message, "the owner is unknown today");
  pl_audit_close(audit);
}

static void a_declaration_that_is_none_is_refused(void **state) {
  (void)state;
  asked a = {0};
  static const char *const wires[] = {"", "z", "l\xff\xff\xff\x7f", "o\1\0\0\0"};
  static const size_t lengths[] = {0, 1, 5, 5};
  for (size_t i = 0; i < 4; i++) {
    pl_host host = {
        .declared = wires[i], .declared_n = lengths[i], .ask = ask, .judge = judge, .ctx = &a};
    pl_audit_options options = {.host = &host};
    pl_audit *audit = NULL;
    assert_int_equal(pl_audit_open(&options, &audit, NULL), PL_E_USAGE);
    assert_null(audit);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(no_error_wanted_is_no_success),
      cmocka_unit_test(a_value_that_is_not_there_reads_as_nothing),
      cmocka_unit_test(a_program_declares_and_answers),
      cmocka_unit_test(a_function_that_fails_costs_its_metric),
      cmocka_unit_test(a_declaration_that_is_none_is_refused),
  };
  return cmocka_run_group_tests_name("capi", tests, NULL, NULL);
}
