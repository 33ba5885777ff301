/* The result object, from evidence made by hand. In expected
 * JSON, ' stands for " so that it can be read (test_json.h). */
#include "trace/result.h"

#include "test_found.h"
#include "test_json.h"

/* ---- a linked metric, with everything that evidence can hold ------------------------------ */

static pl_condition paid = {.kind = PL_COND_EQUAL,
                            .column = "channel",
                            .values = &(pl_literal){.text = "paid"},
                            .values_n = 1};

static void declare_everything(world *w) {
  pl_metric_def *def = &w->metric_defs[0];
  def->title = "Campaign posts";
  def->owner = "Content team";
  def->question = "Which posts bring in buyers?";
  def->definition = "posts that carry a campaign";
  def->unit = "posts";
  def->note = "since 2023";
  def->cost = (pl_cost){true, "12000", "6", "month"};
  def->by = "page";
  w->metrics[0].by = true;
  w->trace_defs[0].where = (pl_conditions){&paid, 1};
  w->branches[0].within_us = 180 * PL_DAY_US;
  w->steps[1].next = true;
}

static void find_everything(world *w) {
  static pl_by_row by[3];
  pl_evidence *e = &w->evidence[0];
  reaches(w, 0, 2, 1500);
  e->matched[PL_WON] = (pl_money_count){.deals = 3, .unknown = 1, .amount = 15000000};
  e->matched[PL_LOST] = e->in_order[PL_LOST] = e->reached[PL_LOST] = money_of(1, 300);
  e->undated_origins = 1;
  e->undated_deals = 1;
  e->after_as_of = 4;
  e->last_no_match = 5;
  e->last_out_of_time = 1;
  e->has_first_to_close = true;
  e->first_to_close_us = 48 * PL_DAY_US + 10 * 3600 * PL_SECOND_US;
  e->first_to_close_deals = 2;
  e->landmark = true;
  e->main = (pl_table22){40, 60, 25, 75};
  e->naive = (pl_table22){20, 0, 0, 20};
  pl_step_evidence *step = &e->branches[0].steps[0];
  step->fan_max = 3;
  step->fan_keys = 9;
  step->not_unique = 2;
  step->not_unique_samples[0] = PL_STR("k1");
  step->near_keys = 4;
  step->near_records = 6;
  step->near[0] = (pl_near_sample){PL_STR("Spring-24"), PL_STR("spring24")};
  step->near_n = 1;
  step->near_won = money_of(4, 58000);
  e->proofs[0] = (pl_proof){.deal = 0,
                            .origin = day_of(AS_OF_DAY - 60),
                            .links = {{"posts", {POSTS, 12}, PL_STR("spring24")},
                                      {"contacts", {CONTACTS, 7}, PL_STR("c-9")},
                                      {"deals", {DEALS, 77}, {NULL, 0}}},
                            .links_n = 3};
  e->proofs_n = 1;
  by[0] = (pl_by_row){.blank = true, .origins = 6};
  by[1] = (pl_by_row){.value = PL_STR("/b"), .origins = 10};
  by[2] = (pl_by_row){.value = PL_STR("/a"), .origins = 20};
  by[2].status[PL_WON] = money_of(2, 1500);
  e->by = by;
  e->by_n = 3;
}

