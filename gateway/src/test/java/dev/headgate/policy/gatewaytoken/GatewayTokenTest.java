package dev.headgate.policy.gatewaytoken;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import dev.headgate.config.SecretText;
import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Secrets;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Identity;
import dev.headgate.exchange.ManualLoop;
import dev.headgate.exchange.Requested;
import dev.headgate.http.Headers;
import dev.headgate.jose.TokenSigner;
import dev.headgate.policy.Policies;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GatewayTokenTest {
  private static final String SECRET = "k".repeat(32);

  private final ManualLoop loop = new ManualLoop();
  private final GatewayToken config =
      new GatewayToken(
          "X-T",
          "gw",
          List.of("a", "b"),
          null,
          new SecretText(SECRET),
          Duration.ofSeconds(60),
          Map.of("tenant", "org.id", "none", "not.there"),
          2);
  private final GatewayTokenPolicy policy =
      new GatewayTokenPolicy(
          config,
          new TokenClaims(config),
          TokenSigner.secret(Objects.requireNonNull(config.secret())),
          loop);

  private static Identity identity(String subject) {
    return new Identity(
        "p", subject, null, List.of("read", "write"), Map.of("org", Map.of("id", 7L)));
  }

  private Exchange exchange(@Nullable Identity identity) {
    Exchange exchange = Requested.of(loop, "GET", "/", new Headers());
    if (identity != null) {
      exchange.identity(identity);
    }
    return exchange;
  }

  private @Nullable String token(@Nullable Identity identity) {
    Exchange exchange = exchange(identity);
    if (policy.onRequest(exchange) instanceof Decision.Await await) {
      List<Decision> decided = new ArrayList<>();
      await.then(decided::add);
      loop.runTasks();
      assertThat(decided).containsExactly(Decision.CONTINUE);
    }
    policy.forward(exchange);
    return exchange.requestHeaders().get("x-t");
  }

  @Test
  void aTokenServesForHalfOfItsLife() throws Exception {
    Identity ada = identity("ada");
    String first = token(ada);
    loop.advance(Duration.ofMillis(29_999));
    assertThat(token(ada)).isEqualTo(first);
    loop.advance(Duration.ofMillis(1));
    String second = Objects.requireNonNull(token(ada));
    assertThat(second).isNotEqualTo(first);
    assertThat(SignedJWT.parse(second).getJWTClaimsSet().getExpirationTime().getTime())
        .isEqualTo(loop.wallMillis() / 1000 * 1000 + 60_000);
  }

  @Test
  void requestsOfOneCallerWaitForOneSignature() {
    Identity ada = identity("ada");
    Exchange one = exchange(ada);
    Exchange two = exchange(ada);
    Decision first = policy.onRequest(one);
    Decision second = policy.onRequest(two);
    assertThat(first).isInstanceOf(Decision.Await.class);
    ((Decision.Await) second).cancel();
    loop.runTasks();
    assertThat(policy.onRequest(exchange(ada))).isSameAs(Decision.CONTINUE);
  }

  @Test
  void whereTooManyTokensWaitNothingGoesToTheUpstreamWithoutOne() {
    Identity ada = identity("ada");
    loop.overloaded(true);
    assertThat(policy.onRequest(exchange(ada)))
        .isInstanceOfSatisfying(
            Decision.Fail.class,
            fail -> {
              assertThat(fail.failure().status()).isEqualTo(503);
              assertThat(fail.failure().reason()).isEqualTo("overload.crypto");
            });
    loop.overloaded(false);
    assertThat(token(ada)).isNotNull();
  }

  @Test
  void equalIdentitiesOfDifferentCredentialsShareNothing() {
    assertThat(policy.onRequest(exchange(identity("ada")))).isInstanceOf(Decision.Await.class);
    loop.runTasks();
    assertThat(policy.onRequest(exchange(identity("ada")))).isInstanceOf(Decision.Await.class);
  }

  @Test
  void onlySoManyAreRemembered() {
    Identity ada = identity("ada");
    token(ada);
    token(identity("bob"));
    token(null);
    assertThat(policy.onRequest(exchange(ada))).isInstanceOf(Decision.Await.class);
  }

  @Test
  void aTokenSaysWhatTheCredentialSays() throws Exception {
    var claims = SignedJWT.parse(token(identity("ada"))).getJWTClaimsSet();
    assertThat(claims.getAudience()).containsExactly("a", "b");
    assertThat(claims.getStringClaim("scope")).isEqualTo("read write");
    assertThat(claims.getLongClaim("tenant")).isEqualTo(7);
    assertThat(claims.getClaims()).doesNotContainKeys("none", "consumer");
  }

  @Test
  void whoAsksForAnExplanationGetsNoToken() {
    Exchange exchange = exchange(null);
    exchange.explainTo((_, _) -> {});
    policy.onRequest(exchange);
    loop.runTasks();
    policy.onRequest(exchange);
    policy.forward(exchange);
    assertThat(exchange.requestHeaders().get("x-t")).isEqualTo("***");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "gatewayToken: { issuer: gw }|with a key or with a secret",
        "gatewayToken: { issuer: gw, key: a.pem, secret: \"${env:S}\" }|with a key or with a secret",
        "gatewayToken: { issuer: \"\", key: a.pem }|the issuer is empty",
        "gatewayToken: { issuer: gw, secret: \"${env:SHORT}\" }|too short",
        "gatewayToken: { issuer: gw, key: a.pem, header: Host }|'Host' cannot be changed",
        "gatewayToken: { issuer: gw, key: a.pem, claims: { sub: email } }|'sub' is said by the gateway itself",
        "gatewayToken: { issuer: gw, key: a.pem, lifetime: 1s }|10s",
        "publishKeys: { keys: [] }|no key to publish",
      })
  void saysWhatIsWrong(String policy, String problem) {
    String yaml =
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        policies: { p: { %s } }
        routes: { r: { match: { path: /** }, auth: public, policies: [p], respond: { body: in } } }
        """
            .formatted(policy);
    assertThat(
            new ConfigReader(Policies.KINDS, Secrets.of(Map.of("SHORT", "hunter22", "S", SECRET)))
                .read("headgate.yaml", yaml)
                .problems()
                .report())
        .contains(problem)
        .doesNotContain("hunter22");
  }
}
