/* What the files of binding share. Names become sources and slots here; the
 * binder is what is needed only while that happens. */
#ifndef PL_TRACE_BIND_H
#define PL_TRACE_BIND_H

#include "trace/bound.h"

typedef struct pl_asked pl_asked; /* asks.h */

/* What a bound plan owns beside its arena, freed with it in reverse order. */
typedef struct pl_keeper {
  void *thing;
  void (*release)(void *thing);
} pl_keeper;

typedef struct pl_zone_named {
  const char *name;
  pl_zone *zone;
} pl_zone_named;

struct pl_bound_own {
  pl_keeper *keepers;
  size_t keepers_n, keepers_cap;
  pl_zone_named *zones;
  size_t zones_n, zones_cap;
  pl_asked **asked; /* every Lua function that some record needs */
  size_t asked_n, asked_cap;
  struct pl_claim *claims;
  size_t claims_n, claims_cap;
};

/* Takes over `thing`; releases it at once when memory is out. */
bool pl_bound_keep(pl_bound *bound, void *thing, void (*release)(void *));

/* A metric asked for the numbers or times of a column: were the column to hold
 * none, or were it unknown how they are written, only these metrics fail. */
typedef struct pl_claim {
  unsigned uses; /* PL_USES_NUMBER, PL_USES_TIME */
  int metric;    /* -1: audit.lua */
  int source;
  int slot;
  pl_site site;
} pl_claim;

typedef struct pl_binder {
  pl_bound *bound;
  const pl_model *model;
  const pl_bind_options *options;
  int metric;        /* being bound; -1: audit.lua */
  size_t *slots_cap; /* by source */
} pl_binder;

/* --- bind_files.c --- */
/* Opens the files of a source in the order of their shown paths. */
pl_status pl_bind_files(pl_binder *b, pl_source *source, pl_error *err);

/* --- bind_path.c --- */
typedef struct pl_path_file {
  char *real;            /* where it is */
  char *shown;           /* as messages print it */
  const pl_given *given; /* NULL, or records of the program's own, whatever the name says */
} pl_path_file;
typedef struct pl_paths {
  pl_path_file *items;
  size_t n, cap;
  pl_arena arena;
} pl_paths;
/* The files that `paths` name: sorted by shown path, each file once. */
pl_status pl_bind_paths(const pl_model *model, const pl_source_def *def, pl_paths *out,
                        pl_error *err);
void pl_paths_free(pl_paths *found);

/* --- bind_columns.c --- */
/* The slot of a column, made on first use; its uses grow by `uses`. */
pl_status pl_bind_column(pl_binder *b, pl_source *source, const char *name, unsigned uses,
                         pl_site site, int *slot, pl_error *err);
/* The same without making a slot: is there such a column? */
pl_status pl_bind_exists(const pl_source *source, const char *name, pl_site site, pl_error *err);
pl_status pl_bind_has_column(const pl_source *source, const char *name, bool *has, pl_error *err);
const pl_compute *pl_bind_compute(const pl_source *source, const char *name);
/* Does audit.lua or a profile say that the column holds several values? */
bool pl_bind_holds_several(const pl_source *source, const char *name);
/* Index of a column in one input, -1 if it is not there. */
int pl_bind_cell(const pl_source *source, size_t input, const char *name);
/* The hint "it has: …". */
pl_status pl_bind_hint_list(const pl_source *source, pl_error *err);
/* cell_of, wanted and order, once all slots are known. */
pl_status pl_bind_layout(pl_binder *b, pl_source *source, pl_error *err);

/* --- bind_names.c --- */
typedef struct pl_name_clash { /* two headers fit one name of a profile */
  const pl_name_def *def;
  size_t input, first, second; /* cells */
  struct pl_name_clash *next;
} pl_name_clash;
/* Matches the names that a source gives its columns with the headers of its files;
 * what the source's profile cannot do without must be there. */
pl_status pl_bind_names(pl_binder *b, pl_source *source, pl_error *err);
/* What a cell of an input is called; its own header where nothing renames it. */
pl_str pl_bind_header(const pl_source *source, size_t input, size_t cell);
/* The source's entry for a name, or NULL. */
const pl_name_def *pl_bind_name(const pl_source *source, const char *name);
/* An error if two headers fit the name. */
pl_status pl_bind_check_clash(const pl_source *source, const char *name, pl_site site,
                              pl_error *err);
/* The hint for a named column that an input lacks: the line that settles it. */
pl_status pl_bind_hint_name(const pl_source *source, size_t input, const char *name, pl_error *err);
/* Leaves out the roles that a profile offers for columns that no file has: from
 * here on bound->model may be a copy. */
pl_status pl_bind_drop_absent(pl_binder *b, pl_error *err);

/* --- bind_header.c --- */
/* The hint for a column that is missing because `header` names another line by now;
 * false: that is not the reason. */
bool pl_bind_hint_header(const pl_source *source, size_t input, const char *name, pl_error *err);

/* --- bind_computes.c --- */
/* Checks all computed columns, used or not: names, words, cycles. */
pl_status pl_bind_check_computes(const pl_bound *bound, pl_error *err);
/* load_order: tables after those that they look up. */
pl_status pl_bind_load_order(pl_binder *b, pl_error *err);

/* --- bind_source.c --- */
/* The source of a name; PL_E_USAGE with the nearest name if there is none. */
pl_status pl_bind_source(const pl_bound *bound, const char *name, pl_site site, pl_source **out,
                         pl_error *err);
/* Key, time, where, … of a source; of the deals also their roles. */
pl_status pl_bind_roles(pl_binder *b, pl_source *source, pl_error *err);
pl_status pl_bind_rates(pl_binder *b, pl_error *err);
pl_status pl_bind_duration(const char *text, const char *what, pl_site site, int64_t *us,
                           pl_error *err);

/* --- bind_time.c --- */
pl_status pl_bind_zone(pl_bound *bound, const char *name, pl_site site, const pl_zone **out,
                       pl_error *err);
/* Sets reader, style_declared and what a declared style says about kinds. */
pl_status pl_bind_reader(pl_bound *bound, const pl_source *source, pl_slot *slot, pl_error *err);
/* Two declarations of one column that differ, bad formats, unknown zones. */
pl_status pl_bind_times(pl_binder *b, pl_source *source, pl_error *err);

/* --- bind_sample.c, styles_settle.c --- */
pl_status pl_bind_sample(pl_binder *b, pl_error *err);

/* --- bind_link.c --- */
/* Every link must name tables and columns that exist. */
pl_status pl_bind_links(const pl_bound *bound, pl_error *err);
/* The key of a step: its own, or that of the one declared link. */
pl_status pl_bind_step_key(const pl_bound *bound, const pl_source *from, const pl_step_def *def,
                           const pl_source *to, pl_key *out, pl_error *err);

/* --- bind_metric.c, bind_trace.c --- */
pl_status pl_bind_metrics(pl_binder *b, pl_error *err);
pl_status pl_bind_branch(pl_binder *b, pl_metric *metric, const pl_trace_def *trace, pl_branch *out,
                         pl_error *err);
/* "closed", "created" or "any"; NULL gives closed. */
pl_status pl_bind_before(const char *text, pl_site site, pl_before *out, pl_error *err);
/* Marks a metric failed with code 110. */
pl_status pl_bind_fail_metric(pl_bound *bound, int metric, const pl_error *why, pl_error *err);
/* `within` of hours against columns that are compared as days fails a metric. */
pl_status pl_bind_check_windows(pl_bound *bound, pl_error *err);

#endif
