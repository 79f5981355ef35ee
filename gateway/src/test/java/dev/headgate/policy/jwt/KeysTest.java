package dev.headgate.policy.jwt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.exchange.Decision;
import dev.headgate.jose.SigningKey;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens to callers while their issuer changes its keys, is away, or talks nonsense. */
class KeysTest {
  private static SigningKey first;
  private static SigningKey second;
  private static SigningKey nameless;

  @BeforeAll
  static void makeKeys() {
    first = SigningKey.of("first", "ES256");
    second = SigningKey.of("second", "ES256");
    nameless = SigningKey.of("", "ES256");
  }

  private static JwtUnderTest serving() {
    JwtUnderTest jwt = new JwtUnderTest("").answering(SigningKey.set(first));
    assertThat(jwt.ask(first.token(jwt.claims("")))).isEqualTo("vouched");
    return jwt;
  }

  @Test
  void manyRequestsWaitForOneFetch() {
    JwtUnderTest jwt = new JwtUnderTest("").silent();
    var one = jwt.begin(first.token(jwt.claims(",\"n\":1")));
    var two = jwt.begin(first.token(jwt.claims(",\"n\":2")));
    jwt.settle();
    assertThat(jwt.asked).hasSize(1);
    assertThat(one.outcome()).isEqualTo("waiting");

    jwt.answering(SigningKey.set(first)).settle();
    assertThat(one.outcome()).isEqualTo("vouched");
    assertThat(two.outcome()).isEqualTo("vouched");
  }

  @Test
  void withoutKeysNobodyIsToldThatItsTokenIsWrong() {
    JwtUnderTest jwt = new JwtUnderTest("").away();
    assertThat(jwt.ask(first.token(jwt.claims("")))).isEqualTo("jwt.keys_unavailable");
    assertThat(jwt.ask(first.token(jwt.claims("")))).isEqualTo("jwt.keys_unavailable");
    assertThat(jwt.asked).as("not asked for each request").hasSize(1);

    jwt.answering(SigningKey.set(first)).loop.advance(Duration.ofSeconds(2));
    assertThat(jwt.ask(first.token(jwt.claims("")))).isEqualTo("vouched");
  }

  @Test
  void aNewKeyIsFetchedForItsFirstTokenAndOthersDoNotWait() {
    JwtUnderTest jwt = serving();
    jwt.loop.advance(Duration.ofSeconds(10));
    jwt.silent();
    var waiting = jwt.begin(second.token(jwt.claims("")));
    assertThat(jwt.ask(first.token(jwt.claims(",\"n\":1")))).isEqualTo("vouched");
    assertThat(waiting.outcome()).isEqualTo("waiting");

    jwt.answering(SigningKey.set(first, second)).settle();
    assertThat(waiting.outcome()).isEqualTo("vouched");
    assertThat(jwt.asked).hasSize(2);
  }

  @Test
  void strangeTokensCannotHaveTheIssuerAskedWithoutEndNorShutOutANewKey() {
    JwtUnderTest jwt = serving();
    jwt.loop.advance(Duration.ofSeconds(10));
    SigningKey stranger = SigningKey.of("stranger", "ES256");
    assertThat(jwt.ask(stranger.token(jwt.claims("")))).isEqualTo("jwt.key_unknown");
    assertThat(jwt.asked).hasSize(2);

    jwt.answering(SigningKey.set(second));
    var valid = jwt.begin(second.token(jwt.claims("")));
    var strange = jwt.begin(stranger.token(jwt.claims(",\"n\":1")));
    jwt.settle();
    assertThat(jwt.asked).as("not again within two seconds").hasSize(2);
    assertThat(valid.outcome()).isEqualTo("waiting");

    jwt.loop.advance(Duration.ofSeconds(3));
    jwt.settle();
    assertThat(jwt.asked).hasSize(3);
    assertThat(valid.outcome()).isEqualTo("vouched");
    assertThat(strange.outcome()).isEqualTo("jwt.key_unknown");
  }

  @Test
  void aRemovedKeyIsGoneAndWithItWhatWasVerified() {
    JwtUnderTest jwt = serving();
    String token = first.token(jwt.claims(""));
    assertThat(jwt.ask(token)).isEqualTo("vouched");
    assertThat(jwt.begin(token).first).isSameAs(Decision.CONTINUE);

    jwt.answering(SigningKey.set(second)).loop.advance(Duration.ofMinutes(6));
    jwt.settle();
    assertThat(jwt.ask(token)).isIn("waiting", "jwt.key_unknown").isNotEqualTo("vouched");
  }

  @Test
  void whatWasVerifiedOutlivesARefreshThatKeepsTheKey() {
    JwtUnderTest jwt = serving();
    String token = first.token(jwt.claims(""));
    assertThat(jwt.ask(token)).isEqualTo("vouched");
    jwt.answering(SigningKey.set(second, first)).loop.advance(Duration.ofMinutes(6));
    jwt.settle();
    assertThat(jwt.asked).hasSize(2);
    assertThat(jwt.begin(token).first).isSameAs(Decision.CONTINUE);
  }

  @Test
  void aNewKeyUnderAnOldNameIsFetchedForItsFirstToken() {
    JwtUnderTest jwt = serving();
    SigningKey successor = SigningKey.of("first", "ES256");
    jwt.answering(SigningKey.set(successor)).loop.advance(Duration.ofSeconds(10));
    assertThat(jwt.ask(successor.token(jwt.claims("")))).isEqualTo("vouched");
    assertThat(jwt.ask(first.token(jwt.claims(",\"n\":1")))).isEqualTo("jwt.signature");
  }

