/* Any bytes as a CSV export, looked through in every way that this processor can:
 * each must give what libcsv gives, errors too. First byte: chunk size, second:
 * delimiter and wanted columns. */
#include "fuzz_read.h"
#include "read/private.h"

/* One number for all that a reading says. */
static uint64_t sum_of(pl_input *input, pl_scan_kind kind, uint64_t want, const bool *wanted) {
  pl_batch b = {0};
  pl_error err = {0};
  uint64_t sum = 0, at = pl_input_start(input, NULL);
  pl_status status = PL_OK;
  input->scan = kind;
  while (at < pl_input_size(input) && !status) {
    status = pl_input_chunk(input, at, want, wanted, &b, &err);
    if (status) break;
    must(b.next > at, "a chunk goes on");
    for (size_t i = 0; i < b.n; i++) {
      const pl_record *r = &b.records[i];
      sum = (sum * 31 + r->line) * 31 + r->offset + ((uint64_t)r->length << 40);
      for (size_t c = 0; c < pl_input_columns(input); c++)
        sum = mix(sum, r->cells[c]) + (r->cells[c].p == NULL);
    }
    for (size_t i = 0; i < b.rejects_n; i++) {
      const pl_reject *r = &b.rejects[i];
      sum = (sum * 31 + r->line) * 31 + r->column + (uint64_t)r->code * 1000003;
      sum = mix(mix(sum, r->message), r->raw);
    }
    at = b.next;
    sum = (sum * 31 + at) * 31 + b.lines;
  }
  pl_batch_free(&b);
  if (!status) return sum;
  return mix(sum, pl_str_of(err.message)) + err.line * 31u + err.column + (uint64_t)status;
}

static void compare(pl_input *input, uint64_t want, const bool *wanted) {
  const uint64_t expected = sum_of(input, PL_SCAN_LIBCSV, want, wanted);
  for (int kind = PL_SCAN_BYTES; kind <= PL_SCAN_AVX2; kind++)
    if (pl_scan_possible((pl_scan_kind)kind))
      must(sum_of(input, (pl_scan_kind)kind, want, wanted) == expected, "all scans read alike");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 3) return 0;
  const pl_dialect dialect = {.format = PL_FORMAT_CSV, .delimiter = ",;\t"[data[1] % 3]};
  static bool wanted[PL_MAX_COLUMNS];
  char path[64];
  pl_input *input;
  int fd = memfd_create("fuzz", MFD_CLOEXEC);
  must(fd >= 0, "there is a file in memory");
  must(write(fd, data + 2, size - 2) == (ssize_t)size - 2, "it is written");
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  if (pl_input_open(path, "x", dialect, NULL, &input, NULL) == PL_OK) {
    for (size_t i = 0; i < PL_MAX_COLUMNS; i++) wanted[i] = data[1] >> (2 + i % 6) & 1;
    compare(input, data[0], NULL);
    compare(input, UINT64_MAX, data[1] & 4 ? wanted : NULL);
    pl_input_close(input);
  }
  close(fd);
  return 0;
}
