package dev.headgate.policy.oidc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.Config;
import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Reading;
import dev.headgate.config.read.Secrets;
import dev.headgate.exchange.ManualLoop;
import dev.headgate.jose.JwkReader;
import dev.headgate.jose.LoopKeys;
import dev.headgate.jose.SigningKey;
import dev.headgate.policy.Policies;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What ID tokens must say, and what attackers make them say. */
class IdTokensTest {
  private static SigningKey key;
  private static SigningKey stranger;

  private final ManualLoop loop = new ManualLoop();

  @BeforeAll
  static void makeKeys() {
    key = SigningKey.of("a", "ES256");
    stranger = SigningKey.of("a", "ES256");
  }

  static Oidc config() {
    String yaml =
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        policies:
          login:
            oidc: { issuer: "https://idp", client: { id: shop }, session: { key: "${env:K}" } }
        """;
    Config config =
        ((Reading.Accepted)
                new ConfigReader(Policies.KINDS, Secrets.of(Map.of("K", "k".repeat(32))))
                    .read("headgate.yaml", yaml))
            .config();
    return (Oidc) Objects.requireNonNull(config.policies().get("login")).policy().config();
  }

  private String claims(String more) {
    long now = loop.wallMillis() / 1000;
    return "{\"iss\":\"https://idp\",\"aud\":\"shop\",\"sub\":\"ada\",\"iat\":%d,\"exp\":%d,\"nonce\":\"n\"%s}"
        .formatted(now, now + 300, more);
  }

  private String verdict(String token) throws Exception {
    return verdict(token, new IdTokens.Expected("n", null, "access"));
  }

  private String verdict(String token, IdTokens.Expected expected) throws Exception {
    LoopKeys keys =
        LoopKeys.fixed(loop, JwkReader.read(SigningKey.set(key).getBytes(StandardCharsets.UTF_8)));
    SignedTokens.@Nullable Verdict[] said = new SignedTokens.Verdict[1];
    new IdTokens(config(), keys, loop).verify(token, expected, verdict -> said[0] = verdict);
    loop.runTasks();
    return switch (Objects.requireNonNull(said[0])) {
      case SignedTokens.Verdict.Holds _ -> "holds";
      case SignedTokens.Verdict.Wrong(String why) -> why;
      case SignedTokens.Verdict.Undecided(var _, String why) -> why;
    };
  }

  @Test
  void oneThatAgreesHolds() throws Exception {
    assertThat(verdict(key.token(claims("")))).isEqualTo("holds");
    assertThat(verdict(key.token(claims(",\"azp\":\"shop\"")))).isEqualTo("holds");
    String several =
        claims(",\"azp\":\"shop\"").replace("\"shop\",\"sub", "[\"shop\",\"o\"],\"sub");
    assertThat(verdict(key.token(several))).isEqualTo("holds");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "\"nonce\":\"n\"|\"nonce\":\"other\"|'nonce'",
        ",\"nonce\":\"n\"|``|'nonce'",
        "\"nonce\":\"n\"|\"nonce\":[\"n\"]|'nonce'",
        "\"aud\":\"shop\"|\"aud\":\"other\"|'aud'",
        "\"aud\":\"shop\"|\"aud\":[\"other\"]|'aud'",
        "\"aud\":\"shop\"|\"aud\":[\"shop\",\"other\"]|'azp'",
        "\"sub\":\"ada\"|\"sub\":\"ada\",\"azp\":\"other\"|'azp'",
        "\"sub\":\"ada\"|\"sub\":\"\"|'sub'",
        "\"sub\":\"ada\"|\"sub\":7|'sub'",
        "\"sub\":\"ada\",|``|'sub'",
        "\"iss\":\"https://idp\"|\"iss\":\"https://idp/\"|'iss'",
        "\"sub\":\"ada\"|\"sub\":\"ada\",\"at_hash\":\"AAAA\"|'at_hash'",
        "\"sub\":\"ada\"|\"sub\":\"ada\",\"at_hash\":7|'at_hash'",
        "\"iat\"|\"iat0\"|'iat'",
        "\"exp\"|\"exp0\"|'exp'",
        "\"exp\":|\"exp\":1,\"e\":|'exp'",
        "\"iat\":|\"iat\":4102444800,\"i\":|'iat'",
      })
  void oneThatSaysSomethingElseDoesNot(String was, String is, String about) throws Exception {
    String claims = claims("");
    assertThat(claims).contains(was);
    assertThat(verdict(key.token(claims.replace(was, is)))).contains(about);
  }

  @Test
  void theAccessTokensHashIsLookedAtIfItIsThere() throws Exception {
    byte[] whole =
        MessageDigest.getInstance("SHA-256").digest("access".getBytes(StandardCharsets.US_ASCII));
    String hash = SigningKey.base64(Arrays.copyOf(whole, 16));
    String token = key.token(claims(",\"at_hash\":\"" + hash + "\""));
    assertThat(verdict(token)).isEqualTo("holds");
    assertThat(verdict(token, new IdTokens.Expected("n", null, "swapped"))).contains("'at_hash'");
  }

  @Test
  void aRenewedOneMustBeOfTheSameUser() throws Exception {
    String token = key.token(claims("").replace(",\"nonce\":\"n\"", ""));
    assertThat(verdict(token, new IdTokens.Expected(null, "ada", ""))).isEqualTo("holds");
    assertThat(verdict(token, new IdTokens.Expected(null, "bob", ""))).contains("'sub'");
  }

  @Test
  void oneThatTheProviderDidNotSignDoesNotHold() throws Exception {
    assertThat(verdict(stranger.token(claims("")))).contains("signature");
    assertThat(verdict(key.token("{\"alg\":\"none\"}", claims("")))).contains("'alg'");
    assertThat(verdict(key.token("{\"alg\":\"HS256\",\"kid\":\"a\"}", claims(""))))
        .contains("'alg'");
    assertThat(verdict(key.token("{\"alg\":\"RS256\",\"kid\":\"a\"}", claims(""))))
        .contains("'alg'");
    assertThat(verdict(key.token("{\"alg\":\"ES256\",\"typ\":\"logout+jwt\"}", claims(""))))
        .contains("'typ'");
    assertThat(verdict("")).contains("parts");
  }
}
