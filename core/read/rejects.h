/* rejects.csv: every row that could not be used, in the order of the files. */
#ifndef PL_READ_REJECTS_H
#define PL_READ_REJECTS_H

#include "read/input.h"

/* Collects rejects of a run (copying their strings); not thread safe: each
 * thread has its own, merged at the end. */
typedef struct pl_rejects {
  pl_arena arena;
  pl_reject *items;
  size_t n, cap;
  bool failed; /* memory was out */
} pl_rejects;

void pl_rejects_add(pl_rejects *list, const pl_reject *reject);
void pl_rejects_take(pl_rejects *list, pl_rejects *from); /* appends, empties `from` */
void pl_rejects_sort(pl_rejects *list);                   /* by file, line, column, code */
void pl_rejects_free(pl_rejects *list);
/* Appends CSV text: file,line,column,code,message,row; `files` are the shown
 * names. Always UTF-8 (a bad byte or NUL of a row becomes U+FFFD), and a cell
 * that a spreadsheet would run as a formula has an apostrophe before it. False
 * when memory was out, now or while collecting. */
bool pl_rejects_csv(const pl_rejects *list, const char *const *files, pl_buf *out);

#endif
