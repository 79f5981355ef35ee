package dev.headgate.policy.oidc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.exchange.ManualLoop;
import dev.headgate.exchange.SeenOnce;
import dev.headgate.jose.JwkReader;
import dev.headgate.jose.LoopKeys;
import dev.headgate.jose.SigningKey;
import dev.headgate.policy.oidc.SignedTokens.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What logout tokens must say (OpenID Connect Back-Channel Logout 1.0 sections 2.4 and 2.6). */
class LogoutTokensTest {
  static final String EVENT = "http://schemas.openid.net/event/backchannel-logout";
  private static SigningKey key;
  private static SigningKey stranger;

  private final ManualLoop loop = new ManualLoop();
  private final SeenOnce seen = new SeenOnce();

  @BeforeAll
  static void makeKeys() {
    key = SigningKey.of("a", "ES256");
    stranger = SigningKey.of("a", "ES256");
  }

  private String claims() {
    long now = loop.wallMillis() / 1000;
    return "{\"iss\":\"https://idp\",\"aud\":\"shop\",\"sub\":\"ada\",\"sid\":\"s\",\"iat\":%d,\"exp\":%d,\"jti\":\"j\",\"events\":{\"%s\":{}}}"
        .formatted(now, now + 120, EVENT);
  }

  private String verdict(String token) throws Exception {
    LoopKeys keys =
        LoopKeys.fixed(loop, JwkReader.read(SigningKey.set(key).getBytes(StandardCharsets.UTF_8)));
    @Nullable Verdict[] said = new Verdict[1];
    new LogoutTokens(IdTokensTest.config(), keys, seen, loop)
        .verify(token, verdict -> said[0] = verdict);
    loop.runTasks();
    return switch (Objects.requireNonNull(said[0])) {
      case Verdict.Holds _ -> "holds";
      case Verdict.Wrong(String why) -> why;
      case Verdict.Undecided(var _, String why) -> why;
    };
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "\"sub\"|\"sub\"",
        "\"sub\":\"ada\",|``",
        "\"sid\":\"s\",|``",
        "\"aud\":\"shop\"|\"aud\":[\"other\",\"shop\"]",
        ":{}}|:{\"more\":1},\"other\":7}",
      })
  void oneThatAgreesHolds(String was, String is) throws Exception {
    assertThat(claims()).contains(was);
    assertThat(verdict(key.token(claims().replace(was, is)))).isEqualTo("holds");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",\"typ\":\"JWT\"", ",\"typ\":\"logout+jwt\""})
  void itsTypeMayBeItsOwnTheUsualOneOrNone(String type) throws Exception {
    String header = "{\"alg\":\"ES256\",\"kid\":\"a\"%s}".formatted(type);
    assertThat(verdict(key.token(header, claims()))).isEqualTo("holds");
  }

  @ParameterizedTest
  @ValueSource(strings = {"at+jwt", "dpop+jwt", "secevent+jwt", ""})
  void aTokenForSomethingElseDoesNotHold(String type) throws Exception {
    String header = "{\"alg\":\"ES256\",\"kid\":\"a\",\"typ\":\"%s\"}".formatted(type);
    assertThat(verdict(key.token(header, claims()))).contains("'typ'");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "\"iss\":\"https://idp\"|\"iss\":\"https://evil\"|'iss'",
        "\"iss\":\"https://idp\",|``|'iss'",
        "\"aud\":\"shop\"|\"aud\":\"other\"|'aud'",
        "\"aud\":\"shop\",|``|'aud'",
        "\"iat\"|\"iat0\"|'iat'",
        "\"iat\":|\"iat\":\"now\",\"i\":|'iat'",
        "\"iat\":|\"iat\":4102444800,\"i\":|'iat'",
        "\"iat\":|\"iat\":1,\"i\":|issued more than",
        "\"exp\"|\"exp0\"|'exp'",
        "\"exp\":|\"exp\":1,\"e\":|'exp'",
        "\"events\"|\"event\"|'events'",
        "\"events\":{|\"events\":[],\"e\":{|'events'",
        "backchannel-logout|other|'events'",
        ":{}|:true|'events'",
        ":{}|:[]|'events'",
        "\"sub\":\"ada\",\"sid\":\"s\",|``|neither",
        "\"sub\":\"ada\",\"sid\":\"s\"|\"sid\":null|neither",
        "\"sub\":\"ada\"|\"sub\":\"\"|'sub'",
        "\"sid\":\"s\"|\"sid\":7|'sid'",
        "\"sub\":\"ada\"|\"sub\":\"ada\",\"nonce\":\"n\"|'nonce'",
        "\"jti\":\"j\",|``|'jti'",
        "\"jti\":\"j\"|\"jti\":\"\"|'jti'",
        "\"jti\":\"j\"|\"jti\":[]|'jti'",
      })
  void oneThatSaysSomethingElseDoesNot(String was, String is, String about) throws Exception {
    assertThat(claims()).contains(was);
    assertThat(verdict(key.token(claims().replace(was, is)))).contains(about);
    assertThat(verdict(key.token(claims()))).as("and is not what was shown").isEqualTo("holds");
  }

  @Test
  void oneThatTheProviderDidNotSignDoesNotHold() throws Exception {
    assertThat(verdict(stranger.token(claims()))).contains("signature");
    assertThat(verdict(key.token("{\"alg\":\"none\"}", claims()))).contains("'alg'");
    assertThat(verdict(key.token("{\"alg\":\"HS256\",\"kid\":\"a\"}", claims()))).contains("'alg'");
    assertThat(verdict("")).contains("parts");
    assertThat(verdict(key.token(claims()))).isEqualTo("holds");
  }

  @Test
  void eachIsTakenOnceForAsLongAsItCouldBeShown() throws Exception {
    String token = key.token(claims().replace("\"exp\":", "\"exp\":4102444800,\"e\":"));
    assertThat(verdict(token)).isEqualTo("holds");
    for (int minutes = 0; minutes < 10; minutes++) {
      assertThat(verdict(token)).contains("shown before");
      loop.advance(Duration.ofMinutes(1));
    }
    assertThat(verdict(token)).contains("shown before");
    loop.advance(Duration.ofSeconds(31));
    assertThat(verdict(token)).contains("issued more than 10 minutes ago");
  }

  @Test
  void withTooMuchToDoNothingIsSaidOfIt() throws Exception {
    String token = key.token(claims());
    loop.overloaded(true);
    assertThat(verdict(token)).contains("too many tokens");
    loop.overloaded(false);
    assertThat(verdict(token)).isEqualTo("holds");
  }
}
