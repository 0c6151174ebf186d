/*
 * The addon: a TAP device as a JavaScript object on Node's event loop. It does what a network card does, and knows no more of
 * TCP than that (receive.h, transmit.h).
 *
 *   new Tap(name, mtu, address, mask, sendBuffer, persist, offload, join, queue, onFrames, onDone, onWritable,
 *           onFailure)
 *     offload: let the kernel do the work of a network card; join: do it here where the kernel does not
 *     throws an Error with `errno`, `code` and `step` (the system call or ioctl that failed)
 *   tap.name, tap.mtu, tap.mac     the interface; mac is a Uint8Array(6), the kernel's end
 *   tap.offload                    the kernel cuts and joins segments for us, and sees to checksums; otherwise the addon does
 *   tap.frames                     Uint32Array, three words for each frame of the batch being delivered: see receive.h
 *   onFrames(slab, count)          `count` frames lie in the Uint8Array `slab` where `frames` says; never touched again
 *   onDone()                       after one or several of them: what they have put off to the next tick was done, too
 *   tap.txWords, tap.txBytes       Uint32Array and Uint8Array: frames to be sent, described as transmit.h says
 *   tap.flush(count, references)   sends `count` frames from the start of txWords on. Returns how many are left: after that
 *                                  onWritable() follows, once, and flush is to be called again with the same arguments
 *   tap.refused                    Uint32Array: how many frames the device has refused, and the errno of the last
 *   onFailure(errno)               the device is gone; nothing more arrives
 *   tap.ref(), tap.unref()         does the open device keep the process alive? At first it does
 *   tap.close()                    releases the device at once; harmless the second time
 *
 *   raw                            functions for raw sockets: see raw.h
 */
#define NAPI_VERSION 8
#include <node_api.h>

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "device.h"
#include "raw.h"
#include "receive.h"
#include "transmit.h"

/* What is read before the event loop gets its turn; the poll reports at once that there is more. */
#define FRAMES_PER_WAKE_UP 256
#define BYTES_PER_WAKE_UP (1024 * 1024)

struct tap {
  napi_env env;
  struct device device;
  uv_poll_t poll;
  bool open;
  int owners; /* the JavaScript object and the poll handle; whoever lets go last frees */

  napi_async_context context;
  napi_async_cleanup_hook_handle cleanup;
  /* Strong while the device is open. */
  napi_ref self, on_frames, on_done, on_writable, on_failure, slab, frames, tx_words, tx_bytes, refused;

  struct receiver receiver;
  bool delivered; /* and onDone was not called yet */
  uint32_t *words;  /* of txWords */
  uint8_t *bytes;   /* of txBytes */
  uint32_t *counts; /* of refused */
  uint32_t done, at; /* how many frames of a flush have gone out, and where the next one's description is */
  size_t sent;       /* how much of it has gone out already */
};

/* Leaves the function with a JavaScript exception when a Node-API call fails. */
#define TRY(call)                                                                                                      \
  do {                                                                                                                 \
    if ((call) != napi_ok) {                                                                                           \
      throw_last_error(env);                                                                                           \
      return NULL;                                                                                                     \
    }                                                                                                                  \
  } while (0)

static void throw_last_error(napi_env env) {
  const napi_extended_error_info *info;
  bool pending = false;
  napi_get_last_error_info(env, &info);
  const char *message = info->error_message != NULL ? info->error_message : "Node-API call failed";
  napi_is_exception_pending(env, &pending);
  if (!pending) napi_throw_type_error(env, NULL, message);
}

static void throw_system_error(napi_env env, int error, const char *step) {
  napi_value code, message, exception, number, name;
  napi_create_string_utf8(env, uv_err_name(-error), NAPI_AUTO_LENGTH, &code);
  napi_create_string_utf8(env, strerror(error), NAPI_AUTO_LENGTH, &message);
  napi_create_error(env, code, message, &exception);
  napi_create_int32(env, error, &number);
  napi_set_named_property(env, exception, "errno", number);
  napi_create_string_utf8(env, step, NAPI_AUTO_LENGTH, &name);
  napi_set_named_property(env, exception, "step", name);
  napi_throw(env, exception);
}

/* ---- life and death ---- */

static void let_go(struct tap *tap) {
  if (--tap->owners == 0) free(tap);
}

static void drop(napi_env env, napi_ref *reference) {
  if (*reference != NULL) napi_delete_reference(env, *reference);
  *reference = NULL;
}

