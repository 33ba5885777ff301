/* Filling a caller-owned pl_error. Every function tolerates err == NULL and
 * returns the status it was given, so that `return pl_fail(...)` reads well. */
#ifndef PL_BASE_ERROR_H
#define PL_BASE_ERROR_H

#include "plumbline.h"

/* A place in a file the user wrote. `file` is borrowed (arena); line 0: none. */
typedef struct pl_site {
  const char *file;
  uint32_t line;
  uint32_t column;
} pl_site;

/* Sets status and message, clears everything else. */
pl_status pl_fail(pl_error *err, pl_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same with a place. */
pl_status pl_fail_at(pl_error *err, pl_status status, pl_site site, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Adds the "how to fix it" to an error just made; returns err->status. */
pl_status pl_hint(pl_error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* PL_E_MEMORY with a fixed text (allocates nothing). */
pl_status pl_fail_memory(pl_error *err);

#ifdef __clang_analyzer__
/* The analyzer sees one file at a time: here it learns what these return. */
#define pl_fail(err, status, ...) (pl_fail((err), (status), __VA_ARGS__), (status))
#define pl_fail_at(err, status, ...) (pl_fail_at((err), (status), __VA_ARGS__), (status))
#define pl_fail_memory(err) (pl_fail_memory(err), PL_E_MEMORY)
#endif

#endif
