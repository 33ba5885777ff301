/* Which profiles a header satisfies. */
#include <stdlib.h>

#include "rule/profiles.h"
#include "trace/header.h"

typedef struct matching {
  pl_arena *arena; /* the caller's */
  pl_arena *folds;
  pl_str *headers; /* folded */
  bool *taken;     /* by a column of the profile at hand */
  size_t n;
} matching;

/* A column's name and aliases, folded. */
typedef struct known {
  pl_str *items;
  size_t n;
} known;

static known fold_all(matching *m, const pl_value *column) {
  const pl_value *aliases = pl_value_get(column, "aliases");
  known out = {pl_arena_array(m->folds, pl_value_count(aliases) + 1, sizeof *out.items), 0};
  if (!out.items) return out;
  out.items[out.n++] = pl_header_fold(m->folds, pl_value_str(pl_value_get(column, "name")));
  for (size_t i = 0; i < pl_value_count(aliases); i++)
    out.items[out.n++] = pl_header_fold(m->folds, pl_value_str(pl_value_at(aliases, i)));
  return out;
}

static bool is_any(pl_str header, const known *names) {
  for (size_t i = 0; i < names->n; i++)
    if (pl_str_eq(header, names->items[i])) return true;
  return false;
}

static bool lists(const pl_value *names, pl_str name) {
  for (size_t i = 0; i < pl_value_count(names); i++)
    if (pl_str_eq(pl_value_str(pl_value_at(names, i)), name)) return true;
  return false;
}

static void match_column(matching *m, const known *names, pl_profile_column *out) {
  for (size_t i = 0; i < m->n; i++) {
    if (m->taken[i] || !is_any(m->headers[i], names)) continue;
    if (out->header == PL_NO_HEADER)
      out->header = i;
    else if (out->second == PL_NO_HEADER)
      out->second = i;
  }
  if (out->header != PL_NO_HEADER) m->taken[out->header] = true;
}

/* Among the headers that nothing else fits. */
static void find_nearest(matching *m, const known *names, pl_profile_column *out) {
  unsigned best = PL_HEADER_LIKE - 1;
  for (size_t k = 0; k < names->n; k++)
    for (size_t i = 0; i < m->n; i++) {
      unsigned like = m->taken[i] ? 0 : pl_header_likeness(names->items[k], m->headers[i]);
      if (like <= best) continue;
      best = like;
      out->nearest = i;
    }
}

static bool match_one(matching *m, const pl_value *profile, pl_profile_match *out) {
  const pl_value *columns = pl_value_get(profile, "columns");
  const pl_value *required = pl_value_get(profile, "required");
  size_t n = pl_value_count(columns);
  *out = (pl_profile_match){.profile = profile};
  out->name = pl_value_str(pl_value_get(profile, "name")).p;
  out->columns = pl_arena_array(m->arena, n + 1, sizeof *out->columns);
  known *names = pl_arena_array(m->folds, n + 1, sizeof *names);
  if (!out->columns || !names) return false;
  out->columns_n = n;
  for (size_t i = 0; i < m->n; i++) m->taken[i] = false;
  for (size_t i = 0; i < n; i++) {
    pl_profile_column *c = &out->columns[i];
    pl_str name = pl_value_str(pl_value_get(pl_value_at(columns, i), "name"));
    *c = (pl_profile_column){name.p, PL_NO_HEADER, PL_NO_HEADER, PL_NO_HEADER,
                             lists(required, name)};
    names[i] = fold_all(m, pl_value_at(columns, i));
    match_column(m, &names[i], c);
    out->required += c->required;
    out->matched += c->header != PL_NO_HEADER;
    out->missing += c->required && (c->header == PL_NO_HEADER || c->second != PL_NO_HEADER);
  }
  for (size_t i = 0; i < n; i++)
    if (out->columns[i].header == PL_NO_HEADER && out->missing * 2 <= out->required)
      find_nearest(m, &names[i], &out->columns[i]);
  out->fits = out->missing == 0;
  return true;
}

static int compare_sizes(size_t a, size_t b) {
  return (a > b) - (a < b);
}

static int compare_matches(const void *a, const void *b) {
  const pl_profile_match *x = a, *y = b;
  if (x->fits != y->fits) return x->fits ? -1 : 1;
  int c = compare_sizes(x->missing, y->missing);
  if (!c) c = compare_sizes(y->required, x->required);
  if (!c) c = compare_sizes(y->matched, x->matched);
  return c ? c : strcmp(x->name, y->name);
}

static bool match_profiles(matching *m, const pl_value *profiles, pl_profile_match *out,
                           size_t *out_n) {
  *out_n = 0;
  for (size_t i = 0; i < pl_value_count(profiles); i++) {
    const pl_value *profile = pl_value_at(profiles, i);
    pl_profile_match *match = &out[*out_n];
    if (pl_value_get(profile, "error")) continue;
    if (!match_one(m, profile, match)) return false;
    if (match->fits || match->missing * 2 <= match->required) ++*out_n;
  }
  if (*out_n) qsort(out, *out_n, sizeof *out, compare_matches);
  return !m->folds->failed;
}

pl_status pl_profile_match_header(const pl_value *profiles, const pl_str *header, size_t n,
                                  pl_arena *arena, pl_profile_match **matches, size_t *matches_n,
                                  pl_error *err) {
  pl_arena folds = {0};
  matching m = {arena, &folds, pl_arena_array(&folds, n + 1, sizeof(pl_str)),
                pl_arena_array(&folds, n + 1, sizeof(bool)), n};
  pl_profile_match *out = pl_arena_array(arena, pl_value_count(profiles) + 1, sizeof *out);
  bool ok = m.headers && m.taken && out;
  for (size_t i = 0; ok && i < n; i++) m.headers[i] = pl_header_fold(&folds, header[i]);
  *matches = out;
  *matches_n = 0;
  ok = ok && match_profiles(&m, profiles, out, matches_n);
  pl_arena_free(&folds);
  return ok ? PL_OK : pl_fail_memory(err);
}
