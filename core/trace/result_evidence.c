/* The evidence of one metric as it stands in the report: origins, branches and
 * their steps, deals, proofs. */
#include "trace/result_parts.h"

static const char *const status_keys[] = {[PL_WON] = "won", [PL_LOST] = "lost", [PL_OPEN] = "open"};

/* ---- branches and steps ------------------------------------------------------------ */

static void set_keys(pl_arena *arena, pl_value *object, const pl_step *step) {
  pl_value *keys = pl_part_list(arena, object, "keys");
  for (size_t i = 0; i < step->key_n; i++) {
    pl_value *key = pl_value_push(arena, keys, pl_value_object(arena));
    pl_part_text(arena, key, "here", step->from->slots[step->here[i]].name);
    pl_part_text(arena, key, "there", step->to->slots[step->there[i]].name);
  }
}

static void set_conditions(pl_arena *arena, pl_value *object, const pl_conditions *conditions) {
  pl_buf text = {0};
  pl_say_conditions(&text, conditions);
  pl_part_said(arena, object, "conditions", &text);
}

static void set_near(pl_arena *arena, pl_value *object, const pl_bound *bound,
                     const pl_step_evidence *e) {
  if (e->near_keys == 0) return;
  pl_value *near = pl_part_object(arena, object, "near");
  pl_set_int(arena, near, "keys", (int64_t)e->near_keys);
  pl_set_int(arena, near, "records", (int64_t)e->near_records);
  pl_value *samples = pl_part_list(arena, near, "samples");
  for (size_t i = 0; i < e->near_n; i++) {
    pl_value *sample = pl_value_push(arena, samples, pl_value_object(arena));
    pl_set_text(arena, sample, "here", e->near[i].here);
    pl_set_text(arena, sample, "there", e->near[i].there);
  }
  pl_part_money(arena, near, "won", &e->near_won);
  pl_buf text = {0};
  pl_say_near(&text, bound, e);
  pl_part_said(arena, near, "text", &text);
}

static void set_keys_found(pl_arena *arena, pl_value *object, const pl_step_evidence *e) {
  if (e->fan_keys > 0) {
    pl_value *fan = pl_part_object(arena, object, "fan_out");
    pl_set_int(arena, fan, "median", e->fan_median);
    pl_set_int(arena, fan, "max", e->fan_max);
    pl_set_int(arena, fan, "keys", (int64_t)e->fan_keys);
  }
  if (e->not_unique > 0) {
    pl_value *many = pl_part_object(arena, object, "not_unique");
    pl_set_int(arena, many, "keys", (int64_t)e->not_unique);
    pl_value *samples = pl_part_list(arena, many, "samples");
    for (uint64_t i = 0; i < e->not_unique && i < 3; i++) {
      if (!e->not_unique_samples[i].p) break;
      pl_value_push(arena, samples, pl_value_text(arena, e->not_unique_samples[i]));
    }
  }
}

static pl_value *step_value(pl_arena *arena, const pl_bound *bound, const pl_step *step,
                            const pl_step_evidence *e, size_t number) {
  pl_value *object = pl_value_object(arena);
  pl_set_int(arena, object, "n", (int64_t)number);
  pl_part_text(arena, object, "from", step->from->def->name);
  pl_part_text(arena, object, "to", step->to->def->name);
  set_keys(arena, object, step);
  set_conditions(arena, object, &step->def->where);
  pl_part_site(arena, object, step->def->site);
  pl_set_int(arena, object, "in", (int64_t)e->in);
  pl_set_int(arena, object, "with_key", (int64_t)e->with_key);
  pl_set_int(arena, object, "matched", (int64_t)e->matched);
  pl_set_int(arena, object, "out", (int64_t)e->out);
  pl_set_int(arena, object, "followed", (int64_t)e->followed);
  set_keys_found(arena, object, e);
  if (step->next) pl_set_bool(arena, object, "next", true);
  set_near(arena, object, bound, e);
  return object;
}

