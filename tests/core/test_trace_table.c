/* Held tables: what is loaded is what stands in the files, by row and by key. */
#include "trace_fixture.h"

#include <time.h>

#include "trace/hop.h"
#include "trace/share.h"
#include "trace/table_private.h"

/* ---- rows and cells ----------------------------------------------------------- */

static void cells_come_back_as_they_were_read(void **state) {
  (void)state;
  world w;
  world_open(&w);
  const world_column columns[] = {{"id", PL_USE_TEXT, 0},
                                  {"name", PL_USE_TEXT, 0},
                                  {"n", PL_USE_NUMBER, 0},
                                  {"day", PL_USE_TIME, 0}};
  pl_source *s = world_source(&w, "t", columns, 4);
  s->time = 3;
  world_file(&w, s, "t.csv",
             "id,unused,name,n,day\n"
             "1,x,short,1.5,2024-01-02\n"
             "2,x,\"a name of more than seven\nbytes on two lines\",-0.00001,2024-01-03T10:00:00Z\n"
             "3,x,,,\n");
  pl_table *t = world_load(&w, s);
  assert_int_equal(pl_table_rows(t), 3);
  assert_string_equal(world_texts(t), "1,short,,|2,a name of more than seven\nbytes on two "
                                      "lines,,|3,,,");
  /* line 1 is the header; the record of line 3 goes on in line 4 */
  const uint32_t lines[] = {2, 3, 5};
  for (uint32_t row = 0; row < 3; row++) assert_int_equal(pl_table_place(t, row).line, lines[row]);
  pl_cell row[4];
  pl_table_row(t, 0, row);
  assert_int_equal(row[2].number.units, 15000); /* 1.5 in 1/10,000 */
  assert_false(row[2].number.more);
  assert_int_equal(row[3].time.kind, PL_TIME_DATE);
  assert_int_equal(row[3].time.day, 19724); /* 2024-01-02: 54 years × 365 + 13 leap days + 1 */
  pl_table_row(t, 1, row);
  assert_int_equal(row[2].number.units, -1); /* floor(-0.1 units), and more */
  assert_true(row[2].number.more);
  assert_int_equal(row[3].time.kind, PL_TIME_INSTANT);
  assert_int_equal(row[3].time.us, (19725 * 24LL + 10) * 3600 * 1000000);
  assert_true(pl_table_cell(t, 2, 1).blank && pl_table_cell(t, 2, 2).blank);
  assert_int_equal(pl_table_cell(t, 2, 3).time.kind, PL_TIME_NONE);
  assert_int_equal(w.tallies[0].read, 3);
  assert_int_equal(w.tallies[0].used, 3);
  assert_int_equal(w.tallies[0].blank_time, 1);
  assert_int_equal(w.tallies[0].newest.day, 19725);
  assert_int_equal(w.tallies[0].oldest.day, 19724);
  pl_table_free(t);
  world_close(&w);
}

/* Texts around the length that fits into the column itself (7) and around the
 * lengths at which the length takes one more byte (128, 16384). */
static void texts_of_every_length_survive(void **state) {
  (void)state;
  const size_t lengths[] = {1, 6, 7, 8, 127, 128, 129, 16383, 16384, 200000, 1000000};
  const size_t n = sizeof lengths / sizeof *lengths;
  for (unsigned threads = 1; threads <= 3; threads++) {
    world w;
    world_open(&w);
    w.options.threads = threads;
    w.options.chunk = 1000;
    const world_column columns[] = {{"t", PL_USE_TEXT, 0}};
    pl_source *s = world_source(&w, "t", columns, 1);
    pl_buf text = {0};
    pl_buf_text(&text, "t\n");
    for (size_t i = 0; i < n; i++) {
      for (size_t k = 0; k < lengths[i]; k++) pl_buf_append(&text, &"abcdefghijk"[(i + k) % 11], 1);
      pl_buf_text(&text, "\n");
    }
    world_file_bytes(&w, s, "t.csv", text.p, text.n);
    pl_table *t = world_load(&w, s);
    assert_int_equal(pl_table_rows(t), n);
    const char *expected = text.p + 2;
    for (uint32_t row = 0; row < n; row++) {
      pl_str cell = pl_table_cell(t, row, 0).text;
      assert_int_equal(cell.n, lengths[row]);
      assert_memory_equal(cell.p, expected, cell.n);
      expected += cell.n + 1;
    }
    pl_buf_free(&text);
    pl_table_free(t);
    world_close(&w);
  }
}

