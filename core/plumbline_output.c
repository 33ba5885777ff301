/* Files written whole or not at all: beside their place, synced, renamed. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plumbline_audit.h"
#include "read/rejects.h"

#define PL_MAX_PATH 4096
#define PL_TEMP_TRIES 1000

typedef struct pl_pending { /* a file that is written and not yet in its place */
  char path[PL_MAX_PATH];
  char temp[PL_MAX_PATH];
} pl_pending;

static pl_status fail_write(pl_error *err, const char *path, int reason) {
  return pl_fail(err, PL_E_OUTPUT, "cannot write %s: %s", path, strerror(reason));
}

static pl_status write_all(int fd, const char *p, size_t n, const char *path, pl_error *err) {
  while (n > 0) {
    ssize_t done = write(fd, p, n);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return fail_write(err, path, errno);
    p += done;
    n -= (size_t)done;
  }
  return PL_OK;
}

/* Its own name rather than mkstemp's, so that the file gets the permissions
 * that any new file of this user gets. */
static int open_temp(pl_pending *file) {
  char folder[PL_MAX_PATH], name[PL_MAX_PATH];
  snprintf(folder, sizeof folder, "%s", file->path);
  snprintf(name, sizeof name, "%s", file->path);
  const char *in = dirname(folder), *base = basename(name);
  for (unsigned i = 0; i < PL_TEMP_TRIES; i++) {
    int n =
        snprintf(file->temp, sizeof file->temp, "%s/.%s.%ld-%u.tmp", in, base, (long)getpid(), i);
    if (n >= (int)sizeof file->temp) {
      errno = ENAMETOOLONG;
      return -1;
    }
    int fd = open(file->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0 || errno != EEXIST) return fd;
  }
  return -1;
}

static void pending_drop(pl_pending *file) {
  if (file->temp[0]) unlink(file->temp);
  file->temp[0] = '\0';
}

/* Opens a file beside `path`. With `follow`, beside what a link leads to; else a
 * link will be replaced, whatever it leads to. */
static pl_status pending_open(pl_pending *file, const char *path, bool follow, int *out,
                              pl_error *err) {
  file->temp[0] = '\0';
  char *real = follow ? realpath(path, NULL) : NULL;
  int n = snprintf(file->path, sizeof file->path, "%s", real ? real : path);
  free(real);
  if (n >= (int)sizeof file->path) return fail_write(err, path, ENAMETOOLONG);
  int fd = open_temp(file);
  if (fd < 0) {
    int reason = errno;
    file->temp[0] = '\0';
    return fail_write(err, path, reason);
  }
  struct stat old;
  if (lstat(file->path, &old) == 0 && S_ISREG(old.st_mode)) (void)!fchmod(fd, old.st_mode & 0777);
  *out = fd;
  return PL_OK;
}

/* `status` is how writing went; only a file that is whole and safe stays. */
static pl_status pending_close(pl_pending *file, const char *path, int fd, pl_status status,
                               pl_error *err) {
  if (status == PL_OK && fsync(fd) != 0) status = fail_write(err, path, errno);
  if (close(fd) != 0 && status == PL_OK) status = fail_write(err, path, errno);
  if (status != PL_OK) pending_drop(file);
  return status;
}

static pl_status pending_write(pl_pending *file, const char *path, bool follow, const char *bytes,
                               size_t size, pl_error *err) {
  int fd;
  pl_status status = pending_open(file, path, follow, &fd, err);
  if (status != PL_OK) return status;
  return pending_close(file, path, fd, write_all(fd, bytes, size, path, err), err);
}

typedef struct json_target {
  const char *path;
  int fd;
  pl_error *err;
  pl_status status;
} json_target;

static bool write_piece(void *ctx, const void *bytes, size_t n) {
  json_target *to = ctx;
  to->status = write_all(to->fd, bytes, n, to->path, to->err);
  return to->status == PL_OK;
}

