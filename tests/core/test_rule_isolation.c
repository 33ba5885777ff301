/* Isolation: beside each hostile rule file stands the same honest department,
 * and whatever the hostile one does, the honest one declares and answers the
 * same. Some faults cannot be made from Lua (a crash, an early exit, a worker
 * that lies): there this program, when it is started as a worker, looks at the
 * first request without taking it and misbehaves if the file asks for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka needs the four above */
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "rule/frame.h"
#include "rule/rules.h"
#include "rule/walls.h"

static char workspace[] = "/tmp/plumbline-isolation-XXXXXX";

static const char audit_lua[] =
    "audit \"Isolation\" { as_of = \"2024-12-31\", currency = \"EUR\" }\n"
    "source \"leads\" { \"leads.csv\", key = \"id\" }\n"
    "deals { \"deals.csv\", key = \"id\", status = constant \"won\" }\n"
    "link { \"leads\", \"deals\", \"id\" }\n";

/* The honest neighbour: one metric, one function. */
static const char honest_lua[] = "department \"Honest\"\n"
                                 "metric \"leads\" {\n"
                                 "  title = \"Leads\",\n"
                                 "  trace = from \"leads\" :where { origin = function(v) return v "
                                 "== \"paid\" end } :to \"deals\",\n"
                                 "}\n";

static void write_file(const char *name, const char *text) {
  char path[300];
  snprintf(path, sizeof path, "%s/%s", workspace, name);
  FILE *file = fopen(path, "w");
  assert_non_null(file);
  fputs(text, file);
  fclose(file);
}

/* ---- the worker that misbehaves ------------------------------------------------------ */

static void send_bytes(const void *p, size_t n) {
  if (write(1, p, n) < 0) _exit(1);
}

static void send_value(pl_frame_type type, uint32_t number, const char *text) {
  pl_arena a = {0};
  pl_buf out = {0};
  pl_frame_write(&out, type, number, pl_value_text(&a, pl_str_of(text)));
  send_bytes(out.p, out.n);
  pl_buf_free(&out);
  pl_arena_free(&a);
}

static void lie(const char *how) {
  if (strstr(how, "crash")) {
    signal(SIGSEGV, SIG_DFL);
    raise(SIGSEGV);
  }
  if (strstr(how, "exit0")) _exit(0);
  if (strstr(how, "garbage")) send_bytes("GET / HTTP/1.1\r\n\r\n", 18);
  if (strstr(how, "huge")) send_bytes("\xff\xff\xff\xff\x10\x01\0\0\0", 9);
  if (strstr(how, "half")) send_bytes("\x40\0\0\0\x10\x01\0\0\0o", 10);
  if (strstr(how, "number")) send_value(PL_FRAME_DONE, 99, "not the number that was asked");
  if (strstr(how, "kind")) send_value(PL_FRAME_DONE, 1, "a text where an object belongs");
  if (strstr(how, "request")) send_value(PL_FRAME_ASK, 1, "a worker does not ask");
  if (strstr(how, "flood"))
    for (;;) send_value(PL_FRAME_PRINT, 1, "flood flood flood flood flood flood flood flood");
  if (strstr(how, "hang"))
    for (;;) pause();
  _exit(0);
}

/* The request names its own file before anything else of the folder. */
static bool is_hostile(const char *seen, size_t n) {
  for (size_t i = 0; i + 17 < n; i++)
    if (memcmp(seen + i, "rules/", 6) == 0) return memcmp(seen + i, "rules/hostile.lua", 17) == 0;
  return false;
}

