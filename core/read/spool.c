/* Temporary copies of what cannot be read as it is: pipes, and files that are
 * decoded. They have no name, so that nothing is left behind. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "read/decode.h"

#define PL_CANCEL_LOOK_MS 50 /* how soon a cancel is noticed while a pipe is silent */

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

pl_status pl_spool_begin(pl_spool *spool, const pl_input *input, const volatile bool *cancel,
                         pl_error *err) {
  *spool = (pl_spool){.input = input, .cancel = cancel, .fd = -1};
  spool->bytes = pl_malloc(PL_DECODE_BLOCK);
  if (!spool->bytes) return pl_fail_memory(err);
  spool->fd = pl_spool_open();
  return spool->fd < 0 ? spool_failed(spool, errno, err) : PL_OK;
}

static pl_status spool_flush(pl_spool *spool, pl_error *err) {
  for (size_t done = 0; done < spool->n;) {
    ssize_t r = write(spool->fd, spool->bytes + done, spool->n - done);
    if (r < 0 && errno != EINTR) return spool_failed(spool, errno, err);
    if (r > 0) done += (size_t)r;
  }
  spool->n = 0;
  return spool_cancelled(spool, err);
}

pl_status pl_spool_write(pl_spool *spool, const char *p, size_t n, pl_error *err) {
  if ((spool->size += n) > PL_MAX_SPOOL) {
    pl_site site = {spool->input->shown, 0, 0};
    return pl_fail_at(err, PL_E_INPUT, site, "more than %llu GiB once it is decoded",
                      PL_MAX_SPOOL >> 30);
  }
  while (n) {
    size_t room = PL_DECODE_BLOCK - spool->n;
    size_t piece = n < room ? n : room;
    memcpy(spool->bytes + spool->n, p, piece);
    spool->n += piece;
    p += piece;
    n -= piece;
    if (spool->n < PL_DECODE_BLOCK) continue;
    pl_status status = spool_flush(spool, err);
    if (status) return status;
  }
  return PL_OK;
}

pl_status pl_spool_take(pl_spool *spool, pl_input *input, pl_error *err) {
  pl_status status = spool_flush(spool, err);
  if (status) return status;
  close(input->fd);
  input->fd = spool->fd;
  input->size = spool->size;
  spool->fd = -1;
  return PL_OK;
}

void pl_spool_close(pl_spool *spool) {
  if (spool->fd >= 0) close(spool->fd);
  pl_free(spool->bytes);
  spool->bytes = NULL;
  spool->fd = -1;
}

/* --- pipes --- */

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

static pl_status copy_pipe(pl_spool *spool, char *piece, pl_error *err) {
  for (;;) {
    pl_status status = wait_for_pipe(spool, err);
    if (status) return status;
    ssize_t r = read(spool->input->fd, piece, PL_DECODE_BLOCK);
    if (r == 0) return PL_OK;
    if (r < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (r < 0)
      return pl_fail_at(err, PL_E_INPUT, (pl_site){spool->input->shown, 0, 0}, "reading failed: %s",
                        strerror(errno));
    status = pl_spool_write(spool, piece, (size_t)r, err);
    if (status) return status;
  }
}

pl_status pl_spool_pipe(pl_input *input, const volatile bool *cancel, pl_error *err) {
  pl_spool spool;
  char *piece = NULL;
  pl_status status = pl_spool_begin(&spool, input, cancel, err);
  if (status) goto done;
  piece = pl_malloc(PL_DECODE_BLOCK);
  status = piece ? copy_pipe(&spool, piece, err) : pl_fail_memory(err);
  if (!status) status = pl_spool_take(&spool, input, err);
  if (!status) input->spooled = true;
done:
  pl_free(piece);
  pl_spool_close(&spool);
  return status;
}
