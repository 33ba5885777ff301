/* Any bytes as a CSV or TSV export. First byte: chunk size, second: delimiter. */
#include "fuzz_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 2) return 0;
  const pl_dialect dialect = {.format = PL_FORMAT_CSV, .delimiter = ",;\t"[data[1] % 3]};
  uint8_t *rest = malloc(size - 1);
  must(rest != NULL, "memory");
  rest[0] = data[0];
  memcpy(rest + 1, data + 2, size - 2);
  fuzz(rest, size - 1, dialect, NULL);
  free(rest);
  return 0;
}
