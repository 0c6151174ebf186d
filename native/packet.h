/*
 * What a packet socket knows and the npm package `cap`, which opens it by libpcap, does not tell. By file descriptor, as in raw.h.
 *
 *   packet.statistics(fd)   [frames that the filter let through, those of them for which there was no room] since the last call;
 *                           undefined for what is no packet socket
 */
#ifndef SYNACK_PACKET_H
#define SYNACK_PACKET_H

#include <node_api.h>

/* Puts the object `packet` among the exports. */
napi_status export_packet(napi_env env, napi_value exports);

#endif