pl_value *pl_result_branch(pl_arena *arena, const pl_found *found, size_t metric, size_t branch) {
  const pl_branch *b = &found->bound->metrics[metric].branches[branch];
  const pl_branch_evidence *e = &found->evidence[metric]->branches[branch];
  pl_value *object = pl_value_object(arena);
  pl_part_text(arena, object, "from", b->from->def->name);
  pl_set_int(arena, object, "records", (int64_t)e->records);
  pl_set_int(arena, object, "origins", (int64_t)e->origins);
  set_conditions(arena, object, &b->def->where);
  if (e->breaks_at > 0) pl_set_int(arena, object, "breaks_at", e->breaks_at);
  pl_value *steps = pl_part_list(arena, object, "steps");
  for (size_t k = 0; k < b->steps_n; k++) {
    pl_value_push(arena, steps, step_value(arena, found->bound, &b->steps[k], &e->steps[k], k + 1));
  }
  return object;
}

/* ---- origins and order ----------------------------------------------------------------- */

static void set_origins(pl_arena *arena, pl_value *object, const pl_found *found, size_t i) {
  const pl_evidence *e = found->evidence[i];
  pl_value *origins = pl_part_object(arena, object, "origins");
  pl_set_int(arena, origins, "records", (int64_t)e->origins);
  pl_set_bool(arena, origins, "united", e->branches_n > 1);
  pl_part_time(arena, origins, "first", e->first, found->bound->zone);
  pl_part_time(arena, origins, "last", e->last, found->bound->zone);
  pl_set_int(arena, origins, "undated", (int64_t)e->undated_origins);
  pl_set_int(arena, origins, "with_key", (int64_t)e->with_key);
  pl_set_int(arena, origins, "after_as_of", (int64_t)e->after_as_of);
}

static const char *before_name(pl_before before) {
  return before == PL_BEFORE_ANY ? "any" : before == PL_BEFORE_CREATED ? "created" : "closed";
}

static const char *compared_name(pl_compared compared) {
  return compared == PL_COMPARED_DAYS      ? "days"
         : compared == PL_COMPARED_SECONDS ? "seconds"
                                           : "not checked";
}

static void set_order(pl_arena *arena, pl_value *object, const pl_found *found, size_t i) {
  const pl_metric *metric = &found->bound->metrics[i];
  char within[PL_TIME_TEXT];
  pl_value *order = pl_part_object(arena, object, "order");
  pl_part_text(arena, order, "before", before_name(metric->before));
  pl_part_text(arena, order, "compared", compared_name(found->evidence[i]->compared));
  if (pl_within_text(metric, within)[0]) pl_part_text(arena, order, "within", within);
  pl_buf text = {0};
  pl_say_order(&text, found, i);
  pl_part_said(arena, order, "text", &text);
}

/* ---- deals ------------------------------------------------------------------------------- */

static void set_deals(pl_arena *arena, pl_value *object, const pl_evidence *e) {
  pl_value *deals = pl_part_object(arena, object, "deals");
  for (int status = PL_WON; status <= PL_OPEN; status++) {
    pl_value *one = pl_part_object(arena, deals, status_keys[status]);
    pl_part_money(arena, one, "matched", &e->matched[status]);
    pl_part_money(arena, one, "in_order", &e->in_order[status]);
    pl_part_money(arena, one, "reached", &e->reached[status]);
  }
  pl_value *undated = pl_part_object(arena, object, "undated");
  pl_set_int(arena, undated, "origins", (int64_t)e->undated_origins);
  pl_set_int(arena, undated, "deals", (int64_t)e->undated_deals);
}

