/* JSON: which array of the file holds the records. An array at the top is it; an
 * object is looked through for arrays of objects: one is it, of several `records`
 * names one by its path ("data.items"). Such a file is read once more for that,
 * because only its last byte tells that there is no second array. */
#include "read/shape.h"

#define LEVELS 16 /* objects in objects in which arrays are looked for */
#define ARRAYS 32 /* that are remembered */
#define PATH 200  /* bytes of a path */

typedef struct array {
  char path[PATH];
  uint64_t at, end; /* of [, and behind its ] */
  uint32_t line;
  bool objects; /* its first element is one; else it is empty */
} array;

typedef struct finder {
  uint32_t depth;        /* of all brackets */
  size_t path_n[LEVELS]; /* length of the path of each level that is remembered */
  char path[PATH + 1];
  bool lost;                  /* a path or level was too long */
  bool string, escaped, name; /* inside a string; it may be a name */
  size_t key_from;            /* where in path the name begins */
  bool wants_first;           /* behind a [ whose first element is not known yet */
  uint32_t inside;            /* depth of the array that is passed, 0: none */
  array items[ARRAYS];
  size_t n;
  uint64_t tops; /* values at the top */
  uint32_t lines;
  bool after_cr;
  bool wrong;
} finder;

static void put_path(finder *f, char c) {
  size_t n = strlen(f->path);
  if (n >= PATH - 1) {
    f->lost = true;
    return;
  }
  f->path[n] = c;
  f->path[n + 1] = 0;
}

/* A name begins at this level: its path is that of the level and a dot. */
static void begin_name(finder *f) {
  f->path[f->path_n[f->depth - 1]] = 0;
  f->lost = false;
  if (f->path[0]) put_path(f, '.');
}

static void open_array(finder *f, uint64_t at) {
  if (f->n == ARRAYS || f->lost) return;
  array *a = &f->items[f->n];
  *a = (array){.at = at, .end = at, .line = f->lines + 1};
  memcpy(a->path, f->path, sizeof a->path);
  f->inside = f->depth + 1;
  f->wants_first = true;
}

static void open_bracket(finder *f, char c, uint64_t at) {
  if (f->wants_first) {
    f->items[f->n].objects = c == '{';
    f->wants_first = false;
  }
  if (c == '[' && !f->inside && f->depth > 0 && f->depth <= LEVELS) open_array(f, at);
  if (f->depth == 0) f->tops++;
  if (f->depth < LEVELS && !f->inside) f->path_n[f->depth] = strlen(f->path);
  f->depth++;
}

static void close_bracket(finder *f, uint64_t at) {
  if (f->depth == 0) {
    f->wrong = true;
    return;
  }
  if (f->inside == f->depth) {
    array *a = &f->items[f->n];
    a->end = at + 1;
    if (a->objects || f->wants_first) f->n++;
    f->inside = 0;
    f->wants_first = false;
  }
  f->depth--;
  if (!f->inside && f->depth > 0 && f->depth <= LEVELS) f->path[f->path_n[f->depth - 1]] = 0;
}

static void take_string(finder *f, char c) {
  bool closes = c == '"' && !f->escaped;
  f->escaped = c == '\\' && !f->escaped;
  f->string = !closes;
  if (!closes && f->name) put_path(f, c);
}

/* A string right behind { or , is a name. */
static void take(finder *f, char c, uint64_t at, bool *fresh) {
  f->lines += c == '\r' || (c == '\n' && !f->after_cr);
  f->after_cr = c == '\r';
  if (f->string) {
    take_string(f, c);
    return;
  }
  switch (c) {
  case ' ':
  case '\t':
  case '\r':
  case '\n': return;
  case '"':
    f->string = true;
    f->escaped = false;
    f->name = *fresh && !f->inside && f->depth > 0 && f->depth <= LEVELS;
    if (f->name) begin_name(f);
    f->tops += f->depth == 0;
    break;
  case '{':
  case '[': open_bracket(f, c, at); break;
  case '}':
  case ']': close_bracket(f, at); break;
  default: f->tops += f->depth == 0 && c != ',' && c != ':'; break;
  }
  if (c != '{' && c != '[' && c != ']' && c != '}' && c != ',') f->wants_first = false;
  *fresh = c == '{' || c == ',';
}

