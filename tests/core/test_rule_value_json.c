/* pl_value_json against lua/plumbline/views/json.lua, which a user's view runs: the
 * same value gives the same bytes. Every expected text here is what that view says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above */
#include <cmocka.h>
#include <math.h>

#include "rule/call.h"
#include "rule/lua_value.h"
#include "rule/trusted.h"
#include "rule/views.h"

static bool append(void *ctx, const void *bytes, size_t n) {
  return pl_buf_append(ctx, bytes, n);
}

typedef struct by_lua {
  const pl_value *value;
  pl_buf source, out;
} by_lua;

static int render(lua_State *L) {
  by_lua *r = lua_touserdata(L, 1);
  size_t n;
  pl_trusted_open(L, &r->source);
  pl_trusted_require(L, "plumbline.views.json");
  pl_lua_push(L, r->value, true);
  pl_lua_apply(L, 1, 1);
  const char *text = lua_tolstring(L, -1, &n);
  pl_buf_append(&r->out, text, n);
  return 0;
}

static void assert_same(const pl_value *value) {
  pl_buf ours = {0};
  by_lua lua = {.value = value};
  pl_error err = {0};
  lua_State *L = luaL_newstate();
  assert_int_equal(pl_lua_call(L, render, &lua, PL_E_OUTPUT, &err), PL_OK);
  lua_close(L);
  assert_true(pl_value_json(value, append, &ours));
  assert_string_equal(ours.p, lua.out.p);
  assert_int_equal(ours.n, lua.out.n);
  pl_buf_free(&ours);
  pl_buf_free(&lua.out);
  pl_buf_free(&lua.source);
}

static void every_kind_of_value(void **state) {
  (void)state;
  pl_arena a = {0};
  pl_value *root = pl_value_object(&a), *list = pl_value_list(&a), *inner = pl_value_object(&a);
  const int64_t integers[] = {0, 1, -1, INT64_MAX, INT64_MIN, 100};
  const double reals[] = {0, 0.1, -2.5, 1e300, 1e-7, INFINITY, 1.0 / 3};
  for (size_t i = 0; i < sizeof integers / sizeof *integers; i++)
    pl_value_push(&a, list, pl_value_int(&a, integers[i]));
  for (size_t i = 0; i < sizeof reals / sizeof *reals; i++)
    pl_value_push(&a, list, pl_value_real(&a, reals[i]));
  pl_value_push(&a, list, pl_value_null(&a)); /* false, as a view meets it */
  pl_value_push(&a, list, pl_value_bool(&a, true));
  pl_value_push(&a, list, pl_value_list(&a));
  pl_value_push(&a, list, pl_value_object(&a));
  pl_value_set(&a, root, "z", list);
  pl_value_set(&a, root, "a", inner);
  pl_value_set(&a, inner, "absent", pl_value_null(&a));
  assert_same(root); /* an object of nothing but null is {} */
  pl_value_set(&a, inner, "b \"\\\n", pl_value_bool(&a, false));
  pl_value_set(&a, inner, "also absent", pl_value_null(&a));
  pl_set_int(&a, inner, "last", 7);
  assert_same(root);
  assert_same(pl_value_text(&a, PL_STR("")));
  pl_arena_free(&a);
}

static void nested_as_deep_as_values_go(void **state) {
  (void)state;
  pl_arena a = {0};
  pl_value *v = pl_value_int(&a, 1);
  for (int i = 0; i < PL_VALUE_DEPTH - 2; i++) {
    pl_value *outer = i % 2 ? pl_value_object(&a) : pl_value_list(&a);
    if (i % 2)
      pl_value_set(&a, outer, "k", v);
    else
      pl_value_push(&a, outer, v);
    v = outer;
  }
  assert_same(v);
  pl_arena_free(&a);
}

static void every_byte_and_every_character_that_steers(void **state) {
  (void)state;
  pl_arena a = {0};
  pl_value *list = pl_value_list(&a);
  for (int c = 0; c < 256; c++) {
    char text[3] = {'x', (char)c, 'y'};
    pl_value_push(&a, list, pl_value_text(&a, (pl_str){text, 3}));
    pl_value_push(&a, list, pl_value_text(&a, (pl_str){text + 1, 1}));
  }
  for (uint32_t c = 0x80; c < 0x10000; c++) { /* two and three bytes, surrogates too */
    char text[3];
    size_t n = 0;
    if (c < 0x800) {
      text[n++] = (char)(0xc0 | c >> 6);
    } else {
      text[n++] = (char)(0xe0 | c >> 12);
      text[n++] = (char)(0x80 | (c >> 6 & 0x3f));
    }
    text[n++] = (char)(0x80 | (c & 0x3f));
    if (c < 0x800 || c % 7 == 0 || (c >= 0x2000 && c < 0x2100) || c >= 0xfe00 ||
        (c >= 0xd7f0 && c < 0xe010))
      pl_value_push(&a, list, pl_value_text(&a, (pl_str){text, n}));
  }
  assert_same(list);
  pl_arena_free(&a);
}