/* The columns of the deals by which the last steps lead there; each once. */
static void say_deal_key(pl_buf *out, const pl_metric *metric) {
  const char *said[PL_MAX_BRANCHES * PL_MAX_KEY];
  size_t n = 0;
  for (size_t b = 0; b < metric->branches_n && b < PL_MAX_BRANCHES; b++) {
    const pl_branch *branch = &metric->branches[b];
    const pl_step *last = branch->steps_n > 0 ? &branch->steps[branch->steps_n - 1] : NULL;
    for (size_t k = 0; last && k < last->key_n; k++) {
      const char *name = last->to->slots[last->there[k]].name;
      size_t i = 0;
      while (i < n && strcmp(said[i], name) != 0) i++;
      if (i < n) continue;
      if (n > 0) pl_buf_text(out, k > 0 ? " and " : " or ");
      pl_buf_text(out, name);
      said[n++] = name;
    }
  }
}

static void set_last_step(pl_arena *arena, pl_value *object, const pl_found *found, size_t i) {
  const pl_evidence *e = found->evidence[i];
  pl_value *last = pl_part_object(arena, object, "last_step");
  pl_set_int(arena, last, "won",
             (int64_t)e->last_blank + e->last_no_match + e->last_left_out + e->last_out_of_time +
                 e->last_reached);
  pl_set_int(arena, last, "blank_key", e->last_blank);
  pl_set_int(arena, last, "no_match", e->last_no_match);
  pl_set_int(arena, last, "left_out", e->last_left_out);
  pl_set_int(arena, last, "out_of_time", e->last_out_of_time);
  pl_set_int(arena, last, "reached", e->last_reached);
  pl_buf key = {0};
  say_deal_key(&key, &found->bound->metrics[i]);
  pl_part_said(arena, last, "key", &key);
}

static void set_share(pl_arena *arena, pl_value *object, const pl_found *found, size_t i) {
  char share[PL_MONEY_TEXT];
  pl_money_count won = pl_deals_of(found->deals, PL_WON);
  if (!pl_share_text(found->evidence[i]->reached[PL_WON].amount, won.amount, share)) return;
  pl_part_text(arena, object, "share", share);
  pl_part_text(arena, object, "share_note",
               "of the won amount; metrics overlap, so shares do not add up to 100 %");
}

static void set_first_to_close(pl_arena *arena, pl_value *object, const pl_evidence *e) {
  char text[PL_TIME_TEXT];
  if (!e->has_first_to_close) return;
  pl_value *first = pl_part_object(arena, object, "first_to_close");
  pl_set_int(arena, first, "median_seconds", e->first_to_close_us / PL_SECOND_US);
  pl_part_text(arena, first, "text", pl_span_text(e->first_to_close_us, text));
  pl_set_int(arena, first, "deals", e->first_to_close_deals);
}

static void set_few_keys(pl_arena *arena, pl_value *object, const pl_found *found, size_t i) {
  const pl_evidence *e = found->evidence[i];
  char share[PL_MONEY_TEXT];
  if (!found->verdicts[i].few_keys) return;
  pl_value *few = pl_part_object(arena, object, "few_keys");
  pl_set_text(arena, few, "key", e->top_key);
  pl_set_int(arena, few, "won", e->top_key_won);
  if (pl_share_text(e->top_key_won, e->reached[PL_WON].deals, share)) {
    pl_part_text(arena, few, "share", share);
  }
}

/* ---- proofs --------------------------------------------------------------------------------- */

/* Won deals that join but do not count, with the reason: their record came
 * "after" the deal, was outside the "window", led to an earlier deal first
 * ("later", with which = "next"), or something has no time ("undated"). */
static void set_out_of_time(pl_arena *arena, pl_value *object, const pl_found *found,
                            const pl_evidence *e) {
  if (e->out_of_time_n == 0) return;
  pl_value *list = pl_part_list(arena, object, "out_of_time");
  for (size_t i = 0; i < e->out_of_time_n; i++) {
    const struct pl_out_of_time *out = &e->out_of_time[i];
    const pl_deal *deal = &found->deals->items[out->deal];
    char amount[PL_MONEY_TEXT];
    pl_value *one = pl_value_push(arena, list, pl_value_object(arena));
    pl_set_text(arena, one, "deal", deal->id);
    if (deal->amount_known) {
      pl_part_text(arena, one, "amount", pl_money_text(deal->amount, amount));
    }
    pl_part_time(arena, one, "closed", deal->closed, found->bound->zone);
    pl_part_text(arena, one, "file", found->bound->files[out->place.file]);
    pl_set_int(arena, one, "line", out->place.line);
    pl_part_text(arena, one, "why",
                 out->undated     ? "undated"
                 : !out->in_order ? "after"
                 : out->later     ? "later"
                                  : "window");
  }
}

