/* Profiles of exports: what a tool's export looks like, as data in Lua files. The
 * built-in ones stand in lua/plumbline/profiles, a user's in the workspace's
 * folder profiles; all are run in workers, behind the same walls as a rule file.
 * A source names one with profile = "…"; sniff and init match headers against
 * all of them. */
#ifndef PL_RULE_PROFILES_H
#define PL_RULE_PROFILES_H

#include "rule/rules.h"

/* What to read. Zero-initialise it. */
typedef struct pl_profiles_options {
  const char *directory;                      /* the workspace; NULL: only the built-in ones */
  const char *program;                        /* started as a worker; NULL: /proc/self/exe */
  pl_limits limits;                           /* zeros: defaults */
  void (*print)(void *ctx, const char *line); /* what a profile prints; NULL: dropped */
  void *print_ctx;
  const volatile bool *cancel; /* may be NULL */
} pl_profiles_options;

/* Every profile, sorted by name, as a list of objects in `arena`. A workspace's
 * file takes the place of a built-in one of the same name. Everything was checked;
 * a key that says nothing is absent:
 *
 *   name "hubspot_deals" · title · made_by · seen (texts; title always there)
 *   from "built in" | "workspace" · file · line · replaces bool (a built-in one)
 *   error {message, hint, file, line}: it cannot be used, and nothing below is there
 *   columns [{name, aliases [text]}]   canonical names, sorted; aliases may be empty
 *   required [name]                    what an export must have to be one of these
 *   aggregate bool                     sums per page, day, …: no key leads to a person or deal
 *   deals bool                         the export may serve as `deals`
 *   key [name] · time, closed, created, amount, currency (names of columns)
 *   status {column, won [text], lost [text], open [text], ignore [text],
 *           others "open"}                the meaning that takes all other values
 *   lists [{column, separator}] · blank [text] · formats [{column, format, timezone}]
 *   format, delimiter, encoding, quotes, numbers, block, records, timezone (texts),
 *   header, description, footer (integers)
 *   where bool                         it leaves out some records
 *   joins [{here, profile, there}]     the column `here` holds the other export's `there`
 *   department                         who usually tracks this
 *   metrics [{name, title, question, by, unit}]   to begin with, for `init`
 *
 * One broken profile of the workspace is an entry with `error`; the others are
 * whole. PL_E_USAGE: the folder cannot be read; PL_E_MEMORY; PL_E_CANCELLED. */
pl_status pl_profiles_read(const pl_profiles_options *options, pl_arena *arena,
                           const pl_value **profiles, pl_error *err);

/* ---- matching a header ------------------------------------------------------------- */

#define PL_NO_HEADER SIZE_MAX

typedef struct pl_profile_column {
  const char *name; /* canonical */
  size_t header;    /* index into the header; PL_NO_HEADER: it has none */
  size_t second;    /* another one that fits as well: `names` must settle it; else PL_NO_HEADER */
  size_t nearest;   /* where `header` is none: the one most like it, or PL_NO_HEADER */
  bool required;
} pl_profile_column;

typedef struct pl_profile_match {
  const pl_value *profile;
  const char *name;
  bool fits;                  /* every required column is there, once */
  size_t required;            /* how many there are, */
  size_t missing;             /* and how many of them the header lacks or has twice */
  size_t matched;             /* columns of the header that have a canonical name */
  pl_profile_column *columns; /* the profile's, in its order */
  size_t columns_n;
} pl_profile_match;

/* Matches a header (never by position; letter case and white space around or
 * doubled do not count) with every profile. Given are those that fit, best first
 * (most required columns, then most columns known, then by name), and behind them
 * near misses that have at least half of what is required, fewest missing first.
 * In `arena`. */
pl_status pl_profile_match_header(const pl_value *profiles, const pl_str *header, size_t n,
                                  pl_arena *arena, pl_profile_match **matches, size_t *matches_n,
                                  pl_error *err);

#endif
