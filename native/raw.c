#define NAPI_VERSION 8
#include "raw.h"

#include <errno.h>
#include <linux/filter.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <uv.h>

enum { PACKET_OFFSET, PACKET_LENGTH, WORDS_OF_PACKET };

#define IPV6_HEADER 40
/* The largest packet: the kernel joins segments up to there, and IPv6 does not count its header. */
#define ROOM_FOR_PACKET (65535 + IPV6_HEADER)

/* Leaves the function when a Node-API call fails; the exception is pending. */
#define TRY(call)                                                                                                      \
  do {                                                                                                                 \
    if ((call) != napi_ok) return type_error(env);                                                                     \
  } while (0)

static napi_value type_error(napi_env env) {
  bool pending = false;
  napi_is_exception_pending(env, &pending);
  if (!pending) napi_throw_type_error(env, NULL, "wrong arguments for a function of raw sockets");
  return NULL;
}

static napi_value system_error(napi_env env, int error, const char *step) {
  napi_value code, message, exception, value;
  if (napi_create_string_utf8(env, uv_err_name(-error), NAPI_AUTO_LENGTH, &code) != napi_ok) return NULL;
  if (napi_create_string_utf8(env, strerror(error), NAPI_AUTO_LENGTH, &message) != napi_ok) return NULL;
  if (napi_create_error(env, code, message, &exception) != napi_ok) return NULL;
  napi_create_int32(env, error, &value);
  napi_set_named_property(env, exception, "errno", value);
  napi_create_string_utf8(env, step, NAPI_AUTO_LENGTH, &value);
  napi_set_named_property(env, exception, "step", value);
  napi_throw(env, exception);
  return NULL;
}

static napi_value raw_cookie(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value argv[1], result = NULL;
  int32_t fd;
  uint64_t cookie;
  socklen_t length = sizeof cookie;
  TRY(napi_get_cb_info(env, info, &argc, argv, NULL, NULL));
  TRY(napi_get_value_int32(env, argv[0], &fd));
  if (getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &length) != 0) return NULL;
  TRY(napi_create_bigint_uint64(env, cookie, &result));
  return result;
}

static napi_value raw_mtu(napi_env env, napi_callback_info info) {
  size_t argc = 2;
  napi_value argv[2], result;
  int32_t fd;
  struct ifreq request;
  memset(&request, 0, sizeof request);
  TRY(napi_get_cb_info(env, info, &argc, argv, NULL, NULL));
  TRY(napi_get_value_int32(env, argv[0], &fd));
  TRY(napi_get_value_string_utf8(env, argv[1], request.ifr_name, IFNAMSIZ, NULL));
  if (ioctl(fd, SIOCGIFMTU, &request) != 0) return system_error(env, errno, "SIOCGIFMTU");
  TRY(napi_create_int32(env, request.ifr_mtu, &result));
  return result;
}

static napi_value raw_filter(napi_env env, napi_callback_info info) {
  size_t argc = 2, length;
  napi_value argv[2];
  int32_t fd;
  void *program;
  TRY(napi_get_cb_info(env, info, &argc, argv, NULL, NULL));
  TRY(napi_get_value_int32(env, argv[0], &fd));
  TRY(napi_get_typedarray_info(env, argv[1], NULL, &length, &program, NULL, NULL));
  struct sock_fprog filter = {.len = (unsigned short)(length / sizeof(struct sock_filter)), .filter = program};
  if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) != 0) {
    return system_error(env, errno, "SO_ATTACH_FILTER");
  }
  return NULL;
}

/* What an IPv6 socket tells of a packet beside its payload. */
struct told {
  struct in6_addr destination;
  int hop_limit;
  int traffic_class;
};

static int int_of(const struct cmsghdr *control) {
  int value;
  memcpy(&value, CMSG_DATA(control), sizeof value);
  return value;
}

static struct told read_control(struct msghdr *message) {
  struct told told = {.hop_limit = 64};
  for (struct cmsghdr *control = CMSG_FIRSTHDR(message); control != NULL; control = CMSG_NXTHDR(message, control)) {
    if (control->cmsg_level != IPPROTO_IPV6) continue;
    switch (control->cmsg_type) {
    case IPV6_PKTINFO:
      memcpy(&told.destination, CMSG_DATA(control), sizeof told.destination);
      break;
    case IPV6_HOPLIMIT:
      told.hop_limit = int_of(control);
      break;
    case IPV6_TCLASS:
      told.traffic_class = int_of(control);
      break;
    }
  }
  return told;
}

