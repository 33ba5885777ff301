/* Profiles matched with headers: real ones of ../shared/data/export_samples, and for
 * each built-in profile the header that it promises to know. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above */
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "read/input.h"
#include "rule/profiles.h"

#define SAMPLES "../shared/data/export_samples/"
#define MOST 256 /* columns of a header made here */

static pl_arena profiles_arena;
static const pl_value *profiles;

static int read_profiles(void **state) {
  (void)state;
  pl_profiles_options options = {0};
  pl_error err = {0};
  pl_status status = pl_profiles_read(&options, &profiles_arena, &profiles, &err);
  if (status != PL_OK) print_error("%s:%u: %s\n", err.file, err.line, err.message);
  return status == PL_OK ? 0 : -1;
}

static int free_profiles(void **state) {
  (void)state;
  pl_arena_free(&profiles_arena);
  return 0;
}

/* The best profile that fits, or NULL. */
static const char *best(pl_arena *arena, const pl_str *header, size_t n) {
  pl_profile_match *matches;
  size_t matches_n;
  pl_error err = {0};
  assert_int_equal(pl_profile_match_header(profiles, header, n, arena, &matches, &matches_n, &err),
                   PL_OK);
  return matches_n && matches[0].fits ? matches[0].name : NULL;
}

/* ---- the samples ------------------------------------------------------------------------ */

static const char *of_file(const char *file, pl_arena *arena) {
  char path[512];
  pl_error err = {0};
  pl_input *input = NULL;
  pl_dialect look = {.format = PL_FORMAT_LOOK, .any_block = true};
  pl_str header[MOST];
  snprintf(path, sizeof path, "%s%s", SAMPLES, file);
  pl_status status = pl_input_open(path, file, look, NULL, &input, &err);
  if (status != PL_OK) print_error("%s: %s\n", file, err.message);
  assert_int_equal(status, PL_OK);
  size_t n = pl_input_columns(input);
  assert_true(n < MOST);
  for (size_t i = 0; i < n; i++) header[i] = pl_input_column(input, i);
  const char *found = best(arena, header, n);
  pl_input_close(input);
  return found;
}

static void every_sample_finds_its_profile(void **state) {
  (void)state;
  static const struct {
    const char *file, *profile; /* NULL: none, for the reason behind it */
  } all[] = {
      {"ga4_freeform_exploration.csv", "ga4_exploration"},
      {"ga4_landing_page_bom_crlf.csv", "ga4_landing_page"},
      {"ga4_pages_and_screens_real.csv", "ga4_pages_and_screens"},
      {"ga4_report_overview_multiblock.csv", "ga4_overview"},
      {"google_ads_campaign_report_real.csv", "google_ads_campaigns"},
      {"google_ads_german_ui.csv", "google_ads_campaigns"},
      {"gsc_Chart.csv", "gsc_chart"},
      {"gsc_Filters.csv", NULL}, /* what the export was filtered by: no data */
      {"gsc_Pages.csv", "gsc_pages"},
      {"gsc_Queries.csv", "gsc_queries"},
      {"gsc_Queries_semicolon_decimal_comma.csv", "gsc_queries"},
      {"hubspot_companies_synthetic.csv", "hubspot_companies"},
      {"hubspot_contacts_header_full.csv", "hubspot_contacts"},
      {"hubspot_deals_associations_synthetic.csv", "hubspot_deals"},
      {"hubspot_deals_header.csv", "hubspot_deals"},
      {"hubspot_deals_synthetic_rows.csv", "hubspot_deals"},
      {"hubspot_mql_view_header.csv", "hubspot_contacts"},
      {"linkedin_ads_campaign_performance.csv", "linkedin_ads_campaigns"},
      {"linkedin_page_metrics_header.csv", "linkedin_page_metrics"},
      {"linkedin_page_posts_header.csv", "linkedin_page_posts"},
      {"mailchimp_audience_header.csv", "mailchimp_audience"},
      {"mailchimp_campaigns_aggregated_real.csv", "mailchimp_campaigns"},
      {"pipedrive_vendor_sample_header.csv", NULL}, /* a form to import with: no ids, no status */
      {"salesforce_opportunity_report_composite.csv", "salesforce_opportunity_report"},
      {"surveymonkey_two_row_header.csv", "surveymonkey_responses"},
      {"zoho_deals_synthetic.csv", "zoho_deals"},
  };
  if (access(SAMPLES, R_OK) != 0) {
    print_message("skipped: " SAMPLES " is missing\n");
    skip();
  }
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    pl_arena arena = {0};
    const char *found = of_file(all[i].file, &arena);
    bool right = found ? all[i].profile && strcmp(found, all[i].profile) == 0 : !all[i].profile;
    if (!right)
      print_error("%s: %s, not %s\n", all[i].file, found ? found : "none",
                  all[i].profile ? all[i].profile : "none");
    assert_true(right);
    pl_arena_free(&arena);
  }
}

