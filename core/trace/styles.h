/* How undeclared number and time columns are written: what read/column.h finds in
 * a sample or in the whole column becomes the style of a slot, or an error. */
#ifndef PL_TRACE_STYLES_H
#define PL_TRACE_STYLES_H

#include "read/column.h"
#include "trace/bind.h"

/* Does a value contradict what was found? `number` / `time`: it was read as that. */
bool pl_style_number_contradicts(const pl_slot *slot, pl_str text, bool machine, bool read,
                                 pl_number_marks marks);
bool pl_style_time_contradicts(const pl_slot *slot, pl_str text, const pl_time *time);
/* Reads a number as the column writes it; where nobody could look at the values
 * beforehand nothing may stand beside them. */
pl_number_result pl_style_number(const pl_slot *slot, pl_str text, bool exponent, pl_number *out,
                                 pl_number_marks *marks);
/* The same, of a file that is known: in JSON a point is the decimal point, however
 * the other files of the source are written. */
pl_number_result pl_style_number_in(const pl_source *source, size_t input, const pl_slot *slot,
                                    pl_str text, pl_number *out, pl_number_marks *marks);

/* Reads a time as the column writes it; white space around one counts only where
 * the format is declared. */
bool pl_style_time(const pl_slot *slot, pl_str text, pl_time *out);

/* The texts of all slots, without numbers, times or filters. */
void pl_row_texts(const pl_source *source, size_t input, const pl_record *record,
                  pl_scratch *scratch, pl_cell *slots);

/* What to look for in a slot: PL_LOOK_ bits; 0: nothing is to be settled. */
unsigned pl_style_asks(const pl_slot *slot);
/* Numbers of a program, not of people (read/column.h). */
bool pl_style_machine(const pl_source *source, size_t input, const pl_slot *slot);
/* Which files of a source one tool wrote, as far as their format, delimiter and
 * encoding tell. Only files of one group prove anything for each other. */
typedef struct pl_style_groups {
  size_t *of; /* [input] -> its group */
  size_t n;
  size_t json; /* the group of all JSON files; SIZE_MAX: there is none */
} pl_style_groups;
bool pl_style_groups_open(pl_arena *arena, const pl_source *source, pl_style_groups *out);
/* What the looks of a slot come to together, settled per group or not. */
void pl_style_look_at_all(pl_column_look *const *looks, const pl_style_groups *groups,
                          pl_column_look *all);

/* --- styles_doubts.c: all open columns of a source, so that one line settles them --- */
typedef struct pl_style_doubt { /* of a slot; what config may say, as its readings have it */
  size_t numbers_n, times_n;    /* 0: nothing is in doubt */
  char numbers[PL_LOOK_READINGS][PL_TIME_DECLARE], times[PL_LOOK_READINGS][PL_TIME_DECLARE];
} pl_style_doubt;
/* `looks`: by slot, then group; NULL where nothing is to be settled. `out`: by slot;
 * false: memory. */
bool pl_style_doubts_find(pl_arena *arena, const pl_source *source, pl_column_look **const *looks,
                          const pl_style_groups *groups, pl_style_doubt **out);
/* `numbers = { ["a"] = "…", ["b"] = "…" }`: this column, what audit.lua says already, and
 * what else is in doubt, so that no line overwrites another. `formats` likewise; `reading`:
 * which of their readings the others are given. */
void pl_style_say_numbers(const pl_source *source, const pl_slot *slot, const char *style,
                          const pl_style_doubt *doubts, pl_buf *out);
void pl_style_say_formats(const pl_source *source, const pl_slot *slot, const char *format,
                          const pl_style_doubt *doubts, size_t reading, pl_buf *out);
size_t pl_style_doubts_numbers(const pl_source *source, const pl_style_doubt *doubts);

/* Settles a slot from a look at each group. `whole`: all of the column was seen, so
 * that what is ambiguous remains so. Errors go to who needs the column: returned if
 * audit.lua does. */
pl_status pl_style_settle(pl_bound *bound, pl_source *source, int slot,
                          pl_column_look *const *looks, const pl_style_groups *groups,
                          const pl_style_doubt *doubts, bool whole, pl_error *err);
/* Tells those who need a column what is wrong with it: returned if audit.lua does. */
pl_status pl_style_blame(pl_bound *bound, pl_source *source, int slot, unsigned uses,
                         const pl_error *why, pl_error *err);

/* --- styles_json.c --- */
/* A value of JSON under a declared style with a decimal comma: is it ... */
enum {
  PL_JSON_NUMBER = 1, /* read with a point only: 1.5 */
  PL_JSON_TEXT = 2,   /* read in the declared style only: "1.234,5" */
  PL_JSON_EITHER = 4  /* both, and not the same: 1.234 */
};
bool pl_style_json_is_declared(const pl_source *source, size_t input, const pl_slot *slot);
/* Of a kind that the sample did not show? */
bool pl_style_json_contradicts(const pl_slot *slot, pl_str text);
/* `look`: of the JSON files; NULL: there are none. */
pl_status pl_style_settle_json(const pl_bound *bound, const pl_source *source, pl_slot *slot,
                               const pl_column_look *look, bool whole, pl_error *err);
/* Marks slots whose files are JSON, or some of them. */
void pl_style_mark_json(pl_bound *bound);
/* Conditions of rule files do not know the file of a value: none may compare numbers
 * that JSON writes with a point and other files of the source with a comma. */
pl_status pl_style_check_json(pl_bound *bound, pl_error *err);
/* Columns that are looked up take over what is known of where they come from. */
void pl_style_inherit(pl_bound *bound);
/* Signs beside the deals' amounts must not speak against the audit's currency. */
pl_status pl_style_check_currency(const pl_bound *bound, pl_error *err);
/* Amounts whose records name their currency may have different signs. */
void pl_style_allow_signs(pl_bound *bound);

/* --- styles_say.c: the errors --- */
pl_status pl_style_fail_number(const pl_bound *bound, const pl_source *source, const pl_slot *slot,
                               const pl_number_look *look, const pl_style_doubt *doubts,
                               pl_error *err);
pl_status pl_style_fail_time(const pl_bound *bound, const pl_source *source, const pl_slot *slot,
                             const pl_time_look *look, const pl_style_doubt *doubts, pl_error *err);

#endif
