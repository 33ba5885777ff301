/* The parallel scan: every record once, each at its true line, and the same
 * outcome whatever the number of threads and wherever the chunks end. */
#include "trace_fixture.h"

/* ---- what a scan gave, as text ---------------------------------------------------- */

typedef struct seen_row {
  pl_place place;
  char *text;
} seen_row;

/* Rows by thread, as they came. */
typedef struct listener {
  const pl_source *source;
  seen_row *rows[PL_MAX_THREADS];
  size_t n[PL_MAX_THREADS], cap[PL_MAX_THREADS];
  const char *stop_at; /* a text of the first slot at which to stop, or NULL */
} listener;

static bool listen(void *ctx, unsigned thread, const pl_cell *slots, pl_place place) {
  listener *l = ctx;
  pl_buf text = {0};
  for (size_t i = 0; i < l->source->slots_n; i++) {
    if (i) pl_buf_text(&text, ",");
    pl_buf_str(&text, slots[i].text);
  }
  if (l->n[thread] == l->cap[thread]) {
    l->cap[thread] = l->cap[thread] * 2 + 8;
    l->rows[thread] = realloc(l->rows[thread], l->cap[thread] * sizeof(seen_row));
  }
  l->rows[thread][l->n[thread]++] = (seen_row){place, strdup(text.p)};
  pl_buf_free(&text);
  return !l->stop_at || !pl_str_eq(slots[0].text, pl_str_of(l->stop_at));
}

static int by_place(const void *a, const void *b) {
  const seen_row *x = a, *y = b;
  if (x->place.file != y->place.file) return x->place.file < y->place.file ? -1 : 1;
  return x->place.line < y->place.line ? -1 : x->place.line > y->place.line;
}

static void show_rows(listener *l, pl_buf *out) {
  size_t n = 0;
  seen_row *all = NULL;
  for (unsigned t = 0; t < PL_MAX_THREADS; t++) {
    for (size_t i = 1; i < l->n[t]; i++) /* one thread sees its records in order */
      assert_true(by_place(&l->rows[t][i - 1], &l->rows[t][i]) < 0);
    all = realloc(all, (n + l->n[t] + 1) * sizeof *all);
    if (l->n[t]) memcpy(all + n, l->rows[t], l->n[t] * sizeof *all);
    n += l->n[t];
    free(l->rows[t]);
  }
  if (n) qsort(all, n, sizeof *all, by_place);
  for (size_t i = 0; i < n; i++) {
    pl_buf_format(out, "%u:%u %s\n", all[i].place.file, all[i].place.line, all[i].text);
    free(all[i].text);
  }
  free(all);
}

static void show_tally(const pl_tally *t, pl_buf *out) {
  char newest[PL_TIME_TEXT] = "none";
  pl_time day = {.day = t->newest.day, .kind = PL_TIME_DATE};
  if (t->newest.kind) pl_time_text(day, NULL, newest);
  pl_buf_format(out, "read %d used %d rejected %d after %d duplicates %d blank keys %d newest %s\n",
                (int)t->read, (int)t->used, (int)t->rejected, (int)t->after_as_of,
                (int)t->duplicates, (int)t->blank_keys, newest);
}

/* Rows, tally, rejects; or the error. Rows of a scan that failed are not shown:
 * how many were given before it stopped is nobody's promise. */
static const char *scanned(world *w, pl_source *s, listener *l) {
  static pl_buf out;
  listener own = {0};
  if (!l) l = &own;
  l->source = s;
  pl_rejects_free(&w->scan.rejects);
  w->scan.style_contradicted = false;
  pl_status status = pl_scan_source(&w->scan, s, listen, l, &w->err);
  pl_buf rows = {0};
  pl_buf_clear(&out);
  pl_buf_text(&out, "");
  show_rows(l, &rows);
  if (status != PL_OK) {
    pl_buf_format(&out, "error %d %s:%u: %s\n", (int)status, w->err.file, w->err.line,
                  w->err.message);
  } else if (w->scan.style_contradicted) {
    pl_buf_text(&out, "contradicted\n");
  } else {
    pl_buf_str(&out, pl_buf_view(&rows));
    show_tally(&w->tallies[s->index], &out);
    for (size_t i = 0; i < w->scan.rejects.n; i++) {
      const pl_reject *r = &w->scan.rejects.items[i];
      pl_buf_format(&out, "reject %u:%u:%u PL%d %.*s\n", r->file, r->line, r->column, (int)r->code,
                    PL_STR_ARG(r->raw));
    }
  }
  pl_buf_free(&rows);
  return out.p;
}

