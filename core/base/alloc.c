/* Checked allocation and arenas. Every allocation of the library passes through
 * here, so that a test can make any single one of them fail. */
#include "base/alloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#define BLOCK_FIRST ((size_t)4096)
#define BLOCK_LARGEST ((size_t)1 << 20)
#define ALIGN ((size_t)16)

/* The payload follows the header, whose size keeps it aligned to 16. */
struct pl_arena_block {
  struct pl_arena_block *next;
  size_t cap;
};
_Static_assert(sizeof(struct pl_arena_block) % ALIGN == 0, "the payload must stay aligned");

static uint64_t allocations;
static uint64_t failing; /* the number of the allocation that fails; 0: none */

static bool allowed(void) {
  uint64_t number = __atomic_add_fetch(&allocations, 1, __ATOMIC_RELAXED);
  return number != __atomic_load_n(&failing, __ATOMIC_RELAXED);
}

void pl_alloc_fail_at(uint64_t n) {
  uint64_t at = n == 0 ? 0 : pl_alloc_count() + n;
  __atomic_store_n(&failing, at, __ATOMIC_RELAXED);
}

uint64_t pl_alloc_count(void) {
  return __atomic_load_n(&allocations, __ATOMIC_RELAXED);
}

void *pl_malloc(size_t size) {
  return allowed() ? malloc(size ? size : 1) : NULL;
}

void *pl_calloc(size_t count, size_t size) {
  if (count == 0 || size == 0) count = size = 1;
  return allowed() ? calloc(count, size) : NULL;
}

void *pl_realloc(void *old, size_t size) {
  return allowed() ? realloc(old, size ? size : 1) : NULL;
}

void pl_free(void *block) {
  free(block);
}

#define LARGE_PAGE ((uintptr_t)2 << 20)

void pl_dense(void *block, size_t size) {
  uintptr_t from = ((uintptr_t)block + LARGE_PAGE - 1) & ~(LARGE_PAGE - 1);
  uintptr_t to = ((uintptr_t)block + size) & ~(LARGE_PAGE - 1);
  if (block && size >= 2 * LARGE_PAGE && to > from)
    (void)madvise((void *)from, to - from, MADV_HUGEPAGE); /* a wish: it may say no */
}

void pl_trim(void) {
#ifdef __GLIBC__
  (void)malloc_trim(0);
#endif
}

bool pl_grow(void *items_pointer, size_t *cap, size_t need, size_t each) {
  if (need <= *cap) return true;
  size_t want = *cap < 8 ? 8 : *cap;
  while (want < need) {
    if (want > SIZE_MAX / 2) return false;
    want *= 2;
  }
  size_t bytes;
  if (__builtin_mul_overflow(want, each, &bytes)) return false;
  void *items; /* copied bytewise: the caller's pointer has a type of its own */
  memcpy(&items, items_pointer, sizeof items);
  items = pl_realloc(items, bytes);
  if (!items) return false;
  memcpy(items_pointer, &items, sizeof items);
  *cap = want;
  return true;
}

static struct pl_arena_block *block_new(pl_arena *arena, size_t cap) {
  size_t bytes;
  if (__builtin_add_overflow(cap, sizeof(struct pl_arena_block), &bytes)) return NULL;
  struct pl_arena_block *block = pl_calloc(1, bytes);
  if (!block) return NULL;
  block->cap = cap;
  arena->total += bytes;
  return block;
}

/* A request too large for sharing gets a block of its own behind the head, so
 * that what is left of the head stays in use. */
static void *alloc_alone(pl_arena *arena, size_t size) {
  struct pl_arena_block *block = block_new(arena, size);
  if (!block) return NULL;
  if (arena->head) {
    block->next = arena->head->next;
    arena->head->next = block;
  } else {
    arena->head = block;
    arena->used = size;
  }
  return block + 1;
}

static void *alloc_block(pl_arena *arena, size_t size) {
  size_t cap = arena->total < BLOCK_FIRST ? BLOCK_FIRST : arena->total;
  if (cap > BLOCK_LARGEST) cap = BLOCK_LARGEST;
  cap = (cap & ~(ALIGN - 1)) - sizeof(struct pl_arena_block);
  if (size > cap / 4) return alloc_alone(arena, size);
  struct pl_arena_block *block = block_new(arena, cap);
  if (!block) return NULL;
  block->next = arena->head;
  arena->head = block;
  arena->used = size;
  return block + 1;
}

void *pl_arena_alloc(pl_arena *arena, size_t size) {
  if (size > SIZE_MAX / 2) {
    arena->failed = true;
    return NULL;
  }
  size = size ? (size + ALIGN - 1) & ~(ALIGN - 1) : ALIGN;
  if (arena->head && size <= arena->head->cap - arena->used) {
    char *place = (char *)(arena->head + 1) + arena->used;
    arena->used += size;
    return place;
  }
  void *place = alloc_block(arena, size);
  if (!place) arena->failed = true;
  return place;
}

void *pl_arena_array(pl_arena *arena, size_t count, size_t each) {
  size_t bytes;
  if (__builtin_mul_overflow(count, each, &bytes)) bytes = SIZE_MAX; /* refused below */
  return pl_arena_alloc(arena, bytes);
}

char *pl_arena_copy(pl_arena *arena, const void *bytes, size_t n) {
  char *copy = pl_arena_alloc(arena, n < SIZE_MAX ? n + 1 : n);
  if (copy && n) memcpy(copy, bytes, n);
  return copy;
}

char *pl_arena_format(pl_arena *arena, const char *format, ...) {
  va_list args;
  va_start(args, format);
  int n = vsnprintf(NULL, 0, format, args);
  va_end(args);
  char *text = pl_arena_alloc(arena, n < 0 ? SIZE_MAX : (size_t)n + 1);
  if (!text) return NULL;
  va_start(args, format);
  vsnprintf(text, (size_t)n + 1, format, args);
  va_end(args);
  return text;
}

void pl_arena_free(pl_arena *arena) {
  struct pl_arena_block *block = arena->head;
  while (block) {
    struct pl_arena_block *next = block->next;
    pl_free(block);
    block = next;
  }
  *arena = (pl_arena){0};
}
