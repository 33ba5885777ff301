/* A value as JSON: keys in the order in which they were built, so that equal
 * values are equal bytes. Says the same as lua/plumbline/views/json.lua, which
 * users' views run; written here because the report of a large audit is most
 * of its views' work. Goes out in pieces, so that no whole text is held. */
#include <stdio.h>

#include "base/value.h"

#define PIECE 65536
#define LONGEST 64 /* bytes of a number, or of one escaped character */

typedef struct writer {
  pl_json_sink sink;
  void *ctx;
  bool ok;
  size_t n;
  char piece[PIECE];
} writer;

static void flush(writer *w) {
  if (w->n && w->ok) w->ok = w->sink(w->ctx, w->piece, w->n);
  w->n = 0;
}

static void put(writer *w, const char *p, size_t n) {
  while (n > PIECE - w->n) {
    size_t fits = PIECE - w->n;
    memcpy(w->piece + w->n, p, fits);
    w->n = PIECE;
    flush(w);
    p += fits;
    n -= fits;
  }
  memcpy(w->piece + w->n, p, n);
  w->n += n;
}

static void put_text(writer *w, const char *text) {
  put(w, text, strlen(text));
}

/* ---- texts ---------------------------------------------------------------------- */

/* Invisible code points that could steer a terminal; words.is_steering. */
static bool is_steering(uint32_t c) {
  return c < 32 || (c >= 127 && c <= 0x9f) || c == 0x61c || c == 0xfeff || c == 0x200e ||
         c == 0x200f || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static void put_code(writer *w, uint32_t c) {
  char escaped[LONGEST];
  put(w, escaped, (size_t)snprintf(escaped, sizeof escaped, "\\u%04x", (unsigned)c));
}

static void put_ascii(writer *w, unsigned char c) {
  static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
  const char *at = strchr(from, c);
  if (!at || !c) {
    put_code(w, c);
    return;
  }
  put(w, (char[]){'\\', to[at - from]}, 2);
}

/* One character beyond ASCII; U+FFFD for a byte that begins none. Returns its length. */
static size_t put_wide(writer *w, const unsigned char *p, size_t left) {
  size_t n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
  if (n > left || pl_utf8_valid((pl_str){(const char *)p, n}) != n) {
    put(w, "\xef\xbf\xbd", 3);
    return 1;
  }
  uint32_t c = p[0] & (0x7fu >> n);
  for (size_t i = 1; i < n; i++) c = c << 6 | (p[i] & 0x3f);
  if (is_steering(c))
    put_code(w, c);
  else
    put(w, (const char *)p, n);
  return n;
}

static bool is_plain(unsigned char c) {
  return c >= 32 && c < 127 && c != '"' && c != '\\';
}

static void put_string(writer *w, pl_str text) {
  const unsigned char *p = (const unsigned char *)text.p;
  put(w, "\"", 1);
  for (size_t i = 0; i < text.n;) {
    size_t from = i;
    while (i < text.n && is_plain(p[i])) i++;
    put(w, text.p + from, i - from);
    if (i == text.n) break;
    if (p[i] < 0x80)
      put_ascii(w, p[i++]);
    else
      i += put_wide(w, p + i, text.n - i);
  }
  put(w, "\"", 1);
}

/* ---- the tree ------------------------------------------------------------------- */

static void put_value(writer *w, const pl_value *v, size_t depth);

static void put_line(writer *w, size_t depth) {
  static const char spaces[PL_VALUE_DEPTH + 1] =
      "                                                                ";
  put(w, "\n", 1);
  for (; depth > PL_VALUE_DEPTH; depth -= PL_VALUE_DEPTH) put(w, spaces, PL_VALUE_DEPTH);
  put(w, spaces, depth);
}

static void put_list(writer *w, const pl_value *v, size_t depth) {
  for (size_t i = 0; i < v->as.list.n; i++) {
    const pl_value *item = v->as.list.items[i];
    put(w, i ? "," : "[", 1);
    put_line(w, depth + 1);
    if (item->kind == PL_NULL) /* as a view in Lua meets it */
      put_text(w, "false");
    else
      put_value(w, item, depth + 1);
  }
  if (!v->as.list.n) {
    put(w, "[]", 2);
    return;
  }
  put_line(w, depth);
  put(w, "]", 1);
}

static void put_object(writer *w, const pl_value *v, size_t depth) {
  bool any = false;
  for (size_t i = 0; i < v->as.list.n; i++) {
    if (v->as.list.items[i]->kind == PL_NULL) continue;
    put(w, any ? "," : "{", 1);
    any = true;
    put_line(w, depth + 1);
    put_string(w, v->as.list.keys[i]);
    put(w, ": ", 2);
    put_value(w, v->as.list.items[i], depth + 1);
  }
  if (!any) {
    put(w, "{}", 2);
    return;
  }
  put_line(w, depth);
  put(w, "}", 1);
}

static void put_integer(writer *w, int64_t value) {
  char digits[LONGEST], *end = digits + sizeof digits, *p = end;
  uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
  do *--p = (char)('0' + left % 10);
  while (left /= 10);
  if (value < 0) *--p = '-';
  put(w, p, (size_t)(end - p));
}

static void put_real(writer *w, double value) {
  char digits[LONGEST];
  put(w, digits, (size_t)snprintf(digits, sizeof digits, "%.17g", value));
}

static void put_value(writer *w, const pl_value *v, size_t depth) {
  switch (pl_value_kind(v)) {
  case PL_NULL: put_text(w, "null"); break;
  case PL_BOOL: put_text(w, v->as.boolean ? "true" : "false"); break;
  case PL_INT: put_integer(w, v->as.integer); break;
  case PL_REAL: put_real(w, v->as.real); break;
  case PL_TEXT: put_string(w, v->as.text); break;
  case PL_LIST: put_list(w, v, depth); break;
  case PL_OBJECT: put_object(w, v, depth); break;
  }
}

bool pl_value_json(const pl_value *v, pl_json_sink sink, void *ctx) {
  writer *w = pl_malloc(sizeof *w);
  if (!w) return false;
  w->sink = sink;
  w->ctx = ctx;
  w->ok = true;
  w->n = 0;
  put_value(w, v, 0);
  put(w, "\n", 1);
  flush(w);
  bool ok = w->ok;
  pl_free(w);
  return ok;
}
