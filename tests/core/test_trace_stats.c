/* Fisher's exact test and the Benjamini-Hochberg rates, against R 4.2.2. The
 * expected numbers were printed by fisher.test itself, with the root finder that
 * it calls asked for more digits (its own tolerance is 1.2e-4):
 *
 *   ft <- fisher.test
 *   environment(ft) <- list2env(list(uniroot = function(f, i, ...)
 *     stats::uniroot(f, i, tol = 1e-17, maxiter = 10000)), parent = asNamespace("stats"))
 *   r <- ft(matrix(c(a, b, c, d), 2))
 *   sprintf("%.11g", c(r$p.value, r$estimate, r$conf.int))
 *
 * Only `odds` of a table with an empty row or column differs: R prints 0. */
#include "trace/stats.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/alloc.h"

typedef struct row {
  uint32_t a, b, c, d;
  double p, odds, low, high;
} row;

static const row rows[] = {
    {3, 1, 1, 3, 0.48571428571, 6.4083196582, 0.21173559545, 626.24353059},
    {1, 0, 0, 1, 1, INFINITY, 0.025641025641, INFINITY},
    {5, 0, 0, 5, 0.0079365079365, INFINITY, 2.2970488132, INFINITY},
    {0, 5, 5, 0, 0.0079365079365, 0, 0, 0.43534120575},
    {5, 5, 0, 0, 1, NAN, 0, INFINITY},
    {0, 0, 5, 5, 1, NAN, 0, INFINITY},
    {5, 0, 5, 0, 1, NAN, 0, INFINITY},
    {0, 5, 0, 5, 1, NAN, 0, INFINITY},
    {1, 9, 11, 3, 0.0027594561852, 0.037209084832, 0.00063600294888, 0.4258664757},
    {2, 10, 15, 3, 0.00053672411914, 0.04693663905, 0.0033171639507, 0.36318960236},
    {10, 10, 10, 10, 1, 1, 0.24387854446, 4.1004017069},
    {7, 3, 3, 7, 0.178895408, 4.9493947408, 0.59403865615, 55.588655577},
    {0, 10, 5, 5, 0.032507739938, 0, 0, 0.83652179392},
    {5, 5, 0, 10, 0.032507739938, INFINITY, 1.1954261171, INFINITY},
    {10, 0, 5, 5, 0.032507739938, INFINITY, 1.1954261171, INFINITY},
    {1, 1, 1, 1, 1, 1, 0.0064000163579, 156.24960064},
    {1, 100, 1, 100, 1, 1, 0.01261479827, 79.271977133},
    {12, 188, 30, 970, 0.054106021427, 2.062296825, 0.94375325675, 4.2386422127},
    {40, 60, 25, 75, 0.034143802315, 1.99299531, 1.048801176, 3.8411353165},
    {195, 647, 300, 2100, 9.9423185343e-13, 2.109191932, 1.7156365507, 2.5896454805},
    {1000, 1000, 1000, 1000, 1, 1, 0.88167640801, 1.1342029694},
    {500, 99500, 300, 99700, 1.3792281309e-12, 1.6700125576, 1.4439915568, 1.9340273374},
    {5000, 5000, 5200, 4800, 0.0048787957689, 0.92308061835, 0.872931046, 0.97610363517},
    {100000, 900000, 101000, 899000, 0.018800806208, 0.98899890536, 0.97991233294, 0.9981696514},
    {1, 999999, 0, 1000000, 1, INFINITY, 0.025641025641, INFINITY},
    {300000, 200000, 290000, 210000, 6.8602335657e-92, 1.0862068067, 1.077573286, 1.0949096946},
    {2, 1000000, 30, 1000000, 2.4628807275e-07, 0.066666725, 0.0077198626769, 0.26273839117},
    {999, 1, 500, 500, 3.1997808264e-185, 997.01784572, 176.92945151, 39574.389132},
    {20, 0, 0, 20, 1.4508889104e-11, INFINITY, 49.152119534, INFINITY},
    {3, 500, 0, 40, 1, INFINITY, 0.032360076496, INFINITY},
    {120, 380, 15, 485, 2.8443377678e-24, 10.19028307, 5.8177728128, 19.092847759},
    {600000, 400000, 400000, 600000, 0, 2.2499990625, 2.2372962439, 2.2627757959},
    {7, 93, 11, 89, 0.45947801912, 0.6104891443, 0.19157682455, 1.8142563027},
};

