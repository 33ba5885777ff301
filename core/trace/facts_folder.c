/* Which exports a folder holds: by their endings, sorted, without going round in
 * circles or out of it. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trace/facts.h"

#define PATH_MOST 1000

typedef struct found {
  char *path;
  const char *refused;
} found;

typedef struct walk {
  pl_arena *arena;
  const char *root; /* real */
  found *files;
  size_t n, cap;
  bool full;
} walk;

/* ---- names ------------------------------------------------------------------------------ */

static bool ends_with(const char *name, size_t n, const char *ending) {
  size_t m = strlen(ending);
  return n > m && strncasecmp(name + n - m, ending, m) == 0;
}

static bool is_any(const char *name, size_t n, const char *const *endings) {
  for (; *endings; endings++)
    if (ends_with(name, n, *endings)) return true;
  return false;
}

static const char *const tables[] = {".csv", ".tsv", ".txt", ".json", ".ndjson", ".jsonl", NULL};
static const char *const packed[] = {".gz", ".zst", NULL};
static const char *const sheets[] = {".xlsx", ".xls", ".xlsm", ".ods", ".numbers", NULL};
static const char *const archives[] = {".zip", ".tar", ".tgz", ".7z", ".rar", NULL};
static const char *const stores[] = {".parquet", ".avro", ".orc", ".sqlite", ".db", NULL};

/* An export by its name; *refused: one that is told but not read. */
static bool is_export(const char *name, const char **refused) {
  size_t n = strlen(name);
  *refused = NULL;
  if (is_any(name, n, sheets)) *refused = "a spreadsheet: save it as CSV";
  if (is_any(name, n, archives)) *refused = "an archive: unpack it first";
  if (is_any(name, n, stores)) *refused = "not a text export: save it as CSV or NDJSON";
  if (*refused) return true;
  for (const char *const *p = packed; *p; p++)
    if (ends_with(name, n, *p)) n -= strlen(*p);
  return is_any(name, n, tables);
}

/* Folders that are the workspace's own, or no place for exports. */
static bool is_own_folder(const char *name, int depth) {
  static const char *const own[] = {"report", "rules", "views", "profiles", "build"};
  if (strcmp(name, "node_modules") == 0 || strcmp(name, "__pycache__") == 0) return true;
  for (size_t i = 0; depth == 0 && i < sizeof own / sizeof *own; i++)
    if (strcmp(name, own[i]) == 0) return true;
  return false;
}

/* ---- walking ------------------------------------------------------------------------------ */

static bool add(walk *w, const char *path, const char *refused) {
  if (w->n == PL_FACTS_FILES) {
    w->full = true;
    return true;
  }
  if (!pl_grow(&w->files, &w->cap, w->n + 1, sizeof *w->files)) return false;
  char *copy = pl_arena_copy(w->arena, path, strlen(path));
  w->files[w->n++] = (found){copy, refused};
  return copy;
}

/* Does a link lead to a plain file inside the folder? NULL: it does. */
static const char *refuse_link(const walk *w, int folder, const char *name) {
  char path[PATH_MAX], to[PATH_MAX], *real;
  struct stat info;
  snprintf(path, sizeof path, "/proc/self/fd/%d", folder);
  ssize_t n = readlink(path, to, sizeof to - 1);
  if (n <= 0 || fstatat(folder, name, &info, 0) != 0) return "a link that leads nowhere";
  to[n] = '\0';
  if ((size_t)snprintf(path, sizeof path, "%s/%s", to, name) >= sizeof path)
    return "its path is too long";
  real = realpath(path, NULL);
  if (!real) return "a link that leads nowhere";
  size_t root = strlen(w->root);
  bool inside = strncmp(real, w->root, root) == 0 && (real[root] == '/' || root == 1);
  free(real);
  return inside ? NULL : "a link that leads out of the folder";
}

static bool walk_folder(walk *w, int fd, const char *prefix, int depth);

static bool take_entry(walk *w, int fd, const char *name, const char *prefix, int depth) {
  char path[PATH_MOST];
  struct stat info;
  const char *refused = NULL;
  if (name[0] == '.') return true;
  int n = snprintf(path, sizeof path, "%s%s", prefix, name);
  if (n < 0 || (size_t)n >= sizeof path) return true;
  if (fstatat(fd, name, &info, AT_SYMLINK_NOFOLLOW) != 0) return true;
  if (S_ISDIR(info.st_mode)) {
    if (is_export(name, &refused) && !refused) return add(w, path, "a folder");
    if (depth + 1 > PL_FACTS_DEPTH || is_own_folder(name, depth)) return true;
    int inner = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (inner < 0) return add(w, path, "a folder that cannot be opened");
    if ((size_t)n + 1 < sizeof path) strcat(path, "/");
    return walk_folder(w, inner, path, depth + 1);
  }
  if (!is_export(name, &refused)) return true;
  if (pl_utf8_valid(pl_str_of(path)) != strlen(path)) refused = "its name is not UTF-8: rename it";
  if (strpbrk(path, "*?[\\"))
    refused = "its name holds one of * ? [ \\, which stand for patterns: rename it";
  for (const char *p = path; *p; p++)
    if ((unsigned char)*p < 32 || *p == 127)
      refused = "its name holds a control character: rename it";
  if (!refused && S_ISLNK(info.st_mode))
    refused = refuse_link(w, fd, name);
  else if (!refused && !S_ISREG(info.st_mode))
    refused = "not a plain file";
  return add(w, path, refused);
}

/* Closes fd. */
static bool walk_folder(walk *w, int fd, const char *prefix, int depth) {
  DIR *dir = fdopendir(fd);
  bool whole = true;
  if (!dir) {
    close(fd);
    return true;
  }
  for (struct dirent *e; whole && (e = readdir(dir));)
    whole = take_entry(w, dirfd(dir), e->d_name, prefix, depth);
  closedir(dir);
  return whole;
}

static int by_path(const void *a, const void *b) {
  return strcmp(((const found *)a)->path, ((const found *)b)->path);
}

pl_status pl_facts_folder(const char *directory, pl_arena *arena, pl_value **out, pl_error *err) {
  walk w = {.arena = arena};
  int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    return pl_fail(err, PL_E_USAGE, "%s cannot be opened: %s", directory, strerror(errno));
  char *real = realpath(directory, NULL);
  if (!real) {
    close(fd);
    return pl_fail(err, PL_E_USAGE, "%s cannot be opened: %s", directory, strerror(errno));
  }
  w.root = real;
  bool whole = walk_folder(&w, fd, "", 0);
  if (whole && w.n) qsort(w.files, w.n, sizeof *w.files, by_path);
  pl_value *list = pl_value_list(arena);
  for (size_t i = 0; whole && i < w.n; i++) {
    pl_value *file = pl_value_push(arena, list, pl_value_object(arena));
    pl_str path = pl_str_of(w.files[i].path);
    bool valid = pl_utf8_valid(path) == path.n;
    pl_set_text(arena, file, "path", valid ? path : PL_STR("(a name that is not UTF-8)"));
    if (w.files[i].refused) pl_set_text(arena, file, "refused", pl_str_of(w.files[i].refused));
  }
  pl_free(w.files);
  free(real);
  *out = list;
  if (!whole || arena->failed) return pl_fail_memory(err);
  if (!w.full) return PL_OK;
  pl_fail(err, PL_E_USAGE, "%s holds more than %d exports", directory, PL_FACTS_FILES);
  return pl_hint(err, "name a folder that holds only the exports to audit");
}