static const unsigned thread_counts[] = {1, 2, 3, 8};
static const uint64_t chunk_sizes[] = {0, 1, 7, 64, 1000, 65536};

/* The same for every number of threads and every size of chunk. */
static void assert_scanned(world *w, pl_source *s, const char *expected) {
  for (size_t t = 0; t < sizeof thread_counts / sizeof *thread_counts; t++)
    for (size_t c = 0; c < sizeof chunk_sizes / sizeof *chunk_sizes; c++) {
      w->options.threads = thread_counts[t];
      w->options.chunk = chunk_sizes[c];
      const char *got = scanned(w, s, NULL);
      if (strcmp(got, expected) != 0)
        fail_msg("%u threads, chunks of %d:\n%s\nexpected:\n%s", w->options.threads,
                 (int)w->options.chunk, got, expected);
    }
}

static const world_column columns[] = {{"id", PL_USE_TEXT, 0},
                                       {"v", PL_USE_TEXT | PL_USE_NUMBER, 0},
                                       {"at", PL_USE_TEXT | PL_USE_TIME, 0}};

static pl_source *keyed(world *w) {
  world_open(w);
  pl_source *s = world_source(w, "t", columns, 3);
  world_key(w, s, (const int[]){0}, 1, PL_DUPLICATES_ERROR);
  s->time = 2;
  return s;
}

/* ---- rows, lines, tallies ------------------------------------------------------------ */

static void every_record_has_its_line_and_its_fate(void **state) {
  (void)state;
  world w;
  pl_source *s = keyed(&w);
  world_file(&w, s, "a.csv",
             "id,v,note,at\n"
             "1,5,\"two\n\nlines, \"\"quoted\"\"\",2024-01-01\n"   /* lines 2-4 */
             "\n"                                                  /* 5: blank, no record */
             "2,x,,2024-01-01\n"                                   /* 6: not a number */
             "3,5\n"                                               /* 7: too few cells */
             "4,6,,2025-01-01\n"                                   /* 8: after as_of, end of 2024 */
             ",7,,\n"                                              /* 9: no identity */
             "1,5,\"two\n\nlines, \"\"quoted\"\"\",2024-01-01\r\n" /* 10: as line 2 */
             "5,8,last,2024-06-30");                               /* 13: no line end */
  world_file(&w, s, "b.csv",
             "at,note,v,id\n"        /* another order of columns */
             "2024-06-30,last,8,5\n" /* as a.csv:13 */
             "2024-06-30,\"x\ny\",9,6\n");
  assert_scanned(&w, s,
                 "0:2 1,5,2024-01-01\n"
                 "0:9 ,7,\n"
                 "0:13 5,8,2024-06-30\n"
                 "1:3 6,9,2024-06-30\n"
                 "read 9 used 4 rejected 2 after 1 duplicates 2 blank keys 1 newest 2024-06-30\n"
                 "reject 0:6:3 PL203 2,x,,2024-01-01\n"
                 "reject 0:7:4 PL201 3,5\n");
  assert_true(w.scan.bytes_done > 0);
  world_close(&w);
}

/* ---- duplicates -------------------------------------------------------------------------- */

