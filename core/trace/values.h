/* The values that breakdowns are made of, numbered once for the whole run: all
 * threads and all metrics speak of a value by the same number. */
#ifndef PL_TRACE_VALUES_H
#define PL_TRACE_VALUES_H

#include "base/dict.h"

typedef struct pl_values pl_values;

pl_values *pl_values_new(void);
void pl_values_free(pl_values *values);

/* What one thread has looked up lately: most records hold a value that it has met.
 * Zero-initialise; it must not outlive the values. */
typedef struct pl_values_memory {
  struct pl_values_met *met;
} pl_values_memory;
void pl_values_memory_free(pl_values_memory *memory);

/* The numbers of values, from 1 on; 0 is that of a blank one (p == NULL). New ones are
 * numbered now, and numbers come as the threads do: no result may depend on them. For
 * several threads at once. False when memory is out. */
bool pl_values_number(pl_values *values, pl_values_memory *memory, const pl_str *texts, size_t n,
                      uint32_t *numbers);
/* The value of a number, while nobody numbers. */
pl_str pl_values_at(const pl_values *values, uint32_t number);

#endif
