/* The words that sentences are made of: counts, nouns, money, keys, conditions. */
#include "trace/sentence.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

pl_value *pl_said(pl_arena *arena, pl_buf *text) {
  pl_value *value = NULL;
  if (text->failed) {
    arena->failed = true;
  } else if (text->n > 0) {
    value = pl_value_text(arena, pl_buf_view(text));
  }
  pl_buf_free(text);
  *text = (pl_buf){0};
  return value;
}

/* ---- numbers ------------------------------------------------------------------- */

void pl_say_count(pl_buf *out, uint64_t n) {
  char digits[32];
  int length = snprintf(digits, sizeof digits, "%" PRIu64, n);
  for (int i = 0; i < length; i++) {
    if (i > 0 && (length - i) % 3 == 0) pl_buf_text(out, ",");
    pl_buf_append(out, &digits[i], 1);
  }
}

/* Places `count` significant digits around the decimal point of 10^exponent. */
static void place_digits(const char *digits, int count, int exponent, char *out) {
  int at = 0;
  for (int place = exponent > 0 ? exponent : 0; place >= 0 || exponent - place < count; place--) {
    int digit = exponent - place;
    if (place == -1) out[at++] = '.';
    out[at++] = digit >= 0 && digit < count ? digits[digit] : '0';
  }
  out[at] = 0;
}

char *pl_real_text(double value, int digits, char out[PL_REAL_TEXT]) {
  if (isnan(value)) return strcpy(out, "nan");
  if (isinf(value)) return strcpy(out, value > 0 ? "inf" : "-inf");
  if (value == 0) return strcpy(out, "0");
  char text[PL_REAL_TEXT], kept[PL_REAL_TEXT];
  snprintf(text, sizeof text, "%.*e", digits - 1, fabs(value));
  char *end = strchr(text, 'e');
  int exponent = 0, n = 0;
  sscanf(end + 1, "%d", &exponent);
  for (char *p = text; p < end; p++) {
    if (*p >= '0' && *p <= '9') kept[n++] = *p;
  }
  while (n > 1 && kept[n - 1] == '0') n--;
  char *from = out;
  if (value < 0) *from++ = '-';
  if (exponent >= -6 && exponent <= 15) {
    place_digits(kept, n, exponent, from);
  } else {
    place_digits(kept, n, 0, from);
    snprintf(from + strlen(from), 8, "e%d", exponent);
  }
  return out;
}

char *pl_span_text(int64_t us, char out[PL_TIME_TEXT]) {
  static const struct {
    int64_t us;
    const char *name;
  } units[] = {{PL_DAY_US, "day"},
               {3600 * PL_SECOND_US, "hour"},
               {60 * PL_SECOND_US, "minute"},
               {PL_SECOND_US, "second"}};
  size_t i = 0;
  while (i < 3 && us % units[i].us != 0 && us < 3 * units[i].us) i++;
  int64_t unit = units[i].us;
  /* tenths, without us * 10, which may not fit */
  int64_t tenths = us / unit * 10 + (us % unit * 10 + unit / 2) / unit;
  const char *plural = tenths == 10 ? "" : "s";
  if (tenths % 10 == 0) {
    snprintf(out, PL_TIME_TEXT, "%" PRId64 " %s%s", tenths / 10, units[i].name, plural);
  } else {
    snprintf(out, PL_TIME_TEXT, "%" PRId64 ".%" PRId64 " %ss", tenths / 10, tenths % 10,
             units[i].name);
  }
  return out;
}

/* ---- nouns ----------------------------------------------------------------------- */

/* Whether a source's name reads as a plural: "leads", not "traffic" or "access". */
static bool is_plural(const char *name) {
  size_t n = strlen(name);
  return n > 2 && name[n - 1] == 's' && name[n - 2] != 's';
}

static void say_name(pl_buf *out, const char *name) {
  for (; *name; name++) pl_buf_append(out, *name == '_' ? " " : name, 1);
}

void pl_say_noun(pl_buf *out, const char *source) {
  if (!is_plural(source)) pl_buf_text(out, "records of ");
  say_name(out, source);
}

void pl_say_records(pl_buf *out, uint64_t n, const char *source) {
  pl_say_count(out, n);
  if (n == 1) {
    pl_buf_text(out, " record of ");
    say_name(out, source);
  } else {
    pl_buf_text(out, " ");
    pl_say_noun(out, source);
  }
}

static bool same_source(const pl_metric *metric) {
  for (size_t b = 1; b < metric->branches_n; b++) {
    if (metric->branches[b].from != metric->branches[0].from) return false;
  }
  return true;
}

