/* What gzip and zstd have in common: blocks of the packed file, and what is said
 * about one that is cut, damaged or made to explode. */
#ifndef PL_READ_DECODE_UNPACK_H
#define PL_READ_DECODE_UNPACK_H

#include "read/decode.h"

typedef struct pl_packed {
  const pl_stream *stream;
  const char *name, *command; /* "gzip", and what decompresses it by hand */
  uint64_t at;                /* read so far */
  uint64_t made;              /* bytes it gave, from the beginning */
  char *bytes;
} pl_packed;

/* False: memory. */
bool pl_packed_open(pl_packed *packed, const pl_stream *stream);
void pl_packed_close(pl_packed *packed);
/* The next block; *n is 0 at the end. */
pl_status pl_packed_read(pl_packed *packed, size_t *n, pl_error *err);
/* n bytes more were made of it. */
pl_status pl_packed_made(pl_packed *packed, size_t n, pl_error *err);
pl_status pl_packed_short(const pl_packed *packed, pl_error *err);
/* `left`: bytes of the block that were not used yet. */
pl_status pl_packed_damaged(const pl_packed *packed, size_t left, const char *why, pl_error *err);

#endif
