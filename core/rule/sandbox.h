/* The Lua state of a worker: only what rules need, with limits that give good
 * messages. It is not the wall; the process is (walls.h). */
#ifndef PL_RULE_SANDBOX_H
#define PL_RULE_SANDBOX_H

#include <lua.h>

#include "rule/rules.h"

#define PL_SANDBOX_TEXT (16u << 20)   /* bytes that one library call may build */
#define PL_SANDBOX_SUBJECT (1u << 20) /* bytes that a pattern may search */
#define PL_SANDBOX_ITEMS 1000000      /* items that one table call may touch */
#define PL_PRINT_LINES 100
#define PL_PRINT_BYTES 400

typedef struct pl_sandbox {
  lua_State *L;
  uint64_t used, memory; /* bytes of Lua's heap, and the cap */
  double cpu_s;
  bool over_cpu; /* the limit was met: pcall no longer catches anything */
  size_t printed;
  /* Sends one line that the rule printed. */
  void (*print)(void *ctx, pl_str line);
  void *ctx;
} pl_sandbox;

/* Opens the state with base, string, table, math and utf8, cut down and
 * size-checked. `box` must stay where it is. False when memory is out. */
bool pl_sandbox_open(pl_sandbox *box, const pl_limits *limits);
void pl_sandbox_close(pl_sandbox *box);

/* Replaces library functions that could run or grow without end inside C,
 * where the count hook never fires (bounded.c). Runs protected. */
void pl_sandbox_bound(lua_State *L);
/* pairs, next and tostring without hash order and addresses (ordered.c). */
void pl_sandbox_order(lua_State *L);
/* tostring as rules see it: pushes the text of the value at `index`. */
const char *pl_sandbox_text(lua_State *L, int index, size_t *n);

#endif