/* The header that the kernel has taken off (RFC 8200 §3). Extension headers and the flow label are lost. */
static void write_ipv6_header(uint8_t *header, size_t length, uint8_t protocol, const struct in6_addr *source,
                              const struct told *told) {
  header[0] = (uint8_t)(0x60 | told->traffic_class >> 4);
  header[1] = (uint8_t)(told->traffic_class << 4);
  header[2] = header[3] = 0;
  header[4] = (uint8_t)(length >> 8);
  header[5] = (uint8_t)length;
  header[6] = protocol;
  header[7] = (uint8_t)told->hop_limit;
  memcpy(header + 8, source, sizeof *source);
  memcpy(header + 24, &told->destination, sizeof told->destination);
}

/* Reads one packet to `to`. Returns its length, or a negative errno. */
static ssize_t receive_one(int fd, bool ipv6, uint8_t protocol, uint8_t *to) {
  const size_t header = ipv6 ? IPV6_HEADER : 0;
  struct sockaddr_in6 source;
  _Alignas(struct cmsghdr) char control[128];
  struct iovec payload = {.iov_base = to + header, .iov_len = ROOM_FOR_PACKET - header};
  struct msghdr message = {.msg_iov = &payload, .msg_iovlen = 1};
  if (ipv6) {
    message.msg_name = &source;
    message.msg_namelen = sizeof source;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
  }
  ssize_t length;
  do length = recvmsg(fd, &message, MSG_DONTWAIT);
  while (length < 0 && errno == EINTR);
  if (length < 0) return -errno;
  if (!ipv6) return length;
  struct told told = read_control(&message);
  write_ipv6_header(to, (size_t)length, protocol, &source.sin6_addr, &told);
  return length + IPV6_HEADER;
}

static napi_value raw_receive(napi_env env, napi_callback_info info) {
  size_t argc = 5, room, capacity, used = 0;
  napi_value argv[5], result;
  int32_t fd, count = 0;
  bool ipv6;
  uint32_t protocol, *words;
  uint8_t *slab;
  TRY(napi_get_cb_info(env, info, &argc, argv, NULL, NULL));
  TRY(napi_get_value_int32(env, argv[0], &fd));
  TRY(napi_get_value_bool(env, argv[1], &ipv6));
  TRY(napi_get_value_uint32(env, argv[2], &protocol));
  TRY(napi_get_typedarray_info(env, argv[3], NULL, &room, (void **)&slab, NULL, NULL));
  TRY(napi_get_typedarray_info(env, argv[4], NULL, &capacity, (void **)&words, NULL, NULL));
  for (; (size_t)(count + 1) * WORDS_OF_PACKET <= capacity && used + ROOM_FOR_PACKET <= room; count++) {
    ssize_t length = receive_one(fd, ipv6, (uint8_t)protocol, slab + used);
    if (length < 0) {
      if (count == 0 && length != -EAGAIN) count = (int32_t)length;
      break;
    }
    words[PACKET_OFFSET] = (uint32_t)used;
    words[PACKET_LENGTH] = (uint32_t)length;
    words += WORDS_OF_PACKET;
    /* The next one starts at a multiple of 8, as is quickest to read. */
    used += ((size_t)length + 7) & ~(size_t)7;
  }
  TRY(napi_create_int32(env, count, &result));
  return result;
}

struct referral {
  int fd;
  bool on;
};

static void refer(uv_handle_t *handle, void *data) {
  const struct referral *referral = data;
  uv_os_fd_t fd;
  if (handle->type != UV_POLL || uv_fileno(handle, &fd) != 0 || fd != referral->fd) return;
  if (referral->on) uv_ref(handle);
  else uv_unref(handle);
}

static napi_value raw_set_ref(napi_env env, napi_callback_info info) {
  size_t argc = 2;
  napi_value argv[2];
  struct referral referral;
  uv_loop_t *loop;
  TRY(napi_get_cb_info(env, info, &argc, argv, NULL, NULL));
  TRY(napi_get_value_int32(env, argv[0], &referral.fd));
  TRY(napi_get_value_bool(env, argv[1], &referral.on));
  TRY(napi_get_uv_event_loop(env, &loop));
  uv_walk(loop, refer, &referral);
  return NULL;
}

napi_status export_raw(napi_env env, napi_value exports) {
  napi_value raw;
  napi_status status;
  const napi_property_descriptor functions[] = {
      {.utf8name = "cookie", .method = raw_cookie, .attributes = napi_enumerable},
      {.utf8name = "mtu", .method = raw_mtu, .attributes = napi_enumerable},
      {.utf8name = "filter", .method = raw_filter, .attributes = napi_enumerable},
      {.utf8name = "receive", .method = raw_receive, .attributes = napi_enumerable},
      {.utf8name = "setRef", .method = raw_set_ref, .attributes = napi_enumerable},
  };
  if ((status = napi_create_object(env, &raw)) != napi_ok) return status;
  status = napi_define_properties(env, raw, sizeof functions / sizeof *functions, functions);
  if (status != napi_ok) return status;
  return napi_set_named_property(env, exports, "raw", raw);
}