static void a_linked_finding(void **state) {
  (void)state;
  world w;
  world_make(&w, 1);
  declare_everything(&w);
  find_everything(&w);
  judge(&w);
  const pl_value *result = pl_result_build(&w.arena, &w.found);
  expect_json(
      pl_value_at(pl_value_get(result, "findings"), 0),
      "{\n"
      " 'id': 'Marketing/m0',\n"
      " 'department': 'Marketing',\n"
      " 'metric': 'm0',\n"
      " 'title': 'Campaign posts',\n"
      " 'owner': 'Content team',\n"
      " 'question': 'Which posts bring in buyers?',\n"
      " 'definition': 'posts that carry a campaign',\n"
      " 'unit': 'posts',\n"
      " 'note': 'since 2023',\n"
      " 'file': 'rules/marketing.lua',\n"
      " 'line': 40,\n"
      " 'cost': {'money': '12000', 'hours': '6', 'per': 'month'},\n"
      " 'verdict': 'linked',\n"
      " 'flagged': false,\n"
      " 'headline': '2 won deals worth EUR 1,500.00 can be followed back to posts',\n"
      " 'site': {'file': 'rules/marketing.lua', 'line': 40},\n"
      " 'tells': 'tells won from lost: odds 2 times higher (95 % 1.05 to 3.8)',\n"
      " 'notes': [\n"
      "  {\n"
      "   'text': '\\'linked\\' means that records join. It does not say the metric caused "
      "the sale.'\n"
      "  },\n"
      "  {'text': '1 record of posts and 1 deal carry no time and so cannot be put in "
      "order'},\n"
      "  {'text': '4 posts later than the day of the audit were left out of the source'}\n"
      " ],\n"
      " 'todo': [{'action': 'keep', 'text': 'keep tracking it'}],\n"
      " 'evidence': {\n"
      "  'origins': {\n"
      "   'records': 36,\n"
      "   'united': false,\n"
      "   'first': '2024-03-22',\n"
      "   'last': '2024-06-20',\n"
      "   'undated': 1,\n"
      "   'with_key': 36,\n"
      "   'after_as_of': 4\n"
      "  },\n"
      "  'order': {\n"
      "   'before': 'closed',\n"
      "   'compared': 'days',\n"
      "   'within': '180 days',\n"
      "   'text': 'a record counts when it came on or before the day the deal closed, at "
      "most 180 days before'\n"
      "  },\n"
      "  'branches': [\n"
      "   {\n"
      "    'from': 'posts',\n"
      "    'records': 40,\n"
      "    'origins': 36,\n"
      "    'conditions': 'channel = paid',\n"
      "    'steps': [\n"
      "     {\n"
      "      'n': 1,\n"
      "      'from': 'posts',\n"
      "      'to': 'contacts',\n"
      "      'keys': [{'here': 'campaign', 'there': 'campaign'}],\n"
      "      'file': 'rules/marketing.lua',\n"
      "      'line': 41,\n"
      "      'in': 36,\n"
      "      'with_key': 36,\n"
      "      'matched': 30,\n"
      "      'out': 12,\n"
      "      'followed': 30,\n"
      "      'fan_out': {'median': 1, 'max': 3, 'keys': 9},\n"
      "      'not_unique': {'keys': 2, 'samples': ['k1']},\n"
      "      'near': {\n"
      "       'keys': 4,\n"
      "       'records': 6,\n"
      "       'samples': [{'here': 'Spring-24', 'there': 'spring24'}],\n"
      "       'won': {'deals': 4, 'amount': '58000.00', 'unknown_amounts': 0},\n"
      "       'text': '4 values match when written the same way: 4 more won deals, "
      "EUR 58,000.00 would link'\n"
      "      }\n"
      "     },\n"
      "     {\n"
      "      'n': 2,\n"
      "      'from': 'contacts',\n"
      "      'to': 'deals',\n"
      "      'keys': [{'here': 'id', 'there': 'contact_id'}],\n"
      "      'file': 'rules/marketing.lua',\n"
      "      'line': 42,\n"
      "      'in': 12,\n"
      "      'with_key': 12,\n"
      "      'matched': 4,\n"
      "      'out': 2,\n"
      "      'followed': 10,\n"
      "      'next': true\n"
      "     }\n"
      "    ]\n"
      "   }\n"
      "  ],\n"
      "  'unreadable': 0,\n"
      "  'deals': {\n"
      "   'won': {\n"
      "    'matched': {'deals': 3, 'amount': '1500.00', 'unknown_amounts': 1},\n"
      "    'in_order': {'deals': 2, 'amount': '1500.00', 'unknown_amounts': 0},\n"
      "    'reached': {'deals': 2, 'amount': '1500.00', 'unknown_amounts': 0}\n"
      "   },\n"
      "   'lost': {\n"
      "    'matched': {'deals': 1, 'amount': '300.00', 'unknown_amounts': 0},\n"
      "    'in_order': {'deals': 1, 'amount': '300.00', 'unknown_amounts': 0},\n"
      "    'reached': {'deals': 1, 'amount': '300.00', 'unknown_amounts': 0}\n"
      "   },\n"
      "   'open': {\n"
      "    'matched': {'deals': 0, 'amount': '0.00', 'unknown_amounts': 0},\n"
      "    'in_order': {'deals': 0, 'amount': '0.00', 'unknown_amounts': 0},\n"
      "    'reached': {'deals': 0, 'amount': '0.00', 'unknown_amounts': 0}\n"
      "   }\n"
      "  },\n"
      "  'undated': {'origins': 1, 'deals': 1},\n"
      "  'last_step': {\n"
      "   'won': 8,\n"
      "   'blank_key': 0,\n"
      "   'no_match': 5,\n"
      "   'left_out': 0,\n"
      "   'out_of_time': 1,\n"
      "   'reached': 2,\n"
      "   'key': 'contact_id'\n"
      "  },\n"
      "  'share': '1.0000',\n"
      "  'share_note': 'of the won amount; metrics overlap, so shares do not add up to 100 "
      "%',\n"
      "  'refunds': {'deals': 0, 'amount': '0.00'},\n"
      "  'first_to_close': {'median_seconds': 4183200, 'text': '48.4 days', 'deals': 2},\n"
      "  'difference': {\n"
      "   'tested': true,\n"
      "   'text': 'tells won from lost: odds 2 times higher (95 % 1.05 to 3.8). Compared "
      "were deals still open 30 days after they were created, by what they had met until "
      "then',\n"
      "   'landmark': true,\n"
      "   'universe': {'won': 100, 'lost': 100},\n"
      "   'table': {'won_with': 40, 'won_without': 60, 'lost_with': 25, 'lost_without': 75},\n"
      "   'odds_ratio': '1.993',\n"
      "   'low': '1.049',\n"
      "   'high': '3.841',\n"
      "   'p': '0.03414',\n"
      "   'q': '0.03414',\n"
      "   'answer': 'tells',\n"
      "   'naive': {\n"
      "    'table': {'won_with': 20, 'won_without': 0, 'lost_with': 0, 'lost_without': 20},\n"
      "    'odds_ratio': 'inf',\n"
      "    'low': '49.15',\n"
      "    'high': 'inf',\n"
      "    'p': '1.451e-11'\n"
      "   }\n"
      "  },\n"
      "  'proofs': [\n"
      "   {\n"
      "    'deal': 'D-0',\n"
      "    'status': 'won',\n"
      "    'amount': '1000.00',\n"
      "    'origin_time': '2024-05-01',\n"
      "    'closed': '2024-06-10',\n"
      "    'chain': [\n"
      "     {'table': 'posts', 'file': 'exports/posts.csv', 'line': 12, 'key': 'spring24'},\n"
      "     {'table': 'contacts', 'file': 'exports/contacts.csv', 'line': 7, 'key': 'c-9'},\n"
      "     {'table': 'deals', 'file': 'exports/deals.csv', 'line': 77}\n"
      "    ]\n"
      "   }\n"
      "  ],\n"
      "  'by': {\n"
      "   'column': 'page',\n"
      "   'table': 'posts',\n"
      "   'rows': [\n"
      "    {\n"
      "     'value': '/a',\n"
      "     'origins': 20,\n"
      "     'won': {'deals': 2, 'amount': '1500.00', 'unknown_amounts': 0},\n"
      "     'lost': {'deals': 0, 'amount': '0.00', 'unknown_amounts': 0},\n"
      "     'open': {'deals': 0, 'amount': '0.00', 'unknown_amounts': 0}\n"
      "    },\n"
      "    {\n"
      "     'value': '/b',\n"
      "     'origins': 10,\n"
      "     'won': {'deals': 0, 'amount': '0.00', 'unknown_amounts': 0},\n"
      "     'lost': {'deals': 0, 'amount': '0.00', 'unknown_amounts': 0},\n"
      "     'open': {'deals': 0, 'amount': '0.00', 'unknown_amounts': 0}\n"
      "    },\n"
      "    {\n"
      "     'blank': true,\n"
      "     'origins': 6,\n"
      "     'won': {'deals': 0, 'amount': '0.00', 'unknown_amounts': 0},\n"
      "     'lost': {'deals': 0, 'amount': '0.00', 'unknown_amounts': 0},\n"
      "     'open': {'deals': 0, 'amount': '0.00', 'unknown_amounts': 0}\n"
      "    }\n"
      "   ]\n"
      "  }\n"
      " }\n"
      "}\n");
  pl_arena_free(&w.arena);
}

