/* The value tree: builders and readers. Two values are equal when they would be
 * shown alike: the order of an object's keys counts. */
#include "base/value.h"

#include <math.h>
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

static pl_value *value_new(pl_arena *a, pl_kind kind) {
  pl_value *v = pl_arena_alloc(a, sizeof *v);
  if (v) v->kind = kind;
  return v;
}

pl_value *pl_value_null(pl_arena *a) {
  return value_new(a, PL_NULL);
}

pl_value *pl_value_bool(pl_arena *a, bool b) {
  pl_value *v = value_new(a, PL_BOOL);
  if (v) v->as.boolean = b;
  return v;
}

pl_value *pl_value_int(pl_arena *a, int64_t i) {
  pl_value *v = value_new(a, PL_INT);
  if (v) v->as.integer = i;
  return v;
}

pl_value *pl_value_real(pl_arena *a, double d) {
  pl_value *v = value_new(a, PL_REAL);
  if (v) v->as.real = d;
  return v;
}

pl_value *pl_value_text(pl_arena *a, pl_str s) {
  char *copy = pl_arena_copy(a, s.p, s.n);
  pl_value *v = copy ? value_new(a, PL_TEXT) : NULL;
  if (v) v->as.text = (pl_str){copy, s.n};
  return v;
}

pl_value *pl_value_format(pl_arena *a, const char *format, ...) {
  va_list args;
  va_start(args, format);
  int n = vsnprintf(NULL, 0, format, args);
  va_end(args);
  char *text = pl_arena_alloc(a, n < 0 ? SIZE_MAX : (size_t)n + 1);
  pl_value *v = text ? value_new(a, PL_TEXT) : NULL;
  if (!v) return NULL;
  va_start(args, format);
  vsnprintf(text, (size_t)n + 1, format, args);
  va_end(args);
  v->as.text = (pl_str){text, (size_t)n};
  return v;
}

pl_value *pl_value_list(pl_arena *a) {
  return value_new(a, PL_LIST);
}

pl_value *pl_value_object(pl_arena *a) {
  return value_new(a, PL_OBJECT);
}

/* Room for one more; the arrays left behind stay in the arena. */
static bool reserve(pl_arena *a, pl_value *parent) {
  size_t n = parent->as.list.n;
  if (n < parent->as.list.cap) return true;
  size_t cap = n < 4 ? 4 : n * 2;
  pl_value **items = pl_arena_array(a, cap, sizeof *items);
  pl_str *keys = parent->kind == PL_OBJECT ? pl_arena_array(a, cap, sizeof *keys) : NULL;
  if (!items || (parent->kind == PL_OBJECT && !keys)) return false;
  if (n) memcpy(items, parent->as.list.items, n * sizeof *items);
  if (n && keys) memcpy(keys, parent->as.list.keys, n * sizeof *keys);
  parent->as.list.items = items;
  parent->as.list.keys = keys;
  parent->as.list.cap = cap;
  return true;
}

/* A child is lost: the arena and the parent both remember. */
static pl_value *lose(pl_arena *a, pl_value *parent) {
  a->failed = true;
  if (parent) parent->broken = true;
  return NULL;
}

pl_value *pl_value_push(pl_arena *a, pl_value *list, pl_value *child) {
  assert(!list || list->kind == PL_LIST);
  if (!list || !child || !reserve(a, list)) return lose(a, list);
  list->as.list.items[list->as.list.n++] = child;
  return child;
}

static size_t index_of(const pl_value *object, pl_str key) {
  size_t i = 0;
  while (i < object->as.list.n && !pl_str_eq(object->as.list.keys[i], key)) i++;
  return i;
}

pl_value *pl_value_set(pl_arena *a, pl_value *object, const char *key, pl_value *child) {
  assert(!object || object->kind == PL_OBJECT);
  if (!object || !child) return lose(a, object);
  pl_str name = pl_str_of(key);
  size_t i = index_of(object, name);
  if (i == object->as.list.n) {
    char *copy = pl_arena_copy(a, name.p, name.n);
    if (!copy || !reserve(a, object)) return lose(a, object);
    object->as.list.keys[i] = (pl_str){copy, name.n};
    object->as.list.n++;
  }
  object->as.list.items[i] = child;
  return child;
}

void pl_set_int(pl_arena *a, pl_value *object, const char *key, int64_t i) {
  pl_value_set(a, object, key, pl_value_int(a, i));
}

void pl_set_text(pl_arena *a, pl_value *object, const char *key, pl_str s) {
  pl_value_set(a, object, key, pl_value_text(a, s));
}

void pl_set_bool(pl_arena *a, pl_value *object, const char *key, bool b) {
  pl_value_set(a, object, key, pl_value_bool(a, b));
}

const pl_value *pl_value_get(const pl_value *object, const char *key) {
  if (!object || object->kind != PL_OBJECT) return NULL;
  size_t i = index_of(object, pl_str_of(key));
  return i < object->as.list.n ? object->as.list.items[i] : NULL;
}

const pl_value *pl_value_at(const pl_value *list, size_t i) {
  return i < pl_value_count(list) ? list->as.list.items[i] : NULL;
}

size_t pl_value_count(const pl_value *v) {
  return v && (v->kind == PL_LIST || v->kind == PL_OBJECT) ? v->as.list.n : 0;
}

pl_kind pl_value_kind(const pl_value *v) {
  return v ? v->kind : PL_NULL;
}

pl_str pl_value_key(const pl_value *object, size_t i) {
  bool there = object && object->kind == PL_OBJECT && i < object->as.list.n;
  return there ? object->as.list.keys[i] : (pl_str){"", 0};
}

double pl_value_number(const pl_value *v, double fallback) {
  if (!v || (v->kind != PL_INT && v->kind != PL_REAL)) return fallback;
  return v->kind == PL_INT ? (double)v->as.integer : v->as.real;
}

pl_str pl_value_str(const pl_value *v) {
  return v && v->kind == PL_TEXT ? v->as.text : (pl_str){"", 0};
}

int64_t pl_value_integer(const pl_value *v, int64_t fallback) {
  return v && v->kind == PL_INT ? v->as.integer : fallback;
}

bool pl_value_boolean(const pl_value *v, bool fallback) {
  return v && v->kind == PL_BOOL ? v->as.boolean : fallback;
}

static bool list_equal(const pl_value *a, const pl_value *b) {
  if (a->as.list.n != b->as.list.n) return false;
  for (size_t i = 0; i < a->as.list.n; i++) {
    bool keyed = a->kind == PL_OBJECT;
    if (keyed && !pl_str_eq(a->as.list.keys[i], b->as.list.keys[i])) return false;
    if (!pl_value_equal(a->as.list.items[i], b->as.list.items[i])) return false;
  }
  return true;
}

bool pl_value_equal(const pl_value *a, const pl_value *b) {
  if (!a || !b) return a == b;
  if (a->kind != b->kind) return false;
  switch (a->kind) {
  case PL_NULL: return true;
  case PL_BOOL: return a->as.boolean == b->as.boolean;
  case PL_INT: return a->as.integer == b->as.integer;
  case PL_REAL: /* a NaN equals itself */
    return a->as.real == b->as.real || (isnan(a->as.real) && isnan(b->as.real));
  case PL_TEXT: return pl_str_eq(a->as.text, b->as.text);
  case PL_LIST:
  case PL_OBJECT: return list_equal(a, b);
  }
  return false;
}
