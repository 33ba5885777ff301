/* A profile as a worker declared it -> the object that others read. The worker is
 * untrusted, so only what has the form that profiles.h promises is copied. */
#include "rule/decode.h"
#include "rule/profile_private.h"

#define MAX_ITEMS 4096

typedef enum form { TEXT, TEXTS, FLAG, COUNT, OBJECT, OBJECTS } form;

typedef struct field {
  const char *key;
  form form;
  bool needed;
  const struct field *fields; /* of OBJECT and OBJECTS; ends with a NULL key */
} field;

static const field column_fields[] = {
    {"name", TEXT, true, NULL}, {"aliases", TEXTS, true, NULL}, {NULL, TEXT, false, NULL}};
static const field time_fields[] = {{"column", TEXT, true, NULL},
                                    {"format", TEXT, false, NULL},
                                    {"timezone", TEXT, false, NULL},
                                    {NULL, TEXT, false, NULL}};
static const field status_fields[] = {{"column", TEXT, true, NULL},   {"won", TEXTS, false, NULL},
                                      {"lost", TEXTS, false, NULL},   {"open", TEXTS, false, NULL},
                                      {"ignore", TEXTS, false, NULL}, {"others", TEXT, false, NULL},
                                      {NULL, TEXT, false, NULL}};
static const field list_fields[] = {
    {"column", TEXT, true, NULL}, {"separator", TEXT, true, NULL}, {NULL, TEXT, false, NULL}};
static const field join_fields[] = {{"here", TEXT, true, NULL},
                                    {"profile", TEXT, true, NULL},
                                    {"there", TEXT, true, NULL},
                                    {NULL, TEXT, false, NULL}};
static const field metric_fields[] = {
    {"name", TEXT, true, NULL},        {"title", TEXT, true, NULL}, {"question", TEXT, false, NULL},
    {"definition", TEXT, false, NULL}, {"by", TEXT, false, NULL},   {"unit", TEXT, false, NULL},
    {NULL, TEXT, false, NULL}};
static const field profile_fields[] = {{"name", TEXT, true, NULL},
                                       {"title", TEXT, true, NULL},
                                       {"made_by", TEXT, false, NULL},
                                       {"seen", TEXT, false, NULL},
                                       {"file", TEXT, true, NULL},
                                       {"line", COUNT, true, NULL},
                                       {"columns", OBJECTS, true, column_fields},
                                       {"required", TEXTS, true, NULL},
                                       {"aggregate", FLAG, false, NULL},
                                       {"deals", FLAG, false, NULL},
                                       {"key", TEXTS, false, NULL},
                                       {"time", OBJECT, false, time_fields},
                                       {"closed", OBJECT, false, time_fields},
                                       {"created", OBJECT, false, time_fields},
                                       {"amount", TEXT, false, NULL},
                                       {"currency", TEXT, false, NULL},
                                       {"status", OBJECT, false, status_fields},
                                       {"lists", OBJECTS, false, list_fields},
                                       {"blank", TEXTS, false, NULL},
                                       {"formats", OBJECTS, false, time_fields},
                                       {"where", FLAG, false, NULL},
                                       {"joins", OBJECTS, false, join_fields},
                                       {"department", TEXT, false, NULL},
                                       {"metrics", OBJECTS, false, metric_fields},
                                       {NULL, TEXT, false, NULL}};

static pl_value *take(pl_arena *arena, const pl_value *v, const field *f);

static pl_value *take_text(pl_arena *arena, const pl_value *v) {
  pl_str s = pl_value_str(v);
  bool plain = v->kind == PL_TEXT && s.n <= PL_MAX_DECLARED && !(s.n && memchr(s.p, 0, s.n));
  return plain ? pl_value_text(arena, s) : NULL;
}

/* An empty Lua table says nothing about its kind. */
static pl_value *take_list(pl_arena *arena, const pl_value *v, const field *f) {
  size_t n = pl_value_count(v);
  if ((v->kind != PL_LIST && n > 0) || n > MAX_ITEMS) return NULL;
  pl_value *list = pl_value_list(arena);
  const field item = {f->key, f->form == TEXTS ? TEXT : OBJECT, false, f->fields};
  for (size_t i = 0; i < n; i++) {
    pl_value *one = take(arena, pl_value_at(v, i), &item);
    if (!one || !pl_value_push(arena, list, one)) return NULL;
  }
  return list;
}

static pl_value *take_object(pl_arena *arena, const pl_value *v, const field *fields) {
  if (v->kind != PL_OBJECT) return NULL;
  pl_value *object = pl_value_object(arena);
  for (const field *f = fields; f->key; f++) {
    const pl_value *part = pl_value_get(v, f->key);
    if (!part && !f->needed) continue;
    pl_value *taken = part ? take(arena, part, f) : NULL;
    if (!taken || !pl_value_set(arena, object, f->key, taken)) return NULL;
  }
  return object;
}

static pl_value *take(pl_arena *arena, const pl_value *v, const field *f) {
  switch (f->form) {
  case TEXT: return take_text(arena, v);
  case FLAG: return v->kind == PL_BOOL ? pl_value_bool(arena, v->as.boolean) : NULL;
  case COUNT: return v->kind == PL_INT ? pl_value_int(arena, v->as.integer) : NULL;
  case OBJECT: return take_object(arena, v, f->fields);
  case TEXTS:
  case OBJECTS: return take_list(arena, v, f);
  }
  return NULL;
}

static bool is_known(pl_str key) {
  for (const field *f = profile_fields; f->key; f++)
    if (pl_str_eq(key, pl_str_of(f->key))) return true;
  return false;
}

/* How the file is written and read: whatever audit.lua can say of a source in one
 * word, so that a new field needs no line here. */
static bool take_dialect(pl_arena *arena, const pl_value *declared, pl_value *out) {
  for (size_t i = 0; i < pl_value_count(declared); i++) {
    const pl_value *v = pl_value_at(declared, i);
    pl_str key = pl_value_key(declared, i);
    const field f = {NULL,
                     v->kind == PL_TEXT  ? TEXT
                     : v->kind == PL_INT ? COUNT
                                         : FLAG,
                     false, NULL};
    bool plain = v->kind == PL_TEXT || v->kind == PL_INT || v->kind == PL_BOOL;
    if (!plain || is_known(key) || key.n > 32) continue;
    const char *name = pl_arena_copy(arena, key.p, key.n);
    if (!name || !pl_value_set(arena, out, name, take(arena, v, &f))) return false;
  }
  return true;
}

pl_value *pl_profile_decode(pl_arena *arena, const pl_value *declared) {
  if (!declared) return NULL;
  pl_value *out = take_object(arena, declared, profile_fields);
  return out && take_dialect(arena, declared, out) ? out : NULL;
}
