/* Which keys have been seen while a source is scanned: see duplicates.h. A source
 * may have millions, and all of them are new, so a new one costs one look at a word
 * somewhere and one entry behind the last. */
#include "trace/duplicates.h"

struct pl_seen_entry {
  uint64_t key_low, content;
  uint32_t key_high;
  uint32_t offset; /* from its base */
};

/* Of the entries from `entry` on. */
struct pl_seen_base {
  size_t entry;
  pl_spot spot;
};

/* ---- spots ------------------------------------------------------------------ */

static bool note_spot(pl_seen *seen, pl_spot spot, uint32_t *offset) {
  const struct pl_seen_base *last = seen->bases_n ? &seen->bases[seen->bases_n - 1] : NULL;
  *offset = 0;
  if (last && last->spot.file == spot.file && spot.offset - last->spot.offset <= UINT32_MAX) {
    *offset = (uint32_t)(spot.offset - last->spot.offset);
    return true;
  }
  if (!pl_grow(&seen->bases, &seen->bases_cap, seen->bases_n + 1, sizeof *seen->bases))
    return false;
  seen->bases[seen->bases_n++] = (struct pl_seen_base){seen->n, spot};
  return true;
}

static pl_spot spot_of(const pl_seen *seen, size_t entry) {
  size_t low = 0, high = seen->bases_n; /* the last that begins at or before the entry */
  while (high - low > 1) {
    size_t mid = low + (high - low) / 2;
    *(seen->bases[mid].entry <= entry ? &low : &high) = mid;
  }
  pl_spot spot = seen->bases[low].spot;
  spot.offset += seen->entries[entry].offset;
  return spot;
}

/* ---- slots ------------------------------------------------------------------ */

/* The slot of the key, or the free one where it belongs. */
static uint32_t *slot_of(const pl_seen *seen, uint64_t low, uint32_t high) {
  size_t mask = seen->slots_n - 1;
  uint32_t bits = seen->entry_bits, tag = (uint32_t)(low >> 32) & ~bits;
  for (size_t i = low & mask;; i = (i + 1) & mask) {
    uint32_t *slot = &seen->slots[i];
    if (*slot == 0) return slot;
    if ((*slot & ~bits) != tag) continue;
    const struct pl_seen_entry *entry = &seen->entries[(*slot & bits) - 1];
    if (entry->key_low == low && entry->key_high == high) return slot;
  }
}

static uint32_t filled(const pl_seen *seen, uint64_t low, size_t entry) {
  return ((uint32_t)(low >> 32) & ~seen->entry_bits) | (uint32_t)(entry + 1);
}

#define AHEAD 16 /* entries whose slots are fetched into the cache together */

static bool more_slots(pl_seen *seen) {
  size_t n = seen->slots_n ? seen->slots_n * 2 : 256, mask = n - 1;
  uint32_t *slots = pl_calloc(n, sizeof *slots);
  if (!slots) return false;
  pl_dense(slots, n * sizeof *slots);
  pl_free(seen->slots);
  seen->slots = slots;
  seen->slots_n = n;
  seen->entry_bits = n > UINT32_MAX ? UINT32_MAX : (uint32_t)mask;
  for (size_t i = 0; i < seen->n; i++) {
    if (i + AHEAD < seen->n) __builtin_prefetch(&slots[seen->entries[i + AHEAD].key_low & mask], 1);
    uint64_t low = seen->entries[i].key_low;
    size_t at = low & mask;
    while (slots[at]) at = (at + 1) & mask;
    slots[at] = filled(seen, low, i);
  }
  return true;
}

static bool more_entries(pl_seen *seen) {
  size_t before = seen->cap;
  if (!pl_grow(&seen->entries, &seen->cap, seen->n + 1, sizeof *seen->entries)) return false;
  if (seen->cap > before) pl_dense(seen->entries, seen->cap * sizeof *seen->entries);
  return true;
}

/* ---- the set ---------------------------------------------------------------- */

pl_seen_result pl_seen_add(pl_seen *seen, const pl_mark *mark, pl_spot spot, pl_spot *earlier) {
  if ((seen->n + 1) * 3 > seen->slots_n * 2 && !more_slots(seen)) return PL_SEEN_NO_MEMORY;
  uint64_t low = mark->key.lo;
  uint32_t high = (uint32_t)mark->key.hi, *slot = slot_of(seen, low, high), offset;
  if (*slot) {
    size_t entry = (*slot & seen->entry_bits) - 1;
    *earlier = spot_of(seen, entry);
    return seen->entries[entry].content == mark->content ? PL_SEEN_SAME : PL_SEEN_DIFFERS;
  }
  if (seen->n >= UINT32_MAX - 1 || !more_entries(seen) || !note_spot(seen, spot, &offset))
    return PL_SEEN_NO_MEMORY;
  *slot = filled(seen, low, seen->n);
  seen->entries[seen->n++] = (struct pl_seen_entry){low, mark->content, high, offset};
  return PL_SEEN_NEW;
}

void pl_seen_ahead(const pl_seen *seen, const pl_mark *mark) {
  if (seen->slots_n) __builtin_prefetch(&seen->slots[mark->key.lo & (seen->slots_n - 1)], 1);
}

void pl_seen_free(pl_seen *seen) {
  pl_free(seen->entries);
  pl_free(seen->bases);
  pl_free(seen->slots);
  *seen = (pl_seen){0};
}
