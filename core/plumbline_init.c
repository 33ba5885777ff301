/* A workspace proposed from the exports in a folder: measure, propose, write. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plumbline_look.h"
#include "rule/facts_propose.h"

#define PL_PATH_MOST 2048

struct pl_init {
  pl_arena arena;
  char *directory;
  const char *deals; /* the file that was chosen; NULL: none was */
  pl_value *measured;
  pl_value *result;
  pl_look_texts texts;
};

/* ---- measuring the folder ------------------------------------------------------------ */

typedef struct measuring {
  pl_init *init;
  pl_look look;
  pl_facts **tables;
  size_t n, cap;
  /* The table that the next file may belong to, as another part of it: */
  pl_facts *open;
  char stem[PL_PATH_MOST];
  pl_str *header;
  size_t header_n;
  pl_value *paths; /* of its files */
  pl_input *first; /* its first file, kept for its shape */
  pl_value *told, *known, *files, *refused, *copies;
  /* Bytes of all files, of those that are done, of the one that is read: */
  const pl_init_options *options;
  uint64_t all, done, now;
} measuring;

static bool is_there(const char *directory, const char *name) {
  char path[PL_PATH_MOST];
  struct stat info;
  int n = snprintf(path, sizeof path, "%s/%s", directory, name);
  return n < (int)sizeof path && lstat(path, &info) == 0;
}

/* "exports/sessions_2025.csv" -> "exports/sessions_#.csv": files that differ in
 * figures only, and have the same columns, are parts of one table. */
static void stem_of(const char *path, char out[PL_PATH_MOST]) {
  size_t n = 0;
  const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
  for (const char *p = path; *p && n + 1 < PL_PATH_MOST; p++) {
    bool digit = p >= name && *p >= '0' && *p <= '9';
    if (digit && n && out[n - 1] == '#') continue;
    out[n++] = digit ? '#' : *p;
  }
  out[n] = '\0';
}

static void refuse(measuring *m, pl_str path, const char *why, const char *hint) {
  pl_arena *a = &m->init->arena;
  pl_value *v = pl_value_push(a, m->refused, pl_value_object(a));
  pl_set_text(a, v, "file", path);
  pl_set_text(a, v, "why", pl_str_of(why));
  if (hint && hint[0]) pl_set_text(a, v, "hint", pl_str_of(hint));
}

/* The same bytes as another file: its records would count twice. */
static void note_copy(measuring *m, pl_str path, pl_str of) {
  pl_arena *a = &m->init->arena;
  pl_value *v = pl_value_push(a, m->copies, pl_value_object(a));
  pl_set_text(a, v, "file", path);
  pl_set_text(a, v, "of", of);
}

static void refuse_error(measuring *m, pl_str path, const pl_error *why) {
  char text[PL_ERROR_TEXT + 32];
  if (why->line)
    snprintf(text, sizeof text, "line %u: %s", why->line, why->message);
  else
    snprintf(text, sizeof text, "%s", why->message);
  refuse(m, path, text, why->hint);
}

static bool is_fatal(pl_status status) {
  return status == PL_E_MEMORY || status == PL_E_CANCELLED;
}

/* The open table is whole: tells it and keeps what comparing needs. */
static pl_status close_table(measuring *m, pl_error *err) {
  pl_arena *a = &m->init->arena;
  pl_facts *facts = m->open;
  if (!facts) return PL_OK;
  m->open = NULL;
  pl_status status = pl_look_tell(&m->look, m->first, facts, m->told, m->known, err);
  pl_input_close(m->first);
  m->first = NULL;
  if (status == PL_OK) status = pl_facts_freeze(facts, err);
  if (status == PL_OK && !pl_grow(&m->tables, &m->cap, m->n + 1, sizeof(pl_facts *)))
    status = pl_fail_memory(err);
  if (status != PL_OK) {
    pl_facts_close(facts);
    return status;
  }
  m->tables[m->n++] = facts;
  pl_value_push(a, m->files, m->paths);
  return a->failed ? pl_fail_memory(err) : PL_OK;
}

