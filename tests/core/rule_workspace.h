/* A workspace of one audit.lua and one rule file, opened: for tests of the rule API. */
#ifndef PL_TESTS_RULE_WORKSPACE_H
#define PL_TESTS_RULE_WORKSPACE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above */
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rule/rules.h"

static char workspace[] = "/tmp/plumbline-api-XXXXXX";

static const char plain_audit[] = "audit \"A\" { as_of = \"2024-12-31\", currency = \"EUR\" }\n"
                                  "deals { \"d.csv\", key = \"id\", status = \"status\" }\n";

static inline void write_file(const char *name, const char *text) {
  char path[300];
  snprintf(path, sizeof path, "%s/%s", workspace, name);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fputs(text, file);
  fclose(file);
}

static inline void remove_file(const char *name) {
  char path[300];
  snprintf(path, sizeof path, "%s/%s", workspace, name);
  remove(path);
}

typedef struct outcome {
  pl_model model;
  pl_rules *rules;
  pl_status status;
  pl_error err;
} outcome;

static inline void open_for(outcome *o, const char *audit, const char *rules,
                            const char *department) {
  pl_rules_options options = {.directory = workspace, .department = department};
  memset(o, 0, sizeof *o);
  write_file("audit.lua", audit);
  write_file("rules/a.lua", rules);
  o->status = pl_rules_open(&options, &o->model, &o->rules, &o->err);
}

static inline void finish(outcome *o) {
  pl_rules_close(o->rules);
  pl_arena_free(&o->model.arena);
}

static inline void open_sound(outcome *o, const char *audit, const char *rules) {
  open_for(o, audit, rules, NULL);
  if (o->status != PL_OK) print_error("%s:%u: %s\n", o->err.file, o->err.line, o->err.message);
  assert_int_equal(o->status, PL_OK);
}

static inline void expect_text(const char *whole, const char *part) {
  if (!strstr(whole, part)) print_error("\"%s\" is not in: %s\n", part, whole);
  assert_non_null(strstr(whole, part));
}

static inline int set_up(void **state) {
  (void)state;
  char rules[300];
  if (!mkdtemp(workspace)) return -1;
  snprintf(rules, sizeof rules, "%s/rules", workspace);
  return mkdir(rules, 0777);
}

static inline int tear_down(void **state) {
  (void)state;
  remove_file("rules/a.lua");
  remove_file("audit.lua");
  remove_file("rules");
  return rmdir(workspace);
}

#endif
