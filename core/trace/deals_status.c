/* What each value of the deals' status column means. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "trace/deals.h"

#define SHOWN_VALUES 20
#define SHOWN_BYTES 60

static const char *const list_names[PL_STATUSES] = {"won", "lost", "open", "ignore"};

static bool same_word(pl_str text, const char *word) {
  if (text.n != strlen(word)) return false;
  for (size_t i = 0; i < text.n; i++) {
    char c = text.p[i];
    if (c >= 'A' && c <= 'Z') c = (char)(c - 'A' + 'a');
    if (c != word[i]) return false;
  }
  return true;
}

/* Without lists the column itself must say won, lost or open. */
static int plain_meaning(pl_str value) {
  for (int s = PL_WON; s <= PL_OPEN; s++)
    if (same_word(value, list_names[s])) return s;
  return -1;
}

static int listed_meaning(const pl_deals_def *def, pl_str value) {
  for (int s = 0; s < PL_STATUSES; s++)
    for (size_t i = 0; i < def->values[s].n; i++)
      if (pl_str_eq(pl_str_trim(pl_str_of(def->values[s].items[i])), value)) return s;
  return def->others;
}

static bool note(const pl_deals_def *def, pl_status_words *words, pl_str value, uint32_t *id) {
  uint32_t known = pl_dict_count(words->values);
  *id = pl_dict_add(words->values, value);
  if (*id == PL_DICT_NONE) return false;
  if (*id == known) {
    if (!pl_grow(&words->counts, &words->counts_cap, known + 1, sizeof *words->counts) ||
        !pl_grow(&words->means, &words->means_cap, known + 1, sizeof *words->means))
      return false;
    words->counts[known] = 0;
    words->means[known] = def->status_given ? listed_meaning(def, value) : plain_meaning(value);
  }
  words->counts[*id]++;
  return true;
}

/* ---- unlisted values ------------------------------------------------------------ */

static int by_value(const void *a, const void *b) {
  const struct pl_status_value *x = a, *y = b;
  return pl_str_cmp(x->value, y->value);
}

static void show_value(pl_str value, pl_buf *out) {
  if (value.n == 0) {
    pl_buf_text(out, "blank");
    return;
  }
  size_t n = value.n <= SHOWN_BYTES ? value.n : pl_utf8_valid((pl_str){value.p, SHOWN_BYTES});
  pl_buf_text(out, "\"");
  pl_show_text((pl_str){value.p, n}, out);
  pl_buf_text(out, n < value.n ? "…\"" : "\"");
}

void pl_status_words_show(const struct pl_status_value *values, size_t n, pl_buf *out) {
  for (size_t i = 0; i < n; i++) {
    if (i) pl_buf_text(out, ", ");
    if (i == SHOWN_VALUES) {
      pl_buf_format(out, "and %zu more", n - i);
      return;
    }
    show_value(values[i].value, out);
    pl_buf_format(out, " (%" PRIu64, values[i].count);
    if ((int)values[i].status >= 0) pl_buf_format(out, ", %s", list_names[values[i].status]);
    pl_buf_text(out, ")");
  }
}

/* A word of the lists that is near one of the values, for "did you mean". */
typedef struct near_word {
  const char *written, *listed, *list;
} near_word;

static const char *const *all_words(const pl_deals_def *def, pl_arena *arena, size_t *n) {
  if (!def->status_given) {
    *n = PL_OPEN + 1;
    return list_names;
  }
  size_t room = 0;
  for (int s = 0; s < PL_STATUSES; s++) room += def->values[s].n;
  const char **words = pl_arena_array(arena, room + 1, sizeof *words);
  *n = 0;
  for (int s = 0; words && s < PL_STATUSES; s++)
    for (size_t i = 0; i < def->values[s].n; i++) words[(*n)++] = def->values[s].items[i];
  return words;
}