/* The whole result, piece by piece: its text can be larger than all the rest. */
static pl_status pending_write_json(pl_pending *file, const char *path, const pl_value *result,
                                    pl_error *err) {
  json_target to = {.path = path, .err = err};
  pl_status status = pending_open(file, path, false, &to.fd, err);
  if (status != PL_OK) return status;
  bool done = pl_value_json(result, write_piece, &to);
  if (!done && to.status == PL_OK) to.status = pl_fail_memory(err);
  return pending_close(file, path, to.fd, to.status, err);
}

static pl_status sync_folder(const char *path, pl_error *err) {
  char copy[PL_MAX_PATH];
  snprintf(copy, sizeof copy, "%s", path);
  const char *folder = dirname(copy);
  int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return fail_write(err, folder, errno);
  /* Some file systems cannot sync a folder and say EINVAL. */
  pl_status status = fsync(fd) != 0 && errno != EINVAL ? fail_write(err, folder, errno) : PL_OK;
  close(fd);
  return status;
}

static pl_status pending_place(pl_pending *file, pl_error *err) {
  if (rename(file->temp, file->path) != 0) return fail_write(err, file->path, errno);
  file->temp[0] = '\0';
  return PL_OK;
}

/* A device or pipe: nothing can be put beside it. */
static pl_status write_through(const char *path, const void *bytes, size_t size, pl_error *err) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return fail_write(err, path, errno);
  pl_status status = write_all(fd, bytes, size, path, err);
  if (close(fd) != 0 && status == PL_OK) status = fail_write(err, path, errno);
  return status;
}

pl_status pl_file_write(const char *path, const void *bytes, size_t size, pl_error *err) {
  PL_WANT_ERROR(err);
  struct stat info;
  bool there = stat(path, &info) == 0;
  if (there && S_ISDIR(info.st_mode)) return fail_write(err, path, EISDIR);
  if (there && !S_ISREG(info.st_mode)) return write_through(path, bytes, size, err);
  pl_pending *file = pl_calloc(1, sizeof *file);
  if (!file) return pl_fail_memory(err);
  pl_status status = pending_write(file, path, true, bytes, size, err);
  if (status == PL_OK) status = pending_place(file, err);
  if (status == PL_OK) status = sync_folder(file->path, err);
  pending_drop(file);
  pl_free(file);
  return status;
}

/* ---- the report folder -------------------------------------------------------- */
typedef struct pl_report_file {
  const char *name;
  const char *view; /* NULL: rejects.csv */
} pl_report_file;

/* In the order in which they are put in place: report.json, from which the rest
 * could be drawn again, comes last. */
static const pl_report_file report_files[] = {{"rejects.csv", NULL},
                                              {"flags.csv", "csv"},
                                              {"report.md", "markdown"},
                                              {"report.json", "json"}};
#define REPORT_FILES (sizeof report_files / sizeof *report_files)

static pl_status report_write_one(pl_audit *audit, const pl_report_file *which, const char *path,
                                  pl_pending *file, pl_error *err) {
  if (which->view && strcmp(which->view, "json") == 0)
    return pending_write_json(file, path, audit->result, err);
  if (which->view) {
    const char *text;
    size_t size;
    pl_status status = pl_audit_render(audit, which->view, NULL, &text, &size, err);
    return status == PL_OK ? pending_write(file, path, false, text, size, err) : status;
  }
  const pl_rejects *rejects = &pl_run_scan(audit->run)->rejects;
  if (rejects->n == 0) return PL_OK;
  pl_buf csv = {0};
  pl_status status = pl_rejects_csv(rejects, audit->bound->files, &csv)
                         ? pending_write(file, path, false, csv.p, csv.n, err)
                         : pl_fail_memory(err);
  pl_buf_free(&csv);
  return status;
}

static pl_status report_place(const char *directory, pl_pending files[], pl_error *err) {
  char path[PL_MAX_PATH];
  for (size_t i = 0; i < REPORT_FILES; i++) {
    pl_status status = files[i].temp[0] ? pending_place(&files[i], err) : PL_OK;
    if (status != PL_OK) return status;
    if (report_files[i].view || files[i].path[0]) continue;
    snprintf(path, sizeof path, "%s/%s", directory, report_files[i].name);
    if (unlink(path) != 0 && errno != ENOENT) return fail_write(err, path, errno);
  }
  snprintf(path, sizeof path, "%s/.", directory);
  return sync_folder(path, err);
}