/* ---- the report around the findings: one untraced metric, one that failed ------------------ */

static void take_stock(world *w) {
  static struct pl_status_value values[] = {{PL_STR("Closed Lost"), PL_LOST, 1},
                                            {PL_STR("Closed Won"), PL_WON, 3},
                                            {PL_STR("Test"), PL_IGNORED, 2}};
  static const pl_error broken = {.status = PL_E_USAGE,
                                  .file = "rules/sales.lua",
                                  .line = 3,
                                  .column = 9,
                                  .message = "unexpected symbol near ')'",
                                  .hint = "close the brace first"};
  static pl_reject reject = {.file = DEALS,
                             .line = 9,
                             .column = 4,
                             .code = PL_REJECT_NUMBER,
                             .message = PL_STR("\"n/a\" is not a number")};
  static pl_rejects rejects = {.items = &reject, .n = 1};
  w->found.rejects = &rejects;
  world_deal(w, PL_WON, -20);
  w->items[1].amount_known = false;
  w->deals.values = values;
  w->deals.values_n = 3;
  w->deals.cycle_us = 49 * PL_DAY_US;
  w->deals.cycle_from = 12;
  w->model.within = "26w";
  w->model.since = "2023-01-01";
  w->sources[POSTS].fresh_us = 7 * PL_DAY_US;
  w->tallies[POSTS].read = 45;
  w->tallies[POSTS].used = 40;
  w->tallies[POSTS].after_as_of = 5;
  w->departments[1] = (pl_department_def){"Sales", "rules/sales.lua", &broken, 110};
  w->model.departments_n = 2;
  w->metrics[1].failed = &broken;
  w->metrics[1].failed_code = 110;
}

