/* Which traces a record can start: a look-up by the plain equalities of their
 * conditions, so that the four-hundredth metric on a table costs only its own
 * records. */
#ifndef PL_TRACE_DISPATCH_H
#define PL_TRACE_DISPATCH_H

#include "trace/bound.h"

typedef struct pl_dispatch pl_dispatch;

/* `wheres[i]` is the predicate of starter i (NULL: none), in the order in which
 * starters must be visited. */
pl_dispatch *pl_dispatch_new(const pl_source *source, const pl_predicate *const *wheres, size_t n,
                             pl_error *err);
void pl_dispatch_free(pl_dispatch *dispatch);
/* Columns that conditions compare with texts: so many numbers a thread lends to
 * pl_dispatch_row. */
size_t pl_dispatch_columns(const pl_dispatch *dispatch);
/* Fills `out` (room for n) with the starters worth trying, ascending. Whoever is
 * left out does not hold; whoever is in must still be tested, unless it is sure. */
size_t pl_dispatch_row(const pl_dispatch *dispatch, const pl_cell *cells, uint32_t *ids,
                       uint32_t *out);
/* True when all that this starter asks for was compared on the way. */
bool pl_dispatch_sure(const pl_dispatch *dispatch, uint32_t starter);

#endif
