/* The files that profiles stand in: those of the product and those of a
 * workspace's folder profiles, which come first where both have a name. */
#ifndef PL_RULE_PROFILE_FILES_H
#define PL_RULE_PROFILE_FILES_H

#include "base/value.h"
#include "rule/rule_files.h"

typedef struct pl_profile_files {
  pl_rule_folder folder; /* both kinds, sorted by name, each name once */
  bool *built_in;        /* [file] */
  bool *replaces;        /* [file] of the workspace, in the place of a built-in one */
} pl_profile_files;

/* In `arena`. `directory` NULL: only the product's own. A file of the workspace
 * that cannot be read is kept with its problem. */
pl_status pl_profile_files_find(pl_arena *arena, const char *directory, const pl_texts *allowed,
                                pl_profile_files **out, pl_error *err);

/* Adds "profiles" to a worker's first request: name -> {file, source}, or {file,
 * problem}. `files` may be NULL. */
void pl_profile_files_add(const pl_profile_files *files, pl_value *request, pl_arena *arena);

#endif
