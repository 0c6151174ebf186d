/*
 * The addon: a TAP device as a JavaScript object on Node's event loop. It carries frames and knows no protocol.
 *
 *   new Tap(name, mtu, address, mask, sendBuffer, persist, onFrames, onWritable, onFailure)
 *     throws an Error with `errno`, `code` and `step` (the system call or ioctl that failed)
 *   tap.name, tap.mtu, tap.mac     the interface; mac is a Uint8Array(6), the kernel's end
 *   tap.bounds                     Uint32Array: offset and length of each frame of the batch being delivered
 *   onFrames(slab, count)          `count` frames lie in the ArrayBuffer `slab` where `bounds` says; never touched again
 *   tap.write(slices)              one frame; 0, or the errno. After EAGAIN onWritable() follows, once
 *   onFailure(errno)               the device is gone; nothing more arrives
 *   tap.ref(), tap.unref()         does the open device keep the process alive? At first it does
 *   tap.close()                    releases the device at once; harmless the second time
 */
#define NAPI_VERSION 8
#include <node_api.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <uv.h>

#include "device.h"

/* Frames delivered before the event loop gets its turn; the poll reports at once that there are more. */
#define FRAMES_PER_WAKE_UP 128
/* Frames are read one behind the other into a slab, and views of it are all that JavaScript gets: no copy. */
#define SLAB_BYTES (256 * 1024)
/* Holds what of a frame reaches past the slab's end. No frame is longer: the kernel's largest MTU is 65,521. */
#define SPILL_BYTES (68 * 1024)
#define SLICES_PER_FRAME 64

struct tap {
  napi_env env;
  struct device device;
  uv_poll_t poll;
  bool open;
  int owners; /* the JavaScript object and the poll handle; whoever lets go last frees */

  napi_async_context context;
  napi_async_cleanup_hook_handle cleanup;
  napi_ref self, on_frames, on_writable, on_failure, bounds_array; /* strong while the device is open */

