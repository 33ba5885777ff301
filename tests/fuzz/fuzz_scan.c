/* Any bytes as a CSV export (see fuzz_scan.h). First byte: chunk size, second:
 * delimiter and wanted columns. For many inputs in little time: scan_many.c. */
#include "fuzz_scan.h"

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
    pl_batch b = {0};
    for (size_t i = 0; i < PL_MAX_COLUMNS; i++) wanted[i] = data[1] >> (2 + i % 6) & 1;
    compare(input, data[0], NULL, &b);
    compare(input, UINT64_MAX, data[1] & 4 ? wanted : NULL, &b);
    pl_batch_free(&b);
    pl_input_close(input);
  }
  close(fd);
  return 0;
}
