/* Files: opening, spooling what cannot be read twice, reading at an offset. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "read/decode.h"

#define PL_MAX_FILE (1ull << 40) /* bytes of one export */
#define READ_AHEAD (4ull << 20)  /* how far in front of a chunk the kernel is asked to read */

/* --- reading --- */

pl_status pl_input_changed(const pl_input *input, pl_error *err, const char *how) {
  pl_fail_at(err, PL_E_INPUT, (pl_site){input->shown, 0, 0}, "the file %s while it was read", how);
  return pl_input_hint(err, "Run again when the export is complete.");
}

pl_status pl_input_read_file(const pl_input *input, uint64_t at, void *to, size_t n,
                             pl_error *err) {
  for (size_t got = 0; got < n;) {
    ssize_t r = pread(input->fd, (char *)to + got, n - got, (off_t)(at + got));
    if (r > 0)
      got += (size_t)r;
    else if (r == 0)
      return pl_input_changed(input, err, "became shorter");
    else if (errno != EINTR)
      return pl_fail_at(err, PL_E_INPUT, (pl_site){input->shown, 0, 0}, "reading failed: %s",
                        strerror(errno));
  }
  return PL_OK;
}

pl_status pl_input_pread(const pl_input *input, uint64_t at, void *to, size_t n, pl_error *err) {
  return input->stream ? pl_stream_read(input->stream, at, to, n, err)
                       : pl_input_read_file(input, at, to, n, err);
}

pl_status pl_input_raw(const pl_input *input, uint64_t offset, uint32_t length, size_t max,
                       pl_buf *out, pl_error *err) {
  char piece[4096];
  size_t left = length < max ? length : max;
  pl_buf_clear(out);
  while (left) {
    size_t n = left < sizeof piece ? left : sizeof piece;
    pl_status status = pl_input_pread(input, offset, piece, n, err);
    if (status) return status;
    if (!pl_buf_append(out, piece, n)) return pl_fail_memory(err);
    offset += n;
    left -= n;
  }
  return PL_OK;
}

/* --- errors at a byte of the file --- */

/* Line of a byte and where that line begins. */
static void input_locate(const pl_input *input, uint64_t offset, uint32_t *line, uint64_t *begin) {
  char piece[4096];
  bool cr = false;
  *line = 1;
  *begin = input->text_at;
  for (uint64_t at = input->text_at; at < offset;) {
    size_t n = offset - at < sizeof piece ? (size_t)(offset - at) : sizeof piece;
    if (pl_input_pread(input, at, piece, n, NULL)) return;
    for (size_t i = 0; i < n; i++) {
      *line += pl_line_count(piece + i, 1, &cr);
      if (piece[i] == '\n' || piece[i] == '\r') *begin = at + i + 1;
    }
    at += n;
  }
}

/* The line from `begin`, as far as it fits and is text. */
static void input_excerpt(const pl_input *input, uint64_t begin, char *out, size_t size) {
  uint64_t left = input->size - begin;
  size_t n = left < size - 1 ? (size_t)left : size - 1, end;
  out[0] = 0;
  if (pl_input_pread(input, begin, out, n, NULL)) n = 0;
  pl_line_find(out, n, true, &n, &end);
  out[n] = 0;
  n = strlen(out);
  out[pl_utf8_valid((pl_str){out, n})] = 0;
}

pl_status pl_input_fail(const pl_input *input, pl_error *err, uint64_t offset, const char *format,
                        ...) {
  if (!err) return PL_E_INPUT;
  char message[PL_ERROR_TEXT];
  va_list args;
  va_start(args, format);
  vsnprintf(message, sizeof message, format, args);
  va_end(args);
  uint32_t line;
  uint64_t begin;
  if (offset < input->text_at) offset = input->text_at;
  input_locate(input, offset, &line, &begin);
  uint64_t column = offset - begin + 1;
  pl_site site = {input->shown, line, column < UINT32_MAX ? (uint32_t)column : UINT32_MAX};
  pl_fail_at(err, PL_E_INPUT, site, "%s", message);
  input_excerpt(input, begin, err->excerpt, sizeof err->excerpt);
  return PL_E_INPUT;
}

