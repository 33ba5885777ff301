/* Pages of the manual, completions for shells, versions: what the program says
 * about itself. The texts are Lua sources; the command line's own tables come
 * from the caller, and the library's page from the public header. */
#include <string.h>

#include "base/alloc.h"
#include "plumbline_audit.h"
#include "rule/embedded.h"
#include "rule/versions.h"
#include "rule/views.h"

/* Draws `result` into a text that is the caller's. */
static pl_status draw(const char *view, const pl_value *result, const pl_value *options,
                      char **text, size_t *size, pl_error *err) {
  pl_buf out = {0};
  pl_status status = pl_view_render(view, result, options, &out, err);
  if (status == PL_OK && !pl_buf_append(&out, "", 0)) status = pl_fail_memory(err);
  if (status != PL_OK) {
    pl_buf_free(&out);
    return status;
  }
  *text = out.p;
  *size = out.n;
  return PL_OK;
}

static bool is_any_of(const char *word, const char *const *words, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (strcmp(word, words[i]) == 0) return true;
  return false;
}

static pl_value *options_value(pl_arena *a, const char *view, const pl_view_options *options) {
  pl_value *how = pl_value_object(a);
  pl_set_text(a, how, "view", pl_str_of(view));
  pl_set_int(a, how, "width", options && options->width ? options->width : 80);
  pl_set_bool(a, how, "color", options && options->color);
  return how;
}

/* What is described: its name, the command line's tables, the public header. */
static pl_status read_subject(pl_arena *a, const char *name, const char *commands,
                              pl_value *subject, pl_error *err) {
  pl_buf header = {0};
  pl_status status = pl_embedded_text("core/plumbline.h", &header, err);
  if (status == PL_OK) {
    pl_set_text(a, subject, "name", pl_str_of(name));
    pl_set_text(a, subject, "commands", pl_str_of(commands ? commands : "{}"));
    pl_set_text(a, subject, "header", pl_buf_view(&header));
    if (a->failed) status = pl_fail_memory(err);
  }
  pl_buf_free(&header);
  return status;
}

static pl_status describe(const char *drawn, const char *name, const char *commands,
                          const char *view, const pl_view_options *options, char **text,
                          size_t *size, pl_error *err) {
  pl_arena arena = {0};
  pl_value *subject = pl_value_object(&arena);
  pl_value *how = options_value(&arena, view, options);
  pl_status status = arena.failed ? pl_fail_memory(err) : PL_OK;
  if (status == PL_OK) status = read_subject(&arena, name, commands, subject, err);
  if (status == PL_OK) status = draw(drawn, subject, how, text, size, err);
  pl_arena_free(&arena);
  return status;
}

pl_status pl_manual_new(const char *page, const char *commands, const char *view,
                        const pl_view_options *options, char **text, size_t *size, pl_error *err) {
  PL_WANT_ERROR(err);
  PL_C_LOCALE;
  static const char *const pages[] = {"plumbline", "rules", "audit", "library"};
  static const char *const views[] = {"terminal", "man"};
  if (!is_any_of(page, pages, 4))
    return pl_fail(err, PL_E_USAGE, "the manual has no page \"%s\"", page);
  if (!is_any_of(view, views, 2))
    return pl_fail(err, PL_E_USAGE, "this cannot be drawn as \"%s\"", view);
  return describe("manual", page, commands, view, options, text, size, err);
}

pl_status pl_completion_new(const char *shell, const char *commands, char **text, size_t *size,
                            pl_error *err) {
  PL_WANT_ERROR(err);
  PL_C_LOCALE;
  static const char *const shells[] = {"bash", "zsh", "fish"};
  if (!is_any_of(shell, shells, 3))
    return pl_fail(err, PL_E_USAGE, "there are no completions for \"%s\"", shell);
  return describe("completion", shell, commands, "terminal", NULL, text, size, err);
}

pl_status pl_versions_new(const char *view, char **text, size_t *size, pl_error *err) {
  PL_WANT_ERROR(err);
  PL_C_LOCALE;
  bool json = strcmp(view, "json") == 0;
  if (!json && strcmp(view, "terminal") != 0)
    return pl_fail(err, PL_E_USAGE, "this cannot be drawn as \"%s\"", view);
  pl_arena arena = {0};
  pl_value *versions = NULL;
  pl_status status = pl_versions(&arena, &versions, err);
  pl_value *how = status == PL_OK ? options_value(&arena, view, NULL) : NULL;
  if (status == PL_OK && arena.failed) status = pl_fail_memory(err);
  if (status == PL_OK) status = draw(json ? "json" : "versions", versions, how, text, size, err);
  pl_arena_free(&arena);
  return status;
}
