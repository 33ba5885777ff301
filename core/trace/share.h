/* Work on many things alike, shared among threads. */
#ifndef PL_TRACE_SHARE_H
#define PL_TRACE_SHARE_H

#include <stdbool.h>
#include <stddef.h>

/* Does the things from .. to − 1; false stops the others too. */
typedef bool (*pl_share_part)(void *ctx, unsigned thread, size_t from, size_t to);
/* Calls `part` for all of n things, `batch` at a time, on up to `threads` threads at
 * once (the caller's is number 0). True when every call returned true. */
bool pl_share(size_t n, size_t batch, unsigned threads, pl_share_part part, void *ctx);

#endif
