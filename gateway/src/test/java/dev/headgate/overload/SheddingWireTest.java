package dev.headgate.overload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/**
 * A loop that is late because some requests take it long: what is behind them in the same read is
 * turned away.
 */
@OnEveryTransport
class SheddingWireTest {
  private static final String SHED =
      "headgate_shed_total{priority=\"default\",reason=\"loop_lag\"}";

  /** As much as an expression may do: some tenths of a second. */
  private static final String SLOW =
      "[1,2,3,4,5,6,7,8,9].all(x, [1,2,3,4,5,6,7,8,9].all(y, [1,2,3,4,5,6,7,8,9].all(z,"
          + " !request.path.matches('.*(a|b|ab|ba|aba|bab)*c'))))";

  private static final String BURN =
      "GET /burn/%s HTTP/1.1\r\nHost: a\r\n\r\n".formatted("ab".repeat(400));

  private static final int BURNS = 2;
  private static final int TRIES = 20;

  @Parameter private Gateways gateways;

  private GatewayUnderTest gateway(String overload) {
    return gateways.start(
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        routes:
          burn:
            match: { path: /burn/** }
            auth: public
            priority: critical
            policies: [{ authorize: "%s" }]
            respond: { status: 200 }
          plain: { match: { path: /plain }, auth: public, respond: { status: 200, body: in } }
        overload: %s
        telemetry: { accessLog: { to: "off" } }
        """
            .formatted(SLOW, overload));
  }

  /** What is sent at once is mostly, but not always, read at once. */
  private static RawResponse shedBehindBurns(RawClient client, String request) throws Exception {
    RawResponse answer = behindBurns(client, request);
    for (int i = 0; i < TRIES && answer.status() != 503 && !isGrpc(answer); i++) {
      answer = behindBurns(client, request);
    }
    return answer;
  }

  private static boolean isGrpc(RawResponse answer) {
    return !answer.headers("grpc-status").isEmpty();
  }

  private static RawResponse behindBurns(RawClient client, String request) throws Exception {
    client.send(BURN.repeat(BURNS) + request);
    for (int i = 0; i < BURNS; i++) {
      client.readResponse();
    }
    return client.readResponse();
  }

  @Test
  void whatBeginsTooLateIsTurnedAwayAndToldWhenToComeBack() throws Exception {
    try (var gateway = gateway("{ loopLag: 1ms, memory: 0% }");
        RawClient client = gateway.connect()) {
      RawResponse shed = shedBehindBurns(client, "GET /plain HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(shed.status()).isEqualTo(503);
      assertThat(shed.text()).contains("overload.shed", "\"stage\":\"admit\"");
      assertThat(Integer.parseInt(shed.header("retry-after"))).isBetween(1, 3);
      assertThat(gateway.metric(SHED)).isGreaterThanOrEqualTo(1);
      RawResponse grpc =
          shedBehindBurns(
              client,
              "POST /plain HTTP/1.1\r\nHost: a\r\nContent-Type: application/grpc\r\n"
                  + "Content-Length: 0\r\n\r\n");
      assertThat(grpc.status()).isEqualTo(200);
      assertThat(grpc.header("grpc-status")).isEqualTo("14");
      assertThat(grpc.header("grpc-message")).isEqualTo("overload.shed");
      RawResponse calm = get(client);
      long begun = System.nanoTime();
      while (calm.status() != 200 && System.nanoTime() - begun < 20_000_000_000L) {
        calm = get(client);
      }
      assertThat(calm.text()).isEqualTo("in");
    }
  }

  @Test
  void nobodyIsTurnedAwayWhereThatIsOff() throws Exception {
    try (var gateway = gateway("{ loopLag: 0s, memory: 0% }");
        RawClient client = gateway.connect()) {
      assertThat(behindBurns(client, "GET /plain HTTP/1.1\r\nHost: a\r\n\r\n").status())
          .isEqualTo(200);
    }
  }

  private static RawResponse get(RawClient client) throws Exception {
    client.send("GET /plain HTTP/1.1\r\nHost: a\r\n\r\n");
    return client.readResponse();
  }
}
