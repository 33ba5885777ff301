/* A value as JSON for comparing with text in a test: on one line where that
 * takes at most TEST_JSON_LINE bytes, else one item a line; ' stands for ".
 * SHOW=1 in the environment prints what came out. */
#ifndef TEST_JSON_H
#define TEST_JSON_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/value.h"

#define TEST_JSON_LINE 88

static inline void write_text(pl_buf *out, pl_str s) {
  pl_buf_text(out, "'");
  for (size_t i = 0; i < s.n; i++) {
    if (s.p[i] == '"') {
      pl_buf_text(out, "\\'");
    } else {
      pl_buf_append(out, &s.p[i], 1);
    }
  }
  pl_buf_text(out, "'");
}

static inline void write_value(pl_buf *out, const pl_value *v, int depth);

/* All on one line, or one item a line where `depth` is not negative. */
static inline void write_items(pl_buf *out, const pl_value *v, int depth) {
  bool object = v->kind == PL_OBJECT, lines = depth >= 0;
  pl_buf_text(out, object ? "{" : "[");
  for (size_t i = 0; i < v->as.list.n; i++) {
    pl_buf_text(out, i == 0 ? "" : lines ? "," : ", ");
    if (lines) pl_buf_format(out, "\n%*s", depth + 1, "");
    if (object) write_text(out, v->as.list.keys[i]);
    if (object) pl_buf_text(out, ": ");
    write_value(out, v->as.list.items[i], lines ? depth + 1 : -1);
  }
  if (lines) pl_buf_format(out, "\n%*s", depth, "");
  pl_buf_text(out, object ? "}" : "]");
}

static inline void write_value(pl_buf *out, const pl_value *v, int depth) {
  pl_buf line = {0};
  switch (v->kind) {
  case PL_NULL: pl_buf_text(out, "null"); return;
  case PL_BOOL: pl_buf_text(out, v->as.boolean ? "true" : "false"); return;
  case PL_INT: pl_buf_format(out, "%lld", (long long)v->as.integer); return;
  case PL_REAL: fail_msg("a number that is not an integer"); return;
  case PL_TEXT: write_text(out, v->as.text); return;
  case PL_LIST:
  case PL_OBJECT: break;
  }
  write_items(&line, v, -1);
  if (depth < 0 || depth + line.n <= TEST_JSON_LINE) {
    pl_buf_str(out, pl_buf_view(&line));
  } else {
    write_items(out, v, depth);
  }
  pl_buf_free(&line);
}

static inline void expect_json(const pl_value *value, const char *want) {
  pl_buf got = {0};
  assert_non_null(value);
  write_value(&got, value, 0);
  pl_buf_text(&got, "\n");
  if (getenv("SHOW")) fprintf(stderr, "\n%s", got.p);
  assert_string_equal(got.p, want);
  pl_buf_free(&got);
}

#endif
