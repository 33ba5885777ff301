/* Text that does not move: see table_pool.h. */
#include "trace/table_pool.h"

#define BLOCK_FIRST ((size_t)4096)

static bool add_block(pl_pool *pool, size_t n) {
  if (pool->n >= UINT32_MAX) return false;
  if (!pl_grow(&pool->blocks, &pool->cap, pool->n + 1, sizeof *pool->blocks)) return false;
  size_t cap = BLOCK_FIRST << (pool->n < 8 ? pool->n : 8);
  if (cap > PL_POOL_BLOCK) cap = PL_POOL_BLOCK;
  if (cap < n) cap = n;
  char *bytes = pl_malloc(cap);
  if (!bytes) return false;
  pool->blocks[pool->n++] = (pl_pool_block){bytes, cap};
  return true;
}

/* Steps to a block with room for n bytes whose start is addressable. */
static bool find_room(pl_pool *pool, size_t n) {
  while (pool->at < pool->n) {
    const pl_pool_block *block = &pool->blocks[pool->at];
    if (pool->used <= PL_POOL_BLOCK && n <= block->cap - pool->used) return true;
    pool->at++;
    pool->used = 0;
  }
  return add_block(pool, n);
}

char *pl_pool_reserve(pl_pool *pool, size_t n, pl_pool_spot *spot) {
  if (!find_room(pool, n)) return NULL;
  char *place = pool->blocks[pool->at].bytes + pool->used;
  if (spot) *spot = (pl_pool_spot){(uint32_t)pool->at, (uint32_t)pool->used};
  pool->used += n;
  return place;
}

void pl_pool_reset(pl_pool *pool) {
  pool->at = pool->used = 0;
}

bool pl_pool_join(pl_pool *to, pl_pool *from, uint32_t *base) {
  if (to->n + from->n >= UINT32_MAX) return false;
  if (!pl_grow(&to->blocks, &to->cap, to->n + from->n, sizeof *to->blocks)) return false;
  *base = (uint32_t)to->n;
  if (from->n) memcpy(to->blocks + to->n, from->blocks, from->n * sizeof *from->blocks);
  to->n += from->n;
  to->at = to->n; /* what is added later begins a new block */
  to->used = 0;
  pl_free(from->blocks);
  *from = (pl_pool){0};
  return true;
}

void pl_pool_free(pl_pool *pool) {
  for (size_t i = 0; i < pool->n; i++) pl_free(pool->blocks[i].bytes);
  pl_free(pool->blocks);
  *pool = (pl_pool){0};
}

size_t pl_pool_bytes(const pl_pool *pool) {
  size_t bytes = pool->cap * sizeof *pool->blocks;
  for (size_t i = 0; i < pool->n; i++) bytes += pool->blocks[i].cap;
  return bytes;
}
