/* Strings: order, UTF-8, globs, folding, buffers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above */
#include <cmocka.h>

#include "base/alloc.h"
#include "base/str.h"

static void order_is_bytewise_and_shorter_first(void **state) {
  (void)state;
  assert_true(pl_str_cmp(PL_STR("a"), PL_STR("ab")) < 0);
  assert_true(pl_str_cmp(PL_STR("B"), PL_STR("a")) < 0);
  assert_true(pl_str_cmp(PL_STR("\xC3\xA9"), PL_STR("z")) > 0); /* bytes are unsigned */
  assert_int_equal(pl_str_cmp(PL_STR("a\0b"), PL_STR("a\0b")), 0);
  assert_int_equal(pl_str_cmp((pl_str){NULL, 0}, PL_STR("")), 0);
}

static void trimming(void **state) {
  (void)state;
  assert_true(pl_str_eq(pl_str_trim(PL_STR(" \t\r\n\v\f a b \n")), PL_STR("a b")));
  assert_int_equal(pl_str_trim(PL_STR("  ")).n, 0);
  assert_true(pl_str_blank(PL_STR(" \t")));
  assert_true(pl_str_blank((pl_str){NULL, 0}));
  assert_false(pl_str_blank(PL_STR(" \xC2\xA0"))); /* only ASCII white space */
}

/* Well-formed and ill-formed sequences of The Unicode Standard, table 3-7. */
static void utf8_ends_at_the_first_ill_formed_byte(void **state) {
  (void)state;
  static const struct {
    const char *text;
    size_t n, valid;
  } cases[] = {
      {"plain ascii, longer than eight", 30, 30},
      {"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", 9, 9},
      {"\xF4\x8F\xBF\xBF", 4, 4}, /* U+10FFFF */
      {"\xF4\x90\x80\x80", 4, 0}, /* beyond */
      {"a\xC0\xAF", 3, 1},        /* overlong / */
      {"\xE0\x9F\xBF", 3, 0},     /* overlong */
      {"\xF0\x8F\xBF\xBF", 4, 0}, /* overlong */
      {"\xED\xA0\x80", 3, 0},     /* surrogate */
      {"12345678\x80", 9, 8},     /* stray tail after a whole word */
      {"\xE2\x82", 2, 0},         /* cut off */
      {"\xFF", 1, 0},
      {"a\0b", 3, 3},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    assert_int_equal(pl_utf8_valid((pl_str){cases[i].text, cases[i].n}), cases[i].valid);
}

static void globs(void **state) {
  (void)state;
  static const struct {
    const char *pattern, *text;
    bool matches;
  } cases[] = {
      {"", "", true},           {"", "a", false},
      {"*", "", true},          {"a*c", "abbbc", true},
      {"a*c", "abbb", false},   {"*.csv", "x.csv.csv", true},
      {"?", "\xC3\xA9", true},  {"??", "\xC3\xA9", false},
      {"?", "\xFF", true},      {"[a-c]x", "bx", true},
      {"[a-c]x", "dx", false},  {"[!a-c]x", "dx", true},
      {"[!a]", "a", false},     {"[]]", "]", true},
      {"[!]]", "]", false},     {"[a-]", "-", true},
      {"[\\]]", "]", true},     {"[abc", "[abc", true},
      {"\\*", "*", true},       {"\\*", "x", false},
      {"a\\", "a\\", true},     {"[\xC3\xA0-\xC3\xBF]", "\xC3\xA9", true},
      {"**a**", "bab", true},   {"utm_*_[0-9][0-9]", "utm_x_y_07", true},
      {"A", "a", false},        {"*ab*ba", "abba", true},
      {"*ab*ba", "aba", false},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    bool matches = pl_str_glob(pl_str_of(cases[i].pattern), pl_str_of(cases[i].text));
    if (matches != cases[i].matches) fail_msg("%s on %s", cases[i].pattern, cases[i].text);
  }
}

/* Exponential matchers never return from the first, cubic ones not from the
 * second: 20,000 open brackets against as many. */
static void globs_are_never_exponential(void **state) {
  (void)state;
  static char text[20000], pattern[20000];
  memset(text, 'a', sizeof text);
  for (size_t i = 0; i < 200; i++) pattern[i] = i % 2 ? 'a' : '*';
  pattern[200] = 'b';
  assert_false(pl_str_glob((pl_str){pattern, 201}, (pl_str){text, sizeof text}));
  memset(text, '[', sizeof text);
  memset(pattern, '[', sizeof pattern);
  pattern[0] = '*';
  pattern[9999] = 'b';
  assert_false(pl_str_glob((pl_str){pattern, 10000}, (pl_str){text, sizeof text}));
}

static void near_misses_fold_together(void **state) {
  (void)state;
  static const struct {
    const char *text, *folded;
  } cases[] = {
      {"Spring Sale-2024", "springsale2024"},
      {"  https://www.Example.com/Path/ ", "examplecompath"},
      {"HTTP://example.com/path", "examplecompath"},
      {"www.example.com/path//", "examplecompath"},
      {"Stra\xC3\x9F"
       "e",
       "strasse"},                                /* full case folding */
      {"\xC3\x89T\xC3\x89", "\xC3\xA9t\xC3\xA9"}, /* É */
      {"a\xC2\xA0"
       "b\xE2\x80\x94"
       "c\xE2\x80\x8B"
       "d",
       "abcd"}, /* nbsp, em dash, zero width */
      {"", ""},
      {" -- ", ""},
      {"wwwx", "wwwx"},
      {"://x", "x"},
  };
  pl_buf out = {0};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    assert_true(pl_str_fold_near(pl_str_of(cases[i].text), &out));
    assert_string_equal(out.p, cases[i].folded);
    assert_int_equal(out.n, strlen(cases[i].folded));
  }
  pl_buf_free(&out);
}

