/* The list of profiles, of the product and of a workspace. */
#include <stdio.h>
#include <string.h>

#include "plumbline_audit.h"
#include "rule/profiles.h"
#include "rule/views.h"

static pl_status render(pl_arena *arena, const pl_value *profiles, const char *view, char **text,
                        size_t *size, pl_error *err) {
  pl_buf out = {0};
  pl_value *how = pl_value_object(arena);
  pl_set_text(arena, how, "what", PL_STR("profiles"));
  bool json = strcmp(view, "json") == 0;
  pl_status status = arena->failed
                         ? pl_fail_memory(err)
                         : pl_view_render(json ? "json" : "list", profiles, how, &out, err);
  if (status == PL_OK && !pl_buf_append(&out, "", 0)) status = pl_fail_memory(err);
  if (status != PL_OK) {
    pl_buf_free(&out);
    return status;
  }
  *text = out.p;
  *size = out.n;
  return PL_OK;
}

pl_status pl_profiles_new(const char *directory, const pl_audit_options *options, const char *view,
                          char **text, size_t *size, pl_error *err) {
  PL_WANT_ERROR(err);
  PL_C_LOCALE;
  char program[PL_ERROR_PATH];
  pl_arena arena = {0};
  const pl_value *profiles = NULL;
  pl_profiles_options how = {.directory = directory};
  if (strcmp(view, "terminal") != 0 && strcmp(view, "json") != 0) {
    pl_fail(err, PL_E_USAGE, "there is no view \"%s\" of a list", view);
    return pl_hint(err, "write terminal or json");
  }
  if (options) {
    how.program = options->worker;
    how.print = options->print;
    how.print_ctx = options->print_ctx;
    how.cancel = options->cancel;
  }
  pl_status status = how.program ? PL_OK : pl_worker_find(program, err);
  if (status == PL_OK && !how.program) how.program = program;
  if (status == PL_OK) status = pl_profiles_read(&how, &arena, &profiles, err);
  if (status == PL_OK) status = render(&arena, profiles, view, text, size, err);
  pl_arena_free(&arena);
  return status;
}
