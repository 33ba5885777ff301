/* Millions of small CSV texts, from a seed, each looked through in every way and held
 * against libcsv (fuzz_scan.h). A file is opened once and its bytes changed under it:
 * most of what opening costs says nothing about the scan.
 * Usage: scan_many SEED SECONDS   (of processor time) */
#include <inttypes.h>
#include <signal.h>
#include <time.h>

#include "fuzz_scan.h"

#define MOST 200   /* bytes behind the header, but for long ones */
#define LONG 12000 /* over a stretch of the index (4096) and what is read ahead (4096) */
#define CHECK 1024 /* inputs between looks at the clock */

static uint64_t seed;
static uint32_t pick(uint32_t below) { /* xorshift64: the same numbers everywhere */
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return (uint32_t)((seed >> 32) * below >> 32);
}

/* ---- texts -------------------------------------------------------------------------- */

typedef struct text {
  char p[LONG + 64];
  size_t n;
} text;

static void put(text *t, const char *p, size_t n) {
  if (n > sizeof t->p - t->n) n = sizeof t->p - t->n;
  memcpy(t->p + t->n, p, n);
  t->n += n;
}

/* Well-formed pieces and torn ones; `hostile`: how many of 16 are bytes of any kind. */
static void put_piece(text *t, char delimiter, uint32_t hostile) {
  static const char *const pieces[] = {
      "x",        "12",           "ab c",     "\"q\"",     "\"a \"\"b\"\" c\"",
      "\"\"",     " y ",          "\"l\nm\"", "\"r\r\n\"", "\"",
      "\xC3\xA9", "\"\"\"\"",     "\t",       "\r\n",      "\n",
      "\r",       "\n",           "\n",       "\r\n",      "\" z\" ",
      "5\" n",    "\xEF\xBB\xBF", "\xFF",     "\"d,;\t|\""};
  char byte = (char)pick(256);
  if (pick(16) < hostile) {
    put(t, pick(2) ? &byte : &"\",\n\r \t;|"[pick(8)], 1);
  } else if (pick(5) < 2) {
    put(t, &delimiter, 1);
  } else {
    const char *piece = pieces[pick(sizeof pieces / sizeof *pieces)];
    put(t, piece, strlen(piece));
  }
}

/* Whole records of the right width, so that the plain path is taken too. */
static void put_record(text *t, char delimiter, size_t columns) {
  static const char *const cells[] = {"1",          "abc", "\"a,b\"",  "",
                                      "\"x\"\"y\"", " u",  "\xC3\xBC", "\"\n\""};
  for (size_t c = 0; c < columns; c++) {
    const char *cell = cells[pick(sizeof cells / sizeof *cells)];
    if (c) put(t, &delimiter, 1);
    put(t, cell, strlen(cell));
  }
  put(t, pick(4) ? "\n" : "\r\n", pick(4) ? 1 : 2);
}

static void make(text *t, pl_str header, char delimiter, size_t columns) {
  const uint32_t hostile = pick(6), records = pick(16);
  static char filler[LONG];
  const size_t until = header.n + (pick(512) ? pick(MOST) : pick(LONG));
  t->n = 0;
  put(t, header.p, header.n);
  if (!pick(512)) { /* so that what is read ahead ends about there */
    memset(filler, 'x', sizeof filler);
    put(t, "\"", pick(2));
    put(t, filler, 4080 + pick(32));
  }
  while (t->n < until) {
    if (pick(16) < records)
      put_record(t, delimiter, columns);
    else
      put_piece(t, delimiter, hostile);
    if (!pick(200)) put(t, header.p, header.n); /* the header again */
  }
}

/* ---- files --------------------------------------------------------------------------- */

static const struct form {
  const char *header;
  char delimiter;
} forms[] = {{"a\n", ','},           {"a,b\n", ','},           {"a;b;c\n", ';'},
             {"a\tb\tc\td\n", '\t'}, {"a|b|c|d|e|f|g\n", '|'}, {"a,b,c,\r\n", ','}};
#define FORMS (sizeof forms / sizeof *forms)

static pl_input *open_form(const struct form *form, int *fd) {
  /* all is declared: opening must not refuse it because of its shape */
  const pl_dialect dialect = {.format = PL_FORMAT_CSV,
                              .delimiter = form->delimiter,
                              .encoding = PL_ENCODING_UTF8,
                              .quotes = PL_QUOTES_DOUBLED,
                              .header = 1,
                              .description_given = true,
                              .footer_given = true};
  char path[64];
  pl_input *input = NULL;
  const size_t n = strlen(form->header);
  *fd = memfd_create("scan", MFD_CLOEXEC);
  must(*fd >= 0 && write(*fd, form->header, n) == (ssize_t)n, "a file in memory");
  snprintf(path, sizeof path, "/proc/self/fd/%d", *fd);
  must(pl_input_open(path, "x", dialect, NULL, &input, NULL) == PL_OK, "it is opened");
  return input;
}

static void show(const text *t) {
  fprintf(stderr, "the text, %zu bytes:\n", t->n);
  for (size_t i = 0; i < t->n; i++)
    fprintf(stderr, t->p[i] >= 32 && t->p[i] < 127 && t->p[i] != '\\' ? "%c" : "\\x%02x",
            (unsigned char)t->p[i]);
  fprintf(stderr, "\n");
}

static text now; /* for a message when a comparison aborts */
static void on_abort(int signal) {
  (void)signal;
  show(&now);
  puts("0 passed, 1 failed");
  fflush(stdout);
  _exit(1);
}

static void one(pl_input *input, int fd, const struct form *form, pl_batch *b) {
  bool wanted[8];
  const size_t columns = pl_input_columns(input);
  make(&now, pl_str_of(form->header), form->delimiter, columns);
  must(pwrite(fd, now.p, now.n, 0) == (ssize_t)now.n, "it is written");
  input->size = input->end = now.n;
  input->shape.trailing = form->header[strlen(form->header) - 2] == '\r' || !pick(4);
  for (size_t i = 0; i < columns; i++) wanted[i] = pick(2);
  const uint64_t want = pick(4) ? pick((uint32_t)now.n + 1) : pick(4);
  compare(input, pick(2) ? want : UINT64_MAX, pick(2) ? wanted : NULL, b);
}

int main(int argc, char **argv) {
  const uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
  const clock_t until = (clock_t)(argc > 2 ? atoi(argv[2]) : 60) * CLOCKS_PER_SEC;
  pl_input *inputs[FORMS];
  int fds[FORMS];
  pl_batch b = {0};
  uint64_t count = 0;
  seed = first * 0x9E3779B97F4A7C15u | 1;
  signal(SIGABRT, on_abort);
  for (size_t i = 0; i < FORMS; i++) inputs[i] = open_form(&forms[i], &fds[i]);
  do {
    for (size_t i = 0; i < CHECK; i++, count++) {
      const size_t f = pick(FORMS);
      one(inputs[f], fds[f], &forms[f], &b);
    }
  } while (clock() < until);
  pl_batch_free(&b);
  for (size_t i = 0; i < FORMS; i++) {
    pl_input_close(inputs[i]);
    close(fds[i]);
  }
  printf("seed %" PRIu64 ": %" PRIu64 " texts read alike by every scan\n1 passed, 0 failed\n",
         first, count);
  return 0;
}
