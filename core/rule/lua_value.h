/* pl_value <-> Lua values. Both may raise; call them protected. */
#ifndef PL_RULE_LUA_VALUE_H
#define PL_RULE_LUA_VALUE_H

#include <lua.h>

#include "base/value.h"

/* Pushes `v`. Null in an object is an absent field; a null item of a list is
 * false. Lists carry the metatable "plumbline.list", and objects one whose
 * field `keys` is the order in which they were built, if `order` is true. */
void pl_lua_push(lua_State *L, const pl_value *v, bool order);
/* The same with `order`, but the items of long lists are made when they are
 * first read: `[i]`, `#` and ipairs work, next and pairs do not. `v` must live as
 * long as the state. */
void pl_lua_push_lazily(lua_State *L, const pl_value *v);

/* Reads the value at `index` into `arena`: a table with only the keys 1..n is a
 * list (an empty one too), one with only text keys an object (keys sorted
 * bytewise). Raises for anything else, for depth, count and bad UTF-8; never
 * returns NULL. */
pl_value *pl_lua_read(lua_State *L, int index, pl_arena *arena);

#endif