static void differing_records_of_one_key_are_shown_both(void **state) {
  (void)state;
  world w;
  pl_source *s = keyed(&w);
  world_file(&w, s, "a.csv", "id,v,note,at\n1,5,,2024-01-01\n2,6,\"a\nb\",2024-01-01\n");
  world_file(&w, s, "b.csv",
             "id,v,note,at\n3,5,,2024-01-01\n2,6,\"a\nc\",2024-01-01\n"
             "1,9,,2024-01-01\n");
  /* `note` is no slot: no plan uses it, and yet the records are not the same */
  assert_scanned(&w, s,
                 "error 3 b.csv:3: a.csv:3 and b.csv:3 have the same key \"2\" (id of \"t\") but "
                 "differ in column \"note\": \"a\nb\" and \"a\nc\"\n");
  assert_non_null(strstr(w.err.hint, "duplicates = \"last\""));
  world_close(&w);
}

static void a_column_that_one_file_lacks_is_as_one_that_is_empty(void **state) {
  (void)state;
  world w;
  pl_source *s = keyed(&w);
  world_file(&w, s, "a.csv", "id,v,at,extra\n1,5,2024-01-01,\n2,5,2024-01-01,more\n");
  world_file(&w, s, "b.csv", "id,v,at\n1,5,2024-01-01\n");
  assert_scanned(&w, s,
                 "0:2 1,5,2024-01-01\n0:3 2,5,2024-01-01\n"
                 "read 3 used 2 rejected 0 after 0 duplicates 1 blank keys 0 newest "
                 "2024-01-01\n");
  world_close(&w);
}

static void a_composite_key_compares_all_its_parts(void **state) {
  (void)state;
  world w;
  world_open(&w);
  pl_source *s = world_source(&w, "t", columns, 3);
  world_key(&w, s, (const int[]){0, 1}, 2, PL_DUPLICATES_ERROR);
  world_file(&w, s, "a.csv",
             "id,v,at\n1,12,2024-01-01\n11,2,2024-01-01\n1,,2024-01-01\n"
             "1,,2024-01-02\n1,12,2024-01-02\n");
  assert_scanned(&w, s,
                 "error 3 a.csv:6: a.csv:2 and a.csv:6 have the same key \"1 · 12\" (the "
                 "key columns of \"t\") but differ in column \"at\": \"2024-01-01\" and "
                 "\"2024-01-02\"\n");
  world_close(&w);
}

static void with_all_nothing_collapses(void **state) {
  (void)state;
  world w;
  world_open(&w);
  pl_source *s = world_source(&w, "t", columns, 3);
  world_key(&w, s, (const int[]){0}, 1, PL_DUPLICATES_ALL);
  world_file(&w, s, "a.csv", "id,v,at\n1,5,\n1,5,\n1,6,\n");
  assert_scanned(&w, s,
                 "0:2 1,5,\n0:3 1,5,\n0:4 1,6,\n"
                 "read 3 used 3 rejected 0 after 0 duplicates 0 blank keys 0 newest none\n");
  world_close(&w);
}

/* ---- errors: the earliest place wins ----------------------------------------------------- */

static void the_earliest_error_wins(void **state) {
  (void)state;
  world w;
  pl_source *s = keyed(&w);
  world_file(&w, s, "a.csv", "id,v,at\n1,5,\n2,6,\n1,7,\n3,\"never ends,\n4,5,\n");
  assert_scanned(&w, s,
                 "error 3 a.csv:4: a.csv:2 and a.csv:4 have the same key \"1\" (id of "
                 "\"t\") but differ in column \"v\": \"5\" and \"7\"\n");
  world_close(&w);
  s = keyed(&w);
  world_file(&w, s, "a.csv", "id,v,at\n1,5,\n2,6,\n3,\"never ends,\n1,7,\n4,5,\n");
  w.options.threads = 1;
  char *alone = strdup(scanned(&w, s, NULL));
  assert_int_equal(strncmp(alone, "error 3 a.csv:4: ", 17), 0);
  assert_scanned(&w, s, alone);
  free(alone);
  world_close(&w);
}

