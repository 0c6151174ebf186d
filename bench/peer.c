/*
 * The kernel's end of a benchmark: one bulk transfer over a kernel socket.
 *
 *   cc -O2 -o peer peer.c sha256.c
 *   peer send ADDRESS PORT BYTES LIMIT    connects and sends
 *   peer receive PORT BYTES LIMIT         prints "listening", takes one connection, and receives
 *
 * BYTES is how much there is to carry, LIMIT how many milliseconds it may take from the handshake on. What is carried is
 * the same each time: the 32-bit little-endian words (i + 1) * 0x9e3779b1, i = 0, 1, 2, …, no two of which are alike.
 * Either prints one line of JSON: bytes; start and end, µs of CLOCK_MONOTONIC, from the handshake to the last byte; and
 *
 *   send:     congestion (the algorithm), retransmissions (segments)
 *   receive:  sha256 of what came, computed after the end
 *
 * It ends with its parent.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "sha256.h"

#define CHUNK (256 * 1024)
/* How long a handshake may take on a bad network, ms. */
#define HANDSHAKE_LIMIT 30000

static void die(const char *doing) {
  fprintf(stderr, "peer: %s: %s\n", doing, strerror(errno));
  exit(1);
}

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static struct sockaddr_in endpoint(const char *address, const char *port) {
  struct sockaddr_in end = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
  if (inet_pton(AF_INET, address, &end.sin_addr) != 1) {
    fprintf(stderr, "peer: %s is not an IPv4 address\n", address);
    exit(2);
  }
  return end;
}

/* False when the socket is not ready before `end`. */
static bool ready(int socket, short events, int64_t end) {
  struct pollfd fd = {.fd = socket, .events = events};
  for (;;) {
    int64_t left = end - now();
    if (left <= 0) return false;
    int n = poll(&fd, 1, (int)(left / 1000 + 1));
    if (n > 0) return true;
    if (n < 0 && errno != EINTR) die("poll");
  }
}

static void fill(uint32_t *words, size_t count, uint64_t first) {
  for (size_t i = 0; i < count; i++) words[i] = ((uint32_t)(first + i) + 1) * 0x9e3779b1u;
}

static int send_all(struct sockaddr_in to, uint64_t bytes, int64_t limit) {
  static uint32_t chunk[CHUNK / 4];
  uint64_t sent = 0;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (fd < 0) die("socket");
  if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS) die("connect");
  if (!ready(fd, POLLOUT, now() + HANDSHAKE_LIMIT * 1000)) errno = ETIMEDOUT, die("connect");
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) errno = error, die("connect");

  int64_t start = now();
  while (sent < bytes) {
    size_t at = sent % CHUNK;
    if (at == 0) fill(chunk, CHUNK / 4, sent / 4);
    size_t most = CHUNK - at < bytes - sent ? CHUNK - at : (size_t)(bytes - sent);
    ssize_t n = write(fd, (char *)chunk + at, most);
    if (n > 0) sent += (uint64_t)n;
    else if (errno == EAGAIN) {
      if (!ready(fd, POLLOUT, start + limit)) break;
    } else if (errno == ECONNRESET || errno == EPIPE) break; /* the receiver's time was up first */
    else die("write");
  }
  shutdown(fd, SHUT_WR);
  /* The receiver closes when it has all, or when its time is up. */
  ready(fd, POLLIN | POLLRDHUP, start + limit + 1000000);
  int64_t end = now();

  char congestion[16] = "";
  struct tcp_info info = {0};
  size = sizeof congestion;
  getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, congestion, &size);
  size = sizeof info;
  getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size);
  printf("{\"bytes\":%llu,\"start\":%lld,\"end\":%lld,\"congestion\":\"%s\",\"retransmissions\":%u}\n",
         (unsigned long long)sent, (long long)start, (long long)end, congestion, info.tcpi_total_retrans);
  return 0;
}

static int receive_all(const char *port, uint64_t bytes, int64_t limit) {
  struct sockaddr_in here = endpoint("0.0.0.0", port);
  int one = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
  if (listener < 0) die("socket");
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener, (struct sockaddr *)&here, sizeof here) < 0 || listen(listener, 1) < 0) die("listen");
  /* Populated now, so that page faults do not fall into the transfer. */
  char *data = mmap(NULL, bytes + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (data == MAP_FAILED) die("memory for what is received");
  printf("listening\n");
  if (!ready(listener, POLLIN, now() + HANDSHAKE_LIMIT * 1000)) errno = ETIMEDOUT, die("accept");
  int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
  if (fd < 0) die("accept");

  uint64_t received = 0;
  int64_t start = now(), end = start;
  /* One byte more than there should be would be seen, too. */
  while (received <= bytes) {
    size_t most = bytes + 1 - received < CHUNK ? (size_t)(bytes + 1 - received) : CHUNK;
    ssize_t n = read(fd, data + received, most);
    if (n > 0) {
      received += (uint64_t)n;
      end = now();
      if (end - start >= limit) break;
    } else if (n == 0) break;
    else if (errno != EAGAIN) die("read");
    else if (!ready(fd, POLLIN, start + limit)) {
      end = now();
      break;
    }
  }
  close(fd);
  char digits[65];
  sha256(data, received, digits);
  printf("{\"bytes\":%llu,\"start\":%lld,\"end\":%lld,\"sha256\":\"%s\"}\n", (unsigned long long)received,
         (long long)start, (long long)end, digits);
  return 0;
}

int main(int argc, char **argv) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  signal(SIGPIPE, SIG_IGN);
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (argc == 6 && strcmp(argv[1], "send") == 0)
    return send_all(endpoint(argv[2], argv[3]), strtoull(argv[4], NULL, 10), atoll(argv[5]) * 1000);
  if (argc == 5 && strcmp(argv[1], "receive") == 0)
    return receive_all(argv[2], strtoull(argv[3], NULL, 10), atoll(argv[4]) * 1000);
  fprintf(stderr, "usage: peer send ADDRESS PORT BYTES LIMIT | peer receive PORT BYTES LIMIT\n");
  return 2;
}
