/* Which style the numbers of a column are written in. In two of the styles' two
 * families a comma is the decimal mark, in the others a point: within a family
 * styles never read one text differently, between them they may. */
#include <assert.h>
#include <stdio.h>

#include "read/column_private.h"

#define BIT(style) (UINT64_C(1) << (style))
#define POINT (BIT(PL_NUMBER_PLAIN) | BIT(PL_NUMBER_COMMA) | BIT(PL_NUMBER_QUOTE))
#define COMMA (BIT(PL_NUMBER_DOT) | BIT(PL_NUMBER_SPACE))

/* The styles whose result is not that of the lowest that reads the value. */
static uint64_t differing(uint64_t fits, const pl_number *numbers) {
  uint64_t differs = 0;
  int lowest = fits ? __builtin_ctzll(fits) : 0;
  for (int style = lowest; style < PL_NUMBER_STYLES; style++)
    if ((fits & BIT(style)) && pl_number_cmp(numbers[style], numbers[lowest]) != 0)
      differs |= BIT(style);
  return differs;
}

static void note_sign(pl_column_look *look, uint8_t sign, pl_str value, pl_look_place place) {
  size_t i = 0;
  while (i < look->signs_n && look->signs[i] != sign) i++;
  if (i == PL_LOOK_SIGNS) return;
  if (i == look->signs_n) {
    look->signs[look->signs_n++] = sign;
    pl_look_example_open(&look->sign_first[i]);
  }
  pl_look_take_first(&look->sign_first[i], value, place);
}

static uint64_t fitting(pl_str value, bool machine, pl_number *numbers, pl_number_marks *marks) {
  uint64_t fits = pl_number_fits(value, machine, numbers, marks);
  return machine && (fits & BIT(PL_NUMBER_PLAIN)) ? fits & POINT : fits;
}

pl_look_state pl_number_look_one(pl_str value, bool machine) {
  pl_number numbers[PL_NUMBER_STYLES];
  pl_number_marks marks;
  uint64_t fits = fitting(value, machine, numbers, &marks);
  if (!fits) return PL_LOOK_NOTHING;
  return differing(fits, numbers) ? PL_LOOK_AMBIGUOUS : PL_LOOK_SETTLED;
}

void pl_look_number_note(pl_column_look *look, pl_str value, bool machine, pl_look_place place) {
  pl_number numbers[PL_NUMBER_STYLES];
  pl_number_marks marks;
  uint64_t fits = fitting(value, machine, numbers, &marks);
  pl_look_class how = {.fits = fits, .differs = differing(fits, numbers)};
  pl_look_tally_note(&look->numbers, value, &how, place);
  if (!fits) return;
  if (marks.percent)
    look->percents++;
  else
    look->plain++;
  look->bare += !marks.percent && !marks.currency;
  pl_look_take_first(marks.percent ? &look->percent : &look->number, value, place);
  if (marks.currency) note_sign(look, marks.currency, value, place);
}

void pl_look_number_merge(pl_column_look *look, const pl_column_look *other) {
  const pl_look_example *percent = &other->percent, *number = &other->number;
  look->percents += other->percents;
  look->plain += other->plain;
  look->bare += other->bare;
  pl_look_take_first(&look->percent, pl_str_of(percent->text), percent->place);
  pl_look_take_first(&look->number, pl_str_of(number->text), number->place);
  for (size_t i = 0; i < other->signs_n; i++)
    note_sign(look, other->signs[i], pl_str_of(other->sign_first[i].text),
              other->sign_first[i].place);
}

static pl_number_style choose(uint64_t all) {
  static const pl_number_style wish[] = {PL_NUMBER_PLAIN, PL_NUMBER_COMMA, PL_NUMBER_QUOTE,
                                         PL_NUMBER_DOT, PL_NUMBER_SPACE};
  for (size_t i = 0; i < sizeof wish / sizeof *wish; i++)
    if (all & BIT(wish[i])) return wish[i];
  return PL_NUMBER_PLAIN;
}

