/* The run: what the differential test against SQLite does not reach. Failing
 * memory, styles that turn out wrong, very wide breakdowns, proofs, cancelling. */
#include "trace_plain.h"

#include "trace/evidence.h"
#include "trace/pairset.h"

static pl_run_options options(unsigned threads) {
  return (pl_run_options){.threads = threads, .max_rejects = UINT64_MAX, .max_reject_share = 2};
}

static pl_run *run_ok(workspace *w, pl_run_options *how) {
  pl_run *run = NULL;
  memset(&w->err, 0, sizeof w->err);
  assert_int_equal(pl_run_new(w->bound, how, &run, &w->err), PL_OK);
  if (pl_run_all(run, &w->err) != PL_OK)
    fail_msg("%s:%u: %s", w->err.file, w->err.line, w->err.message);
  return run;
}

static void open_bound(workspace *w) {
  open_plain(w);
  ws_metric(w, "leads", to_deals, 1);
  w->model.deals.amount = "amount";
  ws_bind_ok(w);
}

/* leads.csv:2 -> deals.csv:2, by hand from LEADS and DEALS. */
static void a_proof_names_the_records(void **state) {
  (void)state;
  workspace w;
  pl_run_options how = options(1);
  open_bound(&w);
  pl_run *run = run_ok(&w, &how);
  const pl_evidence *e = pl_run_evidence(run, 0);
  assert_int_equal(e->reached[PL_WON].deals, 1);
  assert_true(e->reached[PL_WON].amount == 105000); /* 10.50 in 1/10,000 */
  assert_int_equal(e->proofs_n, 1);
  const pl_proof *proof = &e->proofs[0];
  assert_int_equal(proof->links_n, 2);
  assert_string_equal(proof->links[0].table, "leads");
  assert_int_equal(proof->links[0].place.line, 2);
  assert_string_equal(w.bound->files[proof->links[0].place.file], "leads.csv");
  assert_string_equal(proof->links[0].key.p, "l1");
  assert_int_equal(proof->links[1].place.line, 2);
  assert_string_equal(w.bound->files[proof->links[1].place.file], "deals.csv");
  pl_proof other;
  assert_true(pl_run_proof(run, 0, PL_STR("d1"), &other));
  assert_int_equal(other.links[0].place.line, 2);
  assert_false(pl_run_proof(run, 0, PL_STR("no such deal"), &other));
  pl_run_free(run);
  ws_close(&w);
}

/* Every single allocation of a run fails once; each time the run ends with an
 * error or with the whole result, and nothing leaks (ASan, valgrind). */
static void every_allocation_may_fail(void **state) {
  (void)state;
  workspace w;
  pl_run_options how = options(1);
  open_bound(&w);
  uint64_t before = pl_alloc_count();
  pl_run_free(run_ok(&w, &how));
  uint64_t allocations = pl_alloc_count() - before, failures = 0;
  for (uint64_t n = 1; n <= allocations; n++) {
    pl_run *run = NULL;
    memset(&w.err, 0, sizeof w.err);
    pl_alloc_fail_at(n);
    pl_status status = pl_run_new(w.bound, &how, &run, &w.err);
    if (status == PL_OK) status = pl_run_all(run, &w.err);
    pl_alloc_fail_at(0);
    if (status != PL_OK) {
      failures++;
      assert_int_equal(status, PL_E_MEMORY);
    } else { /* libcsv makes do with less */
      assert_int_equal(pl_run_evidence(run, 0)->reached[PL_WON].deals, 1);
    }
    pl_run_free(run);
  }
  assert_true(failures > allocations / 2);
  ws_close(&w);
}

/* The sample (64 KiB) shows dates; a time of day stands far behind it. The run
 * surveys, then compares days: 2024-03-01T09:00 is not after 2024-03-01. */
static void a_contradicted_style_starts_over(void **state) {
  (void)state;
  workspace w;
  pl_buf text = {0};
  open_plain(&w);
  pl_buf_text(&text, "id,day,origin\n");
  for (int i = 0; i < 6000; i++) pl_buf_format(&text, "x%d,2024-01-02,filler\n", i);
  pl_buf_text(&text, "l1,2024-03-01T09:00:00,late\n");
  ws_file(&w, "leads.csv", text.p);
  pl_buf_free(&text);
  ws_metric(&w, "leads", to_deals, 1);
  for (unsigned threads = 1; threads <= 3; threads++) {
    pl_run_options how = options(threads);
    ws_bind_ok(&w);
    pl_run *run = run_ok(&w, &how);
    const pl_evidence *e = pl_run_evidence(run, 0);
    assert_int_equal(e->compared, PL_COMPARED_DAYS);
    assert_int_equal(e->origins, 6001);
    assert_int_equal(e->reached[PL_WON].deals, 1);
    const pl_tally *t = &pl_run_scan(run)->tallies[ws_bound_source(&w, "leads")->index];
    assert_int_equal(t->read, 6001); /* counted once although read again */
    assert_int_equal(t->used, 6001);
    pl_run_free(run);
  }
  ws_close(&w);
}