/* Whether the real path `path` is `root` or below it. */
static bool is_below(const char *path, const char *root) {
  size_t n = strlen(root);
  if (strcmp(root, "/") == 0) return true;
  return strncmp(path, root, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

/* A workspace may come from elsewhere: what lies in it must not lead our files
 * out of it. A folder outside that the caller names is the caller's choice. */
static pl_status stays_inside(const pl_audit *audit, const char *directory, pl_error *err) {
  struct stat info;
  char copy[PL_MAX_PATH];
  if (lstat(directory, &info) != 0 || !S_ISLNK(info.st_mode)) return PL_OK;
  snprintf(copy, sizeof copy, "%s", directory);
  char *root = realpath(audit->directory, NULL), *in = realpath(dirname(copy), NULL),
       *real = realpath(directory, NULL);
  bool leads_out = root && in && is_below(in, root) && !(real && is_below(real, root));
  free(root);
  free(in);
  free(real);
  if (!leads_out) return PL_OK;
  pl_fail(err, PL_E_OUTPUT, "%s is a link that leads out of the workspace", directory);
  return pl_hint(err, "remove the link; -o FILE writes a result wherever you want it");
}

static pl_status folder_open(const pl_audit *audit, const char *directory, bool *made,
                             pl_error *err) {
  *made = mkdir(directory, 0777) == 0;
  if (!*made && errno != EEXIST) return fail_write(err, directory, errno);
  return stays_inside(audit, directory, err);
}

pl_status pl_audit_report_rejects(pl_audit *audit, const char *directory, pl_error *err) {
  PL_WANT_ERROR(err);
  PL_C_LOCALE;
  char path[PL_MAX_PATH];
  bool made;
  if (pl_audit_count(audit).rejects == 0)
    return pl_fail(err, PL_E_USAGE, "there are no rejected rows to report");
  pl_status status = folder_open(audit, directory, &made, err);
  if (status != PL_OK) return status;
  pl_pending *file = pl_calloc(1, sizeof *file);
  if (!file) status = pl_fail_memory(err);
  if (file && snprintf(path, sizeof path, "%s/rejects.csv", directory) >= (int)sizeof path)
    status = fail_write(err, directory, ENAMETOOLONG);
  if (status == PL_OK) status = report_write_one(audit, &report_files[0], path, file, err);
  if (status == PL_OK) status = pending_place(file, err);
  if (status == PL_OK) status = sync_folder(path, err);
  if (file) pending_drop(file);
  if (status != PL_OK && made) rmdir(directory);
  pl_free(file);
  return status;
}

pl_status pl_audit_report(pl_audit *audit, const char *directory, pl_error *err) {
  PL_WANT_ERROR(err);
  PL_C_LOCALE;
  bool made;
  if (!audit->result) return pl_fail(err, PL_E_USAGE, "there is no result to report");
  pl_status opened = folder_open(audit, directory, &made, err);
  if (opened != PL_OK) return opened;
  pl_pending *files = pl_calloc(REPORT_FILES, sizeof *files);
  pl_status status = files ? PL_OK : pl_fail_memory(err);
  char path[PL_MAX_PATH];
  for (size_t i = 0; i < REPORT_FILES && status == PL_OK; i++) {
    int n = snprintf(path, sizeof path, "%s/%s", directory, report_files[i].name);
    status = n >= (int)sizeof path
                 ? fail_write(err, directory, ENAMETOOLONG)
                 : report_write_one(audit, &report_files[i], path, &files[i], err);
  }
  if (status == PL_OK) status = report_place(directory, files, err);
  for (size_t i = 0; files && i < REPORT_FILES; i++) pending_drop(&files[i]);
  if (status != PL_OK && made) rmdir(directory); /* only if nothing is in it */
  pl_free(files);
  return status;
}
