/* Which versions of the libraries this build runs on. */
#ifndef PL_RULE_VERSIONS_H
#define PL_RULE_VERSIONS_H

#include "base/value.h"

/* {plumbline, lua, libcsv, lua-cjson, pcre2, icu, zones?}: versions as texts.
 * `zones` is the year and letter of the zone data in use ("2025b"), absent where
 * nothing says which it is. Lives in `arena`. */
pl_status pl_versions(pl_arena *arena, pl_value **out, pl_error *err);

#endif