/* A text of row i; lengths change along the file, so that lanes widen while they are
 * filled: up to 1,499 of 4 to 6 bytes, then of 12, later of 70, which no lane holds. */
static pl_str text_of(uint32_t i, char out[128]) {
  int n = i % 97 == 5   ? 0
          : i < 1500    ? snprintf(out, 128, "%04u%.*s", i, (int)(i % 3), "xy")
          : i % 50 == 7 ? snprintf(out, 128, "%070u", i)
                        : snprintf(out, 128, "id-%09u", i);
  return (pl_str){out, (size_t)n};
}

static void write_texts(world *w, pl_source *s, const char *name, uint32_t from, uint32_t to) {
  pl_buf text = {0};
  char out[128];
  pl_buf_text(&text, "t,k\n");
  for (uint32_t i = from; i < to; i++) {
    pl_str cell = text_of(i, out);
    pl_buf_format(&text, "%.*s,%u\n", PL_STR_ARG(cell), i);
  }
  world_file_bytes(w, s, name, text.p, text.n);
  pl_buf_free(&text);
}

static void assert_row(const pl_table *t, uint32_t row, uint32_t i) {
  char out[128];
  pl_str expected = text_of(i, out);
  pl_cell cell = pl_table_cell(t, row, 0);
  pl_place place = pl_table_place(t, row);
  if (!pl_str_eq(cell.text, expected) || cell.blank != (expected.n == 0))
    fail_msg("row %u is \"%.*s\"", row, PL_STR_ARG(cell.text));
  assert_int_equal(place.file, i >= 4000); /* the second file begins with text 4,000 … */
  assert_int_equal(place.line, i < 4000 ? i + 2 : i - 4000 + 2); /* … and line 1 is its header */
}

static void texts_survive_when_lanes_widen_and_rows_go(void **state) {
  (void)state;
  for (unsigned threads = 1; threads <= 3; threads++) {
    world w;
    world_open(&w);
    w.options.threads = threads;
    w.options.chunk = 3000;
    const world_column columns[] = {{"t", PL_USE_TEXT, 0}, {"k", PL_USE_TEXT, 0}};
    pl_source *s = world_source(&w, "t", columns, 2);
    write_texts(&w, s, "a.csv", 0, 4000);
    write_texts(&w, s, "b.csv", 4000, 6000);
    pl_table *t = world_load(&w, s);
    assert_int_equal(pl_table_rows(t), 6000);
    for (uint32_t row = 0; row < 6000; row++) assert_row(t, row, row);
    /* every third row stays, and of the first file none from 3,000 on */
    static uint32_t rows[6000];
    size_t n = 0;
    for (uint32_t row = 0; row < 6000; row += 3)
      if (row < 3000 || row >= 4000) rows[n++] = row;
    pl_store_keep(&t->store, rows, n);
    for (uint32_t row = 0; row < n; row++) assert_row(t, row, rows[row]);
    /* and of the first file none at all */
    for (n = 0; n < 600; n++) rows[n] = 1000 + (uint32_t)n;
    uint32_t first = 4000 + 2; /* 4,002 is the first of the second file that 3 divides */
    pl_store_keep(&t->store, rows, n);
    for (uint32_t row = 0; row < n; row++) assert_row(t, row, first + row * 3);
    pl_table_free(t);
    world_close(&w);
  }
}