/* "-- WORKER: how" at the head of the rule file, seen in the first request. */
static int misbehaving_worker(void) {
  static char seen[1 << 18];
  size_t n = 0;
  for (int tries = 0; tries < 200; tries++) { /* until the file's text is there */
    ssize_t got = recv(0, seen, sizeof seen - 1, MSG_PEEK | MSG_DONTWAIT);
    const struct timespec pause_ = {0, 5000000};
    if (got > 9) n = (size_t)got;
    for (size_t i = 0; i + 60 < n && is_hostile(seen, n); i++)
      if (memcmp(seen + i, "-- WORKER:", 10) == 0) {
        seen[i + 40] = 0;
        lie(seen + i + 10);
      }
    uint32_t whole = n < 9 ? UINT32_MAX
                           : (uint32_t)(unsigned char)seen[0] |
                                 (uint32_t)(unsigned char)seen[1] << 8 |
                                 (uint32_t)(unsigned char)seen[2] << 16;
    if (n >= (size_t)whole + 9) break;
    nanosleep(&pause_, NULL);
  }
  return pl_worker_main();
}

/* ---- what must hold ------------------------------------------------------------------- */

static char printed[4096];
static void keep_print(void *ctx, const char *line) {
  (void)ctx;
  size_t n = strlen(printed);
  snprintf(printed + n, sizeof printed - n, "%s\n", line);
}

typedef struct outcome {
  pl_model model;
  pl_rules *rules;
} outcome;

/* Small, so that the tests end soon; the wall clock leaves room for a busy machine. */
static pl_limits small = {.memory = 128 << 20, .cpu_s = 1, .active_ms = 15000, .output = 4 << 20};

static void run(outcome *o, const char *hostile) {
  pl_error err = {0};
  pl_rules_options options = {.directory = workspace, .limits = small, .print = keep_print};
  memset(o, 0, sizeof *o);
  printed[0] = 0;
  write_file("rules/hostile.lua", hostile);
  pl_status status = pl_rules_open(&options, &o->model, &o->rules, &err);
  if (status != PL_OK) print_error("%s:%u: %s\n", err.file, err.line, err.message);
  assert_int_equal(status, PL_OK);
}

static void finish(outcome *o) {
  pl_rules_close(o->rules);
  pl_arena_free(&o->model.arena);
}

static const pl_metric_def *honest_metric(const outcome *o) {
  for (size_t i = 0; i < o->model.metrics_n; i++)
    if (strcmp(o->model.metrics[i].id, "Honest/leads") == 0) return &o->model.metrics[i];
  return NULL;
}

/* The neighbour answers: "paid" is, "organic" and blank are not. */
static void check_honest(outcome *o) {
  const pl_str values[] = {{NULL, 0}, PL_STR("organic"), PL_STR("paid")};
  const pl_metric_def *m = honest_metric(o);
  pl_error err = {0};
  assert_non_null(m);
  assert_null(m->failed);
  assert_string_equal(m->title, "Leads");
  assert_int_equal(m->branches[0].steps_n, 1);
  pl_ask ask = {
      .call = m->branches[0].where.items[0].call, .parameters = 1, .values = values, .n = 3};
  assert_int_equal(pl_rules_ask(o->rules, &ask, 1, &err), PL_OK);
  assert_null(ask.failed);
  assert_false(ask.truths[0]);
  assert_false(ask.truths[1]);
  assert_true(ask.truths[2]);
}

static const pl_department_def *hostile_department(const outcome *o) {
  for (size_t i = 0; i < o->model.departments_n; i++)
    if (strcmp(o->model.departments[i].file, "rules/hostile.lua") == 0)
      return &o->model.departments[i];
  return NULL;
}

/* The hostile file fails as a whole with this code and text, at this line. */
static void expect_failure(const char *hostile, int code, const char *message, uint32_t line) {
  outcome o;
  run(&o, hostile);
  const pl_department_def *d = hostile_department(&o);
  assert_non_null(d);
  assert_non_null(d->failed);
  if (!strstr(d->failed->message, message))
    print_error("got: %s (line %u)\n", d->failed->message, d->failed->line);
  assert_non_null(strstr(d->failed->message, message));
  assert_int_equal(d->failed_code, code);
  assert_string_equal(d->failed->file, "rules/hostile.lua");
  if (line) assert_int_equal(d->failed->line, line);
  check_honest(&o);
  finish(&o);
}