static bool belongs(const measuring *m, const char *stem, const pl_input *input) {
  if (!m->open || strcmp(stem, m->stem) != 0 || pl_input_columns(input) != m->header_n)
    return false;
  for (size_t i = 0; i < m->header_n; i++)
    if (!pl_str_eq(pl_input_column(input, i), pl_input_column(m->first, i))) return false;
  return pl_input_shape(input)->blocks_n == 0;
}

/* Takes `input`: a new table, or a further file of the one that is open. */
static pl_status measure(measuring *m, const char *stem, pl_input *input, pl_str path,
                         pl_error *err) {
  pl_arena *a = &m->init->arena;
  pl_status status = PL_OK;
  bool part = belongs(m, stem, input);
  if (!part) status = close_table(m, err);
  if (status == PL_OK) status = pl_look_measure(&m->look, input, &m->open, err);
  if (status != PL_OK) {
    /* A file that breaks off half-way is not a table, nor a part of one. */
    pl_input_close(input);
    if (m->first) pl_input_close(m->first);
    m->first = NULL;
    pl_facts_close(m->open);
    m->open = NULL;
    for (size_t i = 0; part && i < pl_value_count(m->paths); i++)
      refuse(m, pl_value_str(pl_value_at(m->paths, i)),
             "a further file of this table cannot be read", NULL);
    return status;
  }
  if (part) {
    pl_input_close(input);
  } else {
    m->first = input;
    m->header_n = pl_input_columns(input);
    m->paths = pl_value_list(a);
    snprintf(m->stem, sizeof m->stem, "%s", stem);
  }
  pl_value_push(a, m->paths, pl_value_text(a, path));
  return PL_OK;
}

/* The further tables of a file that holds several. An input keeps pointing to the
 * name of its block, so the names live as long as the result. */
static pl_status measure_blocks(measuring *m, const char *real, pl_str path, pl_error *err) {
  pl_arena *a = &m->init->arena;
  const pl_shape *shape = m->first ? pl_input_shape(m->first) : NULL;
  size_t n = shape ? shape->blocks_n : 0;
  if (n > PL_LOOK_BLOCKS) n = PL_LOOK_BLOCKS;
  const char **names = n ? pl_arena_array(a, n, sizeof *names) : NULL;
  if (n && !names) return pl_fail_memory(err);
  for (size_t i = 0; i < n; i++)
    names[i] = pl_arena_copy(a, shape->blocks[i].name.p, shape->blocks[i].name.n);
  pl_status status = a->failed ? pl_fail_memory(err) : PL_OK;
  for (size_t i = 1; status == PL_OK && i < n; i++) { /* the first is read already */
    pl_input *input = NULL;
    status = pl_look_input(&m->look, real, path.p, names[i], &input, err);
    if (status == PL_OK) status = measure(m, "", input, path, err);
  }
  return status;
}

static pl_status look_at(measuring *m, pl_str path, pl_error *err) {
  char real[PL_PATH_MOST], stem[PL_PATH_MOST];
  pl_input *input = NULL;
  snprintf(real, sizeof real, "%s/%s", m->init->directory, path.p);
  stem_of(path.p, stem);
  pl_status status = pl_look_input(&m->look, real, path.p, NULL, &input, err);
  if (status == PL_OK) status = measure(m, stem, input, path, err);
  if (status == PL_OK) status = measure_blocks(m, real, path, err);
  if (status == PL_OK || is_fatal(status)) return status;
  refuse_error(m, path, err);
  return PL_OK;
}

/* A packed file counts as its bytes on disk. */
static void tell_progress(void *ctx, uint64_t done, uint64_t total) {
  const measuring *m = ctx;
  double part = total ? (double)done / (double)total : 1;
  m->options->progress(m->options->progress_ctx, m->done + (uint64_t)(part * (double)m->now),
                       m->all);
}

static uint64_t bytes_of(const pl_value *file) {
  bool left_out = pl_value_get(file, "refused") || pl_value_get(file, "copy_of");
  return left_out ? 0 : (uint64_t)pl_value_integer(pl_value_get(file, "bytes"), 0);
}

