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

/* The number of a value, from 1 on (0 is left to blank), numbered now if it is
 * new; 0 when memory is out. For several threads at once. Numbers come as the
 * threads do: no result may depend on them. */
uint32_t pl_values_number(pl_values *values, pl_values_memory *memory, pl_str value);
/* The value of a number, while nobody numbers. */
pl_str pl_values_at(const pl_values *values, uint32_t number);

#endif
