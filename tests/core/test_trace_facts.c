/* Facts about exports: sets of values that are sampled by hash, and memory that
 * runs out at every allocation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "trace/facts.h"

static uint64_t hash_of(unsigned i) {
  char text[32];
  int n = snprintf(text, sizeof text, "value %u", i);
  return pl_sketch_hash((pl_str){text, (size_t)n});
}

static void fill(pl_sketch *s, size_t limit, unsigned from, unsigned to, int step) {
  *s = (pl_sketch){.limit = limit};
  for (unsigned i = 0; i < to - from; i++) {
    unsigned at = step > 0 ? from + i : to - 1 - i;
    assert_true(pl_sketch_add(s, hash_of(at), at));
  }
}

static void test_few_values_are_counted_exactly(void **state) {
  (void)state;
  pl_sketch s;
  fill(&s, 1000, 0, 1000, 1);
  assert_int_equal(s.halvings, 0);
  assert_int_equal(pl_sketch_count(&s), 1000);
  assert_true(pl_sketch_has(&s, hash_of(999)));
  assert_false(pl_sketch_has(&s, hash_of(1000)));
  pl_sketch_free(&s);
}

/* 100,000 values in 1,000 places: 7 halvings leave 781 of them
 * and the estimate's error is about 1/sqrt(781), 3.6 %; three of these. */
static void test_many_values_are_estimated(void **state) {
  (void)state;
  pl_sketch s;
  fill(&s, 1000, 0, 100000, 1);
  assert_true(s.n <= 1000 && s.n > 400);
  assert_in_range(pl_sketch_count(&s), 89000, 111000);
  pl_sketch_free(&s);
}

/* The sample is that of the values, whatever their order. */
static void test_order_does_not_matter(void **state) {
  (void)state;
  pl_sketch a, b;
  fill(&a, 500, 0, 20000, 1);
  fill(&b, 500, 0, 20000, -1);
  assert_int_equal(a.n, b.n);
  assert_int_equal(a.halvings, b.halvings);
  for (unsigned i = 0; i < 20000; i++)
    assert_int_equal(pl_sketch_has(&a, hash_of(i)), pl_sketch_has(&b, hash_of(i)));
  pl_sketch_free(&a);
  pl_sketch_free(&b);
}

/* A value that repeats is the same value when the set grows. */
static void test_repeated_values_stay_one(void **state) {
  (void)state;
  for (unsigned n = 1; n < 400; n++) {
    pl_sketch s = {.limit = 1000};
    for (unsigned i = 0; i < n * 3; i++) assert_true(pl_sketch_add(&s, hash_of(i % n), i));
    assert_int_equal(pl_sketch_count(&s), n);
    pl_sketch_free(&s);
    s = (pl_sketch){.limit = 1000};
    for (unsigned i = 0; i < n * 3; i++) assert_true(pl_sketch_add(&s, hash_of(i / 3), i));
    assert_int_equal(pl_sketch_count(&s), n);
    for (unsigned i = 0; i < n; i++) assert_true(pl_sketch_has(&s, hash_of(i)));
    pl_sketch_free(&s);
  }
}

static void test_repeats_only_where_records_differ(void **state) {
  (void)state;
  pl_sketch s = {.limit = 100};
  assert_true(pl_sketch_add(&s, hash_of(1), 7));
  assert_true(pl_sketch_add(&s, hash_of(1), 7));
  assert_false(pl_sketch_repeats(&s));
  assert_true(pl_sketch_add(&s, hash_of(1), 8));
  assert_true(pl_sketch_repeats(&s));
  assert_int_equal(pl_sketch_count(&s), 1);
  pl_sketch_free(&s);
}

static void test_freezing_keeps_what_is_below_the_ceiling(void **state) {
  (void)state;
  pl_sketch s;
  fill(&s, 10000, 0, 8000, 1);
  assert_true(pl_sketch_freeze(&s, 1000));
  assert_true(s.n <= 1000 && s.n > 400);
  assert_in_range(pl_sketch_count(&s), 7000, 9000);
  pl_sketch_free(&s);
}

/* ---- memory that runs out ----------------------------------------------------------------- */

static char path[] = "/tmp/plumbline_facts_XXXXXX";

/* The input is opened before, so that only what facts allocate can fail. */
static pl_status measure(pl_input *input, pl_arena *arena, pl_value **overlaps) {
  pl_facts_options options = {0};
  pl_facts *tables[2] = {0};
  pl_error err;
  pl_status status = PL_OK;
  for (int i = 0; status == PL_OK && i < 2; i++) {
    pl_value *told;
    status = pl_facts_open(&options, input, &tables[i], &err);
    if (status == PL_OK) status = pl_facts_read(tables[i], input, &err);
    if (status == PL_OK) status = pl_facts_tell(tables[i], arena, &told, &err);
    if (status == PL_OK && !pl_facts_shape(input, arena)) status = PL_E_MEMORY;
    if (status == PL_OK) status = pl_facts_freeze(tables[i], &err);
  }
  if (status == PL_OK) status = pl_facts_overlaps(tables, 2, arena, overlaps, &err);
  pl_facts_close(tables[0]);
  pl_facts_close(tables[1]);
  return arena->failed ? PL_E_MEMORY : status;
}

/* libcsv tries again with less, so an allocation may fail and nothing be lost: then
 * the outcome is the same. */
static void test_every_failing_allocation_is_reported(void **state) {
  (void)state;
  static const char text[] = "id,who,tags\nK1,ada@x.example,a;b\nK2,bob@x.example,c\nK3,,\n";
  int fd = mkstemp(path);
  assert_true(fd >= 0 && write(fd, text, sizeof text - 1) == sizeof text - 1);
  close(fd);
  pl_dialect dialect = {.format = PL_FORMAT_CSV, .delimiter = ','};
  pl_input *input = NULL;
  assert_int_equal(pl_input_open(path, "a.csv", dialect, NULL, &input, NULL), PL_OK);
  pl_arena whole = {0};
  pl_value *overlaps = NULL;
  uint64_t survived = 0, before = pl_alloc_count();
  assert_int_equal(measure(input, &whole, &overlaps), PL_OK);
  uint64_t all = pl_alloc_count() - before;
  /* id with id, who with who, tags with tags. Addresses and parts of lists are told
   * only where they find more than the cells do, and here they do not. */
  assert_int_equal(pl_value_count(overlaps), 3);
  for (uint64_t n = 1; n <= all; n++) {
    pl_arena arena = {0};
    pl_value *again = NULL;
    pl_alloc_fail_at(n);
    pl_status status = measure(input, &arena, &again);
    pl_alloc_fail_at(0);
    if (status == PL_OK)
      assert_true(pl_value_equal(again, overlaps));
    else
      assert_int_equal(status, PL_E_MEMORY);
    survived += status == PL_OK;
    pl_arena_free(&arena);
  }
  assert_true(all > 30 && survived <= 2); /* one for each of the two readings */
  pl_arena_free(&whole);
  pl_input_close(input);
  unlink(path);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_few_values_are_counted_exactly),
      cmocka_unit_test(test_many_values_are_estimated),
      cmocka_unit_test(test_order_does_not_matter),
      cmocka_unit_test(test_repeated_values_stay_one),
      cmocka_unit_test(test_repeats_only_where_records_differ),
      cmocka_unit_test(test_freezing_keeps_what_is_below_the_ceiling),
      cmocka_unit_test(test_every_failing_allocation_is_reported),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
