/* One dictionary under a lock, and before it a small table for each thread. */
#include "trace/values.h"

#include <pthread.h>

#include "base/hash.h"

#define MET 16384 /* a power of two; 384 KiB a thread */
#define BATCH 32  /* values that wait for memory together */

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

static uint32_t number_new(pl_values *values, struct pl_values_met *met, pl_str text) {
  pthread_mutex_lock(&values->lock);
  uint32_t id = pl_dict_add(values->dict, text);
  if (id != PL_DICT_NONE) *met = (struct pl_values_met){pl_dict_at(values->dict, id), id + 1};
  pthread_mutex_unlock(&values->lock);
  return id == PL_DICT_NONE ? 0 : id + 1;
}

/* Each pass fetches what the next reads. */
static bool number_batch(pl_values *values, struct pl_values_met *table, const pl_str *texts,
                         size_t n, uint32_t *numbers) {
  struct pl_values_met *met[BATCH];
  bool ok = true;
  for (size_t i = 0; i < n; i++) {
    met[i] = &table[texts[i].p ? pl_hash_seeded(texts[i], values->seed) & (MET - 1) : 0];
    __builtin_prefetch(met[i], 1);
  }
  for (size_t i = 0; i < n; i++) {
    if (!met[i]->number) continue;
    __builtin_prefetch(met[i]->value.p);
    __builtin_prefetch(met[i]->value.p + met[i]->value.n);
  }
  for (size_t i = 0; ok && i < n; i++) {
    bool known = met[i]->number && pl_key_eq(met[i]->value, texts[i]);
    numbers[i] = !texts[i].p ? 0 : known ? met[i]->number : number_new(values, met[i], texts[i]);
    ok = numbers[i] || !texts[i].p;
  }
  return ok;
}

bool pl_values_number(pl_values *values, pl_values_memory *memory, const pl_str *texts, size_t n,
                      uint32_t *numbers) {
  if (!memory->met) memory->met = pl_calloc(MET, sizeof *memory->met);
  bool ok = memory->met != NULL;
  for (size_t i = 0; ok && i < n; i += BATCH)
    ok = number_batch(values, memory->met, texts + i, n - i < BATCH ? n - i : BATCH, numbers + i);
  return ok;
}

pl_str pl_values_at(const pl_values *values, uint32_t number) {
  return number ? pl_dict_at(values->dict, number - 1) : (pl_str){0};
}