static pl_status look_at_files(measuring *m, const pl_value *files, pl_error *err) {
  pl_status status = PL_OK;
  for (size_t i = 0; i < pl_value_count(files); i++) m->all += bytes_of(pl_value_at(files, i));
  for (size_t i = 0; status == PL_OK && i < pl_value_count(files); i++) {
    const pl_value *file = pl_value_at(files, i);
    pl_str path = pl_value_str(pl_value_get(file, "path"));
    const pl_value *refused = pl_value_get(file, "refused");
    m->now = bytes_of(file);
    pl_str copy_of = pl_value_str(pl_value_get(file, "copy_of"));
    if (copy_of.n)
      note_copy(m, path, copy_of);
    else if (refused)
      refuse(m, path, pl_value_str(refused).p, NULL);
    else
      status = look_at(m, path, err);
    m->done += m->now;
  }
  return status == PL_OK ? close_table(m, err) : status;
}

static pl_status measure_folder(measuring *m, const pl_init_options *options, pl_error *err) {
  pl_arena *a = &m->init->arena;
  pl_value *files = NULL, *overlaps = NULL, *all = pl_value_object(a);
  pl_profiles_options profiles = {.directory = m->init->directory,
                                  .program = options->worker,
                                  .print = options->print,
                                  .print_ctx = options->print_ctx,
                                  .cancel = options->cancel};
  pl_set_text(a, all, "directory", pl_str_of(m->init->directory));
  m->told = pl_value_set(a, all, "tables", pl_value_list(a));
  m->known = pl_value_set(a, all, "known", pl_value_list(a));
  m->files = pl_value_set(a, all, "files", pl_value_list(a));
  m->refused = pl_value_set(a, all, "refused", pl_value_list(a));
  m->copies = pl_value_set(a, all, "copies", pl_value_list(a));
  pl_status status = pl_facts_folder(m->init->directory, a, &files, err);
  if (status == PL_OK) status = pl_facts_copies(m->init->directory, a, files, err);
  if (status == PL_OK) status = pl_look_open(&m->look, &profiles, err);
  if (status == PL_OK) status = look_at_files(m, files, err);
  if (status == PL_OK) status = pl_facts_overlaps(m->tables, m->n, a, &overlaps, err);
  pl_value_set(a, all, "overlaps", overlaps);
  m->init->measured = all;
  return status == PL_OK && a->failed ? pl_fail_memory(err) : status;
}

static void measuring_close(measuring *m) {
  pl_look_close(&m->look);
  if (m->first) pl_input_close(m->first);
  pl_facts_close(m->open);
  for (size_t i = 0; i < m->n; i++) pl_facts_close(m->tables[i]);
  pl_free(m->tables);
}

/* ---- proposing ------------------------------------------------------------------------------ */

static const pl_value *files_of(const pl_init *init) {
  return pl_value_get(init->result, "files");
}

static void mark_kept(pl_init *init) {
  const pl_value *files = files_of(init);
  for (size_t i = 0; i < pl_value_count(files); i++) {
    pl_value *file = files->as.list.items[i];
    bool kept = is_there(init->directory, pl_value_str(pl_value_get(file, "path")).p);
    pl_set_bool(&init->arena, file, "kept", kept);
  }
}

/* Real name of the folder, for the title. */
static void set_title(pl_init *init, pl_value *facts) {
  char *real = realpath(init->directory, NULL);
  const char *slash = real ? strrchr(real, '/') : NULL;
  pl_str name = pl_str_of(slash && slash[1] ? slash + 1 : "exports");
  name.n = pl_utf8_valid(name);
  pl_set_text(&init->arena, facts, "title", name);
  free(real);
}

