/* audit.lua's declaration -> the model. */
#include "rule/decode.h"

#define MAX_SOURCES 1000
#define MAX_LINKS 1000
#define MAX_RATES 1000

static const char *const anchors[] = {"closed", "created", "any", NULL};

/* A number above 0 and at most `most`. */
static double take_ratio(pl_decoding *d, const pl_value *object, const char *key, double fallback,
                         double most) {
  const pl_value *v = pl_value_get(object, key);
  if (!v || v->kind == PL_NULL) return fallback;
  double x = v->kind == PL_REAL ? v->as.real : v->kind == PL_INT ? (double)v->as.integer : -1;
  if (!(x > 0 && x <= most)) pl_decode_fail(d, key);
  return x;
}

static void take_policy(pl_decoding *d, const pl_value *audit, pl_policy *out) {
  const pl_value *v = pl_value_get(audit, "policy");
  *out = (pl_policy){1, 1.5, .10, .20, 5}; /* the thresholds that design.md names */
  int64_t n = pl_take_count(d, audit, "min_won");
  if (n) out->min_won = n;
  n = pl_take_count(d, v, "min_won");
  if (n) out->min_won = n;
  n = pl_take_count(d, v, "few_keys_from");
  if (n) out->few_keys_from = n;
  out->no_difference_below = take_ratio(d, v, "no_difference_below", out->no_difference_below, 1e6);
  out->q = take_ratio(d, v, "q", out->q, 1);
  out->few_keys = take_ratio(d, v, "few_keys", out->few_keys, 1);
}

static void take_rates(pl_decoding *d, const pl_value *v, pl_rates_def *out) {
  if (!v || v->kind == PL_NULL) return;
  if (v->kind != PL_OBJECT) pl_decode_fail(d, "rates");
  out->given = true;
  out->site = pl_take_site(d, v);
  out->source = pl_take_name(d, v, "source", false);
  if (out->source) {
    out->currency = pl_take_name(d, v, "currency", true);
    out->rate = pl_take_name(d, v, "rate", true);
    out->date = pl_take_name(d, v, "date", false);
    out->max_age = pl_take_duration(d, v, "max_age");
    return;
  }
  out->codes = pl_take_texts(d, v, "codes", MAX_RATES);
  out->rates = pl_take_texts(d, v, "rates", MAX_RATES);
  if (out->codes.n != out->rates.n) pl_decode_fail(d, "rates without their currencies");
  for (size_t i = 0; i < out->rates.n; i++) {
    int64_t rate;
    if (!pl_rate_parse(pl_str_of(out->rates.items[i]), PL_NUMBER_PLAIN, &rate) || rate <= 0)
      pl_decode_fail(d, "a rate that is not a number above 0");
  }
}

static void take_facts(pl_decoding *d, const pl_value *v, pl_model *model) {
  model->title = pl_take_name(d, v, "title", true);
  model->site = pl_take_site(d, v);
  const char *as_of = pl_take_name(d, v, "as_of", false);
  if (!model->as_of) model->as_of = as_of; /* one that was given for this run stands */
  model->currency = pl_take_name(d, v, "currency", false);
  model->timezone = pl_take_name(d, v, "timezone", false);
  if (!model->timezone) model->timezone = "UTC";
  model->within = pl_take_duration(d, v, "within");
  model->cycle = pl_take_duration(d, v, "cycle");
  int before = pl_take_choice(d, v, "before", anchors);
  if (before >= 0) model->before = anchors[before];
  model->since = pl_take_name(d, v, "since", false);
  model->until = pl_take_name(d, v, "until", false);
  take_policy(d, v, &model->policy);
  model->judge = pl_take_function(d, v, "fn");
  take_rates(d, pl_value_get(v, "rates"), &model->rates);
}

static void take_sources(pl_decoding *d, const pl_value *v, pl_model *model) {
  const pl_value *list = pl_take_list(d, v, "sources", MAX_SOURCES, &model->sources_n);
  model->sources = pl_take_array(d, model->sources_n, sizeof *model->sources);
  if (!model->sources) model->sources_n = 0;
  for (size_t i = 0; i < model->sources_n && d->status == PL_OK; i++) {
    pl_take_source(d, pl_value_at(list, i), &model->sources[i]);
    for (size_t k = 0; k < i && d->status == PL_OK; k++)
      if (strcmp(model->sources[k].name, model->sources[i].name) == 0)
        pl_decode_fail(d, "a source declared twice");
    if (d->status == PL_OK && strcmp(model->sources[i].name, "deals") == 0)
      pl_decode_fail(d, "a source named deals");
  }
}

static void take_links(pl_decoding *d, const pl_value *v, pl_model *model) {
  const pl_value *list = pl_take_list(d, v, "links", MAX_LINKS, &model->links_n);
  model->links = pl_take_array(d, model->links_n, sizeof *model->links);
  if (!model->links) model->links_n = 0;
  for (size_t i = 0; i < model->links_n && d->status == PL_OK; i++) {
    const pl_value *item = pl_value_at(list, i);
    pl_link_def *out = &model->links[i];
    out->from = pl_take_name(d, item, "from", true);
    out->to = pl_take_name(d, item, "to", true);
    out->site = pl_take_site(d, item);
    pl_take_key(d, item, &out->key);
    if (out->key.n == 0) pl_decode_fail(d, "a link without its key");
  }
}

pl_status pl_decode_audit(pl_decoding *d, const pl_value *v, pl_model *model, pl_texts *rules) {
  const pl_value *audit = pl_value_get(v, "audit");
  if (!audit || audit->kind != PL_OBJECT) pl_decode_fail(d, "no audit");
  take_facts(d, audit, model);
  take_sources(d, v, model);
  take_links(d, v, model);
  const pl_value *deals = pl_value_get(v, "deals");
  model->deals_given = deals && deals->kind == PL_OBJECT;
  model->deals.others = -1;
  if (model->deals_given) pl_take_deals(d, deals, &model->deals);
  *rules = pl_take_texts(d, audit, "rules", 1000);
  if (rules->n == 0) {
    rules->items = pl_take_array(d, 1, sizeof *rules->items);
    if (rules->items) rules->items[0] = "rules/*.lua";
    rules->n = rules->items ? 1 : 0;
  }
  return d->status;
}
