/* What was found in the values of an undeclared number or time column becomes the
 * style of its slot. Never a guess: 03/04/2024 is two different days, and 1.234 two
 * different amounts; and what one tool writes tells nothing about another's. */
#include <stdio.h>

#include "trace/styles.h"

/* ---- files of different tools ---------------------------------------------------- */
/* Latin-1 and Windows-1252 are one: few bytes tell them apart. */
static pl_encoding encoding_of(const pl_dialect *dialect) {
  return dialect->encoding == PL_ENCODING_LATIN1 ? PL_ENCODING_CP1252 : dialect->encoding;
}

static bool is_json(const pl_source *source, size_t i) {
  return source->dialects[i].format != PL_FORMAT_CSV;
}

static bool is_ascii(const pl_source *source, size_t i) {
  return pl_input_shape(source->inputs[i])->ascii;
}

static bool is_alike(const pl_source *source, size_t a, size_t b) {
  if (is_json(source, a) || is_json(source, b)) return is_json(source, a) && is_json(source, b);
  const pl_dialect *x = &source->dialects[a], *y = &source->dialects[b];
  return x->delimiter == y->delimiter && is_ascii(source, a) == is_ascii(source, b) &&
         encoding_of(x) == encoding_of(y);
}

/* A file of plain letters fits every encoding: a month without an accent is no other
 * tool's. Where files of two encodings stand beside it, it tells nothing about either. */
static size_t fitting_accents(const pl_source *source, size_t i) {
  size_t found = SIZE_MAX;
  for (size_t k = 0; k < source->inputs_n; k++) {
    const pl_dialect *other = &source->dialects[k];
    if (is_json(source, k) || is_ascii(source, k)) continue;
    if (other->delimiter != source->dialects[i].delimiter) continue;
    if (other->encoding == PL_ENCODING_UTF16LE || other->encoding == PL_ENCODING_UTF16BE) continue;
    if (found == SIZE_MAX) found = k;
    if (encoding_of(other) != encoding_of(&source->dialects[found])) return SIZE_MAX;
  }
  return found;
}

/* The first file that is of a file's kind. */
static size_t first_like(const pl_source *source, size_t i) {
  size_t first = 0;
  bool ascii = !is_json(source, i) && is_ascii(source, i);
  size_t accents = ascii ? fitting_accents(source, i) : SIZE_MAX;
  if (accents != SIZE_MAX) return accents;
  while (!is_alike(source, first, i)) first++;
  return first;
}

bool pl_style_groups_open(pl_arena *arena, const pl_source *source, pl_style_groups *out) {
  *out = (pl_style_groups){.json = SIZE_MAX};
  out->of = pl_arena_array(arena, source->inputs_n, sizeof *out->of);
  size_t *first = pl_arena_array(arena, source->inputs_n, sizeof *first);
  if (!out->of || !first) return false;
  for (size_t i = 0; i < source->inputs_n; i++) {
    size_t k = 0;
    first[i] = first_like(source, i);
    while (k < i && first[k] != first[i]) k++;
    out->of[i] = k < i ? out->of[k] : out->n++;
    if (is_json(source, i)) out->json = out->of[i];
  }
  return true;
}

/* ---- deciding ------------------------------------------------------------------------ */
/* A slot while it is settled. */
typedef struct settling {
  pl_bound *bound;
  pl_source *source;
  int slot;
  bool whole;
  pl_column_look *const *looks; /* by group */
  const pl_style_groups *groups;
  const pl_style_doubt *doubts; /* by slot; NULL: what is in doubt is no error yet */
  pl_column_look *all;          /* of all groups */
  pl_column_look_result *found, *group;
} settling;

static pl_slot *slot_of(const settling *s) {
  return &s->source->slots[s->slot];
}

static pl_status fail_number(const settling *s, const pl_number_look *look, pl_error *err) {
  return pl_style_fail_number(s->bound, s->source, slot_of(s), look, s->doubts, err);
}

static pl_status fail_time(const settling *s, const pl_time_look *look, pl_error *err) {
  return pl_style_fail_time(s->bound, s->source, slot_of(s), look, s->doubts, err);
}

static const pl_column_look *json_look(const settling *s) {
  return s->groups->json == SIZE_MAX ? NULL : s->looks[s->groups->json];
}

