/*
 * The addon: a TAP or TUN device as a JavaScript object on Node's event loop. It does what a network card does, and knows no more
 * of TCP than that (receive.h, transmit.h). What is said of frames is said of a TUN's packets.
 *
 *   new Device(tun, name, mtu, addresses, sendBuffer, persist, offload, join, queue, onFrames, onDone, onWritable,
 *              onFailure)
 *     tun: IP packets, otherwise Ethernet frames; addresses: a Uint8Array of struct host_address (address.h), one after another
 *     offload: let the kernel do the work of a network card; join: do it here where the kernel does not
 *     throws an Error with `errno`, `code` and `step` (the system call or ioctl that failed)
 *   device.name, device.mtu, device.mac   the interface; mac is a Uint8Array(6), a TAP's kernel end
 *   device.offload                 the kernel cuts and joins segments for us, and sees to checksums; otherwise the addon does
 *   device.frames                  Uint32Array, three words for each frame of the batch being delivered: see receive.h
 *   onFrames(slab, count)          `count` frames lie in the Uint8Array `slab` where `frames` says; never touched again
 *   onDone()                       after one or several of them: what they have put off to the next tick was done, too
 *   device.txWords, device.txBytes Uint32Array and Uint8Array: frames to be sent, described as transmit.h says
 *   device.flush(count, references)  sends `count` frames from the start of txWords on. Returns how many are left: after that
 *                                  onWritable() follows, once, and flush is to be called again with the same arguments
 *   device.refused                 Uint32Array: how many frames the device has refused, and the errno of the last
 *   onFailure(errno)               the device is gone; nothing more arrives
 *   device.ref(), device.unref()   does the open device keep the process alive? At first it does
 *   device.close()                 releases the device at once; harmless the second time
 *
 *   raw                            functions for raw sockets: see raw.h
 *   packet                         functions for packet sockets: see packet.h
 */
#define NAPI_VERSION 8
#include <node_api.h>

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "device.h"
#include "packet.h"
#include "raw.h"
#include "receive.h"
#include "transmit.h"

/* What is read before the event loop gets its turn; the poll reports at once that there is more. */
#define FRAMES_PER_WAKE_UP 256
#define BYTES_PER_WAKE_UP (1024 * 1024)

