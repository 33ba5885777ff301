/* What pl_rules is made of; for rules*.c. */
#ifndef PL_RULE_RULES_PRIVATE_H
#define PL_RULE_RULES_PRIVATE_H

#include "rule/exchange.h"
#include "rule/rule_files.h"

struct pl_rules {
  pl_arena arena; /* answers; the texts of rule files are the model's, as places point there */
  pl_exchange exchange;
  pl_rule_files audit_files, files;
  struct pl_profile_files *profiles; /* the model's; NULL: audit.lua uses none */
  pl_worker audit;
  pl_worker *workers; /* one per rule file */
  size_t workers_n;
  pl_worker **departments; /* by the model's index */
  size_t departments_n;
  /* Declared by the program itself: no files, no workers. */
  bool hosted;
  pl_host host;
  pl_site *host_functions; /* where each stands; the model's */
  size_t host_functions_n;
};

/* --- rules_host.c --- */
pl_status pl_rules_ask_host(pl_rules *rules, pl_ask *asks, size_t n, pl_error *err);
pl_status pl_rules_judge_host(pl_rules *rules, pl_judgement *judgements, size_t n, pl_error *err);
/* --- rules_ask.c --- */
/* What a judge said; {NULL, 0}: nothing. A verdict that there is not fails. */
pl_status pl_judgement_take(pl_rules *rules, pl_judgement *judgement, pl_site site, pl_str verdict,
                            pl_str text, pl_error *err);

/* The worker that holds a function, or NULL. */
pl_worker *pl_rules_worker(pl_rules *rules, pl_function call);
/* A copy of an error in the arena; NULL when memory is out. */
pl_error *pl_rules_keep(pl_arena *arena, const pl_error *err);
/* The DECLARE request of a rule file. */
const pl_value *pl_rules_setup(const pl_rules *rules, const pl_worker *worker, const char *what,
                               const pl_rule_text *file, const pl_model *audit, pl_arena *arena);
pl_limits pl_limits_or_defaults(pl_limits limits);
/* Adds the rule API in Lua to such a request. */
void pl_rules_add_prelude(pl_value *request, pl_arena *arena);
/* Runs every rule file and fills departments and metrics (rules_declare.c). */
pl_status pl_rules_declare(pl_rules *rules, const pl_rules_options *options,
                           const pl_texts *patterns, pl_model *model, pl_error *err);

#endif