/* ---- what each built-in profile promises ----------------------------------------------------- */

static const pl_value *column_named(const pl_value *profile, pl_str name) {
  const pl_value *columns = pl_value_get(profile, "columns");
  for (size_t i = 0; i < pl_value_count(columns); i++)
    if (pl_str_eq(pl_value_str(pl_value_get(pl_value_at(columns, i), "name")), name))
      return pl_value_at(columns, i);
  return NULL;
}

/* What is required, last first, each under its `alias`-th other name where it has
 * one, and between them columns that nobody knows. */
static size_t header_of(const pl_value *profile, size_t alias, pl_str *out) {
  const pl_value *required = pl_value_get(profile, "required");
  size_t n = 0;
  for (size_t i = pl_value_count(required); i-- > 0;) {
    pl_str name = pl_value_str(pl_value_at(required, i));
    const pl_value *aliases = pl_value_get(column_named(profile, name), "aliases");
    out[n++] = PL_STR("an own column of the company");
    out[n++] = alias && alias <= pl_value_count(aliases)
                   ? pl_value_str(pl_value_at(aliases, alias - 1))
                   : name;
  }
  return n;
}

static void every_profile_finds_what_it_requires(void **state) {
  (void)state;
  assert_true(pl_value_count(profiles) >= 27);
  for (size_t i = 0; i < pl_value_count(profiles); i++) {
    const pl_value *profile = pl_value_at(profiles, i);
    const char *name = pl_value_str(pl_value_get(profile, "name")).p;
    for (size_t alias = 0; alias <= 6; alias++) {
      pl_arena arena = {0};
      pl_str header[MOST];
      const char *found = best(&arena, header, header_of(profile, alias, header));
      if (!found || strcmp(found, name) != 0)
        print_error("%s, names %zu: found %s\n", name, alias, found ? found : "none");
      assert_non_null(found);
      assert_string_equal(found, name);
      pl_arena_free(&arena);
    }
  }
}

static void every_profile_says_where_it_is_from(void **state) {
  (void)state;
  for (size_t i = 0; i < pl_value_count(profiles); i++) {
    const pl_value *profile = pl_value_at(profiles, i);
    assert_true(pl_value_str(pl_value_get(profile, "seen")).n > 20);
    assert_null(pl_value_get(profile, "error"));
    assert_string_equal(pl_value_str(pl_value_get(profile, "from")).p, "built in");
    assert_true(pl_value_count(pl_value_get(profile, "metrics")) >= 1);
    assert_true(pl_value_str(pl_value_get(profile, "department")).n > 0);
    if (i) {
      pl_str last = pl_value_str(pl_value_get(pl_value_at(profiles, i - 1), "name"));
      assert_true(pl_str_cmp(last, pl_value_str(pl_value_get(profile, "name"))) < 0);
    }
  }
}

/* Sums per page, query or day are about no single deal. */
static void aggregates_have_no_key(void **state) {
  (void)state;
  size_t aggregates = 0;
  for (size_t i = 0; i < pl_value_count(profiles); i++) {
    const pl_value *profile = pl_value_at(profiles, i);
    const char *name = pl_value_str(pl_value_get(profile, "name")).p;
    bool aggregate = pl_value_boolean(pl_value_get(profile, "aggregate"), false);
    if (strncmp(name, "ga4_", 4) == 0 || strncmp(name, "gsc_", 4) == 0) assert_true(aggregate);
    if (!aggregate) continue;
    aggregates++;
    assert_null(pl_value_get(profile, "key"));
    assert_null(pl_value_get(profile, "joins"));
    assert_null(pl_value_get(profile, "deals"));
  }
  assert_true(aggregates >= 11);
}

static const pl_value *profile_named(const char *name) {
  for (size_t i = 0; i < pl_value_count(profiles); i++)
    if (strcmp(pl_value_str(pl_value_get(pl_value_at(profiles, i), "name")).p, name) == 0)
      return pl_value_at(profiles, i);
  return NULL;
}

/* A join names a profile that there is, and a column that it has. */
static void joins_lead_somewhere(void **state) {
  (void)state;
  size_t joins_n = 0;
  for (size_t i = 0; i < pl_value_count(profiles); i++) {
    const pl_value *joins = pl_value_get(pl_value_at(profiles, i), "joins");
    for (size_t k = 0; k < pl_value_count(joins); k++, joins_n++) {
      const pl_value *join = pl_value_at(joins, k);
      const pl_value *other = profile_named(pl_value_str(pl_value_get(join, "profile")).p);
      assert_non_null(other);
      assert_non_null(column_named(other, pl_value_str(pl_value_get(join, "there"))));
    }
  }
  assert_true(joins_n >= 6);
}

