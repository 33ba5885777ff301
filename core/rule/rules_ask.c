/* Asking functions for many values, and judge for its verdict. */
#include <stdio.h>

#include "rule/decode.h"
#include "rule/exchange_reply.h"
#include "rule/rules_private.h"

/* One request carries at most this much, so that neither side needs much more
 * memory than the values themselves. */
#define CHUNK_VALUES 20000
#define CHUNK_BYTES (4u << 20)

typedef struct asking {
  pl_rules *rules;
  pl_ask *ask;
  size_t done;  /* tuples answered */
  size_t chunk; /* tuples in the request under way */
} asking;

static pl_site function_site(const pl_worker *worker, pl_function call) {
  return worker->functions[call.id];
}

static size_t chunk_size(const asking *a) {
  size_t bytes = 0, n = 0;
  const pl_ask *ask = a->ask;
  while (a->done + n < ask->n && (n + 1) * ask->parameters <= CHUNK_VALUES) {
    for (size_t k = 0; k < ask->parameters; k++)
      bytes += ask->values[(a->done + n) * ask->parameters + k].n;
    if (n > 0 && bytes > CHUNK_BYTES) break;
    n++;
  }
  return n;
}

static const pl_value *make_ask(pl_request *request, pl_arena *arena) {
  asking *a = request->ctx;
  const pl_ask *ask = a->ask;
  a->chunk = chunk_size(a);
  pl_value *v = pl_value_object(arena), *values = pl_value_list(arena);
  pl_set_int(arena, v, "fn", ask->call.id);
  pl_set_int(arena, v, "parameters", (int64_t)ask->parameters);
  pl_set_bool(arena, v, "want_text", ask->want_text);
  pl_value_set(arena, v, "values", values);
  const pl_str *from = ask->values + a->done * ask->parameters;
  for (size_t i = 0; i < a->chunk * ask->parameters; i++)
    pl_value_push(arena, values, from[i].p ? pl_value_text(arena, from[i]) : pl_value_null(arena));
  return v;
}

static bool answer_ok(const pl_value *v, bool want_text) {
  if (!want_text) return v->kind == PL_BOOL;
  if (v->kind == PL_NULL) return true;
  return v->kind == PL_TEXT && v->as.text.n <= PL_MAX_FIELD &&
         (v->as.text.n == 0 || !memchr(v->as.text.p, 0, v->as.text.n));
}

static pl_status take_ask(pl_request *request, const pl_value *answer, pl_error *err) {
  asking *a = request->ctx;
  pl_ask *ask = a->ask;
  pl_arena *arena = &a->rules->arena;
  if (pl_value_count(answer) != a->chunk || (answer->kind != PL_LIST && a->chunk > 0))
    return PL_E_RULE;
  for (size_t i = 0; i < a->chunk; i++) {
    const pl_value *v = pl_value_at(answer, i);
    if (!answer_ok(v, ask->want_text)) return PL_E_RULE;
    if (!ask->want_text)
      ask->truths[a->done + i] = v->as.boolean;
    else if (v->kind == PL_TEXT) {
      char *copy = pl_arena_copy(arena, v->as.text.p, v->as.text.n);
      if (!copy) return pl_fail_memory(err);
      ask->texts[a->done + i] = (pl_str){copy, v->as.text.n};
    }
  }
  a->done += a->chunk;
  request->more = a->done < ask->n;
  return PL_OK;
}

static void fail_ask(pl_request *request, const pl_error *why, int code) {
  asking *a = request->ctx;
  a->ask->failed = pl_rules_keep(&a->rules->arena, why);
  a->ask->failed_code = code;
  a->ask->texts = NULL;
  a->ask->truths = NULL;
}

/* A function that no worker holds is a slip of ours or of a rule that failed. */
static pl_error *no_function(pl_rules *rules) {
  pl_error err;
  pl_fail(&err, PL_E_RULE, "the rule file that holds this function could not be run");
  return pl_rules_keep(&rules->arena, &err);
}

static bool prepare(pl_rules *rules, pl_ask *ask) {
  size_t n = ask->n ? ask->n : 1;
  ask->texts = NULL;
  ask->truths = NULL;
  ask->failed = NULL;
  ask->failed_code = 0;
  if (ask->want_text)
    ask->texts = pl_arena_array(&rules->arena, n, sizeof *ask->texts);
  else
    ask->truths = pl_arena_array(&rules->arena, n, sizeof *ask->truths);
  return ask->texts || ask->truths;
}

/* Fills one request per function; those that no worker holds fail at once. */
static pl_status ask_all(pl_rules *rules, pl_ask *asks, size_t n, pl_request *requests, asking *all,
                         pl_error *err) {
  size_t count = 0;
  for (size_t i = 0; i < n; i++) {
    pl_worker *worker = pl_rules_worker(rules, asks[i].call);
    if (!prepare(rules, &asks[i])) return pl_fail_memory(err);
    if (asks[i].n == 0) continue;
    if (!worker) {
      asks[i].failed = no_function(rules);
      asks[i].failed_code = 110;
      continue;
    }
    all[i] = (asking){rules, &asks[i], 0, 0};
    requests[count++] = (pl_request){.worker = worker,
                                     .ctx = &all[i],
                                     .type = PL_FRAME_ASK,
                                     .make = make_ask,
                                     .take = take_ask,
                                     .failed = fail_ask,
                                     .site = function_site(worker, asks[i].call)};
  }
  return pl_exchange_run(&rules->exchange, requests, count, err);
}

