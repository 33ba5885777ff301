/* Writing the demo workspace: the generator is Lua, the files are written here,
 * only below the directory that was asked for, each whole or not at all. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/locale.h"
#include "rule/call.h"
#include "rule/embedded.h"
#include "rule/trusted.h"
#include "rule/views.h"

typedef struct demo {
  const char *directory;
  int root; /* descriptor of the directory */
  pl_buf source;
  pl_error err; /* what went wrong outside of Lua */
} demo;

/* Names of letters, digits and "._-", joined by "/": nothing that leaves. */
static bool path_ok(const char *path) {
  if (!path[0] || strlen(path) > 200) return false;
  const char *start = path;
  for (const char *p = path;; p++) {
    if (*p == '/' || !*p) {
      size_t n = (size_t)(p - start);
      bool hidden = start[0] == '.';
      if (n == 0 || (hidden && (n == 1 || start[1] == '.'))) return false;
      if (!*p) return true;
      start = p + 1;
    } else if (!((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') ||
                 strchr("._-", *p)))
      return false;
  }
}

static bool make_folders(demo *d, const char *path) {
  char folder[256];
  for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
    snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
    if (mkdirat(d->root, folder, 0777) != 0 && errno != EEXIST) return false;
  }
  return true;
}

static bool write_all(int fd, const char *p, size_t n) {
  while (n > 0) {
    ssize_t wrote = write(fd, p, n);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return false;
    p += wrote;
    n -= (size_t)wrote;
  }
  return true;
}

static bool write_file(demo *d, const char *path, const char *text, size_t n) {
  char part[256];
  snprintf(part, sizeof part, "%s.part", path);
  if (!make_folders(d, path)) return false;
  int fd = openat(d->root, part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
  if (fd < 0) return false;
  bool ok = write_all(fd, text, n) && fsync(fd) == 0;
  ok = close(fd) == 0 && ok;
  ok = ok && renameat(d->root, part, d->root, path) == 0;
  if (!ok) unlinkat(d->root, part, 0);
  return ok;
}

/* write(path, text): the one thing that the generator can do. */
static int demo_write(lua_State *L) {
  demo *d = lua_touserdata(L, lua_upvalueindex(1));
  size_t n = 0;
  const char *path = luaL_checkstring(L, 1);
  const char *text = luaL_checklstring(L, 2, &n);
  if (!path_ok(path)) return luaL_error(L, "the demo may not write \"%s\"", path);
  if (write_file(d, path, text, n)) return 0;
  pl_fail(&d->err, PL_E_OUTPUT, "%s/%s cannot be written: %s", d->directory, path, strerror(errno));
  return luaL_error(L, "%s", d->err.message);
}

/* source(path): a text of the product, so that the cookbook's rules can be
 * written into the workspace as they are. */
static int demo_source(lua_State *L) {
  demo *d = lua_touserdata(L, lua_upvalueindex(1));
  pl_error err;
  pl_buf_clear(&d->source);
  if (pl_embedded_text(luaL_checkstring(L, 1), &d->source, &err) != PL_OK)
    return luaL_error(L, "%s", err.message);
  lua_pushlstring(L, d->source.p ? d->source.p : "", d->source.n);
  return 1;
}

/* init.lua returns function(write, source), or is a chunk that returns a table
 * with that function as `write`. */
static int run_demo(lua_State *L) {
  demo *d = lua_touserdata(L, 1);
  pl_trusted_open(L, &d->source);
  pl_trusted_require(L, "plumbline.demo.init");
  if (lua_istable(L, -1)) lua_getfield(L, -1, "write");
  lua_pushlightuserdata(L, d);
  lua_pushcclosure(L, demo_write, 1);
  lua_pushlightuserdata(L, d);
  lua_pushcclosure(L, demo_source, 1);
  pl_lua_apply(L, 2, 0);
  return 0;
}

static bool is_empty(const char *directory) {
  DIR *dir = opendir(directory);
  if (!dir) return false;
  bool empty = true;
  for (struct dirent *e; empty && (e = readdir(dir));)
    empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
  closedir(dir);
  return empty;
}

static pl_status open_directory(demo *d, pl_error *err) {
  if (mkdir(d->directory, 0777) != 0) {
    if (errno != EEXIST)
      return pl_fail(err, PL_E_OUTPUT, "%s cannot be made: %s", d->directory, strerror(errno));
    if (!is_empty(d->directory)) {
      pl_fail(err, PL_E_USAGE, "%s exists and is not an empty folder", d->directory);
      return pl_hint(err, "name a folder that does not exist yet");
    }
  }
  d->root = open(d->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (d->root < 0)
    return pl_fail(err, PL_E_OUTPUT, "%s cannot be opened: %s", d->directory, strerror(errno));
  return PL_OK;
}

pl_status pl_demo_write(const char *directory, pl_error *err) {
  PL_C_LOCALE;
  pl_error unseen;
  if (!err) err = &unseen;
  demo d = {.directory = directory, .root = -1};
  pl_status status = open_directory(&d, err);
  if (status != PL_OK) return status;
  lua_State *L = luaL_newstate();
  status = L ? pl_lua_call(L, run_demo, &d, PL_E_OUTPUT, err) : pl_fail_memory(err);
  if (d.err.status != PL_OK && status != PL_OK) {
    *err = d.err; /* the errno text rather than a Lua place */
    status = d.err.status;
  }
  if (L) lua_close(L);
  close(d.root);
  pl_buf_free(&d.source);
  return status;
}
