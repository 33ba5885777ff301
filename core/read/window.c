/* The part of a file that is in memory: slides forward, grows for long records. */
#include <assert.h>

#include "read/private.h"

static pl_status window_grow(pl_window *w, size_t need, pl_error *err) {
  if (need <= w->cap) return PL_OK;
  char *bytes = pl_realloc(w->bytes, need);
  if (!bytes) return pl_fail_memory(err);
  w->bytes = bytes;
  w->cap = need;
  return PL_OK;
}

static void window_forget(pl_window *w, uint64_t from) {
  if (from < w->at || from >= pl_window_end(w)) {
    w->n = 0;
  } else if (from > w->at) {
    w->n = (size_t)(pl_window_end(w) - from);
    memmove(w->bytes, pl_window_at(w, from), w->n);
  }
  w->at = from;
}

pl_status pl_window_need(pl_window *w, uint64_t from, size_t need, pl_error *err) {
  uint64_t size = w->input->size;
  assert(from <= size);
  if (need > size - from) need = (size_t)(size - from);
  if (from >= w->at && from + need <= pl_window_end(w)) return PL_OK;
  window_forget(w, from);
  pl_status status = window_grow(w, need > PL_WINDOW_BYTES ? need : PL_WINDOW_BYTES, err);
  if (status) return status;
  uint64_t until = from + w->cap < w->soft_end ? from + w->cap : w->soft_end;
  if (until < from + need) until = from + need;
  if (until > size) until = size;
  size_t more = (size_t)(until - pl_window_end(w));
  status = pl_input_pread(w->input, pl_window_end(w), w->bytes + w->n, more, err);
  if (!status) w->n += more;
  return status;
}

pl_status pl_window_line(pl_window *w, uint64_t start, uint64_t pos, size_t *length, size_t *end,
                         bool *over, pl_error *err) {
  const uint64_t limit = start + PL_MAX_RECORD + 2; /* room for a CR LF behind the longest */
  *over = pos >= limit;
  while (!*over) {
    uint64_t have = pl_window_end(w) < pos || start < w->at ? pos : pl_window_end(w);
    bool final = have == w->input->size;
    if (have > pos || final) {
      bool found = pl_line_find(pl_window_at(w, pos), (size_t)(have - pos), final, length, end);
      if (found && pos + *length <= start + PL_MAX_RECORD) return PL_OK;
      *over = found || have >= limit;
    }
    if (*over) break;
    size_t held = (size_t)(have - start);
    size_t need = held < 2048 ? 4096 : held * 2;
    if (need > limit - start) need = (size_t)(limit - start);
    pl_status status = pl_window_need(w, start, need, err);
    if (status) return status;
  }
  return PL_OK;
}

pl_status pl_window_skip_line(pl_window *w, uint64_t pos, uint64_t *next, pl_error *err) {
  for (;;) {
    pl_status status = pl_window_need(w, pos, PL_WINDOW_BYTES, err);
    if (status) return status;
    size_t n = (size_t)(pl_window_end(w) - pos), length, end;
    bool final = pl_window_end(w) == w->input->size;
    if (pl_line_find(pl_window_at(w, pos), n, final, &length, &end)) {
      *next = pos + length + end;
      return PL_OK;
    }
    pos += length; /* length: up to an undecided CR, or everything */
  }
}
