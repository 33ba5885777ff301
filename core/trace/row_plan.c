/* Records of one file, one after another. Most cells are plain: a text with something
 * to see at both ends and of a length that no text for "blank" has, perhaps a time
 * as the column writes it. These are taken here; all others, and whatever has to be
 * said about one, by row.c. */
#include "trace/row.h"

/* ---- once per file ------------------------------------------------------------------ */

static uint64_t length_bit(size_t n) {
  return (uint64_t)1 << (n < 63 ? n : 63);
}

static uint64_t blank_lengths(const pl_source_def *def) {
  uint64_t lengths = 0;
  for (size_t i = 0; i < def->blank.n; i++)
    lengths |= length_bit(pl_str_trim(pl_str_of(def->blank.items[i])).n);
  return lengths;
}

/* pl_style_time_contradicts, for times that were read. */
static uint8_t plain_kinds(const pl_bound *bound, const pl_slot *slot) {
  const uint8_t dates = 1 << PL_TIME_DATE, instants = 1 << PL_TIME_INSTANT;
  if (slot->style_declared || !pl_row_is_assumed(bound)) return dates | instants;
  if (slot->undecided) return 0;
  return (uint8_t)((slot->has_dates ? dates : 0) | (slot->has_instants ? instants : 0));
}

static void make_op(const pl_row_plan *plan, int at, pl_row_op *op) {
  const pl_slot *slot = &plan->source->slots[at];
  const unsigned parsed = slot->uses & (PL_USES_NUMBER | PL_USES_TIME);
  *op = (pl_row_op){.kind = PL_ROW_ANY, .slot = at};
  op->cell = plan->source->cell_of[plan->input][at];
  if (slot->compute || slot->list_separator || op->cell < 0) return;
  op->blanks = blank_lengths(plan->source->def);
  if (!parsed) op->kind = PL_ROW_TEXT;
  if (parsed != PL_USE_TIME) return;
  op->kind = PL_ROW_TIME;
  op->kinds = plain_kinds(plan->bound, slot);
  pl_time_run_open(&op->times, &slot->reader);
}

bool pl_row_plan_make(pl_row_plan *plan, const pl_bound *bound, const pl_source *source,
                      size_t input) {
  plan->source = NULL;
  if (!pl_grow(&plan->ops, &plan->ops_cap, source->slots_n + 1, sizeof *plan->ops)) return false;
  plan->bound = bound;
  plan->source = source;
  plan->input = input;
  plan->filtered_n = source->filtered_n;
  plan->timed_n = source->filtered_n + source->timed_n;
  plan->n = source->slots_n;
  plan->computes = false;
  for (size_t i = 0; i < plan->n; i++) {
    make_op(plan, source->order[i], &plan->ops[i]);
    plan->computes |= source->slots[source->order[i]].compute != NULL;
  }
  /* a deal that closes after as_of is not unknown: it is open */
  bool closes = source->is_deals && source->time == source->closed;
  plan->checks_time = source->time != PL_NO_SLOT && !closes && !bound->surveying;
  return true;
}

void pl_row_plan_free(pl_row_plan *plan) {
  pl_free(plan->ops);
  *plan = (pl_row_plan){0};
}

/* ---- once per record ------------------------------------------------------------------ */

/* Could it count as blank? An empty one does, but is not doubtful. */
static inline bool is_doubtful(const pl_row_op *op, pl_str text) {
  unsigned char first = (unsigned char)text.p[0], last = (unsigned char)text.p[text.n - 1];
  return (first <= ' ') | (last <= ' ') | (op->blanks >> (text.n < 63 ? text.n : 63) & 1);
}

/* False: row.c must look at it. */
static inline bool take(pl_row_op *op, const pl_str *cells, pl_cell *slots) {
  if (op->kind == PL_ROW_ANY) return false;
  pl_cell *cell = &slots[op->slot];
  const pl_str text = cells[op->cell];
  if (text.n == 0) {
    cell->text = (pl_str){"", 0};
    cell->blank = true;
    if (op->kind == PL_ROW_TIME) cell->time = (pl_time){0};
    return true;
  }
  if (is_doubtful(op, text)) return false;
  cell->text = text;
  cell->blank = false;
  if (op->kind == PL_ROW_TEXT) return true;
  return pl_time_run_read(&op->times, text, &cell->time) && (op->kinds >> cell->time.kind & 1);
}

/* What a plan works with for one record; a struct of its own only where it is needed. */
typedef struct taking {
  pl_row_plan *plan;
  const pl_record *record;
  pl_scratch *scratch;
  pl_cell *slots;
  pl_reject *reject;
} taking;

static pl_row make_row(const taking *t) {
  const pl_row_plan *plan = t->plan;
  return (pl_row){plan->bound, plan->source, plan->input, t->record,
                  t->scratch,  t->slots,     t->reject};
}

static __attribute__((noinline)) pl_row_fate ask(const taking *t, int slot) {
  pl_row row = make_row(t);
  return pl_row_slot(&row, slot);
}

static inline pl_row_fate take_all(const taking *t, size_t from, size_t to) {
  pl_row_op *op = t->plan->ops + from, *end = t->plan->ops + to;
  for (; op < end; op++) {
    if (__builtin_expect(take(op, t->record->cells, t->slots), 1)) continue;
    pl_row_fate fate = ask(t, op->slot);
    if (fate != PL_ROW_USED) return fate;
  }
  return PL_ROW_USED;
}

static __attribute__((noinline)) pl_row_fate ask_where(const taking *t) {
  pl_row row = make_row(t);
  return pl_row_where(&row);
}

pl_row_fate pl_row_plan_eval(pl_row_plan *plan, const pl_record *record, pl_scratch *scratch,
                             pl_cell *slots, pl_reject *reject) {
  const taking t = {plan, record, scratch, slots, reject};
  pl_row_fate fate = PL_ROW_USED;
  if (plan->source->where) {
    fate = take_all(&t, 0, plan->filtered_n);
    if (fate == PL_ROW_USED) fate = ask_where(&t);
  }
  if (fate == PL_ROW_USED)
    fate = take_all(&t, plan->source->where ? plan->filtered_n : 0, plan->timed_n);
  if (fate != PL_ROW_USED) return fate;
  if (plan->checks_time && pl_is_after(slots[plan->source->time].time, plan->bound->as_of))
    return PL_ROW_AFTER_AS_OF;
  return take_all(&t, plan->timed_n, plan->n);
}
