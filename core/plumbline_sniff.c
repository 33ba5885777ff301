/* One file, looked at: its shape, its columns, and the source to paste. */
#include <string.h>

#include "plumbline_look.h"
#include "rule/facts_propose.h"

struct pl_sniff {
  pl_arena arena;
  pl_look look;
  pl_value *result;
  pl_look_texts texts;
};

static const char *opened_path(const char *path) {
  return strcmp(path, "-") == 0 ? "/dev/stdin" : path;
}

static const char *shown_path(const char *path, const pl_sniff_options *options) {
  if (options->shown) return options->shown;
  return strcmp(path, "-") == 0 ? "standard input" : path;
}

typedef struct tables {
  const pl_look *look;
  const char *path, *shown;
  pl_value *told, *known;
} tables;

static pl_status look_at(const tables *t, const char *block, pl_error *err) {
  pl_facts *facts = NULL;
  pl_input *input = NULL;
  pl_status status = pl_look_input(t->look, t->path, t->shown, block, &input, err);
  if (status == PL_OK) status = pl_look_measure(t->look, input, &facts, err);
  if (status == PL_OK) status = pl_look_tell(t->look, input, facts, t->told, t->known, err);
  pl_facts_close(facts);
  pl_input_close(input);
  return status;
}

/* The first table, then the others that it says are in the file. */
static pl_status look_at_all(const tables *t, pl_error *err) {
  pl_status status = look_at(t, NULL, err);
  const pl_value *first = pl_value_at(t->told, 0), *blocks = pl_value_get(first, "blocks");
  for (size_t i = 1; status == PL_OK && i < pl_value_count(blocks) && i < PL_LOOK_BLOCKS; i++) {
    pl_str name = pl_value_str(pl_value_get(pl_value_at(blocks, i), "name"));
    status = look_at(t, name.p, err);
  }
  return status;
}

/* Lua says what to paste and what to decide, one entry for each table. */
static pl_status propose(pl_sniff *s, const tables *t, const char *name, pl_error *err) {
  pl_arena *a = &s->arena;
  pl_value *facts = pl_value_object(a), *proposed = NULL;
  pl_set_text(a, facts, "file", pl_str_of(t->shown));
  if (name) pl_set_text(a, facts, "name", pl_str_of(name));
  pl_value_set(a, facts, "tables", t->told);
  pl_value_set(a, facts, "known", t->known);
  if (a->failed) return pl_fail_memory(err);
  pl_status status = pl_facts_propose("sniff", facts, a, &proposed, err);
  for (size_t i = 0; status == PL_OK && i < pl_value_count(t->told); i++) {
    pl_value *table = t->told->as.list.items[i];
    const pl_value *said = pl_value_at(proposed, i);
    pl_value_set(a, table, "source", (pl_value *)pl_value_get(said, "source"));
    pl_value_set(a, table, "notes", (pl_value *)pl_value_get(said, "notes"));
  }
  return status;
}

static pl_status sniff(pl_sniff *s, const char *path, const pl_sniff_options *options,
                       pl_error *err) {
  pl_arena *a = &s->arena;
  pl_profiles_options profiles = {.directory = options->directory,
                                  .program = options->worker,
                                  .print = options->print,
                                  .print_ctx = options->print_ctx,
                                  .cancel = options->cancel};
  s->look = (pl_look){.arena = a,
                      .records = options->records,
                      .cancel = options->cancel,
                      .progress = options->progress,
                      .progress_ctx = options->progress_ctx};
  s->result = pl_value_object(a);
  tables t = {&s->look, opened_path(path), shown_path(path, options), NULL, pl_value_list(a)};
  pl_set_text(a, s->result, "file", pl_str_of(t.shown));
  t.told = pl_value_set(a, s->result, "tables", pl_value_list(a));
  pl_status status = a->failed ? pl_fail_memory(err) : pl_look_open(&s->look, &profiles, err);
  if (status == PL_OK) status = look_at_all(&t, err);
  if (status == PL_OK) status = propose(s, &t, options->name, err);
  pl_look_close(&s->look);
  return status == PL_OK && a->failed ? pl_fail_memory(err) : status;
}

pl_status pl_sniff_open(const char *path, const pl_sniff_options *options, pl_sniff **out,
                        pl_error *err) {
  static const pl_sniff_options defaults = {0};
  PL_WANT_ERROR(err);
  PL_C_LOCALE;
  pl_sniff *s = pl_calloc(1, sizeof *s);
  if (!s) return pl_fail_memory(err);
  pl_status status = sniff(s, path, options ? options : &defaults, err);
  if (status == PL_OK)
    *out = s;
  else
    pl_sniff_close(s);
  return status;
}

void pl_sniff_close(pl_sniff *s) {
  if (!s) return;
  pl_look_texts_free(&s->texts);
  pl_arena_free(&s->arena);
  pl_free(s);
}

const pl_value *pl_sniff_result(const pl_sniff *s) {
  return s->result;
}

pl_status pl_sniff_render(pl_sniff *s, const char *view, const pl_view_options *options,
                          const char **text, size_t *size, pl_error *err) {
  PL_WANT_ERROR(err);
  PL_C_LOCALE;
  return pl_look_render(&s->texts, "sniff", view, s->result, options, text, size, err);
}