static pl_status find_arrays(const pl_input *input, finder *f, pl_error *err) {
  char *piece = pl_malloc(PL_WINDOW_BYTES);
  pl_status status = piece ? PL_OK : pl_fail_memory(err);
  bool fresh = false;
  for (uint64_t at = input->text_at; !status && at < input->end && f->tops < 2 && !f->wrong;) {
    size_t n = input->end - at < PL_WINDOW_BYTES ? (size_t)(input->end - at) : PL_WINDOW_BYTES;
    status = pl_input_pread(input, at, piece, n, err);
    for (size_t i = 0; !status && i < n && f->tops < 2; i++) take(f, piece[i], at + i, &fresh);
    at += n;
  }
  pl_free(piece);
  return status;
}

/* ---- choosing ----------------------------------------------------------------------- */

static pl_status fail_arrays(const pl_input *input, const finder *f, pl_error *err) {
  const char *asked = input->dialect.records, *first = NULL;
  pl_buf paths = {0};
  size_t n = 0;
  for (size_t i = 0; i < f->n; i++) {
    const array *a = &f->items[i];
    if (!a->objects && !asked) continue;
    if (!first) first = a->path;
    pl_buf_format(&paths, "%s%s (line %u)", n++ ? ", " : "", a->path, a->line);
  }
  pl_site site = {input->shown, first ? f->items[0].line : 0, 0};
  if (asked && !n)
    pl_fail_at(err, PL_E_USAGE, site, "records = \"%s\", but no array of the file has a path",
               asked);
  else if (asked)
    pl_fail_at(err, PL_E_USAGE, site, "no array of the file has the path \"%s\": there are %s",
               asked, pl_buf_view(&paths).p);
  else
    pl_fail_at(err, PL_E_USAGE, site, "the file holds %zu arrays of objects: %s", n,
               pl_buf_view(&paths).p);
  if (first) pl_hint(err, "records = \"%s\" reads that one", first);
  pl_buf_free(&paths);
  return PL_E_USAGE;
}

/* The array that is read; NULL with *several where one has to be named. */
static const array *choose(const pl_input *input, const finder *f, bool *several) {
  const char *asked = input->dialect.records;
  const array *found = NULL, *empty = NULL;
  size_t empties = 0;
  *several = false;
  for (size_t i = 0; i < f->n; i++) {
    const array *a = &f->items[i];
    if (asked) {
      if (strcmp(a->path, asked) == 0) return a;
    } else if (!a->objects) {
      empty = a;
      empties++;
    } else if (found) {
      *several = !input->dialect.any_block;
      if (*several) return NULL;
    } else {
      found = a;
    }
  }
  *several = asked != NULL;
  return found ? found : empties == 1 ? empty : NULL;
}

/* An object: one array in it. Anything else is left as it is, for json_array.c to say
 * what is wrong. */
static pl_status choose_array(pl_input *input, const finder *f, pl_error *err) {
  bool several = false;
  if (f->wrong || f->depth || f->string || f->tops != 1) return PL_OK;
  const array *a = choose(input, f, &several);
  if (several) return fail_arrays(input, f, err);
  if (!a) return PL_OK;
  input->header_at = a->at;
  input->header_line = a->line;
  input->end = a->end;
  input->dialect.records = pl_arena_copy(&input->arena, a->path, strlen(a->path));
  return input->dialect.records ? PL_OK : pl_fail_memory(err);
}

/* ---- the whole ------------------------------------------------------------------------- */

/* The first byte that is not white space; 0 where there is none in the head. */
static pl_status first_byte(const pl_input *input, char *c, pl_error *err) {
  uint64_t left = input->end - input->text_at;
  size_t n = left < PL_HEAD_BYTES ? (size_t)left : PL_HEAD_BYTES, i = 0;
  pl_shape_text text;
  pl_status status = pl_shape_load(input, input->text_at, n, &text, err);
  *c = 0;
  if (!status) {
    while (i < n && text.p[i] && strchr(" \t\r\n", text.p[i])) i++;
    if (i < n) *c = text.p[i];
  }
  pl_free((void *)(uintptr_t)text.p);
  return status;
}

pl_status pl_shape_json(pl_input *input, pl_error *err) {
  char c;
  finder *f = NULL;
  pl_status status = first_byte(input, &c, err);
  if (!status && c == '{') {
    f = pl_calloc(1, sizeof *f);
    status = f ? find_arrays(input, f, err) : pl_fail_memory(err);
    if (!status) status = choose_array(input, f, err);
  } else if (!status && c == '[' && input->dialect.records) {
    status =
        pl_fail_at(err, PL_E_USAGE, (pl_site){input->shown, 1, 0},
                   "records = \"%s\", but the file is an array itself", input->dialect.records);
    pl_hint(err, "Leave out records.");
  }
  pl_free(f);
  return status;
}