/* Bytes of the kinds that UTF-8 is made of, in any order: splitmix64 from a fixed seed. */
static void bytes_in_any_order(void **state) {
  (void)state;
  static const unsigned char kinds[] = {0x00, 0x1f, '"',  '\\', 'a',  0x7f, 0x80, 0x8e,
                                        0x9c, 0xa8, 0xbb, 0xbf, 0xc0, 0xc2, 0xd8, 0xe0,
                                        0xe2, 0xed, 0xef, 0xf0, 0xf4, 0xff};
  pl_arena a = {0};
  pl_value *list = pl_value_list(&a);
  uint64_t seed = 1;
  for (int i = 0; i < 20000; i++) {
    char text[12];
    size_t n = (size_t)i % sizeof text;
    for (size_t k = 0; k < n; k++) {
      uint64_t z = seed += 0x9e3779b97f4a7c15u;
      z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
      z = (z ^ z >> 27) * 0x94d049bb133111ebu;
      text[k] = (char)kinds[(z ^ z >> 31) % sizeof kinds];
    }
    pl_value_push(&a, list, pl_value_text(&a, (pl_str){text, n}));
  }
  assert_same(list);
  pl_arena_free(&a);
}

static void a_text_longer_than_a_piece(void **state) {
  (void)state;
  pl_arena a = {0};
  static char text[200001];
  for (size_t i = 0; i + 1 < sizeof text; i++) text[i] = (char)('a' + i % 26);
  text[65536] = '"', text[131070] = '\n';
  assert_same(pl_value_text(&a, pl_str_of(text)));
  pl_arena_free(&a);
}

static bool refuse(void *ctx, const void *bytes, size_t n) {
  int *calls = ctx;
  (void)bytes;
  (void)n;
  ++*calls;
  return false;
}

static void a_sink_that_gives_up_is_not_called_again(void **state) {
  (void)state;
  pl_arena a = {0};
  int calls = 0;
  static char text[200001];
  memset(text, 'x', sizeof text - 1);
  assert_false(pl_value_json(pl_value_text(&a, pl_str_of(text)), refuse, &calls));
  assert_int_equal(calls, 1);
  pl_arena_free(&a);
}

/* ---- long lists, made as they are read ------------------------------------------------ */

typedef struct lazy {
  const pl_value *value;
  pl_buf source;
  lua_Integer length, first, last, seen;
  bool list, beyond;
} lazy;

static int read_lazily(lua_State *L) {
  lazy *r = lua_touserdata(L, 1);
  pl_trusted_open(L, &r->source);
  pl_lua_push_lazily(L, r->value);
  lua_setglobal(L, "v");
  pl_lua_load(L,
              PL_STR("local n = 0 for i, x in ipairs(v) do n = n + (x[1] == i and 1 or 0) end "
                     "return #v, v[1][1], v[#v][1], n, plumbline.is_list(v), v[#v + 1] == nil "
                     "and v[0] == nil and v.x == nil and v[1.5] == nil"),
              "=test");
  pl_lua_apply(L, 0, 6);
  r->length = lua_tointeger(L, -6);
  r->first = lua_tointeger(L, -5);
  r->last = lua_tointeger(L, -4);
  r->seen = lua_tointeger(L, -3);
  r->list = lua_toboolean(L, -2);
  r->beyond = lua_toboolean(L, -1);
  return 0;
}

static void a_long_list_reads_like_a_short_one(void **state) {
  (void)state;
  const int lengths[] = {1, 64, 65, 5000};
  for (size_t k = 0; k < 4; k++) {
    pl_arena a = {0};
    pl_value *list = pl_value_list(&a);
    for (int i = 1; i <= lengths[k]; i++)
      pl_value_push(&a, pl_value_push(&a, list, pl_value_list(&a)), pl_value_int(&a, i));
    lazy r = {.value = list};
    pl_error err = {0};
    lua_State *L = luaL_newstate();
    assert_int_equal(pl_lua_call(L, read_lazily, &r, PL_E_OUTPUT, &err), PL_OK);
    lua_close(L);
    assert_int_equal(r.length, lengths[k]);
    assert_int_equal(r.first, 1);
    assert_int_equal(r.last, lengths[k]);
    assert_int_equal(r.seen, lengths[k]);
    assert_true(r.list && r.beyond);
    pl_buf_free(&r.source);
    pl_arena_free(&a);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_kind_of_value),
      cmocka_unit_test(nested_as_deep_as_values_go),
      cmocka_unit_test(every_byte_and_every_character_that_steers),
      cmocka_unit_test(bytes_in_any_order),
      cmocka_unit_test(a_text_longer_than_a_piece),
      cmocka_unit_test(a_sink_that_gives_up_is_not_called_again),
      cmocka_unit_test(a_long_list_reads_like_a_short_one),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
