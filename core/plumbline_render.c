/* Views: the one result object, and what is known beside it, as text. */
#include <stdio.h>
#include <string.h>

#include "plumbline_audit.h"
#include "rule/embedded.h"
#include "rule/extension.h"
#include "rule/views.h"
#include "trace/result.h"

static pl_value *options_value(pl_arena *a, const pl_view_options *options) {
  static const pl_view_options defaults = {0};
  if (!options) options = &defaults;
  pl_value *v = pl_value_object(a);
  pl_set_int(a, v, "width", options->width ? options->width : 80);
  pl_set_bool(a, v, "color", options->color);
  pl_set_bool(a, v, "verbose", options->verbose);
  return v;
}

/* Draws into a buffer that the audit keeps. */
static pl_status render_kept(pl_audit *audit, const char *view, const pl_value *result,
                             const pl_value *options, const char **text, size_t *size,
                             pl_error *err) {
  if (!result || !options || audit->arena.failed) return pl_fail_memory(err);
  if (!pl_grow(&audit->texts, &audit->texts_cap, audit->texts_n + 1, sizeof *audit->texts))
    return pl_fail_memory(err);
  pl_buf *out = &audit->texts[audit->texts_n];
  *out = (pl_buf){0};
  pl_status status = pl_view_render(view, result, options, out, err);
  if (status == PL_OK && !pl_buf_append(out, "", 0)) status = pl_fail_memory(err);
  if (status != PL_OK) {
    pl_buf_free(out);
    return status;
  }
  audit->texts_n++;
  *text = pl_buf_view(out).p;
  *size = out->n;
  return PL_OK;
}

/* ---- views of the workspace's own ---------------------------------------------- */

static pl_status open_views(pl_audit *audit, pl_error *err) {
  if (audit->views) return PL_OK;
  return pl_views_declare(audit->rules, &audit->model, &audit->views, err);
}

static pl_status render_own(pl_audit *audit, const char *view, const pl_value *options,
                            const char **text, size_t *size, pl_error *err) {
  if (!options || audit->arena.failed) return pl_fail_memory(err);
  pl_status status = open_views(audit, err);
  if (status != PL_OK) return status;
  if (!pl_grow(&audit->texts, &audit->texts_cap, audit->texts_n + 1, sizeof *audit->texts))
    return pl_fail_memory(err);
  pl_buf *out = &audit->texts[audit->texts_n];
  *out = (pl_buf){0};
  status = pl_view_draw(audit->views, view, audit->result, options, out, err);
  if (status == PL_OK && !pl_buf_append(out, "", 0)) status = pl_fail_memory(err);
  if (status != PL_OK) {
    pl_buf_free(out);
    pl_error_add_excerpt(err, audit->directory);
    return status;
  }
  audit->texts_n++;
  *text = pl_buf_view(out).p;
  *size = out->n;
  return PL_OK;
}

static bool is_any_of(const char *word, const char *const *words, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (strcmp(word, words[i]) == 0) return true;
  return false;
}

static pl_status no_view(const char *view, pl_error *err) {
  return pl_fail(err, PL_E_USAGE, "this cannot be drawn as \"%s\"", view);
}

pl_status pl_audit_render(pl_audit *audit, const char *view, const pl_view_options *options,
                          const char **text, size_t *size, pl_error *err) {
  PL_WANT_ERROR(err);
  PL_C_LOCALE;
  static const char *const views[] = {"terminal", "json", "csv", "markdown"};
  if (!audit->result) return pl_fail(err, PL_E_USAGE, "there is no result to draw");
  const pl_value *how = options_value(&audit->arena, options);
  if (!is_any_of(view, views, 4)) return render_own(audit, view, how, text, size, err);
  return render_kept(audit, view, audit->result, how, text, size, err);
}

pl_status pl_audit_view(pl_audit *audit, const char *view, pl_error *err) {
  PL_WANT_ERROR(err);
  static const char *const views[] = {"terminal", "json", "csv", "markdown"};
  if (is_any_of(view, views, 4)) return PL_OK;
  pl_status status = open_views(audit, err);
  return status == PL_OK ? pl_view_find(audit->views, view, err) : status;
}

/* ---- one metric ----------------------------------------------------------------- */

static size_t metric_index(const pl_audit *audit, const char *id) {
  size_t m = 0;
  while (strcmp(audit->model.metrics[m].id, id) != 0) m++;
  return m;
}

static bool deal_exists(const pl_deals *deals, pl_str id) {
  for (uint32_t i = 0; i < deals->n; i++)
    if (pl_str_eq(deals->items[i].id, id)) return true;
  return false;
}