static void letter_case_is_unicode(void **state) {
  (void)state;
  pl_buf out = {0};
  assert_true(pl_str_case(PL_STR("stra\xC3\x9F"
                                 "e \xC3\xA9"),
                          true, &out));
  assert_string_equal(out.p, "STRASSE \xC3\x89");
  assert_true(pl_str_case(PL_STR("I\xC3\x89"), false, &out)); /* root locale: no dotless i */
  assert_string_equal(out.p, "i\xC3\xA9");
  assert_true(pl_str_case(PL_STR("az09"), true, &out));
  assert_string_equal(out.p, "AZ09");
  /* U+0390 becomes three characters in upper case: three times its bytes */
  assert_true(pl_str_case(PL_STR("\xCE\x90\xCE\x90\xCE\x90"), true, &out));
  assert_int_equal(out.n, 18);
  assert_true(pl_str_case(PL_STR("a\xFF\xC3z"), true, &out)); /* what is not UTF-8 stays */
  assert_string_equal(out.p, "A\xFF\xC3Z");
  pl_buf_free(&out);
}

static void a_buffer_remembers_that_memory_was_out(void **state) {
  (void)state;
  pl_buf b = {0};
  assert_string_equal(pl_buf_view(&b).p, "");
  assert_true(pl_buf_text(&b, "a") && pl_buf_format(&b, "%d", 7) && pl_buf_str(&b, PL_STR("b")));
  assert_string_equal(b.p, "a7b");
  pl_alloc_fail_at(1);
  assert_false(pl_buf_format(&b, "%200s", "x"));
  pl_alloc_fail_at(0);
  assert_true(b.failed);
  assert_false(pl_buf_text(&b, "c"));
  assert_string_equal(b.p, "a7b");
  pl_buf_free(&b);
  assert_false(b.failed);
  assert_false(pl_buf_append(&b, "x", SIZE_MAX));
  pl_buf_free(&b);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(order_is_bytewise_and_shorter_first),
      cmocka_unit_test(trimming),
      cmocka_unit_test(utf8_ends_at_the_first_ill_formed_byte),
      cmocka_unit_test(globs),
      cmocka_unit_test(globs_are_never_exponential),
      cmocka_unit_test(near_misses_fold_together),
      cmocka_unit_test(letter_case_is_unicode),
      cmocka_unit_test(a_buffer_remembers_that_memory_was_out),
  };
  return cmocka_run_group_tests_name("base_str", tests, NULL, NULL);
}