/* 12 bytes and their length take 13 a row, not 8 and 13 in the pool; a line takes 4. */
static void ids_of_one_length_stand_in_their_lane(void **state) {
  (void)state;
  world w;
  world_open(&w);
  const world_column columns[] = {{"id", PL_USE_TEXT, 0}, {"other", PL_USE_TEXT, 0}};
  pl_source *s = world_source(&w, "t", columns, 2);
  pl_buf text = {0};
  pl_buf_text(&text, "id,other\n");
  for (int i = 0; i < 100000; i++) pl_buf_format(&text, "id-%09d,%d\n", i, i % 10);
  world_file_bytes(&w, s, "t.csv", text.p, text.n);
  pl_table *t = world_load(&w, s);
  assert_in_range(pl_table_bytes(t), 100000 * (13 + 8 + 4), 100000 * (13 + 8 + 4) + 100000);
  pl_index *index = pl_table_index(t, (const int[]){0}, 1, NULL);
  size_t with = pl_table_bytes(t);
  pl_table_forget_texts(t); /* of `other`, 8 a row; the index has its keys from `id` */
  assert_int_equal(pl_table_bytes(t), with - 100000 * 8);
  assert_int_equal(pl_index_find(index, PL_STR("id-000077777")), 77777);
  assert_true(pl_str_eq(pl_index_key(index, 5), PL_STR("id-000000005")));
  pl_buf_free(&text);
  pl_table_free(t);
  world_close(&w);
}

static void a_file_with_only_a_header_is_an_empty_table(void **state) {
  (void)state;
  world w;
  world_open(&w);
  const world_column columns[] = {{"id", PL_USE_TEXT, 0}};
  pl_source *s = world_source(&w, "t", columns, 1);
  world_file(&w, s, "a.csv", "id\n");
  world_file(&w, s, "b.csv", "id");
  pl_table *t = world_load(&w, s);
  assert_int_equal(pl_table_rows(t), 0);
  pl_index *index = pl_table_index(t, (const int[]){0}, 1, NULL);
  assert_int_equal(pl_index_groups(index), 0);
  assert_int_equal(pl_index_find(index, PL_STR("x")), PL_NO_GROUP);
  assert_int_equal(w.scan.bytes_done, 3 + 2);
  pl_table_free(t);
  world_close(&w);
}

/* ---- keys --------------------------------------------------------------------- */

static const char *keys_shown(const pl_source *s, const char *a, const char *b, size_t slots_n) {
  static char out[512];
  static const int slots[] = {0, 1};
  pl_cell cells[2] = {{.text = pl_str_of(a), .blank = !*a}, {.text = pl_str_of(b), .blank = !*b}};
  pl_keys keys = {0};
  assert_true(pl_keys_of(s, cells, slots, slots_n, &keys));
  pl_buf shown = {0};
  for (size_t i = 0; i < keys.n; i++) {
    if (i) pl_buf_text(&shown, "|");
    assert_true(pl_key_show(keys.items[i], slots_n, &shown));
  }
  snprintf(out, sizeof out, "%.*s", PL_STR_ARG(pl_buf_view(&shown)));
  pl_buf_free(&shown);
  pl_keys_free(&keys);
  return out;
}

static void keys_of_a_record(void **state) {
  (void)state;
  world w;
  world_open(&w);
  const world_column plain[] = {{"a", PL_USE_TEXT, 0}, {"b", PL_USE_TEXT, 0}};
  const world_column lists[] = {{"a", PL_USE_TEXT, ';'}, {"b", PL_USE_TEXT, ','}};
  pl_source *p = world_source(&w, "plain", plain, 2), *l = world_source(&w, "lists", lists, 2);
  assert_string_equal(keys_shown(p, "x", "", 1), "x");
  assert_string_equal(keys_shown(p, " x;y", "", 1), " x;y"); /* bytes as they are, no list */
  assert_string_equal(keys_shown(p, "", "y", 1), "");
  assert_string_equal(keys_shown(p, "EU", "2024", 2), "EU · 2024");
  assert_string_equal(keys_shown(p, "EU", "", 2), ""); /* a blank part: no key */
  assert_string_equal(keys_shown(l, "x; y ;;x;  ;z", "", 1), "x|y|z");
  assert_string_equal(keys_shown(l, " ; ;", "", 1), "");
  assert_string_equal(keys_shown(l, "a;b", "1,2,1", 2), "a · 1|a · 2|b · 1|b · 2");
  assert_string_equal(keys_shown(l, "a;b", ",", 2), "");
  assert_string_equal(keys_shown(l, "q;w;e;r;t;y;u;i;o;p;a;s;d;f;g;h;j;k;q;k;zz", "", 1),
                      "q|w|e|r|t|y|u|i|o|p|a|s|d|f|g|h|j|k|zz"); /* more than are compared singly */
  world_close(&w);
}

