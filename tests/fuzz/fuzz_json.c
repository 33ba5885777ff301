/* Any bytes as a JSON array and as NDJSON. First byte: chunk size. */
#include "../core/test_read_decoder.h"
#include "fuzz_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz(data, size, (pl_dialect){.format = PL_FORMAT_JSON, .delimiter = 0}, &small_decoder);
  fuzz(data, size, (pl_dialect){.format = PL_FORMAT_NDJSON, .delimiter = 0}, &small_decoder);
  return 0;
}
