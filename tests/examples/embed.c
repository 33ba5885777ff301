/* An audit inside a C program: the deals come from the program's own memory, the
 * rest from a workspace. Prints a line for each metric.
 *
 *     cc embed.c $(pkg-config --cflags --libs plumbline) -o embed
 *     ./embed WORKSPACE [path/to/plumbline]
 */
#include <plumbline.h>
#include <stdio.h>
#include <string.h>

typedef struct deal {
  const char *id, *lead, *closed, *amount;
} deal;

/* As a CRM might hand them out. */
static const deal deals[] = {{"D-1", "L-1", "2024-03-01", "1200.50"},
                             {"D-2", "L-3", "2024-04-15", "90071992547409.93"},
                             {"D-3", "", "2024-05-20", "10"}};

static pl_str text(const char *s) {
  return (pl_str){s, strlen(s)};
}

/* These records stand for the file that audit.lua calls "crm/deals". */
static pl_status give_deals(pl_records *records, pl_error *err) {
  pl_status status = PL_OK;
  for (size_t i = 0; i < sizeof deals / sizeof *deals && status == PL_OK; i++) {
    pl_records_field(records, text("id"), text(deals[i].id));
    pl_records_field(records, text("lead"), text(deals[i].lead));
    pl_records_field(records, text("closed"), text(deals[i].closed));
    pl_records_field(records, text("amount"), text(deals[i].amount));
    status = pl_records_end(records, err);
  }
  return status;
}

/* The result is a tree; a path that is not there reads as nothing. */
static void print_findings(const pl_audit *audit) {
  const pl_value *findings = pl_value_get(pl_audit_result(audit), "findings");
  for (size_t i = 0; i < pl_value_count(findings); i++) {
    const pl_value *finding = pl_value_at(findings, i);
    const pl_value *found = pl_value_get(pl_value_get(finding, "evidence"), "deals");
    const pl_value *reached = pl_value_get(pl_value_get(found, "won"), "reached");
    printf("%s: %s, %lld won deals, %s\n", pl_value_str(pl_value_get(finding, "id")).p,
           pl_value_str(pl_value_get(finding, "verdict")).p,
           (long long)pl_value_integer(pl_value_get(reached, "deals"), 0),
           pl_value_str(pl_value_get(reached, "amount")).p);
  }
}

int main(int argc, char **argv) {
  pl_error err = {0};
  pl_records *records = NULL;
  pl_audit *audit = NULL;
  pl_audit_options options = {.directory = argc > 1 ? argv[1] : ".",
                              .worker = argc > 2 ? argv[2] : NULL,
                              .records = &records,
                              .records_n = 1};
  pl_status status = pl_records_new("crm/deals", &records, &err);
  if (status == PL_OK) status = give_deals(records, &err);
  if (status == PL_OK) status = pl_audit_open(&options, &audit, &err);
  pl_records_free(records);
  if (status == PL_OK) status = pl_audit_run(audit, &err);
  if (status == PL_OK || status == PL_E_PARTIAL) print_findings(audit);
  if (status != PL_OK) {
    char shown[PL_ERROR_SHOWN];
    pl_error_text(&err, shown, sizeof shown);
    fprintf(stderr, "%s\n", shown);
  }
  pl_audit_close(audit);
  return pl_exit_code(status);
}
