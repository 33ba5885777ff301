/* A C program that embeds Lua twice, on two threads, and then forks: each state has
 * its own audits; a child may not use its parent's.
 * Usage: threads FOLDER-OF-PLUMBLINE.SO. Prints "ok", or what went wrong. */
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const opening =
    "local folder = ...\n"
    "package.cpath = folder .. '/?.so;' .. package.cpath\n"
    "local plumbline = require 'plumbline'\n"
    "function small()\n"
    "  return plumbline.new { title = 'Small', as_of = '2024-12-31',\n"
    "    sources = { leads = { key = 'id', time = 'day', rows = { { id = '1', day = '2024-01-02' } "
    "} } },\n"
    "    deals = { key = 'id', closed = 'closed', status = plumbline.constant 'won',\n"
    "      rows = { { id = 'D1', lead = '1', closed = '2024-02-01' } } },\n"
    "    links = { { 'leads', 'deals', { id = 'lead' } } },\n"
    "    metrics = { ['Marketing/leads'] = { trace = plumbline.from 'leads' :to 'deals' } } }\n"
    "end\n";

/* Each round: a new audit, run, read. */
static const char *const rounds = "for i = 1, 20 do\n"
                                  "  local audit = small()\n"
                                  "  audit:run()\n"
                                  "  assert(audit:finding 'leads'.verdict == 'linked')\n"
                                  "  if i % 2 == 0 then audit:close() end\n"
                                  "end\n";

static char **words;

static lua_State *host_open(void) {
  lua_State *L = luaL_newstate();
  luaL_openlibs(L);
  if (luaL_loadstring(L, opening) != LUA_OK) return L;
  lua_pushstring(L, words[1]);
  lua_call(L, 1, 0);
  return L;
}

static void *host_run(void *failed) {
  lua_State *L = host_open();
  if (luaL_dostring(L, rounds) != LUA_OK) {
    fprintf(stderr, "%s\n", luaL_tolstring(L, -1, NULL));
    *(int *)failed = 1;
  }
  lua_close(L);
  return NULL;
}

static int child(lua_State *L) {
  static const char *const refused = "local ok, e = pcall(inherited.run, inherited)\n"
                                     "assert(not ok and e.code == 'process', tostring(e))\n"
                                     "inherited = nil\n"
                                     "collectgarbage()\n"
                                     "local own = small()\n"
                                     "own:run()\n"
                                     "assert(own:finding 'leads'.verdict == 'linked')\n";
  if (luaL_dostring(L, refused) == LUA_OK) return 0;
  fprintf(stderr, "child: %s\n", luaL_tolstring(L, -1, NULL));
  return 1;
}

int main(int argc, char **argv) {
  pthread_t threads[2];
  int failed[2] = {0, 0}, status = 0;
  words = argv;
  if (argc != 2) return 2;
  for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, host_run, &failed[i]);
  for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
  if (failed[0] || failed[1]) return 1;

  lua_State *L = host_open();
  if (luaL_dostring(L, "inherited = small()") != LUA_OK) return 1;
  pid_t pid = fork();
  if (pid == 0) _exit(child(L));
  if (waitpid(pid, &status, 0) != pid || status != 0) return 1;
  if (luaL_dostring(L, "inherited:run() assert(inherited:finding 'leads'.verdict == 'linked')")) {
    fprintf(stderr, "parent: %s\n", luaL_tolstring(L, -1, NULL));
    return 1;
  }
  lua_close(L);
  puts("ok");
  return 0;
}
