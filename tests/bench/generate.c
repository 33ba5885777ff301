/* generate DIR TOUCHES [CONTACTS [SEED]]: writes the benchmark's exports to DIR: touches.csv,
 * contacts.csv, deals.csv, and metrics.tsv (department, metric). The same arguments give the
 * same bytes on every machine: integers only, a random sequence of its own for each table.
 *
 * CONTACTS is TOUCHES / 10 up to 2 million unless given; there are CONTACTS / 20 deals of
 * CONTACTS / 10 companies. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "names.h"

enum { DAY = 86400, DAYS = 731, DUE = 150 * DAY, BLOCK = 1 << 20 };
static const int64_t start_time = 1672531200; /* 2023-01-01; 731 days later ends 2024 */

typedef struct table {
  int fd;
  size_t n;
  char bytes[BLOCK];
} table;

typedef struct asset {
  char text[64]; /* as it stands in the file, quotes included */
  size_t n;
} asset;

typedef struct world {
  const char *dir;
  uint64_t touches, contacts, companies, deals, seed;
  uint32_t *company_of; /* of each contact */
  uint8_t *won;         /* of each company: it has a won deal */
  uint64_t stride;      /* spreads the contacts with many touches over the file */
  asset assets[ASSETS];
} world;

static void die(const char *what) {
  fprintf(stderr, "generate: %s: %s\n", what, strerror(errno));
  exit(1);
}

/* ---- chance ------------------------------------------------------------------------- */

/* splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t draw(uint64_t *state) {
  uint64_t z = *state += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

/* A fraction of 2^64 of n. */
static uint64_t part(uint64_t fraction, uint64_t n) {
  return (uint64_t)((unsigned __int128)fraction * n >> 64);
}

static uint64_t below(uint64_t *state, uint64_t n) {
  return part(draw(state), n);
}

/* Ranks by a power law: the first k of n get sqrt(k / n) of all draws, or its cube root. */
static uint64_t below_squared(uint64_t *state, uint64_t n) {
  uint64_t u = draw(state);
  return part(part(u, u), n);
}
static uint64_t below_cubed(uint64_t *state, uint64_t n) {
  uint64_t u = draw(state);
  return part(part(part(u, u), u), n);
}

/* ---- text --------------------------------------------------------------------------- */

static void open_table(table *t, const world *w, const char *name) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", w->dir, name);
  t->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  t->n = 0;
  if (t->fd < 0) die(path);
}

static void flush(table *t) {
  for (size_t done = 0; done < t->n;) {
    ssize_t wrote = write(t->fd, t->bytes + done, t->n - done);
    if (wrote < 0) die("write");
    done += (size_t)wrote;
  }
  t->n = 0;
}

static void close_table(table *t) {
  flush(t);
  if (close(t->fd) != 0) die("close");
}

static void put(table *t, const char *text, size_t n) {
  if (t->n + n > BLOCK) flush(t);
  memcpy(t->bytes + t->n, text, n);
  t->n += n;
}

static void put_text(table *t, const char *text) {
  put(t, text, strlen(text));
}

static void put_digits(table *t, uint64_t number, int digits) {
  char text[20];
  for (int i = digits - 1; i >= 0; i--, number /= 10) text[i] = (char)('0' + number % 10);
  put(t, text, (size_t)digits);
}

static void put_id(table *t, const char *prefix, uint64_t number, int digits) {
  put_text(t, prefix);
  put_digits(t, number, digits);
  put(t, ",", 1);
}

/* Year, month and day of a number of days since 1970 (Hinnant, "chrono-compatible low-level
 * date algorithms", civil_from_days; only dates after 0000-03-01). */
static void put_day(table *t, int64_t days) {
  int64_t z = days + 719468, era = z / 146097, doe = z - era * 146097;
  int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
  int64_t month = mp < 10 ? mp + 3 : mp - 9;
  put_digits(t, (uint64_t)(yoe + era * 400 + (month <= 2)), 4);
  put(t, "-", 1);
  put_digits(t, (uint64_t)month, 2);
  put(t, "-", 1);
  put_digits(t, (uint64_t)(doy - (153 * mp + 2) / 5 + 1), 2);
}