  @Test
  void aSignatureThatTheNamedKeyDidNotMakeIsWrongWhenTheIssuerIsAway() {
    JwtUnderTest jwt = serving();
    jwt.away().loop.advance(Duration.ofSeconds(10));
    SigningKey forger = SigningKey.of("first", "ES256");
    assertThat(jwt.ask(forger.token(jwt.claims("")))).isEqualTo("jwt.signature");
    assertThat(jwt.ask(forger.token(jwt.claims(",\"n\":1")))).isEqualTo("jwt.signature");
    assertThat(jwt.ask(first.token(jwt.claims(",\"n\":1")))).isEqualTo("vouched");
  }

  @Test
  void aKeyThatTakesAnothersNameDoesNotInheritItsTokens() {
    JwtUnderTest jwt = serving();
    String token = first.token(jwt.claims(""));
    assertThat(jwt.ask(token)).isEqualTo("vouched");
    jwt.answering(SigningKey.set(SigningKey.of("first", "ES256")))
        .loop
        .advance(Duration.ofMinutes(6));
    jwt.settle();
    assertThat(jwt.ask(token)).isEqualTo("jwt.signature");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<html>",
        "{}",
        "[]",
        "{\"keys\":{}}",
        "{\"keys\":[]}",
        "{\"keys\":[1,null,\"x\"]}",
        "{\"keys\":[{\"kty\":\"RSA\"}]}",
        "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}]}",
        "{\"keys\":[],\"keys\":[]}"
      })
  void nonsenseLeavesTheKeysAsTheyAre(String body) {
    JwtUnderTest jwt = serving();
    jwt.answering(body).loop.advance(Duration.ofMinutes(6));
    jwt.settle();
    assertThat(jwt.asked).hasSizeGreaterThan(1);
    assertThat(jwt.ask(first.token(jwt.claims(",\"n\":1")))).isEqualTo("vouched");
    assertThat(jwt.ask(second.token(jwt.claims("")))).isEqualTo("jwt.keys_unavailable");
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 404, 500, 503, 204})
  void aStatusThatIsNo200LeavesTheKeysAsTheyAre(int status) {
    JwtUnderTest jwt = serving();
    jwt.answering(status, SigningKey.set(second)).loop.advance(Duration.ofMinutes(6));
    jwt.settle();
    assertThat(jwt.ask(first.token(jwt.claims(",\"n\":1")))).isEqualTo("vouched");
  }

  @Test
  void theLastKeysServeUpToTheirAgeAndAreBackAsSoonAsTheIssuerIs() {
    JwtUnderTest jwt =
        new JwtUnderTest(", keys: { refresh: 1m, maxAge: 10m }").answering(SigningKey.set(first));
    String token = first.token(jwt.claims(",\"exp2\":1"));
    assertThat(jwt.ask(token)).isEqualTo("vouched");
    jwt.away();
    for (int minute = 0; minute < 9; minute++) {
      jwt.loop.advance(Duration.ofMinutes(1));
      jwt.settle();
      assertThat(jwt.ask(token)).as("minute " + minute).isEqualTo("vouched");
    }
    jwt.loop.advance(Duration.ofMinutes(2));
    jwt.settle();
    assertThat(jwt.ask(token))
        .as("remembered, but nobody can say any more that it holds")
        .isEqualTo("jwt.keys_unavailable");

    jwt.answering(SigningKey.set(first)).loop.advance(Duration.ofMinutes(1));
    jwt.settle();
    assertThat(jwt.ask(token)).isEqualTo("vouched");
  }

  @Test
  void anIssuerThatIsAwayIsAskedLessAndLess() {
    JwtUnderTest jwt = new JwtUnderTest("").away();
    jwt.settle();
    int before = jwt.asked.size();
    for (int second = 0; second < 600; second++) {
      jwt.loop.advance(Duration.ofSeconds(1));
      jwt.settle();
    }
    assertThat(jwt.asked.size() - before).isBetween(10, 20);
  }

  @Test
  void aTokenThatNamesNoKeyFindsANewOneToo() {
    JwtUnderTest jwt = new JwtUnderTest("").answering(SigningKey.set(nameless));
    assertThat(jwt.ask(nameless.token(jwt.claims("")))).isEqualTo("vouched");
    SigningKey other = SigningKey.of("", "ES256");
    jwt.answering(SigningKey.set(other)).loop.advance(Duration.ofSeconds(10));
    assertThat(jwt.ask(other.token(jwt.claims("")))).isEqualTo("vouched");
    jwt.loop.advance(Duration.ofSeconds(10));
    assertThat(jwt.ask(nameless.token(jwt.claims("")))).isEqualTo("jwt.signature");
  }

  @Test
  void aClosedPolicyAsksNoMore() {
    JwtUnderTest jwt = serving();
    jwt.policy().close();
    jwt.loop.advance(Duration.ofHours(1));
    jwt.settle();
    assertThat(jwt.asked).hasSize(1);
  }

  @Test
  void keysThatWereAskedForBeforeATokenCameSayNothingAgainstIt() {
    JwtUnderTest jwt = new JwtUnderTest("").silent();
    assertThat(jwt.asked).as("asked at once").hasSize(1);
    var asking = jwt.begin(second.token(jwt.claims("")));
    jwt.answering(SigningKey.set(first)).settle();
    assertThat(asking.outcome()).isEqualTo("waiting");

    jwt.answering(SigningKey.set(second)).loop.advance(Duration.ofSeconds(3));
    jwt.settle();
    assertThat(asking.outcome()).isEqualTo("vouched");
  }
}
