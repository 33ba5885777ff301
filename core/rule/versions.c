/* Versions: those of libraries that are linked in as they were compiled, the
 * others as they run. */
#include "rule/versions.h"

#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ucal.h>
#include <unicode/uversion.h>

#include "base/alloc.h"
#include "rule/call.h"

#include <lua-cjson.h> /* wants lua.h before it */

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define VERSION_TEXT 64

static void set(pl_arena *a, pl_value *to, const char *key, const char *text) {
  pl_set_text(a, to, key, pl_str_of(text));
}

static int read_cjson(lua_State *L) {
  char *out = lua_touserdata(L, 1);
  luaL_requiref(L, "cjson", luaopen_cjson, 0);
  lua_getfield(L, -1, "_VERSION");
  snprintf(out, VERSION_TEXT, "%s", luaL_checkstring(L, -1));
  return 0;
}

static pl_status cjson_version(char out[VERSION_TEXT], pl_error *err) {
  lua_State *L = luaL_newstate();
  if (!L) return pl_fail_memory(err);
  pl_status status = pl_lua_call(L, read_cjson, out, PL_E_USAGE, err);
  lua_close(L);
  return status;
}

/* "10.42 2022-12-11" -> "10.42". */
static void pcre2_version(char out[VERSION_TEXT]) {
  int n = pcre2_config(PCRE2_CONFIG_VERSION, NULL);
  if (n > 0 && n <= VERSION_TEXT) pcre2_config(PCRE2_CONFIG_VERSION, out);
  out[strcspn(out, " ")] = '\0';
}

/* The first line of tzdata.zi is "# version 2025b". */
static bool file_zones(const char *directory, char out[VERSION_TEXT]) {
  char path[PL_ERROR_PATH], line[VERSION_TEXT];
  int n = snprintf(path, sizeof path, "%s/tzdata.zi", directory);
  if (n < 0 || (size_t)n >= sizeof path) return false;
  FILE *file = fopen(path, "rbe");
  if (!file) return false;
  bool read = fgets(line, sizeof line, file) && sscanf(line, "# version %15s", out) == 1;
  fclose(file);
  return read;
}

/* As zone.c looks for zones: the system's files first, then ICU's own copy. */
static void zones_version(char out[VERSION_TEXT]) {
  const char *directory = getenv("TZDIR");
  UErrorCode code = U_ZERO_ERROR;
  if (file_zones(directory && directory[0] ? directory : "/usr/share/zoneinfo", out)) return;
  const char *icu = ucal_getTZDataVersion(&code);
  snprintf(out, VERSION_TEXT, "%s", U_SUCCESS(code) && icu ? icu : "");
}

pl_status pl_versions(pl_arena *a, pl_value **out, pl_error *err) {
  char text[VERSION_TEXT] = "";
  UVersionInfo icu;
  pl_value *all = pl_value_object(a);
  set(a, all, "plumbline", PL_VERSION);
  set(a, all, "lua", LUA_VERSION_MAJOR "." LUA_VERSION_MINOR "." LUA_VERSION_RELEASE);
  snprintf(text, sizeof text, "%d.%d.%d", CSV_MAJOR, CSV_MINOR, CSV_RELEASE);
  set(a, all, "libcsv", text);
  pl_status status = cjson_version(text, err);
  if (status != PL_OK) return status;
  set(a, all, "lua-cjson", text);
  pcre2_version(text);
  set(a, all, "pcre2", text);
  u_getVersion(icu);
  u_versionToString(icu, text);
  set(a, all, "icu", text);
  zones_version(text);
  if (text[0]) set(a, all, "zones", text);
  *out = all;
  return a->failed ? pl_fail_memory(err) : PL_OK;
}