/* 100,007 values: 100,000 rows, and one for the other 7. */
static void a_wide_breakdown_ends_in_other_values(void **state) {
  (void)state;
  workspace w;
  pl_buf text = {0};
  pl_run_options how = options(2);
  open_plain(&w);
  pl_buf_text(&text, "id,day,origin\n");
  for (int i = 0; i < PL_MAX_BY + 6; i++) pl_buf_format(&text, "x%d,2024-01-02,v%06d\n", i, i);
  pl_buf_text(&text, "l1,2024-01-02,zzz\n"); /* reaches a won deal: comes first */
  ws_file(&w, "leads.csv", text.p);
  pl_buf_free(&text);
  ws_metric(&w, "leads", to_deals, 1)->by = "origin";
  ws_bind_ok(&w);
  pl_run *run = run_ok(&w, &how);
  const pl_evidence *e = pl_run_evidence(run, 0);
  assert_int_equal(e->by_n, PL_MAX_BY);
  assert_true(e->by_other);
  assert_int_equal(e->by_other_values, 7);
  assert_int_equal(e->other.origins, 7);
  assert_int_equal(e->by[0].value.n, 3);
  assert_memory_equal(e->by[0].value.p, "zzz", 3);
  assert_int_equal(e->by[0].status[PL_WON].deals, 1);
  uint64_t origins = e->other.origins;
  for (size_t i = 0; i < e->by_n; i++) origins += e->by[i].origins;
  assert_int_equal(origins, e->origins);
  pl_run_free(run);
  ws_close(&w);
}

/* A pattern that would take exponential time meets its limit: the metric is
 * marked, and the one beside it has its numbers. */
static void a_pattern_at_its_limit_fails_its_metric_alone(void **state) {
  (void)state;
  workspace w;
  pl_run_options how = options(1);
  open_plain(&w);
  ws_file(&w, "leads.csv",
          "id,day,origin\nl1,2024-01-02,aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\n");
  ws_metric(&w, "leads", to_deals, 1);
  w.branches[0][0].where = WHERE({.kind = PL_COND_MATCHES,
                                  .column = "origin",
                                  .site = RULE(7),
                                  WHERE_VALUE("^(a+)+$"),
                                  .call = PL_NO_FUNCTION});
  ws_metric(&w, "leads", to_deals, 1);
  ws_bind_ok(&w);
  pl_run *run = run_ok(&w, &how);
  assert_true(pl_run_evidence(run, 0)->failed_limit);
  assert_false(pl_run_evidence(run, 1)->failed_limit);
  assert_int_equal(pl_run_evidence(run, 1)->reached[PL_WON].deals, 1);
  pl_run_free(run);
  ws_close(&w);
}

static void a_cancelled_run_says_so(void **state) {
  (void)state;
  workspace w;
  volatile bool cancel = true;
  pl_run_options how = options(1);
  pl_run *run = NULL;
  how.cancel = &cancel;
  open_bound(&w);
  assert_int_equal(pl_run_new(w.bound, &how, &run, &w.err), PL_OK);
  assert_int_equal(pl_run_all(run, &w.err), PL_E_CANCELLED);
  pl_run_free(run);
  ws_close(&w);
}

/* A file that shrinks between opening and reading is an error, not a result. */
static void a_file_that_changes_is_refused(void **state) {
  (void)state;
  workspace w;
  pl_run_options how = options(1);
  pl_run *run = NULL;
  open_bound(&w);
  assert_int_equal(pl_run_new(w.bound, &how, &run, &w.err), PL_OK);
  ws_file(&w, "leads.csv", "id,day,origin\nl1,2024-01-02,paid\n");
  assert_int_equal(pl_run_all(run, &w.err), PL_E_INPUT);
  assert_has(w.err.message, "while it was read");
  pl_run_free(run);
  ws_close(&w);
}

static void a_pairset_keeps_each_pair_once(void **state) {
  (void)state;
  pl_pairset set = {0};
  uint64_t *sorted;
  for (uint32_t round = 0; round < 2; round++)
    for (uint32_t i = 0; i < 1000; i++) assert_true(pl_pairset_add(&set, pl_pair(999 - i, i % 7)));
  assert_true(pl_pairset_add(&set, 0));
  assert_int_equal(set.n, 1001); /* (0, 0) is not (0, 999 % 7) */
  assert_true(pl_pairset_sorted(&set, &sorted));
  assert_int_equal(sorted[0], 0);
  for (size_t i = 1; i < set.n; i++) assert_true(sorted[i - 1] < sorted[i]);
  pl_free(sorted);
  pl_pairset_free(&set);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_proof_names_the_records),
      cmocka_unit_test(every_allocation_may_fail),
      cmocka_unit_test(a_contradicted_style_starts_over),
      cmocka_unit_test(a_wide_breakdown_ends_in_other_values),
      cmocka_unit_test(a_pattern_at_its_limit_fails_its_metric_alone),
      cmocka_unit_test(a_cancelled_run_says_so),
      cmocka_unit_test(a_file_that_changes_is_refused),
      cmocka_unit_test(a_pairset_keeps_each_pair_once),
  };
  return cmocka_run_group_tests_name("run", tests, NULL, NULL);
}
