/* How names of columns are compared where a person or a tool may have written
 * them a little differently: in profiles, in `names`, and in "did you mean". */
#ifndef PL_TRACE_HEADER_H
#define PL_TRACE_HEADER_H

#include "base/alloc.h"
#include "base/str.h"

/* Letter case folded, white space off both ends and runs of it made one blank.
 * In `arena`; {NULL, 0} when memory is out. */
pl_str pl_header_fold(pl_arena *arena, pl_str name);

/* How alike two folded names are, in thousandths: 1000 the same, 0 nothing in
 * common. Sørensen–Dice over pairs of neighbouring bytes: unlike an edit distance
 * it takes "Closing date" for "Close Date". */
unsigned pl_header_likeness(pl_str a, pl_str b);
#define PL_HEADER_LIKE 500 /* from here on a name is worth showing */

#endif
