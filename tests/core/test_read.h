/* What the tests of core/read share: a file written from text, and a batch
 * printed as text:
 *
 *   2@6+4 [x][y]                     line 2, offset 6, 4 bytes long, its cells
 *   ! 3:0 PL201 1 cell, … | z        a reject: line, column, code, message, row
 *
 * Lines are printed absolute. `-` stands for a cell that was not wanted. */
#ifndef TEST_READ_H
#define TEST_READ_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "read/input.h"

static const pl_dialect comma = {.format = PL_FORMAT_CSV, .delimiter = ','};

/* An unlinked-at-exit file is not enough: the tests open it by its path. */
static inline char *file_of(const void *bytes, size_t n) {
  static char path[64];
  strcpy(path, "/tmp/plumbline-test-XXXXXX");
  int fd = mkstemp(path);
  assert_true(fd >= 0);
  assert_int_equal(write(fd, bytes, n), (ssize_t)n);
  close(fd);
  return path;
}

static inline pl_status open_bytes(const void *bytes, size_t n, pl_dialect dialect,
                                   const pl_json_decoder *json, pl_input **input, pl_error *err) {
  char *path = file_of(bytes, n);
  pl_status status = pl_input_open(path, "shown.txt", dialect, json, input, err);
  unlink(path);
  return status;
}

static inline pl_input *open_ok(const char *text, pl_dialect dialect, const pl_json_decoder *json) {
  pl_input *input = NULL;
  pl_error err = {0};
  if (open_bytes(text, strlen(text), dialect, json, &input, &err))
    fail_msg("not opened: %u:%u %s", err.line, err.column, err.message);
  return input;
}

static inline void print_str(pl_buf *out, pl_str s) {
  if (!s.p) pl_buf_text(out, "-");
  for (size_t i = 0; i < s.n; i++) {
    if ((unsigned char)s.p[i] < 32)
      pl_buf_format(out, "\\x%02x", s.p[i]);
    else
      pl_buf_append(out, s.p + i, 1);
  }
}

static inline void print_batch(const pl_input *input, const pl_batch *b, uint32_t first,
                               pl_buf *records, pl_buf *rejects) {
  for (size_t i = 0; i < b->n; i++) {
    const pl_record *r = &b->records[i];
    pl_buf_format(records, "%u@%llu+%u ", r->line + first, (unsigned long long)r->offset,
                  r->length);
    for (size_t c = 0; c < pl_input_columns(input); c++) {
      pl_buf_text(records, "[");
      print_str(records, r->cells[c]);
      pl_buf_text(records, "]");
    }
    pl_buf_text(records, "\n");
  }
  for (size_t i = 0; i < b->rejects_n; i++) {
    const pl_reject *r = &b->rejects[i];
    pl_buf_format(rejects, "! %u:%u PL%d ", r->line + first, r->column, (int)r->code);
    print_str(rejects, r->message);
    pl_buf_text(rejects, " | ");
    print_str(rejects, r->raw);
    pl_buf_text(rejects, "\n");
  }
}

/* Everything from `from` on, in chunks of `want`: records, then rejects. */
static inline pl_status print_input(pl_input *input, uint64_t want, const bool *wanted, pl_buf *out,
                                    pl_error *err) {
  pl_batch batch = {0};
  pl_buf rejects = {0};
  uint32_t line;
  uint64_t at = pl_input_start(input, &line);
  pl_status status = PL_OK;
  while (!status && at < pl_input_size(input)) {
    status = pl_input_chunk(input, at, want, wanted, &batch, err);
    if (status) break;
    assert_true(batch.next > at);
    print_batch(input, &batch, line, out, &rejects);
    at = batch.next;
    line += batch.lines;
  }
  pl_buf_str(out, pl_buf_view(&rejects));
  pl_buf_free(&rejects);
  pl_batch_free(&batch);
  return status;
}

/* The columns and records of a text must print as `expected`. */
static inline void assert_reads(const char *text, pl_dialect dialect, const pl_json_decoder *json,
                                const char *columns, const char *expected) {
  pl_input *input = open_ok(text, dialect, json);
  pl_buf out = {0};
  pl_error err = {0};
  for (size_t i = 0; i < pl_input_columns(input); i++) {
    pl_buf_text(&out, i ? "|" : "");
    print_str(&out, pl_input_column(input, i));
  }
  assert_string_equal(pl_buf_view(&out).p, columns);
  pl_buf_clear(&out);
  if (print_input(input, 1u << 20, NULL, &out, &err))
    fail_msg("not read: %u:%u %s", err.line, err.column, err.message);
  assert_string_equal(pl_buf_view(&out).p, expected);
  pl_buf_free(&out);
  pl_input_close(input);
}

/* "3:7 message / hint / excerpt" of the error that opening or reading gives. */
static inline void assert_fails(const void *text, size_t n, pl_dialect dialect,
                                const pl_json_decoder *json, pl_status expected_status,
                                const char *expected) {
  pl_input *input = NULL;
  pl_error err = {0};
  pl_buf out = {0};
  pl_status status = open_bytes(text, n, dialect, json, &input, &err);
  if (!status) status = print_input(input, 64, NULL, &out, &err);
  pl_buf_clear(&out);
  pl_buf_format(&out, "%u:%u %s", err.line, err.column, err.message);
  if (err.hint[0]) pl_buf_format(&out, " / %s", err.hint);
  if (err.excerpt[0]) pl_buf_format(&out, " / %s", err.excerpt);
  assert_string_equal(pl_buf_view(&out).p, expected);
  assert_string_equal(err.file, "shown.txt");
  assert_int_equal(status, expected_status);
  assert_int_equal(err.status, expected_status);
  pl_input_close(input);
  pl_buf_free(&out);
}

#endif
