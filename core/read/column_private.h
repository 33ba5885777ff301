/* What the files of the column look share. */
#ifndef PL_READ_COLUMN_PRIVATE_H
#define PL_READ_COLUMN_PRIVATE_H

#include "read/column.h"

int pl_look_place_cmp(pl_look_place a, pl_look_place b);
void pl_look_tally_open(pl_look_tally *tally);
/* Counts a value that the styles of `how` (fits, differs, third) read. Its class, or
 * NULL where nothing reads it. */
pl_look_class *pl_look_tally_note(pl_look_tally *tally, pl_str value, const pl_look_class *how,
                                  pl_look_place place);
/* The values whose results differ between some of the styles that read everything;
 * the first of them, or NULL. */
const pl_look_class *pl_look_differing(const pl_look_tally *tally, uint64_t *count);
/* Two values that no one style reads. */
void pl_look_mixed(const pl_look_tally *tally, pl_look_example out[2]);
/* The smallest place among the classes. */
void pl_look_first(const pl_look_tally *tally, pl_look_example *out);
/* Takes the value if its place is before that of the example so far. */
void pl_look_take_first(pl_look_example *first, pl_str value, pl_look_place place);
void pl_look_example_open(pl_look_example *example);
/* `"12%" (exports/a.csv:17)` */
void pl_look_say_example(const pl_look_example *example, const char *const *files, pl_buf *out);
/* The readings of an ambiguous value, and how many more there are; `field` is
 * what declares one. */
void pl_look_say_readings(const pl_look_example *example, const pl_look_reading *readings, size_t n,
                          uint64_t others, const char *field, pl_buf *out);

void pl_look_number_note(pl_column_look *look, pl_str value, bool machine, pl_look_place place);
void pl_look_number_merge(pl_column_look *look, const pl_column_look *other);
void pl_look_number_finish(const pl_column_look *look, pl_number_look *out);
void pl_look_time_note(pl_column_look *look, pl_str value, pl_look_place place);
void pl_look_time_finish(const pl_column_look *look, pl_time_look *out);
/* Only dates without separators, and no epoch: 20240314. */
bool pl_look_time_is_digits(const pl_column_look *look);

#endif
