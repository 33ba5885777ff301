/* Value trees: building, reading, the wire form, and what the wire must survive. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above */
#include <cmocka.h>

#include "base/value.h"

static pl_value *sample(pl_arena *a) {
  pl_value *root = pl_value_object(a), *list = pl_value_list(a);
  pl_value_set(a, root, "list", list);
  pl_value_push(a, list, pl_value_null(a));
  pl_value_push(a, list, pl_value_bool(a, true));
  pl_value_push(a, list, pl_value_real(a, 0.1));
  pl_value_push(a, list, pl_value_list(a));
  pl_value_push(a, list, pl_value_format(a, "%s-%d", "q", 4));
  for (int i = 0; i < 30; i++) {
    char key[2] = {(char)('A' + i), 0};
    pl_set_int(a, root, key, INT64_MIN + i);
  }
  pl_set_text(a, root, "text", PL_STR("\xC3\xA9\0x"));
  pl_set_bool(a, root, "no", false);
  return root;
}

static void objects_keep_order_and_replace(void **state) {
  (void)state;
  pl_arena a = {0};
  pl_value *o = pl_value_object(&a);
  pl_set_int(&a, o, "b", 1);
  pl_set_int(&a, o, "a", 2);
  pl_set_int(&a, o, "b", 3);
  assert_int_equal(pl_value_count(o), 2);
  assert_string_equal(o->as.list.keys[0].p, "b");
  assert_int_equal(pl_value_integer(pl_value_get(o, "b"), 0), 3);
  assert_int_equal(pl_value_integer(pl_value_get(o, "none"), -1), -1);
  pl_arena_free(&a);
}

static void readers_accept_anything(void **state) {
  (void)state;
  pl_arena a = {0};
  pl_value *n = pl_value_int(&a, 5);
  assert_null(pl_value_get(NULL, "x"));
  assert_null(pl_value_get(n, "x"));
  assert_null(pl_value_at(n, 0));
  assert_int_equal(pl_value_count(NULL), 0);
  assert_int_equal(pl_value_str(n).n, 0);
  assert_true(pl_value_boolean(n, true));
  assert_int_equal(pl_value_integer(NULL, 9), 9);
  assert_true(pl_value_equal(NULL, NULL));
  assert_false(pl_value_equal(n, NULL));
  pl_arena_free(&a);
}

static void the_wire_brings_back_the_same(void **state) {
  (void)state;
  pl_arena a = {0};
  pl_buf wire = {0};
  pl_value *v = sample(&a);
  assert_true(pl_value_encode(v, &wire));
  pl_error err;
  pl_value *back = pl_value_decode(&a, pl_buf_view(&wire), false, &err);
  assert_non_null(back);
  assert_true(pl_value_equal(v, back));
  pl_set_bool(&a, back, "no", true);
  assert_false(pl_value_equal(v, back));
  pl_buf_free(&wire);
  pl_arena_free(&a);
}

/* Written out by hand, so that the format cannot change unseen. */
static void the_wire_is_as_documented(void **state) {
  (void)state;
  pl_arena a = {0};
  pl_buf wire = {0};
  pl_value *o = pl_value_object(&a), *list = pl_value_list(&a);
  pl_set_int(&a, o, "k", -2);
  pl_value_set(&a, o, "l", list);
  pl_value_push(&a, list, pl_value_text(&a, PL_STR("hi")));
  assert_true(pl_value_encode(o, &wire));
  static const char expected[] = "o\2\0\0\0"
                                 "\1\0\0\0k"
                                 "i\xFE\xFF\xFF\xFF\xFF\xFF\xFF\xFF"
                                 "\1\0\0\0l"
                                 "l\1\0\0\0"
                                 "s\2\0\0\0hi";
  assert_int_equal(wire.n, sizeof expected - 1);
  assert_memory_equal(wire.p, expected, wire.n);
  pl_buf_free(&wire);
  pl_arena_free(&a);
}

