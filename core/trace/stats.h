/* The statistics of "does it tell won from lost": Fisher's exact test of a 2x2
 * table and the false discovery rate over many of them. Plain numbers in and
 * out; nothing here knows metrics or deals. */
#ifndef PL_TRACE_STATS_H
#define PL_TRACE_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All as R's fisher.test(matrix(c(a, b, c, d), 2)) gives them. `odds` is 0 or
 * INFINITY where the table has a zero cell; where a whole row or column is zero
 * the table says nothing: p is 1, the interval 0 to INFINITY, and `odds` is NAN
 * (R prints 0 there, which reads as an answer). */
typedef struct pl_fisher {
  double p;         /* two-sided */
  double odds;      /* conditional maximum-likelihood estimate of the odds ratio */
  double low, high; /* exact 95 % interval */
} pl_fisher;

/* Fisher's exact test of
 *            won  lost
 *     with    a    c
 *     without b    d
 * p: the sum of the probabilities of all tables with these margins that are no
 * more probable than this one (times 1 + 1e-7, against rounding): R. A. Fisher,
 * J. R. Stat. Soc. 98 (1935) 39-82. Odds ratio and interval: from the noncentral
 * hypergeometric distribution given the margins (Fisher 1935; J. Cornfield, Proc.
 * 3rd Berkeley Symp. 4 (1956) 135-148), solved to about 1e-12 of themselves. */
pl_fisher pl_fisher_exact(uint32_t a, uint32_t b, uint32_t c, uint32_t d);

/* q[i]: the smallest false discovery rate at which p[i] would be accepted:
 * Y. Benjamini and Y. Hochberg, J. R. Stat. Soc. B 57 (1995) 289-300; R's
 * p.adjust(p, "BH"). False when memory is out. */
bool pl_q_values(const double *p, size_t n, double *q);

#endif