static void a_style_that_turns_out_wrong_stops_the_scan(void **state) {
  (void)state;
  world w;
  pl_source *s = keyed(&w);
  s->slots[2].style_declared = false; /* the sample saw dates only */
  s->slots[2].has_dates = true;
  world_file(&w, s, "a.csv", "id,v,at\n1,5,2024-01-01\n2,5,2024-01-01T10:00:00Z\n1,6,2024-01-01\n");
  for (size_t c = 0; c < sizeof chunk_sizes / sizeof *chunk_sizes; c++) {
    s->slots[2].has_instants = false;
    w.options.threads = 2;
    w.options.chunk = chunk_sizes[c];
    assert_string_equal(scanned(&w, s, NULL), "contradicted\n");
    assert_true(s->slots[2].has_dates && s->slots[2].has_instants);
  }
  s->slots[2].has_instants = false;
  w.scan.style_contradicted = false;
  pl_table *table = (pl_table *)&w;
  assert_int_equal(pl_table_load(&w.scan, s, &table, &w.err), PL_OK);
  assert_null(table);
  world_close(&w);
}

static void a_receiver_can_stop_the_scan(void **state) {
  (void)state;
  world w;
  pl_source *s = keyed(&w);
  world_file(&w, s, "a.csv", "id,v,at\n1,5,\n2,6,\n3,7,\n4,8,\n");
  for (unsigned threads = 1; threads <= 4; threads++) {
    listener l = {.stop_at = "2"};
    w.options.threads = threads;
    w.options.chunk = 4;
    scanned(&w, s, &l);
    assert_int_equal(w.err.status, PL_E_CANCELLED);
  }
  world_close(&w);
}

/* ---- limits, cancelling, progress ---------------------------------------------------------- */

static void too_many_rejects_end_the_scan(void **state) {
  (void)state;
  world w;
  pl_source *s = keyed(&w);
  world_file(&w, s, "a.csv", "id,v,at\n1,5,\n2,a,\n3,6,\n4,b,\n");
  w.options.max_rejects = 1;
  assert_scanned(&w, s,
                 "error 3 a.csv:3: 2 of the 4 records of \"t\" cannot be used (2 in all "
                 "sources so far); at most 1 are allowed\n");
  assert_int_equal(w.err.column, 3);
  assert_string_equal(w.err.excerpt, "2,a,");
  assert_non_null(strstr(w.err.hint, "a.csv:3:3: PL203"));
  w.options.max_rejects = 2; /* not over the limit */
  assert_int_equal(strncmp(scanned(&w, s, NULL), "0:2 1,5,", 8), 0);
  w.options.max_reject_share = .49;
  assert_scanned(&w, s,
                 "error 3 a.csv:3: 2 of the 4 records of \"t\" cannot be used; at most 49 % "
                 "are allowed\n");
  w.options.max_reject_share = .5;
  assert_int_equal(strncmp(scanned(&w, s, NULL), "0:2 1,5,", 8), 0);
  world_close(&w);
}

static void note_progress(void *ctx, uint64_t done, uint64_t total) {
  uint64_t *last = ctx;
  assert_true(done >= *last && done <= total);
  *last = done;
}

static void progress_counts_every_byte(void **state) {
  (void)state;
  world w;
  pl_source *s = keyed(&w);
  const char *text = "id,v,at\n1,5,\n2,6,\n3,7,\n";
  world_file(&w, s, "a.csv", text);
  world_file(&w, s, "b.csv", "id,v,at\n4,7,\n");
  uint64_t last = 0;
  w.scan.bytes_total = strlen(text) + 13;
  w.options.progress = note_progress;
  w.options.progress_ctx = &last;
  w.options.threads = 2;
  w.options.chunk = 5;
  scanned(&w, s, NULL);
  assert_int_equal(last, strlen(text) + 13);
  assert_int_equal(w.scan.bytes_done, last);
  world_close(&w);
}

static void a_scan_can_be_cancelled(void **state) {
  (void)state;
  world w;
  pl_source *s = keyed(&w);
  world_file(&w, s, "a.csv", "id,v,at\n1,5,\n");
  volatile bool cancel = true;
  w.options.cancel = &cancel;
  assert_scanned(&w, s, "error 8 :0: cancelled\n");
  world_close(&w);
}