/* The hostile file runs to its end, and printed exactly this. */
static void expect_print(const char *hostile, const char *text) {
  outcome o;
  run(&o, hostile);
  const pl_department_def *d = hostile_department(&o);
  if (d && d->failed) print_error("got: %s (line %u)\n", d->failed->message, d->failed->line);
  assert_true(!d || !d->failed);
  assert_string_equal(printed, text);
  check_honest(&o);
  finish(&o);
}

/* ---- loops and bombs --------------------------------------------------------------------- */

static void an_endless_loop(void **state) {
  (void)state;
  expect_failure("department \"Hostile\"\nwhile true do end\n", 111, "CPU time", 2);
}

/* pcall must not catch the limit: else this would never end. */
static void an_endless_loop_in_pcall(void **state) {
  (void)state;
  expect_failure(
      "department \"Hostile\"\nwhile true do\n pcall(function() while true do end end)\nend\n", 111,
      "CPU time", 3);
}

/* The count hook never fires inside a pattern match: the process limit ends it. */
static void an_endless_call_in_c(void **state) {
  (void)state;
  expect_failure("department \"Hostile\"\n"
                 "local s = (\"a\"):rep(20000)\n"
                 "s:find((\".-\"):rep(20) .. \"b\")\n",
                 111, "", 1);
}

static void calls_that_would_run_on_in_c(void **state) {
  (void)state;
  expect_print("print(pcall(string.rep, '', 1e15) )\n"
               "print(pcall(string.rep, 'x', 1e10))\n"
               "print(select(2, pcall(table.move, {}, 1, 1e15, 2)))\n"
               "local long = setmetatable({}, { __len = function() return 1e15 // 1 | 0 end })\n"
               "print(select(2, pcall(table.concat, long)))\n"
               "print(select(2, pcall(table.insert, long, 1, 'x')))\n"
               "print(select(2, pcall(table.unpack, {}, 1, 1e9)))\n"
               "print(select(2, pcall(string.format, ('%s'):rep(90), table.unpack(\n"
               "  (function() local t = {} for i = 1, 90 do t[i] = ('x'):rep(100000) end return t "
               "end)()))))\n",
               "rules/hostile.lua: true \n"
               "rules/hostile.lua: false string.rep would build a text of more than 16 MiB\n"
               "rules/hostile.lua: at most 1,000,000 items at once\n"
               "rules/hostile.lua: a list may have at most 1,000,000 items\n"
               "rules/hostile.lua: a list may have at most 1,000,000 items\n"
               "rules/hostile.lua: at most 1,000,000 items at once\n"
               "rules/hostile.lua: string.format would build a text of more than 16 MiB\n");
}

/* Filling memory takes CPU time too, more under a checking tool. */
static void expect_out_of_memory(const char *hostile) {
  small.cpu_s = 10;
  expect_failure(hostile, 111, "128 MiB of memory", 1);
  small.cpu_s = 1;
}

static void a_memory_bomb(void **state) {
  (void)state;
  expect_out_of_memory("department \"Hostile\"\nlocal t = {}\n"
                       "for i = 1, 1e9 do t[i] = (\"x\"):rep(100000) .. i end\n");
}

static void a_string_that_doubles(void **state) {
  (void)state;
  expect_out_of_memory("department \"Hostile\"\nlocal s = \"x\"\nwhile true do s = s .. s end\n");
}

static void deep_recursion(void **state) {
  (void)state;
  expect_failure("department \"Hostile\"\nlocal function f() return 1 + f() end\nf()\n", 110,
                 "stack overflow", 2);
  expect_failure("department \"Hostile\"\nlocal t = setmetatable({}, {})\n"
                 "getmetatable(t).__index = function(_, k) return t[k], 1 end\nlocal x = t.a\n",
                 110, "stack overflow", 0);
}

