/* Money and plain numbers, exact: integers in units of 1/10,000, sums in 128
 * bits. No binary floating point touches an amount. */
#ifndef PL_BASE_MONEY_H
#define PL_BASE_MONEY_H

#include "base/error.h"
#include "base/str.h"

#define PL_MONEY_UNIT 10000

typedef __int128 pl_sum;

/* How an export writes numbers. */
typedef enum pl_number_style {
  PL_NUMBER_PLAIN = 0, /* 1234.56   -1234.56  +1  .5 */
  PL_NUMBER_COMMA,     /* 1,234.56  (grouping optional) */
  PL_NUMBER_DOT,       /* 1.234,56  (grouping optional) */
  PL_NUMBER_SPACE,     /* 1 234,56  (also no-break and thin spaces) */
  PL_NUMBER_QUOTE      /* 1'234.56  (also with U+2019) */
} pl_number_style;
#define PL_NUMBER_STYLES 5

/* A number as read: floor(value × 10,000), and whether digits beyond the
 * fourth were left out (so that comparisons stay exact: units, then more). */
typedef struct pl_number {
  int64_t units;
  bool more;
} pl_number;

typedef enum pl_number_result {
  PL_NUMBER_OK = 0,
  PL_NUMBER_BAD,      /* not a number in this style */
  PL_NUMBER_TOO_LARGE /* does not fit 64 bits of 1/10,000 */
} pl_number_result;

/* Reads all of `text` (ASCII white space around it allowed): digits, separators
 * and a sign. Groups are of three digits (PL_NUMBER_COMMA also takes the Indian
 * 12,34,567) and the first does not begin with 0. `exponent` allows 1e3 (JSON
 * numbers only). */
pl_number_result pl_number_parse(pl_str text, pl_number_style style, bool exponent, pl_number *out);

/* What stands beside a number in an export. */
typedef struct pl_number_marks {
  uint8_t currency; /* base/currency.h; 0: none */
  bool percent;
} pl_number_marks;

/* Reads a cell of an export: what pl_number_parse reads, and around it
 *   -5  −5  5-  (5)      a minus sign in front or behind, or brackets
 *   $5  5 €  EUR 5       one currency sign or code (in `marks`)
 *   5%  5 %              the number as written: 5 (in `marks`)
 *   342.09K  1.2M  3bn   thousands (K k), millions (M m MM mn Mn), billions (B bn Bn):
 *                        exact, or no number where more than four decimals are left
 * with spaces (also no-break ones) between them. */
pl_number_result pl_number_read(pl_str text, pl_number_style style, bool exponent, pl_number *out,
                                pl_number_marks *marks);
/* The styles in which `text` is a number (pl_number_read), as bits 1 << style,
 * with the number in each. One that is too large counts as none. */
unsigned pl_number_fits(pl_str text, bool exponent, pl_number out[PL_NUMBER_STYLES],
                        pl_number_marks *marks);
/* Does the text of a number hold a point, comma or other separator? One that has
 * none reads the same in every style. */
bool pl_number_has_separator(pl_str text);
int pl_number_cmp(pl_number a, pl_number b);
bool pl_number_style_of(pl_str name, pl_number_style *out); /* "plain", "1,234.56", … */
const char *pl_number_style_name(pl_number_style style);

/* A rate: an exact decimal with up to 12 decimals, scaled by 10^12. */
#define PL_RATE_UNIT 1000000000000LL
bool pl_rate_parse(pl_str text, pl_number_style style, int64_t *out);
/* amount × rate, rounded half to even to 1/10,000; false on overflow. */
bool pl_money_convert(int64_t amount, int64_t rate, int64_t *out);

/* Adds; false on overflow of 128 bits. */
bool pl_sum_add(pl_sum *sum, int64_t units);
/* "664858.00": at least two decimals, up to four, no grouping. */
#define PL_MONEY_TEXT 48
char *pl_money_text(pl_sum sum, char out[PL_MONEY_TEXT]);
/* "664,858.00": the same grouped for people. */
char *pl_money_people(pl_sum sum, char out[PL_MONEY_TEXT + 16]);
/* part/whole as "0.1234" rounded half to even to 4 decimals; false if whole <= 0. */
bool pl_share_text(pl_sum part, pl_sum whole, char out[PL_MONEY_TEXT]);

#endif
