/* Numbers as exports dress them. Expected units are 1/10,000, worked out by hand:
 * 1.5 is 15000. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above */
#include <cmocka.h>

#include "base/currency.h"
#include "base/money.h"

#define ANY ((1u << PL_NUMBER_STYLES) - 1)
#define PLAIN (1u << PL_NUMBER_PLAIN)
#define COMMA (1u << PL_NUMBER_COMMA)
#define DOT (1u << PL_NUMBER_DOT)
#define SPACE (1u << PL_NUMBER_SPACE)
#define QUOTE (1u << PL_NUMBER_QUOTE)
#define NONE PL_NUMBER_PLAIN, 0, "", false
#define NBSP "\xC2\xA0"
#define THIN "\xE2\x80\x89"
#define NARROW "\xE2\x80\xAF"

typedef struct dressed {
  const char *text;
  unsigned fits; /* styles that read it */
  pl_number_style style;
  int64_t units; /* in that style */
  const char *currency;
  bool percent;
} dressed;

static void check(const dressed *c) {
  pl_number numbers[PL_NUMBER_STYLES], one;
  pl_number_marks marks, again;
  unsigned fits = pl_number_fits(pl_str_of(c->text), false, numbers, &marks);
  if (fits != c->fits) fail_msg("\"%s\": styles %x, not %x", c->text, fits, c->fits);
  for (int style = 0; style < PL_NUMBER_STYLES; style++) {
    pl_number_result result =
        pl_number_read(pl_str_of(c->text), (pl_number_style)style, false, &one, &again);
    if ((result == PL_NUMBER_OK) != ((fits >> style) & 1)) fail_msg("\"%s\": %d", c->text, style);
    if (result != PL_NUMBER_OK) continue;
    assert_int_equal(one.units, numbers[style].units);
    assert_int_equal(again.currency, marks.currency);
  }
  if (!fits) return;
  if (numbers[c->style].units != c->units)
    fail_msg("\"%s\": %lld", c->text, (long long)numbers[c->style].units);
  pl_str sign = pl_currency_text(marks.currency);
  if (!pl_str_eq(sign, pl_str_of(c->currency))) fail_msg("\"%s\": %.*s", c->text, PL_STR_ARG(sign));
  assert_int_equal(marks.percent, c->percent);
}
#define CHECK(cases)                                                                               \
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) check(&cases[i])

static void separators_tell_the_style(void **state) {
  (void)state;
  static const dressed cases[] = {
      {"1234", ANY, PL_NUMBER_DOT, 12340000, "", false},
      {"007", ANY, PL_NUMBER_SPACE, 70000, "", false},
      {"1234.56", PLAIN | COMMA | QUOTE, PL_NUMBER_PLAIN, 12345600, "", false},
      {"12.5", PLAIN | COMMA | QUOTE, PL_NUMBER_QUOTE, 125000, "", false},
      {"1.2345", PLAIN | COMMA | QUOTE, PL_NUMBER_PLAIN, 12345, "", false},
      {"0.500", PLAIN | COMMA | QUOTE, PL_NUMBER_PLAIN, 5000, "", false}, /* no group is 0 */
      {"1.234", PLAIN | COMMA | QUOTE | DOT, PL_NUMBER_PLAIN, 12340, "", false},
      {"1.234", PLAIN | COMMA | QUOTE | DOT, PL_NUMBER_DOT, 12340000, "", false},
      {"1234.567", PLAIN | COMMA | QUOTE, PL_NUMBER_PLAIN, 12345670, "", false},
      {"1.234.567", DOT, PL_NUMBER_DOT, 12345670000, "", false},
      {"1,234.56", COMMA, PL_NUMBER_COMMA, 12345600, "", false},
      {"1,234", COMMA | DOT | SPACE, PL_NUMBER_COMMA, 12340000, "", false},
      {"1,234", COMMA | DOT | SPACE, PL_NUMBER_DOT, 12340, "", false},
      {"0,234", DOT | SPACE, PL_NUMBER_DOT, 2340, "", false},
      {"1,234,567", COMMA, PL_NUMBER_COMMA, 12345670000, "", false},
      {"1,23,456.78", COMMA, PL_NUMBER_COMMA, 1234567800, "", false}, /* Indian */
      {"12,34,567", COMMA, PL_NUMBER_COMMA, 12345670000, "", false},
      {"1,23,45,678", COMMA, PL_NUMBER_COMMA, 123456780000, "", false},
      {"123,45,678", 0, NONE},
      {"1,23,45", 0, NONE},
      {"1.234,56", DOT, PL_NUMBER_DOT, 12345600, "", false},
      {"12,5", DOT | SPACE, PL_NUMBER_SPACE, 125000, "", false},
      {"1 234,56", SPACE, PL_NUMBER_SPACE, 12345600, "", false},
      {"1" NBSP "234,56", SPACE, PL_NUMBER_SPACE, 12345600, "", false},
      {"1" NARROW "234,56", SPACE, PL_NUMBER_SPACE, 12345600, "", false},
      {"1" THIN "234,56", SPACE, PL_NUMBER_SPACE, 12345600, "", false},
      {"1'234.56", QUOTE, PL_NUMBER_QUOTE, 12345600, "", false},
      {"1’234.56", QUOTE, PL_NUMBER_QUOTE, 12345600, "", false},
      {"12 34", 0, NONE},
      {"1,2,3", 0, NONE},
      {"1.2.3", 0, NONE},
      {"14.03.2024", 0, NONE},
      {"", 0, NONE},
      {".", 0, NONE},
      {"-", 0, NONE},
      {"1e3", 0, NONE}, /* only where a program wrote it */
  };
  CHECK(cases);
}

