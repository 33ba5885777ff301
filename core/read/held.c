/* Bytes in memory: blocks within one budget for the whole process. The budget
 * decides how fast a file is read, never what is read. */
#include "read/stream.h"

static uint64_t held_now; /* atomic */

static bool budget_take(uint64_t most) {
  if (__atomic_add_fetch(&held_now, PL_STREAM_BLOCK, __ATOMIC_RELAXED) <= most) return true;
  __atomic_sub_fetch(&held_now, PL_STREAM_BLOCK, __ATOMIC_RELAXED);
  return false;
}

char *pl_held_room(pl_held *held, uint64_t most, size_t *room) {
  size_t used = (size_t)(held->size % PL_STREAM_BLOCK);
  *room = PL_STREAM_BLOCK - used;
  if (held->size < (uint64_t)held->n * PL_STREAM_BLOCK) return held->blocks[held->n - 1] + used;
  if (!pl_grow(&held->blocks, &held->cap, held->n + 1, sizeof *held->blocks)) return NULL;
  if (!budget_take(most)) return NULL;
  char *block = pl_malloc(PL_STREAM_BLOCK);
  if (!block) {
    __atomic_sub_fetch(&held_now, PL_STREAM_BLOCK, __ATOMIC_RELAXED);
    return NULL;
  }
  return held->blocks[held->n++] = block;
}

void pl_held_took(pl_held *held, size_t n) {
  held->size += n;
}

void pl_held_end(pl_held *held) {
  if (held->size == (uint64_t)held->n * PL_STREAM_BLOCK) return;
  size_t used = (size_t)(held->size % PL_STREAM_BLOCK);
  char *less = used ? pl_realloc(held->blocks[held->n - 1], used) : NULL;
  if (less) held->blocks[held->n - 1] = less;
}

void pl_held_read(const pl_held *held, uint64_t at, char *to, size_t n) {
  while (n) {
    size_t from = (size_t)(at % PL_STREAM_BLOCK);
    size_t piece = n < PL_STREAM_BLOCK - from ? n : PL_STREAM_BLOCK - from;
    memcpy(to, held->blocks[at / PL_STREAM_BLOCK] + from, piece);
    at += piece;
    to += piece;
    n -= piece;
  }
}

void pl_held_free(pl_held *held) {
  for (size_t i = 0; i < held->n; i++) pl_free(held->blocks[i]);
  __atomic_sub_fetch(&held_now, (uint64_t)held->n * PL_STREAM_BLOCK, __ATOMIC_RELAXED);
  pl_free(held->blocks);
  *held = (pl_held){0};
}
