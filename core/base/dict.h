/* A dictionary of byte strings: string -> dense id 0, 1, 2, … in the order of
 * first insertion. XXH3 with open addressing; the strings are copied into the
 * dictionary's own memory. Iterate by id, never by hash order. */
#ifndef PL_BASE_DICT_H
#define PL_BASE_DICT_H

#include "base/alloc.h"
#include "base/str.h"

#define PL_DICT_NONE UINT32_MAX

typedef struct pl_dict pl_dict;

pl_dict *pl_dict_new(void);
void pl_dict_free(pl_dict *dict);
/* Id of `s`, added if new; PL_DICT_NONE when memory is out. */
uint32_t pl_dict_add(pl_dict *dict, pl_str s);
/* Id of `s`, or PL_DICT_NONE. Safe from several threads while nobody adds. */
uint32_t pl_dict_find(const pl_dict *dict, pl_str s);
pl_str pl_dict_at(const pl_dict *dict, uint32_t id);
uint32_t pl_dict_count(const pl_dict *dict);
size_t pl_dict_bytes(const pl_dict *dict); /* memory held */
uint64_t pl_hash(const void *bytes, size_t n);

typedef struct pl_hash128 {
  uint64_t lo, hi;
} pl_hash128;
pl_hash128 pl_hash_wide(const void *bytes, size_t n);

#endif
