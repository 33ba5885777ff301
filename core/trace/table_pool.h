/* Text that does not move: blocks that are only ever added. What one thread
 * fills can be joined to another pool without copying. */
#ifndef PL_TRACE_TABLE_POOL_H
#define PL_TRACE_TABLE_POOL_H

#include "base/alloc.h"
#include "base/str.h"

#define PL_POOL_BLOCK ((size_t)1 << 20) /* starts of texts fit in 24 bits */

typedef struct pl_pool_block {
  char *bytes;
  size_t cap;
} pl_pool_block;

typedef struct pl_pool {
  pl_pool_block *blocks;
  size_t n, cap;
  size_t at, used; /* the block being filled and how full it is */
} pl_pool;

typedef struct pl_pool_spot {
  uint32_t block, offset;
} pl_pool_spot;

/* Room for n bytes; NULL when memory is out. `spot` may be NULL. */
char *pl_pool_reserve(pl_pool *pool, size_t n, pl_pool_spot *spot);
/* Forgets the texts, keeps the memory. */
void pl_pool_reset(pl_pool *pool);
/* Moves all blocks of `from` behind those of `to`; `base` becomes the number
 * that must be added to the block of every spot of `from`. */
bool pl_pool_join(pl_pool *to, pl_pool *from, uint32_t *base);
void pl_pool_free(pl_pool *pool);
size_t pl_pool_bytes(const pl_pool *pool);

#endif
