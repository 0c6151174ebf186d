/*
 * The load generator: a client on the kernel's sockets that works a server at the other end of a TAP or a veth, and is
 * fast enough not to be the limit.
 *
 *   cc -O2 -o load load.c
 *   load source ADDRESS PORT WARM TIME              writes; acknowledged bytes count
 *   load sink ADDRESS PORT WARM TIME                reads
 *   load echo ADDRESS PORT WARM TIME SIZE           one message at a time, there and back
 *   load connect ADDRESS PORT WARM TIME INFLIGHT    connects, sends FIN, waits for the server's, and again
 *   load websocket ADDRESS PORT WARM TIME N SIZE    N connections, each with one message of SIZE under way
 *   load datagrams ADDRESS PORT WARM TIME SIZE N    N datagrams of SIZE under way, which come back; those that do count
 *   load idle ADDRESS PORT PORTS N                  opens N connections to PORT, PORT + 1, …, and holds them till stdin ends
 *   load serve SINK SOURCE                          is itself the server: listens on both ports, one connection a time each
 *
 * ADDRESS is of IPv4 or of IPv6. WARM and TIME are milliseconds: what happens in the first WARM of them does not count. It prints one line of JSON, ends
 * with its parent, and fails when nothing moves for LIMIT seconds.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LIMIT 5
#define CHUNK (256 * 1024)
#define EVENTS 256

static char buffer[CHUNK];
static struct sockaddr_storage server;

/* From the first moment on, µs: the warm-up ends at `counts_from`, all ends at `ends_at`. */
static int64_t counts_from, ends_at;

static void fail(const char *doing, const char *why) {
  fprintf(stderr, "load: %s: %s\n", doing, why);
  exit(1);
}

static void die(const char *doing) { fail(doing, strerror(errno)); }

static int64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int64_t now(void) { return now_ns() / 1000; }

static void start_clock(const char *warm, const char *time) {
  counts_from = now() + atoll(warm) * 1000;
  ends_at = counts_from + atoll(time) * 1000;
}

static void set_server(const char *address, int port) {
  struct sockaddr_in *four = (struct sockaddr_in *)&server;
  struct sockaddr_in6 *six = (struct sockaddr_in6 *)&server;
  bool is_six = strchr(address, ':') != NULL;
  memset(&server, 0, sizeof server);
  server.ss_family = is_six ? AF_INET6 : AF_INET;
  if (is_six) six->sin6_port = htons((uint16_t)port);
  else four->sin_port = htons((uint16_t)port);
  if (inet_pton(server.ss_family, address, is_six ? (void *)&six->sin6_addr : (void *)&four->sin_addr) != 1)
    fail(address, "not an address");
}