static void on_closed(uv_handle_t *handle) {
  struct tap *tap = handle->data;
  napi_env env = tap->env;
  drop(env, &tap->self);
  drop(env, &tap->on_frames);
  drop(env, &tap->on_done);
  drop(env, &tap->on_writable);
  drop(env, &tap->on_failure);
  drop(env, &tap->slab);
  drop(env, &tap->frames);
  drop(env, &tap->tx_words);
  drop(env, &tap->tx_bytes);
  drop(env, &tap->refused);
  if (tap->context != NULL) napi_async_destroy(env, tap->context);
  if (tap->cleanup != NULL) napi_remove_async_cleanup_hook(tap->cleanup);
  let_go(tap);
}

/* What refers to JavaScript goes in on_closed: this may run inside a callback that still uses it. */
static void close_device(struct tap *tap) {
  if (!tap->open) return;
  tap->open = false;
  uv_close((uv_handle_t *)&tap->poll, on_closed);
  device_close(&tap->device);
}

/* The environment (the process or a worker) ends; it waits until on_closed has removed the hook. */
static void on_environment_end(napi_async_cleanup_hook_handle handle, void *data) {
  (void)handle;
  close_device(data);
}

static void on_collected(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  let_go(data);
}

/* ---- calls into JavaScript ---- */

static napi_value value_of(struct tap *tap, napi_ref reference) {
  napi_value value = NULL;
  napi_get_reference_value(tap->env, reference, &value);
  return value;
}

/* What a callback throws is an uncaught exception, as from any of Node's own events. */
static void call(struct tap *tap, napi_ref function, size_t argc, const napi_value *argv) {
  napi_env env = tap->env;
  napi_value exception;
  napi_status status =
      napi_make_callback(env, tap->context, value_of(tap, tap->self), value_of(tap, function), argc, argv, NULL);
  if (status == napi_pending_exception && napi_get_and_clear_last_exception(env, &exception) == napi_ok)
    napi_fatal_exception(env, exception);
}

/* Hands over the batch. False when there is no device any more behind it. */
static bool deliver(struct tap *tap) {
  uint32_t count = receiver_take(&tap->receiver);
  napi_value argv[2] = {value_of(tap, tap->slab), NULL};
  if (count == 0) return true;
  napi_create_uint32(tap->env, count, &argv[1]);
  tap->delivered = true;
  call(tap, tap->on_frames, 2, argv);
  return tap->open;
}

/* Node runs what was put off to the next tick before `call` returns. */
static void done(struct tap *tap) {
  if (!tap->delivered) return;
  tap->delivered = false;
  call(tap, tap->on_done, 0, NULL);
}

static void fail(struct tap *tap, int error) {
  napi_value argv[1];
  if (!tap->open) return;
  uv_poll_stop(&tap->poll);
  napi_create_int32(tap->env, error, &argv[0]);
  call(tap, tap->on_failure, 1, argv);
}

/* ---- reading ---- */

static int fresh_slab(struct tap *tap) {
  napi_value buffer;
  void *data;
  /* A Buffer's memory is not zeroed first. */
  if (napi_create_buffer(tap->env, SLAB_BYTES, &data, &buffer) != napi_ok) return ENOMEM;
  drop(tap->env, &tap->slab);
  if (napi_create_reference(tap->env, buffer, 1, &tap->slab) != napi_ok) return ENOMEM;
  receiver_use_slab(&tap->receiver, data);
  return 0;
}

static void read_frames(struct tap *tap) {
  size_t budget = BYTES_PER_WAKE_UP;
  int error = 0;
  for (int frames = FRAMES_PER_WAKE_UP; frames > 0 && error == 0; frames--) {
    struct receiver *receiver = &tap->receiver;
    if (receiver->count == FRAMES_PER_BATCH && !deliver(tap)) return;
    if (receiver_is_full(receiver)) {
      if (!deliver(tap)) return;
      if ((error = fresh_slab(tap)) != 0) break;
    }
    size_t before = receiver->used;
    error = receiver_read(receiver);
    if (receiver->used - before >= budget) break;
    budget -= receiver->used - before;
  }
  if (deliver(tap) && error != 0 && error != EAGAIN) fail(tap, error);
}

