/* Memory: checked allocation that tests can make fail, and arenas for what
 * lives as long as a run. All return NULL when memory is out; none aborts. */
#ifndef PL_BASE_ALLOC_H
#define PL_BASE_ALLOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void *pl_malloc(size_t size);
void *pl_calloc(size_t count, size_t size);
void *pl_realloc(void *old, size_t size);
void pl_free(void *block);
/* For a large block from here whose every page will be used, before it is: asks for
 * large pages, which random reads find faster. Changes nothing else. */
void pl_dense(void *block, size_t size);
/* After much was freed: gives it back to the system. */
void pl_trim(void);
/* Grows *items (element size `each`) to hold at least `need`, doubling *cap. */
bool pl_grow(void *items_pointer, size_t *cap, size_t need, size_t each);

/* Tests: the n-th allocation from now fails (0: never), process wide. */
void pl_alloc_fail_at(uint64_t n);
uint64_t pl_alloc_count(void);

/* An arena: zero-initialise it ({0}), allocate, free once. Blocks are zeroed
 * and aligned to 16. Not for use by two threads at once. */
typedef struct pl_arena {
  struct pl_arena_block *head;
  size_t used;
  size_t total; /* bytes asked from malloc */
  bool failed;  /* some allocation returned NULL: whatever was built is not whole */
} pl_arena;

void *pl_arena_alloc(pl_arena *arena, size_t size);
void *pl_arena_array(pl_arena *arena, size_t count, size_t each);  /* overflow checked */
char *pl_arena_copy(pl_arena *arena, const void *bytes, size_t n); /* adds a NUL */
char *pl_arena_format(pl_arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void pl_arena_free(pl_arena *arena);

#endif