static void a_whole_report(void **state) {
  (void)state;
  world w;
  world_make(&w, 2);
  take_stock(&w);
  w.metric_defs[0].branches_n = w.metrics[0].branches_n = 0;
  w.bound.sources_n = 1;
  judge(&w);
  expect_json(
      pl_result_build(&w.arena, &w.found),
      "{\n"
      " 'plumbline': '0.1.0',\n"
      " 'schema': 1,\n"
      " 'audit': {\n"
      "  'title': 'Example',\n"
      "  'as_of': '2024-06-30',\n"
      "  'currency': 'EUR',\n"
      "  'timezone': 'UTC',\n"
      "  'before': 'closed',\n"
      "  'within': '26 weeks',\n"
      "  'min_won': 1,\n"
      "  'period': {'since': '2023-01-01'},\n"
      "  'cycle': {'days': '49', 'seconds': 4233600, 'text': '49 days', 'from': '12 won "
      "deals'},\n"
      "  'policy': {'no_difference_below': '1.5', 'q': '0.10', 'few_keys': '0.20'}\n"
      " },\n"
      " 'deals': {\n"
      "  'won': {'deals': 3, 'amount': '980.00', 'unknown_amounts': 1},\n"
      "  'lost': {'deals': 1, 'amount': '300.00', 'unknown_amounts': 0},\n"
      "  'open': {'deals': 0, 'amount': '0.00', 'unknown_amounts': 0},\n"
      "  'refunds': {'deals': 1, 'amount': '-20.00'},\n"
      "  'statuses': [\n"
      "   {'value': 'Closed Lost', 'means': 'lost', 'deals': 1},\n"
      "   {'value': 'Closed Won', 'means': 'won', 'deals': 3},\n"
      "   {'value': 'Test', 'means': 'ignore', 'deals': 2}\n"
      "  ]\n"
      " },\n"
      " 'totals': {\n"
      "  'metrics': 2,\n"
      "  'flagged': 1,\n"
      "  'linked': 0,\n"
      "  'no_difference': 0,\n"
      "  'too_early': 0,\n"
      "  'unlinked': 0,\n"
      "  'untraced': 1,\n"
      "  'error': 1,\n"
      "  'departments': 2\n"
      " },\n"
      " 'departments': [\n"
      "  {'name': 'Marketing', 'file': 'rules/marketing.lua', 'metrics': 2, 'flagged': 1},\n"
      "  {\n"
      "   'name': 'Sales',\n"
      "   'file': 'rules/sales.lua',\n"
      "   'metrics': 0,\n"
      "   'flagged': 0,\n"
      "   'error': {\n"
      "    'code': 'PL110',\n"
      "    'message': 'unexpected symbol near ')'',\n"
      "    'file': 'rules/sales.lua',\n"
      "    'line': 3,\n"
      "    'column': 9,\n"
      "    'hint': 'close the brace first'\n"
      "   }\n"
      "  }\n"
      " ],\n"
      " 'sources': [\n"
      "  {\n"
      "   'name': 'posts',\n"
      "   'role': 'streamed',\n"
      "   'files': [{'path': 'exports/posts.csv', 'records': 45}],\n"
      "   'read': 45,\n"
      "   'used': 40,\n"
      "   'rejected': 0,\n"
      "   'skipped': {\n"
      "    'preamble': 0,\n"
      "    'description': 0,\n"
      "    'total': 0,\n"
      "    'footer': 0,\n"
      "    'block': 0,\n"
      "    'filtered': 0,\n"
      "    'after_as_of': 5,\n"
      "    'duplicates': 0,\n"
      "    'ignored': 0,\n"
      "    'created_later': 0,\n"
      "    'outside_period': 0\n"
      "   },\n"
      "   'newest': '2024-06-27',\n"
      "   'oldest': '2023-09-04',\n"
      "   'blank_time': 0,\n"
      "   'blank_lookups': 0,\n"
      "   'fresh': {'limit': '1 week', 'age': '3 days', 'ok': true}\n"
      "  }\n"
      " ],\n"
      " 'rejects': {\n"
      "  'rows': 1,\n"
      "  'first': [\n"
      "   {\n"
      "    'file': 'exports/deals.csv',\n"
      "    'line': 9,\n"
      "    'column': 4,\n"
      "    'code': 'PL203',\n"
      "    'message': '\\'n/a\\' is not a number'\n"
      "   }\n"
      "  ]\n"
      " },\n"
      " 'notes': [\n"
      "  {'text': 'the amount of 1 of the 3 won deals is unknown; sums leave it out'},\n"
      "  {'text': '1 won deal carries a negative amount, EUR -20.00; it is taken off the "
      "sums'},\n"
      "  {'text': '1 metric was not audited'},\n"
      "  {'text': 'rules/sales.lua could not be read, so no metric of Sales was audited'},\n"
      "  {'text': '1 row could not be used; it is listed in rejects.csv'}\n"
      " ],\n"
      " 'findings': [\n"
      "  {\n"
      "   'id': 'Marketing/m0',\n"
      "   'department': 'Marketing',\n"
      "   'metric': 'm0',\n"
      "   'file': 'rules/marketing.lua',\n"
      "   'line': 40,\n"
      "   'verdict': 'untraced',\n"
      "   'code': 'PL101',\n"
      "   'flagged': true,\n"
      "   'headline': 'Nobody has said how this metric should lead to a deal',\n"
      "   'site': {'file': 'rules/marketing.lua', 'line': 40},\n"
      "   'notes': [],\n"
      "   'todo': [\n"
      "    {\n"
      "     'action': 'relink',\n"
      "     'text': 'say in rules/marketing.lua how it should lead to a deal: a `trace`'\n"
      "    },\n"
      "    {\n"
      "     'action': 'stop',\n"
      "     'text': 'a candidate to stop tracking, unless somebody can say how it leads to a "
      "deal'\n"
      "    }\n"
      "   ]\n"
      "  },\n"
      "  {\n"
      "   'id': 'Marketing/m1',\n"
      "   'department': 'Marketing',\n"
      "   'metric': 'm1',\n"
      "   'file': 'rules/marketing.lua',\n"
      "   'line': 40,\n"
      "   'verdict': 'error',\n"
      "   'code': 'PL110',\n"
      "   'flagged': false,\n"
      "   'headline': 'Not audited: its rule could not be used',\n"
      "   'site': {'file': 'rules/marketing.lua', 'line': 40},\n"
      "   'notes': [],\n"
      "   'todo': [{'action': 'fix', 'text': 'close the brace first'}],\n"
      "   'error': {\n"
      "    'code': 'PL110',\n"
      "    'message': 'unexpected symbol near ')'',\n"
      "    'file': 'rules/sales.lua',\n"
      "    'line': 3,\n"
      "    'column': 9,\n"
      "    'hint': 'close the brace first'\n"
      "   }\n"
      "  }\n"
      " ],\n"
      " 'review': {}\n"
      "}\n");
  pl_arena_free(&w.arena);
}

