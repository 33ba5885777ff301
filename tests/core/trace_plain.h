/* The workspace that most tests of binding begin with: leads, deals, and a step
 * from one to the other. */
#ifndef PL_TESTS_TRACE_PLAIN_H
#define PL_TESTS_TRACE_PLAIN_H

#include "trace_workspace.h"

#define LEADS "id,day,origin\nl1,2024-01-02,paid\nl2,2024-02-03,\n"
#define DEALS                                                                                      \
  "id,lead,closed,created,status,amount\n"                                                         \
  "d1,l1,2024-03-01,2024-01-05,won,10.50\nd2,l2,2024-04-01,2024-02-05,lost,3\n"

/* leads -> deals by leads.id = deals.lead */
static pl_step_def to_deals[] = {
    {.table = "deals", .site = {"rules/m.lua", 6, 0}, .key = {{"id"}, {"lead"}, 1}}};

static inline void open_plain(workspace *w) {
  ws_open(w);
  ws_file(w, "leads.csv", LEADS);
  ws_file(w, "deals.csv", DEALS);
  ws_source(w, "leads", "leads.csv")->time = (pl_time_column){.column = "day", .site = AT(11)};
  ws_deals(w, "deals.csv");
}

#endif
