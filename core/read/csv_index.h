/* Where the bytes stand that give a CSV text its shape: delimiters, quotes and
 * line ends, found 64 bytes at a time, whether inside quotes or not. What they
 * mean is decided by csv_plain.c. */
#ifndef PL_READ_CSV_INDEX_H
#define PL_READ_CSV_INDEX_H

#include "base/alloc.h"

/* How a text is looked through; all find the same. */
typedef enum pl_scan_kind {
  PL_SCAN_LIBCSV, /* not at all: libcsv reads every record */
  PL_SCAN_BYTES,  /* byte by byte, on any processor */
  PL_SCAN_SSE2,   /* 16 bytes at a time; every x86-64 can */
  PL_SCAN_AVX2    /* 32 bytes at a time; bits counted by the processor */
} pl_scan_kind;

/* The best that this processor can. */
pl_scan_kind pl_scan_best(void);
bool pl_scan_possible(pl_scan_kind kind);

#define PL_INDEX_PAD 64 /* bytes behind the text that may be read; their values do not matter */
#define PL_INDEX_MOST ((size_t)1 << 30) /* bytes of one text */

typedef struct pl_csv_index {
  uint32_t *delimiters; /* ascending; `beyond` entries of UINT32_MAX follow */
  size_t delimiters_n, delimiters_cap;
  uint32_t *marks; /* quotes, CR, LF, ascending; two entries of the text's length follow */
  size_t marks_n, marks_cap;
  uint64_t *odd; /* a bit for every 64 bytes: among them is a NUL, or one beyond ASCII */
  size_t odd_cap;
  bool any_odd;
} pl_csv_index; /* zero-initialise */

/* Looks through n <= PL_INDEX_MOST bytes. False: memory is out. */
bool pl_csv_index_make(pl_csv_index *index, pl_scan_kind kind, const char *p, size_t n,
                       char delimiter, size_t beyond);
void pl_csv_index_free(pl_csv_index *index);

/* Could [from, to] hold a byte that is not plain ASCII? */
static inline bool pl_csv_index_odd(const pl_csv_index *index, size_t from, size_t to) {
  if (!index->any_odd) return false;
  for (size_t i = from / 64; i <= to / 64; i++)
    if (index->odd[i / 64] >> (i % 64) & 1) return true;
  return false;
}

#endif
