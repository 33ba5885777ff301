/* Paths as written in audit.lua -> files: globs, links followed, nothing
 * outside the workspace unless it was allowed, each file once. */
#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "trace/bind.h"

#define PL_MAX_FILES 100000
#define PL_PLAIN_WORD "/._-+:@%,ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#define NEAR_NAMES 2000 /* names of a folder that are looked at for "did you mean" */

typedef struct finder {
  const pl_model *model;
  const pl_source_def *def;
  pl_paths *found;
  char root[PATH_MAX]; /* the workspace, links followed */
} finder;

void pl_paths_free(pl_paths *found) {
  pl_free(found->items);
  pl_arena_free(&found->arena);
  *found = (pl_paths){0};
}

static bool is_inside(const char *path, const char *folder) {
  size_t n = strlen(folder);
  while (n > 1 && folder[n - 1] == '/') n--;
  if (n == 1 && folder[0] == '/') return path[0] == '/';
  return strncmp(path, folder, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

static bool is_allowed(const finder *f, const char *real) {
  if (is_inside(real, f->root)) return true;
  for (size_t i = 0; i < f->model->allowed.n; i++) {
    char folder[PATH_MAX];
    if (realpath(f->model->allowed.items[i], folder) && is_inside(real, folder)) return true;
  }
  return false;
}

/* As written, when that very text was allowed: pipes have no other name. */
static bool is_allowed_as_written(const finder *f, const char *path) {
  for (size_t i = 0; i < f->model->allowed.n; i++)
    if (strcmp(f->model->allowed.items[i], path) == 0) return true;
  return false;
}

static char *absolute(const finder *f, const char *path) {
  pl_arena *a = &f->found->arena;
  if (path[0] == '/') return pl_arena_format(a, "%s", path);
  return pl_arena_format(a, "%s/%s", f->model->directory, path);
}

/* Relative to the workspace, without "./" and doubled slashes. */
static char *shown_path(const finder *f, const char *path) {
  const char *rest = path;
  if (is_inside(path, f->model->directory))
    rest = path + strlen(f->model->directory);
  else if (is_inside(path, f->root))
    rest = path + strlen(f->root);
  bool inside = rest != path;
  while (inside && *rest == '/') rest++;
  char *shown = pl_arena_format(&f->found->arena, "%s", rest);
  if (!shown) return NULL;
  size_t kept = 0;
  for (const char *p = shown; *p; p++) {
    bool start = kept == 0 || shown[kept - 1] == '/';
    if (*p == '/' && kept > 0 && start) continue;
    if (p[0] == '.' && p[1] == '/' && start && (kept > 0 || inside)) {
      p++;
      continue;
    }
    shown[kept++] = *p;
  }
  shown[kept] = '\0';
  return shown;
}

/* The nearest name in the folder of a file that is not there. */
static char *near_name(const finder *f, const char *path) {
  const char *slash = strrchr(path, '/');
  char *folder = pl_arena_format(&f->found->arena, "%.*s", (int)(slash - path) + 1, path);
  DIR *dir = folder ? opendir(folder) : NULL;
  if (!dir) return NULL;
  const char **names = pl_arena_array(&f->found->arena, NEAR_NAMES, sizeof *names);
  size_t n = 0;
  for (struct dirent *e; names && n < NEAR_NAMES && (e = readdir(dir));) {
    const char *copy = pl_arena_format(&f->found->arena, "%s", e->d_name);
    if (copy && e->d_name[0] != '.') names[n++] = copy;
  }
  closedir(dir);
  const char *nearest = names ? pl_nearest(slash + 1, names, n) : NULL;
  /* several may be as near; which comes first must not depend on the folder */
  for (size_t i = 0; nearest && i < n; i++) {
    const char *pair[2] = {names[i], nearest};
    if (strcmp(names[i], nearest) < 0 && pl_nearest(slash + 1, pair, 2) == names[i])
      nearest = names[i];
  }
  return nearest ? pl_arena_format(&f->found->arena, "%s%s", folder, nearest) : NULL;
}

static pl_status fail_missing(finder *f, const char *path, int why, pl_error *err) {
  pl_site site = f->def->site;
  const char *shown = shown_path(f, path);
  if (why != ENOENT && why != ENOTDIR) {
    return pl_fail_at(err, PL_E_INPUT, site, "source \"%s\": cannot read %s: %s", f->def->name,
                      shown ? shown : path, strerror(why));
  }
  pl_fail_at(err, PL_E_INPUT, site, "source \"%s\": there is no file %s", f->def->name,
             shown ? shown : path);
  char *nearest = near_name(f, path);
  if (nearest) return pl_hint(err, "did you mean %s?", shown_path(f, nearest));
  return pl_hint(err, "paths are relative to the folder of audit.lua");
}

/* The hint names the file itself: it serves wherever the command is given. */
static pl_status fail_outside(finder *f, const char *shown, const char *real, pl_error *err) {
  bool plain = strspn(real, PL_PLAIN_WORD) == strlen(real);
  const char *quote = plain ? "" : "'";
  pl_fail_at(err, PL_E_USAGE, f->def->site, "source \"%s\": %s lies outside the workspace",
             f->def->name, shown);
  return pl_hint(err, "move it into the workspace, or run with --allow %s%s%s", quote, real, quote);
}

static pl_status add_as(finder *f, const char *real, const char *shown, pl_error *err) {
  pl_paths *found = f->found;
  char *copy = pl_arena_format(&found->arena, "%s", real);
  char *name = shown ? pl_arena_format(&found->arena, "%s", shown) : NULL;
  if (!name || !copy) return pl_fail_memory(err);
  if (found->n >= PL_MAX_FILES)
    return pl_fail_at(err, PL_E_USAGE, f->def->site, "source \"%s\" names more than %d files",
                      f->def->name, PL_MAX_FILES);
  if (!pl_grow(&found->items, &found->cap, found->n + 1, sizeof *found->items))
    return pl_fail_memory(err);
  found->items[found->n++] = (pl_path_file){copy, name, NULL};
  return PL_OK;
}

static pl_status add(finder *f, const char *path, const char *real, pl_error *err) {
  return add_as(f, real, shown_path(f, path), err);
}

static pl_status add_file(finder *f, const char *path, pl_error *err) {
  char real[PATH_MAX];
  if (!realpath(path, real)) return fail_missing(f, path, errno, err);
  if (!is_allowed(f, real)) return fail_outside(f, shown_path(f, path), real, err);
  return add(f, path, real, err);
}

/* Records that the program gave stand for the file of this very path. */
static const pl_given *given_for(const finder *f, const char *written) {
  for (size_t i = 0; i < f->model->given_n; i++)
    if (strcmp(f->model->given[i].path, written) == 0) return &f->model->given[i];
  return NULL;
}

static pl_status add_given(finder *f, const pl_given *given, pl_error *err) {
  pl_status status = add(f, given->path, given->real, err);
  if (status == PL_OK) f->found->items[f->found->n - 1].given = given;
  return status;
}

/* A folder whose own name holds `*` must not be taken for a pattern. */
static char *glob_pattern(const finder *f, const char *written) {
  if (written[0] == '/') return pl_arena_format(&f->found->arena, "%s", written);
  size_t n = strlen(f->model->directory);
  char *out = pl_arena_alloc(&f->found->arena, 2 * n + strlen(written) + 2);
  if (!out) return NULL;
  size_t k = 0;
  for (size_t i = 0; i < n; i++) {
    if (strchr("*?[\\", f->model->directory[i])) out[k++] = '\\';
    out[k++] = f->model->directory[i];
  }
  out[k++] = '/';
  strcpy(out + k, written);
  return out;
}

static pl_status add_glob(finder *f, const char *written, pl_error *err) {
  pl_status status = PL_OK;
  glob_t matches = {0};
  size_t before = f->found->n;
  char *pattern = glob_pattern(f, written);
  if (!pattern) return pl_fail_memory(err);
  int failed = glob(pattern, GLOB_NOSORT, NULL, &matches);
  if (failed == GLOB_NOSPACE) status = pl_fail_memory(err);
  for (size_t i = 0; status == PL_OK && failed == 0 && i < matches.gl_pathc; i++) {
    struct stat info;
    if (stat(matches.gl_pathv[i], &info) == 0 && S_ISDIR(info.st_mode)) continue;
    status = add_file(f, matches.gl_pathv[i], err);
  }
  globfree(&matches);
  if (status != PL_OK || f->found->n > before) return status;
  pl_fail_at(err, PL_E_INPUT, f->def->site, "source \"%s\": no file matches %s", f->def->name,
             written);
  return pl_hint(err, "paths are relative to the folder of audit.lua");
}

static int by_shown(const void *a, const void *b) {
  const pl_path_file *x = a, *y = b;
  int order = strcmp(x->shown, y->shown);
  return order ? order : strcmp(x->real, y->real);
}

static int by_real(const void *a, const void *b) {
  const pl_path_file *x = a, *y = b;
  int order = strcmp(x->real, y->real);
  return order ? order : strcmp(x->shown, y->shown);
}

/* One file under several names keeps the first of them. */
static void drop_repeats(pl_paths *found) {
  size_t kept = 0;
  if (found->n == 0) return;
  qsort(found->items, found->n, sizeof *found->items, by_real);
  for (size_t i = 0; i < found->n; i++)
    if (kept == 0 || strcmp(found->items[kept - 1].real, found->items[i].real) != 0)
      found->items[kept++] = found->items[i];
  found->n = kept;
  qsort(found->items, found->n, sizeof *found->items, by_shown);
}

/* ---- standard input ------------------------------------------------------------------ */

static bool names_stdin(const pl_source_def *def) {
  for (size_t i = 0; i < def->paths.n; i++)
    if (strcmp(def->paths.items[i], "-") == 0) return true;
  return false;
}

/* The first source that names it; with `other`, the next one that does. */
static const pl_source_def *stdin_source(const pl_model *model, const pl_source_def *other) {
  for (size_t i = 0; i < model->sources_n; i++)
    if (&model->sources[i] != other && names_stdin(&model->sources[i])) return &model->sources[i];
  const pl_source_def *deals = &model->deals.source;
  return model->deals_given && deals != other && names_stdin(deals) ? deals : NULL;
}

/* It can be read once, so only one source may name it. */
static pl_status add_stdin(finder *f, pl_error *err) {
  const pl_source_def *first = stdin_source(f->model, NULL);
  const pl_source_def *second = stdin_source(f->model, first);
  if (first && second) {
    pl_fail_at(err, PL_E_USAGE, second->site,
               "source \"%s\" reads standard input, and source \"%s\" does too", second->name,
               first->name);
    return pl_hint(err, "it can be read once: name a file in one of them");
  }
  return add_as(f, "-", "stdin", err);
}

pl_status pl_bind_paths(const pl_model *model, const pl_source_def *def, pl_paths *out,
                        pl_error *err) {
  finder f = {.model = model, .def = def, .found = out};
  pl_status status = PL_OK;
  if (!realpath(model->directory, f.root))
    return pl_fail(err, PL_E_USAGE, "cannot open the workspace: %s", strerror(errno));
  if (def->paths.n == 0)
    return pl_fail_at(err, PL_E_USAGE, def->site, "source \"%s\" names no file", def->name);
  for (size_t i = 0; status == PL_OK && i < def->paths.n; i++) {
    const char *written = def->paths.items[i];
    const pl_given *given = given_for(&f, written);
    struct stat info;
    if (given) {
      status = add_given(&f, given, err);
      continue;
    }
    if (strcmp(written, "-") == 0) {
      status = add_stdin(&f, err);
      continue;
    }
    char *path = absolute(&f, written);
    if (!path) return pl_fail_memory(err);
    if (is_allowed_as_written(&f, written))
      status = add(&f, path, path, err);
    else if (strpbrk(written, "*?[") && stat(path, &info) != 0)
      status = add_glob(&f, written, err);
    else
      status = add_file(&f, path, err);
  }
  drop_repeats(out);
  return status;
}
