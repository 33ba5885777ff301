/* What follows from facts about exports, as Lua says it (lua/plumbline/init, in
 * the trusted state): the source to paste, the workspace to begin with. */
#ifndef PL_RULE_FACTS_PROPOSE_H
#define PL_RULE_FACTS_PROPOSE_H

#include "base/value.h"

/* Runs lua/plumbline/init/<name>.lua, which returns function(facts, source):
 * source(path) is a text of the product ("_meta/rules.lua"). What the function
 * gives is read into `arena`. */
pl_status pl_facts_propose(const char *name, const pl_value *facts, pl_arena *arena, pl_value **out,
                           pl_error *err);

#endif
