// An open-loop HTTP/1.1 load: requests are due at a fixed mean rate whether or not the answers come.
//
// A closed-loop tool (wrk, h2load) sends its next request when the last answer is in, so a slow moment of the
// gateway also slows the load and hides itself. Here each request has a due time, drawn beforehand with exponential
// gaps (independent callers), and its latency runs from that due time to the last byte of its answer, the wait for a
// free connection included.
//
// Usage: openload ADDRESS PORT PATH HOST CONNECTIONS RATE SECONDS
// Ends after SECONDS, or earlier on SIGINT or SIGTERM; then prints one line of JSON. Every connection that the other
// side closed is counted, and so is every answer that is not 2xx.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { HEAD_BYTES = 16384, EVENTS = 256 };
static const int64_t SECOND = 1000000000;
static const int64_t DRAIN = 2 * SECOND;

typedef struct {
  int fd;
  int busy;
  int64_t due;
  int in_body;
  int64_t body_left;
  int head_length;
  char head[HEAD_BYTES + 1];
} connection;

static volatile sig_atomic_t stopped;
static struct sockaddr_in gateway;
static char request[4096];
static int request_length;
static int poller;

static int *idle;  // a ring of connection indexes, oldest first
static int idle_first, idle_count, connection_count;

static int64_t *waiting;  // a ring of due times for which no connection was free
static int64_t waiting_first, waiting_count, waiting_capacity;

static float *latencies;  // microseconds
static int64_t completed, capacity, non2xx, failed, closed;

static void stop(int signal_number) {
  (void)signal_number;
  stopped = 1;
}

static void die(const char *what) {
  perror(what);
  exit(1);
}

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * SECOND + t.tv_nsec;
}

static void push_idle(int index) {
  idle[(idle_first + idle_count++) % connection_count] = index;
}

static void open_connection(connection *c, int index) {
  c->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (c->fd < 0) die("socket");
  if (connect(c->fd, (struct sockaddr *)&gateway, sizeof gateway) != 0) die("connect");
  int on = 1;
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  fcntl(c->fd, F_SETFL, fcntl(c->fd, F_GETFL) | O_NONBLOCK);
  c->busy = c->in_body = c->head_length = 0;
  struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)index};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &event) != 0) die("epoll_ctl");
}

// The other side closed: the request on its way is lost, an idle connection is only counted. Both are opened again.
static void reopen(connection *c, int index) {
  closed++;
  if (c->busy) {
    failed++;
    close(c->fd);
    open_connection(c, index);
    push_idle(index);
  } else {  // still in the idle ring
    close(c->fd);
    open_connection(c, index);
  }
}

static void send_request(connection *c, int index, int64_t due) {
  c->busy = 1;
  c->due = due;
  if (send(c->fd, request, request_length, MSG_NOSIGNAL) != request_length) reopen(c, index);
}

static void dispatch(connection *connections) {
  while (waiting_count > 0 && idle_count > 0) {
    int64_t due = waiting[waiting_first];
    waiting_first = (waiting_first + 1) % waiting_capacity;
    waiting_count--;
    int index = idle[idle_first];
    idle_first = (idle_first + 1) % connection_count;
    idle_count--;
    send_request(&connections[index], index, due);
  }
}

static void complete(connection *c, int index) {
  if (completed < capacity) latencies[completed] = (float)(now() - c->due) / 1000.0f;
  completed++;
  c->busy = c->in_body = c->head_length = 0;
  push_idle(index);
}

static int64_t content_length(const char *head) {
  for (const char *line = strstr(head, "\r\n"); line != NULL; line = strstr(line + 2, "\r\n"))
    if (strncasecmp(line + 2, "content-length:", 15) == 0) return atoll(line + 17);
  return -1;
}

