/* A header that the config pins to a line, where the file has other text by now: a
 * title above it grew or shrank. Says what stands there, and where the names are. */
#include <sys/stat.h>

#include "trace/bind.h"
#include "trace/header.h"

#define NEAR_LINES 5 /* above and below the pinned line */
#define NAMES_SHOWN 6

static bool is_name(pl_arena *arena, pl_str header, const char *name) {
  return pl_str_eq(pl_header_fold(arena, header), pl_header_fold(arena, pl_str_of(name)));
}

/* Under any of the names that the source has for it. */
static bool has_column(const pl_source *source, const pl_input *input, const char *name) {
  const pl_name_def *def = pl_bind_name(source, name);
  pl_arena arena = {0};
  bool found = false;
  for (size_t i = 0; !found && i < pl_input_columns(input); i++) {
    pl_str header = pl_input_column(input, i);
    found =
        is_name(&arena, header, name) || (def && def->given && is_name(&arena, header, def->given));
    for (size_t k = 0; def && !found && k < def->aliases.n; k++)
      found = is_name(&arena, header, def->aliases.items[k]);
  }
  pl_arena_free(&arena);
  return found;
}

/* The line of the header if it is looked for there (0: anywhere); 0: it lacks the column. */
static uint32_t try_line(const pl_source *source, size_t input, const char *name, uint32_t line) {
  const char *path = pl_input_path(source->inputs[input]);
  pl_dialect dialect = source->def->dialect;
  pl_input *opened = NULL;
  uint32_t found = 0;
  dialect.format = PL_FORMAT_CSV;
  dialect.delimiter = source->dialects[input].delimiter;
  if (!source->def->delimiter_given) dialect.delimiter = 0;
  dialect.header = line;
  if (pl_input_open(path, "", dialect, NULL, &opened, NULL) != PL_OK) return 0;
  if (has_column(source, opened, name)) found = pl_input_shape(opened)->dialect.header;
  pl_input_close(opened);
  return found;
}

static uint32_t find_line(const pl_source *source, size_t input, const char *name) {
  const uint32_t pinned = source->def->dialect.header;
  struct stat info;
  const char *path = pl_input_path(source->inputs[input]);
  if (!path || stat(path, &info) != 0 || !S_ISREG(info.st_mode)) return 0; /* read once only */
  uint32_t found = try_line(source, input, name, 0);
  for (uint32_t i = 1; !found && i <= NEAR_LINES; i++) {
    found = try_line(source, input, name, pinned + i);
    if (!found && pinned > i) found = try_line(source, input, name, pinned - i);
  }
  return found;
}

static void say_names(const pl_input *input, pl_buf *out) {
  size_t n = pl_input_columns(input);
  for (size_t i = 0; i < n && i < NAMES_SHOWN; i++) {
    pl_str name = pl_input_column(input, i);
    size_t shown = name.n < 80 ? name.n : pl_utf8_valid((pl_str){name.p, 80});
    pl_buf_format(out, "%s%.*s", i ? ", " : "", (int)shown, name.p);
  }
  if (n > NAMES_SHOWN) pl_buf_text(out, ", …");
}

bool pl_bind_hint_header(const pl_source *source, size_t input, const char *name, pl_error *err) {
  const uint32_t pinned = source->def->dialect.header;
  if (!pinned || source->dialects[input].format != PL_FORMAT_CSV) return false;
  uint32_t found = find_line(source, input, name);
  if (!found || found == pinned) return false;
  pl_buf names = {0};
  say_names(source->inputs[input], &names);
  pl_buf_format(&names, ". The names are on line %u: ", found);
  if (source->inputs_n == 1) pl_buf_format(&names, "write header = %u, or ", found);
  pl_hint(err, "header = %u names line %u, which reads: %sleave header out, and it is looked for%s",
          pinned, pinned, names.p ? names.p : "", source->inputs_n > 1 ? " in each file" : "");
  pl_buf_free(&names);
  return true;
}