static void put_time(table *t, int64_t time) {
  int64_t second = time % DAY;
  put_day(t, time / DAY);
  put(t, " ", 1);
  put_digits(t, (uint64_t)(second / 3600), 2);
  put(t, ":", 1);
  put_digits(t, (uint64_t)(second / 60 % 60), 2);
  put(t, ":", 1);
  put_digits(t, (uint64_t)(second % 60), 2);
}

/* ---- deals and contacts ------------------------------------------------------------- */

static const char *currency(uint64_t percent) {
  return percent < 80 ? "USD" : percent < 92 ? "EUR" : "GBP";
}

/* A deal that would be due after the end is open, and so are some that nobody closed. */
static void put_deal(table *t, world *w, uint64_t i, uint64_t *state) {
  uint64_t owner = below(state, w->companies), percent = below(state, 100);
  int64_t created = start_time - 90 * DAY + (int64_t)below(state, (uint64_t)(DAYS + 90) * DAY);
  int64_t closed = created + 10 * DAY + (int64_t)below(state, DUE);
  const char *stage = percent < 35 ? "won" : percent < 85 ? "lost" : "open";
  if (closed >= start_time + (int64_t)DAYS * DAY) stage = "open";
  if (stage[0] == 'w') w->won[owner] = 1;
  put_id(t, "d", i + 1, 7);
  put_id(t, "co", owner + 1, 7);
  uint64_t cents = 50000 + below_cubed(state, 20000000);
  char amount[32];
  put(t, amount,
      (size_t)snprintf(amount, sizeof amount, "%llu.%02llu,", (unsigned long long)cents / 100,
                       (unsigned long long)cents % 100));
  put_text(t, currency(below(state, 100)));
  put(t, ",", 1);
  put_text(t, stage);
  put(t, ",", 1);
  put_time(t, created);
  put(t, ",", 1);
  if (stage[0] != 'o') put_time(t, closed);
  put(t, "\n", 1);
}

static void write_deals(world *w, table *t) {
  uint64_t state = w->seed ^ 0xdea1;
  open_table(t, w, "deals.csv");
  put_text(t, "id,company,amount,currency,stage,created,closed\n");
  for (uint64_t i = 0; i < w->deals; i++) put_deal(t, w, i, &state);
  close_table(t);
}

/* A few companies have many people. */
static void write_contacts(world *w, table *t) {
  uint64_t state = w->seed ^ 0xc0de;
  open_table(t, w, "contacts.csv");
  put_text(t, "id,company,created,email\n");
  for (uint64_t i = 0; i < w->contacts; i++) {
    uint64_t rank = below_squared(&state, w->companies);
    w->company_of[i] = (uint32_t)((rank * 7919 + 17) % w->companies);
    put_id(t, "c", i + 1, 8);
    put_id(t, "co", w->company_of[i] + 1, 7);
    put_time(t, start_time + (int64_t)below(&state, (uint64_t)DAYS * DAY));
    put_text(t, ",person");
    put_digits(t, i + 1, 8);
    put_text(t, "@company");
    put_digits(t, w->company_of[i] + 1, 7);
    put_text(t, ".example\n");
  }
  close_table(t);
}

/* ---- touches ------------------------------------------------------------------------ */

static void name_asset(asset *a, uint64_t i, int quoted) {
  const char *kind = asset_kinds[i % 10], *topic = asset_topics[i / 10 % 10];
  static const char *const forms[] = {"%s %s edition %04u", "\"%s, %s edition %04u\"",
                                      "\"%s \"\"%s\"\" edition %04u\""};
  a->n = (size_t)snprintf(a->text, sizeof a->text, forms[quoted], kind, topic, (unsigned)i);
}

/* Every asset whose rank ends in 24 or 74 needs quotes, which is 2 % of the assets; those of
 * rank below 24 get more than their share of touches, rank 26 makes up for them. */
static void name_assets(world *w) {
  for (uint64_t i = 0; i < ASSETS; i++) {
    int quoted = i == 26 || i % 50 == 24;
    name_asset(&w->assets[i], i, !quoted ? 0 : i % 100 == 24 ? 2 : 1);
  }
}

