/* How many rejected rows a run forgives. */
#include <inttypes.h>
#include <stdio.h>

#include "trace/scan.h"

static void first_reject(const pl_scan *scan, const pl_source *source, pl_error *err) {
  for (size_t i = 0; i < scan->rejects.n; i++) {
    const pl_reject *reject = &scan->rejects.items[i];
    if (reject->file < source->first_file || reject->file >= source->first_file + source->inputs_n)
      continue;
    const char *shown = pl_input_shown(source->inputs[reject->file - source->first_file]);
    size_t n = strcspn(reject->raw.n ? reject->raw.p : "", "\r\n");
    char where[32] = "";
    if (reject->column) snprintf(where, sizeof where, ":%u", reject->column);
    snprintf(err->file, sizeof err->file, "%s", shown);
    err->line = reject->line;
    err->column = reject->column;
    if (n > reject->raw.n) n = reject->raw.n;
    if (n >= sizeof err->excerpt) n = sizeof err->excerpt - 1;
    n = pl_utf8_valid((pl_str){reject->raw.p, n});
    snprintf(err->excerpt, sizeof err->excerpt, "%.*s", (int)n, reject->raw.n ? reject->raw.p : "");
    const char *style = reject->code == PL_REJECT_NUMBER
                            ? "say how it writes numbers (numbers = …), "
                        : reject->code == PL_REJECT_TIME ? "say how it writes times (format = …), "
                                                         : "";
    pl_hint(err,
            "The first is %s:%u%s: PL%d, %.*s. Repair the export, %sor allow more with "
            "--max-rejects.",
            shown, reject->line, where, (int)reject->code,
            (int)(reject->message.n < 300 ? reject->message.n : 300), reject->message.p, style);
    return;
  }
}

static uint64_t rejected_in_all(const pl_scan *scan) {
  uint64_t n = 0;
  for (size_t i = 0; i < scan->bound->sources_n; i++) n += scan->tallies[i].rejected;
  return n;
}

pl_status pl_scan_rejects_allowed(const pl_scan *scan, const pl_source *source, pl_error *err) {
  const pl_run_options *options = scan->options;
  const pl_tally *tally = &scan->tallies[source->index];
  uint64_t all = rejected_in_all(scan);
  const char *name = source->def->name;
  pl_error spare;
  if (!err) err = &spare;
  if (tally->rejected == 0) return PL_OK;
  if (all > options->max_rejects)
    pl_fail(err, PL_E_INPUT,
            "%" PRIu64 " of the %" PRIu64 " records of \"%s\" cannot be used (%" PRIu64
            " in all sources so far); at most %" PRIu64 " are allowed",
            tally->rejected, pl_tally_records(tally), name, all, options->max_rejects);
  else if ((double)tally->rejected > options->max_reject_share * (double)pl_tally_records(tally))
    pl_fail(err, PL_E_INPUT,
            "%" PRIu64 " of the %" PRIu64 " records of \"%s\" cannot be used; at most %g %% are "
            "allowed",
            tally->rejected, pl_tally_records(tally), name, options->max_reject_share * 100);
  else
    return PL_OK;
  first_reject(scan, source, err);
  return PL_E_INPUT;
}