static void deep_nesting_in_the_source(void **state) {
  (void)state;
  static char text[40000];
  size_t n = (size_t)snprintf(text, sizeof text, "department \"Hostile\"\nlocal x = ");
  memset(text + n, '(', 30000);
  text[n + 30000] = 0;
  expect_failure(text, 110, "overflow", 0);
}

/* ---- a worker that crashes, ends, lies or stalls -------------------------------------------- */

#define WORKER(how)                                                                                \
  "-- WORKER:" how " "                                                                             \
  "                                                    \n"                                         \
  "department \"Hostile\"\n"

static void a_crash(void **state) {
  (void)state;
  expect_failure(WORKER("crash"), 110, "crashed (signal 11)", 0);
}

static void an_early_exit(void **state) {
  (void)state;
  expect_failure(WORKER("exit0"), 110, "ended without an answer", 0);
}

static void lies(void **state) {
  (void)state;
  static const char *const all[] = {WORKER("garbage"), WORKER("huge"), WORKER("number"),
                                    WORKER("kind"), WORKER("request")};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    expect_failure(all[i], 110, "not an answer", 0);
  expect_failure(WORKER("half"), 110, "ended without an answer", 0);
}

static void a_flood_of_frames(void **state) {
  (void)state;
  expect_failure(WORKER("flood"), 111, "sent more than", 0);
}

static void a_worker_that_stalls(void **state) {
  (void)state;
  const uint32_t before = small.active_ms;
  small.active_ms = 2000;
  expect_failure(WORKER("hang"), 111, "took longer than 2000 ms", 0);
  small.active_ms = before;
}

/* A program that is no worker at all: audit.lua itself cannot be run. */
static void another_program(void **state) {
  (void)state;
  static const char *const programs[] = {"/bin/true", "/bin/cat", "/no/such/program"};
  for (size_t i = 0; i < 3; i++) {
    pl_error err = {0};
    pl_model model = {0};
    pl_rules *rules = NULL;
    pl_rules_options options = {.directory = workspace, .program = programs[i], .limits = small};
    pl_status status = pl_rules_open(&options, &model, &rules, &err);
    assert_true(status == PL_E_USAGE || status == PL_E_RULE);
    assert_null(rules);
    assert_true(err.message[0] != 0);
    pl_arena_free(&model.arena);
  }
}

/* ---- escapes --------------------------------------------------------------------------------- */

static void absent_functions_say_what_to_use(void **state) {
  (void)state;
  static const struct {
    const char *code, *message;
  } all[] = {
      {"os.execute('id')", "os.execute does not exist in rules"},
      {"os.time()", "os.time does not exist in rules"},
      {"io.open('/etc/passwd')", "io.open does not exist in rules"},
      {"io.popen('id')", "io.popen does not exist in rules"},
      {"load('return 1')", "load does not exist in rules"},
      {"dofile('/etc/passwd')", "dofile does not exist in rules"},
      {"debug.getinfo(1)", "debug.getinfo does not exist in rules"},
      {"package.loadlib('libc.so.6', 'system')", "package.loadlib does not exist in rules"},
      {"coroutine.wrap(print)", "coroutine.wrap does not exist in rules"},
      {"collectgarbage()", "collectgarbage does not exist in rules"},
      {"string.dump(print)", "string.dump does not exist in rules"},
      {"math.random()", "math.random does not exist in rules"},
      {"require '/etc/passwd'", "is not a plain name"},
      {"require '../audit'", "is not a plain name"},
      {"require 'nothing'", "there is no file \"nothing.lua\" beside this one"},
      {"setmetatable({}, { __gc = print })", "rules cannot use __gc"},
      {"setmetatable(_G, nil)", "cannot change a protected metatable"},
      {"getmetatable('').__index.rep = nil", "attempt to index a nil value"},
      {"local _ENV = {}; print(1)", "attempt to call a nil value"},
      {"nothing_of_that_name()", "\"nothing_of_that_name\" is not defined"},
      {"string.format('%p', {})", "no %p in rules"},
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    char text[256];
    snprintf(text, sizeof text, "department \"Hostile\"\n%s\n", all[i].code);
    expect_failure(text, 110, all[i].message, 2);
  }
}

