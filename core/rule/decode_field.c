/* Fields of a declaration, each checked for its kind, its length and its range. */
#include "base/time.h"
#include "rule/decode.h"

#define MAX_FUNCTIONS 100000

void pl_decode_fail(pl_decoding *d, const char *what) {
  if (d->status != PL_OK) return;
  pl_site site = {d->file, d->line ? d->line : 1, 0};
  d->status = pl_fail_at(d->err, PL_E_RULE, site, "its declaration makes no sense: %s", what);
}

static void no_memory(pl_decoding *d) {
  if (d->status == PL_OK) d->status = pl_fail_memory(d->err);
}

void *pl_take_array(pl_decoding *d, size_t n, size_t each) {
  void *block = n ? pl_arena_array(d->arena, n, each) : NULL;
  if (n && !block) no_memory(d);
  return block;
}

/* A text value as a C string in the arena; NULL after recording a mistake. */
static const char *copy_text(pl_decoding *d, const pl_value *v, const char *key, size_t max) {
  if (!v || v->kind != PL_TEXT || v->as.text.n > max ||
      (v->as.text.n && memchr(v->as.text.p, 0, v->as.text.n)) ||
      pl_utf8_valid(v->as.text) != v->as.text.n) {
    pl_decode_fail(d, key);
    return NULL;
  }
  const char *copy = pl_arena_copy(d->arena, v->as.text.p, v->as.text.n);
  if (!copy) no_memory(d);
  return copy;
}

static const pl_value *present(const pl_value *object, const char *key) {
  const pl_value *v = pl_value_get(object, key);
  return v && v->kind != PL_NULL ? v : NULL;
}

const char *pl_take_text(pl_decoding *d, const pl_value *object, const char *key, size_t max) {
  const pl_value *v = present(object, key);
  return v ? copy_text(d, v, key, max) : NULL;
}

const char *pl_take_name(pl_decoding *d, const pl_value *object, const char *key, bool required) {
  const char *name = pl_take_text(d, object, key, PL_MAX_NAME);
  if ((name && !name[0]) || (!name && required)) pl_decode_fail(d, key);
  return name;
}

const char *pl_take_duration(pl_decoding *d, const pl_value *object, const char *key) {
  int64_t us;
  const char *text = pl_take_text(d, object, key, 16);
  if (text && !pl_duration_parse(pl_str_of(text), &us)) pl_decode_fail(d, key);
  return text;
}

int pl_take_choice(pl_decoding *d, const pl_value *object, const char *key,
                   const char *const *words) {
  const pl_value *v = present(object, key);
  if (!v) return -1;
  for (int i = 0; words[i] && v->kind == PL_TEXT; i++)
    if (pl_str_eq(v->as.text, pl_str_of(words[i]))) return i;
  pl_decode_fail(d, key);
  return -1;
}

bool pl_take_flag(pl_decoding *d, const pl_value *object, const char *key) {
  const pl_value *v = present(object, key);
  if (v && v->kind != PL_BOOL) pl_decode_fail(d, key);
  return pl_value_boolean(v, false);
}

int64_t pl_take_count(pl_decoding *d, const pl_value *object, const char *key) {
  const pl_value *v = present(object, key);
  if (!v) return 0;
  if (v->kind != PL_INT || v->as.integer < 1 || v->as.integer > 1000000000) {
    pl_decode_fail(d, key);
    return 0;
  }
  return v->as.integer;
}

const pl_value *pl_take_list(pl_decoding *d, const pl_value *object, const char *key, size_t max,
                             size_t *n) {
  const pl_value *v = present(object, key);
  *n = 0;
  if (!v) return NULL;
  /* An empty Lua table says nothing about its kind. */
  if ((v->kind != PL_LIST && pl_value_count(v) > 0) || pl_value_count(v) > max) {
    pl_decode_fail(d, key);
    return NULL;
  }
  *n = pl_value_count(v);
  return v;
}

pl_texts pl_take_texts(pl_decoding *d, const pl_value *object, const char *key, size_t max_n) {
  pl_texts out = {NULL, 0};
  size_t n;
  const pl_value *list = pl_take_list(d, object, key, max_n, &n);
  out.items = pl_take_array(d, n, sizeof *out.items);
  for (size_t i = 0; out.items && i < n; i++) {
    out.items[i] = copy_text(d, pl_value_at(list, i), key, PL_MAX_DECLARED);
    if (!out.items[i]) return (pl_texts){NULL, 0};
  }
  out.n = out.items ? n : 0;
  return out;
}

pl_site pl_take_site(pl_decoding *d, const pl_value *object) {
  pl_site site = {d->file, 0, 0};
  pl_str file = pl_value_str(pl_value_get(object, "file"));
  int64_t line = pl_value_integer(pl_value_get(object, "line"), 0);
  if (line > 0 && line <= INT32_MAX) site.line = (uint32_t)line;
  if (!file.n || pl_str_eq(file, pl_str_of(d->file))) return site;
  if (d->any_file && file.n < PL_ERROR_PATH) {
    const char *copy = pl_arena_copy(d->arena, file.p, file.n);
    site.file = copy ? copy : d->file;
    return site;
  }
  for (size_t i = 0; i < d->files_n; i++) {
    site.file = d->files[i];
    if (pl_str_eq(file, pl_str_of(d->files[i]))) return site;
  }
  return (pl_site){d->file, 0, 0};
}

pl_function pl_take_function(pl_decoding *d, const pl_value *object, const char *key) {
  const pl_value *v = present(object, key);
  if (!v) return PL_NO_FUNCTION;
  if (v->kind != PL_INT || v->as.integer < 0 || (uint64_t)v->as.integer >= d->functions_n) {
    pl_decode_fail(d, key);
    return PL_NO_FUNCTION;
  }
  return (pl_function){d->worker, (int)v->as.integer};
}

pl_literal pl_take_literal(pl_decoding *d, const pl_value *v) {
  pl_literal out = {NULL, false};
  pl_number number;
  out.text = pl_take_text(d, v, "text", PL_MAX_DECLARED);
  out.number = pl_take_flag(d, v, "number");
  if (!out.text) pl_decode_fail(d, "a value without its text");
  if (out.text && out.number &&
      pl_number_parse(pl_str_of(out.text), PL_NUMBER_PLAIN, false, &number) == PL_NUMBER_BAD)
    pl_decode_fail(d, "a number that is none");
  return out;
}

void pl_take_key(pl_decoding *d, const pl_value *object, pl_key *out) {
  pl_texts here = pl_take_texts(d, object, "here", PL_MAX_KEY);
  pl_texts there = pl_take_texts(d, object, "there", PL_MAX_KEY);
  if (here.n != there.n) pl_decode_fail(d, "a key with a different number of columns");
  for (size_t i = 0; i < here.n && i < there.n; i++) {
    if (!here.items[i][0] || !there.items[i][0]) pl_decode_fail(d, "a key with an empty column");
    out->here[i] = here.items[i];
    out->there[i] = there.items[i];
  }
  out->n = here.n < there.n ? here.n : there.n;
}

pl_status pl_decode_functions(pl_decoding *d, const pl_value *v, pl_site **out) {
  size_t n;
  const pl_value *list = pl_take_list(d, v, "functions", MAX_FUNCTIONS, &n);
  pl_site *sites = pl_take_array(d, n, sizeof *sites);
  for (size_t i = 0; sites && i < n; i++) sites[i] = pl_take_site(d, pl_value_at(list, i));
  d->functions_n = sites ? n : 0;
  *out = sites;
  return d->status;
}