/* ("ab", "c") and ("a", "bc") are different keys although their bytes join alike. */
static void a_composite_key_is_its_parts_with_their_lengths(void **state) {
  (void)state;
  world w;
  world_open(&w);
  const world_column plain[] = {{"a", PL_USE_TEXT, 0}, {"b", PL_USE_TEXT, 0}};
  pl_source *p = world_source(&w, "plain", plain, 2);
  pl_cell cells[2] = {{.text = PL_STR("ab")}, {.text = PL_STR("c")}};
  pl_keys keys = {0};
  const int slots[] = {0, 1};
  assert_true(pl_keys_of(p, cells, slots, 2, &keys));
  assert_int_equal(keys.items[0].n, 11);
  assert_memory_equal(keys.items[0].p, "\2\0\0\0ab\1\0\0\0c", 11);
  uint64_t before = pl_alloc_count();
  for (int i = 0; i < 100; i++) assert_true(pl_keys_of(p, cells, slots, 2, &keys));
  assert_int_equal(pl_alloc_count(), before); /* nothing is allocated once it is warm */
  pl_keys_free(&keys);
  world_close(&w);
}

/* ---- indexes --------------------------------------------------------------------- */

static const char *rows_of(const pl_index *index, pl_str key) {
  static char out[256];
  uint32_t group = pl_index_find(index, key);
  if (group == PL_NO_GROUP) return "none";
  assert_true(pl_str_eq(pl_index_key(index, group), key));
  pl_rows rows = pl_index_rows(index, group);
  size_t at = 0;
  for (uint32_t i = 0; i < rows.n; i++)
    at += (size_t)snprintf(out + at, sizeof out - at, "%s%u", i ? "," : "", pl_row_at(&rows, i));
  return out;
}

static void an_index_finds_all_rows_of_a_key_in_order(void **state) {
  (void)state;
  world w;
  world_open(&w);
  const world_column columns[] = {{"k", PL_USE_TEXT, 0}, {"ids", PL_USE_TEXT, ';'}};
  pl_source *s = world_source(&w, "t", columns, 2);
  world_file(&w, s, "t.csv",
             "k,ids\n"
             "a,1;2\n"                     /* row 0 */
             "b, 2 ;; 2;3\n"               /* 1 */
             ",\n"                         /* 2: matches nothing */
             "a longer key than seven,2\n" /* 3 */
             "a,;\n");                     /* 4 */
  pl_table *t = world_load(&w, s);
  pl_index *k = pl_table_index(t, (const int[]){0}, 1, NULL);
  assert_int_equal(pl_index_groups(k), 3);
  assert_string_equal(rows_of(k, PL_STR("a")), "0,4");
  assert_string_equal(rows_of(k, PL_STR("b")), "1");
  assert_string_equal(rows_of(k, PL_STR("a longer key than seven")), "3");
  assert_string_equal(rows_of(k, PL_STR("A")), "none"); /* bytes, not letters */
  assert_string_equal(rows_of(k, PL_STR("")), "none");
  pl_index *ids = pl_table_index(t, (const int[]){1}, 1, NULL);
  assert_string_equal(rows_of(ids, PL_STR("2")), "0,1,3"); /* row 1 says it twice */
  assert_string_equal(rows_of(ids, PL_STR("3")), "1");
  pl_index *both = pl_table_index(t, (const int[]){0, 1}, 2, NULL);
  assert_int_equal(pl_index_groups(both), 5); /* a1 a2 b2 b3 (long)2 */
  const int again[] = {0};
  assert_ptr_equal(pl_table_index(t, again, 1, NULL), k); /* built once */
  assert_true(pl_table_bytes(t) > 0);
  pl_table_free(t);
  world_close(&w);
}

/* ---- duplicates = "first" and "last" ------------------------------------------------ */

