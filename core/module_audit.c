/* An audit as a Lua object: what it can do, and what it refuses. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "module.h"

/* ---- which audits may be used ------------------------------------------------------ */

/* The audit at stack index 1, whatever its state. */
static pl_module_audit *audit_at(lua_State *L) {
  return luaL_checkudata(L, 1, PL_MODULE_AUDIT);
}

static pl_module_audit *usable(lua_State *L) {
  pl_module_audit *a = audit_at(L);
  if (a->busy)
    pl_module_fail(L, "busy", "this audit is at work; a callback can only cancel it",
                   "call audit:cancel(), and the rest when run has returned");
  if (!a->audit) pl_module_fail(L, "closed", "this audit was closed", "open a new one");
  if (a->owner != getpid())
    pl_module_fail(L, "process", "this audit belongs to another process",
                   "open audits after fork, each process its own");
  return a;
}

/* ---- opening --------------------------------------------------------------------------- */

static const char *option_text(lua_State *L, const char *key) {
  lua_getfield(L, 1, key); /* the text stays alive in the table */
  const char *text = lua_tostring(L, -1);
  lua_pop(L, 1);
  return text;
}

/* A list of texts as C sees it; the array is left on the stack. */
static const char *const *option_texts(lua_State *L, const char *key, size_t *n) {
  if (lua_getfield(L, 1, key) != LUA_TTABLE) return NULL;
  *n = lua_rawlen(L, -1);
  const char **items = lua_newuserdatauv(L, (*n + 1) * sizeof *items, 0);
  for (size_t i = 0; i < *n; i++) {
    lua_rawgeti(L, -2, (lua_Integer)i + 1);
    items[i] = lua_tostring(L, -1);
    lua_pop(L, 1);
  }
  return items;
}

static pl_records **option_records(lua_State *L, size_t *n) {
  if (lua_getfield(L, 1, "records") != LUA_TTABLE) return NULL;
  *n = lua_rawlen(L, -1);
  pl_records **items = lua_newuserdatauv(L, (*n + 1) * sizeof *items, 0);
  for (size_t i = 0; i < *n; i++) {
    lua_rawgeti(L, -2, (lua_Integer)i + 1);
    items[i] = pl_module_to_records(L, -1);
    if (!items[i]) luaL_error(L, "records expected");
    lua_pop(L, 1);
  }
  return items;
}

static pl_status work_open(pl_module_audit *a, pl_error *err) {
  return pl_audit_open(a->options, &a->audit, err);
}

/* Userdata first, so that whatever is raised later finds everything owned. */
static pl_module_audit *new_audit(lua_State *L) {
  pl_module_audit *a = lua_newuserdatauv(L, sizeof *a, 1);
  memset(a, 0, sizeof *a);
  a->owner = getpid();
  luaL_setmetatable(L, PL_MODULE_AUDIT);
  if (!pl_module_job_prepare(a)) luaL_error(L, "not enough memory");
  lua_createtable(L, 0, 6);
  static const char *const kept[] = {"functions", "print", "progress", "nothing"};
  for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
    lua_getfield(L, 1, kept[i]);
    lua_setfield(L, -2, kept[i]);
  }
  lua_setiuservalue(L, -2, 1);
  return a;
}

static bool has(lua_State *L, const char *key) {
  bool there = lua_getfield(L, 1, key) != LUA_TNIL;
  lua_pop(L, 1);
  return there;
}

int pl_module_audit_open(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  pl_module_audit *a = new_audit(L);
  pl_host host = {.ask = pl_module_on_ask, .judge = pl_module_on_judge, .ctx = a};
  pl_audit_options options = {.directory = option_text(L, "directory"),
                              .as_of = option_text(L, "as_of"),
                              .department = option_text(L, "department"),
                              .max_rejects = option_text(L, "max_rejects"),
                              .worker = option_text(L, "worker"),
                              .progress = pl_module_on_progress,
                              .progress_ctx = a,
                              .print_ctx = a,
                              .cancel = &a->cancel};
  if (has(L, "print")) options.print = pl_module_on_print;
  options.allow = option_texts(L, "allow", &options.allow_n);
  options.records = option_records(L, &options.records_n);
  lua_getfield(L, 1, "threads");
  options.threads = (unsigned)lua_tointeger(L, -1);
  if (lua_getfield(L, 1, "declared") == LUA_TSTRING) {
    host.declared = lua_tolstring(L, -1, &host.declared_n);
    options.host = &host;
    a->hosted = true;
  }
  a->options = &options;
  pl_status status = pl_module_job_run(L, 2, work_open);
  a->options = NULL;
  if (status != PL_OK) return pl_module_raise(L, &a->err);
  lua_settop(L, 2);
  return 1;
}

/* ---- checking and running ------------------------------------------------------------------ */

static pl_status work_check(pl_module_audit *a, pl_error *err) {
  return pl_audit_check(a->audit, err);
}

static pl_status work_run(pl_module_audit *a, pl_error *err) {
  return pl_audit_run(a->audit, err);
}