static bool find_near(const pl_deals_def *def, const struct pl_status_value *values, size_t n,
                      pl_arena *arena, near_word *out) {
  size_t words_n;
  const char *const *words = all_words(def, arena, &words_n);
  for (size_t i = 0; words && i < n; i++) {
    const char *near = pl_nearest(values[i].value.p, words, words_n);
    if (!near) continue;
    pl_str word = pl_str_trim(pl_str_of(near));
    int list = def->status_given ? listed_meaning(def, word) : plain_meaning(word);
    *out = (near_word){values[i].value.p, near, list_names[list]};
    return true;
  }
  return false;
}

static pl_status fail_unlisted(const pl_bound *bound, const struct pl_status_value *values,
                               size_t n, pl_arena *arena, pl_error *err) {
  const pl_deals_def *def = &bound->model->deals;
  near_word near;
  uint64_t deals = 0;
  pl_buf shown = {0};
  for (size_t i = 0; i < n; i++) deals += values[i].count;
  pl_status_words_show(values, n, &shown);
  pl_fail_at(err, PL_E_USAGE, def->source.site,
             def->status_given ? "%" PRIu64 " deals have a status that is listed nowhere: %s"
                               : "%" PRIu64 " deals have a status other than won, lost or open: %s",
             deals, shown.failed ? "" : pl_buf_view(&shown).p);
  pl_buf_free(&shown);
  if (find_near(def, values, n, arena, &near))
    return pl_hint(err,
                   "Is \"%s\" the same as \"%s\" (%s)? List every value under won, lost, open "
                   "or ignore, or say open = others().",
                   near.written, near.listed, near.list);
  return pl_hint(err,
                 "List every value: status = { column = \"%s\", won = { … }, lost = { … }, "
                 "open = { … }, ignore = { … } }, or say open = others().",
                 def->status);
}

/* All values, or those listed nowhere; copies that end in NUL, sorted. */
static struct pl_status_value *collect(const pl_status_words *words, pl_arena *arena, bool unlisted,
                                       size_t *n) {
  uint32_t count = pl_dict_count(words->values);
  struct pl_status_value *list = pl_arena_array(arena, count + 1, sizeof *list);
  *n = 0;
  for (uint32_t id = 0; list && id < count; id++) {
    if (unlisted && words->means[id] >= 0) continue;
    pl_str value = pl_dict_at(words->values, id);
    const char *copy = pl_arena_copy(arena, value.p, value.n);
    if (!copy) return NULL;
    list[(*n)++] = (struct pl_status_value){
        {copy, value.n}, (pl_deal_status)words->means[id], words->counts[id]};
  }
  if (list && *n) qsort(list, *n, sizeof *list, by_value);
  return list;
}

static pl_status check_listed(const pl_bound *bound, const pl_status_words *words, pl_error *err) {
  pl_arena arena = {0};
  size_t n;
  struct pl_status_value *unlisted = collect(words, &arena, true, &n);
  pl_status status = PL_OK;
  if (!unlisted)
    status = pl_fail_memory(err);
  else if (n) {
    fail_unlisted(bound, unlisted, n, &arena, err);
    status = PL_E_USAGE;
  }
  pl_arena_free(&arena);
  return status;
}

pl_status pl_status_words_read(const pl_bound *bound, const pl_table *table, pl_status_words *words,
                               pl_error *err) {
  const pl_source *source = pl_table_source(table);
  uint32_t rows = pl_table_rows(table);
  *words = (pl_status_words){.values = pl_dict_new()};
  words->of_row = pl_malloc(rows * sizeof *words->of_row);
  if (!words->values || !words->of_row) return pl_fail_memory(err);
  for (uint32_t row = 0; row < rows; row++) {
    pl_str value = pl_str_trim(pl_table_cell(table, row, source->status).text);
    if (!note(&bound->model->deals, words, value, &words->of_row[row])) return pl_fail_memory(err);
  }
  return check_listed(bound, words, err);
}

void pl_status_words_free(pl_status_words *words) {
  pl_dict_free(words->values);
  pl_free(words->counts);
  pl_free(words->means);
  pl_free(words->of_row);
  *words = (pl_status_words){0};
}

bool pl_status_words_sorted(const pl_status_words *words, pl_arena *arena, pl_deals *out) {
  out->values = collect(words, arena, false, &out->values_n);
  return out->values != NULL;
}
