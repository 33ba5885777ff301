/* Frames: writing and reading one. */
#include "rule/frame.h"

static void put_u32(unsigned char *p, uint32_t v) {
  for (int i = 0; i < 4; i++) p[i] = (unsigned char)(v >> (8 * i));
}

static uint32_t get_u32(const unsigned char *p) {
  uint32_t v = 0;
  for (int i = 0; i < 4; i++) v |= (uint32_t)p[i] << (8 * i);
  return v;
}

bool pl_frame_write(pl_buf *out, pl_frame_type type, uint32_t number, const pl_value *v) {
  unsigned char head[PL_FRAME_HEAD] = {0};
  size_t start = out->n;
  head[4] = (unsigned char)type;
  put_u32(head + 5, number);
  if (!v || !pl_buf_append(out, head, sizeof head) || !pl_value_encode(v, out)) return false;
  size_t length = out->n - start - PL_FRAME_HEAD;
  if (length > PL_FRAME_MAX) {
    out->n = start;
    return false;
  }
  put_u32((unsigned char *)out->p + start, (uint32_t)length);
  return true;
}

static bool known(unsigned type) {
  return (type >= PL_FRAME_DECLARE && type <= PL_FRAME_RENDER) ||
         (type >= PL_FRAME_DONE && type <= PL_FRAME_AT);
}

pl_frame_result pl_frame_read(pl_str bytes, uint64_t max, pl_frame *out, size_t *used) {
  const unsigned char *p = (const unsigned char *)bytes.p;
  if (bytes.n < 5) return PL_FRAME_NEED_MORE;
  uint32_t length = get_u32(p);
  if (length > max || length > PL_FRAME_MAX || !known(p[4])) return PL_FRAME_BAD;
  if (bytes.n - 5 < (size_t)length + 4) return PL_FRAME_NEED_MORE;
  out->type = (pl_frame_type)p[4];
  out->number = get_u32(p + 5);
  out->payload = (pl_str){bytes.p + PL_FRAME_HEAD, length};
  *used = PL_FRAME_HEAD + (size_t)length;
  return PL_FRAME_READY;
}
