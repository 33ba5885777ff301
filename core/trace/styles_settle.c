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

static bool is_alike(const pl_dialect *a, const pl_dialect *b) {
  bool json = a->format != PL_FORMAT_CSV;
  if (json || b->format != PL_FORMAT_CSV) return json && b->format != PL_FORMAT_CSV;
  return a->delimiter == b->delimiter && encoding_of(a) == encoding_of(b);
}

bool pl_style_groups_open(pl_arena *arena, const pl_source *source, pl_style_groups *out) {
  const pl_dialect *dialects = source->dialects;
  *out = (pl_style_groups){.json = SIZE_MAX};
  out->of = pl_arena_array(arena, source->inputs_n, sizeof *out->of);
  if (!out->of) return false;
  for (size_t i = 0; i < source->inputs_n; i++) {
    size_t first = 0;
    while (first < i && !is_alike(&dialects[first], &dialects[i])) first++;
    out->of[i] = first < i ? out->of[first] : out->n++;
    if (dialects[i].format != PL_FORMAT_CSV) out->json = out->of[i];
  }
  return true;
}

/* ---- deciding ------------------------------------------------------------------------ */
static pl_status settle_numbers(const pl_bound *bound, const pl_source *source, pl_slot *slot,
                                const pl_number_look *look, bool whole, pl_error *err) {
  pl_slot_numbers *how = &slot->how;
  bool wrong =
      look->marks == PL_LOOK_PERCENT || (look->marks == PL_LOOK_CURRENCIES && !how->any_sign);
  how->looked = true;
  how->open = how->undecided = false;
  how->percent = look->percents > 0;
  how->currency = look->signs_n ? look->signs[0] : 0;
  if (wrong) return pl_style_fail_number(bound, source, slot, look, err);
  if (how->declared) return PL_OK;
  slot->numbers = PL_NUMBER_PLAIN;
  how->open = look->state == PL_LOOK_NOTHING || look->open;
  if (look->state == PL_LOOK_NOTHING) return PL_OK; /* rejects, where it must hold numbers */
  if (look->state == PL_LOOK_AMBIGUOUS && !whole) {
    how->undecided = true;
    return PL_OK;
  }
  if (look->state == PL_LOOK_AMBIGUOUS || look->state == PL_LOOK_MIXED)
    return pl_style_fail_number(bound, source, slot, look, err);
  slot->numbers = look->style;
  return PL_OK;
}

/* A few values that are no times are rejects; a column of them is undeclared. */
static pl_status settle_times(const pl_bound *bound, const pl_source *source, pl_slot *slot,
                              const pl_time_look *look, bool whole, pl_error *err) {
  slot->undecided = false;
  slot->has_dates = look->has_dates;
  slot->has_instants = look->has_instants;
  if (look->state == PL_LOOK_MIXED || look->unreadable > look->fits)
    return pl_style_fail_time(bound, source, slot, look, err);
  if (look->state == PL_LOOK_AMBIGUOUS) {
    if (whole) return pl_style_fail_time(bound, source, slot, look, err);
    slot->undecided = true;
    return PL_OK;
  }
  slot->reader = look->reader;
  slot->undecided = look->open && !whole;
  snprintf(slot->declare, sizeof slot->declare, "%s", look->declare);
  return PL_OK;
}

