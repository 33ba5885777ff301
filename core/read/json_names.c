/* Two fields of one name in one JSON object: {"k":1,"k":2}. Decoders keep the last
 * one without a word, so the names are compared before. */
#include <stdio.h>

#include "base/hash.h"
#include "read/private.h"

struct pl_json_name {
  uint32_t object; /* which one of the record: names of one object differ */
  bool written;    /* as it stands in the text; else it had escapes, and is in `plain` */
  size_t at, n;    /* in the text, or in `plain` */
};

void pl_json_names_free(pl_json_names *names) {
  pl_free(names->items);
  pl_free(names->slots);
  pl_buf_free(&names->plain);
  *names = (pl_json_names){0};
}

static pl_str name_at(const pl_json_names *names, pl_str text, size_t i) {
  const struct pl_json_name *name = &names->items[i];
  const char *from = name->written ? text.p : names->plain.p;
  return (pl_str){name->n ? from + name->at : "", name->n};
}

/* ---- escapes ----------------------------------------------------------------- */

static unsigned hex4(const char *p) {
  unsigned code = 0;
  for (int i = 0; i < 4; i++) {
    unsigned char c = (unsigned char)p[i];
    code = code * 16 + (c <= '9' ? c - 48u : (c | 32u) - 87u); /* '0', 'a' - 10 */
  }
  return code;
}

static bool put_utf8(pl_buf *out, unsigned code) {
  char b[4];
  size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  for (size_t i = n; i-- > 1; code >>= 6) b[i] = (char)(0x80 | (code & 63));
  b[0] = (char)(n == 1 ? code : (0xF00u >> n & 0xFF) | code);
  return pl_buf_append(out, b, n);
}

/* Any escape that is none goes in as it is: the decoder will refuse it. */
static bool put_plain(pl_buf *out, const char *p, size_t n) {
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  for (size_t i = 0; i < n; i++) {
    const char *at = p[i] == '\\' && i + 1 < n && p[i + 1] ? strchr(from, p[i + 1]) : NULL;
    if (at) {
      i++;
      if (!pl_buf_append(out, &to[at - from], 1)) return false;
    } else if (p[i] == '\\' && n - i >= 6 && p[i + 1] == 'u') {
      unsigned code = hex4(p + i + 2);
      i += 5;
      bool pair =
          code >= 0xD800 && code < 0xDC00 && n - i > 6 && p[i + 1] == '\\' && p[i + 2] == 'u';
      if (pair) code = 0x10000 + ((code & 0x3FF) << 10) + (hex4(p + i + 3) & 0x3FF);
      i += pair ? 6 : 0;
      if (!put_utf8(out, code & 0x1FFFFF)) return false;
    } else if (!pl_buf_append(out, p + i, 1)) {
      return false;
    }
  }
  return true;
}

/* ---- collecting ---------------------------------------------------------------- */

/* Length of the string at p, quotes included; the text has been checked. */
static size_t string_length(const char *p, size_t n, bool *escaped) {
  size_t i = 1;
  for (*escaped = false; i < n && p[i] != '"'; i++)
    if (p[i] == '\\') {
      *escaped = true;
      i++;
    }
  return i < n ? i + 1 : n;
}

static bool is_name(pl_str text, size_t at) {
  while (at < text.n && text.p[at] && strchr(" \t\r\n", text.p[at])) at++;
  return at < text.n && text.p[at] == ':';
}

static bool add(pl_json_names *names, pl_str text, uint32_t object, size_t at, size_t n,
                bool escaped) {
  if (!pl_grow(&names->items, &names->cap, names->n + 1, sizeof *names->items)) return false;
  struct pl_json_name name = {object, !escaped, at, n};
  if (escaped) {
    name.at = names->plain.n;
    if (!put_plain(&names->plain, text.p + at, n)) return false;
    name.n = names->plain.n - name.at;
  }
  names->items[names->n++] = name;
  return true;
}

static bool collect(pl_json_names *names, pl_str text) {
  uint32_t open[PL_JSON_DEPTH + 1], objects = 0;
  size_t depth = 0, length;
  open[0] = 0;
  names->n = 0;
  pl_buf_clear(&names->plain);
  for (size_t i = 0; i < text.n; i += length) {
    char c = text.p[i];
    length = 1;
    if (c == '{' || c == '[') {
      if (depth < PL_JSON_DEPTH) open[++depth] = c == '{' ? ++objects : 0;
    } else if (c == '}' || c == ']') {
      depth -= depth > 0;
    } else if (c == '"') {
      bool escaped;
      length = string_length(text.p + i, text.n - i, &escaped);
      if (length >= 2 && open[depth] && is_name(text, i + length) &&
          !add(names, text, open[depth], i + 1, length - 2, escaped))
        return false;
    }
  }
  return true;
}

/* ---- comparing ------------------------------------------------------------------ */

static bool say(pl_str name, char message[256]) {
  pl_str cut = {name.p, name.n < 100 ? name.n : 100};
  cut.n = pl_utf8_valid(cut);
  snprintf(message, 256, "two fields of one object have the name \"%.*s\"", PL_STR_ARG(cut));
  return false;
}

bool pl_json_names_differ(pl_json_names *names, pl_str text, bool *memory, char message[256]) {
  size_t slots = 16;
  *memory = true;
  if (!collect(names, text)) return false;
  while (slots < names->n * 2) slots *= 2;
  if (!pl_grow(&names->slots, &names->slots_cap, slots, sizeof *names->slots)) return false;
  memset(names->slots, 0, slots * sizeof *names->slots);
  *memory = false;
  const uint64_t seed = pl_hash_seed();
  for (size_t i = 0; i < names->n; i++) {
    pl_str name = name_at(names, text, i);
    size_t at = pl_hash_seeded(name, seed + names->items[i].object) & (slots - 1);
    for (; names->slots[at]; at = (at + 1) & (slots - 1)) {
      size_t other = names->slots[at] - 1;
      if (names->items[other].object == names->items[i].object &&
          pl_str_eq(name_at(names, text, other), name))
        return say(name, message);
    }
    names->slots[at] = (uint32_t)i + 1;
  }
  return true;
}
