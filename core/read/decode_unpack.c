/* Packed files: what ends too soon or is damaged is an error that says where, never
 * a table that is shorter than it was. */
#include "read/decode_unpack.h"

bool pl_packed_open(pl_packed *packed, const pl_stream *stream) {
  packed->stream = stream;
  packed->bytes = pl_malloc(PL_DECODE_BLOCK);
  return packed->bytes != NULL;
}

void pl_packed_close(pl_packed *packed) {
  pl_free(packed->bytes);
}

pl_status pl_packed_read(pl_packed *packed, size_t *n, pl_error *err) {
  uint64_t left = pl_stream_in_size(packed->stream) - packed->at;
  *n = left < PL_DECODE_BLOCK ? (size_t)left : PL_DECODE_BLOCK;
  pl_status status = pl_stream_in(packed->stream, packed->at, packed->bytes, *n, err);
  packed->at += *n;
  return status;
}

static pl_site site_of(const pl_packed *packed) {
  return (pl_site){pl_stream_input(packed->stream)->shown, 0, 0};
}

pl_status pl_packed_made(pl_packed *packed, size_t n, pl_error *err) {
  const uint64_t made = packed->made += n;
  if (made <= PL_RATIO_FREE || made / PL_MAX_RATIO <= packed->at) return PL_OK;
  pl_fail_at(err, PL_E_INPUT, site_of(packed),
             "the %s data grows to more than %d times its size: %llu bytes gave %llu so far",
             packed->name, PL_MAX_RATIO, (unsigned long long)packed->at, (unsigned long long)made);
  pl_hint(err, "It may be made to keep the machine busy. If you trust it: %s FILE",
          packed->command);
  return PL_E_INPUT;
}

pl_status pl_packed_short(const pl_packed *packed, pl_error *err) {
  pl_fail_at(err, PL_E_INPUT, site_of(packed),
             "the %s data stops in the middle, at byte %llu: the file is not whole", packed->name,
             (unsigned long long)packed->at);
  return pl_input_hint(err, "Copy or export it again.");
}

pl_status pl_packed_damaged(const pl_packed *packed, size_t left, const char *why, pl_error *err) {
  pl_fail_at(err, PL_E_INPUT, site_of(packed), "the %s data is damaged before byte %llu: %s",
             packed->name, (unsigned long long)(packed->at - left), why);
  return pl_input_hint(err, "Copy or export it again.");
}