// Reads what is there. The head is kept until it is whole, the body is counted and dropped.
static void read_answer(connection *c, int index) {
  static char dropped[262144];
  for (;;) {
    char *into = c->in_body ? dropped : c->head + c->head_length;
    size_t room = c->in_body ? sizeof dropped : (size_t)(HEAD_BYTES - c->head_length);
    ssize_t n = read(c->fd, into, room);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) {
      reopen(c, index);
      return;
    }
    if (c->in_body) {
      c->body_left -= n;
    } else {
      c->head_length += (int)n;
      c->head[c->head_length] = 0;
      char *end = strstr(c->head, "\r\n\r\n");
      if (end == NULL) {
        if (c->head_length == HEAD_BYTES) {
          fprintf(stderr, "openload: the answer's head is too long\n");
          exit(1);
        }
        continue;
      }
      end[2] = 0;
      int64_t length = content_length(c->head);
      if (length < 0) {
        fprintf(stderr, "openload: an answer without Content-Length: %s\n", c->head);
        exit(1);
      }
      if (c->head[9] != '2') non2xx++;
      c->in_body = 1;
      c->body_left = length - (c->head_length - (end + 4 - c->head));
    }
    if (c->in_body && c->body_left <= 0) {
      complete(c, index);
      return;
    }
  }
}

static int ascending(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

static double percentile(double p, int64_t count) {
  if (count == 0) return 0;
  int64_t at = (int64_t)ceil(p / 100 * (double)count) - 1;
  return latencies[at < 0 ? 0 : at];
}

int main(int argc, char **argv) {
  if (argc != 8) {
    fprintf(stderr, "usage: openload ADDRESS PORT PATH HOST CONNECTIONS RATE SECONDS\n");
    return 2;
  }
  gateway.sin_family = AF_INET;
  gateway.sin_port = htons((uint16_t)atoi(argv[2]));
  if (inet_pton(AF_INET, argv[1], &gateway.sin_addr) != 1) die("address");
  request_length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", argv[3], argv[4]);
  connection_count = atoi(argv[5]);
  double rate = atof(argv[6]);
  double seconds = atof(argv[7]);
  capacity = waiting_capacity = (int64_t)(rate * seconds * 1.2) + 10000;

  poller = epoll_create1(0);
  connection *connections = calloc((size_t)connection_count, sizeof *connections);
  idle = calloc((size_t)connection_count, sizeof *idle);
  waiting = calloc((size_t)waiting_capacity, sizeof *waiting);
  latencies = calloc((size_t)capacity, sizeof *latencies);
  if (!connections || !idle || !waiting || !latencies) die("calloc");
  for (int i = 0; i < connection_count; i++) {
    open_connection(&connections[i], i);
    push_idle(i);
  }
  signal(SIGINT, stop);
  signal(SIGTERM, stop);
  srand48(1);

  int64_t started = now(), ends = started + (int64_t)(seconds * SECOND), next = started, drained = INT64_MAX, issued = 0;
  struct epoll_event events[EVENTS];
  for (;;) {
    int64_t t = now();
    int issuing = drained == INT64_MAX;
    if (issuing && (stopped || t >= ends)) {
      ends = t;
      drained = t + DRAIN;
      issuing = 0;
    }
    while (issuing && next <= t && waiting_count < waiting_capacity) {
      waiting[(waiting_first + waiting_count++) % waiting_capacity] = next;
      next += (int64_t)(-log(1 - drand48()) / rate * SECOND);
      issued++;
    }
    dispatch(connections);
    if (!issuing && (completed + failed == issued || t >= drained)) break;
    int64_t sleep = issuing ? next - now() : 10000000;
    struct timespec timeout = {0, sleep < 0 ? 0 : sleep > 100000000 ? 100000000 : sleep};
    int n = epoll_pwait2(poller, events, EVENTS, &timeout, NULL);
    for (int i = 0; i < n; i++) {
      int index = (int)events[i].data.u32;
      read_answer(&connections[index], index);
    }
  }
  failed += issued - completed - failed;

  int64_t kept = completed < capacity ? completed : capacity;
  qsort(latencies, (size_t)kept, sizeof *latencies, ascending);
  double took = (double)(ends - started) / SECOND;
  printf("{\"requests\": %ld, \"seconds\": %.3f, \"p50\": %.1f, \"p99\": %.1f, \"p999\": %.1f, \"max\": %.1f, "
         "\"non2xx\": %ld, \"failed\": %ld, \"closed\": %ld}\n",
         completed, took, percentile(50, kept), percentile(99, kept), percentile(99.9, kept), percentile(100, kept),
         non2xx, failed, closed);
  return 0;
}
