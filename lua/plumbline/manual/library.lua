-- The page about the C library, plumbline(3) and `plumbline help library`: the
-- comments and declarations of plumbline.h, and an example that tests compile.
return {
  name = "plumbline",
  section = 3,
  title = "the C library",
  example = [=[
#include <plumbline.h>
#include <stdio.h>

/* audit WORKSPACE PROGRAM: prints how many metrics lead to no won deal. */
int main(int argc, char **argv) {
  if (argc != 3) return 2;
  pl_audit_options options = {.directory = argv[1], .worker = argv[2]};
  pl_audit *audit = NULL;
  pl_error err = {0};
  pl_status status = pl_audit_open(&options, &audit, &err);
  if (status == PL_OK) status = pl_audit_run(audit, &err);
  if (status == PL_OK || status == PL_E_PARTIAL) {
    pl_audit_totals totals = pl_audit_count(audit);
    printf("%llu of %llu metrics are candidates to stop\n",
           (unsigned long long)totals.flagged, (unsigned long long)totals.metrics);
  } else {
    char text[PL_ERROR_SHOWN];
    pl_error_text(&err, text, sizeof text);
    fprintf(stderr, "%s\n", text);
  }
  pl_audit_close(audit);
  return pl_exit_code(status);
}
]=],
  before = [==[
# SYNOPSIS

    #include <plumbline.h>

    cc program.c $(pkg-config --cflags --libs plumbline)

# DESCRIPTION
]==],
  after = [==[
# EXAMPLE

The second argument is the program plumbline, which runs each rule file in a process of its own:
`$(pkg-config --variable=worker plumbline)`.

@example
]==],
}
