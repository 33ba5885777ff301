/* A workspace made by hand for the tests of judge and result: posts lead to
 * contacts by `campaign`, contacts to deals by `id` = `contact_id`; visits can
 * be a second branch. As of 2024-06-30. No figure here was read from a file; the
 * sources are bound to plain files with a header, so that there is something to
 * say about how they are read. */
#ifndef TEST_FOUND_H
#define TEST_FOUND_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <unistd.h>

#include "trace/judge.h"

enum { POSTS, CONTACTS, DEALS, VISITS, SOURCES };
enum { MAX_METRICS = 6, MAX_DEALS = 64 };
#define AS_OF_DAY 19904 /* 2024-06-30 */

typedef struct world {
  pl_arena arena;
  pl_model model;
  pl_source_def source_defs[SOURCES];
  pl_source sources[SOURCES];
  pl_slot slots[SOURCES][3];
  pl_step_def step_defs[2];
  pl_trace_def trace_defs[2];
  pl_step steps[2];
  pl_branch branches[2];
  pl_department_def departments[2];
  pl_metric_def metric_defs[MAX_METRICS];
  pl_metric metrics[MAX_METRICS];
  pl_branch_evidence branch_evidence[MAX_METRICS][2];
  pl_evidence evidence[MAX_METRICS];
  const pl_evidence *evidence_of[MAX_METRICS];
  pl_tally tallies[SOURCES];
  pl_deal items[MAX_DEALS];
  pl_deals deals;
  pl_bound bound;
  pl_found found;
  const char *files[SOURCES];
} world;

static inline pl_time day_of(int32_t day) {
  return (pl_time){(int64_t)day * PL_DAY_US, day, PL_TIME_DATE};
}

/* Open until the program ends, and shared by all worlds. */
static inline pl_input **plain_file(int i, const char *shown) {
  static pl_input *inputs[SOURCES];
  char path[] = "/tmp/plumbline-test-XXXXXX";
  const pl_dialect dialect = {.format = PL_FORMAT_CSV, .delimiter = ','};
  if (inputs[i]) return &inputs[i];
  int fd = mkstemp(path);
  assert_true(fd >= 0 && write(fd, "a,b,c\n1,2,3\n", 12) == 12);
  close(fd);
  assert_int_equal(pl_input_open(path, shown, dialect, NULL, &inputs[i], NULL), PL_OK);
  unlink(path);
  return &inputs[i];
}

static inline void world_sources(world *w) {
  static const char *const names[] = {"posts", "contacts", "deals", "visits"};
  static const char *const files[] = {"exports/posts.csv", "exports/contacts.csv",
                                      "exports/deals.csv", "exports/visits.csv"};
  static const char *const columns[SOURCES][3] = {{"campaign", "day", "page"},
                                                  {"campaign", "id", "region"},
                                                  {"contact_id", "closed_on", "amount"},
                                                  {"contact", "day", "page"}};
  for (int i = 0; i < SOURCES; i++) {
    w->source_defs[i].name = names[i];
    w->source_defs[i].site = (pl_site){"audit.lua", (uint32_t)(10 + i), 0};
    for (int s = 0; s < 3; s++) w->slots[i][s].name = columns[i][s];
    w->sources[i] = (pl_source){.def = &w->source_defs[i],
                                .index = i,
                                .is_deals = i == DEALS,
                                .held = i == CONTACTS || i == DEALS,
                                .started = i == POSTS || i == VISITS,
                                .inputs = plain_file(i, files[i]),
                                .inputs_n = 1,
                                .first_file = (uint32_t)i,
                                .slots = w->slots[i],
                                .slots_n = 3,
                                .time = i == CONTACTS ? PL_NO_SLOT : 1,
                                .fresh_us = -1,
                                .status = PL_NO_SLOT,
                                .amount = i == DEALS ? 2 : PL_NO_SLOT,
                                .currency = PL_NO_SLOT,
                                .closed = i == DEALS ? 1 : PL_NO_SLOT,
                                .created = PL_NO_SLOT};
    w->files[i] = files[i];
    w->tallies[i].newest = day_of(AS_OF_DAY - 3);
    w->tallies[i].oldest = day_of(AS_OF_DAY - 300);
  }
}

/* Branch 0: posts -> contacts -> deals. Branch 1: visits -> deals. */
static inline void world_branches(world *w) {
  w->step_defs[0] = (pl_step_def){.table = "contacts", .site = {"rules/marketing.lua", 41, 0}};
  w->step_defs[1] = (pl_step_def){.table = "deals", .site = {"rules/marketing.lua", 42, 0}};
  w->trace_defs[0] = (pl_trace_def){.table = "posts", .steps = w->step_defs, .steps_n = 2};
  w->trace_defs[1] = (pl_trace_def){.table = "visits", .steps = &w->step_defs[1], .steps_n = 1};
  w->steps[0] = (pl_step){
      .def = &w->step_defs[0], .from = &w->sources[POSTS], .to = &w->sources[CONTACTS], .key_n = 1};
  w->steps[1] = (pl_step){.def = &w->step_defs[1],
                          .from = &w->sources[CONTACTS],
                          .to = &w->sources[DEALS],
                          .here = {1},
                          .key_n = 1};
  w->branches[0] = (pl_branch){.def = &w->trace_defs[0],
                               .from = &w->sources[POSTS],
                               .steps = w->steps,
                               .steps_n = 2,
                               .within_us = -1,
                               .by_step = -1};
  w->branches[1] = (pl_branch){.def = &w->trace_defs[1],
                               .from = &w->sources[VISITS],
                               .steps = &w->steps[1],
                               .steps_n = 1,
                               .within_us = -1,
                               .by_step = -1};
}