/* What an index keeps depends on its keys; what it says does not. */
static void an_index_of_one_column_says_the_same_however_it_is_kept(void **state) {
  (void)state;
  world w;
  world_open(&w);
  const world_column columns[] = {
      {"own", PL_USE_TEXT, 0}, {"some", PL_USE_TEXT, 0}, {"many", PL_USE_TEXT, 0}};
  pl_source *s = world_source(&w, "t", columns, 3);
  world_file(&w, s, "t.csv",
             "own,some,many\n"
             "a,,x\n"
             "b,p,y\n"
             "c,,x\n"
             "d,q,\n"
             "a longer one,r,y\n"
             "f,,x\n");
  pl_table *t = world_load(&w, s);
  pl_index *own = pl_table_index(t, (const int[]){0}, 1, NULL);
  pl_index *some = pl_table_index(t, (const int[]){1}, 1, NULL);
  pl_index *many = pl_table_index(t, (const int[]){2}, 1, NULL);
  assert_true(pl_index_is_rows(own)); /* every row has one, and each its own */
  assert_false(pl_index_is_rows(some));
  assert_false(pl_index_is_rows(many));
  assert_int_equal(pl_index_groups(own), 6);
  assert_int_equal(pl_index_groups(some), 3);
  assert_int_equal(pl_index_groups(many), 2);
  assert_string_equal(rows_of(own, PL_STR("a longer one")), "4");
  assert_string_equal(rows_of(own, PL_STR("e")), "none");
  assert_string_equal(rows_of(own, PL_STR("")), "none");
  assert_string_equal(rows_of(some, PL_STR("p")), "1");
  assert_string_equal(rows_of(some, PL_STR("r")), "4");
  assert_string_equal(rows_of(some, PL_STR("")), "none");
  assert_string_equal(rows_of(many, PL_STR("x")), "0,2,5");
  assert_string_equal(rows_of(many, PL_STR("y")), "1,4");
  assert_int_equal(pl_index_rows_total(some), 3);
  assert_int_equal(pl_index_rows_total(many), 5);
  const pl_str keys[] = {PL_STR("q"), PL_STR(""), PL_STR("none"), PL_STR("p")};
  uint32_t groups[4];
  pl_index_find_many(some, keys, 4, groups);
  assert_int_equal(groups[0], 1); /* p, q, r in the order of their first rows */
  assert_int_equal(groups[1], PL_NO_GROUP);
  assert_int_equal(groups[2], PL_NO_GROUP);
  assert_int_equal(groups[3], 0);
  pl_table_free(t);
  world_close(&w);
}

/* ---- near misses --------------------------------------------------------------- */

static const char *near_of(const pl_near *near, const pl_index *index, const char *key) {
  static char out[256];
  pl_near_scratch scratch = {0};
  const uint32_t *groups;
  size_t n = pl_near_find(near, pl_str_of(key), &scratch, &groups), at = 0;
  out[0] = '\0';
  for (size_t i = 0; i < n; i++)
    at += (size_t)snprintf(out + at, sizeof out - at, "%s%.*s", i ? "|" : "",
                           PL_STR_ARG(pl_index_key(index, groups[i])));
  pl_near_scratch_free(&scratch);
  return out;
}

static void a_near_miss_finds_all_keys_of_its_fold(void **state) {
  (void)state;
  world w;
  world_open(&w);
  const world_column columns[] = {{"id", PL_USE_TEXT, 0}, {"plain", PL_USE_TEXT, 0}};
  pl_source *s = world_source(&w, "t", columns, 2);
  world_file(&w, s, "t.csv",
             "id,plain\n"
             "acme,c1\n"
             "ACME,c2\n"
             "Acme Inc,c3\n"
             "b1,c4\n"
             "a.c.m.e,c5\n"
             "--,c6\n");
  pl_table *t = world_load(&w, s);
  pl_index *index = pl_table_index(t, (const int[]){0}, 1, NULL);
  pl_near *near = pl_near_new(index, 1, NULL);
  assert_string_equal(near_of(near, index, "A-C-M-E"), "ACME|a.c.m.e|acme"); /* bytewise */
  assert_string_equal(near_of(near, index, "acmeinc"), "Acme Inc");          /* its own fold */
  assert_string_equal(near_of(near, index, "B1"), "b1"); /* a key that folding leaves alone */
  assert_string_equal(near_of(near, index, "b2"), "");
  assert_string_equal(near_of(near, index, "..."), ""); /* nothing is left to be near */
  pl_near_free(near);
  pl_index *plain = pl_table_index(t, (const int[]){1}, 1, NULL);
  near = pl_near_new(plain, 1, NULL);
  assert_string_equal(near_of(near, plain, "C-3"), "c3");
  assert_string_equal(near_of(near, plain, "c7"), "");
  pl_near_free(near);
  pl_table_free(t);
  world_close(&w);
}