static void on_poll(uv_poll_t *poll, int status, int events) {
  struct tap *tap = poll->data;
  napi_handle_scope scope;
  if (napi_open_handle_scope(tap->env, &scope) != napi_ok) return;
  if (status < 0) {
    fail(tap, -status);
  } else {
    if ((events & UV_WRITABLE) != 0) {
      uv_poll_start(poll, UV_READABLE, on_poll);
      call(tap, tap->on_writable, 0, NULL);
    }
    if (tap->open && (events & UV_READABLE) != 0) read_frames(tap);
    done(tap);
  }
  napi_close_handle_scope(tap->env, scope);
}

/* ---- methods ---- */

static struct tap *this_tap(napi_env env, napi_callback_info info, size_t *argc, napi_value *argv) {
  napi_value self;
  void *tap;
  TRY(napi_get_cb_info(env, info, argc, argv, &self, NULL));
  TRY(napi_unwrap(env, self, &tap));
  return tap;
}

/* Finds the memory of a frame's pieces. */
static napi_status describe_frame(struct tap *tap, napi_value references, struct outgoing *frame) {
  const uint32_t *words = tap->words + tap->at, *piece = words + WORDS_OF_TX;
  frame->count = (int)words[TX_PIECES];
  frame->segment = words[TX_SEGMENT];
  frame->checksum_start = words[TX_CHECKSUM_START];
  frame->checksum_offset = words[TX_CHECKSUM_OFFSET];
  for (int i = 1; i <= frame->count; i++, piece += WORDS_OF_PIECE) {
    struct iovec *into = &frame->pieces[i];
    napi_value slice;
    napi_status status;
    into->iov_len = piece[PIECE_LENGTH];
    into->iov_base = tap->bytes + piece[PIECE_PLACE];
    if ((piece[PIECE_PLACE] & PIECE_BY_REFERENCE) == 0) continue;
    status = napi_get_element(tap->env, references, piece[PIECE_PLACE] & ~PIECE_BY_REFERENCE, &slice);
    if (status != napi_ok) return status;
    status = napi_get_typedarray_info(tap->env, slice, NULL, NULL, &into->iov_base, NULL, NULL);
    if (status != napi_ok) return status;
  }
  return napi_ok;
}

/* Sends the frames from where the last flush stopped. Returns how many of `count` are left. */
static napi_status flush(struct tap *tap, uint32_t count, napi_value references, uint32_t *left) {
  struct outgoing frame;
  for (; tap->done < count; tap->done++) {
    napi_status status = describe_frame(tap, references, &frame);
    if (status != napi_ok) return status;
    int error = tap->open ? transmit(&tap->device, &frame, &tap->sent) : EBADF;
    if (error == EAGAIN) {
      /* A checksum that was filled in is not to be summed once more. */
      tap->words[tap->at + TX_CHECKSUM_START] = frame.checksum_start;
      uv_poll_start(&tap->poll, UV_READABLE | UV_WRITABLE, on_poll);
      break;
    }
    if (error != 0) {
      tap->counts[0]++;
      tap->counts[1] = (uint32_t)error;
    }
    tap->sent = 0;
    tap->at += WORDS_OF_TX + (uint32_t)frame.count * WORDS_OF_PIECE;
  }
  *left = count - tap->done;
  if (*left == 0) tap->done = tap->at = 0;
  return napi_ok;
}

static napi_value tap_flush(napi_env env, napi_callback_info info) {
  size_t argc = 2;
  uint32_t count, left;
  napi_value argv[2], result;
  struct tap *tap = this_tap(env, info, &argc, argv);
  if (tap == NULL) return NULL;
  TRY(napi_get_value_uint32(env, argv[0], &count));
  TRY(flush(tap, count, argv[1], &left));
  TRY(napi_create_uint32(env, left, &result));
  return result;
}

static napi_value tap_ref(napi_env env, napi_callback_info info) {
  struct tap *tap = this_tap(env, info, NULL, NULL);
  if (tap != NULL && tap->open) uv_ref((uv_handle_t *)&tap->poll);
  return NULL;
}

static napi_value tap_unref(napi_env env, napi_callback_info info) {
  struct tap *tap = this_tap(env, info, NULL, NULL);
  if (tap != NULL && tap->open) uv_unref((uv_handle_t *)&tap->poll);
  return NULL;
}

static napi_value tap_close(napi_env env, napi_callback_info info) {
  struct tap *tap = this_tap(env, info, NULL, NULL);
  if (tap != NULL) close_device(tap);
  return NULL;
}

/* ---- construction ---- */

