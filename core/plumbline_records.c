/* Records of the program's own: spooled as NDJSON, read like any export. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "plumbline_audit.h"

#define FLUSH_BYTES (64u << 10)

struct pl_records {
  char *path;
  int fd;
  pl_buf text; /* not written yet */
  bool fields; /* the record at hand has some */
  bool any;    /* a record was ended */
  bool empty;  /* [] was written, as there is none */
  int failed;  /* errno of the first write that failed */
};

pl_status pl_records_new(const char *path, pl_records **out, pl_error *err) {
  PL_WANT_ERROR(err);
  *out = NULL;
  pl_records *records = pl_calloc(1, sizeof *records);
  if (!records) return pl_fail_memory(err);
  records->fd = -1;
  size_t n = strlen(path) + 1;
  records->path = pl_malloc(n);
  pl_status status = records->path ? PL_OK : pl_fail_memory(err);
  if (status == PL_OK) {
    memcpy(records->path, path, n);
    records->fd = pl_spool_open();
    if (records->fd < 0)
      status = pl_fail(err, PL_E_OUTPUT, "no temporary file for the records of \"%s\": %s", path,
                       strerror(errno));
  }
  if (status == PL_OK) {
    *out = records;
  } else {
    pl_records_free(records);
  }
  return status;
}

void pl_records_free(pl_records *records) {
  if (!records) return;
  if (records->fd >= 0) close(records->fd);
  pl_buf_free(&records->text);
  pl_free(records->path);
  pl_free(records);
}

/* Runs of plain bytes as they are; what JSON must escape, escaped. Bytes that
 * are not UTF-8 are left for the reader to reject with their place. */
static void put_quoted(pl_buf *out, pl_str s) {
  pl_buf_append(out, "\"", 1);
  for (size_t i = 0, start = 0; i <= s.n; i++) {
    unsigned char c = i < s.n ? (unsigned char)s.p[i] : 0;
    if (i < s.n && c >= 0x20 && c != '"' && c != '\\') continue;
    pl_buf_append(out, s.p + start, i - start);
    if (i < s.n) pl_buf_format(out, "\\u%04x", c);
    start = i + 1;
  }
  pl_buf_append(out, "\"", 1);
}

void pl_records_field(pl_records *records, pl_str name, pl_str value) {
  pl_buf *out = &records->text;
  pl_buf_append(out, records->fields ? "," : "{", 1);
  put_quoted(out, name);
  pl_buf_append(out, ":", 1);
  put_quoted(out, value);
  records->fields = true;
}

static void flush(pl_records *records) {
  const char *p = records->text.p;
  size_t left = records->text.n;
  while (left > 0 && !records->failed) {
    ssize_t done = write(records->fd, p, left);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) {
      records->failed = errno;
      break;
    }
    p += done;
    left -= (size_t)done;
  }
  pl_buf_clear(&records->text);
}

static pl_status outcome(const pl_records *records, pl_error *err) {
  if (records->text.failed) return pl_fail_memory(err);
  if (!records->failed) return PL_OK;
  return pl_fail(err, PL_E_OUTPUT, "the records of \"%s\" cannot be written: %s", records->path,
                 strerror(records->failed));
}

pl_status pl_records_end(pl_records *records, pl_error *err) {
  PL_WANT_ERROR(err);
  pl_buf_text(&records->text, records->fields ? "}\n" : "{}\n");
  records->fields = false;
  records->any = true;
  if (records->text.n >= FLUSH_BYTES) flush(records);
  return outcome(records, err);
}

/* All of it on disk. */
static pl_status finish(pl_records *records, pl_error *err) {
  if (!records->any && !records->empty) pl_buf_text(&records->text, "[]");
  records->empty = !records->any;
  flush(records);
  return outcome(records, err);
}

pl_status pl_audit_take_records(pl_audit *audit, pl_records *const *records, size_t n,
                                pl_error *err) {
  pl_arena *arena = &audit->model.arena;
  if (n == 0) return PL_OK;
  audit->spools = pl_calloc(n, sizeof *audit->spools);
  audit->model.given = pl_arena_array(arena, n, sizeof *audit->model.given);
  if (!audit->spools || !audit->model.given) return pl_fail_memory(err);
  for (size_t i = 0; i < n; i++) {
    pl_status status = finish(records[i], err);
    if (status != PL_OK) return status;
    int fd = fcntl(records[i]->fd, F_DUPFD_CLOEXEC, 3);
    if (fd < 0) return pl_fail(err, PL_E_INPUT, "no more files can be opened: %s", strerror(errno));
    audit->spools[audit->spools_n++] = fd;
    pl_given *given = &audit->model.given[audit->model.given_n++];
    given->path = pl_arena_copy(arena, records[i]->path, strlen(records[i]->path));
    given->format = records[i]->empty ? PL_FORMAT_JSON : PL_FORMAT_NDJSON;
    given->real = pl_arena_format(arena, "/proc/self/fd/%d", fd);
    if (!given->path || !given->real) return pl_fail_memory(err);
  }
  return PL_OK;
}

void pl_audit_drop_records(pl_audit *audit) {
  for (size_t i = 0; i < audit->spools_n; i++) close(audit->spools[i]);
  pl_free(audit->spools);
}
