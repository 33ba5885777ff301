/* The string dictionary: open addressing over 8-byte slots, strings in an
 * arena (so that a pl_str handed out stays where it is while others add). */
#include "base/dict.h"

#include <sys/auxv.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#define SLOTS_FIRST 64

/* The mark is the lower half of the hash: it finds the slot, tells most
 * strings apart without looking at them, and lets the table grow unread. */
typedef struct slot {
  uint32_t mark;
  uint32_t id_plus_1; /* 0: free */
} slot;

struct pl_dict {
  slot *slots;
  size_t slot_count; /* a power of two */
  pl_str *strings;
  size_t count, cap;
  uint64_t seed;
  pl_arena bytes;
};

uint64_t pl_hash(const void *bytes, size_t n) {
  return XXH3_64bits(n ? bytes : "", n);
}

pl_hash128 pl_hash_wide(const void *bytes, size_t n) {
  XXH128_hash_t h = XXH3_128bits(n ? bytes : "", n);
  return (pl_hash128){h.low64, h.high64};
}

/* Differs from process to process, so that no export can be written to make
 * every string collide. Ids follow insertion: no result depends on it. Taken
 * from the auxiliary vector, which needs no system call inside a sandbox. */
static uint64_t process_seed(void) {
  uint64_t seed = 0;
  const void *random = (const void *)(uintptr_t)getauxval(AT_RANDOM);
  if (random) memcpy(&seed, random, sizeof seed);
  return XXH3_64bits(&seed, sizeof seed); /* the raw bytes also guard the stack */
}

pl_dict *pl_dict_new(void) {
  pl_dict *dict = pl_calloc(1, sizeof *dict);
  if (!dict) return NULL;
  dict->slots = pl_calloc(SLOTS_FIRST, sizeof *dict->slots);
  if (!dict->slots) {
    pl_free(dict);
    return NULL;
  }
  dict->slot_count = SLOTS_FIRST;
  dict->seed = process_seed();
  return dict;
}

void pl_dict_free(pl_dict *dict) {
  if (!dict) return;
  pl_arena_free(&dict->bytes);
  pl_free(dict->strings);
  pl_free(dict->slots);
  pl_free(dict);
}

static uint32_t mark_of(const pl_dict *dict, pl_str s) {
  return (uint32_t)XXH3_64bits_withSeed(s.n ? s.p : "", s.n, dict->seed);
}

/* The slot that holds `s`, or the free one where it belongs. */
static slot *place_of(const pl_dict *dict, pl_str s, uint32_t mark) {
  size_t mask = dict->slot_count - 1;
  for (size_t i = mark & mask;; i = (i + 1) & mask) {
    slot *here = &dict->slots[i];
    if (here->id_plus_1 == 0) return here;
    if (here->mark == mark && pl_key_eq(dict->strings[here->id_plus_1 - 1], s)) return here;
  }
}

static bool double_slots(pl_dict *dict) {
  if (dict->slot_count > SIZE_MAX / (4 * sizeof(slot))) return false;
  size_t count = dict->slot_count * 2;
  slot *slots = pl_calloc(count, sizeof *slots);
  if (!slots) return false;
  for (size_t i = 0; i < dict->slot_count; i++) {
    if (dict->slots[i].id_plus_1 == 0) continue;
    size_t to = dict->slots[i].mark & (count - 1);
    while (slots[to].id_plus_1) to = (to + 1) & (count - 1);
    slots[to] = dict->slots[i];
  }
  pl_free(dict->slots);
  dict->slots = slots;
  dict->slot_count = count;
  return true;
}

uint32_t pl_dict_add(pl_dict *dict, pl_str s) {
  uint32_t mark = mark_of(dict, s);
  slot *place = place_of(dict, s, mark);
  if (place->id_plus_1) return place->id_plus_1 - 1;
  if (dict->count >= PL_DICT_NONE - 1) return PL_DICT_NONE;
  if (!pl_grow(&dict->strings, &dict->cap, dict->count + 1, sizeof *dict->strings))
    return PL_DICT_NONE;
  if ((dict->count + 1) * 4 > dict->slot_count * 3) {
    if (!double_slots(dict)) return PL_DICT_NONE;
    place = place_of(dict, s, mark);
  }
  char *copy = pl_arena_copy(&dict->bytes, s.p, s.n);
  if (!copy) return PL_DICT_NONE;
  uint32_t id = (uint32_t)dict->count++;
  dict->strings[id] = (pl_str){copy, s.n};
  *place = (slot){mark, id + 1};
  return id;
}

uint32_t pl_dict_find(const pl_dict *dict, pl_str s) {
  const slot *place = place_of(dict, s, mark_of(dict, s));
  return place->id_plus_1 ? place->id_plus_1 - 1 : PL_DICT_NONE;
}

pl_str pl_dict_at(const pl_dict *dict, uint32_t id) {
  return id < dict->count ? dict->strings[id] : (pl_str){"", 0};
}

uint32_t pl_dict_count(const pl_dict *dict) {
  return (uint32_t)dict->count;
}

size_t pl_dict_bytes(const pl_dict *dict) {
  return sizeof *dict + dict->slot_count * sizeof(slot) + dict->cap * sizeof(pl_str) +
         dict->bytes.total;
}
