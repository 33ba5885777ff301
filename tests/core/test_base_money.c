/* Money and numbers. Expected values are worked out by hand: units are
 * 1/10,000, so 1.5 is 15000. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above */
#include <cmocka.h>

#include "base/money.h"

#define BAD PL_NUMBER_BAD
#define LARGE PL_NUMBER_TOO_LARGE

typedef struct number_case {
  const char *text;
  pl_number_result result;
  int64_t units;
  bool more;
} number_case;

static void check(const number_case *cases, size_t n, pl_number_style style, bool exponent) {
  for (size_t i = 0; i < n; i++) {
    pl_number number;
    pl_str text = pl_str_of(cases[i].text);
    pl_number_result result = pl_number_parse(text, style, exponent, &number);
    if (result != cases[i].result) fail_msg("\"%s\": result %d", cases[i].text, result);
    if (result != PL_NUMBER_OK) continue;
    if (number.units != cases[i].units || number.more != cases[i].more)
      fail_msg("\"%s\": %lld, %d", cases[i].text, (long long)number.units, number.more);
  }
}
#define CHECK(cases, style, exponent) check(cases, sizeof cases / sizeof *cases, style, exponent)

static void plain_numbers(void **state) {
  (void)state;
  static const number_case cases[] = {
      {"1234.56", 0, 12345600, false},
      {"-1234.56", 0, -12345600, false},
      {"+1", 0, 10000, false},
      {".5", 0, 5000, false},
      {"-.5", 0, -5000, false},
      {"5.", 0, 50000, false},
      {" \t7 \r\n", 0, 70000, false},
      {"007", 0, 70000, false},
      {"-0", 0, 0, false},
      {"0.12345", 0, 1234, true},
      {"0.12340", 0, 1234, false},
      {"0.123400000000000000000000000000", 0, 1234, false},
      {"-0.00001", 0, -1, true}, /* floor(-0.1 units) */
      {"-0.00010", 0, -1, false},
      {"-1.00005", 0, -10001, true},
      {"99999999999999.9999", 0, 999999999999999999, false}, /* the longest short one */
      {"100000000000000", 0, 1000000000000000000, false},
      {"922337203685477.5807", 0, INT64_MAX, false},
      {"922337203685477.58079", 0, INT64_MAX, true},
      {"922337203685477.5808", LARGE, 0, false},
      {"-922337203685477.5808", 0, INT64_MIN, false},
      {"-922337203685477.58071", 0, INT64_MIN, true},
      {"-922337203685477.58081", LARGE, 0, false},
      {"000000000000000000000000000001", 0, 10000, false},
      {"99999999999999999999999999", LARGE, 0, false},
      {"99999999999999999999999999x", BAD, 0, false},
      {"", BAD, 0, false},
      {" ", BAD, 0, false},
      {".", BAD, 0, false},
      {"-", BAD, 0, false},
      {"+-1", BAD, 0, false},
      {"1 2", BAD, 0, false},
      {"1,234", BAD, 0, false},
      {"1.2.3", BAD, 0, false},
      {"1e3", BAD, 0, false},
      {"0x10", BAD, 0, false},
      {"nan", BAD, 0, false},
      {"1-", BAD, 0, false},
      {"- 1", BAD, 0, false},
      {"\xD9\xA1", BAD, 0, false}, /* Arabic digit one */
  };
  CHECK(cases, PL_NUMBER_PLAIN, false);
}

static void grouped_numbers(void **state) {
  (void)state;
  static const number_case comma[] = {
      {"1,234.56", 0, 12345600, false},
      {"1234.56", 0, 12345600, false},
      {"-1,234,567", 0, -12345670000, false},
      {"12,34.5", BAD, 0, false},
      {"1234,567", BAD, 0, false},
      {"1,2345", BAD, 0, false},
      {",123", BAD, 0, false},
      {"1,234,", BAD, 0, false},
      {"1.234,56", BAD, 0, false},
      {"1,,234", BAD, 0, false},
      {"0.123,456", BAD, 0, false},
  };
  CHECK(comma, PL_NUMBER_COMMA, false);
  static const number_case dot[] = {
      {"1.234,56", 0, 12345600, false}, {"1234,5", 0, 12345000, false},
      {"1.234", 0, 12340000, false},    {"1.23", BAD, 0, false},
      {"1,234.56", BAD, 0, false},      {",5", 0, 5000, false},
  };
  CHECK(dot, PL_NUMBER_DOT, false);
  static const number_case space[] = {
      {"1 234,56", 0, 12345600, false},
      {"1\xC2\xA0"
       "234,56",
       0, 12345600, false}, /* U+00A0 */
      {"1\xE2\x80\xAF"
       "234,56",
       0, 12345600, false}, /* U+202F */
      {"1\xE2\x80\x89"
       "234",
       0, 12340000, false}, /* U+2009 */
      {"1  234", BAD, 0, false},
      {"1\xE2\x80", BAD, 0, false},
      {"1.5", BAD, 0, false},
  };
  CHECK(space, PL_NUMBER_SPACE, false);
  static const number_case quote[] = {
      {"1'234.56", 0, 12345600, false},
      {"1\xE2\x80\x99"
       "234.56",
       0, 12345600, false}, /* U+2019 */
      {"1'23", BAD, 0, false},
  };
  CHECK(quote, PL_NUMBER_QUOTE, false);
}