  uint32_t *bounds;
  napi_ref slab_buffer;
  uint8_t *slab;
  size_t slab_used;
  uint8_t spill[SPILL_BYTES];
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
  drop(env, &tap->on_writable);
  drop(env, &tap->on_failure);
  drop(env, &tap->bounds_array);
  drop(env, &tap->slab_buffer);
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

static void deliver(struct tap *tap, napi_value slab, uint32_t count) {
  napi_value argv[2] = {slab, NULL};
  if (count == 0) return;
  napi_create_uint32(tap->env, count, &argv[1]);
  call(tap, tap->on_frames, 2, argv);
}

static void fail(struct tap *tap, int error) {
  napi_value argv[1];
  if (!tap->open) return;
  uv_poll_stop(&tap->poll);
  napi_create_int32(tap->env, error, &argv[0]);
  call(tap, tap->on_failure, 1, argv);
}

/* ---- reading ---- */

/* Receivers keep views of the slab before, so each slab is used for one pass and then left to them. */
static int fresh_slab(struct tap *tap) {
  napi_value buffer;
  void *data;
  if (napi_create_arraybuffer(tap->env, SLAB_BYTES, &data, &buffer) != napi_ok) return ENOMEM;
  drop(tap->env, &tap->slab_buffer);
  if (napi_create_reference(tap->env, buffer, 1, &tap->slab_buffer) != napi_ok) return ENOMEM;
  tap->slab = data;
  tap->slab_used = 0;
  return 0;
}

static ssize_t read_frame(struct tap *tap) {
  ssize_t length;
  struct iovec parts[2] = {
      {.iov_base = tap->slab + tap->slab_used, .iov_len = SLAB_BYTES - tap->slab_used},
      {.iov_base = tap->spill, .iov_len = SPILL_BYTES},
  };
  do length = readv(tap->device.fd, parts, 2);
  while (length < 0 && errno == EINTR);
  return length;
}

static void add_to_batch(struct tap *tap, uint32_t index, size_t length) {
  tap->bounds[2 * index] = (uint32_t)tap->slab_used;
  tap->bounds[2 * index + 1] = (uint32_t)length;
  tap->slab_used += length;
}

static void read_batch(struct tap *tap) {
  uint32_t count = 0;
  int error = 0;
  for (int budget = FRAMES_PER_WAKE_UP; budget > 0; budget--) {
    ssize_t length = read_frame(tap);
    if (length <= 0) {
      error = length == 0 ? 0 : errno;
      break;
    }
    size_t room = SLAB_BYTES - tap->slab_used;
    if ((size_t)length > room) {
      /* The frame did not fit: it moves to a fresh slab, and what the full one holds is a batch of its own. */
      napi_value full = value_of(tap, tap->slab_buffer);
      const uint8_t *head = tap->slab + tap->slab_used;
      error = fresh_slab(tap);
      if (error == 0) {
        memcpy(tap->slab, head, room);
        memcpy(tap->slab + room, tap->spill, (size_t)length - room);
      }
      deliver(tap, full, count);
      if (!tap->open) return;
      if (error != 0) break;
      count = 0;
    }
    add_to_batch(tap, count++, (size_t)length);
  }
  deliver(tap, value_of(tap, tap->slab_buffer), count);
  if (error != 0 && error != EAGAIN) fail(tap, error);
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
    if (tap->open && (events & UV_READABLE) != 0) read_batch(tap);
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

/* A device takes a frame whole or not at all, so there are no partial writes to go on with. */
static int write_frame(struct tap *tap, const struct iovec *slices, int count) {
  ssize_t written;
  do written = writev(tap->device.fd, slices, count);
  while (written < 0 && errno == EINTR);
  if (written >= 0) return 0;
  if (errno != EAGAIN) return errno;
  uv_poll_start(&tap->poll, UV_READABLE | UV_WRITABLE, on_poll);
  return EAGAIN;
}

static napi_value tap_write(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  uint32_t count;
  napi_value argv[1], result;
  struct iovec slices[SLICES_PER_FRAME];
  struct tap *tap = this_tap(env, info, &argc, argv);
  if (tap == NULL) return NULL;
  TRY(napi_get_array_length(env, argv[0], &count));
  if (count > SLICES_PER_FRAME) {
    napi_throw_range_error(env, NULL, "a frame of more than 64 slices");
    return NULL;
  }
  for (uint32_t i = 0; i < count; i++) {
    napi_value slice;
    TRY(napi_get_element(env, argv[0], i, &slice));
    TRY(napi_get_typedarray_info(env, slice, NULL, &slices[i].iov_len, &slices[i].iov_base, NULL, NULL));
  }
  TRY(napi_create_int32(env, tap->open ? write_frame(tap, slices, (int)count) : EBADF, &result));
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

enum { NAME, MTU, ADDRESS, MASK, SEND_BUFFER, PERSIST, ON_FRAMES, ON_WRITABLE, ON_FAILURE, ARGUMENTS };

static napi_status read_request(napi_env env, const napi_value *argv, struct device_request *request) {
  napi_status status;
  memset(request, 0, sizeof *request);
  if ((status = napi_get_value_string_utf8(env, argv[NAME], request->name, IFNAMSIZ, NULL)) != napi_ok) return status;
  if ((status = napi_get_value_uint32(env, argv[MTU], &request->mtu)) != napi_ok) return status;
  if ((status = napi_get_value_uint32(env, argv[ADDRESS], &request->address)) != napi_ok) return status;
  if ((status = napi_get_value_uint32(env, argv[MASK], &request->mask)) != napi_ok) return status;
  if ((status = napi_get_value_uint32(env, argv[SEND_BUFFER], &request->send_buffer)) != napi_ok) return status;
  return napi_get_value_bool(env, argv[PERSIST], &request->persist);
}

static napi_status keep(struct tap *tap, napi_value value, napi_ref *reference) {
  return napi_create_reference(tap->env, value, 1, reference);
}

static napi_status describe(struct tap *tap, napi_value self) {
  napi_env env = tap->env;
  napi_status status;
  napi_value name, mtu, mac_buffer, mac, bounds_buffer, bounds;
  void *mac_bytes, *bounds_words;
  const size_t bounds_length = 2 * FRAMES_PER_WAKE_UP;
  if ((status = napi_create_string_utf8(env, tap->device.name, NAPI_AUTO_LENGTH, &name)) != napi_ok) return status;
  if ((status = napi_create_uint32(env, tap->device.mtu, &mtu)) != napi_ok) return status;
  status = napi_create_arraybuffer(env, sizeof tap->device.mac, &mac_bytes, &mac_buffer);
  if (status != napi_ok) return status;
  memcpy(mac_bytes, tap->device.mac, sizeof tap->device.mac);
  status = napi_create_typedarray(env, napi_uint8_array, sizeof tap->device.mac, mac_buffer, 0, &mac);
  if (status != napi_ok) return status;
  status = napi_create_arraybuffer(env, bounds_length * sizeof(uint32_t), &bounds_words, &bounds_buffer);
  if (status != napi_ok) return status;
  tap->bounds = bounds_words;
  status = napi_create_typedarray(env, napi_uint32_array, bounds_length, bounds_buffer, 0, &bounds);
  if (status != napi_ok) return status;
  if ((status = keep(tap, bounds, &tap->bounds_array)) != napi_ok) return status;
  const napi_property_descriptor properties[] = {
      {.utf8name = "name", .value = name, .attributes = napi_enumerable},
      {.utf8name = "mtu", .value = mtu, .attributes = napi_enumerable},
      {.utf8name = "mac", .value = mac, .attributes = napi_enumerable},
      {.utf8name = "bounds", .value = bounds, .attributes = napi_enumerable},
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
  if ((status = keep(tap, argv[ON_WRITABLE], &tap->on_writable)) != napi_ok) return status;
  if ((status = keep(tap, argv[ON_FAILURE], &tap->on_failure)) != napi_ok) return status;
  if ((status = napi_create_string_utf8(env, "synack.Tap", NAPI_AUTO_LENGTH, &resource_name)) != napi_ok) return status;
  if ((status = napi_async_init(env, self, resource_name, &tap->context)) != napi_ok) return status;
  if (fresh_slab(tap) != 0) return napi_generic_failure;
  return uv_poll_start(&tap->poll, UV_READABLE, on_poll) == 0 ? napi_ok : napi_generic_failure;
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
  napi_value constructor;
  const napi_property_descriptor methods[] = {
      {.utf8name = "write", .method = tap_write, .attributes = napi_default_method},
      {.utf8name = "ref", .method = tap_ref, .attributes = napi_default_method},
      {.utf8name = "unref", .method = tap_unref, .attributes = napi_default_method},
      {.utf8name = "close", .method = tap_close, .attributes = napi_default_method},
  };
  TRY(napi_define_class(env, "Tap", NAPI_AUTO_LENGTH, tap_new, NULL, sizeof methods / sizeof *methods, methods,
                        &constructor));
  TRY(napi_set_named_property(env, exports, "Tap", constructor));
  return exports;
}
