/* The parts of a number as they are read from text: shared by money.c, which
 * knows separators, and number_read.c, which knows what stands around them. */
#ifndef PL_BASE_NUMBER_PARTS_H
#define PL_BASE_NUMBER_PARTS_H

#include "base/money.h"

typedef struct pl_number_parts {
  pl_str whole; /* digits and group separators */
  pl_str fraction;
  int64_t exponent;
  bool negative;
} pl_number_parts;

/* Bytes of the group separator of a style at p, 0 if there is none. */
size_t pl_number_separator(pl_number_style style, const char *p, const char *end);
/* All of `text`, which has no white space around it. */
bool pl_number_split(pl_str text, pl_number_style style, bool exponent, pl_number_parts *out);
pl_number_result pl_number_count(const pl_number_parts *parts, pl_number *out);
/* Nearly every amount of the plain style; false: read it the long way. */
bool pl_number_short(pl_str text, pl_number *out);

#endif
