/* Frames and declarations that a lying worker may send: a true declaration is
 * fetched from a real worker, then changed byte by byte. Whatever comes, the
 * decoder says yes or no, stays inside its memory, and keeps its own rules. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above */
#include <cmocka.h>

#include <string.h>

#include "rule/decode.h"
#include "rule/rules_private.h"

static const char audit_lua[] =
    "audit \"A\" { as_of = \"2024-12-31\", currency = \"EUR\", within = \"90d\", rates = { USD = "
    "0.92 } }\n"
    "source \"s\" { \"a.csv\", { \"b.csv\" }, key = { \"id\", clean(\"x\", \"lower\") }, format = "
    "\"tsv\",\n"
    "  time = { \"at\", format = \"epoch\" }, formats = { d = \"%d.%m.%Y\" }, blank = { \"0\" },\n"
    "  where = { k = between(1, 2.5), l = like { \"a*\", \"b*\" }, m = not_(blank()), n = matches "
    "\"^x\" },\n"
    "  duplicates = { keep = \"last\", by = \"at\" }, fresh = \"8d\",\n"
    "  columns = { a = lookup { \"t\", on = { x = \"y\" }, take = \"z\" }, b = map(\"c\", { old = "
    "\"new\" }),\n"
    "    c = derive(\"a\", \"b\", function(a, b) return a end), d = list(\"ids\", \";\"), e = "
    "constant(5) } }\n"
    "deals { \"d.csv\", key = \"id\", amount = \"v\", currency = \"cur\", closed = \"c\", created "
    "= \"n\",\n"
    "  status = { column = \"stage\", won = { \"Won\" }, lost = \"Lost\", open = others(), ignore "
    "= { \"\" } } }\n"
    "link { \"s\", \"deals\", { id = \"lead\" } }\n";

static const char rules_lua[] =
    "department \"D\"\n"
    "metric \"m\" { title = \"T\", owner = \"O\", cost = { money = 1.5, per = \"month\" }, by = { "
    "\"t\", \"c\" },\n"
    "  within = \"30d\", before = \"any\", min_won = 2, judge = function() end,\n"
    "  trace = any { from \"s\" :where { a = \"x\", b = function(v) return true end }\n"
    "    :to(\"t\", { here = \"there\" }) :where { c = gte(3) } :to(\"deals\", \"k\", { which = "
    "\"next\", within = \"2w\" }),\n"
    "    from \"deals\" } }\n"
    "metric \"bad\" { nonsense = 1 }\n";

/* ---- a true declaration, on the wire ------------------------------------------------------ */

typedef struct fetching {
  pl_rules rules;
  pl_worker worker;
  pl_rule_text file;
  pl_rule_folder folder;
  const char *what;
  pl_buf *out;
} fetching;

static const pl_value *make(pl_request *request, pl_arena *arena) {
  const fetching *f = request->ctx;
  static const pl_model audit = {.title = "A", .timezone = "UTC"};
  return pl_rules_setup(&f->rules, &f->worker, f->what, &f->file, &audit, arena);
}

static pl_status take(pl_request *request, const pl_value *answer, pl_error *err) {
  const fetching *f = request->ctx;
  (void)err;
  assert_true(pl_value_encode(answer, f->out));
  return PL_OK;
}

static void failed(pl_request *request, const pl_error *why, int code) {
  (void)request;
  print_error("%s:%u: %s (%d)\n", why->file, why->line, why->message, code);
}

static void fetch(const char *what, const char *source, pl_buf *out) {
  fetching f = {.what = what, .out = out};
  f.file = (pl_rule_text){.name = "a", .shown = "rules/a.lua", .text = pl_str_of(source)};
  f.folder = (pl_rule_folder){"rules", &f.file, 1};
  f.rules.exchange.limits = (pl_limits){256u << 20, 10, 20000, 64u << 20};
  f.worker.child = PL_NO_CHILD;
  f.worker.file = f.file.shown;
  f.worker.folder = &f.folder;
  pl_request request = {.worker = &f.worker,
                        .ctx = &f,
                        .type = PL_FRAME_DECLARE,
                        .make = make,
                        .take = take,
                        .failed = failed};
  assert_int_equal(pl_worker_open(&f.rules.exchange, &f.worker, NULL), PL_OK);
  assert_int_equal(pl_exchange_run(&f.rules.exchange, &request, 1, NULL), PL_OK);
  pl_worker_close(&f.worker);
  assert_true(out->n > 500);
}

/* ---- decoding it, true or changed ------------------------------------------------------------ */

/* What every accepted model keeps: see model.h. */
static void check_metrics(const pl_metric_def *metrics, size_t n, size_t functions) {
  for (size_t i = 0; i < n; i++) {
    const pl_metric_def *m = &metrics[i];
    assert_non_null(m->id);
    assert_true(m->branches_n <= PL_MAX_BRANCHES);
    assert_true(m->judge.worker == -2 || (size_t)m->judge.id < functions);
    for (size_t b = 0; b < m->branches_n; b++) {
      const pl_trace_def *t = &m->branches[b];
      assert_non_null(t->table);
      assert_true(t->steps_n <= PL_MAX_STEPS);
      assert_string_equal(t->steps_n ? t->steps[t->steps_n - 1].table : t->table, "deals");
      for (size_t k = 0; k < t->where.n; k++) assert_non_null(t->where.items[k].column);
    }
  }
}

