/* One CSV text looked through in every way that this processor can: each must give
 * what libcsv gives, with the same rejects, lines, offsets and errors. */
#ifndef FUZZ_SCAN_H
#define FUZZ_SCAN_H

#include "fuzz_read.h"
#include "read/private.h"

static inline uint64_t mix_record(uint64_t sum, const pl_input *input, const pl_record *r) {
  sum = (sum * 31 + r->line) * 31 + r->offset + ((uint64_t)r->length << 40);
  for (size_t c = 0; c < pl_input_columns(input); c++)
    sum = mix(sum, r->cells[c]) + (r->cells[c].p == NULL);
  return sum;
}

static inline uint64_t mix_reject(uint64_t sum, const pl_reject *r) {
  sum = (sum * 31 + r->line) * 31 + r->column + (uint64_t)r->code * 1000003;
  return mix(mix(sum, r->message), r->raw);
}

/* One number for all that a reading says. */
static inline uint64_t sum_of(pl_input *input, pl_scan_kind kind, uint64_t want, const bool *wanted,
                              pl_batch *b) {
  pl_error err = {0};
  uint64_t sum = 0, at = pl_input_start(input, NULL);
  pl_status status = PL_OK;
  input->scan = kind;
  while (at < pl_input_size(input)) {
    status = pl_input_chunk(input, at, want, wanted, b, &err);
    if (status) break;
    must(b->next > at, "a chunk goes on");
    for (size_t i = 0; i < b->n; i++) sum = mix_record(sum, input, &b->records[i]);
    for (size_t i = 0; i < b->rejects_n; i++) sum = mix_reject(sum, &b->rejects[i]);
    at = b->next;
    sum = (sum * 31 + at) * 31 + b->lines;
  }
  if (!status) return sum;
  return mix(sum, pl_str_of(err.message)) + err.line * 31u + err.column + (uint64_t)status;
}

static inline void compare(pl_input *input, uint64_t want, const bool *wanted, pl_batch *b) {
  const uint64_t expected = sum_of(input, PL_SCAN_LIBCSV, want, wanted, b);
  for (int kind = PL_SCAN_BYTES; kind <= PL_SCAN_AVX2; kind++)
    if (pl_scan_possible((pl_scan_kind)kind))
      must(sum_of(input, (pl_scan_kind)kind, want, wanted, b) == expected, "all scans read alike");
}

#endif
