/* Computed columns: what each kind makes of a record, chains of them, and
 * lookups in other tables. */
#include "trace_workspace.h"

#include "trace/clean.h"
#include "trace/expression.h"

/* ---- clean ------------------------------------------------------------------- */
static const char *cleaned(const char *word, const char *text) {
  static char out[256];
  pl_buf a = {0}, b = {0};
  pl_clean op;
  pl_str result;
  assert_true(pl_clean_word(word, &op));
  assert_true(pl_clean_apply(&op, 1, pl_str_of(text), &a, &b, &result));
  snprintf(out, sizeof out, "%.*s", PL_STR_ARG(result));
  pl_buf_free(&a);
  pl_buf_free(&b);
  return out;
}

static void each_word_of_clean(void **state) {
  (void)state;
  const char *const cases[][3] = {
      {"trim", "  a b\t", "a b"},
      {"lower", "\xc3\x89T\xc3\x89", "\xc3\xa9t\xc3\xa9"},
      {"upper",
       "stra\xc3\x9f"
       "e",
       "STRASSE"},
      {"nospace",
       " a\xc2\xa0"
       "b c ",
       "abc"}, /* the no-break space too */
      {"alnum", "A-1 \xc3\xa9/\xe4\xb8\xad!", "A1\xc3\xa9\xe4\xb8\xad"},
      {"digits", "+49 (30) 12-34", "49301234"},
      {"nozeros", "00120", "120"},
      {"nozeros", " 000 ", "0"},
      {"nozeros", "00A1", "00A1"}, /* a text of anything but digits stays */
      {"url", " HTTPS://www.Example.COM/Path/?utm=1#top ", "example.com/Path"},
      {"url", "example.com", "example.com"},
      {"url", "http://Example.com/a//", "example.com/a"},
      {"url", "//Example.com:8080/a?b", "example.com:8080/a"},
      {"url", "/only/path/", "/only/path"},
      {"path", "https://www.example.com/Pricing/?a=b", "/Pricing"},
      {"path", "https://example.com", "/"},
      {"path", "/blog/", "/blog"},
      {"path", "", ""},
      {"domain", "https://www.Example.com:443/a/b", "example.com"},
      {"domain", "Ann@Mail.Example.com", "mail.example.com"},
      {"domain", "mailto:ann@example.com", "example.com"},
      {"email", " Ann@Example.COM ", "ann@example.com"},
      {"email", "mailto:Ann@Example.com", "ann@example.com"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    assert_string_equal(cleaned(cases[i][0], cases[i][1]), cases[i][2]);
  pl_clean op;
  assert_false(pl_clean_word("Trim", &op));
}

static void words_apply_in_order(void **state) {
  (void)state;
  const pl_clean words[] = {PL_CLEAN_TRIM, PL_CLEAN_UPPER, PL_CLEAN_ALNUM, PL_CLEAN_LOWER,
                            PL_CLEAN_TRIM};
  pl_buf a = {0}, b = {0};
  pl_str result;
  assert_true(pl_clean_apply(words, 5, PL_STR(" A-b C "), &a, &b, &result));
  assert_true(pl_str_eq(result, PL_STR("abc")));
  assert_true(pl_clean_apply(words, 0, PL_STR(" x "), &a, &b, &result));
  assert_true(pl_str_eq(result, PL_STR(" x ")));
  pl_buf_free(&a);
  pl_buf_free(&b);
}

/* ---- columns of one record ------------------------------------------------------ */
/* Every computed column of "t" is made used by its identity. */
static void open_t(workspace *w, const char *text, pl_compute *columns, size_t n) {
  ws_open(w);
  ws_file(w, "t.csv", text);
  ws_file(w, "deals.csv", "id,closed,status\nd1,2024-03-01,won\n");
  pl_source_def *t = ws_source(w, "t", "t.csv");
  t->columns = columns;
  t->columns_n = n;
  const char **key = pl_arena_array(&w->model.arena, n, sizeof *key);
  for (size_t i = 0; i < n; i++) key[i] = columns[i].name;
  t->key = (pl_texts){key, n};
  ws_deals(w, "deals.csv");
}

static void constants_maps_and_cleaned_columns(void **state) {
  (void)state;
  workspace w;
  ws_reader r;
  pl_compute columns[] = {
      {.kind = PL_COMPUTE_CONSTANT, .name = "k", .value = {"7", true}},
      {.kind = PL_COMPUTE_CLEAN,
       .name = "l",
       .inputs = TEXTS("a"),
       .words = TEXTS("trim", "lower")},
      {.kind = PL_COMPUTE_MAP,
       .name = "m",
       .inputs = TEXTS("l"), /* of a computed column */
       .from = TEXTS("", "goog", "none"),
       .to = TEXTS("(blank)", "google", "")},
      {.kind = PL_COMPUTE_CLEAN, .name = "n", .inputs = TEXTS("m"), .words = TEXTS("upper")}};
  open_t(&w, "a\n Goog \nBing\n\"\"\" \"\nNone\nn/a\n", columns, 4);
  w.sources[0].blank = TEXTS("n/a");
  ws_bind_ok(&w);
  ws_read(&r, &w, "t", 0);
  const char *const expected[][4] = {{"7", "goog", "google", "GOOGLE"},
                                     {"7", "bing", "bing", "BING"},
                                     {"7", "\"", "\"", "\""},
                                     {"7", "none", "", ""}, /* a map may make a blank */
                                     {"7", "", "(blank)", "(BLANK)"}};
  for (size_t i = 0; i < 5; i++) {
    assert_int_equal(ws_row(&r, i), PL_ROW_USED);
    assert_string_equal(ws_text(&r, "k"), expected[i][0]);
    assert_string_equal(ws_text(&r, "l"), expected[i][1]);
    assert_string_equal(ws_text(&r, "m"), expected[i][2]);
    assert_string_equal(ws_text(&r, "n"), expected[i][3]);
  }
  ws_read_end(&r);
  ws_close(&w);
}

static void lists_keep_their_text_and_know_their_separator(void **state) {
  (void)state;
  workspace w;
  ws_reader r;
  pl_compute list = {.kind = PL_COMPUTE_LIST,
                     .name = "ids",
                     .site = AT(12),
                     .inputs = TEXTS("a"),
                     .words = TEXTS(";")};
  ws_open(&w);
  ws_file(&w, "t.json", "[{\"a\":[\"x\",\"y\"],\"id\":\"1\"},{\"a\":\"x;y;z\",\"id\":\"2\"}]");
  ws_file(&w, "deals.csv", "id,closed,status\nd1,2024-03-01,won\n");
  pl_source_def *t = ws_source(&w, "t", "t.json");
  t->columns = &list;
  t->columns_n = 1;
  ws_deals(&w, "deals.csv");
  pl_step_def step = {.table = "deals", .site = RULE(6), .key = KEY("ids", "id")};
  ws_metric(&w, "t", &step, 1);
  ws_bind_ok(&w);
  ws_read(&r, &w, "t", 0);
  assert_int_equal(r.source->slots[ws_slot(r.source, "ids")].list_separator, ';');
  assert_int_equal(ws_row(&r, 0), PL_ROW_USED);
  assert_string_equal(ws_text(&r, "ids"), "x;y"); /* the elements of a JSON array */
  assert_int_equal(ws_row(&r, 1), PL_ROW_USED);
  assert_string_equal(ws_text(&r, "ids"), "x;y;z");
  ws_read_end(&r);
  ws_close(&w);
}

static void json_arrays_are_lists_by_themselves(void **state) {
  (void)state;
  workspace w;
  ws_open(&w);
  ws_file(&w, "t.ndjson", "{\"a\":[\"x\",\"y\"]}\n");
  ws_file(&w, "deals.csv", "id,closed,status\nd1,2024-03-01,won\n");
  ws_source(&w, "t", "t.ndjson");
  ws_deals(&w, "deals.csv");
  pl_step_def step = {.table = "deals", .site = RULE(6), .key = KEY("a", "id")};
  ws_metric(&w, "t", &step, 1);
  ws_bind_ok(&w);
  const pl_source *t = ws_bound_source(&w, "t");
  assert_int_equal(t->slots[ws_slot(t, "a")].list_separator, 0x1f);
  ws_close(&w);
}

static void computed_numbers_and_times_are_read_as_such(void **state) {
  (void)state;
  workspace w;
  ws_reader r;
  open_t(&w, "day,n\nD2024-01-02,EUR 5.25\nD2024-01-03,EUR x\n",
         (pl_compute[]){{.kind = PL_COMPUTE_MAP,
                         .name = "when",
                         .inputs = TEXTS("day"),
                         .from = TEXTS("D2024-01-02", "D2024-01-03"),
                         .to = TEXTS("2024-01-02", "2024-01-03")},
                        {.kind = PL_COMPUTE_MAP,
                         .name = "euros",
                         .inputs = TEXTS("n"),
                         .from = TEXTS("EUR 5.25"),
                         .to = TEXTS("5.25")}},
         2);
  w.sources[0].time.column = "when";
  w.sources[0].where =
      WHERE({.kind = PL_COND_RANGE, .column = "euros", .site = AT(12), .low = {"0", true}});
  ws_bind_ok(&w);
  ws_read(&r, &w, "t", 0);
  assert_true(r.source->slots[r.source->time].has_dates); /* sampled like any other */
  assert_int_equal(ws_row(&r, 0), PL_ROW_USED);
  assert_int_equal(r.cells[ws_slot(r.source, "euros")].number.units, 52500);
  assert_int_equal(r.cells[r.source->time].time.day, pl_days_from_civil(2024, 1, 2));
  assert_int_equal(ws_row(&r, 1), PL_ROW_REJECTED);
  assert_int_equal(r.reject.column, 13); /* of the cell that the value came from */
  ws_read_end(&r);
  ws_close(&w);
}

/* ---- lookups -------------------------------------------------------------------- */
typedef struct loaded {
  workspace w;
  pl_run_options options;
  pl_scan scan;
  pl_tally tallies[WS_MOST];
  pl_table *tables[WS_MOST];
} loaded;

/* Binds and loads all held tables but "t" in their order; the first error. */
static pl_status load_all(loaded *l) {
  workspace *w = &l->w;
  ws_bind_ok(w);
  l->options = (pl_run_options){.threads = 1, .max_rejects = UINT64_MAX, .max_reject_share = 2};
  l->scan = (pl_scan){.bound = w->bound, .options = &l->options, .tallies = l->tallies};
  memset(l->tallies, 0, sizeof l->tallies);
  memset(l->tables, 0, sizeof l->tables);
  for (size_t i = 0; i < w->bound->sources_n; i++) {
    int k = w->bound->load_order[i];
    pl_source *source = &w->bound->sources[k];
    if (!source->held || strcmp(source->def->name, "t") == 0 || source->is_deals) continue;
    if (pl_table_load(&l->scan, source, &l->tables[k], &w->err) != PL_OK)
      fail_msg("%s", w->err.message);
    pl_status status = pl_expressions_attach(w->bound, source, l->tables[k], &w->err);
    if (status != PL_OK) return status;
  }
  return PL_OK;
}

static void unload(loaded *l) {
  for (size_t i = 0; i < WS_MOST; i++) pl_table_free(l->tables[i]);
  memset(l->tables, 0, sizeof l->tables);
  pl_rejects_free(&l->scan.rejects);
}

static void lookups_take_one_row_and_sums_add_up(void **state) {
  (void)state;
  loaded l;
  ws_reader r;
  pl_compute columns[] = {{.kind = PL_COMPUTE_LOOKUP,
                           .name = "segment",
                           .site = AT(12),
                           .table = "people",
                           .key = KEY("who", "email"),
                           .take = "size"},
                          {.kind = PL_COMPUTE_SUM,
                           .name = "paid",
                           .site = AT(13),
                           .table = "money",
                           .key = KEY("who", "payer"),
                           .take = "euros"},
                          {.kind = PL_COMPUTE_CLEAN,
                           .name = "upper",
                           .site = AT(14),
                           .inputs = TEXTS("segment"),
                           .words = TEXTS("upper")}};
  open_t(&l.w, "who\nann\nbob\n\nzoe\ndan\n", columns, 3);
  ws_file(&l.w, "people.csv", "mail,group\nANN,a\nBOB,b\nDAN,\n");
  ws_file(&l.w, "money.csv", "payer,euros\nann,10.10\nann,0.0005\nbob,-3\nbob,\ndan,\n");
  ws_source(&l.w, "people", "people.csv");
  ws_source(&l.w, "money", "money.csv");
  /* key and value are themselves computed columns of the other table */
  l.w.sources[1].columns = (pl_compute[]){
      {.kind = PL_COMPUTE_CLEAN, .name = "email", .inputs = TEXTS("mail"), .words = TEXTS("lower")},
      {.kind = PL_COMPUTE_MAP,
       .name = "size",
       .inputs = TEXTS("group"),
       .from = TEXTS("a"),
       .to = TEXTS("large")}};
  l.w.sources[1].columns_n = 2;
  l.w.sources[0].where =
      WHERE({.kind = PL_COND_NOT,
             .column = "paid",
             .site = AT(15),
             .child = &(pl_condition){.kind = PL_COND_EQUAL, WHERE_VALUE("nothing")}});
  assert_int_equal(load_all(&l), PL_OK);
  ws_read(&r, &l.w, "t", 0);
  const char *const expected[][3] = {
      {"large", "10.1005", "LARGE"}, {"b", "-3.00", "B"}, {"", "", ""}, {"", "", ""}};
  /* ann, bob, zoe (blank lines are no records), dan */
  for (size_t i = 0; i < 4; i++) {
    assert_int_equal(ws_row(&r, i), PL_ROW_USED);
    assert_string_equal(ws_text(&r, "segment"), expected[i][0]);
    assert_string_equal(ws_text(&r, "paid"), expected[i][1]);
    assert_string_equal(ws_text(&r, "upper"), expected[i][2]);
  }
  /* zoe is in neither table; dan is in both, with blanks: those are no misses */
  assert_int_equal(r.scratch.blank_lookups, 2);
  ws_read_end(&r);
  pl_expressions_detach(l.w.bound);
  ws_read(&r, &l.w, "t", 0);
  assert_int_equal(ws_row(&r, 0), PL_ROW_USED);
  assert_string_equal(ws_text(&r, "segment"), "");
  ws_read_end(&r);
  unload(&l);
  ws_close(&l.w);
}

static void composite_and_blank_keys(void **state) {
  (void)state;
  loaded l;
  ws_reader r;
  pl_compute c = {.kind = PL_COMPUTE_LOOKUP,
                  .name = "v",
                  .site = AT(12),
                  .table = "other",
                  .key = {{"a", "b"}, {"x", "y"}, 2},
                  .take = "v"};
  open_t(&l.w, "a,b\n1,2\n1,\n2,1\n", &c, 1);
  ws_file(&l.w, "other.csv", "x,y,v\n1,2,yes\n1,,no\n");
  ws_source(&l.w, "other", "other.csv");
  assert_int_equal(load_all(&l), PL_OK);
  ws_read(&r, &l.w, "t", 0);
  const char *const expected[] = {"yes", "", ""};
  for (size_t i = 0; i < 3; i++) {
    assert_int_equal(ws_row(&r, i), PL_ROW_USED);
    assert_string_equal(ws_text(&r, "v"), expected[i]);
  }
  assert_int_equal(r.scratch.blank_lookups, 1); /* a blank key is not looked up */
  ws_read_end(&r);
  unload(&l);
  ws_close(&l.w);
}

static void a_key_that_is_not_unique_is_an_error(void **state) {
  (void)state;
  loaded l;
  pl_compute c = {.kind = PL_COMPUTE_LOOKUP,
                  .name = "v",
                  .site = AT(12),
                  .table = "other",
                  .key = KEY("a", "x"),
                  .take = "v"};
  open_t(&l.w, "a\n1\n", &c, 1);
  ws_file(&l.w, "other.csv", "x,v\n1,a\n2,b\n3,c\n2,d\n3,e\n");
  ws_source(&l.w, "other", "other.csv");
  assert_int_equal(load_all(&l), PL_E_INPUT);
  assert_string_equal(l.w.err.message, "lookup in \"other\": the key \"2\" stands there more than "
                                       "once, at other.csv:3 and other.csv:5");
  assert_has(l.w.err.hint, "sum { … }");
  assert_int_equal(l.w.err.line, 12);
  unload(&l);
  c.kind = PL_COMPUTE_SUM; /* `v` holds no numbers: rows of the other table are rejected */
  assert_int_equal(load_all(&l), PL_OK);
  assert_int_equal(l.tallies[1].rejected, 5);
  unload(&l);
  ws_close(&l.w);
}

static void looked_up_values_are_read_in_their_own_table(void **state) {
  (void)state;
  loaded l;
  ws_reader r;
  pl_compute columns[] = {{.kind = PL_COMPUTE_LOOKUP,
                           .name = "n",
                           .site = AT(12),
                           .table = "other",
                           .key = KEY("a", "x"),
                           .take = "amount"},
                          {.kind = PL_COMPUTE_LOOKUP,
                           .name = "when",
                           .site = AT(13),
                           .table = "other",
                           .key = KEY("a", "x"),
                           .take = "day"}};
  open_t(&l.w, "a\n1\n2\n", columns, 2);
  ws_file(&l.w, "other.csv", "x,amount,day\n1,\"1.000,5\",31/12/2023\n2,wrong,01/01/2024\n");
  pl_source_def *other = ws_source(&l.w, "other", "other.csv");
  other->numbers = PL_NUMBER_DOT;
  other->numbers_given = true;
  other->times = (pl_time_column[]){{.column = "day", .format = "%d/%m/%Y", .site = AT(14)}};
  other->times_n = 1;
  l.w.sources[0].time.column = "when";
  pl_condition range = {.kind = PL_COND_RANGE, .column = "n", .site = AT(15), .low = {"0", true}};
  l.w.sources[0].where =
      WHERE({.kind = PL_COND_NOT, .column = "n", .site = AT(15), .child = &range});
  l.w.sources[0].where.items[0].child =
      &(pl_condition){.kind = PL_COND_RANGE, .low = {"5000", true}};
  assert_int_equal(load_all(&l), PL_OK);
  assert_int_equal(l.tallies[1].rejected, 1); /* "wrong", at its own line */
  ws_read(&r, &l.w, "t", 0);
  assert_true(r.source->slots[r.source->time].has_dates);
  assert_int_equal(ws_row(&r, 0), PL_ROW_USED);
  assert_int_equal(r.cells[ws_slot(r.source, "n")].number.units, 10005000);
  assert_int_equal(r.cells[r.source->time].time.day, pl_days_from_civil(2023, 12, 31));
  assert_int_equal(ws_row(&r, 1), PL_ROW_USED); /* a miss: the other record was rejected */
  assert_true(r.cells[ws_slot(r.source, "n")].blank);
  ws_read_end(&r);
  unload(&l);
  ws_close(&l.w);
}

static void a_sum_beyond_64_bits_rejects_the_record(void **state) {
  (void)state;
  loaded l;
  ws_reader r;
  pl_compute c = {.kind = PL_COMPUTE_SUM,
                  .name = "v",
                  .site = AT(12),
                  .table = "other",
                  .key = KEY("a", "x"),
                  .take = "v"};
  open_t(&l.w, "a\n1\n", &c, 1);
  /* 9e14 is the order of 2^63 / 10,000 = 922,337,203,685,477.58 */
  ws_file(&l.w, "other.csv", "x,v\n1,900000000000000\n1,900000000000000\n");
  ws_source(&l.w, "other", "other.csv");
  assert_int_equal(load_all(&l), PL_OK);
  ws_read(&r, &l.w, "t", 0);
  assert_int_equal(ws_row(&r, 0), PL_ROW_REJECTED);
  assert_int_equal(r.reject.code, PL_REJECT_NUMBER);
  assert_true(pl_str_eq(r.reject.message, PL_STR("v: the sum is too large")));
  ws_read_end(&r);
  unload(&l);
  ws_close(&l.w);
}

static void lists_look_up_each_of_their_values(void **state) {
  (void)state;
  loaded l;
  ws_reader r;
  pl_compute columns[] = {
      {.kind = PL_COMPUTE_LIST, .name = "ids", .inputs = TEXTS("a"), .words = TEXTS(";")},
      {.kind = PL_COMPUTE_SUM,
       .name = "v",
       .site = AT(12),
       .table = "other",
       .key = KEY("ids", "x"),
       .take = "v"}};
  open_t(&l.w, "a,b\n1;2;9,x\n", columns, 2);
  l.w.sources[0].key = TEXTS("v");
  ws_file(&l.w, "other.csv", "x,v\n1,1.5\n2,2\n3,4\n");
  ws_source(&l.w, "other", "other.csv");
  assert_int_equal(load_all(&l), PL_OK);
  ws_read(&r, &l.w, "t", 0);
  assert_int_equal(ws_row(&r, 0), PL_ROW_USED);
  assert_string_equal(ws_text(&r, "v"), "3.50");
  ws_read_end(&r);
  unload(&l);
  ws_close(&l.w);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_word_of_clean),
      cmocka_unit_test(words_apply_in_order),
      cmocka_unit_test(constants_maps_and_cleaned_columns),
      cmocka_unit_test(lists_keep_their_text_and_know_their_separator),
      cmocka_unit_test(json_arrays_are_lists_by_themselves),
      cmocka_unit_test(computed_numbers_and_times_are_read_as_such),
      cmocka_unit_test(lookups_take_one_row_and_sums_add_up),
      cmocka_unit_test(composite_and_blank_keys),
      cmocka_unit_test(a_key_that_is_not_unique_is_an_error),
      cmocka_unit_test(looked_up_values_are_read_in_their_own_table),
      cmocka_unit_test(a_sum_beyond_64_bits_rejects_the_record),
      cmocka_unit_test(lists_look_up_each_of_their_values),
  };
  return cmocka_run_group_tests_name("trace_expression", tests, NULL, NULL);
}