static pl_status settle_numbers(const settling *s, const pl_number_look *look, pl_error *err) {
  pl_slot *slot = slot_of(s);
  pl_slot_numbers *how = &slot->how;
  bool wrong =
      look->marks == PL_LOOK_PERCENT || (look->marks == PL_LOOK_CURRENCIES && !how->any_sign);
  how->looked = true;
  how->open = how->undecided = false;
  how->percent = look->percents > 0;
  how->currency = look->signs_n ? look->signs[0] : 0;
  if (wrong) return fail_number(s, look, err);
  if (how->declared)
    return pl_style_settle_json(s->bound, s->source, slot, json_look(s), s->whole, err);
  slot->numbers = PL_NUMBER_PLAIN;
  how->open = look->state == PL_LOOK_NOTHING || look->open;
  if (look->state == PL_LOOK_NOTHING) return PL_OK; /* rejects, where it must hold numbers */
  if (look->state == PL_LOOK_AMBIGUOUS && !s->whole) {
    how->undecided = true;
    return PL_OK;
  }
  if (look->state == PL_LOOK_AMBIGUOUS || look->state == PL_LOOK_MIXED)
    return fail_number(s, look, err);
  slot->numbers = look->style;
  return PL_OK;
}

/* A few values that are no times are rejects; a column of them is undeclared. */
static pl_status settle_times(const settling *s, const pl_time_look *look, pl_error *err) {
  pl_slot *slot = slot_of(s);
  slot->undecided = false;
  slot->has_dates = look->has_dates;
  slot->has_instants = look->has_instants;
  if (look->state == PL_LOOK_MIXED || look->unreadable > look->fits) return fail_time(s, look, err);
  if (look->state == PL_LOOK_AMBIGUOUS) {
    if (s->whole) return fail_time(s, look, err);
    slot->undecided = true;
    return PL_OK;
  }
  slot->reader = look->reader;
  slot->undecided = look->open && !s->whole;
  snprintf(slot->declare, sizeof slot->declare, "%s", look->declare);
  return PL_OK;
}

pl_status pl_style_blame(pl_bound *bound, pl_source *source, int slot, unsigned uses,
                         const pl_error *why, pl_error *err) {
  const struct pl_bound_own *own = bound->own;
  pl_status status = PL_OK;
  bool memory = why->status != PL_E_USAGE;
  for (size_t i = 0; i < own->claims_n; i++) {
    const pl_claim *claim = &own->claims[i];
    if (claim->source != source->index || claim->slot != slot || !(claim->uses & uses)) continue;
    if (claim->metric >= 0 && !memory) continue;
    if (err) *err = *why;
    return why->status;
  }
  for (size_t i = 0; status == PL_OK && i < own->claims_n; i++) {
    const pl_claim *claim = &own->claims[i];
    if (claim->source == source->index && claim->slot == slot && (claim->uses & uses))
      status = pl_bind_fail_metric(bound, claim->metric, why, err);
  }
  source->slots[slot].uses &= (uint8_t)~uses;
  return status;
}

/* What the groups of files say, each for itself. */
typedef struct doubt {
  bool open;            /* a group's numbers read alike in several styles */
  bool undecided;       /* a group's numbers are ambiguous so far */
  bool undecided_times; /* the same of times, or there was none */
} doubt;

static pl_status judge_numbers(const settling *s, const pl_number_look *look, doubt *out,
                               pl_error *err) {
  bool ambiguous = look->state == PL_LOOK_AMBIGUOUS;
  if (slot_of(s)->how.declared) return PL_OK;
  if (look->state == PL_LOOK_MIXED || (ambiguous && s->whole)) return fail_number(s, look, err);
  out->undecided |= ambiguous;
  out->open |= look->state == PL_LOOK_NOTHING || look->open;
  return PL_OK;
}

static pl_status judge_times(const settling *s, const pl_time_look *look, doubt *out,
                             pl_error *err) {
  bool ambiguous = look->state == PL_LOOK_AMBIGUOUS;
  if (look->state == PL_LOOK_MIXED || (ambiguous && s->whole)) return fail_time(s, look, err);
  out->undecided_times |= !s->whole && (ambiguous || look->open || look->state == PL_LOOK_NOTHING);
  return PL_OK;
}

/* One file's times are the strays of all: what is a slip within a file is another
 * format between files. */
static pl_status compare_times(const settling *s, const pl_time_look *all,
                               const pl_time_look *group, pl_error *err) {
  pl_time time;
  if (all->state != PL_LOOK_SETTLED || group->state != PL_LOOK_SETTLED) return PL_OK;
  if (pl_style_time(slot_of(s), pl_str_of(group->examples[0].text), &time)) return PL_OK;
  pl_time_look mixed = *all;
  mixed.state = PL_LOOK_MIXED;
  mixed.unreadable = 0;
  mixed.examples[1] = group->examples[0];
  return fail_time(s, &mixed, err);
}

