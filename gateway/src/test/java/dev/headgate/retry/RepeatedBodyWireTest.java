package dev.headgate.retry;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.testkit.Gate;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ScriptedOrigin;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** Requests that are sent again with their bodies. */
@OnEveryTransport
class RepeatedBodyWireTest {
  private static final String NO_MEMORY =
      "headgate_upstream_bodies_not_kept_total{reason=\"no_memory\",upstream=\"o\"}";
  private static final String TOO_LARGE =
      "headgate_upstream_bodies_not_kept_total{reason=\"too_large\",upstream=\"o\"}";

  @Parameter private Gateways gateways;
  private final List<String> bodies = new CopyOnWriteArrayList<>();

  private GatewayUnderTest gateway(ScriptedOrigin origin, String retry, String memory) {
    return gateways.start(
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        upstreams: { o: { endpoints: ["%s"], retry: %s } }
        routes: { all: { match: { path: /** }, auth: public, to: o } }
        telemetry: { accessLog: { to: "off" } }
        """
            .formatted(origin.url(), retry),
        ", retryMemory: " + memory);
  }

  /** Reads bodies and answers 503 so many times, then 200. */
  private ScriptedOrigin failing(int times) {
    AtomicInteger left = new AtomicInteger(times);
    return ScriptedOrigin.start(exchange -> {
      try {
        bodies.add(new String(exchange.body().readAllBytes(), ISO_8859_1));
      } catch (IOException e) {
        exchange.close(); // The client gave up.
        return;
      }
      exchange.respond(left.getAndDecrement() > 0 ? 503 : 200, "");
    });
  }

  private static int send(RawClient client, String method, String body, String... fields)
      throws Exception {
    String more = fields.length == 0 ? "" : String.join("\r\n", fields) + "\r\n";
    client.send(
        method
            + " /x HTTP/1.1\r\nHost: a\r\n"
            + more
            + "Content-Length: "
            + body.length()
            + "\r\n\r\n"
            + body);
    return client.readResponse().status();
  }

  @Test
  void aBodyIsSentAgain() throws Exception {
    String body = "0123456789".repeat(6_000);
    try (var origin = failing(2);
        var gateway = gateway(origin, "{ attempts: 3, on: [503] }", "1MiB");
        RawClient client = gateway.connect()) {
      assertThat(send(client, "PUT", body)).isEqualTo(200);
      assertThat(bodies).containsExactly(body, body, body);
      client.send(
          "PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n");
      assertThat(client.readResponse().status()).isEqualTo(200);
    }
  }

  @Test
  void aBodyInChunksIsSentAgain() throws Exception {
    try (var origin = failing(1);
        var gateway = gateway(origin, "{ attempts: 3, on: [503] }", "1MiB");
        RawClient client = gateway.connect()) {
      client.send(
          "PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
              + "2\r\nhi\r\n6\r\n there\r\n0\r\n\r\n");
      assertThat(client.readResponse().status()).isEqualTo(200);
      assertThat(bodies).containsExactly("hi there", "hi there");
    }
  }

  @Test
  void onlyWhereTheMethodAllowsIt() throws Exception {
    try (var origin = failing(9);
        var gateway = gateway(origin, "{ attempts: 2, on: [503] }", "1MiB");
        RawClient client = gateway.connect()) {
      assertThat(send(client, "POST", "hi")).isEqualTo(503);
      assertThat(bodies).hasSize(1);
    }
    bodies.clear();
    try (var origin = failing(1);
        var gateway = gateway(origin, "{ attempts: 2, on: [503], methods: any }", "1MiB");
        RawClient client = gateway.connect()) {
      assertThat(send(client, "POST", "hi")).isEqualTo(200);
      assertThat(bodies).containsExactly("hi", "hi");
    }
  }

  @Test
  void aLongerBodyIsSentOnce() throws Exception {
    try (var origin = failing(9);
        var gateway = gateway(origin, "{ attempts: 2, on: [503], body: 1KiB }", "1MiB");
        RawClient client = gateway.connect()) {
      assertThat(send(client, "PUT", "x".repeat(1025))).isEqualTo(503);
      gateway.awaitMetric(TOO_LARGE, 1);
      client.send("PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n401\r\n");
      client.send("x".repeat(1025) + "\r\n0\r\n\r\n");
      assertThat(client.readResponse().status()).isEqualTo(503);
      gateway.awaitMetric(TOO_LARGE, 2);
      assertThat(bodies).hasSize(2);
    }
  }

  @Test
  void nothingIsKeptWhereThatIsOff() throws Exception {
    try (var origin = failing(9);
        var gateway = gateway(origin, "{ attempts: 2, on: [503], body: 0B }", "1MiB");
        RawClient client = gateway.connect()) {
      assertThat(send(client, "PUT", "x")).isEqualTo(503);
      assertThat(bodies).hasSize(1);
      assertThat(gateway.metric(TOO_LARGE)).isZero();
    }
  }

  /** Clients that begin a body and stop hold no more than the memory there is. */
  @Test
  void slowBodiesHoldABoundedMemory() throws Exception {
    try (var origin = failing(1);
        var gateway = gateway(origin, "{ attempts: 2, on: [503] }", "8KiB")) {
      List<RawClient> slow = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        RawClient client = gateway.connect();
        slow.add(client);
        client.send(
            "PUT /x HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n" + "x".repeat(1024));
      }
      gateway.awaitMetric(NO_MEMORY, 12);
      try (RawClient client = gateway.connect()) {
        assertThat(send(client, "PUT", "hi")).as("without a second attempt").isEqualTo(503);
        gateway.awaitMetric(NO_MEMORY, 13);
        for (RawClient one : slow) {
          one.close();
        }
        gateway.awaitMetric("headgate_requests_in_flight", 0);
        bodies.clear();
        assertThat(send(client, "PUT", "x".repeat(3000))).isEqualTo(200);
        assertThat(gateway.metric(NO_MEMORY)).isEqualTo(13);
      }
    }
  }

  @Test
  void whatComesDuringThePauseIsNotLost() throws Exception {
    Gate answered = new Gate();
    AtomicInteger calls = new AtomicInteger();
    ScriptedOrigin.Script early =
        exchange -> {
          if (calls.incrementAndGet() == 1) {
            exchange.body().readNBytes(5);
            exchange.respondHead(503, "Content-Length: 0");
            answered.open();
            exchange.awaitClosed();
          } else {
            bodies.add(new String(exchange.body().readAllBytes(), ISO_8859_1));
            exchange.respond(200, "");
          }
        };
    try (var origin = ScriptedOrigin.start(early);
        var gateway =
            gateway(
                origin, "{ attempts: 2, on: [503], backoff: 300ms, maxBackoff: 300ms }", "1MiB");
        RawClient client = gateway.connect()) {
      client.send("PUT /x HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\n\r\nfirst");
      answered.await();
      client.send(" second");
      assertThat(client.readResponse().status()).isEqualTo(200);
      assertThat(bodies).containsExactly("first second");
    }
  }

  @Test
  void aConnectionThatBreaksAfterTheBodyIsNoFailure() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    ScriptedOrigin.Script breaking =
        exchange -> {
          bodies.add(new String(exchange.body().readAllBytes(), ISO_8859_1));
          if (calls.incrementAndGet() == 1) {
            exchange.close();
          } else {
            exchange.respond(200, "");
          }
        };
    try (var origin = ScriptedOrigin.start(breaking);
        var gateway = gateway(origin, "{ on: reset }", "1MiB");
        RawClient client = gateway.connect()) {
      assertThat(send(client, "PUT", "hi")).isEqualTo(200);
      assertThat(bodies).containsExactly("hi", "hi");
      gateway.awaitMetric("headgate_upstream_retries_total{reason=\"reset\",upstream=\"o\"}", 1);
    }
  }

  @Test
  void aGrpcCallIsMadeAgainWhenItsServerIsAway() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    ScriptedOrigin.Script away =
        exchange -> {
          bodies.add(new String(exchange.body().readAllBytes(), ISO_8859_1));
          exchange.respond(
              200,
              "",
              "Content-Type: application/grpc",
              "grpc-status: " + (calls.incrementAndGet() == 1 ? 14 : 0));
        };
    try (var origin = ScriptedOrigin.start(away);
        var gateway = gateway(origin, "{ grpc: unavailable }", "1MiB");
        RawClient client = gateway.connect()) {
      client.send(
          "POST /x HTTP/1.1\r\nHost: a\r\nContent-Type: application/grpc\r\nContent-Length: 5\r\n\r\n\0\0\0\0\0");
      RawResponse answer = client.readResponse();
      assertThat(answer.header("grpc-status")).isEqualTo("0");
      assertThat(bodies).containsExactly("\0\0\0\0\0", "\0\0\0\0\0");
      gateway.awaitMetric(
          "headgate_upstream_retries_total{reason=\"unavailable\",upstream=\"o\"}", 1);
    }
  }
}