static void set_limits(int fd) {
  int one = 1;
  struct timeval limit = {LIMIT, 0};
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

static int connected(void) {
  int fd = socket(server.ss_family, SOCK_STREAM, 0);
  if (fd < 0) die("socket");
  set_limits(fd);
  if (connect(fd, (struct sockaddr *)&server, sizeof server) < 0) die("connect");
  return fd;
}

static void write_all(int fd, const void *data, size_t size) {
  for (size_t sent = 0; sent < size;) {
    ssize_t n = write(fd, (const char *)data + sent, size - sent);
    if (n <= 0) die("write");
    sent += (size_t)n;
  }
}

static void read_all(int fd, void *data, size_t size) {
  for (size_t got = 0; got < size;) {
    ssize_t n = read(fd, (char *)data + got, size - got);
    if (n == 0) fail("read", "the server has closed the connection");
    if (n < 0) die("read");
    got += (size_t)n;
  }
}

/* ── bulk ─────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static int64_t acknowledged(int fd, int64_t written) {
  int queued = 0;
  ioctl(fd, SIOCOUTQ, &queued);
  return written - queued;
}

static void print_bulk(int64_t bytes, int64_t from, int64_t to, int64_t total) {
  printf("{\"bytes\":%lld,\"seconds\":%.6f,\"total\":%lld}\n", (long long)bytes, (double)(to - from) / 1e6,
         (long long)total);
}

/* Ends in good order, so that the server can be asked whether all of `total` came. */
static void source(const char *warm, const char *time) {
  int fd = connected();
  int64_t total = 0, first = -1, from = 0, to;
  start_clock(warm, time);
  while ((to = now()) < ends_at) {
    if (first < 0 && to >= counts_from) first = acknowledged(fd, total), from = to;
    ssize_t n = write(fd, buffer, CHUNK);
    if (n <= 0) die("write");
    total += n;
  }
  int64_t last = acknowledged(fd, total);
  shutdown(fd, SHUT_WR);
  while (read(fd, buffer, CHUNK) > 0) continue;
  print_bulk(last - first, from, to, total);
}

static void sink(const char *warm, const char *time) {
  int fd = connected();
  int64_t total = 0, first = -1, from = 0, to;
  start_clock(warm, time);
  while ((to = now()) < ends_at) {
    if (first < 0 && to >= counts_from) first = total, from = to;
    ssize_t n = read(fd, buffer, CHUNK);
    if (n == 0) fail("read", "the server has closed the connection");
    if (n < 0) die("read");
    total += n;
  }
  print_bulk(total - first, from, to, total);
}

/* ── echo ─────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static int by_size(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

static double quantile(const uint32_t *sorted, size_t count, double q) {
  return sorted[(size_t)((double)(count - 1) * q)] / 1e3;
}

static void echo(const char *warm, const char *time, uint32_t size) {
  size_t room = 4000000, count = 0;
  uint32_t *taken = malloc(room * sizeof *taken);
  char back[CHUNK];
  if (taken == NULL || size < 8 || size > CHUNK) fail("echo", "no such size");
  int fd = connected();
  start_clock(warm, time);
  int64_t from = counts_from * 1000, to = ends_at * 1000;
  int64_t before = now_ns();
  for (int64_t number = 0; before < to; number++) {
    memcpy(buffer, &number, sizeof number);
    write_all(fd, buffer, size);
    read_all(fd, back, size);
    int64_t after = now_ns();
    if (memcmp(buffer, back, sizeof number) != 0) fail("echo", "what came back is not what was sent");
    if (before >= from && count < room) taken[count++] = (uint32_t)(after - before);
    before = after;
  }
  if (count == 0) fail("echo", "nothing came back in time");
  qsort(taken, count, sizeof *taken, by_size);
  printf("{\"count\":%zu,\"p50\":%.3f,\"p99\":%.3f,\"p999\":%.3f}\n", count, quantile(taken, count, 0.5),
         quantile(taken, count, 0.99), quantile(taken, count, 0.999));
}

/* ── datagrams ────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* After so many ms without an answer what is under way counts as lost, and as many are sent anew. */
#define SILENCE 20

static void send_datagram(int fd, uint32_t size) {
  /* A full queue on the way is a loss like any other. */
  if (send(fd, buffer, size, MSG_DONTWAIT) < 0 && errno != EAGAIN && errno != ENOBUFS) die("send");
}

static void datagrams(const char *warm, const char *time, uint32_t size, int n) {
  int64_t done = 0, lost = 0, from = 0, heard = 0, at;
  if (size < 1 || size > 65000) fail("datagrams", "no such size");
  int fd = socket(server.ss_family, SOCK_DGRAM, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&server, sizeof server) < 0) die("socket");
  struct pollfd ready = {.fd = fd, .events = POLLIN};
  start_clock(warm, time);
  heard = now();
  for (int i = 0; i < n; i++) send_datagram(fd, size);
  while ((at = now()) < ends_at) {
    if (from == 0 && at >= counts_from) from = at;
    if (poll(&ready, 1, SILENCE) == 0) {
      if (at - heard > LIMIT * 1000000LL) fail("wait", "nothing comes back any more");
      if (from != 0) lost += n;
      for (int i = 0; i < n; i++) send_datagram(fd, size);
      continue;
    }
    while (recv(fd, buffer, CHUNK, MSG_DONTWAIT) >= 0) {
      heard = at;
      if (from != 0) done++;
      send_datagram(fd, size);
    }
    if (errno != EAGAIN) die("recv");
  }
  if (done == 0) fail("datagrams", "nothing came back in time");
  printf("{\"count\":%lld,\"seconds\":%.6f,\"lost\":%lld}\n", (long long)done, (double)(at - from) / 1e6, (long long)lost);
}

