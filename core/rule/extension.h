/* Lua files of a workspace that are no rules: tests beside the rules and views.
 * Each runs in a worker process of its own, behind the same walls as a rule file,
 * and declares one list of things; its file is all that it can fail. */
#ifndef PL_RULE_EXTENSION_H
#define PL_RULE_EXTENSION_H

#include "rule/rules.h"

#define PL_VIEW_NAME 64 /* bytes of a view's name, with the NUL */

typedef struct pl_extensions pl_extensions;

/* Runs the test files (they end in _test.lua) in the folders of the rule files.
 * `only` (real paths) chooses among them; n 0: all. PL_E_USAGE for a path that is
 * none of them. The texts of errors live as long as the model. */
pl_status pl_tests_declare(pl_rules *rules, pl_model *model, const char *const *only, size_t n,
                           pl_extensions **out, pl_error *err);
/* Runs every .lua file in the workspace's folder views; none is fine. */
pl_status pl_views_declare(pl_rules *rules, pl_model *model, pl_extensions **out, pl_error *err);
void pl_extensions_close(pl_extensions *extensions); /* before pl_rules_close; NULL is fine */

/* The files, in the order of their names. */
size_t pl_extensions_count(const pl_extensions *extensions);
const char *pl_extension_file(const pl_extensions *extensions, size_t i);
/* What file i declared ({tests} or {views}, unchecked: it is the worker's word),
 * or NULL: it failed, see pl_extension_failed. */
const pl_value *pl_extension_answer(const pl_extensions *extensions, size_t i);
const pl_error *pl_extension_failed(const pl_extensions *extensions, size_t i);

/* The i-th (from 0) view that the files declare; NULL behind the last. */
const char *pl_view_declared(const pl_extensions *views, size_t i);
/* Finds a view by name. PL_E_USAGE: there is none (with the nearest, the
 * built-in ones among them), two files declare it, or its file failed. */
pl_status pl_view_find(const pl_extensions *views, const char *name, pl_error *err);
/* Draws `result` in the view's worker; the text is appended to `out`. PL_E_OUTPUT
 * with the file's place if the view failed or met a limit. */
pl_status pl_view_draw(pl_extensions *views, const char *name, const pl_value *result,
                       const pl_value *options, pl_buf *out, pl_error *err);

#endif