pl_status pl_rules_ask(pl_rules *rules, pl_ask *asks, size_t n, pl_error *err) {
  if (rules->hosted) return pl_rules_ask_host(rules, asks, n, err);
  pl_request *requests = pl_calloc(n ? n : 1, sizeof *requests);
  asking *all = pl_calloc(n ? n : 1, sizeof *all);
  pl_status status = PL_E_MEMORY;
  if (requests && all) status = ask_all(rules, asks, n, requests, all, err);
  pl_free(requests);
  pl_free(all);
  if (status == PL_E_MEMORY || rules->arena.failed) status = pl_fail_memory(err);
  return status;
}

/* ---- judge ------------------------------------------------------------------------------------
 */

typedef struct judging {
  pl_rules *rules;
  pl_judgement *judgement;
} judging;

static const pl_value *make_judge(pl_request *request, pl_arena *arena) {
  const judging *j = request->ctx;
  pl_value *v = pl_value_object(arena);
  pl_set_int(arena, v, "fn", j->judgement->call.id);
  /* Borrowed, not changed: the tree is only written to the wire. */
  pl_value_set(arena, v, "evidence", (pl_value *)(uintptr_t)j->judgement->evidence);
  return v;
}

/* The verdicts that a judge may name; whether the evidence permits it is the
 * core's to say. */
static const char *verdict_of(pl_str name) {
  static const char *const verdicts[] = {"linked", "no_difference", "unlinked", "too_early"};
  for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
    if (pl_str_eq(name, pl_str_of(verdicts[i]))) return verdicts[i];
  return NULL;
}

static void refuse_verdict(pl_rules *rules, pl_judgement *j, pl_str name, pl_site site) {
  char text[100];
  pl_error err;
  pl_text_plain(name, text, sizeof text);
  pl_fail_at(&err, PL_E_RULE, site, "judge gave the verdict \"%s\"", text);
  pl_hint(&err, "it may give \"linked\", \"no_difference\", \"unlinked\", \"too_early\" or nil");
  j->failed = pl_rules_keep(&rules->arena, &err);
  j->failed_code = 110;
}

pl_status pl_judgement_take(pl_rules *rules, pl_judgement *judgement, pl_site site, pl_str verdict,
                            pl_str text, pl_error *err) {
  if (verdict.p) {
    judgement->verdict = verdict_of(verdict);
    if (!judgement->verdict) refuse_verdict(rules, judgement, verdict, site);
  }
  if (!text.p || judgement->failed) return PL_OK;
  if (text.n > PL_MAX_DECLARED) text.n = pl_utf8_valid((pl_str){text.p, PL_MAX_DECLARED});
  char *copy = pl_arena_alloc(&rules->arena, text.n + 1);
  if (!copy) return pl_fail_memory(err);
  pl_text_plain(text, copy, text.n + 1);
  judgement->text = copy;
  return PL_OK;
}

static pl_status take_judge(pl_request *request, const pl_value *answer, pl_error *err) {
  judging *j = request->ctx;
  const pl_value *verdict = pl_value_get(answer, "verdict"), *text = pl_value_get(answer, "text");
  if (answer->kind != PL_OBJECT || (verdict && verdict->kind != PL_TEXT) ||
      (text && (text->kind != PL_TEXT || text->as.text.n > PL_MAX_DECLARED)))
    return PL_E_RULE;
  const pl_str none = {NULL, 0};
  return pl_judgement_take(j->rules, j->judgement, request->site, verdict ? verdict->as.text : none,
                           text ? text->as.text : none, err);
}

static void fail_judge(pl_request *request, const pl_error *why, int code) {
  judging *j = request->ctx;
  j->judgement->failed = pl_rules_keep(&j->rules->arena, why);
  j->judgement->failed_code = code;
}

static pl_status judge_all(pl_rules *rules, pl_judgement *judgements, size_t n,
                           pl_request *requests, judging *all, pl_error *err) {
  size_t count = 0;
  for (size_t i = 0; i < n; i++) {
    pl_judgement *j = &judgements[i];
    pl_worker *worker = pl_rules_worker(rules, j->call);
    j->verdict = j->text = NULL;
    j->failed = worker ? NULL : no_function(rules);
    j->failed_code = worker ? 0 : 110;
    if (!worker) continue;
    all[i] = (judging){rules, j};
    requests[count++] = (pl_request){.worker = worker,
                                     .ctx = &all[i],
                                     .type = PL_FRAME_JUDGE,
                                     .make = make_judge,
                                     .take = take_judge,
                                     .failed = fail_judge,
                                     .site = function_site(worker, j->call)};
  }
  return pl_exchange_run(&rules->exchange, requests, count, err);
}

pl_status pl_rules_judge(pl_rules *rules, pl_judgement *judgements, size_t n, pl_error *err) {
  if (rules->hosted) return pl_rules_judge_host(rules, judgements, n, err);
  pl_request *requests = pl_calloc(n ? n : 1, sizeof *requests);
  judging *all = pl_calloc(n ? n : 1, sizeof *all);
  pl_status status = PL_E_MEMORY;
  if (requests && all) status = judge_all(rules, judgements, n, requests, all, err);
  pl_free(requests);
  pl_free(all);
  if (status == PL_E_MEMORY || rules->arena.failed) status = pl_fail_memory(err);
  return status;
}
