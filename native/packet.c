#define NAPI_VERSION 8
#include "packet.h"

#include <linux/if_packet.h>
#include <stdint.h>
#include <sys/socket.h>

#ifndef SOL_PACKET
#define SOL_PACKET 263
#endif

static napi_value packet_statistics(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value argv[1], result, value;
  int32_t fd;
  struct tpacket_stats statistics;
  socklen_t length = sizeof statistics;
  if (napi_get_cb_info(env, info, &argc, argv, NULL, NULL) != napi_ok) return NULL;
  if (napi_get_value_int32(env, argv[0], &fd) != napi_ok) return NULL;
  /* The kernel sets both to 0 when it has told them. */
  if (getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &statistics, &length) != 0) return NULL;
  if (napi_create_array_with_length(env, 2, &result) != napi_ok) return NULL;
  if (napi_create_uint32(env, statistics.tp_packets, &value) != napi_ok) return NULL;
  if (napi_set_element(env, result, 0, value) != napi_ok) return NULL;
  if (napi_create_uint32(env, statistics.tp_drops, &value) != napi_ok) return NULL;
  if (napi_set_element(env, result, 1, value) != napi_ok) return NULL;
  return result;
}

napi_status export_packet(napi_env env, napi_value exports) {
  napi_value packet;
  napi_status status;
  const napi_property_descriptor functions[] = {
      {.utf8name = "statistics", .method = packet_statistics, .attributes = napi_enumerable},
  };
  if ((status = napi_create_object(env, &packet)) != napi_ok) return status;
  status = napi_define_properties(env, packet, sizeof functions / sizeof *functions, functions);
  if (status != napi_ok) return status;
  return napi_set_named_property(env, exports, "packet", packet);
}
