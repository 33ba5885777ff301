/* Finding a Lua source: in PLUMBLINE_LUA while developing, else in the binary. */
#include "rule/embedded.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SOURCE (4u << 20)

static const struct pl_embedded *find(const char *path) {
  for (const struct pl_embedded *e = pl_embedded; e->path; e++)
    if (strcmp(e->path, path) == 0) return e;
  return NULL;
}

/* A path that stays below its root: no absolute path, no "..". */
static bool plain_path(const char *path) {
  return path[0] && path[0] != '/' && !strstr(path, "..") && strlen(path) < 200;
}

/* The same path in the developer's checkout; the cookbook lies two above. */
static FILE *open_override(const char *path) {
  const char *root = getenv("PLUMBLINE_LUA");
  char full[PL_ERROR_PATH];
  if (!root || !root[0]) return NULL;
  int n = snprintf(full, sizeof full, "%s/%s", root, path);
  if (n < 0 || (size_t)n >= sizeof full) return NULL;
  FILE *file = fopen(full, "rbe");
  if (file || strncmp(path, "rules/", 6) != 0) return file;
  n = snprintf(full, sizeof full, "%s/../../%s", root, path);
  if (n < 0 || (size_t)n >= sizeof full) return NULL;
  return fopen(full, "rbe");
}

static pl_status read_all(FILE *file, const char *path, pl_buf *out, pl_error *err) {
  char block[8192];
  size_t n, start = out->n;
  while ((n = fread(block, 1, sizeof block, file)) > 0) {
    if (!pl_buf_append(out, block, n)) return pl_fail_memory(err);
    if (out->n - start > MAX_SOURCE)
      return pl_fail(err, PL_E_USAGE, "%s is larger than 4 MiB", path);
  }
  if (ferror(file)) return pl_fail(err, PL_E_USAGE, "%s cannot be read", path);
  return PL_OK;
}

pl_status pl_embedded_text(const char *path, pl_buf *out, pl_error *err) {
  if (!plain_path(path)) return pl_fail(err, PL_E_USAGE, "no Lua source is named \"%s\"", path);
  FILE *file = open_override(path);
  if (file) {
    pl_status status = read_all(file, path, out, err);
    fclose(file);
    return status;
  }
  const struct pl_embedded *e = find(path);
  if (!e) return pl_fail(err, PL_E_USAGE, "no Lua source is named \"%s\"", path);
  return pl_buf_append(out, e->text, e->size) ? PL_OK : pl_fail_memory(err);
}

bool pl_embedded_exists(const char *path) {
  if (!plain_path(path)) return false;
  FILE *file = open_override(path);
  if (file) {
    fclose(file);
    return true;
  }
  return find(path) != NULL;
}

bool pl_embedded_list(const char *folder, pl_buf *out) {
  bool ok = true;
  size_t n = strlen(folder);
  for (const struct pl_embedded *e = pl_embedded; e->path && ok; e++)
    if (strncmp(e->path, folder, n) == 0) ok = pl_buf_format(out, "%s\n", e->path);
  return ok;
}
