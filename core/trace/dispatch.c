/* One dictionary per column that conditions compare with plain texts. */
#include "trace/dispatch.h"

typedef struct lane { /* starters that need a certain text in one column */
  int slot;
  pl_dict *texts;
  uint32_t **starters; /* by text id */
  size_t *counts, *caps;
  size_t ids_cap, counts_cap, caps_cap;
} lane;

struct pl_dispatch {
  uint32_t *always;
  size_t always_n, always_cap;
  lane *lanes;
  size_t lanes_n, lanes_cap;
};

static lane *lane_of(pl_dispatch *d, int slot) {
  for (size_t i = 0; i < d->lanes_n; i++)
    if (d->lanes[i].slot == slot) return &d->lanes[i];
  if (!pl_grow(&d->lanes, &d->lanes_cap, d->lanes_n + 1, sizeof *d->lanes)) return NULL;
  lane *l = &d->lanes[d->lanes_n];
  *l = (lane){.slot = slot, .texts = pl_dict_new()};
  if (!l->texts) return NULL;
  d->lanes_n++;
  return l;
}

static bool lane_add(lane *l, pl_str text, uint32_t starter) {
  uint32_t known = pl_dict_count(l->texts), id = pl_dict_add(l->texts, text);
  if (id == PL_DICT_NONE) return false;
  if (!pl_grow(&l->starters, &l->ids_cap, (size_t)id + 1, sizeof *l->starters) ||
      !pl_grow(&l->counts, &l->counts_cap, (size_t)id + 1, sizeof *l->counts) ||
      !pl_grow(&l->caps, &l->caps_cap, (size_t)id + 1, sizeof *l->caps))
    return false;
  if (id == known) {
    l->starters[id] = NULL;
    l->counts[id] = l->caps[id] = 0;
  }
  size_t n = l->counts[id];
  if (n && l->starters[id][n - 1] == starter) return true; /* { "a", "a" } */
  if (!pl_grow(&l->starters[id], &l->caps[id], n + 1, sizeof **l->starters)) return false;
  l->starters[id][l->counts[id]++] = starter;
  return true;
}

static bool add(pl_dispatch *d, const pl_source *source, const pl_predicate *where, uint32_t i) {
  int slot;
  const pl_str *texts;
  size_t n;
  if (where && pl_predicate_equality(where, &slot, &texts, &n) &&
      !source->slots[slot].list_separator) {
    lane *l = lane_of(d, slot);
    for (size_t t = 0; l && t < n; t++)
      if (!lane_add(l, texts[t], i)) return false;
    return l != NULL;
  }
  if (!pl_grow(&d->always, &d->always_cap, d->always_n + 1, sizeof *d->always)) return false;
  d->always[d->always_n++] = i;
  return true;
}

pl_dispatch *pl_dispatch_new(const pl_source *source, const pl_predicate *const *wheres, size_t n,
                             pl_error *err) {
  pl_dispatch *d = pl_calloc(1, sizeof *d);
  bool ok = d != NULL;
  for (size_t i = 0; ok && i < n; i++) ok = add(d, source, wheres[i], (uint32_t)i);
  if (ok) return d;
  pl_dispatch_free(d);
  pl_fail_memory(err);
  return NULL;
}

void pl_dispatch_free(pl_dispatch *d) {
  if (!d) return;
  for (size_t i = 0; i < d->lanes_n; i++) {
    lane *l = &d->lanes[i];
    for (uint32_t id = 0; id < pl_dict_count(l->texts) && id < l->ids_cap; id++)
      pl_free(l->starters[id]);
    pl_dict_free(l->texts);
    pl_free(l->starters);
    pl_free(l->counts);
    pl_free(l->caps);
  }
  pl_free(d->lanes);
  pl_free(d->always);
  pl_free(d);
}

/* Keeps `out` ascending; the lists are, so this rarely moves anything. */
static size_t merge(uint32_t *out, size_t n, const uint32_t *more, size_t more_n) {
  for (size_t i = 0; i < more_n; i++) {
    size_t at = n++;
    for (; at > 0 && out[at - 1] > more[i]; at--) out[at] = out[at - 1];
    out[at] = more[i];
  }
  return n;
}

size_t pl_dispatch_row(const pl_dispatch *d, const pl_cell *cells, uint32_t *out) {
  size_t n = 0;
  for (size_t i = 0; i < d->lanes_n; i++) {
    const lane *l = &d->lanes[i];
    if (cells[l->slot].blank) continue;
    uint32_t id = pl_dict_find(l->texts, cells[l->slot].text);
    if (id != PL_DICT_NONE) n = merge(out, n, l->starters[id], l->counts[id]);
  }
  return merge(out, n, d->always, d->always_n);
}