static pl_status settle_all_numbers(const settling *s, pl_error *err) {
  pl_slot *slot = slot_of(s);
  doubt seen = {0};
  pl_status status = PL_OK;
  for (size_t i = 0; status == PL_OK && s->groups->n > 1 && i < s->groups->n; i++) {
    pl_column_look_finish(s->looks[i], s->group);
    status = judge_numbers(s, &s->group->number, &seen, err);
  }
  if (status == PL_OK) status = settle_numbers(s, &s->found->number, err);
  slot->how.open |= seen.open;
  slot->how.undecided |= seen.undecided;
  return status;
}

/* A declared format stands. Where a profile declares it, and nothing in the values
 * speaks for it alone, the report says so. */
static pl_status doubt_times(const settling *s, pl_error *err) {
  const pl_time_look *look = &s->found->time;
  pl_slot *slot = slot_of(s);
  pl_time time;
  slot->doubt = NULL;
  if (look->state != PL_LOOK_AMBIGUOUS) return PL_OK;
  if (!pl_style_time(slot, pl_str_of(look->examples[0].text), &time)) return PL_OK;
  pl_time_doubt *out = pl_arena_alloc(&s->bound->arena, sizeof *out);
  if (!out) return pl_fail_memory(err);
  *out = (pl_time_doubt){.whole = s->whole};
  pl_time_text(time, s->bound->zone, out->read);
  memcpy(out->example, look->examples[0].text, sizeof out->example);
  for (size_t i = 0; i < look->readings_n; i++)
    memcpy(strcmp(look->readings[i].text, out->read) == 0 ? out->says : out->other,
           look->readings[i].declare, PL_TIME_DECLARE);
  if (out->says[0] && out->other[0]) slot->doubt = out;
  return PL_OK;
}

static pl_status settle_all_times(const settling *s, pl_error *err) {
  pl_slot *slot = slot_of(s);
  if (slot->style_declared) return doubt_times(s, err);
  doubt seen = {0};
  pl_status status = PL_OK;
  for (size_t i = 0; status == PL_OK && s->groups->n > 1 && i < s->groups->n; i++) {
    pl_column_look_finish(s->looks[i], s->group);
    status = judge_times(s, &s->group->time, &seen, err);
  }
  if (status == PL_OK) status = settle_times(s, &s->found->time, err);
  slot->undecided |= seen.undecided_times;
  for (size_t i = 0; status == PL_OK && s->groups->n > 1 && i < s->groups->n; i++) {
    pl_column_look_finish(s->looks[i], s->group);
    status = compare_times(s, &s->found->time, &s->group->time, err);
  }
  return status;
}

/* What a JSON file writes as plain numbers says nothing about texts. */
static bool votes(pl_column_look *const *looks, const pl_style_groups *groups, size_t group) {
  bool plain = looks[group]->numbers.all >> PL_NUMBER_PLAIN & 1;
  return groups->n == 1 || group != groups->json || !plain;
}

void pl_style_look_at_all(pl_column_look *const *looks, const pl_style_groups *groups,
                          pl_column_look *all) {
  pl_column_look_open(all, looks[0]->what, looks[0]->zone, looks[0]->days);
  for (size_t i = 0; i < groups->n; i++)
    pl_column_look_merge(all, looks[i], votes(looks, groups, i));
}

pl_status pl_style_settle(pl_bound *bound, pl_source *source, int index,
                          pl_column_look *const *looks, const pl_style_groups *groups,
                          const pl_style_doubt *doubts, bool whole, pl_error *err) {
  settling s = {bound, source, index, whole, looks, groups, doubts, NULL, NULL, NULL};
  unsigned what = looks[0]->what;
  pl_status status = PL_OK;
  pl_error why;
  s.all = pl_malloc(sizeof *s.all);
  s.found = pl_malloc(sizeof *s.found);
  s.group = pl_malloc(sizeof *s.group);
  if (!s.all || !s.found || !s.group) {
    status = pl_fail_memory(err);
    goto done;
  }
  pl_style_look_at_all(looks, groups, s.all);
  pl_column_look_finish(s.all, s.found);
  if ((what & PL_LOOK_NUMBERS) && settle_all_numbers(&s, &why) != PL_OK)
    status = pl_style_blame(bound, source, index, PL_USES_NUMBER, &why, err);
  if (status == PL_OK && (what & PL_LOOK_TIMES) && settle_all_times(&s, &why) != PL_OK)
    status = pl_style_blame(bound, source, index, PL_USES_TIME, &why, err);
done:
  pl_free(s.all);
  pl_free(s.found);
  pl_free(s.group);
  return status;
}