/* Whom a touch belongs to: 2 % nobody, 1 % somebody that no longer is among the contacts. */
static void put_contact(table *t, const world *w, int in_vain, uint64_t *state) {
  uint64_t percent = below(state, 100);
  if (percent < 2) {
    put(t, ",", 1);
    return;
  }
  if (percent == 2) {
    put_id(t, "c", w->contacts + 1 + below(state, w->contacts / 50 + 1), 8);
    return;
  }
  uint64_t contact;
  do contact = (below_squared(state, w->contacts) * w->stride + 5) % w->contacts;
  while (in_vain && w->won[w->company_of[contact]]);
  put_id(t, "c", contact + 1, 8);
}

/* Nearly in the order of time, as a log is. A contact's touches come from all departments in
 * any order: journeys go back and forth. */
static void put_touch(table *t, const world *w, uint64_t i, uint64_t *state) {
  uint64_t span = (uint64_t)DAYS * DAY;
  const metric_name *m = &metric_names[(below_squared(state, METRICS) * 7 + 3) % METRICS];
  const asset *a = &w->assets[below_cubed(state, ASSETS)];
  uint64_t time = part((uint64_t)(((unsigned __int128)i << 64) / w->touches), span);
  time += below(state, 3600);
  put_id(t, "t", i + 1, 9);
  put_contact(t, w, m->in_vain, state);
  put_text(t, m->name);
  put(t, ",", 1);
  put(t, a->text, a->n);
  put(t, ",", 1);
  put_text(t, m->department);
  put(t, ",", 1);
  put_text(t, channel_names[below(state, CHANNELS)]);
  put(t, ",", 1);
  put_time(t, start_time + (int64_t)(time < span ? time : span - 1));
  put(t, "\n", 1);
}

static void write_touches(const world *w, table *t) {
  uint64_t state = w->seed ^ 0x70c4;
  open_table(t, w, "touches.csv");
  put_text(t, "id,contact,metric,asset,department,channel,time\n");
  for (uint64_t i = 0; i < w->touches; i++) put_touch(t, w, i, &state);
  close_table(t);
}

static void write_metrics(const world *w, table *t) {
  open_table(t, w, "metrics.tsv");
  for (int i = 0; i < METRICS; i++) {
    put_text(t, metric_names[i].department);
    put(t, "\t", 1);
    put_text(t, metric_names[i].name);
    put(t, "\n", 1);
  }
  close_table(t);
}

/* ---- the whole ---------------------------------------------------------------------- */

static uint64_t number(const char *text) {
  char *end;
  errno = 0;
  unsigned long long n = strtoull(text, &end, 10);
  if (errno || *end || n < 200 || n > 99999999999) {
    fprintf(stderr, "generate: \"%s\" must be a number from 200\n", text);
    exit(2);
  }
  return n;
}

static uint64_t coprime(uint64_t n) {
  uint64_t stride = 1000003;
  while (n % stride == 0 || stride % n == 0) stride += 2;
  for (uint64_t a = stride, b = n;;) {
    uint64_t rest = a % b;
    if (b == 1) return stride;
    if (rest == 0) {
      a = stride += 2;
      b = n;
    } else {
      a = b;
      b = rest;
    }
  }
}

int main(int argc, char **argv) {
  if (argc < 3 || argc > 5) {
    fprintf(stderr, "usage: generate DIR TOUCHES [CONTACTS [SEED]]\n");
    return 2;
  }
  world *w = calloc(1, sizeof *w);
  table *t = malloc(sizeof *t);
  if (!w || !t) die("memory");
  w->dir = argv[1];
  w->touches = number(argv[2]);
  w->contacts = argc > 3 ? number(argv[3]) : w->touches / 10;
  if (argc <= 3 && w->contacts > 2000000) w->contacts = 2000000;
  w->companies = w->contacts / 10;
  w->deals = w->contacts / 20;
  w->seed = argc > 4 ? strtoull(argv[4], NULL, 10) : 1;
  w->stride = coprime(w->contacts);
  w->company_of = calloc(w->contacts, sizeof *w->company_of);
  w->won = calloc(w->companies, 1);
  if (!w->company_of || !w->won) die("memory");
  name_assets(w);
  write_deals(w, t);
  write_contacts(w, t);
  write_touches(w, t);
  write_metrics(w, t);
  free(w->company_of);
  free(w->won);
  free(t);
  free(w);
  return 0;
}
