/* What the fuzzers of core/read share: the bytes as a file in memory, read in
 * one go and in small chunks; both must give the same, whatever the bytes. */
#ifndef FUZZ_READ_H
#define FUZZ_READ_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/dict.h"
#include "read/rejects.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds, const char *what) {
  if (!holds) {
    fprintf(stderr, "does not hold: %s\n", what);
    abort();
  }
}

static uint64_t mix(uint64_t sum, pl_str s) {
  return (sum ^ pl_hash(s.p ? s.p : "", s.n)) * 0x9E3779B97F4A7C15u + s.n;
}

typedef struct totals {
  uint64_t records, rejects, lines, sum;
  pl_status status;
} totals;

static void check_record(const pl_input *input, const pl_record *r, const pl_batch *b) {
  must(r->offset + r->length <= b->next, "a record ends before the next begins");
  must(r->line < b->lines || b->lines == 0 || r->line == b->lines, "a line is in the chunk");
  for (size_t i = 0; i < pl_input_columns(input); i++) {
    must(pl_utf8_valid(r->cells[i]) == r->cells[i].n, "a cell is UTF-8");
    must(!r->cells[i].n || !memchr(r->cells[i].p, 0, r->cells[i].n), "a cell has no NUL");
  }
}

static totals read_all(pl_input *input, uint64_t want, pl_rejects *rejects) {
  totals t = {0};
  pl_batch b = {0};
  pl_error err;
  uint32_t line;
  uint64_t at = pl_input_start(input, &line);
  while (at < pl_input_size(input) && !t.status) {
    t.status = pl_input_chunk(input, at, want, NULL, &b, &err);
    if (t.status) break;
    must(b.next > at && b.next <= pl_input_size(input), "a chunk goes on");
    for (size_t i = 0; i < b.n; i++) {
      check_record(input, &b.records[i], &b);
      t.sum = t.sum * 31 + b.records[i].line + t.lines + b.records[i].offset;
      for (size_t c = 0; c < pl_input_columns(input); c++)
        t.sum = mix(t.sum, b.records[i].cells[c]);
    }
    for (size_t i = 0; i < b.rejects_n; i++) {
      must(b.rejects[i].raw.n <= 4096, "a raw row is short");
      if (rejects) pl_rejects_add(rejects, &b.rejects[i]);
    }
    t.records += b.n;
    t.rejects += b.rejects_n;
    t.lines += b.lines;
    at = b.next;
  }
  pl_batch_free(&b);
  return t;
}

static void check_rejects(pl_rejects *rejects) {
  static const char *const files[] = {"x"};
  pl_buf out = {0};
  pl_rejects_sort(rejects);
  must(pl_rejects_csv(rejects, files, &out), "rejects are written");
  must(pl_utf8_valid(pl_buf_view(&out)) == out.n, "rejects.csv is UTF-8");
  pl_buf_free(&out);
  pl_rejects_free(rejects);
}

static void check_input(pl_input *input, uint64_t want) {
  pl_rejects rejects = {0};
  totals whole = read_all(input, UINT64_MAX, &rejects);
  totals cut = read_all(input, want, NULL);
  must(whole.status == cut.status, "chunks end alike");
  if (!whole.status)
    must(whole.records == cut.records && whole.rejects == cut.rejects && whole.lines == cut.lines &&
             whole.sum == cut.sum,
         "chunks read alike");
  check_rejects(&rejects);
  for (uint64_t near = 0; near < pl_input_size(input); near += 1 + near / 2) {
    uint64_t guess = pl_input_guess(input, near);
    must(guess >= near && guess <= pl_input_size(input), "a guess lies ahead");
    pl_input_cell_column(input, pl_input_start(input, NULL), 1, (size_t)near);
  }
}

static inline int fuzz(const uint8_t *data, size_t size, pl_dialect dialect,
                       const pl_json_decoder *json) {
  const uint64_t want = size ? data[0] : 0;
  char path[64];
  pl_input *input;
  pl_error err;
  int fd = memfd_create("fuzz", MFD_CLOEXEC);
  must(fd >= 0, "there is a file in memory");
  if (size > 1) must(write(fd, data + 1, size - 1) == (ssize_t)size - 1, "it is written");
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  if (pl_input_open(path, "x", dialect, json, &input, &err) == PL_OK) {
    check_input(input, want);
    must(pl_input_unchanged(input, &err) == PL_OK, "it did not change");
    pl_input_close(input);
  } else {
    must(err.message[0] && memchr(err.message, 0, sizeof err.message), "an error has a message");
  }
  close(fd);
  return 0;
}

#endif