/* ---- places and the rule's own judge ------------------------------------------------------- */

static void a_break_points_at_its_step(void **state) {
  (void)state;
  world w;
  world_make(&w, 1);
  breaks(&w, 0, 0, 2, 12, 0);
  judge(&w);
  const pl_value *result = pl_result_build(&w.arena, &w.found);
  const pl_value *finding = pl_value_at(pl_value_get(result, "findings"), 0);
  expect_json(pl_value_get(finding, "site"), "{'file': 'rules/marketing.lua', 'line': 42}\n");
  const pl_value *evidence = pl_value_get(finding, "evidence");
  const pl_value *branch = pl_value_at(pl_value_get(evidence, "branches"), 0);
  assert_int_equal(pl_value_integer(pl_value_get(branch, "breaks_at"), 0), 2);
  pl_arena_free(&w.arena);
}

static void sources_say_what_they_are_for(void **state) {
  (void)state;
  static const char *const roles[] = {"streamed", "held", "deals", "unused"};
  world w;
  world_make(&w, 1);
  w.sources[VISITS].started = false;
  judge(&w);
  const pl_value *sources = pl_value_get(pl_result_build(&w.arena, &w.found), "sources");
  for (size_t i = 0; i < SOURCES; i++) {
    const pl_value *role = pl_value_get(pl_value_at(sources, i), "role");
    assert_string_equal(pl_value_str(role).p, roles[i]);
  }
  pl_arena_free(&w.arena);
}

