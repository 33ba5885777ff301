/* The trusted Lua state: built-in views and the demo generator, embedded in the
 * binary (PLUMBLINE_LUA=dir overrides them), with lua-cjson for JSON. */
#ifndef PL_RULE_VIEWS_H
#define PL_RULE_VIEWS_H

#include "base/value.h"
#include "read/input.h"

/* Renders `result` with the built-in view `name` ("terminal", "json", "csv",
 * "markdown", "trace", "explain", "list", …); `options` is an object for the view.
 * A view is lua/plumbline/views/<name>.lua: returns function(result, options) ->
 * string. The text is appended to `out`. */
pl_status pl_view_render(const char *name, const pl_value *result, const pl_value *options,
                         pl_buf *out, pl_error *err);
bool pl_view_exists(const char *name);

/* pl_demo_write (plumbline.h) runs lua/plumbline/demo/init.lua: it returns
 * function(write, source), where write(path, text) writes one file below the
 * directory and source("rules/x.lua") is a text of the product. */

/* lua-cjson as the reader's decoder; one per thread. */
pl_status pl_json_decoder_open(pl_json_decoder *out, pl_error *err);
void pl_json_decoder_close(pl_json_decoder *decoder);

/* The reason codes and what they mean (lua/plumbline/codes.lua), as an object
 * code -> {title, meaning, todo}; lives in `arena`. */
pl_value *pl_codes(pl_arena *arena, pl_error *err);

#endif
