/* Fisher's exact test without logarithms of factorials: probabilities are taken
 * relative to the most probable table, by the ratio of neighbours, outwards
 * until they no longer count. That costs some standard deviations of steps
 * whatever the counts are, and cannot overflow. */
#include "trace/stats.h"

#include <math.h>

#include "base/alloc.h"

/* A 2x2 table by its margins; its first cell counts how many of `drawn` are ones. */
typedef struct margins {
  double ones, zeros, drawn;
  int64_t low, high; /* possible values of the cell */
} margins;

/* Terms below this share of the largest add nothing to a double. */
#define NEGLIGIBLE 1e-22

static margins margins_of(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  int64_t ones = (int64_t)a + b, zeros = (int64_t)c + d, drawn = (int64_t)a + c;
  return (margins){.ones = (double)ones,
                   .zeros = (double)zeros,
                   .drawn = (double)drawn,
                   .low = drawn > zeros ? drawn - zeros : 0,
                   .high = drawn < ones ? drawn : ones};
}

/* P(x + 1) / P(x) at odds ratio `odds`. */
static double ratio_up(const margins *cell, int64_t x, double odds) {
  double v = (double)x;
  return odds * (cell->ones - v) * (cell->drawn - v) /
         ((v + 1) * (cell->zeros - cell->drawn + v + 1));
}

/* The most probable x: the ratio falls as x grows, so by halving. */
static int64_t mode_at(const margins *cell, double odds) {
  int64_t low = cell->low, high = cell->high;
  while (low < high) {
    int64_t middle = low + (high - low) / 2;
    if (ratio_up(cell, middle, odds) >= 1) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

typedef struct moments {
  double total;             /* of all terms, the largest being 1 */
  double mean;              /* of x */
  double at_most, at_least; /* P(X <= x), P(X >= x) */
} moments;

/* The noncentral hypergeometric distribution at `odds`, seen from `x`. */
static moments moments_at(const margins *cell, int64_t x, double odds) {
  int64_t mode = mode_at(cell, odds);
  double total = 1, shift = 0, term = 1;
  double at_most = mode <= x ? 1 : 0, at_least = mode >= x ? 1 : 0;
  for (int64_t v = mode; v < cell->high; v++) {
    term *= ratio_up(cell, v, odds);
    if (term < NEGLIGIBLE) break;
    total += term;
    shift += term * (double)(v + 1 - mode);
    if (v + 1 <= x) at_most += term;
    if (v + 1 >= x) at_least += term;
  }
  term = 1;
  for (int64_t v = mode; v > cell->low; v--) {
    term /= ratio_up(cell, v - 1, odds);
    if (term < NEGLIGIBLE) break;
    total += term;
    shift -= term * (double)(mode - v + 1);
    if (v - 1 <= x) at_most += term;
    if (v - 1 >= x) at_least += term;
  }
  return (moments){total, (double)mode + shift / total, at_most / total, at_least / total};
}

/* ---- p ------------------------------------------------------------------------ */

/* P(x) relative to the mode at odds 1; 0 where it is below what a double holds. */
static double relative_at(const margins *cell, int64_t mode, int64_t x) {
  double term = 1;
  for (int64_t v = mode; v < x && term > 0; v++) term *= ratio_up(cell, v, 1);
  for (int64_t v = mode; v > x && term > 0; v--) term /= ratio_up(cell, v - 1, 1);
  return term;
}

/* The sum of the terms on one side of the mode that are at most `limit`.
 * Tail terms are wanted however small, so only what adds nothing ends it. */
static double tail(const margins *cell, int64_t mode, bool up, double limit) {
  int64_t end = up ? cell->high : cell->low;
  double term = 1, sum = 0;
  for (int64_t v = mode; v != end; v += up ? 1 : -1) {
    term = up ? term * ratio_up(cell, v, 1) : term / ratio_up(cell, v - 1, 1);
    if (term <= limit) sum += term;
    if (term == 0 || (sum > 0 && term < sum * 1e-17)) break;
  }
  return sum;
}

static double two_sided(const margins *cell, int64_t x) {
  int64_t mode = mode_at(cell, 1);
  double limit = relative_at(cell, mode, x) * (1 + 1e-7);
  if (limit >= 1) return 1;
  double p = tail(cell, mode, false, limit) + tail(cell, mode, true, limit);
  p /= moments_at(cell, x, 1).total;
  return p < 1 ? p : 1;
}

/* ---- odds ratio and its interval -------------------------------------------------- */
typedef double (*rising)(const margins *cell, int64_t x, double odds);

static double mean_of(const margins *cell, int64_t x, double odds) {
  return moments_at(cell, x, odds).mean;
}
static double at_least_of(const margins *cell, int64_t x, double odds) {
  return moments_at(cell, x, odds).at_least;
}
static double more_than_of(const margins *cell, int64_t x, double odds) {
  return -moments_at(cell, x, odds).at_most;
}

/* The odds at which `value`, which rises with them, meets `target`: halving in
 * the logarithm, inside the largest ratio that 32-bit counts allow. */
static double solve(const margins *cell, int64_t x, rising value, double target) {
  double low = -60, high = 60;
  while (high - low > 2e-13 * (1 + fabs(low))) {
    double middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    if (value(cell, x, exp(middle)) < target) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return exp(low + (high - low) / 2);
}

pl_fisher pl_fisher_exact(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  margins cell = margins_of(a, b, c, d);
  int64_t x = a;
  if (cell.low == cell.high) return (pl_fisher){1, NAN, 0, INFINITY};
  pl_fisher out = {.p = two_sided(&cell, x), .odds = 0, .low = 0, .high = INFINITY};
  if (x > cell.low) {
    out.low = solve(&cell, x, at_least_of, 0.025);
    out.odds = x < cell.high ? solve(&cell, x, mean_of, (double)x) : INFINITY;
  }
  if (x < cell.high) out.high = solve(&cell, x, more_than_of, -0.025);
  return out;
}

/* ---- many tests -------------------------------------------------------------------- */

/* Sifts `at` down in a heap of indices with the largest p on top. */
static void sift(size_t *heap, size_t n, size_t at, const double *p) {
  for (;;) {
    size_t child = 2 * at + 1;
    if (child >= n) return;
    if (child + 1 < n && p[heap[child + 1]] > p[heap[child]]) child++;
    if (p[heap[child]] <= p[heap[at]]) return;
    size_t swap = heap[at];
    heap[at] = heap[child];
    heap[child] = swap;
    at = child;
  }
}

bool pl_q_values(const double *p, size_t n, double *q) {
  if (n == 0) return true;
  if (n > SIZE_MAX / sizeof(size_t)) return false;
  size_t *heap = pl_malloc(n * sizeof *heap);
  if (!heap) return false;
  for (size_t i = 0; i < n; i++) heap[i] = i;
  for (size_t i = n / 2; i-- > 0;) sift(heap, n, i, p);
  double smallest = 1;
  for (size_t left = n; left > 0; left--) { /* from the largest p, which has rank n */
    size_t top = heap[0];
    double value = p[top] * (double)n / (double)left;
    if (value < smallest) smallest = value;
    q[top] = smallest;
    heap[0] = heap[left - 1];
    sift(heap, left - 1, 0, p);
  }
  pl_free(heap);
  return true;
}
