/* The writers of proposals are Lua sources of the product, run like the views. */
#include "rule/facts_propose.h"

#include <stdio.h>

#include "rule/call.h"
#include "rule/embedded.h"
#include "rule/lua_value.h"
#include "rule/trusted.h"

typedef struct proposing {
  const char *name;
  const pl_value *facts;
  pl_arena *arena;
  pl_value *out;
  pl_buf source; /* of a module while it is loaded */
  pl_buf text;   /* of source() */
} proposing;

static int give_source(lua_State *L) {
  proposing *p = lua_touserdata(L, lua_upvalueindex(1));
  pl_error err;
  pl_buf_clear(&p->text);
  if (pl_embedded_text(luaL_checkstring(L, 1), &p->text, &err) != PL_OK)
    return luaL_error(L, "%s", err.message);
  lua_pushlstring(L, p->text.p ? p->text.p : "", p->text.n);
  return 1;
}

static int propose(lua_State *L) {
  proposing *p = lua_touserdata(L, 1);
  char module[128];
  pl_trusted_open(L, &p->source);
  snprintf(module, sizeof module, "plumbline.init.%s", p->name);
  pl_trusted_require(L, module);
  pl_lua_push(L, p->facts, true);
  lua_pushlightuserdata(L, p);
  lua_pushcclosure(L, give_source, 1);
  pl_lua_apply(L, 2, 1);
  p->out = pl_lua_read(L, -1, p->arena);
  return 0;
}

pl_status pl_facts_propose(const char *name, const pl_value *facts, pl_arena *arena, pl_value **out,
                           pl_error *err) {
  proposing p = {.name = name, .facts = facts, .arena = arena};
  lua_State *L = luaL_newstate();
  if (!L) return pl_fail_memory(err);
  pl_status status = pl_lua_call(L, propose, &p, PL_E_OUTPUT, err);
  lua_close(L);
  pl_buf_free(&p.source);
  pl_buf_free(&p.text);
  *out = p.out;
  if (status == PL_OK && arena->failed) status = pl_fail_memory(err);
  return status;
}