static void a_file_that_changes_is_an_error(void **state) {
  (void)state;
  world w;
  pl_source *s = keyed(&w);
  world_file(&w, s, "a.csv", "id,v,at\n1,5,\n");
  FILE *f = fopen(w.paths[0], "ab");
  fputs("2,5,\n", f);
  fclose(f);
  scanned(&w, s, NULL);
  assert_int_equal(w.err.status, PL_E_INPUT);
  assert_non_null(strstr(w.err.message, "changed"));
  world_close(&w);
}

/* ---- a generated file --------------------------------------------------------------------- */

static uint32_t dice(uint64_t *seed, uint32_t sides) { /* Knuth's MMIX generator, 1999 */
  *seed = *seed * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(*seed >> 33) % sides;
}

/* Cells with commas, quotes and line ends that look like records; records that
 * are rejected; records that are repeated later. */
static void generate(pl_buf *out, uint64_t seed, int records) {
  static const char *const notes[] = {"",
                                      "plain",
                                      "\"a,b\"",
                                      "\"x\n7,7,7,7\n\"",
                                      "\"\"\"\n\"\"\"",
                                      "\"\r\n\"",
                                      "\"\n\n\n\"",
                                      "\"2,\"\"3\"\",\n4\""};
  pl_buf_text(out, "id,v,note,at\n");
  for (int i = 0; i < records; i++) {
    uint64_t own = seed + (dice(&seed, 8) ? (uint64_t)i : 0); /* 1 of 8 repeats record 0 of now */
    bool repeat = own == seed;
    int id = repeat ? 0 : i + 1;
    uint32_t kind = repeat ? 9 : dice(&seed, 10);
    const char *note = repeat ? "\"same\nagain\"" : notes[dice(&seed, 8)];
    if (kind == 0)
      pl_buf_format(out, "%d,bad,%s,2024-01-01\n", id, note);
    else if (kind == 1)
      pl_buf_format(out, "%d,%s\n", id, note);
    else if (kind == 2)
      pl_buf_format(out, "%d,1,%s,2025-02-02\n", id, note);
    else
      pl_buf_format(out, "%d,%d,%s,2024-03-%02d\n", id, id, note, 1 + id % 28);
  }
}

static void nothing_depends_on_threads_or_chunks(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= 3; seed++) {
    world w;
    pl_source *s = keyed(&w);
    pl_buf text = {0};
    for (int f = 0; f < 2; f++) {
      pl_buf_clear(&text);
      generate(&text, seed * 10 + (uint64_t)f, 60);
      for (size_t i = 13; f && i < text.n; i++) /* other ids in the second file, except 0 */
        if (text.p[i] == '\n' && i + 1 < text.n && text.p[i + 1] >= '1' && text.p[i + 1] <= '9')
          text.p[i + 1] = (char)('A' + text.p[i + 1] - '0');
      world_file_bytes(&w, s, f ? "b.csv" : "a.csv", text.p, text.n);
    }
    w.options.threads = 1;
    w.options.chunk = 0;
    char *alone = strdup(scanned(&w, s, NULL));
    assert_non_null(strstr(alone, "PL203")); /* the file has all that it is made for */
    assert_non_null(strstr(alone, "PL201"));
    assert_null(strstr(alone, "duplicates 0"));
    assert_null(strstr(alone, "after 0"));
    assert_scanned(&w, s, alone);
    free(alone);
    pl_buf_free(&text);
    world_close(&w);
  }
}

/* A held table is the same too: rows in the order of places. */
static void a_held_table_does_not_depend_on_threads(void **state) {
  (void)state;
  world w;
  pl_source *s = keyed(&w);
  pl_buf text = {0};
  generate(&text, 5, 60);
  world_file_bytes(&w, s, "a.csv", text.p, text.n);
  pl_buf_free(&text);
  pl_table *alone = world_load(&w, s);
  char *expected = strdup(world_texts(alone));
  for (unsigned threads = 2; threads <= 8; threads++)
    for (size_t c = 0; c < sizeof chunk_sizes / sizeof *chunk_sizes; c++) {
      w.options.threads = threads;
      w.options.chunk = chunk_sizes[c];
      pl_table *t = world_load(&w, s);
      assert_string_equal(world_texts(t), expected);
      for (uint32_t row = 0; row < pl_table_rows(t); row++) {
        assert_int_equal(pl_table_place(t, row).line, pl_table_place(alone, row).line);
        assert_int_equal(pl_table_cell(t, row, 1).number.units,
                         pl_table_cell(alone, row, 1).number.units);
        assert_int_equal(pl_table_cell(t, row, 2).time.us, pl_table_cell(alone, row, 2).time.us);
      }
      pl_table_free(t);
    }
  free(expected);
  pl_table_free(alone);
  world_close(&w);
}

