package dev.headgate.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ReceivedRequest;
import dev.headgate.testkit.ScriptedOrigin;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** Callers that say how long they wait. */
@OnEveryTransport
class CallerDeadlineWireTest {
  @Parameter private Gateways gateways;

  private GatewayUnderTest gateway(ScriptedOrigin origin, String proxies, String timeout) {
    return gateways.start(
        """
        listeners: { plain: { address: "127.0.0.1:0", trustedProxies: [%s] } }
        upstreams:
          o: { endpoints: ["%s"], retry: { attempts: 2, on: [503], backoff: 50ms, maxBackoff: 2s } }
        routes:
          all: { match: { path: /** }, auth: public, callerTimeout: X-Request-Timeout, %s to: o }
          anybody:
            match: { path: /any/** }
            auth: public
            callerTimeout: { header: X-Request-Timeout, from: anybody }
            to: o
        telemetry: { accessLog: { to: "off" } }
        """
            .formatted(proxies, origin.url(), timeout));
  }

  private static RawResponse get(RawClient client, String path, String... fields) throws Exception {
    client.send(
        "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + String.join("\r\n", fields) + "\r\n\r\n");
    return client.readResponse();
  }

  private static ScriptedOrigin answering() {
    return ScriptedOrigin.start(exchange -> exchange.respond(200, "in"));
  }

  private static long millis(ReceivedRequest request) {
    return Long.parseLong(Objects.requireNonNull(request.header("x-request-timeout")));
  }

  @Test
  void theUpstreamIsToldWhatIsLeft() throws Exception {
    try (var origin = answering();
        var gateway = gateway(origin, "127.0.0.1", "timeout: 30s,");
        RawClient client = gateway.connect()) {
      assertThat(get(client, "/x", "X-Request-Timeout: 5000").status()).isEqualTo(200);
      assertThat(millis(origin.lastRequest())).isBetween(2000L, 5000L);
      assertThat(get(client, "/x", "X-Request-Timeout: 5s").status()).isEqualTo(200);
      assertThat(origin.lastRequest().header("x-request-timeout"))
          .matches("[2-4][0-9]{3}ms|5000ms");
      assertThat(get(client, "/x", "X-Request-Timeout: 1m").status()).isEqualTo(200);
      assertThat(millis(origin.lastRequest())).as("the route allows less").isLessThan(30_001);
      assertThat(get(client, "/x").status()).isEqualTo(200);
      assertThat(origin.lastRequest().header("x-request-timeout")).isNull();
    }
  }

  @Test
  void aCallersTimeIsOverBeforeTheRoutesIs() throws Exception {
    try (var origin = ScriptedOrigin.start(exchange -> exchange.awaitClosed());
        var gateway = gateway(origin, "127.0.0.1", "timeout: 30s,");
        RawClient client = gateway.connect()) {
      RawResponse answer = get(client, "/x", "X-Request-Timeout: 200ms");
      assertThat(answer.status()).isEqualTo(504);
      assertThat(answer.text()).contains("caller.deadline");
    }
  }

  @Test
  void noTimeAndNoNumberAreAnsweredAtOnce() throws Exception {
    try (var origin = answering();
        var gateway = gateway(origin, "127.0.0.1", "");
        RawClient client = gateway.connect()) {
      RawResponse late = get(client, "/x", "X-Request-Timeout: 0");
      assertThat(late.status()).isEqualTo(504);
      assertThat(late.text()).contains("caller.deadline");
      for (String value : new String[] {"soon", "-1", "1h", "1.5s", "", "9999999999", "5 s"}) {
        RawResponse refused = get(client, "/x", "X-Request-Timeout: " + value);
        assertThat(refused.status()).as(value).isEqualTo(400);
        assertThat(refused.text()).contains("deadline.malformed");
      }
      assertThat(get(client, "/x", "X-Request-Timeout: 1s", "X-Request-Timeout: 2s").status())
          .isEqualTo(400);
      assertThat(origin.requests()).isEmpty();
      assertThat(get(client, "/x", "X-Request-Timeout: 999999999").status()).isEqualTo(200);
    }
  }

  @Test
  void fromOthersTheFieldIsTakenAway() throws Exception {
    try (var origin = answering();
        var gateway = gateway(origin, "10.0.0.0/8", "");
        RawClient client = gateway.connect()) {
      assertThat(get(client, "/x", "X-Request-Timeout: 0").status()).isEqualTo(200);
      assertThat(origin.lastRequest().header("x-request-timeout")).isNull();
      assertThat(get(client, "/any/x", "X-Request-Timeout: 0").status()).isEqualTo(504);
    }
  }

  @Test
  void anotherAttemptIsToldLess() throws Exception {
    try (var origin =
            ScriptedOrigin.start(exchange -> exchange.respond(503, "", "Retry-After: 1"));
        var gateway = gateway(origin, "127.0.0.1", "");
        RawClient client = gateway.connect()) {
      assertThat(get(client, "/x", "X-Request-Timeout: 9000").status()).isEqualTo(503);
      assertThat(origin.requests()).hasSize(2);
      assertThat(millis(origin.requests().getFirst()) - millis(origin.requests().getLast()))
          .isGreaterThanOrEqualTo(1000);
    }
  }

  @Test
  void aGrpcCallersTimeIsPassedOnTheSameWay() throws Exception {
    try (var origin = answering();
        var gateway = gateway(origin, "", "timeout: 30s,");
        RawClient client = gateway.connect()) {
      String grpc = "Content-Type: application/grpc";
      assertThat(get(client, "/x", grpc, "grpc-timeout: 5S").status()).isEqualTo(200);
      assertThat(origin.lastRequest().header("grpc-timeout")).matches("[2-5][0-9]{6}u");
      assertThat(get(client, "/x", grpc, "grpc-timeout: 1H").status()).isEqualTo(200);
      assertThat(origin.lastRequest().header("grpc-timeout")).matches("(2[0-9]|30)[0-9]{6}u");
      RawResponse late = get(client, "/x", grpc, "grpc-timeout: 0n");
      assertThat(late.header("grpc-status")).isEqualTo("4");
      assertThat(origin.requests()).hasSize(2);
    }
  }
}
