/* Rule files, each in a worker process of its own: declaring, asking, judging.
 * This is what the audit sees of Lua rules; everything behind the pipe is
 * untrusted. */
#ifndef PL_RULE_RULES_H
#define PL_RULE_RULES_H

#include "base/dict.h"
#include "base/value.h"
#include "trace/model.h"

/* Limits of a worker, each with a default that real rules never meet. */
typedef struct pl_limits {
  uint64_t memory;    /* bytes; default 256 MiB */
  uint32_t cpu_s;     /* CPU seconds; default 10 */
  uint32_t active_ms; /* wall clock while a request is outstanding; default 60,000. The CPU
                         limit is what ends a loop; this one ends what only waits */
  uint64_t output;    /* bytes a worker may send in all; default 256 MiB */
} pl_limits;

typedef struct pl_rules pl_rules;

typedef struct pl_rules_options {
  const char *directory;  /* workspace that holds audit.lua */
  const char *program;    /* path to exec as worker; NULL: /proc/self/exe */
  pl_limits limits;       /* zeros: defaults */
  const char *department; /* --department: only this one, or NULL */
  /* What rules print: one bounded line, already prefixed with its file. */
  void (*print)(void *ctx, const char *line);
  void *print_ctx;
  /* Set from elsewhere: what is under way ends soon, with PL_E_CANCELLED. May be
   * NULL; must outlive the rules. */
  const volatile bool *cancel;
} pl_rules_options;

/* Runs audit.lua, then every rule file, and fills the model. An error in
 * audit.lua is returned (PL_E_USAGE with file:line); one in a rule file is kept
 * in the model: its department is `failed` (a syntax error) or single metrics
 * are (a wrong field, when the rest of the file is sound). Workers stay alive
 * until pl_rules_close. Two files for one department, or two departments of
 * one name: both fail. */
pl_status pl_rules_open(const pl_rules_options *options, pl_model *model, pl_rules **out,
                        pl_error *err);
/* The same for what the program itself declares (pl_host, plumbline.h). `err`
 * must not be NULL. */
pl_status pl_rules_open_host(const pl_host *host, const char *directory, pl_model *model,
                             pl_rules **out, pl_error *err);
void pl_rules_close(pl_rules *rules); /* kills and reaps what still runs */

/* One batch of values for one function; each value is a tuple of one text per
 * parameter. The caller has sorted the tuples bytewise. */
typedef struct pl_ask {
  pl_function call;
  bool want_text; /* derive: a text or nil; else a condition: true / false */
  size_t parameters;
  const pl_str *values; /* n × parameters; a blank is {NULL,0} and arrives as nil */
  size_t n;
  /* answers, borrowed until pl_rules_close: */
  pl_str *texts;    /* want_text: {NULL,0} is nil */
  bool *truths;     /* else */
  pl_error *failed; /* set when the function failed, gave a wrong type, or its
                       worker died or met a limit; then there are no answers */
  int failed_code;  /* 110 or 111 */
} pl_ask;
/* Answers all; several workers work at the same time, one request each. */
pl_status pl_rules_ask(pl_rules *rules, pl_ask *asks, size_t n, pl_error *err);

/* One metric's judge(evidence). `evidence` is the metric's evidence object with
 * a field `standard` = {verdict, code}. The answer: a verdict name or nil (the
 * standard one), and optionally a text. */
typedef struct pl_judgement {
  pl_function call;
  const pl_value *evidence;
  const char *verdict; /* NULL: keep the standard one */
  const char *text;    /* or NULL */
  pl_error *failed;
  int failed_code;
} pl_judgement;
pl_status pl_rules_judge(pl_rules *rules, pl_judgement *judgements, size_t n, pl_error *err);

/* main() of the worker is pl_worker_main (plumbline.h): `plumbline --worker`. */

#endif
