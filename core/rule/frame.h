/* Frames: what crosses the pipe between the audit and a worker.
 *
 *   u32 length of the payload | u8 type | u32 number of the request | payload
 *
 * little endian; the payload is one pl_value on the wire (base/value.h). A
 * request is answered by any number of PRINT, WARN and AT and then by exactly
 * one DONE or ERROR with the request's number. */
#ifndef PL_RULE_FRAME_H
#define PL_RULE_FRAME_H

#include "base/value.h"

typedef enum pl_frame_type {
  PL_FRAME_DECLARE = 1, /* {what, file, source, beside, prelude, limits, audit} */
  PL_FRAME_ASK = 2,     /* {fn, want, parameters, values} */
  PL_FRAME_JUDGE = 3,   /* {fn, evidence} */
  PL_FRAME_RENDER = 4,  /* {fn, result, options}: a view of the user's */
  PL_FRAME_DONE = 16,   /* the answer */
  PL_FRAME_ERROR = 17,  /* {message, hint, file, line, limit, traceback} */
  PL_FRAME_PRINT = 18,  /* a line that the rule printed */
  PL_FRAME_WARN = 19,   /* a line for the person who runs the audit */
  PL_FRAME_AT = 20      /* {file, line, department}: what is being declared now */
} pl_frame_type;

#define PL_FRAME_HEAD 9
#define PL_FRAME_MAX (64u << 20)

typedef struct pl_frame {
  pl_frame_type type;
  uint32_t number;
  pl_str payload;
} pl_frame;

/* Appends a frame holding `v`; false when memory is out or it is over PL_FRAME_MAX. */
bool pl_frame_write(pl_buf *out, pl_frame_type type, uint32_t number, const pl_value *v);

typedef enum pl_frame_result { PL_FRAME_NEED_MORE, PL_FRAME_READY, PL_FRAME_BAD } pl_frame_result;
/* Reads the frame that begins `bytes`; `used` is its whole length. BAD: a
 * length over `max` or an unknown type. */
pl_frame_result pl_frame_read(pl_str bytes, uint64_t max, pl_frame *out, size_t *used);

/* What a worker's exit status says when memory was out even for an error. */
#define PL_WORKER_NO_MEMORY 12

#endif
