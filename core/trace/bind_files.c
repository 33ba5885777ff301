/* Opening the files of a source: which format each has, and its header. */
#include <strings.h>

#include "trace/bind.h"

typedef struct ending {
  const char *text;
  pl_format format;
  char delimiter; /* 0: by looking */
} ending;

static const ending endings[] = {
    {".csv", PL_FORMAT_CSV, 0},       {".tsv", PL_FORMAT_CSV, '\t'},   {".json", PL_FORMAT_JSON, 0},
    {".ndjson", PL_FORMAT_NDJSON, 0}, {".jsonl", PL_FORMAT_NDJSON, 0},
};

/* leads.csv.gz is a CSV. Whether it is compressed, its bytes tell. */
static const char *const packings[] = {".gz", ".zst", ".gzip", ".zstd"};

static bool has_ending(const char *name, size_t n, const char *text) {
  size_t e = strlen(text);
  return n > e && strncasecmp(name + n - e, text, e) == 0;
}

static const ending *ending_of(const char *shown) {
  static const ending unknown = {"", PL_FORMAT_LOOK, 0};
  size_t n = strlen(shown);
  for (size_t i = 0; i < sizeof packings / sizeof *packings; i++) {
    if (!has_ending(shown, n, packings[i])) continue;
    n -= strlen(packings[i]);
    break;
  }
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
    if (has_ending(shown, n, endings[i].text)) return &endings[i];
  return &unknown;
}

/* As declared; what is not, by the ending; what that does not tell, by looking. */
static pl_dialect choose_dialect(const pl_source_def *def, const pl_path_file *file) {
  if (file->given)
    return (pl_dialect){.format = file->given->format,
                        .delimiter = ',',
                        .encoding = PL_ENCODING_UTF8,
                        .quotes = PL_QUOTES_DOUBLED,
                        .header = 1, /* rows of a test are all of them records */
                        .description_given = true,
                        .footer_given = true};
  pl_dialect out = def->dialect;
  const ending *by_name = ending_of(file->shown);
  if (!def->format_given) out.format = by_name->format;
  if (!def->delimiter_given) out.delimiter = out.format == by_name->format ? by_name->delimiter : 0;
  return out;
}

static void close_input(void *input) {
  pl_input_close(input);
}

/* What the config says about the file is wrong, at no byte of it: the place to mend
 * is the config. */
static pl_status blame_config(const pl_source_def *def, pl_error *err) {
  if (!err || err->line != 0) return PL_E_USAGE;
  const pl_error was = *err;
  pl_fail_at(err, PL_E_USAGE, def->site, "%s: %s", was.file, was.message);
  if (was.hint[0]) pl_hint(err, "%s", was.hint);
  return PL_E_USAGE;
}

static pl_status open_one(pl_binder *b, pl_source *source, const pl_path_file *file,
                          pl_error *err) {
  pl_dialect dialect = choose_dialect(source->def, file);
  pl_input *input = NULL;
  pl_status status = pl_input_open_unless(b->options->cancel, file->real, file->shown, dialect,
                                          b->options->json, &input, err);
  if (status == PL_E_USAGE) return blame_config(source->def, err);
  if (status != PL_OK) return status;
  if (!pl_bound_keep(b->bound, input, close_input)) return pl_fail_memory(err);
  source->dialects[source->inputs_n] = pl_input_shape(input)->dialect;
  source->inputs[source->inputs_n++] = input;
  return PL_OK;
}

/* A word about files of a format that the source has none of would do nothing. */
static pl_status check_words(const pl_source *source, pl_error *err) {
  const pl_source_def *def = source->def;
  const pl_dialect *said = &def->dialect;
  const struct {
    const char *word;
    bool given, json;
  } words[] = {{"records", said->records, true},
               {"delimiter", def->delimiter_given, false},
               {"quotes", said->quotes != PL_QUOTES_LOOK, false},
               {"header", said->header, false},
               {"description", said->description_given, false},
               {"footer", said->footer_given, false},
               {"block", said->block, false}};
  bool csv = false, json = false;
  for (size_t i = 0; i < source->inputs_n; i++) {
    csv |= source->dialects[i].format == PL_FORMAT_CSV;
    json |= source->dialects[i].format == PL_FORMAT_JSON;
  }
  for (size_t i = 0; source->inputs_n && i < sizeof words / sizeof *words; i++) {
    if (!words[i].given || (words[i].json ? json : csv)) continue;
    pl_fail_at(err, PL_E_USAGE, def->site, "%s is a word about %s, and %s is %s", words[i].word,
               words[i].json ? "JSON" : "CSV", pl_input_shown(source->inputs[0]),
               csv    ? "CSV"
               : json ? "JSON"
                      : "NDJSON");
    return pl_hint(err, "leave it out of \"%s\"", def->name);
  }
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
  if (status == PL_OK) status = check_words(source, err);
done:
  pl_paths_free(&found);
  return status;
}
