/* One dictionary under a lock, and before it a small table for each thread. */
#include "trace/values.h"

#include <pthread.h>

#include "base/hash.h"

#define MET 4096 /* a power of two; 128 KiB a thread */

struct pl_values {
  pl_dict *dict;
  uint64_t seed;
  pthread_mutex_t lock;
};

struct pl_values_met {
  pl_str value; /* in the dictionary, whose texts do not move */
  uint32_t number;
};

pl_values *pl_values_new(void) {
  pl_values *values = pl_calloc(1, sizeof *values);
  if (!values) return NULL;
  values->dict = pl_dict_new();
  values->seed = pl_hash_seed();
  pthread_mutex_init(&values->lock, NULL);
  if (values->dict) return values;
  pl_values_free(values);
  return NULL;
}

void pl_values_free(pl_values *values) {
  if (!values) return;
  pthread_mutex_destroy(&values->lock);
  pl_dict_free(values->dict);
  pl_free(values);
}

void pl_values_memory_free(pl_values_memory *memory) {
  pl_free(memory->met);
  memory->met = NULL;
}

static struct pl_values_met *met_at(pl_values_memory *memory, uint64_t hash) {
  if (!memory->met) memory->met = pl_calloc(MET, sizeof *memory->met);
  return memory->met ? &memory->met[hash & (MET - 1)] : NULL;
}

uint32_t pl_values_number(pl_values *values, pl_values_memory *memory, pl_str value) {
  struct pl_values_met *met = met_at(memory, pl_hash_seeded(value, values->seed));
  if (!met) return 0;
  if (met->number && pl_key_eq(met->value, value)) return met->number;
  pthread_mutex_lock(&values->lock);
  uint32_t id = pl_dict_add(values->dict, value);
  if (id != PL_DICT_NONE) *met = (struct pl_values_met){pl_dict_at(values->dict, id), id + 1};
  pthread_mutex_unlock(&values->lock);
  return id == PL_DICT_NONE ? 0 : id + 1;
}

pl_str pl_values_at(const pl_values *values, uint32_t number) {
  return number ? pl_dict_at(values->dict, number - 1) : (pl_str){0};
}
