/* Samples of a file at even distances, taken while it goes by and nobody knows how
 * long it is: when there are too many every second one is dropped. */
#include "read/decode.h"

static void thin(pl_places *places) {
  places->n = (places->n + 1) / 2;
  for (size_t i = 1; i < places->n; i++)
    memcpy(places->bytes + i * PL_HEAD_BYTES, places->bytes + 2 * i * PL_HEAD_BYTES, PL_HEAD_BYTES);
  places->step *= 2;
}

static bool note_one(pl_places *places, uint64_t at, const char *p) {
  if (!places->step) places->step = PL_HEAD_BYTES;
  if (!places->bytes) places->bytes = pl_malloc((size_t)PL_SAMPLES * PL_HEAD_BYTES);
  if (!places->bytes) return false;
  if (at % places->step) return true;
  if (places->n == PL_SAMPLES) thin(places);
  if (at != places->n * places->step) return true;
  memcpy(places->bytes + places->n++ * PL_HEAD_BYTES, p, PL_HEAD_BYTES);
  return true;
}

bool pl_places_note(pl_places *places, uint64_t at, const char *p, size_t n) {
  for (size_t i = 0; i + PL_HEAD_BYTES <= n; i += PL_HEAD_BYTES)
    if (!note_one(places, at + i, p + i)) return false;
  return true;
}

const char *pl_places_find(const pl_places *places, uint64_t at, size_t n) {
  if (!places->n || n > PL_HEAD_BYTES || at % places->step || at / places->step >= places->n)
    return NULL;
  return places->bytes + at / places->step * PL_HEAD_BYTES;
}

void pl_places_free(pl_places *places) {
  pl_free(places->bytes);
  *places = (pl_places){0};
}
