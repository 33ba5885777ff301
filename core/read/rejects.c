/* rejects.csv: what could not be used, row by row. */
#include "read/rejects.h"

#include <stdlib.h>

static pl_str keep(pl_arena *arena, pl_str s) {
  return (pl_str){pl_arena_copy(arena, s.n ? s.p : "", s.n), s.n};
}

void pl_rejects_add(pl_rejects *list, const pl_reject *reject) {
  pl_reject copy = *reject;
  copy.message = keep(&list->arena, reject->message);
  copy.raw = keep(&list->arena, reject->raw);
  if (copy.message.p && copy.raw.p &&
      pl_grow(&list->items, &list->cap, list->n + 1, sizeof *list->items))
    list->items[list->n++] = copy;
  else
    list->failed = true;
}

void pl_rejects_take(pl_rejects *list, pl_rejects *from) {
  for (size_t i = 0; i < from->n; i++) pl_rejects_add(list, &from->items[i]);
  list->failed |= from->failed;
  pl_rejects_free(from);
}

void pl_rejects_free(pl_rejects *list) {
  pl_free(list->items);
  pl_arena_free(&list->arena);
  *list = (pl_rejects){0};
}

#define BY(a, b)                                                                                   \
  if ((a) != (b)) return (a) < (b) ? -1 : 1

/* Message and row too, so that the order is the same whatever came first. */
static int by_place(const void *left, const void *right) {
  const pl_reject *a = left, *b = right;
  BY(a->file, b->file);
  BY(a->line, b->line);
  BY(a->column, b->column);
  BY(a->code, b->code);
  int order = pl_str_cmp(a->message, b->message);
  return order ? order : pl_str_cmp(a->raw, b->raw);
}

void pl_rejects_sort(pl_rejects *list) {
  if (list->n > 1) qsort(list->items, list->n, sizeof *list->items, by_place);
}

/* Valid UTF-8 whatever the row was: each bad byte becomes U+FFFD. */
/* Control characters would steer the terminal that the file is shown on. Line
 * ends and tabs belong to records. */
static bool is_control(const char *p, size_t n) {
  unsigned char c = (unsigned char)p[0];
  if (c == 0xC2 && n > 1) return (unsigned char)p[1] < 0xA0; /* C1: U+0080 to U+009F */
  return (c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7F;
}

static size_t harmless(pl_str s) {
  size_t valid = pl_utf8_valid(s), n = 0;
  while (n < valid && !is_control(s.p + n, valid - n)) n++;
  return n;
}

static void put_text(pl_buf *out, pl_str s) {
  while (s.n) {
    size_t good = harmless(s);
    bool two = good < s.n && (unsigned char)s.p[good] == 0xC2 && good + 1 < s.n &&
               is_control(s.p + good, 2) && pl_utf8_valid((pl_str){s.p + good, 2}) == 2;
    for (size_t i = 0; i < good; i++) {
      if (s.p[i] == '"') pl_buf_append(out, "\"", 1);
      pl_buf_append(out, s.p + i, 1);
    }
    if (good < s.n) pl_buf_append(out, "\xEF\xBF\xBD", 3);
    good += (good < s.n) + two;
    s.p += good;
    s.n -= good;
  }
}

/* A quoted cell. Spreadsheets run what begins with one of = + - @ or white
 * space as a formula, so an apostrophe goes before it. */
static void put_cell(pl_buf *out, pl_str s) {
  pl_buf_append(out, "\"", 1);
  if (s.n && s.p[0] && strchr("=+-@\t\r\n", s.p[0])) pl_buf_append(out, "'", 1);
  put_text(out, s);
  pl_buf_append(out, "\"", 1);
}

bool pl_rejects_csv(const pl_rejects *list, const char *const *files, pl_buf *out) {
  pl_buf_text(out, "file,line,column,code,message,row\n");
  for (size_t i = 0; i < list->n; i++) {
    const pl_reject *r = &list->items[i];
    put_cell(out, pl_str_of(files[r->file]));
    pl_buf_format(out, ",%u,", r->line);
    if (r->column) pl_buf_format(out, "%u", r->column);
    pl_buf_format(out, ",PL%d,", (int)r->code);
    put_cell(out, r->message);
    pl_buf_append(out, ",", 1);
    put_cell(out, r->raw);
    pl_buf_append(out, "\n", 1);
  }
  return !list->failed && !out->failed;
}