static void signs_and_brackets(void **state) {
  (void)state;
  static const dressed cases[] = {
      {"-500", ANY, PL_NUMBER_PLAIN, -5000000, "", false},
      {"−500", ANY, PL_NUMBER_PLAIN, -5000000, "", false},
      {"500-", ANY, PL_NUMBER_PLAIN, -5000000, "", false},
      {"(500.00)", PLAIN | COMMA | QUOTE, PL_NUMBER_PLAIN, -5000000, "", false},
      {"( 500 )", ANY, PL_NUMBER_PLAIN, -5000000, "", false},
      {"+500", ANY, PL_NUMBER_PLAIN, 5000000, "", false},
      /* a dash for the decimals that are not there is no sign */
      {"500,-", DOT | SPACE, PL_NUMBER_DOT, 5000000, "", false},
      {"500,--", DOT | SPACE, PL_NUMBER_DOT, 5000000, "", false},
      {"1.500,-", DOT, PL_NUMBER_DOT, 15000000, "", false},
      {"1.500,- €", DOT, PL_NUMBER_DOT, 15000000, "€", false},
      {"250.–", PLAIN | COMMA | QUOTE, PL_NUMBER_PLAIN, 2500000, "", false},
      {"250.—", PLAIN | COMMA | QUOTE, PL_NUMBER_PLAIN, 2500000, "", false},
      {"CHF 1200.-", PLAIN | COMMA | QUOTE, PL_NUMBER_PLAIN, 12000000, "CHF", false},
      {"1'200.−", QUOTE, PL_NUMBER_QUOTE, 12000000, "", false},
      {"-500,-", DOT | SPACE, PL_NUMBER_DOT, -5000000, "", false},
      {"(500.-)", PLAIN | COMMA | QUOTE, PL_NUMBER_PLAIN, -5000000, "", false},
      {"12.5-", PLAIN | COMMA | QUOTE, PL_NUMBER_PLAIN, -125000, "", false},
      {"500,---", 0, NONE},
      {"500.- -", 0, NONE},
      {"500–", 0, NONE},
      {".-", 0, NONE},
      {"-500-", 0, NONE},
      {"(-500)", 0, NONE},
      {"(500", 0, NONE},
      {"500)", 0, NONE},
      {"--500", 0, NONE},
      {"12-05", 0, NONE},
      {"(555) 1234", 0, NONE},
  };
  CHECK(cases);
}

static void currencies_stand_beside(void **state) {
  (void)state;
  static const dressed cases[] = {
      {"$1,234", COMMA | DOT | SPACE, PL_NUMBER_COMMA, 12340000, "$", false},
      {"US$ 5", ANY, PL_NUMBER_PLAIN, 50000, "US$", false},
      {"1.100,04 €", DOT, PL_NUMBER_DOT, 11000400, "€", false},
      {"1.100,04" NBSP "€", DOT, PL_NUMBER_DOT, 11000400, "€", false},
      {"EUR 12.50", PLAIN | COMMA | QUOTE, PL_NUMBER_PLAIN, 125000, "EUR", false},
      {"12.50EUR", PLAIN | COMMA | QUOTE, PL_NUMBER_PLAIN, 125000, "EUR", false},
      {"-$5", ANY, PL_NUMBER_PLAIN, -50000, "$", false},
      {"$-5", ANY, PL_NUMBER_PLAIN, -50000, "$", false},
      {"($5)", ANY, PL_NUMBER_PLAIN, -50000, "$", false},
      {"5 kr", ANY, PL_NUMBER_PLAIN, 50000, "kr", false},
      {"5kr.", ANY, PL_NUMBER_PLAIN, 50000, "kr.", false},
      {"R$ 1.234,50", DOT, PL_NUMBER_DOT, 12345000, "R$", false},
      {"R 5", ANY, PL_NUMBER_PLAIN, 50000, "R", false},
      {"$5 USD", 0, NONE}, /* one of them would have to be ignored */
      {"5 XYZ", 0, NONE},
      {"EURO 5", 0, NONE},
      {"5 apples", 0, NONE},
      {"$", 0, NONE},
  };
  CHECK(cases);
}