static inline void world_metric(world *w, int i) {
  static const char *const names[] = {"m0", "m1", "m2", "m3", "m4", "m5"};
  static const char *const ids[] = {"Marketing/m0", "Marketing/m1", "Marketing/m2",
                                    "Marketing/m3", "Marketing/m4", "Marketing/m5"};
  w->metric_defs[i] = (pl_metric_def){.department = "Marketing",
                                      .name = names[i],
                                      .id = ids[i],
                                      .site = {"rules/marketing.lua", 40, 0},
                                      .branches = w->trace_defs,
                                      .branches_n = 1,
                                      .judge = PL_NO_FUNCTION};
  w->metrics[i] = (pl_metric){.def = &w->metric_defs[i],
                              .index = i,
                              .branches = w->branches,
                              .branches_n = 1,
                              .min_won = 1};
  w->evidence[i] = (pl_evidence){.metric = &w->metrics[i],
                                 .branches = w->branch_evidence[i],
                                 .branches_n = 1,
                                 .compared = PL_COMPARED_DAYS,
                                 .has_time = true};
  w->evidence_of[i] = &w->evidence[i];
}

static inline void world_deal(world *w, uint8_t status, int64_t units) {
  static const char *const ids[] = {"D-0", "D-1", "D-2", "D-3", "D-4", "D-5", "D-6", "D-7"};
  uint32_t i = w->deals.n++;
  assert_true(i < MAX_DEALS);
  w->items[i] = (pl_deal){.id = pl_str_of(ids[i % 8]),
                          .row = i,
                          .status = status,
                          .amount_known = true,
                          .amount = units * PL_MONEY_UNIT,
                          .closed = day_of(AS_OF_DAY - 20)};
}

/* One metric, whose 36 posts reach 2 of 2 won deals; 1 lost deal; no cycle. */
static inline void world_make(world *w, int metrics) {
  memset(w, 0, sizeof *w);
  world_sources(w);
  world_branches(w);
  w->departments[0] = (pl_department_def){.name = "Marketing", .file = "rules/marketing.lua"};
  w->model = (pl_model){.title = "Example",
                        .currency = "EUR",
                        .timezone = "UTC",
                        .policy = {1, 1.5, 0.10, 0.20, 5},
                        .departments = w->departments,
                        .departments_n = 1};
  for (int i = 0; i < metrics; i++) world_metric(w, i);
  world_deal(w, PL_WON, 1000);
  world_deal(w, PL_WON, 500);
  world_deal(w, PL_LOST, 300);
  w->deals.items = w->items;
  w->deals.cycle_us = -1;
  w->bound = (pl_bound){.model = &w->model,
                        .as_of = day_of(AS_OF_DAY),
                        .cycle_us = -1,
                        .sources = w->sources,
                        .sources_n = SOURCES,
                        .deals = &w->sources[DEALS],
                        .metrics = w->metrics,
                        .metrics_n = (size_t)metrics,
                        .files = w->files,
                        .files_n = SOURCES};
  w->found = (pl_found){
      .bound = &w->bound, .evidence = w->evidence_of, .deals = &w->deals, .tallies = w->tallies};
}

static inline pl_money_count money_of(uint32_t deals, int64_t units) {
  return (pl_money_count){.deals = deals, .amount = (pl_sum)units * PL_MONEY_UNIT};
}

/* 36 posts, all with a key, reach `won` won deals that all count. */
static inline void reaches(world *w, int metric, uint32_t won, int64_t units) {
  pl_evidence *e = &w->evidence[metric];
  e->origins = e->with_key = 36;
  e->first = e->oldest_usable = day_of(AS_OF_DAY - 100);
  e->last = day_of(AS_OF_DAY - 10);
  e->matched[PL_WON] = e->in_order[PL_WON] = e->reached[PL_WON] = money_of(won, units);
  e->won_countable = won;
  e->last_reached = won;
  e->branches[0] = (pl_branch_evidence){.records = 40, .origins = 36, .with_key = 36};
  e->branches[0].steps[0] = (pl_step_evidence){36, 36, 30, 12, 30, .fan_median = 1};
  e->branches[0].steps[1] = (pl_step_evidence){12, 12, 4, won, 10, .fan_median = 1};
}

/* The trace of branch `b` ends after step k: `with_key` of `in` records there carry a key. */
static inline void breaks(world *w, int metric, int b, int k, uint64_t in, uint64_t with_key) {
  pl_evidence *e = &w->evidence[metric];
  pl_branch_evidence *one = &e->branches[b];
  if (e->origins == 0) e->origins = e->with_key = 36;
  if (one->origins == 0) one->records = one->origins = one->with_key = 36;
  one->breaks_at = k;
  one->steps[k - 1].in = in;
  one->steps[k - 1].with_key = with_key;
  if (k == 1) e->with_key = with_key;
}

static inline void judge(world *w) {
  pl_error err;
  assert_int_equal(pl_judge_all(&w->arena, &w->found, &err), PL_OK);
}

#endif