/* Adds the deal that was asked for, and its chain if the metric reaches it. */
static pl_status add_deal(pl_audit *audit, size_t metric, const char *deal, pl_value *into,
                          pl_error *err) {
  if (!deal_exists(pl_run_deals(audit->run), pl_str_of(deal))) {
    pl_fail(err, PL_E_USAGE, "the exports hold no deal \"%s\"", deal);
    return pl_hint(err,
                   "a deal is named by its key, or by its file:line where deals have none; one "
                   "that was ignored, or is outside the period, is not part of the audit");
  }
  pl_found found = {0};
  pl_status status = pl_found_of_run(&audit->arena, audit->bound, audit->run, &found, err);
  if (status != PL_OK) return status;
  pl_proof proof;
  pl_set_text(&audit->arena, into, "deal", pl_str_of(deal));
  if (!audit->bound->metrics[metric].failed &&
      pl_run_proof(audit->run, metric, pl_str_of(deal), &proof))
    pl_value_set(&audit->arena, into, "proof", pl_result_proof(&audit->arena, &found, &proof));
  return PL_OK;
}

/* The finding with the deal beside it, as JSON draws it. */
static pl_value *finding_and_deal(pl_arena *a, const pl_value *finding, const pl_value *deal) {
  pl_value *both = pl_value_object(a);
  for (size_t i = 0; both && i < pl_value_count(finding); i++) {
    char key[128];
    snprintf(key, sizeof key, "%.*s", PL_STR_ARG(finding->as.list.keys[i]));
    pl_value_set(a, both, key, finding->as.list.items[i]);
  }
  static const char *const keys[] = {"deal", "proof"};
  for (size_t i = 0; i < 2; i++) {
    const pl_value *part = pl_value_get(deal, keys[i]);
    if (part) pl_value_set(a, both, keys[i], (pl_value *)part);
  }
  return both;
}

/* PL_E_PARTIAL with the finding's own error when it was not audited. */
static pl_status audited(const pl_value *finding, pl_error *err) {
  if (!pl_str_eq(pl_value_str(pl_value_get(finding, "verdict")), PL_STR("error"))) return PL_OK;
  pl_str headline = pl_value_str(pl_value_get(finding, "headline"));
  return pl_fail(err, PL_E_PARTIAL, "%.*s", PL_STR_ARG(headline));
}

pl_status pl_audit_metric_trace(pl_audit *audit, const char *metric, const char *deal,
                                const char *view, const pl_view_options *options, const char **text,
                                size_t *size, pl_error *err) {
  PL_WANT_ERROR(err);
  PL_C_LOCALE;
  bool json = strcmp(view, "json") == 0;
  if (!json && strcmp(view, "terminal") != 0) return no_view(view, err);
  if (!audit->result) return pl_fail(err, PL_E_USAGE, "there is no result to draw");
  const char *id;
  pl_status status = pl_audit_metric(audit, metric, &id, err);
  if (status != PL_OK) return status;
  pl_arena *a = &audit->arena;
  size_t m = metric_index(audit, id);
  pl_value *how = options_value(a, options);
  pl_set_text(a, how, "metric", pl_str_of(id));
  if (deal) status = add_deal(audit, m, deal, how, err);
  if (status != PL_OK) return status;
  const pl_value *finding = pl_value_at(pl_value_get(audit->result, "findings"), m);
  status = json
               ? render_kept(audit, "json", finding_and_deal(a, finding, how), how, text, size, err)
               : render_kept(audit, "trace", audit->result, how, text, size, err);
  return status == PL_OK ? audited(finding, err) : status;
}

/* ---- lists and codes ---------------------------------------------------------------- */

pl_status pl_audit_list(pl_audit *audit, const char *what, const char *view,
                        const pl_view_options *options, const char **text, size_t *size,
                        pl_error *err) {
  PL_WANT_ERROR(err);
  PL_C_LOCALE;
  static const char *const lists[] = {"metrics", "rules", "sources"};
  if (!is_any_of(what, lists, 3)) return pl_fail(err, PL_E_USAGE, "no list of \"%s\"", what);
  const pl_value *all = pl_audit_declared(audit);
  pl_value *how = options_value(&audit->arena, options);
  pl_set_text(&audit->arena, how, "what", pl_str_of(what));
  if (strcmp(view, "terminal") == 0) return render_kept(audit, "list", all, how, text, size, err);
  if (strcmp(view, "json") != 0) return no_view(view, err);
  static const char *const keys[] = {"findings", "departments", "sources"};
  const char *key = keys[what[0] == 'm' ? 0 : what[0] == 'r' ? 1 : 2];
  return render_kept(audit, "json", pl_value_get(all, key), how, text, size, err);
}