static void thousands_as_letters_are_exact(void **state) {
  (void)state;
  static const dressed cases[] = {
      {"$342.09K", PLAIN | COMMA | QUOTE, PL_NUMBER_PLAIN, 3420900000, "$", false},
      {"$1,117.10K", COMMA, PL_NUMBER_COMMA, 11171000000, "$", false},
      {"1.2M", PLAIN | COMMA | QUOTE, PL_NUMBER_PLAIN, 12000000000, "", false},
      {"1,2m", DOT | SPACE, PL_NUMBER_DOT, 12000000000, "", false},
      {"3B", ANY, PL_NUMBER_PLAIN, 30000000000000, "", false},
      {"3bn", ANY, PL_NUMBER_PLAIN, 30000000000000, "", false},
      {"2MM", ANY, PL_NUMBER_PLAIN, 20000000000, "", false},
      {"2mn €", ANY, PL_NUMBER_PLAIN, 20000000000, "€", false},
      {"-1.5k", PLAIN | COMMA | QUOTE, PL_NUMBER_PLAIN, -15000000, "", false},
      {"(1.5k)", PLAIN | COMMA | QUOTE, PL_NUMBER_PLAIN, -15000000, "", false},
      {"0.1234567K", PLAIN | COMMA | QUOTE, PL_NUMBER_PLAIN, 1234567, "", false},
      {"0.12345678K", 0, NONE}, /* a fifth decimal is left: 123.45678 */
      {"5 K", 0, NONE},
      {"5mm", 0, NONE}, /* millimetres */
      {"5b", 0, NONE},
      {"5 MXN", ANY, PL_NUMBER_PLAIN, 50000, "MXN", false}, /* no millions */
      {"5MXN", ANY, PL_NUMBER_PLAIN, 50000, "MXN", false},
      {"922338B", 0, NONE}, /* beyond 64 bits of 1/10,000 */
  };
  CHECK(cases);
}

static void percents_are_read_as_written(void **state) {
  (void)state;
  static const dressed cases[] = {
      {"12%", ANY, PL_NUMBER_PLAIN, 120000, "", true},
      {"12.5 %", PLAIN | COMMA | QUOTE, PL_NUMBER_PLAIN, 125000, "", true},
      {"-3,2" NBSP "%", DOT | SPACE, PL_NUMBER_DOT, -32000, "", true},
      {"%12", 0, NONE},
      {"$5%", 0, NONE},
      {"5K%", 0, NONE},
      {"5%%", 0, NONE},
  };
  CHECK(cases);
}

static void programs_may_write_exponents(void **state) {
  (void)state;
  pl_number number[PL_NUMBER_STYLES];
  pl_number_marks marks;
  assert_true(pl_number_fits(PL_STR("1.5e3"), true, number, &marks) & PLAIN);
  assert_int_equal(number[PL_NUMBER_PLAIN].units, 15000000);
}

static void signs_stand_for_currencies(void **state) {
  (void)state;
  size_t n;
  uint8_t dollar = pl_currency_at(PL_STR("$5"), &n);
  assert_int_equal(n, 1);
  assert_true(pl_currency_means(dollar, PL_STR("USD")));
  assert_true(pl_currency_means(dollar, PL_STR("CAD")));
  assert_false(pl_currency_means(dollar, PL_STR("EUR")));
  assert_false(pl_currency_means(dollar, PL_STR("US")));
  uint8_t us = pl_currency_at(PL_STR("US$"), &n);
  assert_int_equal(n, 3);
  assert_false(pl_currency_means(us, PL_STR("CAD")));
  uint8_t code = pl_currency_at(PL_STR("EUR"), &n);
  assert_true(pl_currency_means(code, PL_STR("EUR")));
  assert_false(pl_currency_means(code, PL_STR("USD")));
  assert_int_equal(pl_currency_at(PL_STR("EURO"), &n), 0);
  assert_int_equal(pl_currency_at(PL_STR("eur"), &n), 0);
  assert_int_equal(pl_currency_at(PL_STR(""), &n), 0);
  assert_string_equal(pl_currency_text(0).p, "");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(separators_tell_the_style),
      cmocka_unit_test(signs_and_brackets),
      cmocka_unit_test(currencies_stand_beside),
      cmocka_unit_test(thousands_as_letters_are_exact),
      cmocka_unit_test(percents_are_read_as_written),
      cmocka_unit_test(programs_may_write_exponents),
      cmocka_unit_test(signs_stand_for_currencies),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