static void bytecode_is_refused(void **state) {
  (void)state;
  expect_failure("\x1bLua", 110, "bytecode", 1);
}

/* What a rule changes, it changes for itself. */
static void tampering_stays_at_home(void **state) {
  (void)state;
  expect_failure("department \"Hostile\"\n"
                 "string.format = nil; table.concat = nil; pairs = nil; error = nil; type = nil\n"
                 "metric \"a\" { titel = 1 }\nrawset(_G, 'metric', 1)\n"
                 "metric \"b\" {}\n",
                 110, "attempt to call a number value (global 'metric')", 5);
}

/* Neither addresses nor hash order can be seen. */
static void nothing_random_can_be_seen(void **state) {
  (void)state;
  expect_print("print({}, print, tostring({}), string.format('%s', print))\n"
               "local t = { b = 1, a = 2, [10] = 3, [2] = 4, [1.5] = 5 }\n"
               "local s = '' for k in pairs(t) do s = s .. tostring(k) .. ' ' end print(s)\n"
               "print(next(t), next(t, 10), next({}))\n"
               "local l = { 'b2', 'a1', 'a2', 'b1' }\n"
               "table.sort(l, function(x, y) return x:sub(1, 1) < y:sub(1, 1) end)\n"
               "print(table.concat(l, ' '))\n",
               "rules/hostile.lua: table function table function\n"
               "rules/hostile.lua: 1.5 2 10 a b \n"
               "rules/hostile.lua: 1.5 a nil\n"
               "rules/hostile.lua: a1 a2 b2 b1\n");
}

static void printing_is_bounded_and_harmless(void **state) {
  (void)state;
  outcome o;
  run(&o, "print('\\27[2J' .. 'x\\ny')\nfor i = 1, 1000 do print(i) end\n");
  assert_non_null(strstr(printed, "rules/hostile.lua:  [2Jx y\n"));
  assert_non_null(strstr(printed, "rules/hostile.lua: 99\n"));
  assert_null(strstr(printed, "rules/hostile.lua: 100\n"));
  assert_non_null(strstr(printed, "only the first 100 lines"));
  check_honest(&o);
  finish(&o);
}

/* A function that fails or never ends fails its question and nothing else. */
static void hostile_functions(void **state) {
  (void)state;
  static const struct {
    const char *body;
    int code;
    const char *message;
  } all[] = {
      {"error('no')", 110, "no (asked for \"a\")"},
      {"return 7", 110, "gave a number for \"a\"; it must give true or false"},
      {"return 'yes'", 110, "gave a string for \"a\""},
      {"while true do end", 111, "CPU time"},
      {"return v.x.y", 110, "attempt to index a nil value"},
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    char text[400];
    outcome o;
    pl_error err = {0};
    const pl_str values[] = {PL_STR("a"), PL_STR("b")};
    snprintf(text, sizeof text,
             "department \"Hostile\"\nmetric \"m\" { trace = from \"leads\" :where {\n"
             "  x = function(v) %s end } :to \"deals\" }\n",
             all[i].body);
    run(&o, text);
    const pl_metric_def *m = &o.model.metrics[o.model.metrics_n - 1];
    const pl_metric_def *h = honest_metric(&o);
    assert_string_equal(m->id, "Hostile/m");
    pl_ask asks[2] = {
        {.call = m->branches[0].where.items[0].call, .parameters = 1, .values = values, .n = 2},
        {.call = h->branches[0].where.items[0].call, .parameters = 1, .values = values, .n = 2}};
    assert_int_equal(pl_rules_ask(o.rules, asks, 2, &err), PL_OK);
    assert_non_null(asks[0].failed);
    if (!strstr(asks[0].failed->message, all[i].message))
      print_error("got: %s\n", asks[0].failed->message);
    assert_non_null(strstr(asks[0].failed->message, all[i].message));
    assert_int_equal(asks[0].failed_code, all[i].code);
    assert_int_equal(asks[0].failed->line, 3);
    assert_null(asks[0].truths);
    assert_null(asks[1].failed);
    assert_false(asks[1].truths[0]);
    check_honest(&o);
    finish(&o);
  }
}

