/* Any bytes as a file about which nothing is declared, or some: where its table is.
 * First byte: chunk size, second: what is declared. Besides what fuzz_read.h holds
 * records to, rows that were skipped lie outside the records. */
#include "fuzz_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size < 2) return 0;
  const uint8_t how = data[1];
  pl_dialect dialect = {.format = PL_FORMAT_CSV};
  dialect.delimiter = "\0\0\0,;\t|"[how % 7];
  dialect.any_block = how & 8;
  dialect.header = how & 16 ? 2 : 0;
  dialect.description_given = how & 32;
  dialect.description = dialect.description_given;
  dialect.footer_given = how & 64;
  dialect.footer = how & 128 ? 1 : 0;
  uint8_t *rest = malloc(size - 1);
  must(rest != NULL, "memory");
  rest[0] = data[0];
  memcpy(rest + 1, data + 2, size - 2);
  fuzz(rest, size - 1, dialect, NULL);
  free(rest);
  return 0;
}