static void hostile_messages_are_refused(void **state) {
  (void)state;
  static const struct {
    pl_str wire;
    bool bytes;
    const char *says; /* NULL: accepted */
  } cases[] = {
      {PL_STR("z"), false, NULL},
      {PL_STR(""), false, "ends too early"},
      {PL_STR("zz"), false, "left over"},
      {PL_STR("x"), false, "unknown kind"},
      {PL_STR("i\1\2\3"), false, "ends too early"},
      {PL_STR("s\4\0\0\0abc"), false, "longer than the message"},
      {PL_STR("s\xFF\xFF\xFF\xFF"), false, "longer than the message"},
      {PL_STR("s\1\0\0\0\xFF"), false, "not UTF-8"},
      {PL_STR("s\1\0\0\0\xFF"), true, NULL},
      {PL_STR("l\xFF\xFF\xFF\xFF"), false, "more items"},
      {PL_STR("l\2\0\0\0z"), false, "more items"},
      {PL_STR("o\1\0\0\0z"), false, "more items"},
      {PL_STR("o\2\0\0\0\1\0\0\0kz\1\0\0\0kz"), false, "repeated key"},
      {PL_STR("o\2\0\0\0\1\0\0\0kz\1\0\0\0jz"), false, NULL},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    pl_arena a = {0};
    pl_error err = {0};
    pl_value *v = pl_value_decode(&a, cases[i].wire, cases[i].bytes, &err);
    assert_int_equal(v == NULL, cases[i].says != NULL);
    if (cases[i].says && !strstr(err.message, cases[i].says)) fail_msg("%zu %s", i, err.message);
    pl_arena_free(&a);
  }
}

/* Nests `depth` lists of one around a null. */
static pl_value *nested(pl_arena *a, int depth) {
  pl_value *v = pl_value_null(a);
  for (int i = 1; i < depth; i++) {
    pl_value *list = pl_value_list(a);
    pl_value_push(a, list, v);
    v = list;
  }
  return v;
}

static void depth_is_limited_both_ways(void **state) {
  (void)state;
  pl_arena a = {0};
  pl_buf wire = {0};
  assert_true(pl_value_encode(nested(&a, PL_VALUE_DEPTH), &wire));
  assert_non_null(pl_value_decode(&a, pl_buf_view(&wire), false, NULL));
  pl_buf deeper = {0};
  assert_true(pl_buf_append(&deeper, "l\1\0\0\0", 5) && pl_buf_str(&deeper, pl_buf_view(&wire)));
  pl_error err;
  assert_null(pl_value_decode(&a, pl_buf_view(&deeper), false, &err));
  assert_non_null(strstr(err.message, "too deep"));
  pl_buf_clear(&wire);
  assert_false(pl_value_encode(nested(&a, PL_VALUE_DEPTH + 1), &wire));
  pl_buf_free(&wire);
  pl_buf_free(&deeper);
  pl_arena_free(&a);
}

/* PL_VALUE_ITEMS nulls and the list around them are one too many. */
static void the_number_of_values_is_limited(void **state) {
  (void)state;
  pl_buf wire = {0};
  uint32_t n = PL_VALUE_ITEMS;
  char head[5] = {'l', (char)n, (char)(n >> 8), (char)(n >> 16), (char)(n >> 24)};
  pl_buf_append(&wire, head, 5);
  for (uint32_t i = 0; i < n; i++) pl_buf_append(&wire, "z", 1);
  assert_false(wire.failed);
  pl_arena a = {0};
  pl_error err;
  assert_null(pl_value_decode(&a, pl_buf_view(&wire), false, &err));
  assert_non_null(strstr(err.message, "too many"));
  assert_true(a.total < 100000);
  pl_buf_free(&wire);
  pl_arena_free(&a);
}

/* Lists inside lists, each claiming every byte that is left: 64 times the
 * message must not become 64 times the memory. */
static void nested_claims_share_one_budget(void **state) {
  (void)state;
  pl_buf wire = {0};
  enum { BYTES = 3000000 };
  for (uint32_t at = 0; at < 60 * 5; at += 5) {
    uint32_t n = BYTES - at - 5;
    char head[5] = {'l', (char)n, (char)(n >> 8), (char)(n >> 16), (char)(n >> 24)};
    pl_buf_append(&wire, head, 5);
  }
  while (wire.n < BYTES) pl_buf_append(&wire, "z", 1);
  pl_arena a = {0};
  assert_null(pl_value_decode(&a, pl_buf_view(&wire), false, NULL));
  assert_true(a.total < 2 * (size_t)PL_VALUE_ITEMS * sizeof(void *));
  pl_buf_free(&wire);
  pl_arena_free(&a);
}

