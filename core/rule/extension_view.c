/* A user's views: finding one by name, and drawing with it in its worker. */
#include <dirent.h>
#include <stdio.h>

#include "rule/extension_private.h"
#include "rule/views.h"

#define MAX_TEXT (64u << 20) /* what one view may draw */

/* ---- finding ---------------------------------------------------------------------------- */

static bool has_views(const char *directory) {
  char path[PL_ERROR_PATH];
  if (!directory) return false; /* declared by a program, not by files */
  int n = snprintf(path, sizeof path, "%s/views", directory);
  DIR *dir = n < (int)sizeof path ? opendir(path) : NULL;
  bool found = false;
  for (struct dirent *e; dir && !found && (e = readdir(dir));) {
    size_t length = strlen(e->d_name);
    found = length > 4 && e->d_name[0] != '.' && strcmp(e->d_name + length - 4, ".lua") == 0;
  }
  if (dir) closedir(dir);
  return found;
}

pl_status pl_views_declare(pl_rules *rules, pl_model *model, pl_extensions **out, pl_error *err) {
  const char *pattern = "views/*.lua";
  pl_texts one = {&pattern, 1};
  *out = NULL;
  pl_extensions *all = pl_extensions_new(rules, model, "view");
  if (!all) return pl_fail_memory(err);
  pl_status status = PL_OK;
  if (has_views(model->directory))
    status = pl_rule_files_find(&all->arena, model->directory, &one, &model->allowed,
                                (pl_site){"views", 0, 0}, &all->files, err);
  if (status == PL_OK) status = pl_extensions_run(all, all->files.items, all->files.n, err);
  if (status == PL_OK)
    *out = all;
  else
    pl_extensions_close(all);
  return status;
}

/* The view `name` of file i, or NULL. Nothing about it is believed but its name
 * and the number of its function. */
static const pl_value *declared_in(const pl_extensions *views, size_t i, const char *name) {
  const pl_value *list = pl_value_get(views->items[i].answer, "views");
  for (size_t k = 0; k < pl_value_count(list); k++) {
    const pl_value *view = pl_value_at(list, k);
    if (pl_str_eq(pl_value_str(pl_value_get(view, "name")), pl_str_of(name))) return view;
  }
  return NULL;
}

const char *pl_view_declared(const pl_extensions *views, size_t i) {
  for (size_t f = 0; f < views->n; f++) {
    const pl_value *list = pl_value_get(views->items[f].answer, "views");
    size_t n = pl_value_count(list);
    if (i >= n) {
      i -= n;
      continue;
    }
    pl_str name = pl_value_str(pl_value_get(pl_value_at(list, i), "name"));
    bool plain = name.n > 0 && name.n < PL_VIEW_NAME && !memchr(name.p, 0, name.n);
    return plain ? name.p : "?"; /* decoded texts end with a NUL */
  }
  return NULL;
}

static pl_status fail_unknown(const pl_extensions *views, const char *name, pl_error *err) {
  const char *names[64] = {"terminal", "json", "csv", "markdown"};
  size_t n = 4, broken = views->n;
  const char *own;
  for (size_t i = 0; n < 64 && (own = pl_view_declared(views, i)); i++) names[n++] = own;
  for (size_t f = 0; f < views->n && broken == views->n; f++)
    if (views->items[f].failed) broken = f;
  const char *near = pl_nearest(name, names, n);
  if (!near && broken < views->n) {
    if (err) *err = *views->items[broken].failed;
    if (err) err->status = PL_E_USAGE;
    return PL_E_USAGE;
  }
  pl_fail(err, PL_E_USAGE, "there is no view \"%s\"", name);
  if (near) return pl_hint(err, "did you mean %s?", near);
  return pl_hint(err, "built in are terminal, json, csv and markdown; a file in the workspace's "
                      "folder views adds others");
}

pl_status pl_view_find(const pl_extensions *views, const char *name, pl_error *err) {
  size_t found = views->n;
  for (size_t f = 0; f < views->n; f++) {
    if (!declared_in(views, f, name)) continue;
    if (found == views->n) {
      found = f;
      continue;
    }
    pl_site site = {views->items[f].file->shown, 0, 0};
    pl_fail_at(err, PL_E_USAGE, site, "the view \"%s\" is declared in %s too", name,
               views->items[found].file->shown);
    return pl_hint(err, "give one of them another name");
  }
  return found < views->n ? PL_OK : fail_unknown(views, name, err);
}

/* ---- drawing ------------------------------------------------------------------------------ */

typedef struct drawing {
  const pl_value *view, *result, *options;
  pl_buf *out;
  pl_error *err;
  pl_status status;
} drawing;

static const pl_value *make_render(pl_request *request, pl_arena *arena) {
  const drawing *d = request->ctx;
  pl_value *v = pl_value_object(arena);
  pl_set_int(arena, v, "fn", pl_value_integer(pl_value_get(d->view, "fn"), -1));
  /* Borrowed, not changed: the trees are only written to the wire. */
  pl_value_set(arena, v, "result", (pl_value *)(uintptr_t)d->result);
  pl_value_set(arena, v, "options", (pl_value *)(uintptr_t)d->options);
  return v;
}

static pl_status take_text(pl_request *request, const pl_value *answer, pl_error *err) {
  drawing *d = request->ctx;
  if (answer->kind != PL_TEXT || answer->as.text.n > MAX_TEXT) return PL_E_RULE;
  d->status = pl_buf_str(d->out, answer->as.text) ? PL_OK : pl_fail_memory(err);
  return d->status;
}

static void fail_render(pl_request *request, const pl_error *why, int code) {
  drawing *d = request->ctx;
  (void)code;
  d->status = why->status == PL_E_MEMORY ? PL_E_MEMORY : PL_E_OUTPUT;
  if (d->err) *d->err = *why;
  if (d->err) d->err->status = d->status;
}

pl_status pl_view_draw(pl_extensions *views, const char *name, const pl_value *result,
                       const pl_value *options, pl_buf *out, pl_error *err) {
  pl_status status = pl_view_find(views, name, err);
  if (status != PL_OK) return status;
  size_t f = 0;
  while (!declared_in(views, f, name)) f++;
  drawing d = {declared_in(views, f, name), result, options, out, err, PL_OK};
  pl_request request = {.worker = &views->items[f].worker,
                        .ctx = &d,
                        .type = PL_FRAME_RENDER,
                        .make = make_render,
                        .take = take_text,
                        .failed = fail_render,
                        .site = {views->items[f].file->shown, 0, 0}};
  int64_t line = pl_value_integer(pl_value_get(d.view, "line"), 0);
  if (line > 0 && line < INT32_MAX) request.site.line = (uint32_t)line;
  status = pl_exchange_run(&views->rules->exchange, &request, 1, err);
  return status == PL_OK ? d.status : status;
}
