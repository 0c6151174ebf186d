/*
 * What raw sockets need and the npm package `raw-socket`, which opens them, has no call for. All by file descriptor: the package
 * closes it, and nothing here outlives a call.
 *
 *   raw.cookie(fd)                    the socket's SO_COOKIE as a BigInt, undefined for what is no socket: finds the descriptor
 *   raw.mtu(fd, device)               the device's MTU, in the network namespace of the socket
 *   raw.filter(fd, program)           attaches a classic BPF program, a Uint8Array of 8 bytes an instruction, in place of any before
 *   raw.receive(fd, ipv6, protocol, slab, words)
 *                                     reads IP packets, headers included, into the Uint8Array `slab`, until there is no more, or
 *                                     no room for another. Writes two words into the Uint32Array `words` for each, where it lies
 *                                     and its length, and returns how many there are, or the negative errno of the first failure.
 *                                     IPv6 sockets give no header: it is put together from the control messages
 *                                     (IPV6_RECVPKTINFO, IPV6_RECVHOPLIMIT and IPV6_RECVTCLASS are to be on)
 *   raw.setRef(fd, on)                does the poll of this descriptor keep the event loop alive?
 *
 * All but cookie and receive throw an Error with `errno`, `code` and `step`.
 */
#ifndef SYNACK_RAW_H
#define SYNACK_RAW_H

#include <node_api.h>

/* Puts the object `raw` among the exports. */
napi_status export_raw(napi_env env, napi_value exports);

#endif