/* ---- work that is shared -------------------------------------------------------- */

static bool count_part(void *ctx, unsigned thread, size_t from, size_t to) {
  unsigned char *done = ctx;
  assert_true(thread < 4);
  for (size_t i = from; i < to; i++) done[i]++;
  return to < 1000;
}

static void shared_work_is_done_once(void **state) {
  (void)state;
  for (unsigned threads = 0; threads <= 4; threads++) {
    unsigned char done[999] = {0};
    assert_true(pl_share(0, 10, threads, count_part, done));
    assert_true(pl_share(999, 10, threads, count_part, done));
    for (size_t i = 0; i < 999; i++) assert_int_equal(done[i], 1);
    unsigned char more[1000] = {0};
    assert_false(pl_share(1000, 7, threads, count_part, more)); /* the last part fails */
  }
}

static const char versions[] = "id,at,v\n"
                               "1,2024-03-01,b\n"
                               "2,2024-01-01,x\n"
                               "1,2024-02-01,a\n"
                               "1,2024-03-01,c\n"
                               "2,,blank\n"
                               ",2024-01-01,none\n"
                               ",2024-01-01,none\n";

static const char *kept(pl_duplicates how, int by, pl_tally *tally) {
  static char out[256];
  world w;
  world_open(&w);
  const world_column columns[] = {
      {"id", PL_USE_TEXT, 0}, {"at", PL_USE_TIME, 0}, {"v", PL_USE_TEXT, 0}};
  pl_source *s = world_source(&w, "t", columns, 3);
  world_key(&w, s, (const int[]){0}, 1, how);
  s->duplicates_by = by;
  world_file(&w, s, "t.csv", versions);
  pl_table *t = world_load(&w, s);
  snprintf(out, sizeof out, "%s", world_texts(t));
  *tally = w.tallies[0];
  pl_table_free(t);
  world_close(&w);
  return out;
}

static void first_and_last_choose_by_time_then_by_place(void **state) {
  (void)state;
  pl_tally tally;
  /* 1: the earliest is of February; 2: a blank time comes before every other;
   * records with a blank key have no identity and all stay */
  assert_string_equal(kept(PL_DUPLICATES_FIRST, 1, &tally), "1,,a|2,,blank|,,none|,,none");
  assert_int_equal(tally.duplicates, 3);
  assert_int_equal(tally.used, 4);
  assert_int_equal(tally.read, 7);
  assert_int_equal(tally.blank_keys, 2);
  /* 1: two of March, the later place wins */
  assert_string_equal(kept(PL_DUPLICATES_LAST, 1, &tally), "2,,x|1,,c|,,none|,,none");
  assert_string_equal(kept(PL_DUPLICATES_ALL, 1, &tally),
                      "1,,b|2,,x|1,,a|1,,c|2,,blank|,,none|,,none");
  assert_int_equal(tally.duplicates, 0);
  /* no time at all: by place */
  assert_string_equal(kept(PL_DUPLICATES_FIRST, PL_NO_SLOT, &tally), "1,,b|2,,x|,,none|,,none");
  assert_string_equal(kept(PL_DUPLICATES_LAST, PL_NO_SLOT, &tally), "1,,c|2,,blank|,,none|,,none");
}

/* ---- memory ------------------------------------------------------------------------- */

static void every_allocation_may_fail(void **state) {
  (void)state;
  world w;
  world_open(&w);
  const world_column columns[] = {
      {"id", PL_USE_TEXT, 0}, {"ids", PL_USE_TEXT, ';'}, {"n", PL_USE_NUMBER, 0}};
  pl_source *s = world_source(&w, "t", columns, 3);
  world_key(&w, s, (const int[]){0}, 1, PL_DUPLICATES_ERROR);
  pl_buf text = {0};
  pl_buf_text(&text, "id,ids,n\n");
  for (int i = 0; i < 200; i++)
    pl_buf_format(&text, "identity number %d,%d;a long element %d,%s\n", i, i, i,
                  i == 77 ? "bad" : "1");
  world_file_bytes(&w, s, "t.csv", text.p, text.n);
  pl_buf_free(&text);
  for (unsigned threads = 1; threads <= 2; threads++) {
    w.options.threads = threads;
    w.options.chunk = 2000;
    bool done = false;
    for (uint64_t at = 1; !done; at++) {
      pl_table *t = NULL;
      pl_alloc_fail_at(at);
      pl_status status = pl_table_load(&w.scan, s, &t, &w.err);
      pl_index *index = NULL;
      if (status == PL_OK) index = pl_table_index(t, (const int[]){0, 1}, 2, &w.err);
      pl_alloc_fail_at(0);
      assert_true(status == PL_OK || (status == PL_E_MEMORY && t == NULL));
      done = index != NULL;
      if (done) assert_int_equal(pl_table_rows(t), 199);
      if (done) assert_int_equal(pl_index_groups(index), 398);
      pl_table_free(t);
      assert_true(at < 100000);
      pl_rejects_free(&w.scan.rejects);
    }
  }
  world_close(&w);
}

