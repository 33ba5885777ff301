/* What the invented company of the benchmark tracks: 40 metrics in 6 departments. */
#ifndef PL_BENCH_NAMES_H
#define PL_BENCH_NAMES_H

enum { METRICS = 40, CHANNELS = 10, ASSETS = 5000 };

typedef struct metric_name {
  const char *department, *name;
  int in_vain; /* never touches a contact whose company bought */
} metric_name;

static const metric_name metric_names[METRICS] = {
    {"Customer Success", "onboarding_calls", 0},
    {"Customer Success", "health_checks", 0},
    {"Customer Success", "renewal_reviews", 0},
    {"Customer Success", "support_tickets", 0},
    {"Customer Success", "nps_answers", 0},
    {"Customer Success", "training_sessions", 0},
    {"Customer Success", "community_posts", 1},
    {"Editorial", "articles_read", 0},
    {"Editorial", "case_studies_read", 0},
    {"Editorial", "guides_downloaded", 0},
    {"Editorial", "newsletter_opens", 0},
    {"Editorial", "newsletter_clicks", 0},
    {"Editorial", "podcast_plays", 1},
    {"Editorial", "video_views", 0},
    {"Events", "badge_scans", 0},
    {"Events", "booth_talks", 0},
    {"Events", "dinner_guests", 1},
    {"Events", "roadshow_visits", 0},
    {"Events", "webinar_seats", 0},
    {"Events", "webinar_questions", 0},
    {"Events", "workshop_places", 0},
    {"Marketing", "ad_clicks", 0},
    {"Marketing", "page_views", 0},
    {"Marketing", "pricing_page_views", 0},
    {"Marketing", "search_visits", 0},
    {"Marketing", "social_clicks", 1},
    {"Marketing", "form_fills", 0},
    {"Marketing", "chat_starts", 0},
    {"Product", "trial_starts", 0},
    {"Product", "feature_tours", 0},
    {"Product", "api_keys", 0},
    {"Product", "invites_sent", 0},
    {"Product", "exports_made", 0},
    {"Product", "docs_visits", 0},
    {"Sales", "calls_made", 0},
    {"Sales", "mails_answered", 0},
    {"Sales", "demos_held", 0},
    {"Sales", "proposals_opened", 0},
    {"Sales", "references_given", 0},
    {"Sales", "meetings_held", 0},
};

static const char *const channel_names[CHANNELS] = {
    "ads", "chat", "direct", "email", "event", "organic", "partner", "phone", "referral", "social",
};

static const char *const asset_kinds[] = {
    "Buyer's guide", "Case study",   "Checklist",  "Comparison", "Customer talk",
    "Product tour",  "Price review", "Short film", "Template",   "Webinar recording",
};

static const char *const asset_topics[] = {
    "on getting started", "on moving data",    "for small teams",     "for finance",
    "on security",        "for retail chains", "on better forecasts", "for logistics",
    "on renewals",        "for public bodies",
};

#endif
