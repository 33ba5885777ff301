/* Which way the times of a column are written in (base/time.h lists the ways). */
#include "read/column_private.h"

#define BIT(way) (UINT64_C(1) << (way))
#define ISO BIT(0)
#define EPOCHS (BIT(1) | BIT(2))

static uint64_t differing(uint64_t fits, const pl_time *times) {
  uint64_t differs = 0;
  int lowest = fits ? __builtin_ctzll(fits) : 0;
  for (int way = lowest + 1; way < PL_TIME_WAYS; way++) {
    if (!(fits & BIT(way))) continue;
    if (times[way].us != times[lowest].us || times[way].kind != times[lowest].kind)
      differs |= BIT(way);
  }
  return differs;
}

void pl_look_time_note(pl_column_look *look, pl_str value, pl_look_place place) {
  pl_time times[PL_TIME_WAYS];
  uint64_t fits = pl_time_fits(value, look->zone, look->days, times);
  pl_look_class how = {.fits = fits, .differs = differing(fits, times)};
  how.third = differing(how.differs, times);
  pl_look_class *class = pl_look_tally_note(&look->times, value, &how, place);
  if (!class) return;
  int lowest = __builtin_ctzll(fits);
  class->clocks |= BIT(pl_time_clock(value, lowest));
  class->has_dates |= times[lowest].kind == PL_TIME_DATE;
  class->has_instants |= times[lowest].kind == PL_TIME_INSTANT;
}

bool pl_look_time_is_digits(const pl_column_look *look) {
  uint64_t all = look->times.all;
  return look->times.fits && all && !(all & EPOCHS);
}

/* Instants read in one order of the date differ by their day: that is what is shown. */
static void add_reading(const pl_column_look *look, int way, const pl_time *time,
                        pl_time_look *out) {
  pl_look_reading *reading = &out->readings[out->readings_n++];
  const char *text = out->examples[0].text;
  pl_time shown = *time;
  if (!(BIT(way) & EPOCHS) && shown.kind == PL_TIME_INSTANT &&
      pl_time_clock(pl_str_of(text), way) != 0)
    shown.kind = PL_TIME_DATE;
  pl_time_text(shown, look->days, reading->text);
  pl_time_declare(way, pl_time_clock(pl_str_of(text), way), reading->declare);
  if (!reading->declare[0]) pl_time_declare(way, 0, reading->declare);
}

static void add_readings(const pl_column_look *look, uint64_t all, pl_time_look *out) {
  pl_time times[PL_TIME_WAYS];
  pl_str text = pl_str_of(out->examples[0].text);
  all &= pl_time_fits(text, look->zone, look->days, times);
  for (int way = 0; way < PL_TIME_WAYS && out->readings_n < PL_LOOK_READINGS; way++) {
    bool known = !(all & BIT(way));
    for (int other = 0; !known && other < way; other++)
      known = (all & BIT(other)) && times[other].us == times[way].us;
    if (!known) add_reading(look, way, &times[way], out);
  }
}

/* ---- a minority in another format ----------------------------------------------------- */
/* The way that reads most values; the first of several. */
static int most_read(const pl_look_tally *tally, uint64_t *count) {
  int best = 0;
  *count = 0;
  for (int way = 0; way < PL_TIME_WAYS; way++) {
    uint64_t n = 0;
    for (size_t i = 0; i < tally->n; i++)
      if (tally->classes[i].fits & BIT(way)) n += tally->classes[i].count;
    if (n > *count) {
      *count = n;
      best = way;
    }
  }
  return best;
}

/* 17.01.2024 among ISO dates is a slip, and rejected: it casts no doubt on the
 * others. 14/03/2024 among 3/14/2024 does, as 03/04/2024 may stand among them too;
 * and an epoch is what another program wrote: such a column is mixed. */
static bool leave_out_strays(const pl_look_tally *tally, pl_look_tally *left) {
  uint64_t count;
  int way = most_read(tally, &count);
  uint64_t best = BIT(way);
  bool doubtful = pl_time_way_is_doubtful(way);
  if (tally->fits - count + tally->unreadable > count || (best & EPOCHS)) return false;
  pl_look_tally_open(left);
  left->unreadable = tally->unreadable;
  left->wrong = tally->wrong;
  for (size_t i = 0; i < tally->n; i++) {
    const pl_look_class *class = &tally->classes[i];
    if (class->fits & best) {
      left->classes[left->n++] = *class;
      left->all &= class->fits;
      left->fits += class->count;
    } else {
      bool doubt = doubtful && pl_time_way_is_doubtful(__builtin_ctzll(class->fits));
      if (doubt || (class->fits & EPOCHS)) return false;
      left->unreadable += class->count;
      pl_look_take_first(&left->wrong, pl_str_of(class->first.text), class->first.place);
    }
  }
  return true;
}

/* ---- deciding ------------------------------------------------------------------------- */
static void settle(const pl_column_look *look, const pl_look_tally *tally, pl_time_look *out) {
  uint64_t all = tally->all, clocks = 0;
  int way = __builtin_ctzll(all);
  for (size_t i = 0; i < tally->n; i++) clocks |= tally->classes[i].clocks;
  out->state = PL_LOOK_SETTLED;
  out->reader = pl_time_way(way, look->zone, look->days);
  out->open = ((all & ~ISO) & ((all & ~ISO) - 1)) != 0;
  if (!(clocks & (clocks - 1))) pl_time_declare(way, __builtin_ctzll(clocks), out->declare);
  pl_look_first(tally, &out->examples[0]);
}

static void decide(const pl_column_look *look, const pl_look_tally *tally, pl_time_look *out) {
  uint64_t differ;
  const pl_look_class *class = pl_look_differing(tally, &differ);
  out->fits = tally->fits;
  out->unreadable = tally->unreadable;
  out->wrong = tally->wrong;
  for (size_t i = 0; i < tally->n; i++) {
    out->has_dates |= tally->classes[i].has_dates;
    out->has_instants |= tally->classes[i].has_instants;
  }
  if (tally->fits == 0) return;
  if (tally->all == 0) {
    out->state = PL_LOOK_MIXED;
    pl_look_mixed(tally, out->examples);
  } else if (class) {
    out->state = PL_LOOK_AMBIGUOUS;
    out->examples[0] = class->first;
    out->others = differ - 1;
    add_readings(look, tally->all, out);
  } else {
    settle(look, tally, out);
  }
}

void pl_look_time_finish(const pl_column_look *look, pl_time_look *out) {
  pl_look_tally left;
  bool strays = look->times.fits && !look->times.all && leave_out_strays(&look->times, &left);
  *out = (pl_time_look){.state = PL_LOOK_NOTHING};
  out->reader = pl_time_way(0, look->zone, look->days);
  decide(look, strays ? &left : &look->times, out);
}

void pl_time_look_say(const pl_time_look *look, const char *const *files, pl_buf *out) {
  if (look->state == PL_LOOK_AMBIGUOUS)
    pl_look_say_readings(&look->examples[0], look->readings, look->readings_n, look->others,
                         "format", out);
  if (look->state != PL_LOOK_MIXED) return;
  pl_look_say_example(&look->examples[0], files, out);
  pl_buf_text(out, " and ");
  pl_look_say_example(&look->examples[1], files, out);
  pl_buf_text(out, " are not dates or times of one format");
}
