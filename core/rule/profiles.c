/* Reading all profiles: one worker for those of the product, which are known to
 * end, and one for each file of the workspace's, so that it can fail itself only. */
#include "rule/profiles.h"

#include <stdio.h>
#include <stdlib.h>

#include "rule/profile_files.h"
#include "rule/profile_private.h"
#include "rule/rules_private.h"

typedef struct group {
  pl_worker worker;
  pl_profile_files files; /* a part of all: what this worker is given */
  pl_rule_folder nothing; /* no file is beside a profile */
  struct reading *all;
} group;

typedef struct reading {
  const pl_profiles_options *options;
  pl_exchange exchange;
  pl_profile_files *files;
  group *groups;
  size_t groups_n;
  pl_arena *arena;  /* the caller's */
  pl_value **found; /* [file] */
  pl_status status;
  pl_error *err;
} reading;

/* ---- the request ------------------------------------------------------------------- */

static const pl_value *make_request(pl_request *request, pl_arena *arena) {
  const group *g = request->ctx;
  pl_value *v = pl_value_object(arena), *limits = pl_value_object(arena);
  pl_set_text(arena, v, "what", PL_STR("profiles"));
  pl_set_text(arena, v, "file", pl_str_of(g->worker.file));
  pl_set_text(arena, v, "source", PL_STR(""));
  pl_set_int(arena, limits, "memory", (int64_t)g->all->exchange.limits.memory);
  pl_set_int(arena, limits, "cpu_s", g->all->exchange.limits.cpu_s);
  pl_value_set(arena, v, "limits", limits);
  pl_value_set(arena, v, "audit", pl_value_object(arena));
  pl_value_set(arena, v, "beside", pl_value_object(arena));
  pl_profile_files_add(&g->files, v, arena);
  pl_rules_add_prelude(v, arena);
  return v;
}

/* Where a file stands among all. */
static size_t index_of(const reading *all, const pl_rule_text *file) {
  size_t i = 0;
  while (strcmp(all->files->folder.files[i].name, file->name) != 0) i++;
  return i;
}

static pl_status take_answer(pl_request *request, const pl_value *answer, pl_error *err) {
  group *g = request->ctx;
  reading *all = g->all;
  const pl_value *list = pl_value_get(answer, "profiles");
  if (pl_value_count(list) != g->files.folder.n) return PL_E_RULE;
  for (size_t i = 0; i < g->files.folder.n; i++) {
    const pl_rule_text *file = &g->files.folder.files[i];
    pl_value *profile = pl_profile_decode(all->arena, pl_value_at(list, i));
    if (all->arena->failed) return pl_fail_memory(err);
    pl_str name = pl_value_str(pl_value_get(profile, "name"));
    if (!profile || !pl_str_eq(name, pl_str_of(file->name))) return PL_E_RULE;
    all->found[index_of(all, file)] = profile;
  }
  return PL_OK;
}

static pl_value *broken(pl_arena *arena, const pl_rule_text *file, const pl_error *why) {
  pl_value *v = pl_value_object(arena), *error = pl_value_object(arena);
  pl_set_text(arena, v, "name", pl_str_of(file->name));
  pl_set_text(arena, v, "title", pl_str_of(file->name));
  pl_set_text(arena, v, "file", pl_str_of(file->shown));
  pl_set_text(arena, error, "message", pl_str_of(why->message));
  if (why->hint[0]) pl_set_text(arena, error, "hint", pl_str_of(why->hint));
  pl_set_text(arena, error, "file", pl_str_of(why->file[0] ? why->file : file->shown));
  pl_set_int(arena, error, "line", why->line);
  pl_value_set(arena, v, "error", error);
  return v;
}

/* A broken built-in profile is a defect of the product, so all of them fail. */
static void fail_request(pl_request *request, const pl_error *why, int code) {
  group *g = request->ctx;
  (void)code;
  for (size_t i = 0; i < g->files.folder.n; i++) {
    const pl_rule_text *file = &g->files.folder.files[i];
    g->all->found[index_of(g->all, file)] = broken(g->all->arena, file, why);
  }
}