/* ---- the kernel's own walls -------------------------------------------------------------- */

static void open_a_file(void) {
  (void)!open("/etc/passwd", O_RDONLY);
}
static void open_a_socket(void) {
  (void)!socket(AF_INET, SOCK_STREAM, 0);
}
static void start_a_process(void) {
  (void)!fork();
}
static void run_a_program(void) {
  (void)!execl("/bin/true", "true", (char *)NULL);
}
static void kill_the_parent(void) {
  (void)!kill(getppid(), SIGTERM);
}
static void make_memory_executable(void) {
  (void)!mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}
static void map_a_file(void) {
  (void)!mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 0, 0);
}

/* Behind the walls each of these ends the process at once (SIGSYS). Builds and
 * runs under a checking tool have no filter (walls.h), so there is no test. */
static void the_kernel_ends_what_leaves(void **state) {
  (void)state;
#if defined(__SANITIZE_ADDRESS__)
  skip();
#endif
  void (*const all[])(void) = {open_a_file,   open_a_socket,   start_a_process,
                               run_a_program, kill_the_parent, make_memory_executable,
                               map_a_file};
  if (getenv("PLUMBLINE_UNDER_VALGRIND")) skip();
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    int status = 0;
    char message[256], warning[256];
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
      if (!pl_walls_raise(&small, message, warning) || warning[0]) _exit(3);
      all[i]();
      _exit(4);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 3) skip(); /* a kernel without the filter */
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGSYS);
  }
}

static int set_up(void **state) {
  (void)state;
  char rules[300];
  if (!mkdtemp(workspace)) return -1;
  snprintf(rules, sizeof rules, "%s/rules", workspace);
  if (mkdir(rules, 0777) != 0) return -1;
  write_file("audit.lua", audit_lua);
  write_file("rules/honest.lua", honest_lua);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  static const char *const names[] = {"rules/hostile.lua", "rules/honest.lua", "audit.lua", "rules",
                                      ""};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char path[300];
    snprintf(path, sizeof path, "%s/%s", workspace, names[i]);
    remove(path);
  }
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "--worker") == 0) return misbehaving_worker();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_endless_loop),
      cmocka_unit_test(an_endless_loop_in_pcall),
      cmocka_unit_test(an_endless_call_in_c),
      cmocka_unit_test(calls_that_would_run_on_in_c),
      cmocka_unit_test(a_memory_bomb),
      cmocka_unit_test(a_string_that_doubles),
      cmocka_unit_test(deep_recursion),
      cmocka_unit_test(deep_nesting_in_the_source),
      cmocka_unit_test(a_crash),
      cmocka_unit_test(an_early_exit),
      cmocka_unit_test(lies),
      cmocka_unit_test(a_flood_of_frames),
      cmocka_unit_test(a_worker_that_stalls),
      cmocka_unit_test(another_program),
      cmocka_unit_test(absent_functions_say_what_to_use),
      cmocka_unit_test(bytecode_is_refused),
      cmocka_unit_test(tampering_stays_at_home),
      cmocka_unit_test(nothing_random_can_be_seen),
      cmocka_unit_test(printing_is_bounded_and_harmless),
      cmocka_unit_test(hostile_functions),
      cmocka_unit_test(the_kernel_ends_what_leaves),
  };
  return cmocka_run_group_tests_name("isolation", tests, set_up, tear_down);
}