static void add_reading(pl_number_look *out, uint64_t family) {
  pl_look_reading *reading = &out->readings[out->readings_n++];
  pl_number_style style = choose(family);
  pl_number number;
  pl_number_marks marks;
  assert(family); /* two meanings are left, one of each family */
  pl_number_read(pl_str_of(out->examples[0].text), style, false, &number, &marks);
  pl_money_text(number.units, reading->text);
  size_t n = strlen(reading->text);
  if (n > 3 && strcmp(reading->text + n - 3, ".00") == 0) reading->text[n - 3] = '\0';
  snprintf(reading->declare, sizeof reading->declare, "%s", pl_number_style_name(style));
}

static void copy_signs(const pl_column_look *look, pl_number_look *out, pl_look_example first[]) {
  bool taken[PL_LOOK_SIGNS] = {false};
  for (; out->signs_n < look->signs_n; out->signs_n++) {
    size_t next = 0;
    while (taken[next]) next++; /* one is left: signs_n of them are taken in as many rounds */
    for (size_t i = next + 1; i < look->signs_n; i++) {
      if (!taken[i] &&
          pl_look_place_cmp(look->sign_first[i].place, look->sign_first[next].place) < 0)
        next = i;
    }
    taken[next] = true;
    out->signs[out->signs_n] = look->signs[next];
    first[out->signs_n] = look->sign_first[next];
  }
}

static void find_marks(const pl_column_look *look, pl_number_look *out) {
  pl_look_example first[PL_LOOK_SIGNS];
  copy_signs(look, out, first);
  if (look->percents && look->plain) {
    out->marks = PL_LOOK_PERCENT;
    out->marked[0] = look->percent;
    out->marked[1] = look->number;
  } else if (out->signs_n > 1) {
    out->marks = PL_LOOK_CURRENCIES;
    out->marked[0] = first[0];
    out->marked[1] = first[1];
  }
}

void pl_look_number_finish(const pl_column_look *look, pl_number_look *out) {
  const pl_look_tally *tally = &look->numbers;
  uint64_t differ, all = tally->all;
  *out = (pl_number_look){.fits = tally->fits, .unreadable = tally->unreadable};
  out->wrong = tally->wrong;
  out->percents = look->percents;
  out->bare = look->bare;
  out->state = PL_LOOK_NOTHING;
  if (tally->fits == 0) return;
  find_marks(look, out);
  const pl_look_class *class = pl_look_differing(tally, &differ);
  if (all == 0) {
    out->state = PL_LOOK_MIXED;
    pl_look_mixed(tally, out->examples);
  } else if (class) {
    out->state = PL_LOOK_AMBIGUOUS;
    out->examples[0] = class->first;
    out->others = differ - 1;
    add_reading(out, all & POINT);
    add_reading(out, all & COMMA);
  } else {
    out->state = PL_LOOK_SETTLED;
    out->style = choose(all);
    out->open = (all & POINT) && (all & COMMA);
    out->proven = !out->open;
    pl_look_first(tally, &out->examples[0]);
    if (out->marks == PL_LOOK_SETTLED) return;
    out->state = out->marks;
    memcpy(out->examples, out->marked, sizeof out->examples);
  }
}

void pl_number_look_say(const pl_number_look *look, const char *const *files, pl_buf *out) {
  if (look->state == PL_LOOK_SETTLED || look->state == PL_LOOK_NOTHING) return;
  if (look->state == PL_LOOK_AMBIGUOUS) {
    pl_look_say_readings(&look->examples[0], look->readings, look->readings_n, look->others,
                         "numbers", out);
    return;
  }
  pl_look_say_example(&look->examples[0], files, out);
  pl_buf_text(out, " and ");
  pl_look_say_example(&look->examples[1], files, out);
  pl_buf_text(out, look->state == PL_LOOK_MIXED     ? " are not written in one style of numbers"
                   : look->state == PL_LOOK_PERCENT ? " are with and without a percent sign"
                                                    : " are amounts in different currencies");
}