enum {
  NAME,
  MTU,
  ADDRESS,
  MASK,
  SEND_BUFFER,
  PERSIST,
  OFFLOAD,
  JOIN,
  QUEUE,
  ON_FRAMES,
  ON_DONE,
  ON_WRITABLE,
  ON_FAILURE,
  ARGUMENTS
};

static napi_status read_request(napi_env env, const napi_value *argv, struct device_request *request) {
  napi_status status;
  memset(request, 0, sizeof *request);
  if ((status = napi_get_value_string_utf8(env, argv[NAME], request->name, IFNAMSIZ, NULL)) != napi_ok) return status;
  if ((status = napi_get_value_uint32(env, argv[MTU], &request->mtu)) != napi_ok) return status;
  if ((status = napi_get_value_uint32(env, argv[ADDRESS], &request->address)) != napi_ok) return status;
  if ((status = napi_get_value_uint32(env, argv[MASK], &request->mask)) != napi_ok) return status;
  if ((status = napi_get_value_uint32(env, argv[SEND_BUFFER], &request->send_buffer)) != napi_ok) return status;
  if ((status = napi_get_value_bool(env, argv[PERSIST], &request->persist)) != napi_ok) return status;
  if ((status = napi_get_value_bool(env, argv[OFFLOAD], &request->offload)) != napi_ok) return status;
  return napi_get_value_bool(env, argv[QUEUE], &request->queue);
}

static napi_status keep(struct tap *tap, napi_value value, napi_ref *reference) {
  return napi_create_reference(tap->env, value, 1, reference);
}

/* Memory that C and JavaScript share. */
static napi_status share(struct tap *tap, napi_typedarray_type type, size_t length, size_t size, void **memory,
                         napi_ref *reference, napi_value *array) {
  napi_value buffer;
  napi_status status = napi_create_arraybuffer(tap->env, length * size, memory, &buffer);
  if (status != napi_ok) return status;
  if ((status = napi_create_typedarray(tap->env, type, length, buffer, 0, array)) != napi_ok) return status;
  return keep(tap, *array, reference);
}

static napi_status share_words(struct tap *tap, size_t length, uint32_t **words, napi_ref *reference, napi_value *array) {
  return share(tap, napi_uint32_array, length, sizeof **words, (void **)words, reference, array);
}

static napi_status describe(struct tap *tap, napi_value self) {
  napi_env env = tap->env;
  napi_status status;
  napi_value name, mtu, offload, mac_buffer, mac, frames, words, bytes, refused;
  void *mac_bytes;
  if ((status = napi_create_string_utf8(env, tap->device.name, NAPI_AUTO_LENGTH, &name)) != napi_ok) return status;
  if ((status = napi_create_uint32(env, tap->device.mtu, &mtu)) != napi_ok) return status;
  if ((status = napi_get_boolean(env, tap->device.offload, &offload)) != napi_ok) return status;
  status = napi_create_arraybuffer(env, sizeof tap->device.mac, &mac_bytes, &mac_buffer);
  if (status != napi_ok) return status;
  memcpy(mac_bytes, tap->device.mac, sizeof tap->device.mac);
  status = napi_create_typedarray(env, napi_uint8_array, sizeof tap->device.mac, mac_buffer, 0, &mac);
  if (status != napi_ok) return status;
  status = share_words(tap, FRAMES_PER_BATCH * WORDS_OF_FRAME, &tap->receiver.words, &tap->frames, &frames);
  if (status != napi_ok) return status;
  if ((status = share_words(tap, TX_WORDS, &tap->words, &tap->tx_words, &words)) != napi_ok) return status;
  if ((status = share_words(tap, 2, &tap->counts, &tap->refused, &refused)) != napi_ok) return status;
  status = share(tap, napi_uint8_array, TX_BYTES, 1, (void **)&tap->bytes, &tap->tx_bytes, &bytes);
  if (status != napi_ok) return status;
  const napi_property_descriptor properties[] = {
      {.utf8name = "name", .value = name, .attributes = napi_enumerable},
      {.utf8name = "mtu", .value = mtu, .attributes = napi_enumerable},
      {.utf8name = "mac", .value = mac, .attributes = napi_enumerable},
      {.utf8name = "offload", .value = offload, .attributes = napi_enumerable},
      {.utf8name = "frames", .value = frames, .attributes = napi_enumerable},
      {.utf8name = "txWords", .value = words, .attributes = napi_enumerable},
      {.utf8name = "txBytes", .value = bytes, .attributes = napi_enumerable},
      {.utf8name = "refused", .value = refused, .attributes = napi_enumerable},
  };
  return napi_define_properties(env, self, sizeof properties / sizeof *properties, properties);
}