/* ── connections ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static int poller;

static void watch(int operation, int fd, uint32_t events) {
  struct epoll_event event = {.events = events, .data.fd = fd};
  if (epoll_ctl(poller, operation, fd, &event) < 0) die("epoll_ctl");
}

static void begin_connect(uint32_t events) {
  int fd = socket(server.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (fd < 0) die("socket");
  if (connect(fd, (struct sockaddr *)&server, sizeof server) < 0 && errno != EINPROGRESS) die("connect");
  watch(EPOLL_CTL_ADD, fd, events);
}

static void check_connect(int fd) {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) errno = error, die("connect");
}

static int wait_for(struct epoll_event *events) {
  int n = epoll_wait(poller, events, EVENTS, LIMIT * 1000);
  if (n < 0 && errno != EINTR) die("epoll_wait");
  if (n == 0) fail("wait", "nothing happens any more");
  return n;
}

/* Each socket is watched once, for edges: connected, then ended by the server. */
static void connect_rate(const char *warm, const char *time, int inflight) {
  static struct epoll_event events[EVENTS];
  static bool is_open[1 << 16];
  int64_t done = 0, from = 0, to = 0;
  start_clock(warm, time);
  for (int i = 0; i < inflight; i++) begin_connect(EPOLLIN | EPOLLOUT | EPOLLET);
  for (int live = inflight; live > 0;) {
    int n = wait_for(events);
    int64_t at = now();
    if (from == 0 && at >= counts_from) from = at;
    if (to == 0 && at >= ends_at) to = at;
    for (int i = 0; i < n; i++) {
      int fd = events[i].data.fd;
      if (!is_open[fd]) {
        if (events[i].events & EPOLLERR) check_connect(fd);
        shutdown(fd, SHUT_WR);
        is_open[fd] = true;
        continue;
      }
      ssize_t got = read(fd, buffer, CHUNK);
      if (got > 0 || (got < 0 && errno == EAGAIN)) continue;
      if (got < 0) die("read");
      is_open[fd] = false;
      close(fd);
      if (from != 0 && to == 0) done++;
      if (to == 0) begin_connect(EPOLLIN | EPOLLOUT | EPOLLET);
      else live--;
    }
  }
  printf("{\"count\":%lld,\"seconds\":%.6f}\n", (long long)done, (double)(to - from) / 1e6);
}

static void idle(const char *address, int port, int ports, int n) {
  static struct epoll_event events[EVENTS];
  int begun = 0, open = 0, batch = 64;
  char end;
  for (; begun < batch && begun < n; begun++) {
    set_server(address, port + begun % ports);
    begin_connect(EPOLLOUT);
  }
  while (open < n) {
    int ready = wait_for(events);
    for (int i = 0; i < ready; i++) {
      int fd = events[i].data.fd;
      check_connect(fd);
      watch(EPOLL_CTL_DEL, fd, 0);
      open++;
      if (begun == n) continue;
      set_server(address, port + begun++ % ports);
      begin_connect(EPOLLOUT);
    }
  }
  printf("{\"open\":%d}\n", open);
  while (read(STDIN_FILENO, &end, 1) > 0) continue;
}

/* ── WebSocket, RFC 6455 ──────────────────────────────────────────────────────────────────────────────────────────── */

/* A fixed key does for a client that no proxy is to be kept from. */
static const char UPGRADE[] = "GET / HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                              "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n";
/* The header of a message from the client: two bytes and the mask. The server's has no mask. */
enum { CLIENT_HEADER = 6, SERVER_HEADER = 2 };

static int websocket_open(void) {
  char answer[1024];
  size_t got = 0;
  int fd = connected();
  write_all(fd, UPGRADE, sizeof UPGRADE - 1);
  do {
    if (got == sizeof answer - 1) fail("upgrade", "the answer has no end");
    read_all(fd, answer + got, 1);
    answer[++got] = '\0';
  } while (strstr(answer, "\r\n\r\n") == NULL);
  if (strncmp(answer, "HTTP/1.1 101", 12) != 0) fail("upgrade", answer);
  return fd;
}