pl_status pl_input_hint(pl_error *err, const char *hint) {
  pl_hint(err, "%s", hint);
  return PL_E_INPUT;
}

/* --- opening --- */

static pl_status input_open_stdin(pl_input *input, const volatile bool *cancel, pl_error *err) {
  pl_site site = {input->shown, 0, 0};
  input->fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
  if (input->fd < 0) return pl_fail_at(err, PL_E_INPUT, site, "standard input is closed");
  if (isatty(input->fd)) {
    pl_fail_at(err, PL_E_INPUT, site, "standard input is a terminal, and no export comes from it");
    return pl_input_hint(err, "Give it one: cat leads.csv | plumbline audit, or < leads.csv");
  }
  pl_status status = pl_spool_pipe(input, cancel, err);
  if (!status && input->size == 0)
    status = pl_fail_at(err, PL_E_INPUT, site, "nothing came from standard input");
  return status;
}

/* Not blocking, so that a pipe without a writer can be waited for elsewhere. */
static pl_status input_open_file(pl_input *input, const volatile bool *cancel, pl_error *err) {
  pl_site site = {input->shown, 0, 0};
  if (strcmp(input->path, "-") == 0) return input_open_stdin(input, cancel, err);
  input->fd = open(input->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (input->fd < 0) {
    if (errno == ENOENT || errno == ENOTDIR)
      return pl_fail_at(err, PL_E_INPUT, site, "there is no such file");
    return pl_fail_at(err, PL_E_INPUT, site, "the file cannot be opened: %s", strerror(errno));
  }
  if (fstat(input->fd, &input->opened) != 0)
    return pl_fail_at(err, PL_E_INPUT, site, "the file cannot be read: %s", strerror(errno));
  if (S_ISDIR(input->opened.st_mode))
    return pl_fail_at(err, PL_E_INPUT, site, "this is a directory, not a file");
  if (!S_ISREG(input->opened.st_mode)) {
    if (lseek(input->fd, 0, SEEK_CUR) >= 0)
      return pl_fail_at(err, PL_E_INPUT, site, "this is a device, neither a file nor a pipe");
    pl_status status = pl_spool_pipe(input, cancel, err);
    if (status) return status;
  } else {
    input->size = (uint64_t)input->opened.st_size;
  }
  if (input->size == 0) return pl_fail_at(err, PL_E_INPUT, site, "the file is empty");
  if (input->size > PL_MAX_FILE)
    return pl_fail_at(err, PL_E_INPUT, site, "the file is larger than 1 TiB");
  return PL_OK;
}

/* The environment may say how CSV is looked through: for tests, and for who doubts
 * what the fast ways find. */
static pl_status input_scan(pl_input *input, pl_error *err) {
  static const char *const names[] = {"libcsv", "bytes", "sse2", "avx2"};
  const char *asked = getenv("PLUMBLINE_SCAN");
  input->scan = pl_scan_best();
  if (!asked || !*asked) return PL_OK;
  for (int kind = PL_SCAN_LIBCSV; kind <= PL_SCAN_AVX2; kind++)
    if (strcmp(asked, names[kind]) == 0 && pl_scan_possible((pl_scan_kind)kind)) {
      input->scan = (pl_scan_kind)kind;
      return PL_OK;
    }
  pl_fail(err, PL_E_USAGE, "PLUMBLINE_SCAN is %.20s, which is no way to scan on this processor",
          asked);
  pl_hint(err, "Leave it out, or set it to libcsv, bytes, sse2 or avx2.");
  return PL_E_USAGE;
}

/* And how much decoded text is kept in memory. */
static pl_status input_hold(pl_input *input, pl_error *err) {
  const char *asked = getenv("PLUMBLINE_HELD");
  input->hold = (uint64_t)PL_HELD_MOST << 20;
  if (!asked || !*asked) return PL_OK;
  const size_t n = strlen(asked);
  if (n < 7 && strspn(asked, "0123456789") == n) {
    input->hold = (uint64_t)strtoul(asked, NULL, 10) << 20;
    return PL_OK;
  }
  pl_fail(err, PL_E_USAGE, "PLUMBLINE_HELD is %.20s, which is no number of MiB", asked);
  pl_hint(err, "Leave it out, or set it to the MiB of decoded text to keep in memory: 64.");
  return PL_E_USAGE;
}

static pl_input *input_new(const char *path, const char *shown, pl_dialect dialect,
                           const pl_json_decoder *json) {
  pl_input *input = pl_calloc(1, sizeof *input);
  if (!input) return NULL;
  input->fd = -1;
  input->dialect = dialect;
  if (json) input->json = *json;
  input->path = pl_arena_copy(&input->arena, path, strlen(path));
  input->shown = pl_arena_copy(&input->arena, shown, strlen(shown));
  input->names = pl_dict_new();
  input->lock_made = pthread_mutex_init(&input->json_lock, NULL) == 0;
  if (input->path && input->shown && input->names && input->lock_made) return input;
  pl_input_close(input);
  return NULL;
}

pl_status pl_input_open(const char *path, const char *shown, pl_dialect dialect,
                        const pl_json_decoder *json, pl_input **out, pl_error *err) {
  return pl_input_open_unless(NULL, path, shown, dialect, json, out, err);
}

pl_status pl_input_open_unless(const volatile bool *cancel, const char *path, const char *shown,
                               pl_dialect dialect, const pl_json_decoder *json, pl_input **out,
                               pl_error *err) {
  *out = NULL;
  bool csv = dialect.format == PL_FORMAT_CSV;
  if (csv && dialect.delimiter && !strchr(",;\t|", dialect.delimiter)) {
    pl_fail_at(err, PL_E_USAGE, (pl_site){shown, 0, 0}, "the delimiter is not one that is read");
    pl_hint(err, "delimiter = \",\" or \";\" or \"\\t\" or \"|\"");
    return PL_E_USAGE;
  }
  pl_input *input = input_new(path, shown, dialect, json);
  if (!input) return pl_fail_memory(err);
  pl_status status = input_scan(input, err);
  if (!status) status = input_hold(input, err);
  if (!status) status = input_open_file(input, cancel, err);
  if (!status) status = pl_decode(input, cancel, err);
  input->end = input->size;
  if (!status) status = pl_shape_find(input, err);
  if (!input->dialect.delimiter) input->dialect.delimiter = ','; /* one column, or JSON */
  csv = input->dialect.format == PL_FORMAT_CSV;
  if (!status && !input->shape.transposed)
    status = csv ? pl_csv_header(input, err) : pl_json_head(input, err);
  input->shape.dialect = input->dialect;
  if (status)
    pl_input_close(input);
  else
    *out = input;
  return status;
}

void pl_input_close(pl_input *input) {
  if (!input) return;
  pl_stream_close(input->stream);
  if (input->fd >= 0) close(input->fd);
  pl_dict_free(input->names);
  pl_free(input->columns);
  pl_free(input->skipped);
  pl_free(input->kept);
  if (input->lock_made) pthread_mutex_destroy(&input->json_lock);
  pl_arena_free(&input->arena);
  pl_free(input);
}

pl_status pl_input_unchanged(const pl_input *input, pl_error *err) {
  const struct stat *then = &input->opened;
  struct stat now;
  if (input->spooled) return PL_OK;
  if (stat(input->path, &now) != 0) return pl_input_changed(input, err, "disappeared");
  if (now.st_size != then->st_size || now.st_ino != then->st_ino || now.st_dev != then->st_dev ||
      now.st_mtim.tv_sec != then->st_mtim.tv_sec || now.st_mtim.tv_nsec != then->st_mtim.tv_nsec)
    return pl_input_changed(input, err, "changed");
  return PL_OK;
}

/* --- columns and the rest --- */

pl_status pl_input_push_column(pl_input *input, pl_str name, pl_error *err) {
  if (!pl_grow(&input->columns, &input->columns_cap, input->columns_n + 1, sizeof *input->columns))
    return pl_fail_memory(err);
  pl_str copy = {pl_arena_copy(&input->arena, name.p, name.n), name.n};
  if (!copy.p || pl_dict_add(input->names, name) == PL_DICT_NONE) return pl_fail_memory(err);
  input->columns[input->columns_n++] = copy;
  return PL_OK;
}

pl_status pl_input_add_column(pl_input *input, pl_str name, size_t *index, pl_error *err) {
  uint32_t id = pl_dict_find(input->names, name);
  *index = id;
  if (id != PL_DICT_NONE) return PL_OK;
  if (input->dialect.format == PL_FORMAT_CSV)
    return pl_fail_at(err, PL_E_USAGE, (pl_site){input->shown, 1, 0}, "there is no column %.*s",
                      name.n < 100 ? (int)name.n : 100, name.p);
  if (input->columns_n == PL_MAX_COLUMNS)
    return pl_fail_at(err, PL_E_USAGE, (pl_site){input->shown, 0, 0}, "more than %d columns",
                      PL_MAX_COLUMNS);
  *index = input->columns_n;
  return pl_input_push_column(input, name, err);
}

pl_status pl_input_find_column(pl_input *input, pl_str name, bool *found, pl_error *err) {
  *found = pl_dict_find(input->names, name) != PL_DICT_NONE;
  if (*found || input->dialect.format == PL_FORMAT_CSV) return PL_OK;
  return pl_json_find(input, name, found, err);
}

const char *pl_input_path(const pl_input *input) {
  return input->path;
}

const char *pl_input_shown(const pl_input *input) {
  return input->shown;
}
pl_format pl_input_format(const pl_input *input) {
  return input->dialect.format;
}
const pl_shape *pl_input_shape(const pl_input *input) {
  return &input->shape;
}
uint64_t pl_input_size(const pl_input *input) {
  return input->end;
}
size_t pl_input_columns(const pl_input *input) {
  return input->columns_n;
}
pl_str pl_input_column(const pl_input *input, size_t i) {
  return input->columns[i];
}

uint64_t pl_input_start(const pl_input *input, uint32_t *line) {
  if (line) *line = input->start_line;
  return input->start;
}

uint64_t pl_input_share(const pl_input *input, unsigned threads, uint64_t chunk) {
  return input->stream ? pl_stream_share(input->stream, threads, chunk) : chunk;
}

/* While a chunk is worked on, the kernel gets the next ones: it would by itself read
 * ahead less than what the disk can do meanwhile. */
static void read_ahead(pl_input *input, uint64_t from, uint64_t want) {
  if (input->stream || want > input->size) return;
  const uint64_t asked = __atomic_load_n(&input->ahead, __ATOMIC_RELAXED);
  uint64_t begin = from + want, until = begin + READ_AHEAD;
  if (asked > begin + READ_AHEAD / 2 && asked <= until) return;
  if (asked > begin && asked <= until) begin = asked;
  __atomic_store_n(&input->ahead, until, __ATOMIC_RELAXED);
  if (begin < input->size)
    posix_fadvise(input->fd, (off_t)begin, (off_t)(until - begin), POSIX_FADV_WILLNEED);
}

pl_status pl_input_chunk(pl_input *input, uint64_t from, uint64_t want, const bool *wanted,
                         pl_batch *batch, pl_error *err) {
  if (from > input->end) from = input->end;
  read_ahead(input, from, want);
  return input->dialect.format == PL_FORMAT_CSV
             ? pl_csv_chunk(input, from, want, wanted, batch, err)
             : pl_json_chunk(input, from, want, wanted, batch, err);
}
