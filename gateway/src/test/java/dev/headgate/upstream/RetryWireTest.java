package dev.headgate.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.testkit.Gate;
import dev.headgate.testkit.OriginExchange;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ScriptedOrigin;
import dev.headgate.testkit.UnreachablePort;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

@OnEveryTransport
class RetryWireTest {
  @Parameter private Gateways gateways;

  private GatewayUnderTest gateway(String retry, String... urls) {
    return gateways.start(
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        upstreams:
          o:
            endpoints: ["%s"]
            timeouts: { response: 300ms }
            retry: %s
        routes: { all: { match: { path: /** }, auth: public, to: o } }
        telemetry: { accessLog: { to: "off" } }
        """
            .formatted(String.join("\", \"", urls), retry));
  }

  private static RawResponse send(RawClient client, String method, String more) throws Exception {
    client.send(method + " /x HTTP/1.1\r\nHost: a\r\n" + more);
    return client.readResponse();
  }

  private static RawResponse get(RawClient client) throws Exception {
    return send(client, "GET", "\r\n");
  }

  /** Answers 503 so many times, then 200. */
  private static ScriptedOrigin failing(int times, String... fields) {
    AtomicInteger left = new AtomicInteger(times);
    return ScriptedOrigin.start(exchange -> {
      if (left.getAndDecrement() > 0) {
        exchange.respond(503, "not now", fields);
      } else {
        exchange.respond(200, "in");
      }
    });
  }

  @Test
  void anAnswerThatSaysNotNowIsAskedForAgain() throws Exception {
    try (var origin = failing(2);
        var gateway = gateway("{ attempts: 3, on: [503] }", origin.url());
        RawClient client = gateway.connect()) {
      RawResponse answer = get(client);

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.text()).isEqualTo("in");
      assertThat(origin.requests()).hasSize(3);
      assertThat(origin.requests().getFirst().header("x-attempt-count")).isNull();
      assertThat(origin.requests().getLast().header("x-attempt-count")).isEqualTo("3");
      gateway.awaitMetric("headgate_upstream_retries_total{reason=\"503\",upstream=\"o\"}", 2);
      assertThat(get(client).status()).isEqualTo(200);
    }
  }

  @Test
  void theLastAnswerIsPassedOn() throws Exception {
    try (var origin = failing(9);
        var gateway = gateway("{ attempts: 3, on: [503] }", origin.url());
        RawClient client = gateway.connect()) {
      RawResponse answer = get(client);

      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.text()).isEqualTo("not now");
      assertThat(origin.requests()).hasSize(3);
    }
  }

  @Test
  void anotherEndpointIsTriedAsLongAsThereIsOne() throws Exception {
    try (var bad = failing(99);
        var worse = failing(99);
        var good = failing(0);
        var gateway = gateway("{ attempts: 3, on: [503] }", bad.url(), worse.url(), good.url());
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 6; i++) {
        assertThat(get(client).status()).isEqualTo(200);
      }
    }
  }

  @Test
  void anEndpointThatCannotBeReachedIsPassedOver() throws Exception {
    try (var good = failing(0);
        var port = UnreachablePort.refusing();
        var gateway = gateway("{}", "http://127.0.0.1:" + port.port(), good.url());
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 4; i++) {
        RawResponse answer = send(client, "POST", "Content-Length: 0\r\n\r\n");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
      }
    }
  }

  @Test
  void whatMayHaveChangedSomethingIsNotSentAgain() throws Exception {
    try (var origin = failing(9);
        var gateway = gateway("{ attempts: 3, on: [503] }", origin.url());
        RawClient client = gateway.connect()) {
      assertThat(send(client, "POST", "Content-Length: 0\r\n\r\n").status()).isEqualTo(503);
      assertThat(send(client, "POST", "Content-Length: 2\r\n\r\nhi").status()).isEqualTo(503);
      assertThat(origin.requests()).hasSize(2);
    }
  }

  @Test
  void anAnswerThatAsksForALongerPauseIsPassedOn() throws Exception {
    try (var origin = failing(9, "Retry-After: 60");
        var gateway = gateway("{ attempts: 3, on: [503] }", origin.url());
        RawClient client = gateway.connect()) {
      assertThat(get(client).header("retry-after")).isEqualTo("60");
      assertThat(origin.requests()).hasSize(1);
    }
  }

  @Test
  void anEndpointThatDoesNotAnswerInTimeIsLeftForAnother() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    Gate gate = new Gate();
    ScriptedOrigin.Script slowOnce =
        (OriginExchange exchange) -> {
          if (calls.incrementAndGet() == 1) {
            gate.await();
          }
          exchange.respond(200, "in");
        };
    try (var one = ScriptedOrigin.start(slowOnce);
        var two = ScriptedOrigin.start(slowOnce);
        var gateway = gateway("{ attempts: 2, on: [timeout] }", one.url(), two.url());
        RawClient client = gateway.connect()) {
      assertThat(get(client).status()).isEqualTo(200);
      assertThat(one.requests()).hasSize(1);
      assertThat(two.requests()).hasSize(1);
      gate.open();
    }
  }

  @Test
  void aClientThatGoesAwayDuringThePauseEndsTheRequest() throws Exception {
    try (var origin = failing(9, "Retry-After: 1");
        var gateway = gateway("{ attempts: 3, on: [503], maxBackoff: 5s }", origin.url())) {
      RawClient client = gateway.connect();
      client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
      origin.awaitRequest(1);
      client.close();
      gateway.awaitMetric("headgate_requests_in_flight", 0);
      assertThat(origin.requests()).hasSize(1);
    }
  }

  @Test
  void theBudgetEndsTheRetriesAndNotTheRequests() throws Exception {
    try (var origin = failing(999);
        var gateway =
            gateway("{ attempts: 2, on: [503], minPerSecond: 0, backoff: 0s }", origin.url());
        RawClient client = gateway.connect()) {
      for (int i = 0; i < 50; i++) {
        assertThat(get(client).status()).isEqualTo(503);
      }
      assertThat(origin.requests()).hasSize(60);
    }
  }

  @Test
  void theConnectionOfAnAnswerThatIsNotPassedOnIsKept() throws Exception {
    try (var origin = failing(2);
        var gateway = gateway("{ attempts: 3, on: [503] }", origin.url());
        RawClient client = gateway.connect()) {
      assertThat(get(client).status()).isEqualTo(200);
      assertThat(get(client).status()).isEqualTo(200);
      gateway.awaitMetric("headgate_upstream_connections{upstream=\"o\"}", 1);
      assertThat(origin.connectionCount()).isLessThan(3);
    }
  }

  @Test
  void ofALongAnswerThatIsNotPassedOnTheConnectionIsClosed() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    ScriptedOrigin.Script script =
        exchange -> {
          if (calls.incrementAndGet() == 1) {
            exchange.startChunked(503);
            byte[] piece = new byte[8192];
            try {
              for (int i = 0; i < 10_000; i++) {
                exchange.chunk(piece);
              }
            } catch (IOException e) {
              exchange.close();
              return;
            }
            exchange.endChunks();
          } else {
            exchange.respond(200, "in");
          }
        };
    try (var origin = ScriptedOrigin.start(script);
        var gateway = gateway("{ attempts: 3, on: [503] }", origin.url());
        RawClient client = gateway.connect()) {
      assertThat(get(client).status()).isEqualTo(200);
      gateway.awaitMetric("headgate_upstream_connections{upstream=\"o\"}", 1);
      assertThat(origin.connectionCount()).isEqualTo(2);
    }
  }
}
