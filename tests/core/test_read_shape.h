/* What the tests of shapes share: bytes in; delimiter, columns, records and what was
 * skipped out.
 *
 * A file prints as
 *   ; trailing                                  the delimiter, and what else is so
 *   a|b                                         its columns
 *   2 [1][2]                                    line and cells of each record
 *   ! 3 PL201                                   rejects
 *   - preamble 1+2/1 Report                     kind, line + lines / rows, text
 *   ? 4 Total,5                                 kept, but may be a total
 *   ? names 2 Who?,When?                        … may describe the columns
 *   ? table 5 Page,Title / block = a            … may be the header of another table
 *   # name 3                                    the tables of a file with several
 * and one that is not read as `line message / hint`. */
#ifndef TEST_READ_SHAPE_H
#define TEST_READ_SHAPE_H

#include "test_read.h"

static const pl_dialect look = {.format = PL_FORMAT_CSV};

static inline bool one_field(void *state, pl_str text, void (*field)(void *, pl_str, pl_str),
                             void *ctx, char message[256]) {
  (void)state;
  (void)message;
  field(ctx, PL_STR("object"), text);
  return true;
}

static inline void print_shape(pl_input *input, pl_buf *out) {
  static const char *const kinds[] = {"preamble", "description", "total", "footer", "block"};
  const pl_shape *shape = pl_input_shape(input);
  for (size_t i = 0; i < shape->skipped_n; i++) {
    const pl_skipped *s = &shape->skipped[i];
    pl_buf_format(out, "- %s %u+%u/%u %.*s\n", kinds[s->kind], s->line, s->lines, s->rows,
                  PL_STR_ARG(s->text));
  }
  for (size_t i = 0; i < shape->kept_n; i++) {
    const pl_kept *k = &shape->kept[i];
    const char *as = k->as == PL_DOUBT_NAMES ? "names " : k->as == PL_DOUBT_TABLE ? "table " : "";
    pl_buf_format(out, "? %s%u %.*s", as, k->line, PL_STR_ARG(k->text));
    if (k->block) pl_buf_format(out, " / block = %s", k->block);
    pl_buf_text(out, "\n");
  }
  for (size_t i = 0; i < shape->blocks_n; i++)
    pl_buf_format(out, "# %.*s %u\n", PL_STR_ARG(shape->blocks[i].name), shape->blocks[i].line);
}

static inline void print_head(pl_input *input, pl_buf *out) {
  const pl_shape *shape = pl_input_shape(input);
  char delimiter = shape->dialect.delimiter;
  if (shape->dialect.format == PL_FORMAT_CSV)
    pl_buf_format(out, "%s", delimiter == '\t' ? "\\t" : (char[]){delimiter, 0});
  else
    pl_buf_format(out, "json %s", shape->dialect.records ? shape->dialect.records : "");
  if (shape->trailing) pl_buf_text(out, " trailing");
  if (shape->transposed) pl_buf_text(out, " transposed");
  pl_buf_text(out, "\n");
  for (size_t i = 0; i < pl_input_columns(input); i++) {
    pl_buf_text(out, i ? "|" : "");
    print_str(out, pl_input_column(input, i));
  }
  pl_buf_text(out, "\n");
}

static inline void print_records(pl_input *input, pl_buf *out) {
  pl_batch b = {0};
  pl_error err = {0};
  uint32_t line;
  uint64_t at = pl_input_start(input, &line);
  while (at < pl_input_size(input)) {
    if (pl_input_chunk(input, at, 1, NULL, &b, &err)) fail_msg("%s", err.message);
    assert_true(b.next > at);
    for (size_t i = 0; i < b.n; i++) {
      pl_buf_format(out, "%u ", line + b.records[i].line);
      for (size_t c = 0; c < pl_input_columns(input); c++) {
        pl_buf_text(out, "[");
        print_str(out, b.records[i].cells[c]);
        pl_buf_text(out, "]");
      }
      pl_buf_text(out, "\n");
    }
    for (size_t i = 0; i < b.rejects_n; i++)
      pl_buf_format(out, "! %u PL%d\n", line + b.rejects[i].line, (int)b.rejects[i].code);
    at = b.next;
    line += b.lines;
  }
  pl_batch_free(&b);
}

static inline void shows(pl_dialect dialect, const char *text, const char *expected) {
  const pl_json_decoder decoder = {NULL, one_field};
  pl_input *input = NULL;
  pl_error err = {0};
  pl_buf out = {0};
  if (open_bytes(text, strlen(text), dialect, &decoder, &input, &err)) {
    pl_buf_format(&out, "%u %s", err.line, err.message);
    if (err.hint[0]) pl_buf_format(&out, " / %s", err.hint);
  } else {
    print_head(input, &out);
    print_records(input, &out);
    print_shape(input, &out);
  }
  assert_string_equal(pl_buf_view(&out).p, expected);
  pl_input_close(input);
  pl_buf_free(&out);
}

static inline void reads(const char *text, const char *expected) {
  shows(look, text, expected);
}

static inline void open_once(pl_dialect dialect, const char *text) {
  const pl_json_decoder decoder = {NULL, one_field};
  for (uint64_t n = 1;; n++) {
    pl_input *input = NULL;
    pl_error err = {0};
    char *path = file_of(text, strlen(text));
    uint64_t before = pl_alloc_count();
    pl_alloc_fail_at(n);
    pl_status status = pl_input_open(path, "shown.txt", dialect, &decoder, &input, &err);
    bool failed = pl_alloc_count() - before >= n;
    pl_alloc_fail_at(0);
    unlink(path);
    pl_input_close(input);
    if (!failed) break;
    if (status) assert_int_equal(status, PL_E_MEMORY);
  }
}

#endif
