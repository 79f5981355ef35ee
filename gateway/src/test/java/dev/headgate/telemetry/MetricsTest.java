package dev.headgate.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.ManualLoop;
import dev.headgate.exchange.Stage;
import dev.headgate.http.Headers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MetricsTest {
  @Test
  void countsRequestsByRouteStatusClassAndWhoFailed() {
    try (Node node = Node.withoutLog()) {
      record(node, "orders", 200, null);
      record(node, "orders", 204, null);
      record(node, "orders", 404, null);
      record(node, "orders", 502, Failure.upstream(true, 502, "upstream.reset", ""));
      record(node, "orders", 0, Failure.client(Stage.RESPOND, 499, "client.gone", ""));
      record(node, "carts", 429, Failure.gateway(Stage.ADMIT, 429, "limit.exceeded", ""));

      assertThat(node.value(requests("none", "orders", "2xx"))).isEqualTo(2);
      assertThat(node.value(requests("none", "orders", "4xx"))).isEqualTo(1);
      assertThat(node.value(requests("upstream", "orders", "5xx"))).isEqualTo(1);
      assertThat(node.value(requests("client", "orders", "none"))).isEqualTo(1);
      assertThat(node.value(requests("gateway", "carts", "4xx"))).isEqualTo(1);
      assertThat(node.value("headgate_failures_total{reason=\"limit.exceeded\",stage=\"admit\"}"))
          .isEqualTo(1);
      assertThat(node.value("headgate_failures_total{reason=\"upstream.reset\",stage=\"forward\"}"))
          .isEqualTo(1);
    }
  }

  @Test
  void countsWhatNoRouteTookAsNone() {
    try (Node node = Node.withoutLog()) {
      Exchange exchange = Requests.begun(node.loop, "/nowhere", new Headers());
      exchange.status(404);
      exchange.failure(Failure.gateway(Stage.ROUTE, 404, "route.none", ""));
      node.recorder.record(exchange);
      assertThat(node.value(requests("gateway", "none", "4xx"))).isEqualTo(1);
    }
  }

  @Test
  void tellsTheUpstreamsTimeFromTheGatewaysOwn() {
    try (Node node = Node.withoutLog()) {
      node.recorder.record(Requests.proxied(node.loop, Duration.ofMillis(40)));

      assertThat(node.value("headgate_request_duration_seconds_sum{route=\"orders\"}"))
          .isEqualTo(0.042);
      assertThat(node.value("headgate_gateway_duration_seconds_sum{route=\"orders\"}"))
          .isEqualTo(0.002);
      assertThat(node.value("headgate_upstream_duration_seconds_sum{upstream=\"orders-v1\"}"))
          .isEqualTo(0.04);
      assertThat(node.value("headgate_upstream_head_duration_seconds_sum{upstream=\"orders-v1\"}"))
          .isEqualTo(0.04);
      assertThat(
              node.value("headgate_request_duration_seconds_bucket{route=\"orders\",le=\"0.025\"}"))
          .isZero();
      assertThat(
              node.value("headgate_request_duration_seconds_bucket{route=\"orders\",le=\"0.05\"}"))
          .isEqualTo(1);
      assertThat(
              node.value("headgate_request_duration_seconds_bucket{route=\"orders\",le=\"+Inf\"}"))
          .isEqualTo(1);
    }
  }

  @Test
  void countsAnUnfinishedUpstreamUntilTheEndOfTheRequest() {
    try (Node node = Node.withoutLog()) {
      Exchange exchange = Requests.proxied(node.loop, Duration.ofMillis(40));
      exchange.upstreamHeadNanos(0);
      exchange.upstreamEndNanos(0);
      node.recorder.record(exchange);
      assertThat(node.value("headgate_upstream_duration_seconds_sum{upstream=\"orders-v1\"}"))
          .isEqualTo(0.041);
      assertThat(
              node.value("headgate_upstream_head_duration_seconds_count{upstream=\"orders-v1\"}"))
          .isZero();
    }
  }

  @Test
  void countsBytesAndRetries() {
    try (Node node = Node.withoutLog()) {
      Exchange exchange = Requests.proxied(node.loop, Duration.ofMillis(1));
      exchange.addRequestBytes(5000);
      node.recorder.record(exchange);
      assertThat(node.value("headgate_request_body_bytes_sum{route=\"orders\"}")).isEqualTo(5000);
      assertThat(node.value("headgate_response_body_bytes_sum{route=\"orders\"}")).isEqualTo(275);
      node.recorder.retried("orders", "timeout");
      node.recorder.retried("orders", "503");
      node.recorder.retried("orders", "503");
      assertThat(node.value("headgate_upstream_retries_total{reason=\"503\",upstream=\"orders\"}"))
          .isEqualTo(2);
    }
  }

  @Test
  void knowsHowManyRequestsAreInFlight() {
    try (Node node = Node.withoutLog()) {
      node.recorder.requestStarted();
      node.recorder.requestStarted();
      node.recorder.record(Requests.answered(node.loop, "/"));
      assertThat(node.value("headgate_requests_in_flight")).isEqualTo(1);
    }
  }

  @Test
  void followsConnectionsOfListenersAndUpstreams() {
    try (Node node = Node.withoutLog()) {
      ListenerMetrics listener = node.recorder.listener("public");
      listener.connectionOpened();
      listener.connectionOpened();
      listener.connectionClosed();
      listener.connectionRefused("connections.limit");
      listener.handshake();
      listener.handshakeFailed("no_common_version");
      UpstreamMetrics upstream = node.recorder.upstream("orders-v1");
      upstream.connectionOpened();
      upstream.connectionFailed();
      upstream.waitingStarted();
      upstream.waitingStarted();
      upstream.waitingEnded();

      assertThat(node.value("headgate_connections{listener=\"public\"}")).isEqualTo(1);
      assertThat(node.value("headgate_connections_accepted_total{listener=\"public\"}"))
          .isEqualTo(2);
      assertThat(
              node.value(
                  "headgate_connections_refused_total{listener=\"public\",reason=\"connections.limit\"}"))
          .isEqualTo(1);
      assertThat(node.value("headgate_tls_handshakes_total{listener=\"public\"}")).isEqualTo(1);
      assertThat(
              node.value(
                  "headgate_tls_handshake_errors_total{listener=\"public\",reason=\"no_common_version\"}"))
          .isEqualTo(1);
      assertThat(node.value("headgate_upstream_connections{upstream=\"orders-v1\"}")).isEqualTo(1);
      assertThat(node.value("headgate_upstream_connections_failed_total{upstream=\"orders-v1\"}"))
          .isEqualTo(1);
      assertThat(node.value("headgate_upstream_waiting{upstream=\"orders-v1\"}")).isEqualTo(1);
    }
  }

  @Test
  void countsWhatComesAfterTheCapAsOverflow() {
    try (Node node = new Node(Node.config("off", 3))) {
      for (int route = 0; route < 10; route++) {
        record(node, "r" + route, 200, null);
        record(node, "r" + route, 200, null);
      }
      List<String> series =
          node.scrape().stream()
              .filter(line -> line.startsWith("headgate_requests_total"))
              .toList();
      assertThat(series)
          .hasSize(4)
          .allMatch(line -> line.endsWith(" 2.0") || line.endsWith(" 14.0"));
      assertThat(node.value(requests("none", "overflow", "2xx"))).isEqualTo(14);
      assertThat(node.value("headgate_request_duration_seconds_count{route=\"overflow\"}"))
          .isEqualTo(14);
    }
  }

  @Test
  void capsTheStatusClassesOfRoutesTogetherTooAndLosesNone() {
    try (Node node = new Node(Node.config("off", 3))) {
      for (int status = 200; status < 600; status += 100) {
        record(node, "a", status, null);
        record(node, "b", status, null);
      }
      List<String> series =
          node.scrape().stream()
              .filter(line -> line.startsWith("headgate_requests_total"))
              .toList();
      assertThat(series).filteredOn(line -> !line.contains("overflow")).hasSize(3);
      assertThat(series)
          .map(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
          .satisfies(values ->
              assertThat(values.stream().mapToDouble(Double::doubleValue).sum()).isEqualTo(8));
    }
  }

  @Test
  void capsReasonsUpstreamsAndListeners() {
    try (Node node = new Node(Node.config("off", 2))) {
      for (int i = 0; i < 5; i++) {
        record(node, "orders", 400, Failure.client(Stage.READ, 400, "reason." + i, ""));
        node.recorder.upstream("u" + i).connectionOpened();
        node.recorder.listener("l" + i).connectionOpened();
        node.recorder.listener("l" + i).handshakeFailed("r" + i);
      }
      assertThat(node.value("headgate_failures_total{reason=\"overflow\",stage=\"overflow\"}"))
          .isEqualTo(3);
      assertThat(node.value("headgate_upstream_connections{upstream=\"overflow\"}")).isEqualTo(3);
      assertThat(node.value("headgate_connections{listener=\"overflow\"}")).isEqualTo(3);
      assertThat(
              node.value(
                  "headgate_tls_handshake_errors_total{listener=\"overflow\",reason=\"overflow\"}"))
          .isEqualTo(3);
    }
  }

  @Test
  void keepsTheCountsOfARouteOverALoweredCap() {
    try (Node node = Node.withoutLog()) {
      record(node, "orders", 200, null);
      node.telemetry.apply(Node.config("off", 0));
      record(node, "orders", 200, null);
      record(node, "carts", 200, null);
      assertThat(node.value(requests("none", "orders", "2xx"))).isEqualTo(2);
      assertThat(node.value(requests("none", "overflow", "2xx"))).isEqualTo(1);
    }
  }

  @Test
  void addsUpWhatSeveralLoopsCountWhileScrapesSeeItGrow() throws Exception {
    int loops = 3;
    int each = 20_000;
    int routes = 20;
    try (Node node = new Node(Node.config("off", 10))) {
      List<Thread> threads = new ArrayList<>();
      CountDownLatch start = new CountDownLatch(1);
      for (int i = 0; i < loops; i++) {
        ManualLoop loop = new ManualLoop();
        LoopRecorder recorder = node.telemetry.loopRecorder(loop);
        threads.add(
            Thread.ofPlatform()
                .start(() -> {
                  awaitUnchecked(start);
                  for (int n = 0; n < each; n++) {
                    recorder.requestStarted();
                    Exchange exchange = Requests.answered(loop, "/");
                    exchange.route("r" + n % routes);
                    recorder.record(exchange);
                  }
                }));
      }
      start.countDown();
      double before = 0;
      while (threads.stream().anyMatch(Thread::isAlive)) {
        double now = sumOfRequests(node);
        assertThat(now).isGreaterThanOrEqualTo(before).isLessThanOrEqualTo(loops * each);
        before = now;
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(sumOfRequests(node)).isEqualTo(loops * each);
      assertThat(node.value("headgate_requests_in_flight")).isZero();
      assertThat(node.value("headgate_request_duration_seconds_count{route=\"r3\"}"))
          .isEqualTo(loops * (each / routes));
    }
  }

  private static void awaitUnchecked(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static double sumOfRequests(Node node) {
    return node.scrape().stream()
        .filter(line -> line.startsWith("headgate_requests_total"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  private static void record(Node node, String route, int status, @Nullable Failure failure) {
    Exchange exchange = Requests.answered(node.loop, "/");
    exchange.route(route);
    exchange.status(status);
    if (failure != null) {
      exchange.failure(failure);
    }
    node.recorder.record(exchange);
  }

  private static String requests(String failedBy, String route, String status) {
    return "headgate_requests_total{failed_by=\"%s\",route=\"%s\",status=\"%s\"}"
        .formatted(failedBy, route, status);
  }

  @Test
  void countsWhatPoliciesAskedOthersAndWhatBecameOfIt() {
    try (Node node = Node.withoutLog()) {
      CalloutMetrics callouts = node.recorder.callouts("idp");
      for (int status : new int[] {200, 204, 401, 503, 101, 999}) {
        callouts.started();
        callouts.answered(status, 2_000_000);
      }
      callouts.started();
      callouts.failed(3_000_000_000L);
      callouts.started();
      assertThat(node.value(ended("2xx"))).isEqualTo(2);
      assertThat(node.value(ended("4xx"))).isEqualTo(1);
      assertThat(node.value(ended("5xx"))).isEqualTo(1);
      assertThat(node.value(ended("other"))).isEqualTo(2);
      assertThat(node.value(ended("failed"))).isEqualTo(1);
      assertThat(node.value("headgate_callouts_in_flight{by=\"idp\"}")).isEqualTo(1);
      assertThat(node.value("headgate_callout_duration_seconds_count{by=\"idp\"}")).isEqualTo(7);
      assertThat(node.value("headgate_callout_duration_seconds_sum{by=\"idp\"}"))
          .isCloseTo(3.012, within(1e-6));
    }
  }

  private static String ended(String outcome) {
    return "headgate_callouts_total{by=\"idp\",outcome=\"" + outcome + "\"}";
  }
}