/* ---- groups -------------------------------------------------------------------------- */

static void open_group(reading *all, const pl_rule_text *files, size_t n, pl_request *request) {
  group *g = &all->groups[all->groups_n++];
  *g = (group){.all = all};
  g->files.folder = (pl_rule_folder){"", (pl_rule_text *)(uintptr_t)files, n};
  g->worker.child = PL_NO_CHILD;
  g->worker.file = files[0].shown;
  g->worker.folder = &g->nothing;
  g->worker.profiles = &g->files.folder;
  *request = (pl_request){.worker = &g->worker,
                          .ctx = g,
                          .type = PL_FRAME_DECLARE,
                          .make = make_request,
                          .take = take_answer,
                          .failed = fail_request};
}

/* The product's files first and in one group, then each of the others. */
static size_t make_groups(reading *all, pl_arena *arena, pl_request *requests) {
  const pl_rule_folder *folder = &all->files->folder;
  pl_rule_text *own = pl_arena_array(arena, folder->n + 1, sizeof *own);
  size_t own_n = 0, n = 0;
  if (!own) return 0;
  for (size_t i = 0; i < folder->n; i++)
    if (all->files->built_in[i]) own[own_n++] = folder->files[i];
  if (own_n) open_group(all, own, own_n, &requests[n++]);
  for (size_t i = 0; i < folder->n; i++)
    if (!all->files->built_in[i]) open_group(all, &folder->files[i], 1, &requests[n++]);
  return n;
}

static pl_status run_groups(reading *all, pl_arena *arena, pl_error *err) {
  size_t most = all->files->folder.n + 1;
  pl_request *requests = pl_arena_array(arena, most, sizeof *requests);
  all->groups = pl_arena_array(arena, most, sizeof *all->groups);
  all->found = pl_arena_array(arena, most, sizeof *all->found);
  if (!requests || !all->groups || !all->found) return pl_fail_memory(err);
  size_t n = make_groups(all, arena, requests);
  pl_status status = n || most == 1 ? PL_OK : pl_fail_memory(err);
  for (size_t i = 0; status == PL_OK && i < n; i++)
    status = pl_worker_open(&all->exchange, &all->groups[i].worker, err);
  if (status == PL_OK) status = pl_exchange_run(&all->exchange, requests, n, err);
  for (size_t i = 0; i < all->groups_n; i++) pl_worker_close(&all->groups[i].worker);
  return status;
}

static const pl_value *finish(const reading *all) {
  pl_value *list = pl_value_list(all->arena);
  for (size_t i = 0; i < all->files->folder.n; i++) {
    pl_value *v = all->found[i];
    const char *from = all->files->built_in[i] ? "built in" : "workspace";
    pl_set_text(all->arena, v, "from", pl_str_of(from));
    if (all->files->replaces[i]) pl_set_bool(all->arena, v, "replaces", true);
    pl_value_push(all->arena, list, v);
  }
  return list;
}

pl_status pl_profiles_read(const pl_profiles_options *options, pl_arena *arena,
                           const pl_value **profiles, pl_error *err) {
  pl_arena own = {0};
  pl_texts allowed = {NULL, 0};
  reading all = {.options = options, .arena = arena, .err = err};
  all.exchange = (pl_exchange){.limits = pl_limits_or_defaults(options->limits),
                               .program = options->program,
                               .print = options->print,
                               .print_ctx = options->print_ctx,
                               .cancel = options->cancel};
  pl_status status = pl_profile_files_find(&own, options->directory, &allowed, &all.files, err);
  if (status == PL_OK) status = run_groups(&all, &own, err);
  if (status == PL_OK) *profiles = finish(&all);
  if (status == PL_OK && arena->failed) status = pl_fail_memory(err);
  pl_arena_free(&own);
  return status;
}
