/* Opening the trusted Lua state; for views.c and demo.c. */
#ifndef PL_RULE_TRUSTED_H
#define PL_RULE_TRUSTED_H

#include <lua.h>

#include "base/str.h"

/* All standard libraries, a `require` that finds only the product's own sources
 * ("plumbline.views.json"), and the global `plumbline` = {cjson, version,
 * keys(object), is_list(value)}. Runs protected; `text` is where sources are
 * read into and outlives the state. */
int pl_trusted_open(lua_State *L, pl_buf *text);
/* Pushes require(module). */
void pl_trusted_require(lua_State *L, const char *module);

#endif
