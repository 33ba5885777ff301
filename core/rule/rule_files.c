/* Finding rule files and reading their texts. */
#include "rule/rule_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- where a path may be ---------------------------------------------------------------- */

static bool below(const char *path, const char *root) {
  size_t n = strlen(root);
  if (strcmp(root, "/") == 0) return true;
  return strncmp(path, root, n) == 0 && (path[n] == '/' || path[n] == 0);
}

static bool permitted(const char *path, const char *root, const pl_texts *allowed) {
  char real[PATH_MAX];
  if (below(path, root)) return true;
  for (size_t i = 0; i < allowed->n; i++)
    if (realpath(allowed->items[i], real) && below(path, real)) return true;
  return false;
}

/* ---- reading ------------------------------------------------------------------------------ */

static const char *read_descriptor(int fd, pl_arena *arena, pl_str *out) {
  struct stat st;
  if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) return "it is not a plain file";
  if (st.st_size > PL_MAX_RULE_BYTES) return "it is larger than 1 MiB";
  char *text = pl_arena_alloc(arena, (size_t)st.st_size + 1);
  size_t n = 0;
  if (!text) return "there is no memory for it";
  while (n < (size_t)st.st_size) {
    ssize_t got = read(fd, text + n, (size_t)st.st_size - n);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return "it cannot be read";
    if (got == 0) break;
    n += (size_t)got;
  }
  *out = (pl_str){text, n};
  return NULL;
}

static void read_text(pl_rule_text *file, pl_arena *arena) {
  int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
  if (fd < 0) {
    file->problem = pl_arena_format(arena, "it cannot be opened: %s", strerror(errno));
    return;
  }
  file->problem = read_descriptor(fd, arena, &file->text);
  close(fd);
}

/* ---- folders -------------------------------------------------------------------------------- */

static int compare_texts(const void *a, const void *b) {
  return strcmp(((const pl_rule_text *)a)->name, ((const pl_rule_text *)b)->name);
}

static bool is_lua(const char *name) {
  size_t n = strlen(name);
  return n > 4 && name[0] != '.' && strcmp(name + n - 4, ".lua") == 0;
}

typedef struct finding {
  pl_arena *arena;
  const char *root; /* real path of the workspace */
  const char *directory;
  const pl_texts *allowed;
  pl_site site;
  pl_rule_files *out;
  pl_error *err;
} finding;

static bool add_beside(finding *f, pl_rule_folder *folder, size_t *cap, const char *shown_folder,
                       const char *name) {
  char path[PATH_MAX], real[PATH_MAX];
  int n = snprintf(path, sizeof path, "%s/%s", folder->path, name);
  if (n < 0 || (size_t)n >= sizeof path || !realpath(path, real)) return true;
  if (!permitted(real, f->root, f->allowed)) return true; /* require will not find it */
  if (!pl_grow(&folder->files, cap, folder->n + 1, sizeof *folder->files)) return false;
  pl_rule_text *file = &folder->files[folder->n++];
  *file = (pl_rule_text){0};
  file->name = pl_arena_copy(f->arena, name, strlen(name) - 4);
  file->shown = pl_arena_format(f->arena, "%s%s", shown_folder, name);
  file->path = pl_arena_copy(f->arena, real, strlen(real));
  if (!file->name || !file->shown || !file->path) return false;
  read_text(file, f->arena);
  return true;
}

/* Everything beside must fit one frame; what comes last by name is left out. */
static void bound_folder(pl_rule_folder *folder) {
  size_t total = 0;
  for (size_t i = 0; i < folder->n; i++) {
    pl_rule_text *file = &folder->files[i];
    total += file->text.n;
    if (total <= PL_MAX_FOLDER_BYTES && i < PL_MAX_RULE_FILES) continue;
    file->text = (pl_str){NULL, 0};
    if (!file->problem) file->problem = "the folder holds more than 8 MiB or 500 files of Lua";
  }
}

static pl_rule_folder *read_folder(finding *f, const char *path, const char *shown) {
  size_t cap = 0;
  bool ok = true;
  pl_rule_folder *folder = pl_arena_alloc(f->arena, sizeof *folder);
  if (!folder || !(folder->path = pl_arena_copy(f->arena, path, strlen(path)))) return NULL;
  DIR *dir = opendir(path);
  for (struct dirent *e; dir && ok && (e = readdir(dir));)
    if (is_lua(e->d_name)) ok = add_beside(f, folder, &cap, shown, e->d_name);
  if (dir) closedir(dir);
  pl_rule_text *files = folder->files;
  if (folder->n) qsort(files, folder->n, sizeof *files, compare_texts);
  folder->files = ok ? pl_arena_array(f->arena, folder->n, sizeof *files) : NULL;
  if (folder->files && folder->n) memcpy(folder->files, files, folder->n * sizeof *files);
  if (!folder->files) folder->n = 0;
  pl_free(files);
  bound_folder(folder);
  return ok && (folder->files || folder->n == 0) ? folder : NULL;
}

static pl_rule_folder *folder_of(finding *f, const char *path, const char *shown) {
  pl_rule_files *out = f->out;
  for (size_t i = 0; i < out->folders_n; i++)
    if (strcmp(out->folders[i]->path, path) == 0) return out->folders[i];
  if (!pl_grow(&out->folders, &out->folders_cap, out->folders_n + 1, sizeof(void *))) return NULL;
  pl_rule_folder *folder = read_folder(f, path, shown);
  if (folder) out->folders[out->folders_n++] = folder;
  return folder;
}

/* ---- matches -------------------------------------------------------------------------------- */