static pl_status fail_nothing(const pl_init *init, pl_error *err) {
  const pl_value *refused = pl_value_get(init->result, "refused");
  const pl_value *first = pl_value_at(refused, 0);
  if (!first) {
    pl_fail(err, PL_E_INPUT, "there are no exports in %s, down to %d folders below it",
            init->directory, PL_FACTS_DEPTH);
    return pl_hint(err, "put the files that your tools wrote there: .csv .tsv .txt .json .ndjson, "
                        "also with .gz or .zst; or try `plumbline init --demo DIR`");
  }
  pl_fail(err, PL_E_INPUT, "none of the exports in %s can be read; %s: %s", init->directory,
          pl_value_str(pl_value_get(first, "file")).p, pl_value_str(pl_value_get(first, "why")).p);
  pl_str hint = pl_value_str(pl_value_get(first, "hint"));
  return hint.n ? pl_hint(err, "%s", hint.p) : PL_E_INPUT;
}

static pl_status propose(pl_init *init, pl_error *err) {
  pl_value *facts = init->measured;
  set_title(init, facts);
  if (init->deals) pl_set_text(&init->arena, facts, "deals", pl_str_of(init->deals));
  if (init->arena.failed) return pl_fail_memory(err);
  init->result = NULL;
  pl_status status = pl_facts_propose("workspace", facts, &init->arena, &init->result, err);
  if (status != PL_OK) return status;
  pl_str wrong = pl_value_str(pl_value_get(init->result, "wrong"));
  if (pl_value_count(pl_value_get(init->result, "tables")) == 0) return fail_nothing(init, err);
  if (wrong.n) {
    pl_fail(err, init->deals ? PL_E_USAGE : PL_E_INPUT, "%s", wrong.p);
    return pl_hint(err, "%s", pl_value_str(pl_value_get(init->result, "hint")).p);
  }
  mark_kept(init);
  return init->arena.failed ? pl_fail_memory(err) : PL_OK;
}

static pl_status check_folder(const pl_init *init, pl_error *err) {
  if (!is_there(init->directory, "audit.lua")) return PL_OK;
  pl_fail(err, PL_E_USAGE, "%s/audit.lua is there already, and is kept as it is", init->directory);
  return pl_hint(err, "`plumbline sniff FILE` shows the source of one export to paste into it; "
                      "to begin anew, move audit.lua away");
}

static pl_status init_open(pl_init *init, const pl_init_options *options, pl_error *err) {
  const char *directory = options->directory ? options->directory : ".";
  init->directory = pl_arena_copy(&init->arena, directory, strlen(directory));
  if (!init->directory) return pl_fail_memory(err);
  if (strlen(directory) > PL_PATH_MOST - 1100)
    return pl_fail(err, PL_E_USAGE, "the path of the folder is too long");
  if (options->deals)
    init->deals = pl_arena_copy(&init->arena, options->deals, strlen(options->deals));
  pl_status status = check_folder(init, err);
  if (status != PL_OK) return status;
  measuring m = {.init = init, .options = options};
  m.look = (pl_look){.arena = &init->arena,
                     .records = options->records,
                     .cancel = options->cancel,
                     .progress = options->progress ? tell_progress : NULL,
                     .progress_ctx = &m};
  status = measure_folder(&m, options, err);
  measuring_close(&m);
  return status == PL_OK ? propose(init, err) : status;
}

pl_status pl_init_open(const pl_init_options *options, pl_init **out, pl_error *err) {
  static const pl_init_options defaults = {0};
  PL_WANT_ERROR(err);
  PL_C_LOCALE;
  pl_init *init = pl_calloc(1, sizeof *init);
  if (!init) return pl_fail_memory(err);
  pl_status status = init_open(init, options ? options : &defaults, err);
  if (status == PL_OK)
    *out = init;
  else
    pl_init_close(init);
  return status;
}

void pl_init_close(pl_init *init) {
  if (!init) return;
  pl_look_texts_free(&init->texts);
  pl_arena_free(&init->arena);
  pl_free(init);
}

const pl_value *pl_init_result(const pl_init *init) {
  return init->result;
}