/* What decodes must encode to the very same bytes; nothing may crash. */
static void mutations_never_crash(void **state) {
  (void)state;
  pl_arena a = {0};
  pl_buf wire = {0}, mutant = {0}, again = {0};
  assert_true(pl_value_encode(sample(&a), &wire));
  uint64_t x = 88172645463325252u;
  size_t accepted = 0;
  for (int round = 0; round < 60000; round++) {
    pl_buf_clear(&mutant);
    pl_buf_str(&mutant, pl_buf_view(&wire));
    for (int change = 0; change < 1 + round % 4; change++) {
      x ^= x << 13, x ^= x >> 7, x ^= x << 17; /* xorshift64 */
      mutant.p[x % mutant.n] = (char)(x % 3 ? "zftirslo\0\1\2\xFF"[x / 7 % 12] : (char)(x >> 32));
      if (x % 11 == 0) mutant.n -= (size_t)(x >> 40) % mutant.n;
      if (mutant.n == 0) break;
    }
    pl_arena b = {0};
    pl_value *v = pl_value_decode(&b, pl_buf_view(&mutant), round & 1, NULL);
    if (v) {
      accepted++;
      pl_buf_clear(&again);
      assert_true(pl_value_encode(v, &again));
      assert_true(pl_str_eq(pl_buf_view(&again), pl_buf_view(&mutant)));
    }
    pl_arena_free(&b);
  }
  assert_true(accepted > 1000 && accepted < 59000);
  pl_buf_free(&wire);
  pl_buf_free(&mutant);
  pl_buf_free(&again);
  pl_arena_free(&a);
}

static void any_allocation_may_fail(void **state) {
  (void)state;
  bool whole = false;
  int failures = 0;
  for (uint64_t n = 1; !whole; n++) {
    pl_arena a = {0}, b = {0};
    pl_buf wire = {0};
    pl_error err = {0};
    pl_alloc_fail_at(n);
    pl_value *v = sample(&a);
    bool encoded = pl_value_encode(v, &wire);
    if (a.failed) assert_false(encoded); /* a tree with a hole is never sent */
    pl_value *back = encoded ? pl_value_decode(&b, pl_buf_view(&wire), false, &err) : NULL;
    if (encoded && !back) assert_int_equal(err.status, PL_E_MEMORY);
    pl_alloc_fail_at(0);
    whole = back != NULL;
    if (whole) assert_true(pl_value_equal(v, back));
    failures += !whole;
    pl_buf_free(&wire);
    pl_arena_free(&a);
    pl_arena_free(&b);
  }
  assert_true(failures >= 5);
}

static void a_lost_child_is_never_overlooked(void **state) {
  (void)state;
  pl_arena a = {0};
  pl_value *list = pl_value_list(&a);
  assert_null(pl_value_push(&a, list, NULL));
  assert_true(a.failed);
  pl_buf wire = {0};
  assert_false(pl_value_encode(list, &wire));
  assert_null(pl_value_push(&a, NULL, pl_value_null(&a)));
  assert_null(pl_value_set(&a, NULL, "k", NULL));
  assert_false(pl_value_encode(NULL, &wire));
  pl_buf_free(&wire);
  pl_arena_free(&a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(objects_keep_order_and_replace),
      cmocka_unit_test(readers_accept_anything),
      cmocka_unit_test(the_wire_brings_back_the_same),
      cmocka_unit_test(the_wire_is_as_documented),
      cmocka_unit_test(hostile_messages_are_refused),
      cmocka_unit_test(depth_is_limited_both_ways),
      cmocka_unit_test(the_number_of_values_is_limited),
      cmocka_unit_test(nested_claims_share_one_budget),
      cmocka_unit_test(mutations_never_crash),
      cmocka_unit_test(any_allocation_may_fail),
      cmocka_unit_test(a_lost_child_is_never_overlooked),
  };
  return cmocka_run_group_tests_name("base_value", tests, NULL, NULL);
}