/* The poll comes first: once it is there, close_device undoes whatever of the rest was done. */
static napi_status start(struct tap *tap, napi_value self, const napi_value *argv) {
  napi_env env = tap->env;
  napi_status status;
  napi_value resource_name;
  uv_loop_t *loop;
  if ((status = napi_get_uv_event_loop(env, &loop)) != napi_ok) return status;
  if (uv_poll_init(loop, &tap->poll, tap->device.fd) != 0) return napi_generic_failure;
  tap->poll.data = tap;
  tap->owners++;
  tap->open = true;
  if ((status = napi_add_async_cleanup_hook(env, on_environment_end, tap, &tap->cleanup)) != napi_ok) return status;
  if ((status = describe(tap, self)) != napi_ok) return status;
  if ((status = keep(tap, self, &tap->self)) != napi_ok) return status;
  if ((status = keep(tap, argv[ON_FRAMES], &tap->on_frames)) != napi_ok) return status;
  if ((status = keep(tap, argv[ON_DONE], &tap->on_done)) != napi_ok) return status;
  if ((status = keep(tap, argv[ON_WRITABLE], &tap->on_writable)) != napi_ok) return status;
  if ((status = keep(tap, argv[ON_FAILURE], &tap->on_failure)) != napi_ok) return status;
  if ((status = napi_create_string_utf8(env, "synack.Tap", NAPI_AUTO_LENGTH, &resource_name)) != napi_ok) return status;
  if ((status = napi_async_init(env, self, resource_name, &tap->context)) != napi_ok) return status;
  if (fresh_slab(tap) != 0) return napi_generic_failure;
  return uv_poll_start(&tap->poll, UV_READABLE, on_poll) == 0 ? napi_ok : napi_generic_failure;
}

/*
 * Slabs come and go by the hundreds a second. Memory that malloc gives back to the kernel each time has to be mapped anew, page
 * by page, which takes longer than filling it (glibc does it for what is larger than 128 KiB).
 */
static void keep_memory_mapped(void) {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 8 * SLAB_BYTES);
  mallopt(M_TRIM_THRESHOLD, 128 * SLAB_BYTES);
#endif
}

static napi_value tap_new(napi_env env, napi_callback_info info) {
  size_t argc = ARGUMENTS;
  napi_value argv[ARGUMENTS], self;
  struct device_request request;
  const char *step;
  TRY(napi_get_cb_info(env, info, &argc, argv, &self, NULL));
  TRY(read_request(env, argv, &request));

  struct tap *tap = calloc(1, sizeof *tap);
  if (tap == NULL) {
    throw_system_error(env, ENOMEM, "calloc");
    return NULL;
  }
  int error = device_open(&tap->device, &request, &step);
  if (error != 0) {
    free(tap);
    throw_system_error(env, error, step);
    return NULL;
  }
  tap->env = env;
  tap->owners = 1;
  tap->receiver.device = &tap->device;
  if (napi_get_value_bool(env, argv[JOIN], &tap->receiver.join) != napi_ok) tap->receiver.join = false;
  napi_status status = napi_wrap(env, self, tap, on_collected, NULL, NULL);
  if (status != napi_ok) {
    device_close(&tap->device);
    free(tap);
    TRY(status);
  }
  status = start(tap, self, argv);
  if (status != napi_ok) {
    if (tap->open) close_device(tap);
    else device_close(&tap->device);
    TRY(status);
  }
  return self;
}

NAPI_MODULE_INIT() {
  keep_memory_mapped();
  napi_value constructor;
  const napi_property_descriptor methods[] = {
      {.utf8name = "flush", .method = tap_flush, .attributes = napi_default_method},
      {.utf8name = "ref", .method = tap_ref, .attributes = napi_default_method},
      {.utf8name = "unref", .method = tap_unref, .attributes = napi_default_method},
      {.utf8name = "close", .method = tap_close, .attributes = napi_default_method},
  };
  TRY(napi_define_class(env, "Tap", NAPI_AUTO_LENGTH, tap_new, NULL, sizeof methods / sizeof *methods, methods,
                        &constructor));
  TRY(napi_set_named_property(env, exports, "Tap", constructor));
  TRY(export_raw(env, exports));
  return exports;
}
