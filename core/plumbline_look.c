/* Looking at an export that nothing is declared about. */
#include "plumbline_look.h"

#include <stdio.h>
#include <string.h>

#include "rule/views.h"

pl_status pl_look_open(pl_look *look, const pl_profiles_options *profiles, pl_error *err) {
  pl_status status = pl_json_decoder_open(&look->json, err);
  if (status != PL_OK) return status;
  look->json_open = true;
  char program[PL_ERROR_PATH];
  pl_profiles_options how = *profiles;
  if (!how.program && (status = pl_worker_find(program, err)) != PL_OK) return status;
  if (!how.program) how.program = program;
  return pl_profiles_read(&how, look->arena, &look->profiles, err);
}

void pl_look_close(pl_look *look) {
  if (look->json_open) pl_json_decoder_close(&look->json);
  look->json_open = false;
}

pl_status pl_look_input(const pl_look *look, const char *path, const char *shown, const char *block,
                        pl_input **out, pl_error *err) {
  pl_dialect dialect = {.format = PL_FORMAT_LOOK, .block = block, .any_block = !block};
  return pl_input_open_unless(look->cancel, path, shown, dialect, &look->json, out, err);
}

pl_status pl_look_measure(const pl_look *look, pl_input *input, pl_facts **facts, pl_error *err) {
  pl_facts_options options = {.json = &look->json,
                              .cancel = look->cancel,
                              .records = look->records,
                              .progress = look->progress,
                              .progress_ctx = look->progress_ctx};
  pl_status status = PL_OK;
  if (!*facts) status = pl_facts_open(&options, input, facts, err);
  return status == PL_OK ? pl_facts_read(*facts, input, err) : status;
}

/* ---- profiles ---------------------------------------------------------------------------- */

static void tell_match(pl_arena *a, pl_value *to, const pl_profile_match *match,
                       const pl_str *header) {
  pl_value *v = pl_value_set(a, to, "profile", pl_value_object(a));
  pl_set_text(a, v, "name", pl_str_of(match->name));
  pl_set_text(a, v, "title", pl_value_str(pl_value_get(match->profile, "title")));
  pl_set_bool(a, v, "fits", match->fits);
  pl_value *columns = pl_value_set(a, v, "columns", pl_value_list(a));
  for (size_t i = 0; i < match->columns_n; i++) {
    const pl_profile_column *c = &match->columns[i];
    pl_value *column = pl_value_push(a, columns, pl_value_object(a));
    pl_set_text(a, column, "name", pl_str_of(c->name));
    pl_set_bool(a, column, "required", c->required);
    if (c->header != PL_NO_HEADER) pl_set_text(a, column, "header", header[c->header]);
    if (c->second != PL_NO_HEADER) pl_set_text(a, column, "second", header[c->second]);
    if (c->nearest != PL_NO_HEADER) pl_set_text(a, column, "nearest", header[c->nearest]);
  }
}

static pl_status tell_profile(const pl_look *look, const pl_input *input, pl_value *to,
                              pl_value *known, pl_error *err) {
  pl_arena *a = look->arena;
  size_t n = pl_input_columns(input), found = 0;
  pl_profile_match *matches = NULL;
  pl_str *header = pl_arena_array(a, n, sizeof *header);
  if (!header) return pl_fail_memory(err);
  for (size_t i = 0; i < n; i++) header[i] = pl_input_column(input, i);
  pl_status status = pl_profile_match_header(look->profiles, header, n, a, &matches, &found, err);
  if (status != PL_OK) return status;
  if (found) tell_match(a, to, &matches[0], header);
  bool fits = found && matches[0].fits;
  pl_value_push(a, known, fits ? (pl_value *)matches[0].profile : pl_value_bool(a, false));
  return a->failed ? pl_fail_memory(err) : PL_OK;
}

pl_status pl_look_tell(const pl_look *look, const pl_input *input, const pl_facts *facts,
                       pl_value *tables, pl_value *known, pl_error *err) {
  pl_arena *a = look->arena;
  pl_value *told, *to = pl_facts_shape(input, a);
  pl_status status = pl_facts_tell(facts, a, &told, err);
  for (size_t i = 0; status == PL_OK && i < pl_value_count(told); i++)
    pl_value_set(a, to, pl_value_key(told, i).p, (pl_value *)pl_value_at(told, i));
  if (status == PL_OK) status = tell_profile(look, input, to, known, err);
  pl_value_push(a, tables, to);
  return status == PL_OK && a->failed ? pl_fail_memory(err) : status;
}

/* ---- drawing -------------------------------------------------------------------------------- */

static pl_value *options_value(pl_arena *a, const pl_view_options *options) {
  pl_value *v = pl_value_object(a);
  pl_set_int(a, v, "width", options && options->width ? options->width : 80);
  pl_set_bool(a, v, "color", options && options->color);
  pl_set_bool(a, v, "verbose", options && options->verbose);
  return v;
}

pl_status pl_look_render(pl_look_texts *texts, const char *name, const char *view,
                         const pl_value *result, const pl_view_options *options, const char **text,
                         size_t *size, pl_error *err) {
  bool json = strcmp(view, "json") == 0;
  pl_arena arena = {0};
  if (!json && strcmp(view, "terminal") != 0)
    return pl_fail(err, PL_E_USAGE, "this cannot be drawn as \"%s\"", view);
  if (!pl_grow(&texts->items, &texts->cap, texts->n + 1, sizeof *texts->items))
    return pl_fail_memory(err);
  pl_buf *out = &texts->items[texts->n];
  *out = (pl_buf){0};
  pl_value *how = options_value(&arena, options);
  pl_status status = arena.failed ? pl_fail_memory(err)
                                  : pl_view_render(json ? "json" : name, result, how, out, err);
  if (status == PL_OK && !pl_buf_append(out, "", 0)) status = pl_fail_memory(err);
  pl_arena_free(&arena);
  if (status != PL_OK) {
    pl_buf_free(out);
    return status;
  }
  texts->n++;
  *text = pl_buf_view(out).p;
  *size = out->n;
  return PL_OK;
}

void pl_look_texts_free(pl_look_texts *texts) {
  for (size_t i = 0; i < texts->n; i++) pl_buf_free(&texts->items[i]);
  pl_free(texts->items);
}
