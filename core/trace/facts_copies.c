/* Files of a folder that hold the same bytes: an export that was saved twice. Its
 * records would count twice. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "trace/facts.h"

#define BUFFER (256u << 10)

typedef struct candidate {
  const char *path; /* in the folder */
  size_t at;        /* in the list of files */
  int64_t bytes;
  XXH128_hash_t hash;
  bool hashed;
  const char *copy_of;
} candidate;

/* The plainest name first: it is the one that stays. */
static int by_name(const candidate *a, const candidate *b) {
  size_t x = strlen(a->path), y = strlen(b->path);
  if (x != y) return x < y ? -1 : 1;
  return strcmp(a->path, b->path);
}

static int by_bytes(const void *a, const void *b) {
  const candidate *x = a, *y = b;
  if (x->bytes != y->bytes) return x->bytes < y->bytes ? -1 : 1;
  return by_name(x, y);
}

static bool hash_file(int folder, candidate *c, char *buffer) {
  int fd = openat(folder, c->path, O_RDONLY | O_CLOEXEC);
  XXH3_state_t *state = fd >= 0 ? XXH3_createState() : NULL;
  ssize_t n = -1;
  if (state && XXH3_128bits_reset(state) == XXH_OK)
    while ((n = read(fd, buffer, BUFFER)) > 0) (void)XXH3_128bits_update(state, buffer, (size_t)n);
  c->hashed = n == 0;
  if (c->hashed) c->hash = XXH3_128bits_digest(state);
  XXH3_freeState(state);
  if (fd >= 0) close(fd);
  return c->hashed;
}

/* Byte by byte: two files are never called the same for what a hash says. */
static bool same_bytes(int folder, const candidate *a, const candidate *b, char *buffer) {
  int x = openat(folder, a->path, O_RDONLY | O_CLOEXEC);
  int y = openat(folder, b->path, O_RDONLY | O_CLOEXEC);
  char *other = buffer + BUFFER;
  ssize_t n = 0, m = 0;
  bool same = x >= 0 && y >= 0;
  int64_t done = 0;
  while (same && (n = pread(x, buffer, BUFFER, done)) > 0) {
    m = pread(y, other, (size_t)n, done);
    same = n == m && memcmp(buffer, other, (size_t)n) == 0;
    done += n;
  }
  if (x >= 0) close(x);
  if (y >= 0) close(y);
  return same && n == 0 && done == a->bytes;
}

/* Within files of one size. */
static void mark(int folder, candidate *files, size_t n, char *buffer) {
  for (size_t i = 0; n > 1 && i < n; i++) hash_file(folder, &files[i], buffer);
  for (size_t i = 1; i < n; i++)
    for (size_t k = 0; k < i && files[i].hashed && !files[i].copy_of; k++)
      if (files[k].hashed && !files[k].copy_of && XXH128_isEqual(files[i].hash, files[k].hash) &&
          same_bytes(folder, &files[k], &files[i], buffer))
        files[i].copy_of = files[k].path;
}

static size_t collect(const pl_value *files, int folder, candidate *out) {
  size_t n = 0;
  for (size_t i = 0; i < pl_value_count(files); i++) {
    const pl_value *file = pl_value_at(files, i);
    const char *path = pl_value_str(pl_value_get(file, "path")).p;
    struct stat info;
    if (pl_value_get(file, "refused") || fstatat(folder, path, &info, 0) != 0) continue;
    if (!S_ISREG(info.st_mode) || info.st_size == 0) continue;
    out[n++] = (candidate){.path = path, .at = i, .bytes = info.st_size};
  }
  qsort(out, n, sizeof *out, by_bytes);
  return n;
}

pl_status pl_facts_copies(const char *directory, pl_arena *arena, pl_value *files, pl_error *err) {
  size_t count = pl_value_count(files);
  candidate *all = pl_calloc(count + 1, sizeof *all);
  char *buffer = pl_malloc(2 * (size_t)BUFFER);
  int folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  pl_status status = all && buffer ? PL_OK : pl_fail_memory(err);
  size_t n = status == PL_OK && folder >= 0 ? collect(files, folder, all) : 0;
  for (size_t from = 0, to; from < n; from = to) {
    for (to = from + 1; to < n && all[to].bytes == all[from].bytes;) to++;
    mark(folder, all + from, to - from, buffer);
  }
  for (size_t i = 0; i < n; i++) {
    pl_value *file = files->as.list.items[all[i].at];
    pl_set_int(arena, file, "bytes", all[i].bytes);
    if (all[i].copy_of) pl_set_text(arena, file, "copy_of", pl_str_of(all[i].copy_of));
  }
  if (folder >= 0) close(folder);
  pl_free(all);
  pl_free(buffer);
  return status == PL_OK && arena->failed ? pl_fail_memory(err) : status;
}
