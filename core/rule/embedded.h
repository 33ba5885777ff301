/* Lua sources inside the binary, so that one file runs anywhere. The Makefile
 * generates the table; paths are relative to lua/plumbline ("views/json.lua"),
 * and the cookbook stands under "rules/". The last entry has a NULL path. */
#ifndef PL_RULE_EMBEDDED_H
#define PL_RULE_EMBEDDED_H

#include "base/error.h"
#include "base/str.h"

struct pl_embedded {
  const char *path;
  const char *text;
  size_t size;
};
extern const struct pl_embedded pl_embedded[];

/* The text of one source, appended to `out`. PLUMBLINE_LUA=dir is looked at
 * first (while developing). PL_E_USAGE if there is none. */
pl_status pl_embedded_text(const char *path, pl_buf *out, pl_error *err);
/* The files below a folder ("profiles/"), a line for each, appended to `out`. */
bool pl_embedded_list(const char *folder, pl_buf *out);
bool pl_embedded_exists(const char *path);

#endif
