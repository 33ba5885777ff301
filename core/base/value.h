/* A small tree of values: what crosses the pipe to a worker, and what the
 * result object is made of. Objects keep the order in which they were built.
 * Everything lives in an arena. Money and ids are strings, never doubles. */
#ifndef PL_BASE_VALUE_H
#define PL_BASE_VALUE_H

#include "base/alloc.h"
#include "base/error.h"
#include "base/str.h"

/* pl_kind, pl_value and its readers are public: plumbline.h. */
struct pl_value {
  pl_kind kind;
  bool broken; /* a list or object that lost a child because memory was out */
  union {
    bool boolean;
    int64_t integer;
    double real;
    pl_str text;
    struct {
      pl_value **items;
      pl_str *keys; /* objects only */
      size_t n, cap;
    } list;
  } as;
};

/* Builders: NULL when memory is out, and every builder accepts NULL parents
 * and children and passes the NULL on, so that a tree is checked once: after
 * building, `arena.failed` tells whether anything is missing. */
pl_value *pl_value_null(pl_arena *a);
pl_value *pl_value_bool(pl_arena *a, bool b);
pl_value *pl_value_int(pl_arena *a, int64_t i);
pl_value *pl_value_real(pl_arena *a, double d);
pl_value *pl_value_text(pl_arena *a, pl_str s); /* copies */
pl_value *pl_value_format(pl_arena *a, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
pl_value *pl_value_list(pl_arena *a);
pl_value *pl_value_object(pl_arena *a);
/* Append to a list / set in an object (a repeated key replaces). Return child. */
pl_value *pl_value_push(pl_arena *a, pl_value *list, pl_value *child);
pl_value *pl_value_set(pl_arena *a, pl_value *object, const char *key, pl_value *child);
/* Shorthands for objects. */
void pl_set_int(pl_arena *a, pl_value *object, const char *key, int64_t i);
void pl_set_text(pl_arena *a, pl_value *object, const char *key, pl_str s);
void pl_set_bool(pl_arena *a, pl_value *object, const char *key, bool b);

/* The wire form (frames between parent and worker): tagged, length prefixed,
 * little endian. Decoding trusts nothing: depth at most PL_VALUE_DEPTH, at most
 * PL_VALUE_ITEMS values, text must be UTF-8 unless `bytes` is true, no bytes
 * left over. */
#define PL_VALUE_DEPTH 64
#define PL_VALUE_ITEMS 4000000
bool pl_value_encode(const pl_value *v, pl_buf *out);
pl_value *pl_value_decode(pl_arena *a, pl_str wire, bool bytes, pl_error *err);
bool pl_value_equal(const pl_value *a, const pl_value *b);

/* JSON, indented, ending with a newline; handed to `sink` in pieces (views/json.lua
 * says the same to a view in Lua). False when memory is out or a sink gave up;
 * after that the sink is not called again. */
typedef bool (*pl_json_sink)(void *ctx, const void *bytes, size_t n);
bool pl_value_json(const pl_value *v, pl_json_sink sink, void *ctx);

#endif
