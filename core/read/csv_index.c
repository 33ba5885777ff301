/* The scan: masks of 64 bytes, one bit for each, by whatever the processor can;
 * then the positions of the bits that are set. */
#include "read/csv_index.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define BLOCK 64
#define BLOCKS 64 /* of one stretch: a word of `odd` */
#define STRETCH ((size_t)BLOCK * BLOCKS)
/* Positions are written several at a time: so many where delimiters are thin, as
 * texts and times leave them, and so many where they are thick: more than 4.5 in the
 * mean of the blocks of the stretch before. */
#define THIN 6
#define THICK 12
#define MARKS 2

/* What stands where in a stretch. */
typedef struct masks {
  uint64_t delimiters[BLOCKS], marks[BLOCKS], odd;
} masks;

/* Fills `out` for `blocks` blocks from p on. */
typedef void look(const char *p, size_t blocks, char delimiter, masks *out);

static void look_bytes(const char *p, size_t blocks, char delimiter, masks *out) {
  for (size_t b = 0; b < blocks; b++, p += BLOCK) {
    uint64_t delimiters = 0, marks = 0;
    unsigned char over = 0, nul = 0;
    for (int i = 0; i < BLOCK; i++) {
      delimiters |= (uint64_t)(p[i] == delimiter) << i;
      marks |= (uint64_t)((p[i] == '"') | (p[i] == '\n') | (p[i] == '\r')) << i;
      over |= (unsigned char)p[i];
      nul |= p[i] == 0;
    }
    out->delimiters[b] = delimiters;
    out->marks[b] = marks;
    out->odd |= (uint64_t)(over >> 7 | nul) << b;
  }
}

#if defined(__x86_64__)
static void look_sse2(const char *p, size_t blocks, char delimiter, masks *out) {
  const __m128i d = _mm_set1_epi8(delimiter), q = _mm_set1_epi8('"'), lf = _mm_set1_epi8('\n'),
                cr = _mm_set1_epi8('\r'), zero = _mm_setzero_si128();
  for (size_t b = 0; b < blocks; b++, p += BLOCK) {
    uint64_t delimiters = 0, marks = 0;
    __m128i plain = _mm_set1_epi8(-1);
    for (int i = 0; i < BLOCK; i += 16) {
      __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
      __m128i ends = _mm_or_si128(_mm_cmpeq_epi8(v, lf), _mm_cmpeq_epi8(v, cr));
      __m128i found = _mm_or_si128(ends, _mm_cmpeq_epi8(v, q));
      delimiters |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, d)) << i;
      marks |= (uint64_t)(unsigned)_mm_movemask_epi8(found) << i;
      plain = _mm_and_si128(plain, _mm_cmpgt_epi8(v, zero)); /* signed: beyond ASCII is below 0 */
    }
    out->delimiters[b] = delimiters;
    out->marks[b] = marks;
    out->odd |= (uint64_t)(_mm_movemask_epi8(plain) != 0xFFFF) << b;
  }
}

__attribute__((target("avx2"))) static void look_avx2(const char *p, size_t blocks, char delimiter,
                                                      masks *out) {
  const __m256i d = _mm256_set1_epi8(delimiter), q = _mm256_set1_epi8('"'),
                lf = _mm256_set1_epi8('\n'), cr = _mm256_set1_epi8('\r'),
                zero = _mm256_setzero_si256();
  for (size_t b = 0; b < blocks; b++, p += BLOCK) {
    uint64_t delimiters = 0, marks = 0;
    __m256i plain = _mm256_set1_epi8(-1);
    for (int i = 0; i < BLOCK; i += 32) {
      __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(p + i));
      __m256i ends = _mm256_or_si256(_mm256_cmpeq_epi8(v, lf), _mm256_cmpeq_epi8(v, cr));
      __m256i found = _mm256_or_si256(ends, _mm256_cmpeq_epi8(v, q));
      delimiters |= (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v, d)) << i;
      marks |= (uint64_t)(uint32_t)_mm256_movemask_epi8(found) << i;
      plain = _mm256_and_si256(plain, _mm256_cmpgt_epi8(v, zero));
    }
    out->delimiters[b] = delimiters;
    out->marks[b] = marks;
    out->odd |= (uint64_t)(_mm256_movemask_epi8(plain) != -1) << b;
  }
}
#endif

bool pl_scan_possible(pl_scan_kind kind) {
#if defined(__x86_64__)
  if (kind == PL_SCAN_AVX2)
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("popcnt");
  return true;
#else
  return kind == PL_SCAN_LIBCSV || kind == PL_SCAN_BYTES;
#endif
}

pl_scan_kind pl_scan_best(void) {
  if (pl_scan_possible(PL_SCAN_AVX2)) return PL_SCAN_AVX2;
  return pl_scan_possible(PL_SCAN_SSE2) ? PL_SCAN_SSE2 : PL_SCAN_BYTES;
}

static look *look_of(pl_scan_kind kind) {
#if defined(__x86_64__)
  if (kind == PL_SCAN_AVX2) return look_avx2;
  if (kind == PL_SCAN_SSE2) return look_sse2;
#endif
  (void)kind;
  return look_bytes;
}

/* ---- masks -> positions ------------------------------------------------------- */

static unsigned count_bits(uint64_t bits) {
  bits -= bits >> 1 & 0x5555555555555555u;
  bits = (bits & 0x3333333333333333u) + (bits >> 2 & 0x3333333333333333u);
  bits = (bits + (bits >> 4)) & 0x0F0F0F0F0F0F0F0Fu;
  return (unsigned)(bits * 0x0101010101010101u >> 56);
}