static bool near(double got, double want) {
  if (isnan(want)) return isnan(got);
  if (isinf(want)) return isinf(got) && got > 0;
  return fabs(got - want) <= 2e-10 * fabs(want);
}

static void fisher_is_what_r_prints(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    row r = rows[i];
    pl_fisher f = pl_fisher_exact(r.a, r.b, r.c, r.d);
    if (near(f.p, r.p) && near(f.odds, r.odds) && near(f.low, r.low) && near(f.high, r.high)) {
      continue;
    }
    fail_msg("%u %u %u %u: p %.12g odds %.12g low %.12g high %.12g", r.a, r.b, r.c, r.d, f.p,
             f.odds, f.low, f.high);
  }
}

/* Swapping the columns turns the odds ratio over and leaves p alone. */
static void swapped_columns_turn_the_odds_over(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    row r = rows[i];
    if (isnan(r.odds) || r.odds == 0 || isinf(r.odds)) continue;
    pl_fisher f = pl_fisher_exact(r.c, r.d, r.a, r.b);
    if (!near(f.p, r.p) || !near(f.odds, 1 / r.odds) || !near(f.low, 1 / r.high) ||
        !near(f.high, 1 / r.low)) {
      fail_msg("%u %u %u %u swapped: p %.12g odds %.12g low %.12g high %.12g", r.a, r.b, r.c, r.d,
               f.p, f.odds, f.low, f.high);
    }
  }
}

/* p.adjust(c(...), "BH"); the p-values are those of table 1 in Benjamini and
 * Hochberg (1995), of which they reject the first four at 0.05. */
static void q_values_are_what_r_prints(void **state) {
  (void)state;
  const double p[] = {0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
                      0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.000};
  const double want[] = {0.0015,          0.003,           0.0095,         0.035625,       0.0603,
                         0.0638571428571, 0.0638571428571, 0.0645,         0.0765,         0.486,
                         0.581181818182,  0.714875,        0.753230769231, 0.813214285714, 1};
  double q[15];
  assert_true(pl_q_values(p, 15, q));
  int rejected = 0;
  for (int i = 0; i < 15; i++) {
    assert_true(near(q[i], want[i]));
    rejected += q[i] <= 0.05;
  }
  assert_int_equal(rejected, 4);
}

/* p.adjust(c(0.5, 0.01, 0.03, 0.01, 1, 0.2, 0.04), "BH") */
static void q_values_keep_the_order_of_their_p(void **state) {
  (void)state;
  const double p[] = {0.5, 0.01, 0.03, 0.01, 1, 0.2, 0.04};
  const double want[] = {0.583333333333, 0.035, 0.07, 0.035, 1, 0.28, 0.07};
  double q[7];
  assert_true(pl_q_values(p, 7, q));
  for (int i = 0; i < 7; i++) assert_true(near(q[i], want[i]));
}

static void no_tests_and_no_memory(void **state) {
  (void)state;
  double p = 0.5, q = -1;
  assert_true(pl_q_values(&p, 0, &q));
  assert_true(q == -1);
  pl_alloc_fail_at(1);
  assert_false(pl_q_values(&p, 1, &q));
  pl_alloc_fail_at(0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(fisher_is_what_r_prints),
      cmocka_unit_test(swapped_columns_turn_the_odds_over),
      cmocka_unit_test(q_values_are_what_r_prints),
      cmocka_unit_test(q_values_keep_the_order_of_their_p),
      cmocka_unit_test(no_tests_and_no_memory),
  };
  return cmocka_run_group_tests_name("trace_stats", tests, NULL, NULL);
}
