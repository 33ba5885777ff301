/* Hashes of keys, seeded per process so that no export can be written to make
 * all of them collide. No result depends on the seed. */
#ifndef PL_BASE_HASH_H
#define PL_BASE_HASH_H

#include <sys/auxv.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/dict.h"
#include "base/str.h"

/* From the auxiliary vector: no system call, the same for the whole process. */
static inline uint64_t pl_hash_seed(void) {
  uint64_t random = 0;
  const void *bytes = (const void *)(uintptr_t)getauxval(AT_RANDOM);
  if (bytes) memcpy(&random, bytes, sizeof random);
  return XXH3_64bits(&random, sizeof random); /* the raw bytes also guard the stack */
}

static inline uint64_t pl_hash_seeded(pl_str s, uint64_t seed) {
  return XXH3_64bits_withSeed(s.n ? s.p : "", s.n, seed);
}

static inline pl_hash128 pl_hash_seeded_wide(pl_str s, uint64_t seed) {
  XXH128_hash_t h = XXH3_128bits_withSeed(s.n ? s.p : "", s.n, seed);
  return (pl_hash128){h.low64, h.high64};
}

#endif
