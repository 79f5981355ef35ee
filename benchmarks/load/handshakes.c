// Full TLS handshakes: each thread opens a connection, shakes hands without a ticket or session, sends one request
// over it, reads the whole answer, closes, and begins again.
//
// (wrk keeps its SSL object over reconnects and so may resume; here every handshake is a full one, and one that was
// resumed all the same is counted as an error.)
//
// Usage: handshakes ADDRESS PORT PATH HOST THREADS SECONDS
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { KEPT = 200000 };  // latencies kept per thread

typedef struct {
  float *latencies;  // microseconds, from connect to the last byte of the answer
  long completed, errors;
} tally;

static struct sockaddr_in gateway;
static SSL_CTX *context;
static const char *host;
static char request[4096];
static int request_length;
static double ends;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

// One connection with one request; 0 when the answer was 2xx and the handshake a full one.
static int once(void) {
  int result = -1;
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct timeval limit = {5, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  SSL *ssl = SSL_new(context);
  if (connect(fd, (struct sockaddr *)&gateway, sizeof gateway) == 0) {
    SSL_set_fd(ssl, fd);
    SSL_set_tlsext_host_name(ssl, host);
    if (SSL_connect(ssl) == 1 && SSL_write(ssl, request, request_length) == request_length) {
      char answer[16384];
      int length = 0, n;
      while (length < (int)sizeof answer && (n = SSL_read(ssl, answer + length, (int)sizeof answer - length)) > 0)
        length += n;
      if (length > 12 && answer[9] == '2' && !SSL_session_reused(ssl)) result = 0;
    }
    SSL_shutdown(ssl);
  }
  SSL_free(ssl);
  close(fd);
  return result;
}

static void *run(void *argument) {
  tally *t = argument;
  for (double began = now(); began < ends; began = now()) {
    if (once() != 0) {
      t->errors++;
      usleep(1000);
      continue;
    }
    if (t->completed < KEPT) t->latencies[t->completed] = (float)((now() - began) * 1e6);
    t->completed++;
  }
  return NULL;
}

static int ascending(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  if (argc != 7) {
    fprintf(stderr, "usage: handshakes ADDRESS PORT PATH HOST THREADS SECONDS\n");
    return 2;
  }
  signal(SIGPIPE, SIG_IGN);
  gateway.sin_family = AF_INET;
  gateway.sin_port = htons((uint16_t)atoi(argv[2]));
  inet_pton(AF_INET, argv[1], &gateway.sin_addr);
  host = argv[4];
  request_length =
      snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", argv[3], host);
  context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_verify(context, SSL_VERIFY_NONE, NULL);

  int threads = atoi(argv[5]);
  double started = now();
  ends = started + atof(argv[6]);
  pthread_t *ids = calloc((size_t)threads, sizeof *ids);
  tally *tallies = calloc((size_t)threads, sizeof *tallies);
  for (int i = 0; i < threads; i++) {
    tallies[i].latencies = calloc(KEPT, sizeof(float));
    pthread_create(&ids[i], NULL, run, &tallies[i]);
  }
  long completed = 0, errors = 0, kept = 0;
  for (int i = 0; i < threads; i++) {
    pthread_join(ids[i], NULL);
    completed += tallies[i].completed;
    errors += tallies[i].errors;
  }
  double took = now() - started;
  float *all = calloc((size_t)completed + 1, sizeof *all);
  for (int i = 0; i < threads; i++) {
    long n = tallies[i].completed < KEPT ? tallies[i].completed : KEPT;
    memcpy(all + kept, tallies[i].latencies, (size_t)n * sizeof *all);
    kept += n;
  }
  qsort(all, (size_t)kept, sizeof *all, ascending);
  printf("{\"requests\": %ld, \"seconds\": %.3f, \"p50\": %.1f, \"p99\": %.1f, \"p999\": %.1f, \"errors\": %ld}\n",
         completed, took, all[kept * 50 / 100], all[kept * 99 / 100], all[kept * 999 / 1000], errors);
  return 0;
}
