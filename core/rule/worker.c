/* main() of a worker: raise the walls, then answer one request after another
 * until the pipe ends. Leaves by _exit, because nothing here needs tidying and
 * the exit status means nothing: only a DONE frame is a success. */
#include "rule/worker.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "rule/call.h"
#include "rule/frame.h"
#include "rule/walls.h"

static void leave(int status) {
  _exit(status);
}

static void write_all(const char *p, size_t n) {
  while (n > 0) {
    ssize_t wrote = write(1, p, n);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) leave(1);
    p += wrote;
    n -= (size_t)wrote;
  }
}

void pl_worker_send(pl_worker_state *state, int type, const pl_value *v) {
  pl_buf_clear(&state->out);
  if (!pl_frame_write(&state->out, (pl_frame_type)type, state->number, v))
    leave(PL_WORKER_NO_MEMORY);
  write_all(state->out.p, state->out.n);
}

/* Reads exactly n bytes to the end of state->in; false at the end of the pipe. */
static bool read_exactly(pl_worker_state *state, size_t n) {
  char block[65536];
  while (n > 0) {
    ssize_t got = read(0, block, n < sizeof block ? n : sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    if (!pl_buf_append(&state->in, block, (size_t)got)) leave(PL_WORKER_NO_MEMORY);
    n -= (size_t)got;
  }
  return true;
}

static bool read_frame(pl_worker_state *state, pl_frame *frame) {
  size_t used = 0;
  pl_buf_clear(&state->in);
  if (!read_exactly(state, PL_FRAME_HEAD)) return false;
  const unsigned char *p = (const unsigned char *)state->in.p;
  size_t length = (size_t)p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16 | (size_t)p[3] << 24;
  if (length > PL_FRAME_MAX || !read_exactly(state, length)) return false;
  return pl_frame_read(pl_buf_view(&state->in), PL_FRAME_MAX, frame, &used) == PL_FRAME_READY;
}

static void send_raised(pl_worker_state *state, const pl_raised *raised) {
  pl_arena *a = &state->request;
  pl_value *v = pl_value_object(a);
  struct {
    const char *key, *text;
  } fields[] = {{"message", raised->message},
                {"hint", raised->hint},
                {"file", raised->file},
                {"limit", raised->limit},
                {"traceback", raised->traceback}};
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
    pl_str s = pl_str_of(fields[i].text); /* a cut may have split a character */
    s.n = pl_utf8_valid(s);
    pl_set_text(a, v, fields[i].key, s);
  }
  pl_set_int(a, v, "line", raised->line);
  pl_worker_send(state, PL_FRAME_ERROR, v);
}

/* ---- one request ------------------------------------------------------------------ */

typedef struct answering {
  pl_worker_state *state;
  pl_frame_type type;
  const pl_value *request;
  pl_value *answer;
} answering;

static int answer_body(lua_State *L) {
  answering *a = lua_touserdata(L, 1);
  if (a->type == PL_FRAME_DECLARE)
    a->answer = pl_worker_declare(L, a->state, a->request);
  else if (a->type == PL_FRAME_ASK)
    a->answer = pl_worker_ask(L, a->state, a->request);
  else if (a->type == PL_FRAME_RENDER)
    a->answer = pl_worker_render(L, a->state, a->request);
  else
    a->answer = pl_worker_judge(L, a->state, a->request);
  return 0;
}

static void answer(pl_worker_state *state, pl_frame_type type, const pl_value *request) {
  answering a = {state, type, request, NULL};
  pl_raised raised;
  if (!pl_lua_run(state->box.L, answer_body, &a, &raised))
    send_raised(state, &raised);
  else
    pl_worker_send(state, PL_FRAME_DONE, a.answer);
}

static void print_line(void *ctx, pl_str line) {
  pl_worker_state *state = ctx;
  pl_value *v = pl_value_text(&state->request, line);
  if (v) pl_worker_send(state, PL_FRAME_PRINT, v);
}

/* ---- the first request, and all that follow ------------------------------------------ */

static void read_limits(pl_limits *limits, const pl_value *v) {
  limits->memory = (uint64_t)pl_value_integer(pl_value_get(v, "memory"), 256 << 20);
  limits->cpu_s = (uint32_t)pl_value_integer(pl_value_get(v, "cpu_s"), 10);
}

static void refuse(pl_worker_state *state, const char *message) {
  pl_raised raised = {0};
  snprintf(raised.message, sizeof raised.message, "%s", message);
  send_raised(state, &raised);
  leave(1);
}

static void set_up(pl_worker_state *state, const pl_value *request) {
  char message[256], warning[256];
  read_limits(&state->limits, pl_value_get(request, "limits"));
  state->file = pl_value_str(pl_value_get(request, "file")).p;
  state->beside = pl_value_get(request, "beside");
  state->profiles = pl_value_get(request, "profiles");
  if (!pl_walls_raise(&state->limits, message, warning)) refuse(state, message);
  if (warning[0])
    pl_worker_send(state, PL_FRAME_WARN, pl_value_text(&state->request, pl_str_of(warning)));
  state->box.print = print_line;
  state->box.ctx = state;
  if (!pl_sandbox_open(&state->box, &state->limits)) {
    pl_raised raised = {.message = "out of memory", .limit = "memory"};
    send_raised(state, &raised);
    leave(1);
  }
}

static void serve(pl_worker_state *state) {
  bool first = true;
  pl_frame frame;
  pl_error err;
  while (read_frame(state, &frame)) {
    pl_arena *arena = first ? &state->setup : &state->request;
    state->number = frame.number;
    pl_value *request = pl_value_decode(arena, frame.payload, true, &err);
    if (!request || first != (frame.type == PL_FRAME_DECLARE)) leave(1);
    if (first) set_up(state, request);
    first = false;
    answer(state, frame.type, request);
    pl_arena_free(&state->request);
  }
}

int pl_worker_main(void) {
  static pl_worker_state state;
  serve(&state);
  leave(0);
  return 0;
}