static void push_problems(lua_State *L, const pl_audit *audit) {
  pl_error problem;
  lua_newtable(L);
  for (size_t i = 0; pl_audit_problem(audit, i, &problem); i++) {
    pl_module_push_error(L, &problem);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
}

/* check() -> true | false, problems */
static int audit_check(lua_State *L) {
  pl_module_audit *a = usable(L);
  pl_status status = pl_module_job_run(L, 1, work_check);
  if (status != PL_OK && status != PL_E_PARTIAL) return pl_module_raise(L, &a->err);
  lua_pushboolean(L, status == PL_OK);
  if (status == PL_OK) return 1;
  push_problems(L, a->audit);
  return 2;
}

static void set_count(lua_State *L, const char *key, uint64_t n) {
  lua_pushinteger(L, (lua_Integer)n);
  lua_setfield(L, -2, key);
}

static int audit_totals(lua_State *L) {
  pl_audit_totals totals = pl_audit_count(usable(L)->audit);
  lua_createtable(L, 0, 6);
  set_count(L, "departments", totals.departments);
  set_count(L, "metrics", totals.metrics);
  set_count(L, "sources", totals.sources);
  set_count(L, "flagged", totals.flagged);
  set_count(L, "not_audited", totals.not_audited);
  set_count(L, "rejects", totals.rejects);
  return 1;
}

/* run([progress]) -> totals [, what was not audited] */
static int audit_run(lua_State *L) {
  pl_module_audit *a = usable(L);
  if (!lua_isnoneornil(L, 2)) {
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_getiuservalue(L, 1, 1);
    lua_pushvalue(L, 2);
    lua_setfield(L, -2, "progress");
  }
  lua_settop(L, 1);
  pl_status status = pl_module_job_run(L, 1, work_run);
  if (status != PL_OK && status != PL_E_PARTIAL) return pl_module_raise(L, &a->err);
  audit_totals(L);
  if (status == PL_OK) return 1;
  pl_module_push_error(L, &a->err);
  return 2;
}

static int audit_cancel(lua_State *L) {
  audit_at(L)->cancel = true;
  return 0;
}

static int audit_problems(lua_State *L) {
  push_problems(L, usable(L)->audit);
  return 1;
}

/* rejects([limit]) */
static int audit_rejects(lua_State *L) {
  const pl_audit *audit = usable(L)->audit;
  lua_Integer limit = luaL_optinteger(L, 2, LUA_MAXINTEGER);
  pl_error reject;
  lua_newtable(L);
  for (size_t i = 0; (lua_Integer)i < limit && pl_audit_reject(audit, i, &reject); i++) {
    pl_module_push_error(L, &reject);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

/* ---- reading -------------------------------------------------------------------------------- */

static const pl_value *result_of(lua_State *L) {
  const pl_value *result = pl_audit_result(usable(L)->audit);
  if (!result) pl_module_fail(L, "usage", "there is no result", "call audit:run() first");
  return result;
}

static int audit_result(lua_State *L) {
  pl_module_push_value(L, result_of(L));
  return 1;
}

static int audit_findings(lua_State *L) {
  pl_module_push_value(L, pl_value_get(result_of(L), "findings"));
  return 1;
}

static const pl_value *finding_of(lua_State *L) {
  pl_error err;
  const pl_value *finding;
  const char *metric = luaL_checkstring(L, 2);
  result_of(L);
  if (pl_audit_finding(usable(L)->audit, metric, &finding, &err) != PL_OK) pl_module_raise(L, &err);
  return finding;
}

static int audit_finding(lua_State *L) {
  pl_module_push_value(L, finding_of(L));
  return 1;
}

/* nil where there is none: a metric without a trace, or that was not audited. */
static int audit_evidence(lua_State *L) {
  pl_module_push_value(L, pl_value_get(finding_of(L), "evidence"));
  return 1;
}

/* ---- views ------------------------------------------------------------------------------------
 */

static pl_view_options view_options(lua_State *L, int index) {
  pl_view_options options = {0};
  if (lua_isnoneornil(L, index)) return options;
  luaL_checktype(L, index, LUA_TTABLE);
  lua_getfield(L, index, "width");
  lua_getfield(L, index, "color");
  lua_getfield(L, index, "verbose");
  lua_Integer width = lua_tointeger(L, -3);
  options.width = width > 0 && width < 100000 ? (unsigned)width : 0;
  options.color = lua_toboolean(L, -2);
  options.verbose = lua_toboolean(L, -1);
  lua_pop(L, 3);
  return options;
}

/* render(view [, options]) -> text */
static int audit_render(lua_State *L) {
  pl_audit *audit = usable(L)->audit;
  pl_error err;
  const char *text, *view = luaL_optstring(L, 2, "terminal");
  size_t size;
  pl_view_options options = view_options(L, 3);
  if (pl_audit_render(audit, view, &options, &text, &size, &err) != PL_OK)
    return pl_module_raise(L, &err);
  lua_pushlstring(L, text, size);
  return 1;
}

/* trace(metric [, options]) -> text; options.deal, options.view */
static int audit_trace(lua_State *L) {
  pl_audit *audit = usable(L)->audit;
  pl_error err;
  const char *text, *metric = luaL_checkstring(L, 2), *deal = NULL, *view = "terminal";
  size_t size;
  pl_view_options options = view_options(L, 3);
  if (lua_istable(L, 3)) {
    if (lua_getfield(L, 3, "deal") != LUA_TNIL) deal = luaL_checkstring(L, -1);
    if (lua_getfield(L, 3, "view") != LUA_TNIL) view = luaL_checkstring(L, -1);
  }
  pl_status status = pl_audit_metric_trace(audit, metric, deal, view, &options, &text, &size, &err);
  if (status != PL_OK && status != PL_E_PARTIAL) return pl_module_raise(L, &err);
  lua_pushlstring(L, text, size);
  return 1;
}

/* list(what [, view]) -> text */
static int audit_list(lua_State *L) {
  pl_audit *audit = usable(L)->audit;
  pl_error err;
  const char *text, *what = luaL_checkstring(L, 2), *view = luaL_optstring(L, 3, "terminal");
  size_t size;
  if (pl_audit_list(audit, what, view, NULL, &text, &size, &err) != PL_OK)
    return pl_module_raise(L, &err);
  lua_pushlstring(L, text, size);
  return 1;
}

static const char *view_of_ending(const char *path) {
  static const char *const endings[][2] = {{".json", "json"},   {".csv", "csv"},
                                           {".md", "markdown"}, {".html", "html"},
                                           {".htm", "html"},    {".txt", "terminal"}};
  size_t n = strlen(path);
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
    size_t e = strlen(endings[i][0]);
    if (n > e && strcmp(path + n - e, endings[i][0]) == 0) return endings[i][1];
  }
  return NULL;
}

/* write(path [, view [, options]]): whole or not at all */
static int audit_write(lua_State *L) {
  pl_audit *audit = usable(L)->audit;
  pl_error err;
  const char *text, *path = luaL_checkstring(L, 2), *view = luaL_optstring(L, 3, NULL);
  size_t size;
  if (!view) view = view_of_ending(path);
  if (!view)
    return pl_module_fail(L, "usage", "the ending of the path does not tell the view",
                          "name it: audit:write(path, \"json\")");
  pl_view_options options = view_options(L, 4);
  if (pl_audit_render(audit, view, &options, &text, &size, &err) != PL_OK ||
      pl_file_write(path, text, size, &err) != PL_OK)
    return pl_module_raise(L, &err);
  return 0;
}

/* report(directory): the report folder */
static int audit_report(lua_State *L) {
  pl_audit *audit = usable(L)->audit;
  pl_error err;
  if (pl_audit_report(audit, luaL_checkstring(L, 2), &err) != PL_OK)
    return pl_module_raise(L, &err);
  return 0;
}

/* ---- the end -------------------------------------------------------------------------------- */

/* A forked child's copy is not its own to close: the workers are the parent's. */
static void end_audit(pl_module_audit *a) {
  if (a->owner != getpid()) return;
  if (a->busy) pl_module_job_abort(a);
  pl_audit_close(a->audit);
  a->audit = NULL;
  pl_module_job_free(a);
}

static int audit_gc(lua_State *L) {
  end_audit(audit_at(L));
  return 0;
}

/* Closing twice is fine. */
static int audit_close(lua_State *L) {
  const pl_module_audit *a = audit_at(L);
  if (a->busy)
    return pl_module_fail(L, "busy", "this audit is at work and cannot be closed now",
                          "call audit:cancel(), and close when run has returned");
  end_audit(audit_at(L));
  return 0;
}

static int audit_text(lua_State *L) {
  const pl_module_audit *a = audit_at(L);
  lua_pushstring(L, a->busy    ? "plumbline audit (at work)"
                    : a->audit ? "plumbline audit"
                               : "plumbline audit (closed)");
  return 1;
}

void pl_module_open_audits(lua_State *L) {
  static const luaL_Reg methods[] = {{"check", audit_check},
                                     {"run", audit_run},
                                     {"cancel", audit_cancel},
                                     {"totals", audit_totals},
                                     {"problems", audit_problems},
                                     {"rejects", audit_rejects},
                                     {"result", audit_result},
                                     {"findings", audit_findings},
                                     {"finding", audit_finding},
                                     {"evidence", audit_evidence},
                                     {"render", audit_render},
                                     {"trace", audit_trace},
                                     {"list", audit_list},
                                     {"write", audit_write},
                                     {"report", audit_report},
                                     {"close", audit_close},
                                     {NULL, NULL}};
  static const luaL_Reg meta[] = {
      {"__gc", audit_gc}, {"__close", audit_close}, {"__tostring", audit_text}, {NULL, NULL}};
  luaL_newmetatable(L, PL_MODULE_AUDIT);
  luaL_setfuncs(L, meta, 0);
  luaL_newlib(L, methods);
  lua_setfield(L, -2, "__index");
  lua_pushliteral(L, "plumbline audit");
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 1);
}