/* "leads, posts and visits": each source once, in the order of the branches. */
static void say_sources(pl_buf *out, const pl_metric *metric) {
  const char *names[PL_MAX_BRANCHES];
  size_t n = 0;
  for (size_t b = 0; b < metric->branches_n && n < PL_MAX_BRANCHES; b++) {
    const char *name = metric->branches[b].from->def->name;
    size_t i = 0;
    while (i < n && strcmp(names[i], name) != 0) i++;
    if (i == n) names[n++] = name;
  }
  for (size_t i = 0; i < n; i++) {
    if (i > 0) pl_buf_text(out, i + 1 == n ? " and " : ", ");
    say_name(out, names[i]);
  }
}

void pl_say_origin_noun(pl_buf *out, const pl_metric *metric) {
  if (metric->branches_n > 0 && same_source(metric)) {
    pl_say_noun(out, metric->branches[0].from->def->name);
  } else {
    pl_buf_text(out, "records of ");
    say_sources(out, metric);
  }
}

void pl_say_origins(pl_buf *out, const pl_metric *metric, uint64_t n) {
  if (metric->branches_n > 0 && same_source(metric)) {
    pl_say_records(out, n, metric->branches[0].from->def->name);
    return;
  }
  pl_say_count(out, n);
  pl_buf_text(out, n == 1 ? " record of " : " records of ");
  say_sources(out, metric);
}

void pl_say_deals(pl_buf *out, uint64_t n, const char *status) {
  pl_say_count(out, n);
  pl_buf_format(out, " %s deal%s", status, n == 1 ? "" : "s");
}

void pl_say_money(pl_buf *out, const pl_bound *bound, pl_sum amount) {
  char text[PL_MONEY_TEXT + 16];
  if (bound->model->currency) pl_buf_format(out, "%s ", bound->model->currency);
  pl_buf_text(out, pl_money_people(amount, text));
}

void pl_say_worth(pl_buf *out, const pl_bound *bound, const pl_money_count *count,
                  const char *status) {
  pl_say_deals(out, count->deals, status);
  if (bound->deals->amount == PL_NO_SLOT || count->deals == 0) return;
  if (count->unknown >= count->deals) {
    pl_buf_text(out, count->deals == 1 ? " (amount unknown)" : " (amounts unknown)");
    return;
  }
  pl_buf_text(out, " worth ");
  pl_say_money(out, bound, count->amount);
  if (count->unknown == 0) return;
  pl_buf_text(out, " (the amount of ");
  pl_say_count(out, count->unknown);
  pl_buf_text(out, " of them is unknown)");
}

/* ---- keys and conditions ------------------------------------------------------------ */

void pl_say_key(pl_buf *out, const pl_step *step) {
  for (size_t i = 0; i < step->key_n; i++) {
    const char *here = step->from->slots[step->here[i]].name;
    const char *there = step->to->slots[step->there[i]].name;
    if (i > 0) pl_buf_text(out, " and ");
    pl_buf_text(out, here);
    if (strcmp(here, there) != 0) pl_buf_format(out, " = %s", there);
  }
}

void pl_say_step(pl_buf *out, const pl_step *step) {
  pl_buf_format(out, "%s -> %s by ", step->from->def->name, step->to->def->name);
  pl_say_key(out, step);
}

static void say_values(pl_buf *out, const pl_condition *condition) {
  for (size_t i = 0; i < condition->values_n; i++) {
    const char *text = condition->values[i].text;
    if (i > 0) pl_buf_text(out, " or ");
    pl_buf_text(out, text[0] ? text : "\"\"");
  }
}

static void say_range(pl_buf *out, const pl_condition *condition) {
  const char *low = condition->low.text, *high = condition->high.text;
  if (low && high && !condition->low_open && !condition->high_open) {
    pl_buf_format(out, " from %s to %s", low, high);
    return;
  }
  if (low) pl_buf_format(out, " %s %s", condition->low_open ? "above" : "at least", low);
  if (low && high) pl_buf_text(out, " and");
  if (high) pl_buf_format(out, " %s %s", condition->high_open ? "below" : "at most", high);
}

static void say_condition(pl_buf *out, const pl_condition *condition) {
  if (condition->kind == PL_COND_NOT) {
    pl_buf_text(out, "not (");
    if (condition->child) say_condition(out, condition->child);
    pl_buf_text(out, ")");
    return;
  }
  pl_buf_text(out, condition->column);
  switch (condition->kind) {
  case PL_COND_EQUAL: pl_buf_text(out, " = "); break;
  case PL_COND_LIKE: pl_buf_text(out, " like "); break;
  case PL_COND_MATCHES: pl_buf_text(out, " matches "); break;
  case PL_COND_RANGE: say_range(out, condition); return;
  case PL_COND_BLANK: pl_buf_text(out, " is blank"); return;
  case PL_COND_CALL: pl_buf_text(out, " passes the rule's function"); return;
  case PL_COND_NOT: return;
  }
  say_values(out, condition);
}

void pl_say_conditions(pl_buf *out, const pl_conditions *conditions) {
  for (size_t i = 0; i < conditions->n; i++) {
    if (i > 0) pl_buf_text(out, " and ");
    say_condition(out, &conditions->items[i]);
  }
}
