/* Memory: arenas, growing, and failing on demand; errors and nearest words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above */
#include <cmocka.h>

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/str.h"

static void arena_blocks_are_zeroed_aligned_and_apart(void **state) {
  (void)state;
  pl_arena arena = {0};
  static const size_t sizes[] = {0, 1, 15, 16, 17, 1000, 5000, 1, 2000000, 3};
  for (size_t round = 0; round < 50; round++) {
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
      unsigned char *p = pl_arena_alloc(&arena, sizes[i]);
      assert_non_null(p);
      assert_int_equal((uintptr_t)p % 16, 0);
      for (size_t k = 0; k < sizes[i]; k++) assert_int_equal(p[k], 0);
      memset(p, 0xAB, sizes[i]); /* shows up as not zero if blocks overlap */
    }
  }
  assert_true(arena.total >= 50u * 2000000u);
  assert_false(arena.failed);
  pl_arena_free(&arena);
  assert_null(arena.head);
  assert_int_equal(arena.total, 0);
}

static void sizes_that_overflow_are_refused(void **state) {
  (void)state;
  pl_arena arena = {0};
  assert_null(pl_arena_array(&arena, SIZE_MAX / 2, 4));
  assert_true(arena.failed);
  assert_null(pl_arena_alloc(&arena, SIZE_MAX));
  pl_arena_free(&arena);
  int *items = NULL;
  size_t cap = 0;
  assert_false(pl_grow(&items, &cap, SIZE_MAX, sizeof *items));
  assert_null(items);
  assert_true(pl_grow(&items, &cap, 100, sizeof *items));
  assert_true(cap >= 100);
  pl_free(items);
}

static void copies_and_formats_end_in_nul(void **state) {
  (void)state;
  pl_arena arena = {0};
  assert_memory_equal(pl_arena_copy(&arena, "a\0b", 3), "a\0b\0", 4);
  assert_string_equal(pl_arena_copy(&arena, NULL, 0), "");
  assert_string_equal(pl_arena_format(&arena, "%s:%d", "leads.csv", 12), "leads.csv:12");
  pl_arena_free(&arena);
}

static void exactly_the_nth_allocation_fails(void **state) {
  (void)state;
  pl_alloc_fail_at(2);
  void *first = pl_malloc(1), *second = pl_malloc(1), *third = pl_malloc(1);
  pl_alloc_fail_at(0);
  assert_non_null(first);
  assert_null(second);
  assert_non_null(third);
  pl_free(first);
  pl_free(third);
}

static void an_arena_remembers_that_it_failed(void **state) {
  (void)state;
  pl_arena arena = {0};
  pl_alloc_fail_at(1);
  assert_null(pl_arena_alloc(&arena, 10));
  pl_alloc_fail_at(0);
  assert_non_null(pl_arena_alloc(&arena, 10));
  assert_true(arena.failed);
  pl_arena_free(&arena);
  assert_false(arena.failed);
}

static void an_error_says_what_where_and_how_to_fix(void **state) {
  (void)state;
  pl_error err;
  memset(&err, 'x', sizeof err);
  pl_site site = {"rules/marketing.lua", 41, 3};
  assert_int_equal(pl_fail_at(&err, PL_E_USAGE, site, "no column \"%s\"", "mql"), PL_E_USAGE);
  assert_int_equal(pl_hint(&err, "did you mean \"%s\"?", "mql_id"), PL_E_USAGE);
  assert_string_equal(err.file, "rules/marketing.lua");
  assert_int_equal(err.line, 41);
  assert_int_equal(err.column, 3);
  assert_string_equal(err.message, "no column \"mql\"");
  assert_string_equal(err.hint, "did you mean \"mql_id\"?");
  assert_string_equal(err.excerpt, "");
  assert_int_equal(pl_fail(&err, PL_E_INPUT, "again: %s", err.message), PL_E_INPUT);
  assert_string_equal(err.message, "again: no column \"mql\"");
  assert_string_equal(err.file, "");
  assert_string_equal(err.hint, "");
  assert_int_equal(pl_fail_memory(&err), PL_E_MEMORY);
  assert_int_equal(err.status, PL_E_MEMORY);
}

static void errors_may_go_nowhere(void **state) {
  (void)state;
  assert_int_equal(pl_fail(NULL, PL_E_INPUT, "x"), PL_E_INPUT);
  assert_int_equal(pl_fail_at(NULL, PL_E_RULE, (pl_site){0}, "x"), PL_E_RULE);
  assert_int_equal(pl_fail_memory(NULL), PL_E_MEMORY);
  pl_hint(NULL, "x");
}

static void a_long_message_is_cut_between_characters(void **state) {
  (void)state;
  for (size_t lead = 0; lead < 4; lead++) {
    char text[3000];
    memset(text, 'a', lead);
    for (size_t i = lead; i + 4 < sizeof text; i += 3) memcpy(text + i, "\xE2\x82\xAC", 4); /* € */
    pl_error err;
    pl_fail(&err, PL_E_INPUT, "%s", text);
    size_t n = strlen(err.message);
    assert_true(n <= PL_ERROR_TEXT - 1 && n >= PL_ERROR_TEXT - 3);
    assert_int_equal(pl_utf8_valid(pl_str_of(err.message)), n);
  }
}

static void the_nearest_word(void **state) {
  (void)state;
  static const char *const columns[] = {"mql_id", "origin", "first_contact_date", "Seller", "sdr"};
  static const struct {
    const char *word, *nearest;
  } cases[] = {
      {"mqlid", "mql_id"},                          /* one left out */
      {"orgiin", "origin"},                         /* two swapped: one step */
      {"MQL_ID", "mql_id"},                         /* case only */
      {"seller", "Seller"},                         /* case only */
      {"first_contract_dat", "first_contact_date"}, /* 2 steps of 18 / 3 */
      {"frst_cntct_dte", "first_contact_date"},     /* 4 steps, 14 / 3 = 4 */
      {"revenue", NULL},
      {"xy", NULL}, /* nothing in common with "sdr" */
      {"x", NULL},
      {"", NULL},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const char *found = pl_nearest(cases[i].word, columns, 5);
    if (cases[i].nearest) {
      assert_non_null(found);
      assert_string_equal(found, cases[i].nearest);
    } else {
      assert_null(found);
    }
  }
  static const char *const tie[] = {"lead1", "lead2"};
  assert_string_equal(pl_nearest("lead", tie, 2), "lead1");
  assert_null(pl_nearest("a", NULL, 0));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(arena_blocks_are_zeroed_aligned_and_apart),
      cmocka_unit_test(sizes_that_overflow_are_refused),
      cmocka_unit_test(copies_and_formats_end_in_nul),
      cmocka_unit_test(exactly_the_nth_allocation_fails),
      cmocka_unit_test(an_arena_remembers_that_it_failed),
      cmocka_unit_test(an_error_says_what_where_and_how_to_fix),
      cmocka_unit_test(errors_may_go_nowhere),
      cmocka_unit_test(a_long_message_is_cut_between_characters),
      cmocka_unit_test(the_nearest_word),
  };
  return cmocka_run_group_tests_name("base_alloc", tests, NULL, NULL);
}
