/* What to do about an error that Lua itself raised. */
#ifndef PL_RULE_LUA_HINT_H
#define PL_RULE_LUA_HINT_H

/* NULL for a message that is not one of Lua's common ones. */
const char *pl_lua_hint(const char *message);

#endif
