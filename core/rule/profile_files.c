/* Finding the files of profiles: see profile_files.h. */
#include "rule/profile_files.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "rule/embedded.h"

#define FOLDER "profiles/"

/* The name in "profiles/NAME.lua"; n 0 for another path. */
static pl_str own_name(const char *path) {
  size_t n = strlen(path), head = strlen(FOLDER), tail = strlen(".lua");
  if (strncmp(path, FOLDER, head) != 0 || n <= head + tail) return (pl_str){NULL, 0};
  return (pl_str){path + head, n - head - tail};
}

static size_t count_own(void) {
  size_t n = 0;
  for (const struct pl_embedded *e = pl_embedded; e->path; e++) n += own_name(e->path).n > 0;
  return n;
}

static bool has_files(const char *directory) {
  char path[PL_ERROR_PATH];
  if (!directory) return false;
  int n = snprintf(path, sizeof path, "%s/" FOLDER, directory);
  DIR *dir = n > 0 && n < (int)sizeof path ? opendir(path) : NULL;
  bool found = false;
  for (struct dirent *e; dir && !found && (e = readdir(dir));) {
    size_t length = strlen(e->d_name);
    found = length > 4 && e->d_name[0] != '.' && strcmp(e->d_name + length - 4, ".lua") == 0;
  }
  if (dir) closedir(dir);
  return found;
}

static pl_status read_own(pl_arena *arena, const char *path, pl_rule_text *out, pl_error *err) {
  pl_buf text = {0};
  pl_str name = own_name(path);
  pl_status status = pl_embedded_text(path, &text, err);
  out->name = pl_arena_copy(arena, name.p, name.n);
  out->shown = out->path = pl_arena_format(arena, "plumbline/%s", path);
  if (status == PL_OK) out->text = (pl_str){pl_arena_copy(arena, text.p, text.n), text.n};
  pl_buf_free(&text);
  if (status == PL_OK && (!out->name || !out->shown || !out->text.p)) return pl_fail_memory(err);
  return status;
}

static int compare_names(const void *a, const void *b) {
  return strcmp(((const pl_rule_text *)a)->name, ((const pl_rule_text *)b)->name);
}

static bool is_own(const pl_rule_text *file) {
  return file->path == file->shown;
}

static bool own_has(pl_str name) {
  for (const struct pl_embedded *e = pl_embedded; e->path; e++)
    if (pl_str_eq(own_name(e->path), name)) return true;
  return false;
}

/* All of the workspace's, and of the product's those whose name is free. */
static pl_status fill(pl_arena *arena, const pl_rule_files *theirs, pl_profile_files *out,
                      pl_error *err) {
  size_t most = count_own() + theirs->n, n = 0;
  pl_rule_text *files = pl_arena_array(arena, most + 1, sizeof *files);
  out->built_in = pl_arena_array(arena, most + 1, sizeof *out->built_in);
  out->replaces = pl_arena_array(arena, most + 1, sizeof *out->replaces);
  if (!files || !out->built_in || !out->replaces) return pl_fail_memory(err);
  out->folder.files = files;
  for (size_t i = 0; i < theirs->n; i++) files[n++] = *theirs->items[i].file;
  for (const struct pl_embedded *e = pl_embedded; e->path; e++) {
    pl_str name = own_name(e->path);
    size_t k = 0;
    while (k < theirs->n && !pl_str_eq(name, pl_str_of(files[k].name))) k++;
    if (!name.n || k < theirs->n) continue;
    pl_status status = read_own(arena, e->path, &files[n++], err);
    if (status != PL_OK) return status;
  }
  qsort(files, n, sizeof *files, compare_names);
  for (size_t i = 0; i < n; i++) {
    out->built_in[i] = is_own(&files[i]);
    out->replaces[i] = !out->built_in[i] && own_has(pl_str_of(files[i].name));
  }
  out->folder.n = n;
  return PL_OK;
}

pl_status pl_profile_files_find(pl_arena *arena, const char *directory, const pl_texts *allowed,
                                pl_profile_files **out, pl_error *err) {
  const char *pattern = FOLDER "*.lua";
  pl_texts one = {&pattern, 1};
  pl_rule_files theirs = {0};
  pl_status status = PL_OK;
  *out = pl_arena_alloc(arena, sizeof **out);
  if (!*out) return pl_fail_memory(err);
  if (has_files(directory))
    status = pl_rule_files_find(arena, directory, &one, allowed, (pl_site){"profiles", 0, 0},
                                &theirs, err);
  if (status == PL_OK) status = fill(arena, &theirs, *out, err);
  pl_rule_files_free(&theirs);
  return status;
}

void pl_profile_files_add(const pl_profile_files *files, pl_value *request, pl_arena *arena) {
  pl_value *all = pl_value_set(arena, request, "profiles", pl_value_object(arena));
  for (size_t i = 0; files && i < files->folder.n; i++) {
    const pl_rule_text *file = &files->folder.files[i];
    pl_value *v = pl_value_object(arena);
    pl_set_text(arena, v, "file", pl_str_of(file->shown));
    if (file->text.p)
      pl_set_text(arena, v, "source", file->text);
    else
      pl_set_text(arena, v, "problem", pl_str_of(file->problem ? file->problem : "unreadable"));
    pl_value_set(arena, all, file->name, v);
  }
}
