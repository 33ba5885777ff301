/* What to write so that keys match that differ only in how they are written. */
#include "base/alloc.h"
#include "trace/clean.h"
#include "trace/sentence.h"

#define WORDS_MOST 3
#define NAME_MOST 48

/* Steps of clean(), the mildest first: the first that makes all samples equal is
 * the one to write. */
static const struct steps {
  pl_clean words[WORDS_MOST];
  size_t n;
} ways[] = {
    {{PL_CLEAN_TRIM}, 1},
    {{PL_CLEAN_NOZEROS}, 1},
    {{PL_CLEAN_LOWER}, 1},
    {{PL_CLEAN_EMAIL}, 1},
    {{PL_CLEAN_NOSPACE}, 1},
    {{PL_CLEAN_URL}, 1},
    {{PL_CLEAN_NOSPACE, PL_CLEAN_LOWER}, 2},
    {{PL_CLEAN_URL, PL_CLEAN_LOWER}, 2},
    {{PL_CLEAN_ALNUM}, 1},
    {{PL_CLEAN_ALNUM, PL_CLEAN_LOWER}, 2},
    {{PL_CLEAN_ALNUM, PL_CLEAN_LOWER, PL_CLEAN_NOZEROS}, 3},
};

typedef struct cleaner {
  pl_buf buffers[4];
} cleaner;

/* Which sides of a sample must be cleaned for it to match. */
typedef struct sides {
  bool here, there, match;
} sides;

static sides try_one(cleaner *c, const struct steps *way, const pl_near_sample *sample) {
  pl_str here, there;
  sides s = {0};
  if (!pl_clean_apply(way->words, way->n, sample->here, &c->buffers[0], &c->buffers[1], &here) ||
      !pl_clean_apply(way->words, way->n, sample->there, &c->buffers[2], &c->buffers[3], &there))
    return s;
  s.match = here.n > 0 && pl_str_eq(here, there);
  s.here = !pl_str_eq(here, sample->here);
  s.there = !pl_str_eq(there, sample->there);
  return s;
}

static sides try_way(cleaner *c, const struct steps *way, const pl_step_evidence *e) {
  sides all = {.match = e->near_n > 0};
  for (size_t i = 0; all.match && i < e->near_n; i++) {
    sides one = try_one(c, way, &e->near[i]);
    all = (sides){all.here || one.here, all.there || one.there, one.match};
  }
  return all;
}

/* "Contact Mail" -> "contact_mail_clean" */
static void clean_name(const char *column, char out[NAME_MOST + 8]) {
  size_t n = 0;
  for (const char *p = column; *p && n < NAME_MOST; p++) {
    bool upper = *p >= 'A' && *p <= 'Z';
    bool plain = upper || (*p >= 'a' && *p <= 'z') || (n && *p >= '0' && *p <= '9');
    if (plain)
      out[n++] = upper ? (char)(*p - 'A' + 'a') : *p;
    else if (n && out[n - 1] != '_')
      out[n++] = '_';
  }
  if (n && out[n - 1] == '_') n--;
  memcpy(out + n, n ? "_clean" : "key_clean", n ? 7 : 10);
}

/* A name as Lua source. */
static void say_quoted(pl_buf *out, const char *text) {
  pl_buf_text(out, "\"");
  for (; *text; text++) {
    if (*text == '"' || *text == '\\') pl_buf_text(out, "\\");
    pl_buf_append(out, text, 1);
  }
  pl_buf_text(out, "\"");
}

/* columns = { mail_clean = clean("mail", "lower") } to source "badges" */
static void say_column(pl_buf *out, const pl_source *source, const char *column,
                       const struct steps *way) {
  char name[NAME_MOST + 8];
  clean_name(column, name);
  pl_buf_format(out, "columns = { %s = clean(", name);
  say_quoted(out, column);
  for (size_t i = 0; i < way->n; i++) pl_buf_format(out, ", \"%s\"", pl_clean_names[way->words[i]]);
  pl_buf_text(out, ") } to ");
  if (!source->is_deals) pl_buf_text(out, "source ");
  if (source->is_deals)
    pl_buf_text(out, "deals");
  else
    say_quoted(out, source->def->name);
}

static void say_change(pl_buf *out, const pl_step *step, const struct steps *way, sides s) {
  const char *here = step->from->slots[step->here[0]].name;
  const char *there = step->to->slots[step->there[0]].name;
  char from[NAME_MOST + 8], to[NAME_MOST + 8];
  clean_name(here, from);
  clean_name(there, to);
  pl_buf_text(out, "add ");
  if (s.here) say_column(out, step->from, here, way);
  if (s.here && s.there) pl_buf_text(out, " and ");
  if (s.there) say_column(out, step->to, there, way);
  pl_buf_text(out, " in audit.lua, and in the trace write :to(");
  say_quoted(out, step->to->def->name);
  pl_buf_text(out, s.here ? ", { " : ", { [");
  if (s.here)
    pl_buf_text(out, from);
  else
    say_quoted(out, here);
  pl_buf_text(out, s.here ? " = " : "] = ");
  say_quoted(out, s.there ? to : there);
  pl_buf_text(out, " })");
}

/* Cells that hold several values cannot be cleaned one by one. (JSON arrays may be
 * in any column of a JSON file, and mostly are not.) */
static bool is_list(const pl_slot *slot) {
  return slot->list_separator && slot->list_separator != '\x1f';
}

bool pl_say_near_change(pl_buf *out, const pl_step *step, const pl_step_evidence *e) {
  cleaner c = {0};
  bool said = false;
  bool list =
      is_list(&step->from->slots[step->here[0]]) || is_list(&step->to->slots[step->there[0]]);
  for (size_t i = 0; step->key_n == 1 && !list && !said && i < sizeof ways / sizeof *ways; i++) {
    sides s = try_way(&c, &ways[i], e);
    if (s.match && (s.here || s.there)) {
      say_change(out, step, &ways[i], s);
      said = true;
    }
  }
  for (size_t i = 0; i < 4; i++) pl_buf_free(&c.buffers[i]);
  return said;
}