static void websocket(const char *warm, const char *time, int n, int size) {
  static struct epoll_event events[EVENTS];
  static int arrived[1 << 16];
  char message[CLIENT_HEADER + 125] = {(char)0x82, (char)(0x80 | size), 1, 2, 3, 4};
  int expected = SERVER_HEADER + size;
  int64_t done = 0, from = 0, at = 0;
  if (size > 125) fail("websocket", "messages have 125 bytes at most");
  for (int i = 0; i < n; i++) watch(EPOLL_CTL_ADD, websocket_open(), EPOLLIN | EPOLLOUT);
  start_clock(warm, time);
  while ((at = now()) < ends_at) {
    int ready = wait_for(events);
    if (from == 0 && now() >= counts_from) from = now();
    for (int i = 0; i < ready; i++) {
      int fd = events[i].data.fd;
      if (events[i].events & EPOLLIN) {
        ssize_t got = read(fd, buffer, (size_t)(expected - arrived[fd]));
        if (got <= 0) fail("read", got == 0 ? "the server has closed the connection" : strerror(errno));
        if (arrived[fd] == 0 && buffer[0] != message[0]) fail("read", "not a whole binary message");
        arrived[fd] += (int)got;
        if (arrived[fd] < expected) continue;
        if (from != 0) done++;
      } else watch(EPOLL_CTL_MOD, fd, EPOLLIN); /* it is the first message */
      arrived[fd] = 0;
      write_all(fd, message, (size_t)(CLIENT_HEADER + size));
    }
  }
  printf("{\"count\":%lld,\"seconds\":%.6f}\n", (long long)done, (double)(at - from) / 1e6);
}

/* ── the other side, for what passes through a stack to a kernel behind it ────────────────────────────────────────── */

static int listening(int port) {
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(fd, (struct sockaddr *)&here, sizeof here) < 0 || listen(fd, 8) < 0) die("listen");
  return fd;
}

static void serve(int sink_port, int source_port) {
  int to_sink = listening(sink_port), to_source = listening(source_port);
  pid_t parent = getpid();
  bool sinks = fork() == 0;
  if (sinks) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) exit(0);
  } else printf("{\"listening\":true}\n");
  for (;;) {
    int fd = accept(sinks ? to_sink : to_source, NULL, NULL);
    if (fd < 0) die("accept");
    if (sinks)
      while (read(fd, buffer, CHUNK) > 0) continue;
    else
      while (write(fd, buffer, CHUNK) > 0) continue;
    close(fd);
  }
}

int main(int argc, char **argv) {
  struct rlimit files;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  signal(SIGPIPE, SIG_IGN);
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  setvbuf(stdout, NULL, _IOLBF, 0);
  poller = epoll_create1(0);
  const char *what = argc > 1 ? argv[1] : "";
  if (argc == 4 && strcmp(what, "serve") == 0) serve(atoi(argv[2]), atoi(argv[3]));
  if (argc >= 6) set_server(argv[2], atoi(argv[3]));
  if (argc == 6 && strcmp(what, "source") == 0) source(argv[4], argv[5]);
  else if (argc == 6 && strcmp(what, "sink") == 0) sink(argv[4], argv[5]);
  else if (argc == 7 && strcmp(what, "echo") == 0) echo(argv[4], argv[5], (uint32_t)atoi(argv[6]));
  else if (argc == 7 && strcmp(what, "connect") == 0) connect_rate(argv[4], argv[5], atoi(argv[6]));
  else if (argc == 8 && strcmp(what, "websocket") == 0) websocket(argv[4], argv[5], atoi(argv[6]), atoi(argv[7]));
  else if (argc == 8 && strcmp(what, "datagrams") == 0) datagrams(argv[4], argv[5], (uint32_t)atoi(argv[6]), atoi(argv[7]));
  else if (argc == 6 && strcmp(what, "idle") == 0) idle(argv[2], atoi(argv[3]), atoi(argv[4]), atoi(argv[5]));
  else fail("usage", "load source|sink|echo|connect|websocket|datagrams|idle ADDRESS PORT …, load serve SINK SOURCE");
  return 0;
}
