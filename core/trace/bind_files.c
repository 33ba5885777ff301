/* Opening the files of a source: which format each has, and its header. */
#include <strings.h>

#include "trace/bind.h"

typedef struct ending {
  const char *text;
  pl_format format;
  char delimiter;
} ending;

static const ending endings[] = {
    {".csv", PL_FORMAT_CSV, ','},      {".tsv", PL_FORMAT_CSV, '\t'},
    {".json", PL_FORMAT_JSON, ','},    {".ndjson", PL_FORMAT_NDJSON, ','},
    {".jsonl", PL_FORMAT_NDJSON, ','},
};

static const ending *ending_of(const char *shown) {
  size_t n = strlen(shown);
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
    size_t e = strlen(endings[i].text);
    if (n > e && strcasecmp(shown + n - e, endings[i].text) == 0) return &endings[i];
  }
  return NULL;
}

static pl_status choose_dialect(const pl_source_def *def, const pl_path_file *file, pl_dialect *out,
                                pl_error *err) {
  const char *shown = file->shown;
  if (file->given) {
    *out = (pl_dialect){.format = file->given->format, .delimiter = ','};
    return PL_OK;
  }
  *out = def->dialect;
  const ending *by_name = ending_of(shown);
  bool declared = def->delimiter_given || (def->format_given && def->dialect.delimiter);
  if (!by_name && !def->format_given) {
    pl_fail_at(err, PL_E_USAGE, def->site, "the ending of %s does not tell its format", shown);
    return pl_hint(err, "write format = \"csv\", \"tsv\", \"json\" or \"ndjson\" in source \"%s\"",
                   def->name);
  }
  out->format = def->format_given ? def->dialect.format : by_name->format;
  out->delimiter = declared ? def->dialect.delimiter : by_name ? by_name->delimiter : ',';
  return PL_OK;
}

static void close_input(void *input) {
  pl_input_close(input);
}

static pl_status open_one(pl_binder *b, pl_source *source, const pl_path_file *file,
                          pl_error *err) {
  pl_dialect dialect = {0};
  pl_input *input = NULL;
  pl_status status = choose_dialect(source->def, file, &dialect, err);
  if (status != PL_OK) return status;
  status = pl_input_open_unless(b->options->cancel, file->real, file->shown, dialect,
                                b->options->json, &input, err);
  if (status != PL_OK) return status;
  if (!pl_bound_keep(b->bound, input, close_input)) return pl_fail_memory(err);
  source->dialects[source->inputs_n] = pl_input_shape(input)->dialect;
  source->inputs[source->inputs_n++] = input;
  return PL_OK;
}

pl_status pl_bind_files(pl_binder *b, pl_source *source, pl_error *err) {
  pl_arena *arena = &b->bound->arena;
  pl_paths found = {0};
  pl_status status = pl_bind_paths(b->model, source->def, &found, err);
  if (status != PL_OK) goto done;
  source->inputs = pl_arena_array(arena, found.n, sizeof *source->inputs);
  source->dialects = pl_arena_array(arena, found.n, sizeof *source->dialects);
  if (!source->inputs || !source->dialects) status = pl_fail_memory(err);
  for (size_t i = 0; status == PL_OK && i < found.n; i++)
    status = open_one(b, source, &found.items[i], err);
done:
  pl_paths_free(&found);
  return status;
}
