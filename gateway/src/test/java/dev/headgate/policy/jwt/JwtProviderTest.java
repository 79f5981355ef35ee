package dev.headgate.policy.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.idp.IdentityProvider;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ReceivedRequest;
import dev.headgate.testkit.ScriptedOrigin;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tokens of an identity provider that others have written. */
class JwtProviderTest {
  private IdentityProvider idp;
  private ScriptedOrigin origin;

  @BeforeEach
  void startOthers() {
    idp = IdentityProvider.start();
    origin = ScriptedOrigin.start(exchange -> exchange.respond(200, "in"));
  }

  @AfterEach
  void stopOthers() {
    idp.close();
    origin.close();
  }

  private GatewayUnderTest gateway(String more) {
    return new Gateways("nio")
        .start(
            """
            listeners: { plain: { address: "127.0.0.1:0" } }
            upstreams: { o: { endpoints: ["%s"] } }
            policies:
              idp: { jwt: { issuer: "%s", audience: orders, identityHeaders: { X-User: subject }%s } }
            routes:
              orders: { match: { path: /orders/** }, auth: idp, to: o }
            telemetry: { accessLog: { to: "off" } }
            """
                .formatted(origin.url(), idp.issuer(), more));
  }

  private static RawResponse get(RawClient client, String token) throws Exception {
    client.send("GET /orders/7 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + token + "\r\n\r\n");
    return client.readResponse();
  }

  @Test
  void itsTokensAreTakenWithKeysThatWereFoundThroughItsMetadata() throws Exception {
    try (var gateway = gateway("");
        RawClient client = gateway.connect()) {
      assertThat(get(client, idp.token("batch", "orders")).status()).isEqualTo(200);
      ReceivedRequest request = origin.onlyRequest();
      assertThat(request.header("x-user")).isEqualTo("batch");
      assertThat(request.header("authorization")).isNull();
    }
  }

  @Test
  void itsKeysAreTakenFromTheirUrlToo() throws Exception {
    try (var gateway = gateway(", jwks: \"" + idp.issuer() + "/jwks\"");
        RawClient client = gateway.connect()) {
      assertThat(get(client, idp.token("batch", "orders")).status()).isEqualTo(200);
    }
  }

  @Test
  void itsTokensForOthersAreRefused() throws Exception {
    try (var gateway = gateway("");
        RawClient client = gateway.connect()) {
      assertThat(get(client, idp.token("batch", "reports")).text()).contains("jwt.audience");
      String token = idp.token("batch", "orders");
      String other = token.substring(0, token.lastIndexOf('.')) + ".AAAA";
      assertThat(get(client, other).text()).contains("jwt.signature");
    }
  }

  @Test
  void whenItRotatesItsKeysItsNewTokensAreTakenAndThoseOfTheOldKeyNoMore() throws Exception {
    try (var gateway = gateway("");
        RawClient client = gateway.connect()) {
      String before = idp.token("batch", "orders");
      assertThat(get(client, before).status()).isEqualTo(200);
      for (int round = 0; round < 2; round++) {
        idp.rotate();
        assertThat(get(client, idp.token("batch", "orders")).status()).isEqualTo(200);
        assertThat(get(client, before).text()).contains("jwt.key_unknown");
      }
    }
  }

  @Test
  void whileItIsAwayItsTokensAreTakenAndItsNewKeysAreAskedForWhenItIsBack() throws Exception {
    try (var gateway = gateway("");
        RawClient client = gateway.connect()) {
      String known = idp.token("batch", "orders");
      assertThat(get(client, known).status()).isEqualTo(200);
      String another = idp.token("other", "orders");
      idp.rotate();
      String rotated = idp.token("batch", "orders");
      idp.goAway();

      assertThat(get(client, known).status()).isEqualTo(200);
      assertThat(get(client, another).status()).isEqualTo(200);
      RawResponse unknown = get(client, rotated);
      assertThat(unknown.status()).isEqualTo(503);
      assertThat(unknown.text()).contains("jwt.keys_unavailable");

      idp.comeBack();
      await().untilAsserted(() -> assertThat(get(client, rotated).status()).isEqualTo(200));
    }
  }

  @Test
  void whoCallsBeforeItIsThereHearsThatItCannotBeCheckedNow() throws Exception {
    String token = idp.token("batch", "orders");
    idp.goAway();
    try (var gateway = gateway("");
        RawClient client = gateway.connect()) {
      assertThat(get(client, token).text()).contains("jwt.keys_unavailable");
      idp.comeBack();
      await().untilAsserted(() -> assertThat(get(client, token).status()).isEqualTo(200));
    }
  }

  @Test
  void whileItIsSlowOnlyTheTokensOfItsNewKeyWait() throws Exception {
    try (var gateway = gateway("");
        RawClient client = gateway.connect();
        var threads = Executors.newFixedThreadPool(2)) {
      String known = idp.token("batch", "orders");
      assertThat(get(client, known).status()).isEqualTo(200);
      String another = idp.token("other", "orders");
      idp.rotate();
      List<String> rotated = List.of(idp.token("a", "orders"), idp.token("b", "orders"));
      idp.hold();
      List<Future<Integer>> waiting =
          rotated.stream()
              .map(token ->
                  threads.submit(() -> {
                    try (RawClient own = gateway.connect()) {
                      return get(own, token).status();
                    }
                  }))
              .toList();
      await().until(() -> idp.held() > 0);
      assertThat(get(client, known).status()).isEqualTo(200);
      assertThat(get(client, another).status()).isEqualTo(200);
      assertThat(waiting).noneMatch(Future::isDone);
      assertThat(idp.held()).as("asked once for both").isEqualTo(1);

      idp.goOn();
      for (Future<Integer> answer : waiting) {
        assertThat(answer.get()).isEqualTo(200);
      }
    }
  }
}
