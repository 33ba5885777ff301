/* Links: checked once, then found for the steps that name no key. */
#include <stdio.h>

#include "trace/bind.h"

static pl_status check_key(const pl_link_def *link, pl_error *err) {
  if (link->key.n >= 1 && link->key.n <= PL_MAX_KEY) return PL_OK;
  pl_fail_at(err, PL_E_USAGE, link->site, "a link needs 1 to %d columns", PL_MAX_KEY);
  return pl_hint(err, "link { \"%s\", \"%s\", \"id\" }", link->from, link->to);
}

pl_status pl_bind_links(const pl_bound *bound, pl_error *err) {
  pl_status status = PL_OK;
  for (size_t i = 0; status == PL_OK && i < bound->model->links_n; i++) {
    const pl_link_def *link = &bound->model->links[i];
    pl_source *from = NULL, *to = NULL;
    status = check_key(link, err);
    if (status == PL_OK) status = pl_bind_source(bound, link->from, link->site, &from, err);
    if (status == PL_OK) status = pl_bind_source(bound, link->to, link->site, &to, err);
    for (size_t k = 0; status == PL_OK && k < link->key.n; k++) {
      status = pl_bind_exists(from, link->key.here[k], link->site, err);
      if (status == PL_OK) status = pl_bind_exists(to, link->key.there[k], link->site, err);
    }
  }
  return status;
}

/* 1: from -> to, -1: the other way round, 0: other tables. */
static int direction(const pl_link_def *link, const pl_source *from, const pl_source *to) {
  const char *a = from->def->name, *b = to->def->name;
  if (strcmp(link->from, a) == 0 && strcmp(link->to, b) == 0) return 1;
  return strcmp(link->from, b) == 0 && strcmp(link->to, a) == 0 ? -1 : 0;
}

static pl_key turned(const pl_key *key) {
  pl_key out = {.n = key->n};
  for (size_t i = 0; i < key->n; i++) {
    out.here[i] = key->there[i];
    out.there[i] = key->here[i];
  }
  return out;
}

static bool is_same_key(const pl_key *a, const pl_key *b) {
  if (a->n != b->n) return false;
  for (size_t i = 0; i < a->n; i++)
    if (strcmp(a->here[i], b->here[i]) != 0 || strcmp(a->there[i], b->there[i]) != 0) return false;
  return true;
}

static void list_links(const pl_bound *bound, const pl_source *from, const pl_source *to,
                       pl_buf *out) {
  for (size_t i = 0; i < bound->model->links_n; i++) {
    const pl_link_def *link = &bound->model->links[i];
    if (!direction(link, from, to)) continue;
    pl_buf_format(out, "%s%s:%u (", out->n ? ", " : "", link->site.file ? link->site.file : "",
                  link->site.line);
    for (size_t k = 0; k < link->key.n; k++) {
      bool same = strcmp(link->key.here[k], link->key.there[k]) == 0;
      pl_buf_format(out, "%s%s%s%s", k ? ", " : "", link->key.here[k], same ? "" : " = ",
                    same ? "" : link->key.there[k]);
    }
    pl_buf_text(out, ")");
  }
}

static pl_status fail_several(const pl_bound *bound, const pl_source *from, const pl_step_def *def,
                              const pl_source *to, pl_error *err) {
  pl_buf list = {0};
  list_links(bound, from, to, &list);
  pl_fail_at(err, PL_E_USAGE, def->site, "several links join \"%s\" and \"%s\": %s",
             from->def->name, to->def->name, list.p ? list.p : "");
  pl_buf_free(&list);
  return pl_hint(err, "name the key of this step: :to(\"%s\", \"…\")", def->table);
}

static pl_status fail_none(const pl_source *from, const pl_step_def *def, const pl_source *to,
                           pl_error *err) {
  pl_fail_at(err, PL_E_USAGE, def->site, "no link joins \"%s\" and \"%s\"", from->def->name,
             to->def->name);
  return pl_hint(err,
                 "name the key: :to(\"%s\", \"id\"), or declare it in audit.lua: link { \"%s\", "
                 "\"%s\", \"id\" }",
                 def->table, from->def->name, to->def->name);
}

pl_status pl_bind_step_key(const pl_bound *bound, const pl_source *from, const pl_step_def *def,
                           const pl_source *to, pl_key *out, pl_error *err) {
  size_t found = 0;
  *out = def->key;
  if (def->key.n > PL_MAX_KEY)
    return pl_fail_at(err, PL_E_USAGE, def->site, "a key has at most %d columns", PL_MAX_KEY);
  if (def->key.n > 0) return PL_OK;
  for (size_t i = 0; i < bound->model->links_n; i++) {
    const pl_link_def *link = &bound->model->links[i];
    int way = direction(link, from, to);
    if (!way) continue;
    pl_key key = way > 0 ? link->key : turned(&link->key);
    if (found && is_same_key(&key, out)) continue; /* the same link said twice */
    *out = key;
    found++;
  }
  if (found > 1) return fail_several(bound, from, def, to, err);
  return found ? PL_OK : fail_none(from, def, to, err);
}
