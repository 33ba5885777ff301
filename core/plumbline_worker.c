/* Finding the program that runs rule files, for hosts that are not it. */
#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plumbline_audit.h"

#define PROGRAM "plumbline"
#define FOLDERS_UP 6 /* lib/x86_64-linux-gnu/lua/5.4 is four below its prefix */

static bool runs(const char *path) {
  struct stat info;
  return stat(path, &info) == 0 && S_ISREG(info.st_mode) && access(path, X_OK) == 0;
}

static bool fits(int n) {
  return n > 0 && n < PL_ERROR_PATH;
}

/* Beside this library, or in the `bin` of a folder above it. */
static bool find_near(char out[PL_ERROR_PATH]) {
  Dl_info here;
  char folder[PATH_MAX];
  if (!dladdr((const void *)&pl_worker_find, &here) || !realpath(here.dli_fname, folder))
    return false;
  for (int up = 0; up < FOLDERS_UP; up++) {
    char *slash = strrchr(folder, '/');
    if (!slash) return false;
    *slash = '\0';
    if (up == 0 && fits(snprintf(out, PL_ERROR_PATH, "%s/" PROGRAM, folder)) && runs(out))
      return true;
    if (fits(snprintf(out, PL_ERROR_PATH, "%s/bin/" PROGRAM, folder)) && runs(out)) return true;
  }
  return false;
}

static bool find_installed(char out[PL_ERROR_PATH]) {
#ifdef PL_BINDIR
  return fits(snprintf(out, PL_ERROR_PATH, "%s/" PROGRAM, PL_BINDIR)) && runs(out);
#else
  (void)out;
  return false;
#endif
}

/* Only absolute folders: "." in PATH is an old trap. */
static bool find_in_path(char out[PL_ERROR_PATH]) {
  for (const char *p = getenv("PATH"); p && *p;) {
    size_t n = strcspn(p, ":");
    if (*p == '/' && fits(snprintf(out, PL_ERROR_PATH, "%.*s/" PROGRAM, (int)n, p)) && runs(out))
      return true;
    p += n + (p[n] == ':');
  }
  return false;
}

pl_status pl_worker_find(char path[PL_ERROR_PATH], pl_error *err) {
  PL_WANT_ERROR(err);
  const char *named = getenv("PLUMBLINE_WORKER");
  if (named && named[0]) {
    if (fits(snprintf(path, PL_ERROR_PATH, "%s", named)) && runs(path)) return PL_OK;
    return pl_fail(err, PL_E_USAGE, "PLUMBLINE_WORKER names %s, which is no program", named);
  }
  if (find_near(path) || find_installed(path) || find_in_path(path)) return PL_OK;
  path[0] = '\0';
  pl_fail(err, PL_E_USAGE, "the program plumbline, which runs the rule files, was not found");
  return pl_hint(err, "install it, or name it: the option `worker`, or the variable "
                      "PLUMBLINE_WORKER=/path/to/plumbline");
}
