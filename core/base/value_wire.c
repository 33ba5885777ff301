/* The wire form of a value:
 *
 *   z | f | t                      null, false, true
 *   i int64 | r double             8 bytes
 *   s text                         length (4 bytes), bytes
 *   l items                        count (4 bytes), that many values
 *   o entries                      count (4 bytes), that many of text, value
 *
 * All little endian. What comes back from a worker may be anything at all, so
 * decoding checks every length against the bytes that are there before it asks
 * for memory, and an object may not name a key twice. */
#include "base/dict.h"
#include "base/value.h"

static bool put_little(pl_buf *out, uint64_t number, size_t bytes) {
  unsigned char raw[8];
  for (size_t i = 0; i < bytes; i++) raw[i] = (unsigned char)(number >> (8 * i));
  return pl_buf_append(out, raw, bytes);
}

static bool put_tagged(pl_buf *out, char tag, uint64_t number, size_t bytes) {
  return pl_buf_append(out, &tag, 1) && put_little(out, number, bytes);
}

static bool put_text(pl_buf *out, pl_str s) {
  return s.n <= UINT32_MAX && put_little(out, s.n, 4) && pl_buf_str(out, s);
}

static bool put(const pl_value *v, pl_buf *out, int depth, size_t *left);

static bool put_list(const pl_value *v, pl_buf *out, int depth, size_t *left) {
  bool keyed = v->kind == PL_OBJECT;
  size_t n = v->as.list.n;
  if (v->broken || n > *left) return false;
  if (!put_tagged(out, keyed ? 'o' : 'l', n, 4)) return false;
  for (size_t i = 0; i < n; i++) {
    if (keyed && !put_text(out, v->as.list.keys[i])) return false;
    if (!put(v->as.list.items[i], out, depth + 1, left)) return false;
  }
  return true;
}

static bool put(const pl_value *v, pl_buf *out, int depth, size_t *left) {
  if (!v || depth > PL_VALUE_DEPTH || *left == 0) return false;
  uint64_t bits;
  *left -= 1;
  switch (v->kind) {
  case PL_NULL: return pl_buf_append(out, "z", 1);
  case PL_BOOL: return pl_buf_append(out, v->as.boolean ? "t" : "f", 1);
  case PL_INT: return put_tagged(out, 'i', (uint64_t)v->as.integer, 8);
  case PL_REAL: memcpy(&bits, &v->as.real, sizeof bits); return put_tagged(out, 'r', bits, 8);
  case PL_TEXT: return pl_buf_append(out, "s", 1) && put_text(out, v->as.text);
  case PL_LIST:
  case PL_OBJECT: return put_list(v, out, depth, left);
  }
  return false;
}

/* Refuses what decoding would refuse for its size: too deep, too many values. */
bool pl_value_encode(const pl_value *v, pl_buf *out) {
  size_t left = PL_VALUE_ITEMS;
  return put(v, out, 1, &left) && !out->failed;
}

typedef struct cursor {
  pl_arena *arena;
  pl_error *err;
  pl_str wire;
  size_t at;
  size_t left; /* values that may still come */
  bool bytes;
} cursor;

static void *bad(cursor *c, const char *what) {
  pl_fail(c->err, PL_E_RULE, "a message cannot be read: %s at byte %zu", what, c->at);
  return NULL;
}

static void *out_of_memory(cursor *c) {
  pl_fail_memory(c->err);
  return NULL;
}

static bool take(cursor *c, size_t bytes, uint64_t *out) {
  if (c->wire.n - c->at < bytes) {
    bad(c, "it ends too early");
    return false;
  }
  *out = 0;
  for (size_t i = 0; i < bytes; i++)
    *out |= (uint64_t)(unsigned char)c->wire.p[c->at + i] << (8 * i);
  c->at += bytes;
  return true;
}

static bool take_text(cursor *c, pl_str *out) {
  uint64_t n;
  if (!take(c, 4, &n)) return false;
  if (n > c->wire.n - c->at) {
    bad(c, "a text longer than the message");
    return false;
  }
  pl_str there = {c->wire.p + c->at, (size_t)n};
  if (!c->bytes && pl_utf8_valid(there) != there.n) {
    bad(c, "text that is not UTF-8");
    return false;
  }
  char *copy = pl_arena_copy(c->arena, there.p, there.n);
  if (!copy) {
    out_of_memory(c);
    return false;
  }
  c->at += there.n;
  *out = (pl_str){copy, there.n};
  return true;
}