/* "pl103" or "103" -> "PL103"; anything else as it is. */
static void whole_code(const char *code, char out[16]) {
  bool letters = (code[0] | 32) == 'p' && (code[1] | 32) == 'l';
  bool digits = code[0] >= '0' && code[0] <= '9';
  if (letters || digits)
    snprintf(out, 16, "PL%s", letters ? code + 2 : code);
  else
    snprintf(out, 16, "%s", code);
}

static pl_status fail_code(const pl_value *codes, const char *code, pl_error *err) {
  size_t n = pl_value_count(codes);
  char(*texts)[16] = pl_calloc(n + 1, sizeof *texts);
  const char **words = pl_calloc(n + 1, sizeof *words);
  const char *near = NULL;
  for (size_t i = 0; texts && words && i < n; i++) {
    snprintf(texts[i], sizeof texts[i], "%.*s", PL_STR_ARG(codes->as.list.keys[i]));
    words[i] = texts[i];
  }
  if (texts && words) near = pl_nearest(code, words, n);
  pl_fail(err, PL_E_USAGE, "there is no code \"%s\"", code);
  if (near)
    pl_hint(err, "did you mean %s? `plumbline list codes` lists all of them", near);
  else
    pl_hint(err, "`plumbline list codes` lists all of them");
  pl_free(texts);
  pl_free(words);
  return PL_E_USAGE;
}

/* Draws codes with `drawn` ("explain" or "list"), or as JSON, into text of the caller's. */
static pl_status codes_new(const char *code, const char *drawn, const char *view,
                           const pl_view_options *options, char **text, size_t *size,
                           pl_error *err) {
  bool json = strcmp(view, "json") == 0;
  if (!json && strcmp(view, "terminal") != 0) return no_view(view, err);
  pl_arena arena = {0};
  pl_buf out = {0};
  char name[16] = "";
  const pl_value *codes = pl_codes(&arena, err);
  pl_status status = codes ? PL_OK : err && err->status ? err->status : PL_E_MEMORY;
  if (status == PL_OK && code) {
    whole_code(code, name);
    if (!pl_value_get(codes, name)) status = fail_code(codes, name, err);
  }
  if (status == PL_OK) {
    pl_value *how = options_value(&arena, options);
    pl_set_text(&arena, how, "what", PL_STR("codes"));
    if (code) pl_set_text(&arena, how, "code", pl_str_of(name));
    const pl_value *shown = json && code ? pl_value_get(codes, name) : codes;
    status = arena.failed ? pl_fail_memory(err)
                          : pl_view_render(json ? "json" : drawn, shown, how, &out, err);
  }
  pl_arena_free(&arena);
  if (status == PL_OK && !pl_buf_append(&out, "", 0)) status = pl_fail_memory(err);
  if (status != PL_OK) {
    pl_buf_free(&out);
    return status;
  }
  *text = out.p;
  *size = out.n;
  return PL_OK;
}

pl_status pl_explain_new(const char *code, const char *view, const pl_view_options *options,
                         char **text, size_t *size, pl_error *err) {
  PL_WANT_ERROR(err);
  PL_C_LOCALE;
  return codes_new(code, "explain", view, options, text, size, err);
}

pl_status pl_codes_new(const char *view, const pl_view_options *options, char **text, size_t *size,
                       pl_error *err) {
  PL_WANT_ERROR(err);
  PL_C_LOCALE;
  return codes_new(NULL, "list", view, options, text, size, err);
}

void pl_text_free(char *text) {
  pl_free(text);
}

pl_status pl_lua_new(const char *path, char **text, size_t *size, pl_error *err) {
  PL_WANT_ERROR(err);
  pl_buf out = {0};
  size_t n = strlen(path);
  bool folder = n > 0 && path[n - 1] == '/';
  pl_status status = folder ? PL_OK : pl_embedded_text(path, &out, err);
  if (folder && !pl_embedded_list(path, &out)) status = pl_fail_memory(err);
  if (status == PL_OK && !pl_buf_append(&out, "", 0)) status = pl_fail_memory(err);
  if (status != PL_OK) {
    pl_buf_free(&out);
    return status;
  }
  *text = out.p;
  *size = out.n;
  return PL_OK;
}