/* The folder and the file of one match; `shown` is the path as it was matched. */
static pl_status add_match(finding *f, const char *shown) {
  char path[PATH_MAX], real[PATH_MAX], folder_path[PATH_MAX];
  const char *slash = strrchr(shown, '/');
  const char *name = slash ? slash + 1 : shown;
  int n = shown[0] == '/' ? snprintf(path, sizeof path, "%s", shown)
                          : snprintf(path, sizeof path, "%s/%s", f->directory, shown);
  if (n < 0 || (size_t)n >= sizeof path || !realpath(path, real))
    return pl_fail_at(f->err, PL_E_USAGE, f->site, "the rule file %s does not exist", shown);
  if (!permitted(real, f->root, f->allowed)) {
    pl_fail_at(f->err, PL_E_USAGE, f->site, "the rule file %s lies outside of the workspace",
               shown);
    return pl_hint(f->err, "move it in, or run with --allow %s", real);
  }
  if (!is_lua(name))
    return pl_fail_at(f->err, PL_E_USAGE, f->site, "the rule file %s does not end in .lua", shown);
  path[strlen(path) - strlen(name)] = 0;
  if (!realpath(path, folder_path)) snprintf(folder_path, sizeof folder_path, "%s", path);
  const char *prefix = pl_arena_copy(f->arena, shown, (size_t)(name - shown));
  const pl_rule_folder *folder = prefix ? folder_of(f, folder_path, prefix) : NULL;
  if (!folder) return pl_fail_memory(f->err);
  for (size_t i = 0; i < f->out->n; i++)
    if (strcmp(f->out->items[i].file->path, real) == 0) return PL_OK;
  for (size_t i = 0; i < folder->n; i++) {
    if (strcmp(folder->files[i].path, real) != 0) continue;
    if (!pl_grow(&f->out->items, &f->out->cap, f->out->n + 1, sizeof *f->out->items))
      return pl_fail_memory(f->err);
    f->out->items[f->out->n++] = (struct pl_rule_choice){folder, &folder->files[i]};
    return PL_OK;
  }
  return pl_fail_at(f->err, PL_E_USAGE, f->site, "the rule file %s cannot be read", shown);
}

/* The directory's own name is no pattern. */
static bool escaped(const char *directory, const char *pattern, char *out, size_t size) {
  size_t at = 0;
  for (const char *p = pattern[0] == '/' ? "" : directory; *p; p++) {
    if (at + 3 >= size) return false;
    if (strchr("*?[]\\", *p)) out[at++] = '\\';
    out[at++] = *p;
  }
  int n = snprintf(out + at, size - at, "%s%s", pattern[0] == '/' ? "" : "/", pattern);
  return n >= 0 && (size_t)n < size - at;
}

static pl_status add_pattern(finding *f, const char *pattern) {
  char full[PATH_MAX];
  glob_t found;
  size_t prefix = pattern[0] == '/' ? 0 : strlen(f->directory) + 1;
  if (!escaped(f->directory, pattern, full, sizeof full))
    return pl_fail_at(f->err, PL_E_USAGE, f->site, "the path %.200s is too long", pattern);
  int e = glob(full, GLOB_NOSORT, NULL, &found);
  if (e == GLOB_NOSPACE) return pl_fail_memory(f->err);
  if (e != 0) {
    pl_fail_at(f->err, PL_E_USAGE, f->site, "no rule file matches \"%s\"", pattern);
    return pl_hint(f->err, "audit.lua names them with rules = \"rules/*.lua\"");
  }
  pl_status status = PL_OK;
  for (size_t i = 0; i < found.gl_pathc && status == PL_OK; i++)
    status = add_match(f, found.gl_pathv[i] + prefix);
  globfree(&found);
  return status;
}

static int compare_choices(const void *a, const void *b) {
  return strcmp(((const struct pl_rule_choice *)a)->file->shown,
                ((const struct pl_rule_choice *)b)->file->shown);
}

pl_status pl_rule_files_find(pl_arena *arena, const char *directory, const pl_texts *patterns,
                             const pl_texts *allowed, pl_site site, pl_rule_files *out,
                             pl_error *err) {
  char root[PATH_MAX];
  if (!realpath(directory, root))
    return pl_fail(err, PL_E_USAGE, "%s: %s", directory, strerror(errno));
  finding f = {arena, root, directory, allowed, site, out, err};
  pl_status status = PL_OK;
  for (size_t i = 0; i < patterns->n && status == PL_OK; i++)
    status = add_pattern(&f, patterns->items[i]);
  if (status == PL_OK && out->n > PL_MAX_RULE_FILES)
    status = pl_fail_at(err, PL_E_USAGE, site, "more than %d rule files", PL_MAX_RULE_FILES);
  if (out->n) qsort(out->items, out->n, sizeof *out->items, compare_choices);
  return status;
}

void pl_rule_files_free(pl_rule_files *files) {
  pl_free(files->folders);
  pl_free(files->items);
  *files = (pl_rule_files){0};
}

bool pl_rule_is_test(const char *path) {
  size_t n = strlen(path), e = strlen("_test.lua");
  return n > e && strcmp(path + n - e, "_test.lua") == 0;
}

pl_str pl_rule_line(pl_str text, uint32_t line) {
  const char *p = text.p, *end = text.p + text.n;
  for (uint32_t i = 1; i < line && p; i++) {
    p = memchr(p, '\n', (size_t)(end - p));
    if (p) p++;
  }
  if (!p || line == 0) return (pl_str){"", 0};
  const char *stop = memchr(p, '\n', (size_t)(end - p));
  pl_str found = {p, (size_t)((stop ? stop : end) - p)};
  if (found.n && found.p[found.n - 1] == '\r') found.n--;
  return found;
}
