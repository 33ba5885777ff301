/* Pipes: what they give is kept in memory, and once that is more than the budget in a
 * temporary file. It has no name, so that nothing is left behind. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "read/decode.h"

#define PL_CANCEL_LOOK_MS 50 /* how soon a cancel is noticed while a pipe is silent */

typedef struct pl_spool {
  const pl_input *input;
  const volatile bool *cancel; /* may be NULL */
  pl_held held;
  int fd;      /* of the temporary file; -1: not needed so far */
  char *piece; /* on its way there */
  uint64_t size;
} pl_spool;

static const char *spool_folder(void) {
  const char *folder = getenv("TMPDIR");
  return folder && *folder ? folder : "/tmp";
}

int pl_spool_open(void) {
  int fd = open(spool_folder(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0) return fd;
  char path[PL_ERROR_PATH];
  if (snprintf(path, sizeof path, "%s/plumbline-XXXXXX", spool_folder()) >= (int)sizeof path)
    return -1;
  fd = mkostemp(path, O_CLOEXEC);
  if (fd >= 0) unlink(path);
  return fd;
}

static pl_status spool_cancelled(const pl_spool *spool, pl_error *err) {
  if (!spool->cancel || !*spool->cancel) return PL_OK;
  return pl_fail(err, PL_E_CANCELLED, "cancelled");
}

static pl_status spool_failed(const pl_spool *spool, int why, pl_error *err) {
  pl_site site = {spool->input->shown, 0, 0};
  if (why != ENOSPC && why != EDQUOT && why != EFBIG) {
    pl_fail_at(err, PL_E_INPUT, site, "no temporary copy of it can be made in %s: %s",
               spool_folder(), strerror(why));
    pl_hint(err, "Set TMPDIR to a folder that can be written to.");
    return PL_E_INPUT;
  }
  pl_fail_at(err, PL_E_INPUT, site, "the temporary folder %s is full: %s", spool_folder(),
             strerror(why));
  pl_hint(err, "Set TMPDIR to a folder with more room: TMPDIR=/var/tmp plumbline …");
  return PL_E_INPUT;
}

static pl_status write_all(const pl_spool *spool, const char *p, size_t n, pl_error *err) {
  while (n) {
    ssize_t r = write(spool->fd, p, n);
    if (r < 0 && errno != EINTR) return spool_failed(spool, errno, err);
    if (r <= 0) continue;
    p += r;
    n -= (size_t)r;
  }
  return PL_OK;
}

/* The budget is used up: what was held, and all else, goes into a file. */
static pl_status begin_file(pl_spool *spool, pl_error *err) {
  spool->fd = pl_spool_open();
  if (spool->fd < 0) return spool_failed(spool, errno, err);
  pl_status status = PL_OK;
  for (uint64_t at = 0; !status && at < spool->held.size; at += PL_STREAM_BLOCK) {
    uint64_t left = spool->held.size - at;
    size_t n = left < PL_STREAM_BLOCK ? (size_t)left : PL_STREAM_BLOCK;
    status = write_all(spool, spool->held.blocks[at / PL_STREAM_BLOCK], n, err);
  }
  pl_held_free(&spool->held);
  return status;
}

/* Where the next bytes go: into memory, or through `piece` into the file. */
static pl_status room_for_more(pl_spool *spool, char **to, size_t *room, pl_error *err) {
  pl_status status = PL_OK;
  if (spool->fd < 0) {
    *to = pl_held_room(&spool->held, spool->input->hold, room);
    if (*to) return PL_OK;
    status = begin_file(spool, err);
  }
  if (!status && !spool->piece) spool->piece = pl_malloc(PL_DECODE_BLOCK);
  *to = spool->piece;
  *room = PL_DECODE_BLOCK;
  return status || spool->piece ? status : pl_fail_memory(err);
}

static pl_status took(pl_spool *spool, size_t n, pl_error *err) {
  if ((spool->size += n) > PL_MAX_SPOOL)
    return pl_fail_at(err, PL_E_INPUT, (pl_site){spool->input->shown, 0, 0},
                      "more than %llu GiB come out of it", PL_MAX_SPOOL >> 30);
  if (spool->fd >= 0) return write_all(spool, spool->piece, n, err);
  pl_held_took(&spool->held, n);
  return PL_OK;
}

static pl_status take_over(pl_spool *spool, pl_input *input, pl_error *err) {
  if (spool->fd < 0 && !(input->stream = pl_stream_of_held(input, &spool->held)))
    return pl_fail_memory(err);
  close(input->fd);
  input->fd = spool->fd;
  input->size = spool->size;
  input->spooled = true;
  spool->fd = -1;
  return PL_OK;
}

/* Waits until a pipe has something, or nobody writes to it any more. One that
 * nobody has opened for writing yet is waited for too. */
static pl_status wait_for_pipe(const pl_spool *spool, pl_error *err) {
  for (;;) {
    struct pollfd pipe = {spool->input->fd, POLLIN, 0};
    int ready = poll(&pipe, 1, spool->cancel ? PL_CANCEL_LOOK_MS : -1);
    pl_status status = spool_cancelled(spool, err);
    if (status || ready > 0) return status;
    if (ready < 0 && errno != EINTR)
      return pl_fail_at(err, PL_E_INPUT, (pl_site){spool->input->shown, 0, 0}, "reading failed: %s",
                        strerror(errno));
  }
}

static pl_status copy_pipe(pl_spool *spool, pl_error *err) {
  for (;;) {
    char *to;
    size_t room;
    pl_status status = wait_for_pipe(spool, err);
    if (!status) status = room_for_more(spool, &to, &room, err);
    if (status) return status;
    ssize_t r = read(spool->input->fd, to, room);
    if (r == 0) return PL_OK;
    if (r < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (r < 0)
      return pl_fail_at(err, PL_E_INPUT, (pl_site){spool->input->shown, 0, 0}, "reading failed: %s",
                        strerror(errno));
    status = took(spool, (size_t)r, err);
    if (status) return status;
  }
}

pl_status pl_spool_pipe(pl_input *input, const volatile bool *cancel, pl_error *err) {
  pl_spool spool = {.input = input, .cancel = cancel, .fd = -1};
  pl_status status = copy_pipe(&spool, err);
  if (!status) status = take_over(&spool, input, err);
  if (spool.fd >= 0) close(spool.fd);
  pl_held_free(&spool.held);
  pl_free(spool.piece);
  return status;
}
