/* Where a record probably begins, seen from the middle of a file. A line end
 * may stand inside quotes, so each line start near by is tried: the first from
 * which records come out well formed is the guess. A wrong one costs time only,
 * because the caller verifies it. */
#include <limits.h>

#include "read/private.h"

#define GUESS_BYTES (64u << 10)
#define GUESS_LINES 64 /* line starts tried */
#define GUESS_ROWS 16  /* records looked at from each */

typedef struct trial {
  size_t columns, cells, rows, good;
  bool trailing; /* more cells than columns are as good */
} trial;

static void trial_cell(void *bytes, size_t n, void *context) {
  (void)bytes;
  (void)n;
  ((trial *)context)->cells++;
}

static void trial_row(int end, void *context) {
  trial *t = context;
  (void)end;
  t->rows++;
  t->good += t->cells == t->columns || (t->trailing && t->cells > t->columns);
  t->cells = 0;
}

/* Well-formed records from p on, less what speaks against it; *sure when
 * nothing does. */
static long try_from(const pl_input *input, struct csv_parser *csv, const char *p, size_t n,
                     bool final, bool *sure) {
  trial t = {.columns = input->columns_n, .trailing = input->shape.trailing};
  pl_csv_sink sink = {trial_cell, trial_row, &t};
  size_t loose = 0, fed = 0, at;
  long stray = 0;
  csv_fini(csv, NULL, NULL, NULL);
  while (fed < n && t.rows < GUESS_ROWS) {
    size_t length, end;
    if (!pl_line_find(p + fed, n - fed, final, &length, &end)) break;
    if (pl_csv_feed(csv, p + fed, length + end, &sink, &at, &loose) != PL_FEED_OK) {
      stray++;
      csv_fini(csv, NULL, NULL, NULL);
      t.cells = 0;
      t.rows++;
    } else if (end == 0) {
      pl_csv_feed(csv, "\n", 1, &sink, &at, &loose);
    }
    fed += length + end;
  }
  long bad = (long)(t.rows - t.good) + stray + (long)loose + (fed == n && csv->quoted);
  *sure = t.good > 0 && bad == 0;
  return (long)t.good - 4 * bad;
}

/* Offset, in the n bytes, of the best line start; n where there is none. */
static size_t best_start(const pl_input *input, struct csv_parser *csv, const char *p, size_t n,
                         size_t first, bool final) {
  size_t best = first;
  long best_score = LONG_MIN;
  bool sure = !memchr(p, '"', n);
  for (size_t at = first, i = 0; at < n && !sure && i < GUESS_LINES; i++) {
    size_t length, end;
    long score = try_from(input, csv, p + at, n - at, final, &sure);
    if (sure || score > best_score) {
      best = at;
      best_score = score;
    }
    if (!pl_line_find(p + at, n - at, final, &length, &end)) break;
    at += length + end;
  }
  return best;
}

uint64_t pl_input_guess(const pl_input *input, uint64_t near) {
  if (near <= input->start) return input->start;
  if (near >= input->end || input->dialect.format == PL_FORMAT_JSON || input->shape.transposed)
    return input->end;
  /* From the byte before: `near` itself begins a line where that one ends it. */
  uint64_t from = near - 1, guess = input->end;
  size_t n = input->end - from < GUESS_BYTES ? (size_t)(input->end - from) : GUESS_BYTES;
  bool final = from + n == input->end;
  size_t length, end;
  struct csv_parser csv;
  char *p = pl_malloc(n);
  if (!p || !pl_csv_parser_open(&csv, input->dialect.delimiter)) goto done;
  if (pl_input_pread(input, from, p, n, NULL) == PL_OK &&
      pl_line_find(p, n, final, &length, &end)) {
    size_t at = length + end;
    if (input->dialect.format == PL_FORMAT_CSV) at = best_start(input, &csv, p, n, at, final);
    guess = from + at;
  }
  csv_free(&csv);
done:
  pl_free(p);
  return guess;
}