struct link {
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

static void let_go(struct link *link) {
  if (--link->owners == 0) free(link);
}

static void drop(napi_env env, napi_ref *reference) {
  if (*reference != NULL) napi_delete_reference(env, *reference);
  *reference = NULL;
}

static void on_closed(uv_handle_t *handle) {
  struct link *link = handle->data;
  napi_env env = link->env;
  drop(env, &link->self);
  drop(env, &link->on_frames);
  drop(env, &link->on_done);
  drop(env, &link->on_writable);
  drop(env, &link->on_failure);
  drop(env, &link->slab);
  drop(env, &link->frames);
  drop(env, &link->tx_words);
  drop(env, &link->tx_bytes);
  drop(env, &link->refused);
  if (link->context != NULL) napi_async_destroy(env, link->context);
  if (link->cleanup != NULL) napi_remove_async_cleanup_hook(link->cleanup);
  let_go(link);
}

/* What refers to JavaScript goes in on_closed: this may run inside a callback that still uses it. */
static void close_device(struct link *link) {
  if (!link->open) return;
  link->open = false;
  uv_close((uv_handle_t *)&link->poll, on_closed);
  device_close(&link->device);
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

static napi_value value_of(struct link *link, napi_ref reference) {
  napi_value value = NULL;
  napi_get_reference_value(link->env, reference, &value);
  return value;
}

/* What a callback throws is an uncaught exception, as from any of Node's own events. */
static void call(struct link *link, napi_ref function, size_t argc, const napi_value *argv) {
  napi_env env = link->env;
  napi_value exception;
  napi_status status =
      napi_make_callback(env, link->context, value_of(link, link->self), value_of(link, function), argc, argv, NULL);
  if (status == napi_pending_exception && napi_get_and_clear_last_exception(env, &exception) == napi_ok)
    napi_fatal_exception(env, exception);
}

/* Hands over the batch. False when there is no device any more behind it. */
static bool deliver(struct link *link) {
  uint32_t count = receiver_take(&link->receiver);
  napi_value argv[2] = {value_of(link, link->slab), NULL};
  if (count == 0) return true;
  napi_create_uint32(link->env, count, &argv[1]);
  link->delivered = true;
  call(link, link->on_frames, 2, argv);
  return link->open;
}

/* Node runs what was put off to the next tick before `call` returns. */
static void done(struct link *link) {
  if (!link->delivered) return;
  link->delivered = false;
  call(link, link->on_done, 0, NULL);
}

static void fail(struct link *link, int error) {
  napi_value argv[1];
  if (!link->open) return;
  uv_poll_stop(&link->poll);
  napi_create_int32(link->env, error, &argv[0]);
  call(link, link->on_failure, 1, argv);
}

/* ---- reading ---- */

static int fresh_slab(struct link *link) {
  napi_value buffer;
  void *data;
  /* A Buffer's memory is not zeroed first. */
  if (napi_create_buffer(link->env, SLAB_BYTES, &data, &buffer) != napi_ok) return ENOMEM;
  drop(link->env, &link->slab);
  if (napi_create_reference(link->env, buffer, 1, &link->slab) != napi_ok) return ENOMEM;
  receiver_use_slab(&link->receiver, data);
  return 0;
}

static void read_frames(struct link *link) {
  size_t budget = BYTES_PER_WAKE_UP;
  int error = 0;
  for (int frames = FRAMES_PER_WAKE_UP; frames > 0 && error == 0; frames--) {
    struct receiver *receiver = &link->receiver;
    if (receiver->count == FRAMES_PER_BATCH && !deliver(link)) return;
    if (receiver_is_full(receiver)) {
      if (!deliver(link)) return;
      if ((error = fresh_slab(link)) != 0) break;
    }
    size_t before = receiver->used;
    error = receiver_read(receiver);
    if (receiver->used - before >= budget) break;
    budget -= receiver->used - before;
  }
  if (deliver(link) && error != 0 && error != EAGAIN) fail(link, error);
}

static void on_poll(uv_poll_t *poll, int status, int events) {
  struct link *link = poll->data;
  napi_handle_scope scope;
  if (napi_open_handle_scope(link->env, &scope) != napi_ok) return;
  if (status < 0) {
    fail(link, -status);
  } else {
    if ((events & UV_WRITABLE) != 0) {
      uv_poll_start(poll, UV_READABLE, on_poll);
      call(link, link->on_writable, 0, NULL);
    }
    if (link->open && (events & UV_READABLE) != 0) read_frames(link);
    done(link);
  }
  napi_close_handle_scope(link->env, scope);
}

/* ---- methods ---- */

static struct link *this_link(napi_env env, napi_callback_info info, size_t *argc, napi_value *argv) {
  napi_value self;
  void *link;
  TRY(napi_get_cb_info(env, info, argc, argv, &self, NULL));
  TRY(napi_unwrap(env, self, &link));
  return link;
}

/* Finds the memory of a frame's pieces. */
static napi_status describe_frame(struct link *link, napi_value references, struct outgoing *frame) {
  const uint32_t *words = link->words + link->at, *piece = words + WORDS_OF_TX;
  frame->count = (int)words[TX_PIECES];
  frame->segment = words[TX_SEGMENT];
  frame->checksum_start = words[TX_CHECKSUM_START];
  frame->checksum_offset = words[TX_CHECKSUM_OFFSET];
  for (int i = 1; i <= frame->count; i++, piece += WORDS_OF_PIECE) {
    struct iovec *into = &frame->pieces[i];
    napi_value slice;
    napi_status status;
    into->iov_len = piece[PIECE_LENGTH];
    into->iov_base = link->bytes + piece[PIECE_PLACE];
    if ((piece[PIECE_PLACE] & PIECE_BY_REFERENCE) == 0) continue;
    status = napi_get_element(link->env, references, piece[PIECE_PLACE] & ~PIECE_BY_REFERENCE, &slice);
    if (status != napi_ok) return status;
    status = napi_get_typedarray_info(link->env, slice, NULL, NULL, &into->iov_base, NULL, NULL);
    if (status != napi_ok) return status;
  }
  return napi_ok;
}

/* Sends the frames from where the last flush stopped. Returns how many of `count` are left. */
static napi_status flush(struct link *link, uint32_t count, napi_value references, uint32_t *left) {
  struct outgoing frame;
  for (; link->done < count; link->done++) {
    napi_status status = describe_frame(link, references, &frame);
    if (status != napi_ok) return status;
    int error = link->open ? transmit(&link->device, &frame, &link->sent) : EBADF;
    if (error == EAGAIN) {
      /* A checksum that was filled in is not to be summed once more. */
      link->words[link->at + TX_CHECKSUM_START] = frame.checksum_start;
      uv_poll_start(&link->poll, UV_READABLE | UV_WRITABLE, on_poll);
      break;
    }
    if (error != 0) {
      link->counts[0]++;
      link->counts[1] = (uint32_t)error;
    }
    link->sent = 0;
    link->at += WORDS_OF_TX + (uint32_t)frame.count * WORDS_OF_PIECE;
  }
  *left = count - link->done;
  if (*left == 0) link->done = link->at = 0;
  return napi_ok;
}

static napi_value link_flush(napi_env env, napi_callback_info info) {
  size_t argc = 2;
  uint32_t count, left;
  napi_value argv[2], result;
  struct link *link = this_link(env, info, &argc, argv);
  if (link == NULL) return NULL;
  TRY(napi_get_value_uint32(env, argv[0], &count));
  TRY(flush(link, count, argv[1], &left));
  TRY(napi_create_uint32(env, left, &result));
  return result;
}

static napi_value link_ref(napi_env env, napi_callback_info info) {
  struct link *link = this_link(env, info, NULL, NULL);
  if (link != NULL && link->open) uv_ref((uv_handle_t *)&link->poll);
  return NULL;
}

static napi_value link_unref(napi_env env, napi_callback_info info) {
  struct link *link = this_link(env, info, NULL, NULL);
  if (link != NULL && link->open) uv_unref((uv_handle_t *)&link->poll);
  return NULL;
}

static napi_value link_close(napi_env env, napi_callback_info info) {
  struct link *link = this_link(env, info, NULL, NULL);
  if (link != NULL) close_device(link);
  return NULL;
}

/* ---- construction ---- */

enum {
  TUN,
  NAME,
  MTU,
  ADDRESSES,
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
  void *addresses;
  size_t address_bytes;
  memset(request, 0, sizeof *request);
  if ((status = napi_get_value_bool(env, argv[TUN], &request->tun)) != napi_ok) return status;
  if ((status = napi_get_value_string_utf8(env, argv[NAME], request->name, IFNAMSIZ, NULL)) != napi_ok) return status;
  if ((status = napi_get_value_uint32(env, argv[MTU], &request->mtu)) != napi_ok) return status;
  status = napi_get_typedarray_info(env, argv[ADDRESSES], NULL, &address_bytes, &addresses, NULL, NULL);
  if (status != napi_ok) return status;
  request->addresses = addresses;
  request->address_count = address_bytes / sizeof *request->addresses;
  if ((status = napi_get_value_uint32(env, argv[SEND_BUFFER], &request->send_buffer)) != napi_ok) return status;
  if ((status = napi_get_value_bool(env, argv[PERSIST], &request->persist)) != napi_ok) return status;
  if ((status = napi_get_value_bool(env, argv[OFFLOAD], &request->offload)) != napi_ok) return status;
  return napi_get_value_bool(env, argv[QUEUE], &request->queue);
}

static napi_status keep(struct link *link, napi_value value, napi_ref *reference) {
  return napi_create_reference(link->env, value, 1, reference);
}

/* Memory that C and JavaScript share. */
static napi_status share(struct link *link, napi_typedarray_type type, size_t length, size_t size, void **memory,
                         napi_ref *reference, napi_value *array) {
  napi_value buffer;
  napi_status status = napi_create_arraybuffer(link->env, length * size, memory, &buffer);
  if (status != napi_ok) return status;
  if ((status = napi_create_typedarray(link->env, type, length, buffer, 0, array)) != napi_ok) return status;
  return keep(link, *array, reference);
}

static napi_status share_words(struct link *link, size_t length, uint32_t **words, napi_ref *reference, napi_value *array) {
  return share(link, napi_uint32_array, length, sizeof **words, (void **)words, reference, array);
}

static napi_status describe(struct link *link, napi_value self) {
  napi_env env = link->env;
  napi_status status;
  napi_value name, mtu, offload, mac_buffer, mac, frames, words, bytes, refused;
  void *mac_bytes;
  if ((status = napi_create_string_utf8(env, link->device.name, NAPI_AUTO_LENGTH, &name)) != napi_ok) return status;
  if ((status = napi_create_uint32(env, link->device.mtu, &mtu)) != napi_ok) return status;
  if ((status = napi_get_boolean(env, link->device.offload, &offload)) != napi_ok) return status;
  status = napi_create_arraybuffer(env, sizeof link->device.mac, &mac_bytes, &mac_buffer);
  if (status != napi_ok) return status;
  memcpy(mac_bytes, link->device.mac, sizeof link->device.mac);
  status = napi_create_typedarray(env, napi_uint8_array, sizeof link->device.mac, mac_buffer, 0, &mac);
  if (status != napi_ok) return status;
  status = share_words(link, FRAMES_PER_BATCH * WORDS_OF_FRAME, &link->receiver.words, &link->frames, &frames);
  if (status != napi_ok) return status;
  if ((status = share_words(link, TX_WORDS, &link->words, &link->tx_words, &words)) != napi_ok) return status;
  if ((status = share_words(link, 2, &link->counts, &link->refused, &refused)) != napi_ok) return status;
  status = share(link, napi_uint8_array, TX_BYTES, 1, (void **)&link->bytes, &link->tx_bytes, &bytes);
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
static napi_status start(struct link *link, napi_value self, const napi_value *argv) {
  napi_env env = link->env;
  napi_status status;
  napi_value resource_name;
  uv_loop_t *loop;
  if ((status = napi_get_uv_event_loop(env, &loop)) != napi_ok) return status;
  if (uv_poll_init(loop, &link->poll, link->device.fd) != 0) return napi_generic_failure;
  link->poll.data = link;
  link->owners++;
  link->open = true;
  if ((status = napi_add_async_cleanup_hook(env, on_environment_end, link, &link->cleanup)) != napi_ok) return status;
  if ((status = describe(link, self)) != napi_ok) return status;
  if ((status = keep(link, self, &link->self)) != napi_ok) return status;
  if ((status = keep(link, argv[ON_FRAMES], &link->on_frames)) != napi_ok) return status;
  if ((status = keep(link, argv[ON_DONE], &link->on_done)) != napi_ok) return status;
  if ((status = keep(link, argv[ON_WRITABLE], &link->on_writable)) != napi_ok) return status;
  if ((status = keep(link, argv[ON_FAILURE], &link->on_failure)) != napi_ok) return status;
  if ((status = napi_create_string_utf8(env, "synack.Device", NAPI_AUTO_LENGTH, &resource_name)) != napi_ok) return status;
  if ((status = napi_async_init(env, self, resource_name, &link->context)) != napi_ok) return status;
  if (fresh_slab(link) != 0) return napi_generic_failure;
  return uv_poll_start(&link->poll, UV_READABLE, on_poll) == 0 ? napi_ok : napi_generic_failure;
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

static napi_value link_new(napi_env env, napi_callback_info info) {
  size_t argc = ARGUMENTS;
  napi_value argv[ARGUMENTS], self;
  struct device_request request;
  const char *step;
  TRY(napi_get_cb_info(env, info, &argc, argv, &self, NULL));
  TRY(read_request(env, argv, &request));

  struct link *link = calloc(1, sizeof *link);
  if (link == NULL) {
    throw_system_error(env, ENOMEM, "calloc");
    return NULL;
  }
  int error = device_open(&link->device, &request, &step);
  if (error != 0) {
    free(link);
    throw_system_error(env, error, step);
    return NULL;
  }
  link->env = env;
  link->owners = 1;
  link->receiver.device = &link->device;
  if (napi_get_value_bool(env, argv[JOIN], &link->receiver.join) != napi_ok) link->receiver.join = false;
  napi_status status = napi_wrap(env, self, link, on_collected, NULL, NULL);
  if (status != napi_ok) {
    device_close(&link->device);
    free(link);
    TRY(status);
  }
  status = start(link, self, argv);
  if (status != napi_ok) {
    if (link->open) close_device(link);
    else device_close(&link->device);
    TRY(status);
  }
  return self;
}

NAPI_MODULE_INIT() {
  keep_memory_mapped();
  napi_value constructor;
  const napi_property_descriptor methods[] = {
      {.utf8name = "flush", .method = link_flush, .attributes = napi_default_method},
      {.utf8name = "ref", .method = link_ref, .attributes = napi_default_method},
      {.utf8name = "unref", .method = link_unref, .attributes = napi_default_method},
      {.utf8name = "close", .method = link_close, .attributes = napi_default_method},
  };
  TRY(napi_define_class(env, "Device", NAPI_AUTO_LENGTH, link_new, NULL, sizeof methods / sizeof *methods, methods,
                        &constructor));
  TRY(napi_set_named_property(env, exports, "Device", constructor));
  TRY(export_raw(env, exports));
  TRY(export_packet(env, exports));
  return exports;
}
