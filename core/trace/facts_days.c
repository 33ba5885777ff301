/* Columns of times that hold the same day in every record: one of them may be a copy
 * of the other, under a name that says more than it knows. */
#include "trace/facts_private.h"

void pl_facts_days_open(pl_facts *f) {
  size_t columns[PL_FACTS_DAYS], n = 0;
  for (size_t i = 0; i < f->columns_n && n < PL_FACTS_DAYS; i++) {
    f->columns[i].day = PL_NO_DAY;
    if (f->columns[i].kind == PL_COLUMN_TIME) columns[n++] = i;
  }
  for (size_t a = 0; a < n; a++)
    for (size_t b = a + 1; b < n; b++)
      f->days[f->days_n++] = (pl_same_days){.a = columns[a], .b = columns[b]};
}

void pl_facts_days_note(pl_facts *f) {
  for (size_t i = 0; i < f->days_n; i++) {
    int32_t a = f->columns[f->days[i].a].day, b = f->columns[f->days[i].b].day;
    if (a == PL_NO_DAY || b == PL_NO_DAY) continue;
    f->days[i].both++;
    f->days[i].same += a == b;
  }
  for (size_t i = 0; i < f->days_n; i++)
    f->columns[f->days[i].a].day = f->columns[f->days[i].b].day = PL_NO_DAY;
}

static void tell(const pl_facts *f, pl_arena *a, pl_value *columns, size_t of, size_t other) {
  pl_value *column = columns->as.list.items[of];
  const pl_value *is = pl_value_get(column, "same_days");
  pl_value *list = is ? (pl_value *)is : pl_value_set(a, column, "same_days", pl_value_list(a));
  pl_value_push(a, list, pl_value_text(a, f->columns[other].name));
}

void pl_facts_days_tell(const pl_facts *f, pl_arena *a, pl_value *columns) {
  if (a->failed || pl_value_count(columns) != f->columns_n) return;
  for (size_t i = 0; i < f->days_n; i++) {
    const pl_same_days *d = &f->days[i];
    if (d->both == 0 || d->same != d->both) continue;
    tell(f, a, columns, d->a, d->b);
    tell(f, a, columns, d->b, d->a);
  }
}
