/* What the files of extensions share. */
#ifndef PL_RULE_EXTENSION_PRIVATE_H
#define PL_RULE_EXTENSION_PRIVATE_H

#include "rule/extension.h"
#include "rule/rules_private.h"

typedef struct pl_extension {
  pl_worker worker;
  const pl_rule_text *file;
  const pl_value *answer; /* in the extensions' arena */
  const pl_error *failed;
} pl_extension;

struct pl_extensions {
  pl_arena arena;
  pl_rules *rules;
  pl_model *model;
  const char *what;    /* "test" or "view" */
  pl_rule_files files; /* views only; tests stand in the folders of the rules */
  pl_extension *items;
  size_t n;
};

/* A file and the folder that its `require` looks into. */
typedef struct pl_rule_choice pl_rule_choice;

/* Starts a worker for each choice and lets it declare; `extensions->n` of them. */
pl_status pl_extensions_run(pl_extensions *extensions, const pl_rule_choice *choices, size_t n,
                            pl_error *err);
pl_extensions *pl_extensions_new(pl_rules *rules, pl_model *model, const char *what);

#endif