/* Small objects are compared pair by pair, large ones through a dictionary. */
static bool keys_differ(cursor *c, const pl_str *keys, size_t n) {
  bool differ = true;
  if (n <= 16) {
    for (size_t i = 0; i < n && differ; i++)
      for (size_t j = 0; j < i && differ; j++) differ = !pl_str_eq(keys[i], keys[j]);
  } else {
    pl_dict *seen = pl_dict_new();
    for (size_t i = 0; i < n && differ; i++) {
      uint32_t id = seen ? pl_dict_add(seen, keys[i]) : PL_DICT_NONE;
      if (id == PL_DICT_NONE) {
        pl_dict_free(seen);
        return out_of_memory(c) != NULL;
      }
      differ = id == i;
    }
    pl_dict_free(seen);
  }
  if (!differ) bad(c, "an object with a repeated key");
  return differ;
}

static pl_value *take_value(cursor *c, int depth);

static pl_value *take_list(cursor *c, bool keyed, int depth) {
  uint64_t n;
  if (!take(c, 4, &n)) return NULL;
  size_t least = keyed ? 5 : 1; /* bytes of the shortest item */
  if (n > (c->wire.n - c->at) / least) return bad(c, "more items than the message holds");
  if (n > c->left) return bad(c, "too many values");
  c->left -= n; /* at once: nested lists cannot all ask for memory for the same bytes */
  pl_value *v = keyed ? pl_value_object(c->arena) : pl_value_list(c->arena);
  if (!v) return out_of_memory(c);
  if (n == 0) return v;
  v->as.list.items = pl_arena_array(c->arena, n, sizeof *v->as.list.items);
  if (keyed) v->as.list.keys = pl_arena_array(c->arena, n, sizeof *v->as.list.keys);
  if (!v->as.list.items || (keyed && !v->as.list.keys)) return out_of_memory(c);
  v->as.list.cap = n;
  for (size_t i = 0; i < n; i++) {
    if (keyed && !take_text(c, &v->as.list.keys[i])) return NULL;
    if (!(v->as.list.items[i] = take_value(c, depth + 1))) return NULL;
  }
  v->as.list.n = n;
  return !keyed || keys_differ(c, v->as.list.keys, n) ? v : NULL;
}

static pl_value *take_number(cursor *c, bool real) {
  uint64_t bits;
  double number;
  if (!take(c, 8, &bits)) return NULL;
  memcpy(&number, &bits, sizeof number);
  pl_value *v = real ? pl_value_real(c->arena, number) : pl_value_int(c->arena, (int64_t)bits);
  return v ? v : out_of_memory(c);
}

static pl_value *take_string(cursor *c) {
  pl_str text;
  if (!take_text(c, &text)) return NULL;
  pl_value *v = pl_value_null(c->arena);
  if (!v) return out_of_memory(c);
  v->kind = PL_TEXT;
  v->as.text = text;
  return v;
}

static pl_value *take_value(cursor *c, int depth) {
  uint64_t tag;
  if (depth > PL_VALUE_DEPTH) return bad(c, "values nested too deep");
  if (!take(c, 1, &tag)) return NULL;
  pl_value *v;
  switch ((char)tag) {
  case 'z': v = pl_value_null(c->arena); break;
  case 'f': v = pl_value_bool(c->arena, false); break;
  case 't': v = pl_value_bool(c->arena, true); break;
  case 'i': return take_number(c, false);
  case 'r': return take_number(c, true);
  case 's': return take_string(c);
  case 'l': return take_list(c, false, depth);
  case 'o': return take_list(c, true, depth);
  default: c->at--; return bad(c, "an unknown kind of value");
  }
  return v ? v : out_of_memory(c);
}

pl_value *pl_value_decode(pl_arena *a, pl_str wire, bool bytes, pl_error *err) {
  cursor c = {.arena = a, .err = err, .wire = wire, .left = PL_VALUE_ITEMS - 1, .bytes = bytes};
  pl_value *v = take_value(&c, 1);
  if (v && c.at != wire.n) return bad(&c, "bytes left over");
  return v;
}