/* ---- near misses --------------------------------------------------------------------------------
 */

#define HEADER(...) (pl_str[]){__VA_ARGS__}, sizeof((pl_str[]){__VA_ARGS__}) / sizeof(pl_str)

static const pl_profile_column *column_of(const pl_profile_match *match, const char *name) {
  for (size_t i = 0; i < match->columns_n; i++)
    if (strcmp(match->columns[i].name, name) == 0) return &match->columns[i];
  fail();
  return NULL;
}

static pl_profile_match first(pl_arena *arena, const char *name, const pl_str *header, size_t n) {
  pl_profile_match *matches, none = {0};
  size_t matches_n;
  pl_error err;
  assert_int_equal(pl_profile_match_header(profiles, header, n, arena, &matches, &matches_n, &err),
                   PL_OK);
  for (size_t i = 0; i < matches_n; i++)
    if (strcmp(matches[i].name, name) == 0) return matches[i];
  fail();
  return none;
}

static void a_column_that_is_missing_names_the_nearest(void **state) {
  (void)state;
  pl_arena arena = {0};
  /* "Deal Stage" is required; two of three are there */
  pl_profile_match m = first(&arena, "hubspot_deals",
                             HEADER(PL_STR("Stage of deal"), PL_STR("record id"),
                                    PL_STR(" Deal  Name "), PL_STR("Betrag")));
  assert_false(m.fits);
  assert_int_equal(m.required, 3);
  assert_int_equal(m.missing, 1);
  assert_int_equal(m.matched, 2);
  const pl_profile_column *stage = column_of(&m, "Deal Stage");
  assert_true(stage->required);
  assert_true(stage->header == PL_NO_HEADER);
  assert_int_equal(stage->nearest, 0);
  assert_int_equal(column_of(&m, "Record ID")->header, 1);
  assert_int_equal(column_of(&m, "Deal Name")->header, 2);
  assert_true(column_of(&m, "Amount")->nearest == PL_NO_HEADER);
  pl_arena_free(&arena);
}

static void two_headers_for_one_column_do_not_fit(void **state) {
  (void)state;
  pl_arena arena = {0};
  pl_profile_match m =
      first(&arena, "gsc_pages",
            HEADER(PL_STR("Top pages"), PL_STR("Clicks"), PL_STR("CLICKS"), PL_STR("Impressions")));
  assert_false(m.fits);
  assert_int_equal(m.missing, 1);
  assert_int_equal(column_of(&m, "Clicks")->header, 1);
  assert_int_equal(column_of(&m, "Clicks")->second, 2);
  pl_arena_free(&arena);
}

static void an_unknown_header_matches_nothing(void **state) {
  (void)state;
  pl_arena arena = {0};
  pl_profile_match *matches;
  size_t n;
  pl_error err;
  pl_str header[] = {PL_STR("a"), PL_STR("b")};
  assert_int_equal(pl_profile_match_header(profiles, header, 2, &arena, &matches, &n, &err), PL_OK);
  assert_int_equal(n, 0);
  assert_int_equal(pl_profile_match_header(profiles, NULL, 0, &arena, &matches, &n, &err), PL_OK);
  assert_int_equal(n, 0);
  pl_arena_free(&arena);
}

/* Memory out anywhere gives PL_E_MEMORY, and nothing leaks (under ASan). */
static void memory_out_is_an_error(void **state) {
  (void)state;
  pl_str header[] = {PL_STR("Top pages"), PL_STR("Klicks"), PL_STR("Impressions")};
  for (uint64_t at = 1;; at++) {
    pl_arena arena = {0};
    pl_profile_match *matches;
    size_t n;
    pl_error err = {0};
    pl_alloc_fail_at(at);
    pl_status status = pl_profile_match_header(profiles, header, 3, &arena, &matches, &n, &err);
    pl_alloc_fail_at(0);
    pl_arena_free(&arena);
    if (status == PL_OK) {
      assert_true(at > 3);
      return;
    }
    assert_int_equal(status, PL_E_MEMORY);
  }
}

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "--worker") == 0) return pl_worker_main();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_sample_finds_its_profile),
      cmocka_unit_test(every_profile_finds_what_it_requires),
      cmocka_unit_test(every_profile_says_where_it_is_from),
      cmocka_unit_test(aggregates_have_no_key),
      cmocka_unit_test(joins_lead_somewhere),
      cmocka_unit_test(a_column_that_is_missing_names_the_nearest),
      cmocka_unit_test(two_headers_for_one_column_do_not_fit),
      cmocka_unit_test(an_unknown_header_matches_nothing),
      cmocka_unit_test(memory_out_is_an_error),
  };
  return cmocka_run_group_tests(tests, read_profiles, free_profiles);
}
