/* A small JSON decoder for the tests of core/read, which must not know Lua. It
 * does what pl_json_decoder promises: dotted paths, array elements joined with
 * 0x1f, null not reported, a false with a message for anything else. Numbers
 * outside strings are refused, because json_number.c must have quoted them. */
#ifndef TEST_READ_DECODER_H
#define TEST_READ_DECODER_H

#include <stdio.h>
#include <string.h>

#include "read/input.h"

typedef struct small_json {
  const char *p, *end;
  char path[1024];
  size_t path_n;
  void (*field)(void *, pl_str, pl_str);
  void *ctx;
  int depth;
} small_json;

static inline char small_peek(small_json *j) {
  while (j->p < j->end && *j->p && strchr(" \t\r\n", *j->p)) j->p++;
  return j->p < j->end ? *j->p : 0;
}

static inline bool small_take(small_json *j, char c) {
  if (small_peek(j) != c) return false;
  j->p++;
  return true;
}

static inline void small_utf8(pl_buf *out, unsigned code) {
  char b[4];
  if (code < 0x80) {
    b[0] = (char)code;
    pl_buf_append(out, b, 1);
  } else if (code < 0x800) {
    b[0] = (char)(0xC0 | code >> 6);
    b[1] = (char)(0x80 | (code & 63));
    pl_buf_append(out, b, 2);
  } else {
    b[0] = (char)(0xE0 | code >> 12);
    b[1] = (char)(0x80 | (code >> 6 & 63));
    b[2] = (char)(0x80 | (code & 63));
    pl_buf_append(out, b, 3);
  }
}

static inline bool small_escape(small_json *j, pl_buf *out) {
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  char c = j->p < j->end ? *j->p++ : 0;
  const char *at = c ? strchr(from, c) : NULL;
  if (at) return pl_buf_append(out, &to[at - from], 1);
  unsigned code = 0;
  if (c != 'u' || j->end - j->p < 4) return false;
  for (int i = 0; i < 4; i++, j->p++) {
    const char *hex = "0123456789abcdef", *digit = *j->p ? strchr(hex, *j->p | 32) : NULL;
    if (!digit) return false;
    code = code * 16 + (unsigned)(digit - hex);
  }
  if (code >= 0xD800 && code <= 0xDFFF) return false; /* pairs are left to the real decoder */
  small_utf8(out, code);
  return true;
}

static inline bool small_string(small_json *j, pl_buf *out) {
  if (!small_take(j, '"')) return false;
  while (j->p < j->end && *j->p != '"') {
    char c = *j->p++;
    if (c == '\\' ? !small_escape(j, out) : !pl_buf_append(out, &c, 1)) return false;
  }
  return j->p++ < j->end;
}

static inline bool small_word(small_json *j, const char *word) {
  size_t n = strlen(word);
  if ((size_t)(j->end - j->p) < n || memcmp(j->p, word, n) != 0) return false;
  j->p += n;
  return true;
}

static inline bool small_object(small_json *j);
static inline bool small_array(small_json *j, pl_buf *out, bool *any);

/* A leaf goes to `out`, *leaf says whether there is one. */
static inline bool small_value(small_json *j, pl_buf *out, bool *leaf) {
  char c = small_peek(j);
  *leaf = true;
  if (c == '"') return small_string(j, out);
  if (c == '[') return small_array(j, out, leaf);
  if (small_word(j, "true")) return pl_buf_text(out, "true");
  if (small_word(j, "false")) return pl_buf_text(out, "false");
  *leaf = false;
  return c == '{' ? small_object(j) : small_word(j, "null");
}

static inline bool small_array(small_json *j, pl_buf *out, bool *any) {
  *any = false;
  j->p++;
  if (small_take(j, ']')) return true;
  if (++j->depth > 64) return false;
  do {
    pl_buf element = {0};
    bool leaf, ok = small_value(j, &element, &leaf);
    if (ok && leaf) {
      if (*any) pl_buf_append(out, "\x1f", 1);
      *any = true;
      pl_buf_str(out, pl_buf_view(&element));
    }
    pl_buf_free(&element);
    if (!ok) return false;
  } while (small_take(j, ','));
  j->depth--;
  return small_take(j, ']');
}

static inline bool small_member(small_json *j) {
  const size_t before = j->path_n;
  pl_buf key = {0}, value = {0};
  bool leaf, ok = small_peek(j) == '"' && small_string(j, &key) && small_take(j, ':') &&
                  before + key.n + 1 < sizeof j->path;
  if (ok) {
    if (before) j->path[j->path_n++] = '.';
    if (key.n) memcpy(j->path + j->path_n, key.p, key.n);
    j->path_n += key.n;
    ok = small_value(j, &value, &leaf);
    if (ok && leaf) j->field(j->ctx, (pl_str){j->path, j->path_n}, pl_buf_view(&value));
  }
  j->path_n = before;
  pl_buf_free(&key);
  pl_buf_free(&value);
  return ok;
}

static inline bool small_object(small_json *j) {
  if (!small_take(j, '{') || ++j->depth > 64) return false;
  if (small_take(j, '}')) return j->depth-- > 0;
  do
    if (!small_member(j)) return false;
  while (small_take(j, ','));
  j->depth--;
  return small_take(j, '}');
}

static inline bool small_decode(void *state, pl_str text,
                                void (*field)(void *ctx, pl_str path, pl_str value), void *ctx,
                                char message[256]) {
  small_json j = {.p = text.p, .end = text.p + text.n, .field = field, .ctx = ctx};
  if (state) ++*(unsigned long *)state; /* calls; a data race here would be a broken promise */
  if (small_peek(&j) != '{')
    snprintf(message, 256, "not an object");
  else if (!small_object(&j) || small_peek(&j))
    snprintf(message, 256, "not decoded at byte %d", (int)(j.p - text.p) + 1);
  else
    return true;
  return false;
}

static const pl_json_decoder small_decoder = {NULL, small_decode};

#endif