pl_status pl_init_choose(pl_init *init, const char *deals, pl_error *err) {
  PL_WANT_ERROR(err);
  PL_C_LOCALE;
  const pl_value *before = init->result;
  init->deals = pl_arena_copy(&init->arena, deals, strlen(deals));
  if (!init->deals) return pl_fail_memory(err);
  pl_status status = propose(init, err);
  if (status != PL_OK) init->result = (pl_value *)before;
  return status;
}

pl_status pl_init_render(pl_init *init, const char *view, const pl_view_options *options,
                         const char **text, size_t *size, pl_error *err) {
  PL_WANT_ERROR(err);
  PL_C_LOCALE;
  return pl_look_render(&init->texts, "init", view, init->result, options, text, size, err);
}

/* ---- writing --------------------------------------------------------------------------------- */

static pl_status fail_write(const pl_init *init, const char *path, int reason, pl_error *err) {
  return pl_fail(err, PL_E_OUTPUT, "cannot write %s/%s: %s", init->directory, path,
                 strerror(reason));
}

/* Opens the folder of `path` below `root`, making what is missing; a link on the
 * way is refused. *name: what is left. -1 with errno. */
static int open_folder(int root, const char *path, const char **name) {
  int folder = dup(root);
  for (const char *slash; folder >= 0 && (slash = strchr(path, '/')); path = slash + 1) {
    char part[256];
    snprintf(part, sizeof part, "%.*s", (int)(slash - path), path);
    if (mkdirat(folder, part, 0777) != 0 && errno != EEXIST) {
      int reason = errno;
      close(folder);
      errno = reason;
      return -1;
    }
    int inner = openat(folder, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int reason = errno;
    close(folder);
    errno = reason;
    folder = inner;
  }
  *name = path;
  return folder;
}

static int write_bytes(int fd, pl_str text) {
  while (text.n > 0) {
    ssize_t done = write(fd, text.p, text.n);
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return errno;
    text.p += done;
    text.n -= (size_t)done;
  }
  return fsync(fd) == 0 ? 0 : errno;
}

/* Gives a finished file its name, unless that is taken. 0 or errno. */
static int give_name(int folder, const char *temp, const char *name) {
  if (renameat2(folder, temp, folder, name, RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  int reason = linkat(folder, temp, folder, name, 0) == 0 ? 0 : errno;
  unlinkat(folder, temp, 0);
  return reason;
}

/* Whole or not at all, and never over something. 0 or errno. */
static int write_new(int folder, const char *name, pl_str text) {
  char temp[300];
  snprintf(temp, sizeof temp, ".%s.%ld.tmp", name, (long)getpid());
  int fd = openat(folder, temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
  if (fd < 0) return errno;
  int reason = write_bytes(fd, text);
  if (close(fd) != 0 && !reason) reason = errno;
  if (!reason) reason = give_name(folder, temp, name);
  if (reason) unlinkat(folder, temp, 0);
  if (!reason) (void)!fsync(folder);
  return reason;
}

static pl_status write_file(pl_init *init, int root, pl_value *file, pl_error *err) {
  const char *path = pl_value_str(pl_value_get(file, "path")).p, *name;
  if (pl_value_boolean(pl_value_get(file, "kept"), false)) return PL_OK;
  int folder = open_folder(root, path, &name);
  if (folder < 0) return fail_write(init, path, errno, err);
  int reason = write_new(folder, name, pl_value_str(pl_value_get(file, "text")));
  close(folder);
  if (reason == EEXIST) { /* somebody was faster */
    pl_set_bool(&init->arena, file, "kept", true);
    return PL_OK;
  }
  return reason ? fail_write(init, path, reason, err) : PL_OK;
}

pl_status pl_init_write(pl_init *init, pl_error *err) {
  PL_WANT_ERROR(err);
  const pl_value *files = files_of(init);
  int root = open(init->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (root < 0) return fail_write(init, "", errno, err);
  pl_status status = PL_OK;
  for (size_t i = 0; status == PL_OK && i < pl_value_count(files); i++)
    status = write_file(init, root, files->as.list.items[i], err);
  close(root);
  return status;
}