static pl_status decode(pl_str wire, bool audit) {
  static const char *const files[] = {"rules/a.lua"};
  pl_error err = {0};
  pl_arena arena = {0};
  pl_model model = {0};
  pl_site *functions;
  pl_texts rules;
  pl_department_def department = {0};
  pl_metric_def *metrics = NULL;
  size_t n = 0;
  const pl_value *v = pl_value_decode(&arena, wire, false, &err);
  pl_decoding d = {
      .arena = &model.arena, .file = files[0], .files = files, .files_n = 1, .err = &err};
  if (v && pl_decode_functions(&d, v, &functions) == PL_OK) {
    if (audit)
      pl_decode_audit(&d, v, &model, &rules);
    else
      pl_decode_rules(&d, v, &department, &metrics, &n);
  }
  if (v && d.status == PL_OK) check_metrics(metrics, n, d.functions_n);
  if (!v || d.status != PL_OK) assert_true(err.message[0] != 0);
  pl_arena_free(&model.arena);
  pl_arena_free(&arena);
  return v ? d.status : PL_E_RULE;
}

static pl_buf audit_wire, rules_wire;

static int fetch_both(void **state) {
  (void)state;
  fetch("audit", audit_lua, &audit_wire);
  fetch("rules", rules_lua, &rules_wire);
  return 0;
}

static int free_both(void **state) {
  (void)state;
  pl_buf_free(&audit_wire);
  pl_buf_free(&rules_wire);
  return 0;
}

static void the_true_declarations_are_taken(void **state) {
  (void)state;
  assert_int_equal(decode(pl_buf_view(&audit_wire), true), PL_OK);
  assert_int_equal(decode(pl_buf_view(&rules_wire), false), PL_OK);
}

static void one_for_the_other_is_refused(void **state) {
  (void)state;
  assert_int_equal(decode(pl_buf_view(&rules_wire), true), PL_E_RULE);
}

/* Every byte replaced by each of these; every cut. */
static void mutate(const pl_buf *wire, bool audit) {
  static const unsigned char with[] = {0x00, 0x01, 0x7f, 0x80, 0xff, 'z', 'i', 's', 'l', 'o'};
  size_t refused = 0;
  pl_buf copy = {0};
  for (size_t i = 0; i < wire->n; i++)
    for (size_t k = 0; k < sizeof with; k++) {
      pl_buf_clear(&copy);
      assert_true(pl_buf_str(&copy, pl_buf_view(wire)));
      copy.p[i] = (char)with[k];
      refused += decode(pl_buf_view(&copy), audit) != PL_OK;
    }
  assert_true(refused > wire->n); /* most of it is structure */
  for (size_t n = 0; n < wire->n; n++)
    assert_int_not_equal(decode((pl_str){wire->p, n}, audit), PL_OK);
  pl_buf_free(&copy);
}

static void changed_audits_are_refused_or_sound(void **state) {
  (void)state;
  mutate(&audit_wire, true);
}

static void changed_rules_are_refused_or_sound(void **state) {
  (void)state;
  mutate(&rules_wire, false);
}

/* ---- frames -------------------------------------------------------------------------------------
 */

static void a_frame_reads_back(void **state) {
  (void)state;
  pl_arena a = {0};
  pl_buf out = {0};
  pl_frame frame;
  size_t used = 0;
  assert_true(pl_frame_write(&out, PL_FRAME_DONE, 7, pl_value_text(&a, PL_STR("hello"))));
  for (size_t n = 0; n < out.n; n++)
    assert_int_equal(pl_frame_read((pl_str){out.p, n}, 1000, &frame, &used), PL_FRAME_NEED_MORE);
  assert_int_equal(pl_frame_read(pl_buf_view(&out), 1000, &frame, &used), PL_FRAME_READY);
  assert_int_equal(frame.type, PL_FRAME_DONE);
  assert_int_equal(frame.number, 7);
  assert_int_equal(used, out.n);
  pl_buf_free(&out);
  pl_arena_free(&a);
}

static void bad_heads_are_refused(void **state) {
  (void)state;
  pl_frame frame;
  size_t used;
  /* a length over what is allowed, and a type that does not exist */
  assert_int_equal(pl_frame_read(PL_STR("\xe9\x03\0\0\x10\0\0\0\0"), 1000, &frame, &used),
                   PL_FRAME_BAD);
  assert_int_equal(pl_frame_read(PL_STR("\x01\0\0\0\x63\0\0\0\0"), 1000, &frame, &used),
                   PL_FRAME_BAD);
  assert_int_equal(pl_frame_read(PL_STR("\xff\xff\xff\xff\x10\0\0\0\0"), UINT64_MAX, &frame, &used),
                   PL_FRAME_BAD);
}

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "--worker") == 0) return pl_worker_main();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_true_declarations_are_taken),
      cmocka_unit_test(one_for_the_other_is_refused),
      cmocka_unit_test(changed_audits_are_refused_or_sound),
      cmocka_unit_test(changed_rules_are_refused_or_sound),
      cmocka_unit_test(a_frame_reads_back),
      cmocka_unit_test(bad_heads_are_refused),
  };
  return cmocka_run_group_tests_name("frame", tests, fetch_both, free_both);
}
