/* What the files of the public API share: the audit itself. */
#ifndef PL_PLUMBLINE_AUDIT_H
#define PL_PLUMBLINE_AUDIT_H

#include "base/locale.h"
#include "read/input.h"
#include "rule/rules.h"
#include "trace/evidence.h"

struct pl_audit {
  pl_arena arena; /* what lives as long as the audit, the result among it */
  char *directory;
  const char *as_of;
  const char *department;
  pl_model model;
  pl_rules *rules;
  pl_json_decoder json;
  bool json_open;
  pl_bound *bound;
  pl_run *run;
  pl_run_options run_options;
  pl_buf left;            /* pl_audit_left */
  const pl_value *result; /* NULL before a run that came through */
  pl_buf *texts;          /* rendered views, borrowed by the caller */
  size_t texts_n, texts_cap;
  struct pl_extensions *views; /* the workspace's own; NULL until one is asked for */
  int *spools;                 /* descriptors of the program's own records */
  size_t spools_n;
};

/* For the public functions: what is called inside may count on an error that
 * exists, though the caller may not want to see it. */
#define PL_WANT_ERROR(err)                                                                         \
  pl_error pl_unseen;                                                                              \
  pl_unseen.status = PL_OK;                                                                        \
  if (!(err)) (err) = &pl_unseen

/* --- plumbline_records.c --- */
pl_status pl_audit_take_records(pl_audit *audit, pl_records *const *records, size_t n,
                                pl_error *err);
void pl_audit_drop_records(pl_audit *audit);

/* --- plumbline_error.c --- */
/* Adds the line that a Lua file holds at the error's place, for the caret. */
void pl_error_add_excerpt(pl_error *err, const char *directory);

/* --- plumbline_ask.c --- */
/* The survey, then rounds of questions to the workers until all is answered. */
pl_status pl_audit_ask(pl_audit *audit, pl_error *err);

/* --- plumbline_judge.c --- */
/* The built-in verdicts, then the rules' own judges; fills audit->result. */
pl_status pl_audit_judge(pl_audit *audit, pl_error *err);

/* --- plumbline_list.c --- */
/* What the workspace declares, in the shape of the result object. */
const pl_value *pl_audit_declared(pl_audit *audit);

#endif