/* The lowest bit that is set. Of none: anything. */
static inline __attribute__((always_inline)) uint32_t lowest_bit(uint64_t bits, bool counts) {
#if defined(__x86_64__)
  uint64_t at;
  if (counts) { /* defined where no bit is set, other than the builtin */
    __asm__("tzcnt %1, %0" : "=r"(at) : "r"(bits) : "cc");
    return (uint32_t)at;
  }
#endif
  (void)counts;
  return (uint32_t)__builtin_ctzll(bits | (uint64_t)1 << 63);
}

/* Writes `at_once` positions without asking whether there are as many, or any: how
 * many differs from block to block, which no branch could foretell. */
static inline __attribute__((always_inline)) uint32_t *
write_places(uint32_t *out, uint64_t bits, uint32_t base, unsigned at_once, bool counts) {
  uint32_t *end = out + (counts ? (unsigned)__builtin_popcountll(bits) : count_bits(bits));
  do {
#pragma GCC unroll 12
    for (unsigned i = 0; i < at_once; i++, bits &= bits - 1)
      *out++ = base + lowest_bit(bits, counts);
  } while (__builtin_expect(out < end, 0));
  return end;
}

/* `counts`: the processor counts bits, and zeros in front of one. */
static inline __attribute__((always_inline)) void take(pl_csv_index *index, const masks *found,
                                                       size_t blocks, uint32_t base,
                                                       unsigned at_once, bool counts) {
  uint32_t *delimiters = index->delimiters + index->delimiters_n;
  uint32_t *marks = index->marks + index->marks_n;
  for (size_t b = 0; b < blocks; b++, base += BLOCK) {
    delimiters = write_places(delimiters, found->delimiters[b], base, at_once, counts);
    marks = write_places(marks, found->marks[b], base, MARKS, counts);
  }
  index->delimiters_n = (size_t)(delimiters - index->delimiters);
  index->marks_n = (size_t)(marks - index->marks);
}

typedef void takes(pl_csv_index *index, const masks *found, size_t blocks, uint32_t base,
                   bool thick);

static void take_any(pl_csv_index *index, const masks *found, size_t blocks, uint32_t base,
                     bool thick) {
  if (thick)
    take(index, found, blocks, base, THICK, false);
  else
    take(index, found, blocks, base, THIN, false);
}

#if defined(__x86_64__)
__attribute__((target("bmi,popcnt"))) static void
take_bmi(pl_csv_index *index, const masks *found, size_t blocks, uint32_t base, bool thick) {
  if (thick)
    take(index, found, blocks, base, THICK, true);
  else
    take(index, found, blocks, base, THIN, true);
}
#endif

static bool make_room(pl_csv_index *index) {
  return pl_grow(&index->delimiters, &index->delimiters_cap, index->delimiters_n + STRETCH + THICK,
                 sizeof *index->delimiters) &&
         pl_grow(&index->marks, &index->marks_cap, index->marks_n + STRETCH + MARKS,
                 sizeof *index->marks);
}

/* The last block of the text reaches over its end. */
static void cut(masks *found, size_t blocks, size_t n) {
  if (n % BLOCK == 0) return;
  uint64_t within = ((uint64_t)1 << n % BLOCK) - 1;
  found->delimiters[blocks - 1] &= within;
  found->marks[blocks - 1] &= within;
}

static takes *takes_of(pl_scan_kind kind) {
#if defined(__x86_64__)
  if (kind == PL_SCAN_AVX2) return take_bmi;
#endif
  (void)kind;
  return take_any;
}

static bool finish(pl_csv_index *index, size_t n, size_t beyond) {
  if (!pl_grow(&index->delimiters, &index->delimiters_cap, index->delimiters_n + beyond,
               sizeof *index->delimiters) ||
      !pl_grow(&index->marks, &index->marks_cap, index->marks_n + 2, sizeof *index->marks))
    return false;
  memset(index->delimiters + index->delimiters_n, 0xFF, beyond * sizeof *index->delimiters);
  index->marks[index->marks_n] = index->marks[index->marks_n + 1] = (uint32_t)n;
  return true;
}

bool pl_csv_index_make(pl_csv_index *index, pl_scan_kind kind, const char *p, size_t n,
                       char delimiter, size_t beyond) {
  look *look_through = look_of(kind);
  takes *take_places = takes_of(kind);
  index->delimiters_n = index->marks_n = 0;
  index->any_odd = false;
  bool thick = false;
  if (!pl_grow(&index->odd, &index->odd_cap, n / STRETCH + 1, sizeof *index->odd)) return false;
  for (size_t at = 0; at < n; at += STRETCH) {
    masks found = {.odd = 0};
    size_t stretch = n - at < STRETCH ? n - at : STRETCH;
    size_t blocks = (stretch + BLOCK - 1) / BLOCK;
    if (!make_room(index)) return false;
    look_through(p + at, blocks, delimiter, &found);
    cut(&found, blocks, stretch);
    size_t before = index->delimiters_n;
    take_places(index, &found, blocks, (uint32_t)at, thick);
    thick = 2 * (index->delimiters_n - before) > 9 * blocks; /* the next will be alike */
    index->odd[at / STRETCH] = found.odd;
    index->any_odd |= found.odd != 0;
  }
  return finish(index, n, beyond);
}

void pl_csv_index_free(pl_csv_index *index) {
  pl_free(index->delimiters);
  pl_free(index->marks);
  pl_free(index->odd);
  *index = (pl_csv_index){0};
}