static void exponents(void **state) {
  (void)state;
  static const number_case cases[] = {
      {"1e3", 0, 10000000, false},
      {"1.5E-2", 0, 150, false},
      {"12345e-4", 0, 12345, false},
      {"12345e-5", 0, 1234, true},
      {"-1e-9", 0, -1, true},
      {"0e99999999999999999999999", 0, 0, false},
      {"1e99999999999999999999999", LARGE, 0, false},
      {"1e-99999999999999999999999", 0, 0, true},
      {"0.0000000001e10", 0, 10000, false},
      {"1e", BAD, 0, false},
      {"1e+", BAD, 0, false},
      {"1e3.5", BAD, 0, false},
      {"e3", BAD, 0, false},
  };
  CHECK(cases, PL_NUMBER_PLAIN, true);
}

static void comparisons_are_exact(void **state) {
  (void)state;
  static const char *const ascending[] = {"-2",      "-0.00011", "-0.0001",   "-0.00005",
                                          "0",       "0.00005",  "0.0001",    "1.9999",
                                          "1.99999", "2",        "1000000000"};
  enum { N = sizeof ascending / sizeof *ascending };
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      pl_number a, b;
      pl_number_parse(pl_str_of(ascending[i]), PL_NUMBER_PLAIN, false, &a);
      pl_number_parse(pl_str_of(ascending[j]), PL_NUMBER_PLAIN, false, &b);
      assert_int_equal(pl_number_cmp(a, b), (i > j) - (i < j));
    }
}

static void styles_have_names(void **state) {
  (void)state;
  static const char *const names[] = {"plain", "1,234.56", "1.234,56", "1 234,56", "1'234.56"};
  for (int i = 0; i < 5; i++) {
    pl_number_style style;
    assert_true(pl_number_style_of(pl_str_of(names[i]), &style));
    assert_int_equal(style, i);
    assert_string_equal(pl_number_style_name(style), names[i]);
  }
  pl_number_style style;
  assert_false(pl_number_style_of(PL_STR("us"), &style));
}

static void rates_are_exact_decimals(void **state) {
  (void)state;
  int64_t rate;
  assert_true(pl_rate_parse(PL_STR("1.0825"), PL_NUMBER_PLAIN, &rate));
  assert_true(rate == 1082500000000);
  assert_true(pl_rate_parse(PL_STR("0,000000000001"), PL_NUMBER_DOT, &rate));
  assert_int_equal(rate, 1);
  assert_true(pl_rate_parse(PL_STR("2.0000000000000000"), PL_NUMBER_PLAIN, &rate));
  assert_true(rate == 2 * PL_RATE_UNIT);
  static const char *const refused[] = {"0.0000000000001", "0", "-1", "", "9300000", "1e3"};
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
    assert_false(pl_rate_parse(pl_str_of(refused[i]), PL_NUMBER_PLAIN, &rate));
}