static void set_chain(pl_arena *arena, pl_value *object, const pl_found *found,
                      const pl_proof *proof) {
  pl_value *chain = pl_part_list(arena, object, "chain");
  for (size_t k = 0; k < proof->links_n; k++) {
    const pl_chain_link *link = &proof->links[k];
    pl_value *one = pl_value_push(arena, chain, pl_value_object(arena));
    pl_part_text(arena, one, "table", link->table);
    if (link->place.file < found->bound->files_n) {
      pl_part_text(arena, one, "file", found->bound->files[link->place.file]);
    }
    pl_set_int(arena, one, "line", link->place.line);
    if (link->key.n > 0) pl_set_text(arena, one, "key", link->key);
  }
}

pl_value *pl_result_proof(pl_arena *arena, const pl_found *found, const pl_proof *proof) {
  const pl_deal *deal = &found->deals->items[proof->deal];
  char amount[PL_MONEY_TEXT];
  pl_value *object = pl_value_object(arena);
  pl_set_text(arena, object, "deal", deal->id);
  pl_part_text(arena, object, "status", status_keys[deal->status]);
  if (deal->amount_known) {
    pl_part_text(arena, object, "amount", pl_money_text(deal->amount, amount));
  }
  pl_part_time(arena, object, "origin_time", proof->origin, found->bound->zone);
  pl_part_time(arena, object, "closed", deal->closed, found->bound->zone);
  set_chain(arena, object, found, proof);
  return object;
}

pl_value *pl_result_evidence(pl_arena *arena, const pl_found *found, size_t metric) {
  const pl_evidence *e = found->evidence[metric];
  pl_value *object = pl_value_object(arena);
  set_origins(arena, object, found, metric);
  set_order(arena, object, found, metric);
  pl_value *branches = pl_part_list(arena, object, "branches");
  for (size_t b = 0; b < e->branches_n; b++) {
    pl_value_push(arena, branches, pl_result_branch(arena, found, metric, b));
  }
  pl_set_int(arena, object, "unreadable", (int64_t)e->unreadable);
  set_deals(arena, object, e);
  set_last_step(arena, object, found, metric);
  set_share(arena, object, found, metric);
  pl_part_refunds(arena, object, &e->refunds);
  set_first_to_close(arena, object, e);
  pl_value_set(arena, object, "difference", pl_result_difference(arena, found, metric));
  pl_value *proofs = pl_part_list(arena, object, "proofs");
  for (size_t p = 0; p < e->proofs_n; p++) {
    pl_value_push(arena, proofs, pl_result_proof(arena, found, &e->proofs[p]));
  }
  set_out_of_time(arena, object, found, e);
  if (found->bound->metrics[metric].by) {
    pl_value_set(arena, object, "by", pl_result_by(arena, found, metric));
  }
  set_few_keys(arena, object, found, metric);
  return arena->failed ? NULL : object;
}

pl_value *pl_result_judge_evidence(pl_arena *arena, const pl_found *found, size_t metric) {
  const pl_verdict *verdict = &found->verdicts[metric];
  pl_value *object = pl_result_evidence(arena, found, metric);
  pl_value *standard = pl_part_object(arena, object, "standard");
  pl_part_text(arena, standard, "verdict", pl_verdict_name(verdict->kind));
  pl_part_code(arena, standard, verdict->code);
  return arena->failed ? NULL : object;
}
