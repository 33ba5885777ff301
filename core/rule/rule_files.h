/* Rule files on disk: finding them, and reading their texts for the workers,
 * which have no access to files themselves. */
#ifndef PL_RULE_RULE_FILES_H
#define PL_RULE_RULE_FILES_H

#include "trace/model.h"

#define PL_MAX_RULE_BYTES (1u << 20)
#define PL_MAX_FOLDER_BYTES (8u << 20)
#define PL_MAX_RULE_FILES 500

typedef struct pl_rule_text {
  const char *name;    /* what `require` calls it: "shared" */
  const char *shown;   /* "rules/shared.lua" */
  const char *path;    /* real path */
  pl_str text;         /* p == NULL: it could not be read, */
  const char *problem; /* and why */
} pl_rule_text;

/* The .lua files beside each other in one folder, sorted by name. */
typedef struct pl_rule_folder {
  const char *path; /* real path */
  pl_rule_text *files;
  size_t n;
} pl_rule_folder;

typedef struct pl_rule_files {
  pl_rule_folder **folders; /* the same folder once */
  size_t folders_n, folders_cap;
  struct pl_rule_choice {
    const pl_rule_folder *folder;
    const pl_rule_text *file;
  } * items; /* the matched files, sorted by shown path */
  size_t n, cap;
} pl_rule_files;

/* Finds what `patterns` (files or globs, relative to the workspace) match; they
 * stay inside `directory` after symlinks, or inside an allowed path. An
 * unreadable or too large file is kept with its problem. */
pl_status pl_rule_files_find(pl_arena *arena, const char *directory, const pl_texts *patterns,
                             const pl_texts *allowed, pl_site site, pl_rule_files *out,
                             pl_error *err);
void pl_rule_files_free(pl_rule_files *files); /* the arrays; texts are the arena's */

/* A file whose name ends in _test.lua holds tests (extension.h): no rules. */
bool pl_rule_is_test(const char *path);

/* Line `line` (from 1) of a text, without its end. */
pl_str pl_rule_line(pl_str text, uint32_t line);

#endif