static void conversion_rounds_half_to_even(void **state) {
  (void)state;
  static const struct {
    int64_t amount, rate, expected;
  } cases[] = {
      {10000, PL_RATE_UNIT, 10000},
      {1, PL_RATE_UNIT / 2, 0}, /* 0.5 -> 0 */
      {3, PL_RATE_UNIT / 2, 2}, /* 1.5 -> 2 */
      {5, PL_RATE_UNIT / 2, 2}, /* 2.5 -> 2 */
      {-1, PL_RATE_UNIT / 2, 0},
      {-3, PL_RATE_UNIT / 2, -2},
      {-5, PL_RATE_UNIT / 2, -2},
      {1, PL_RATE_UNIT / 2 + 1, 1},      /* just above a half */
      {1000000, 1082512340000, 1082512}, /* 100.00 at 1.08251234 = 108.251234 */
      {INT64_MAX, PL_RATE_UNIT, INT64_MAX},
      {INT64_MIN, PL_RATE_UNIT, INT64_MIN},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    int64_t out;
    assert_true(pl_money_convert(cases[i].amount, cases[i].rate, &out));
    assert_true(out == cases[i].expected);
  }
  int64_t out;
  assert_false(pl_money_convert(INT64_MAX, PL_RATE_UNIT + 1, &out));
  assert_false(pl_money_convert(INT64_MIN, INT64_MAX, &out));
}

static const pl_sum largest = (pl_sum)(((unsigned __int128)1 << 127) - 1);

static void sums_stop_at_128_bits(void **state) {
  (void)state;
  pl_sum sum = 0;
  for (int i = 0; i < 3; i++) assert_true(pl_sum_add(&sum, INT64_MAX));
  assert_true(sum == (pl_sum)INT64_MAX * 3);
  sum = largest - 1;
  assert_true(pl_sum_add(&sum, 1));
  assert_false(pl_sum_add(&sum, 1));
  assert_true(sum == largest);
}

static void money_as_text(void **state) {
  (void)state;
  static const struct {
    int64_t units;
    const char *text, *people;
  } cases[] = {
      {6648580000, "664858.00", "664,858.00"},
      {0, "0.00", "0.00"},
      {1, "0.0001", "0.0001"},
      {-1, "-0.0001", "-0.0001"},
      {1500, "0.15", "0.15"},
      {-12345678, "-1234.5678", "-1,234.5678"},
      {12345670, "1234.567", "1,234.567"},
      {9990000, "999.00", "999.00"},
      {10000000000, "1000000.00", "1,000,000.00"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char text[PL_MONEY_TEXT], people[PL_MONEY_TEXT + 16];
    assert_string_equal(pl_money_text(cases[i].units, text), cases[i].text);
    assert_string_equal(pl_money_people(cases[i].units, people), cases[i].people);
  }
  char text[PL_MONEY_TEXT], people[PL_MONEY_TEXT + 16]; /* -2^127 = -170141…105728 */
  assert_string_equal(pl_money_text(-largest - 1, text),
                      "-17014118346046923173168730371588410.5728");
  assert_string_equal(pl_money_people(-largest - 1, people),
                      "-17,014,118,346,046,923,173,168,730,371,588,410.5728");
}

static void shares(void **state) {
  (void)state;
  static const struct {
    int64_t part, whole;
    const char *text;
  } cases[] = {
      {1, 3, "0.3333"},          {2, 3, "0.6667"}, {0, 5, "0.0000"},          {5, 5, "1.0000"},
      {-1, 3, "-0.3333"},        {3, 2, "1.5000"}, {12345, 100000, "0.1234"}, /* half: 1234 is even
                                                                               */
      {12355, 100000, "0.1236"}, /* half: 1235 is odd */
      {-1, 1000000, "0.0000"},   /* no minus before nothing */
      {99999, 100000, "1.0000"},
  };
  char text[PL_MONEY_TEXT];
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    assert_true(pl_share_text(cases[i].part, cases[i].whole, text));
    assert_string_equal(text, cases[i].text);
  }
  assert_false(pl_share_text(1, 0, text));
  assert_false(pl_share_text(1, -5, text));
  assert_true(pl_share_text(largest, largest, text)); /* 10 × rest would not fit */
  assert_string_equal(text, "1.0000");
  assert_true(pl_share_text(largest / 4, largest, text));
  assert_string_equal(text, "0.2500");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(plain_numbers),
      cmocka_unit_test(grouped_numbers),
      cmocka_unit_test(exponents),
      cmocka_unit_test(comparisons_are_exact),
      cmocka_unit_test(styles_have_names),
      cmocka_unit_test(rates_are_exact_decimals),
      cmocka_unit_test(conversion_rounds_half_to_even),
      cmocka_unit_test(sums_stop_at_128_bits),
      cmocka_unit_test(money_as_text),
      cmocka_unit_test(shares),
  };
  return cmocka_run_group_tests_name("base_money", tests, NULL, NULL);
}