/* ---- JSON -------------------------------------------------------------------------------- */

/* Decodes {"name":"value",…} and nothing more. It counts its calls without any
 * lock, as a Lua state would break: two threads at a time are a race that the
 * thread sanitizer sees. */
static bool decode(void *state, pl_str text, void (*field)(void *, pl_str, pl_str), void *ctx,
                   char message[256]) {
  pl_str names[2];
  size_t n = 0;
  ++*(int *)state;
  if (text.n == 0 || text.p[0] != '{') {
    strcpy(message, "not an object");
    return false;
  }
  for (const char *p = text.p, *end = text.p + text.n; (p = memchr(p, '"', (size_t)(end - p)));) {
    const char *close = memchr(p + 1, '"', (size_t)(end - p - 1));
    names[n++] = (pl_str){p + 1, (size_t)(close - p - 1)};
    p = close + 1;
    if (n == 2) field(ctx, names[0], names[1]);
    n %= 2;
  }
  return true;
}

static void json_files_are_scanned_like_any_other(void **state) {
  (void)state;
  int calls = 0;
  world w;
  pl_source *s = keyed(&w);
  w.json = (pl_json_decoder){&calls, decode};
  world_file(&w, s, "a.ndjson",
             "{\"id\":\"1\",\"v\":\"5\"}\n{\"id\":\"2\",\"v\":\"x\"}\n\n7\n"
             "{\"id\":\"3\",\"v\":\"6\"}\n");
  world_file(&w, s, "b.json",
             "[\n{\"id\":\"1\",\n\"v\":\"5\"},\n{\"id\":\"4\",\"v\":\"7\"},\n"
             "{\"id\":\"5\",\"v\":\"8\",\"at\":\"2024-02-03\"}\n]\n");
  world_file(&w, s, "c.ndjson", "{\"v\":\"9\",\"id\":\"6\"}\n{\"v\":\"9\",\"id\":\"7\"}\n");
  w.options.threads = 1;
  char *alone = strdup(scanned(&w, s, NULL));
  assert_ptr_equal(strstr(alone, "0:1 1,5,\n0:5 3,6,\n1:4 4,7,\n1:5 5,8,2024-02-03\n2:1 6,9,\n"
                                 "2:2 7,9,\nread 9 used 6 rejected 2 after 0 duplicates 1 "),
                   alone);
  assert_scanned(&w, s, alone);
  free(alone);
  world_close(&w);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_record_has_its_line_and_its_fate),
      cmocka_unit_test(differing_records_of_one_key_are_shown_both),
      cmocka_unit_test(a_column_that_one_file_lacks_is_as_one_that_is_empty),
      cmocka_unit_test(a_composite_key_compares_all_its_parts),
      cmocka_unit_test(with_all_nothing_collapses),
      cmocka_unit_test(the_earliest_error_wins),
      cmocka_unit_test(a_style_that_turns_out_wrong_stops_the_scan),
      cmocka_unit_test(a_receiver_can_stop_the_scan),
      cmocka_unit_test(too_many_rejects_end_the_scan),
      cmocka_unit_test(progress_counts_every_byte),
      cmocka_unit_test(a_scan_can_be_cancelled),
      cmocka_unit_test(a_file_that_changes_is_an_error),
      cmocka_unit_test(nothing_depends_on_threads_or_chunks),
      cmocka_unit_test(json_files_are_scanned_like_any_other),
      cmocka_unit_test(a_held_table_does_not_depend_on_threads),
  };
  return cmocka_run_group_tests_name("trace_scan", tests, NULL, NULL);
}
