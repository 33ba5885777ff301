/* The dictionary: dense ids in order of insertion. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above */
#include <cmocka.h>

#include <stdio.h>

#include "base/dict.h"

/* xorshift64 (Marsaglia 2003), so that every run sees the same strings. */
static uint64_t next_random(uint64_t *x) {
  *x ^= *x << 13;
  *x ^= *x >> 7;
  return *x ^= *x << 17;
}

static void ids_count_up_and_stay(void **state) {
  (void)state;
  pl_dict *dict = pl_dict_new();
  assert_int_equal(pl_dict_find(dict, PL_STR("a")), PL_DICT_NONE);
  assert_int_equal(pl_dict_add(dict, PL_STR("a")), 0);
  assert_int_equal(pl_dict_add(dict, PL_STR("")), 1);
  assert_int_equal(pl_dict_add(dict, (pl_str){NULL, 0}), 1);
  assert_int_equal(pl_dict_add(dict, PL_STR("a\0b")), 2);
  assert_int_equal(pl_dict_add(dict, PL_STR("a")), 0);
  assert_int_equal(pl_dict_count(dict), 3);
  assert_true(pl_str_eq(pl_dict_at(dict, 2), PL_STR("a\0b")));
  assert_int_equal(pl_dict_at(dict, 3).n, 0);
  pl_dict_free(dict);
  pl_dict_free(NULL);
}

/* One million draws of numbers below 400,000: many repeats. An array says
 * which id each number must have. */
static void a_million_strings(void **state) {
  (void)state;
  enum { DRAWS = 1000000, RANGE = 400000 };
  uint32_t *expected = pl_malloc(RANGE * sizeof *expected);
  for (size_t i = 0; i < RANGE; i++) expected[i] = PL_DICT_NONE;
  pl_dict *dict = pl_dict_new();
  uint64_t random = 88172645463325252u;
  uint32_t count = 0;
  for (size_t i = 0; i < DRAWS; i++) {
    uint32_t number = (uint32_t)(next_random(&random) % RANGE);
    char text[32];
    size_t n = (size_t)sprintf(text, "key-%u", number);
    if (expected[number] == PL_DICT_NONE) expected[number] = count++;
    if (pl_dict_add(dict, (pl_str){text, n}) != expected[number]) fail_msg("%s", text);
  }
  assert_int_equal(pl_dict_count(dict), count);
  for (uint32_t number = 0; number < RANGE; number++) {
    char text[32];
    size_t n = (size_t)sprintf(text, "key-%u", number);
    assert_int_equal(pl_dict_find(dict, (pl_str){text, n}), expected[number]);
    if (expected[number] == PL_DICT_NONE) continue;
    assert_true(pl_str_eq(pl_dict_at(dict, expected[number]), (pl_str){text, n}));
  }
  assert_true(pl_dict_bytes(dict) > count * 16u && pl_dict_bytes(dict) < count * 200u);
  pl_dict_free(dict);
  pl_free(expected);
}

/* Whichever allocation fails, what was in the dictionary stays right, and the
 * string that was refused can be added later. */
static void any_allocation_may_fail(void **state) {
  (void)state;
  uint32_t failures = 0;
  for (uint64_t n = 1; n < 40; n++) {
    pl_alloc_fail_at(n);
    pl_dict *dict = pl_dict_new();
    if (!dict) {
      failures++;
      continue;
    }
    for (uint32_t i = 0; i < 3000; i++) {
      char text[32];
      pl_str s = {text, (size_t)sprintf(text, "%u", i)};
      uint32_t id = pl_dict_add(dict, s);
      if (id == PL_DICT_NONE) {
        failures++;
        assert_int_equal(pl_dict_find(dict, s), PL_DICT_NONE);
        id = pl_dict_add(dict, s);
      }
      assert_int_equal(id, i);
    }
    for (uint32_t i = 0; i < 3000; i++) {
      char text[32];
      pl_str s = {text, (size_t)sprintf(text, "%u", i)};
      assert_int_equal(pl_dict_find(dict, s), i);
    }
    pl_dict_free(dict);
  }
  pl_alloc_fail_at(0);
  assert_true(failures > 15);
}

/* XXH3 of nothing with seed 0, from xxHash's own test vectors. */
static void hashes_are_xxh3(void **state) {
  (void)state;
  assert_true(pl_hash("", 0) == 0x2D06800538D394C2u);
  pl_hash128 wide = pl_hash_wide(NULL, 0);
  assert_true(wide.hi == 0x99AA06D3014798D8u && wide.lo == 0x6001C324468D497Fu);
  assert_true(pl_hash("a", 1) != pl_hash("b", 1));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ids_count_up_and_stay),
      cmocka_unit_test(a_million_strings),
      cmocka_unit_test(any_allocation_may_fail),
      cmocka_unit_test(hashes_are_xxh3),
  };
  return cmocka_run_group_tests_name("base_dict", tests, NULL, NULL);
}