/* ---- a large one ---------------------------------------------------------------------- */

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Rows come from PL_TABLE_ROWS (20,000 unless set): row i has id i, and key
 * i * 7919 % rows, a permutation as long as 7919 does not divide the rows. */
static void a_large_table_is_found_row_by_row(void **state) {
  (void)state;
  const char *given = getenv("PL_TABLE_ROWS");
  uint32_t n = given ? (uint32_t)atoi(given) : 20000;
  world w;
  world_open(&w);
  w.options.threads = 2;
  const world_column columns[] = {
      {"id", PL_USE_TEXT, 0}, {"key", PL_USE_TEXT, 0}, {"n", PL_USE_NUMBER, 0}};
  pl_source *s = world_source(&w, "t", columns, 3);
  world_key(&w, s, (const int[]){0}, 1, PL_DUPLICATES_ERROR);
  pl_buf text = {0};
  pl_buf_text(&text, "id,key,n\n");
  for (uint32_t i = 0; i < n; i++)
    pl_buf_format(&text, "%u,contact-%08u,%u.25\n", i, (uint32_t)((uint64_t)i * 7919 % n), i);
  world_file_bytes(&w, s, "t.csv", text.p, text.n);
  double t0 = now();
  pl_table *t = world_load(&w, s);
  double t1 = now();
  pl_index *index = pl_table_index(t, (const int[]){1}, 1, NULL);
  double t2 = now();
  assert_int_equal(pl_index_groups(index), n);
  for (uint32_t i = 0; i < n; i++) {
    char key[32];
    snprintf(key, sizeof key, "contact-%08u", (uint32_t)((uint64_t)i * 7919 % n));
    pl_rows rows = pl_index_rows(index, pl_index_find(index, pl_str_of(key)));
    if (rows.n != 1 || pl_row_at(&rows, 0) != i) fail_msg("row %u is not found by its key", i);
  }
  if (given)
    print_message("%u rows: load %.2f s (%.0f MB/s), index %.2f s, find %.2f s, %zu MB\n", n,
                  t1 - t0, (double)text.n / 1e6 / (t1 - t0), t2 - t1, now() - t2,
                  pl_table_bytes(t) >> 20);
  pl_buf_free(&text);
  pl_table_free(t);
  world_close(&w);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cells_come_back_as_they_were_read),
      cmocka_unit_test(texts_of_every_length_survive),
      cmocka_unit_test(texts_survive_when_lanes_widen_and_rows_go),
      cmocka_unit_test(ids_of_one_length_stand_in_their_lane),
      cmocka_unit_test(a_file_with_only_a_header_is_an_empty_table),
      cmocka_unit_test(keys_of_a_record),
      cmocka_unit_test(a_composite_key_is_its_parts_with_their_lengths),
      cmocka_unit_test(an_index_finds_all_rows_of_a_key_in_order),
      cmocka_unit_test(an_index_of_one_column_says_the_same_however_it_is_kept),
      cmocka_unit_test(a_near_miss_finds_all_keys_of_its_fold),
      cmocka_unit_test(shared_work_is_done_once),
      cmocka_unit_test(first_and_last_choose_by_time_then_by_place),
      cmocka_unit_test(every_allocation_may_fail),
      cmocka_unit_test(a_large_table_is_found_row_by_row),
  };
  return cmocka_run_group_tests_name("trace_table", tests, NULL, NULL);
}