static pl_status blame(pl_bound *bound, pl_source *source, int slot, unsigned uses,
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

static pl_status judge_numbers(const pl_bound *bound, const pl_source *source, const pl_slot *slot,
                               const pl_number_look *look, bool whole, doubt *out, pl_error *err) {
  bool ambiguous = look->state == PL_LOOK_AMBIGUOUS;
  if (slot->how.declared) return PL_OK;
  if (look->state == PL_LOOK_MIXED || (ambiguous && whole))
    return pl_style_fail_number(bound, source, slot, look, err);
  out->undecided |= ambiguous;
  out->open |= look->state == PL_LOOK_NOTHING || look->open;
  return PL_OK;
}

static pl_status judge_times(const pl_bound *bound, const pl_source *source, const pl_slot *slot,
                             const pl_time_look *look, bool whole, doubt *out, pl_error *err) {
  bool ambiguous = look->state == PL_LOOK_AMBIGUOUS;
  if (look->state == PL_LOOK_MIXED || (ambiguous && whole))
    return pl_style_fail_time(bound, source, slot, look, err);
  out->undecided_times |= !whole && (ambiguous || look->open || look->state == PL_LOOK_NOTHING);
  return PL_OK;
}

/* One file's times are the strays of all: what is a slip within a file is another
 * format between files. */
static pl_status compare_times(const pl_bound *bound, const pl_source *source, const pl_slot *slot,
                               const pl_time_look *all, const pl_time_look *group, pl_error *err) {
  pl_time time;
  if (all->state != PL_LOOK_SETTLED || group->state != PL_LOOK_SETTLED) return PL_OK;
  if (pl_style_time(slot, pl_str_of(group->examples[0].text), &time)) return PL_OK;
  pl_time_look mixed = *all;
  mixed.state = PL_LOOK_MIXED;
  mixed.unreadable = 0;
  mixed.examples[1] = group->examples[0];
  return pl_style_fail_time(bound, source, slot, &mixed, err);
}

/* A slot while it is settled. */
typedef struct settling {
  pl_bound *bound;
  pl_source *source;
  int slot;
  bool whole;
  pl_column_look *const *looks; /* by group */
  const pl_style_groups *groups;
  pl_column_look *all; /* of all groups */
  pl_column_look_result *found, *group;
} settling;

static pl_status settle_all_numbers(const settling *s, pl_error *err) {
  pl_slot *slot = &s->source->slots[s->slot];
  doubt seen = {0};
  pl_status status = PL_OK;
  for (size_t i = 0; status == PL_OK && s->groups->n > 1 && i < s->groups->n; i++) {
    pl_column_look_finish(s->looks[i], s->group);
    status = judge_numbers(s->bound, s->source, slot, &s->group->number, s->whole, &seen, err);
  }
  if (status == PL_OK)
    status = settle_numbers(s->bound, s->source, slot, &s->found->number, s->whole, err);
  slot->how.open |= seen.open;
  slot->how.undecided |= seen.undecided;
  return status;
}

static pl_status settle_all_times(const settling *s, pl_error *err) {
  pl_slot *slot = &s->source->slots[s->slot];
  doubt seen = {0};
  pl_status status = PL_OK;
  for (size_t i = 0; status == PL_OK && s->groups->n > 1 && i < s->groups->n; i++) {
    pl_column_look_finish(s->looks[i], s->group);
    status = judge_times(s->bound, s->source, slot, &s->group->time, s->whole, &seen, err);
  }
  if (status == PL_OK)
    status = settle_times(s->bound, s->source, slot, &s->found->time, s->whole, err);
  slot->undecided |= seen.undecided_times;
  for (size_t i = 0; status == PL_OK && s->groups->n > 1 && i < s->groups->n; i++) {
    pl_column_look_finish(s->looks[i], s->group);
    status = compare_times(s->bound, s->source, slot, &s->found->time, &s->group->time, err);
  }
  return status;
}

/* What a JSON file writes as plain numbers says nothing about texts. */
static bool votes(const settling *s, size_t group) {
  bool plain = s->looks[group]->numbers.all >> PL_NUMBER_PLAIN & 1;
  return s->groups->n == 1 || group != s->groups->json || !plain;
}

static void look_at_all(const settling *s) {
  const pl_column_look *first = s->looks[0];
  pl_column_look_open(s->all, first->what, first->zone, first->days);
  for (size_t i = 0; i < s->groups->n; i++) pl_column_look_merge(s->all, s->looks[i], votes(s, i));
  pl_column_look_finish(s->all, s->found);
}

pl_status pl_style_settle(pl_bound *bound, pl_source *source, int index,
                          pl_column_look *const *looks, const pl_style_groups *groups, bool whole,
                          pl_error *err) {
  settling s = {bound, source, index, whole, looks, groups, NULL, NULL, NULL};
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
  look_at_all(&s);
  if ((what & PL_LOOK_NUMBERS) && settle_all_numbers(&s, &why) != PL_OK)
    status = blame(bound, source, index, PL_USES_NUMBER, &why, err);
  if (status == PL_OK && (what & PL_LOOK_TIMES) && settle_all_times(&s, &why) != PL_OK)
    status = blame(bound, source, index, PL_USES_TIME, &why, err);
done:
  pl_free(s.all);
  pl_free(s.found);
  pl_free(s.group);
  return status;
}

static bool is_torn(const pl_slot *slot) {
  bool comma = slot->numbers == PL_NUMBER_DOT || slot->numbers == PL_NUMBER_SPACE;
  return slot->how.mixed && comma && (slot->uses & PL_USE_NUMBER_TEXT);
}

pl_status pl_style_check_json(pl_bound *bound, pl_error *err) {
  pl_status status = PL_OK;
  pl_error why;
  for (size_t i = 0; i < bound->sources_n; i++) {
    pl_source *source = &bound->sources[i];
    for (size_t k = 0; status == PL_OK && k < source->slots_n; k++) {
      const pl_slot *slot = &source->slots[k];
      if (!is_torn(slot)) continue;
      pl_fail_at(&why, PL_E_USAGE, source->def->site,
                 "a condition compares the numbers in column \"%s\" of \"%s\", which JSON files "
                 "write with a point and others as \"%s\"",
                 slot->name, source->def->name, pl_number_style_name(slot->numbers));
      pl_hint(&why, "make two sources of them, or export all files in one format");
      status = blame(bound, source, (int)k, PL_USE_NUMBER_TEXT, &why, err);
    }
  }
  return status;
}
