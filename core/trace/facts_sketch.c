/* Sets of values as hashes, sampled by hash where they are too many. */
#include <stdlib.h>

#include "base/hash.h"
#include "trace/facts.h"

#define REPEATS 1u /* the lowest bit of a slot */
#define LEAST_CAP 64u

uint64_t pl_sketch_hash(pl_str value) {
  /* Not seeded: which values make the sample is a part of the result. */
  uint64_t hash = XXH3_64bits(value.n ? value.p : "", value.n) & ~(uint64_t)REPEATS;
  return hash ? hash : 2;
}

static bool is_above(const pl_sketch *s, uint64_t hash) {
  return s->halvings && hash >> (64 - s->halvings);
}

/* Where a hash stands or would stand. The seed keeps values that were chosen to
 * collide from doing so; it decides nothing else. */
static size_t find(const pl_sketch *s, uint64_t hash) {
  hash &= ~(uint64_t)REPEATS; /* a slot's own stands for the same value */
  uint64_t mixed = (hash ^ s->seed) * 0x9E3779B97F4A7C15u;
  size_t at = (size_t)(mixed >> 20) & (s->cap - 1);
  while (s->slots[at] && ((s->slots[at] ^ hash) & ~(uint64_t)REPEATS)) at = (at + 1) & (s->cap - 1);
  return at;
}

static bool resize(pl_sketch *s, size_t cap) {
  pl_sketch to = *s;
  bool rows = s->rows || !s->slots;
  to.cap = cap;
  to.n = 0;
  if (!to.seed) to.seed = pl_hash_seed() | 1;
  to.slots = pl_calloc(cap, sizeof *to.slots);
  to.rows = rows ? pl_calloc(cap, sizeof *to.rows) : NULL;
  if (!to.slots || (rows && !to.rows)) {
    pl_free(to.slots);
    pl_free(to.rows);
    return false;
  }
  for (size_t i = 0; s->slots && i < s->cap; i++) {
    if (!s->slots[i] || is_above(s, s->slots[i])) continue;
    size_t at = find(&to, s->slots[i]);
    to.slots[at] = s->slots[i];
    if (rows) to.rows[at] = s->rows[i];
    to.n++;
  }
  pl_free(s->slots);
  pl_free(s->rows);
  *s = to;
  return true;
}

static bool make_room(pl_sketch *s) {
  if (s->n < s->limit) return s->n * 2 < s->cap || resize(s, s->cap ? s->cap * 2 : LEAST_CAP);
  while (s->n >= s->limit && s->halvings < 60) {
    s->halvings++;
    if (resize(s, s->cap)) continue;
    s->halvings--;
    return false;
  }
  return true;
}

bool pl_sketch_add(pl_sketch *s, uint64_t value, uint32_t row) {
  if (is_above(s, value)) return true;
  if (s->cap) {
    size_t at = find(s, value);
    if (s->slots[at]) {
      if (s->rows && s->rows[at] != row) s->slots[at] |= REPEATS;
      return true;
    }
  }
  if (!make_room(s)) return false;
  if (is_above(s, value)) return true;
  size_t at = find(s, value);
  s->slots[at] = value;
  if (s->rows) s->rows[at] = row;
  s->n++;
  return true;
}

bool pl_sketch_has(const pl_sketch *s, uint64_t value) {
  return s->cap && s->slots[find(s, value)];
}

uint64_t pl_sketch_count(const pl_sketch *s) {
  return (uint64_t)s->n << s->halvings;
}

bool pl_sketch_repeats(const pl_sketch *s) {
  for (size_t i = 0; i < s->cap; i++)
    if (s->slots[i] & REPEATS) return true;
  return false;
}

bool pl_sketch_freeze(pl_sketch *s, size_t limit) {
  if (!s->cap) return true;
  pl_free(s->rows);
  s->rows = NULL;
  while (s->n > limit && s->halvings < 60) {
    s->halvings++;
    size_t left = 0;
    for (size_t i = 0; i < s->cap; i++) left += s->slots[i] && !is_above(s, s->slots[i]);
    s->n = left;
  }
  size_t cap = LEAST_CAP;
  while (cap < s->n * 2 + 2) cap *= 2;
  s->limit = limit;
  return resize(s, cap);
}

bool pl_sketch_copy(const pl_sketch *from, pl_sketch *to) {
  *to = (pl_sketch){.limit = from->limit, .halvings = from->halvings, .seed = from->seed};
  if (!from->cap) return true;
  to->cap = from->cap;
  to->slots = pl_calloc(from->cap, sizeof *to->slots);
  to->rows = pl_calloc(from->cap, sizeof *to->rows);
  if (!to->slots || !to->rows) {
    pl_sketch_free(to);
    return false;
  }
  memcpy(to->slots, from->slots, from->cap * sizeof *to->slots);
  if (from->rows) memcpy(to->rows, from->rows, from->cap * sizeof *to->rows);
  to->n = from->n;
  return true;
}

void pl_sketch_free(pl_sketch *s) {
  pl_free(s->slots);
  pl_free(s->rows);
  *s = (pl_sketch){0};
}