static void judge_is_handed_the_standard_verdict(void **state) {
  (void)state;
  world w;
  world_make(&w, 1);
  breaks(&w, 0, 0, 1, 36, 0);
  judge(&w);
  const pl_value *evidence = pl_result_judge_evidence(&w.arena, &w.found, 0);
  const pl_value *standard = pl_value_get(evidence, "standard");
  assert_string_equal(pl_value_str(pl_value_get(standard, "verdict")).p, "unlinked");
  assert_string_equal(pl_value_str(pl_value_get(standard, "code")).p, "PL102");
  assert_non_null(pl_value_get(evidence, "deals"));
  assert_null(pl_value_get(pl_result_evidence(&w.arena, &w.found, 0), "standard"));
  pl_arena_free(&w.arena);
}

static void a_departure_stands_beside_the_standard_verdict(void **state) {
  (void)state;
  world w;
  pl_error err;
  world_make(&w, 1);
  reaches(&w, 0, 2, 1500);
  judge(&w);
  pl_verdict_take(&w.arena, &w.found, 0, "unlinked", "two are too few for us", NULL, 0, &err);
  const pl_value *result = pl_result_build(&w.arena, &w.found);
  const pl_value *finding = pl_value_at(pl_value_get(result, "findings"), 0);
  expect_json(pl_value_get(finding, "standard"), "{'verdict': 'linked'}\n");
  expect_json(pl_value_get(finding, "judge"), "{'text': 'two are too few for us'}\n");
  assert_string_equal(pl_value_str(pl_value_get(finding, "code")).p, "PL114");
  assert_string_equal(pl_value_str(pl_value_get(finding, "headline")).p,
                      "2 won deals can be followed back to posts, which is below this rule's own "
                      "bar");
  pl_arena_free(&w.arena);
}

/* Every allocation on the way may fail; the answer is NULL, never half a report. */
static void memory_may_run_out(void **state) {
  (void)state;
  const pl_value *result = NULL;
  for (uint64_t n = 1; !result; n++) {
    world w;
    assert_true(n < 5000);
    world_make(&w, 1);
    declare_everything(&w);
    find_everything(&w);
    judge(&w);
    pl_alloc_fail_at(n);
    result = pl_result_build(&w.arena, &w.found);
    pl_alloc_fail_at(0);
    if (n == 1) assert_null(result);
    if (result) assert_int_equal(pl_value_count(pl_value_get(result, "findings")), 1);
    pl_arena_free(&w.arena);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_linked_finding),
      cmocka_unit_test(a_whole_report),
      cmocka_unit_test(a_break_points_at_its_step),
      cmocka_unit_test(sources_say_what_they_are_for),
      cmocka_unit_test(judge_is_handed_the_standard_verdict),
      cmocka_unit_test(a_departure_stands_beside_the_standard_verdict),
      cmocka_unit_test(memory_may_run_out),
  };
  return cmocka_run_group_tests_name("trace_result", tests, NULL, NULL);
}
