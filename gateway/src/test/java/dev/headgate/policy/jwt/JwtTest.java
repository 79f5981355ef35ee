package dev.headgate.policy.jwt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Identity;
import dev.headgate.jose.SigningKey;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JwtTest {
  private static SigningKey key;

  @BeforeAll
  static void makeKey() {
    key = SigningKey.of("k", "ES256");
  }

  private static JwtUnderTest jwt(String more) {
    return new JwtUnderTest(more).answering(SigningKey.set(key));
  }

  private static String claims(JwtUnderTest jwt, String changed, String to) {
    String claims = jwt.claims("");
    assertThat(claims).contains(changed);
    return key.token(claims.replace(changed, to));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"
      })
  void takesEveryAlgorithm(String algorithm) {
    SigningKey signing = SigningKey.of("a", algorithm);
    JwtUnderTest jwt = new JwtUnderTest("").answering(SigningKey.set(signing));
    assertThat(jwt.ask(signing.token(jwt.claims("")))).isEqualTo("vouched");
    String other = "{\"alg\":\"" + algorithm + "\",\"kid\":\"a\",\"x\":1}";
    String wrong = SigningKey.of("a", algorithm).token(other, jwt.claims(""));
    assertThat(jwt.ask(wrong)).isEqualTo("jwt.signature");
  }

  @Test
  void takesTheNameOfEdDsaThatRfc9864Gives() {
    SigningKey signing = SigningKey.of("a", "EdDSA");
    JwtUnderTest jwt = new JwtUnderTest("").answering(SigningKey.set(signing));
    String header = "{\"alg\":\"Ed25519\",\"kid\":\"a\"}";
    assertThat(jwt.ask(signing.token(header, jwt.claims("")))).isEqualTo("vouched");
  }

  @Test
  void takesOnlyAlgorithmsThatAreAllowed() {
    JwtUnderTest jwt = jwt(", algorithms: [RS256]");
    assertThat(jwt.ask(key.token(jwt.claims("")))).isEqualTo("jwt.algorithm");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "\"https://idp.example.com\"|\"https://idp.example.com/\"|jwt.issuer",
        "\"https://idp.example.com\"|\"HTTPS://idp.example.com\"|jwt.issuer",
        "\"https://idp.example.com\"|[\"https://idp.example.com\"]|jwt.issuer",
        "\"https://idp.example.com\"|null|jwt.issuer",
        "\"orders\"|\"order\"|jwt.audience",
        "\"orders\"|\"orders shop\"|jwt.audience",
        "\"orders\"|[]|jwt.audience",
        "\"orders\"|[\"shop\",\"any\"]|jwt.audience",
        "\"orders\"|{\"orders\":1}|jwt.audience",
        "\"orders\"|[\"shop\",\"orders\"]|vouched",
        "\"ada\"|7|jwt.claim",
        "\"ada\"|null|vouched",
      })
  void aTokenMustBeFromTheIssuerAndForUs(String claim, String to, String outcome) {
    JwtUnderTest jwt = jwt("");
    assertThat(jwt.ask(claims(jwt, claim, to))).isEqualTo(outcome);
  }

  @Test
  void anyAudienceIsTakenOnlyOnPurpose() {
    JwtUnderTest jwt = new JwtUnderTest("");
    assertThat(jwt.ask(key.token(jwt.claims("").replace("orders", "any"))))
        .isEqualTo("jwt.audience");
  }

  @ParameterizedTest
  @CsvSource({
    "-31, jwt.expired",
    "-29, vouched",
    "-1e300, jwt.expired",
    "1e300, vouched",
    "-0.5, vouched"
  })
  void expiryIsCheckedWithLeeway(String after, String outcome) {
    JwtUnderTest jwt = jwt("");
    double exp = jwt.now() + Double.parseDouble(after);
    assertThat(jwt.ask(claims(jwt, "\"exp\":" + (jwt.now() + 3600), "\"exp\":" + exp)))
        .isEqualTo(outcome);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "9223372036854775807, vouched",
        "9223372036854775808, vouched",
        "-9223372036854775809, jwt.expired",
        "-1, jwt.expired",
        "0, jwt.expired",
        "1e308, vouched",
        "\"4102444800\", jwt.claim",
        "true, jwt.claim",
        "{}, jwt.claim",
        "null, jwt.claim"
      })
  void anExpiryOfAnySizeIsUnderstood(String exp, String outcome) {
    JwtUnderTest jwt = jwt("");
    assertThat(jwt.ask(claims(jwt, "\"exp\":" + (jwt.now() + 3600), "\"exp\":" + exp)))
        .isEqualTo(outcome);
  }

  @Test
  void aTokenWithoutExpiryIsRefusedUnlessThatIsWanted() {
    JwtUnderTest jwt = jwt("");
    assertThat(jwt.ask(claims(jwt, "\"exp\":", "\"ex\":"))).isEqualTo("jwt.claim");
    JwtUnderTest lax = jwt(", requireExpiry: false");
    assertThat(lax.ask(claims(lax, "\"exp\":", "\"ex\":"))).isEqualTo("vouched");
  }

  @Test
  void aTokenOfTheFutureIsRefused() {
    JwtUnderTest jwt = jwt("");
    assertThat(jwt.ask(key.token(jwt.claims(",\"nbf\":" + (jwt.now() + 31)))))
        .isEqualTo("jwt.not_yet");
    assertThat(jwt.ask(key.token(jwt.claims(",\"iat\":" + (jwt.now() + 31)))))
        .isEqualTo("jwt.not_yet");
    assertThat(jwt.ask(key.token(jwt.claims(",\"nbf\":" + (jwt.now() + 29))))).isEqualTo("vouched");
  }

  @Test
  void aRememberedTokenExpiresToo() {
    JwtUnderTest jwt = jwt("");
    String token = key.token(jwt.claims(""));
    assertThat(jwt.ask(token)).isEqualTo("vouched");
    jwt.loop.clock.advance(Duration.ofSeconds(3600 + 29));
    assertThat(jwt.ask(token)).isEqualTo("vouched");
    jwt.loop.clock.advance(Duration.ofSeconds(1));
    assertThat(jwt.ask(token)).isEqualTo("jwt.expired");
  }

  @ParameterizedTest
  @CsvSource({
    "'', JWT, vouched", "'', jwt, vouched", "'', application/at+jwt, vouched",
    "'', dpop+jwt, jwt.type", "'', logout+jwt, jwt.type", "at+jwt, AT+JWT, vouched",
    "at+jwt, JWT, jwt.type", "application/at+jwt, at+jwt, vouched", "at+jwt, '', jwt.type"
  })
  void typesAreNotMixedUp(String wanted, String type, String outcome) {
    JwtUnderTest jwt = jwt(wanted.isEmpty() ? "" : ", type: " + wanted);
    String header =
        "{\"alg\":\"ES256\",\"kid\":\"k\"%s}"
            .formatted(type.isEmpty() ? "" : ",\"typ\":\"" + type + "\"");
    assertThat(jwt.ask(key.token(header, jwt.claims("")))).isEqualTo(outcome);
  }

  @Test
  void requiredClaimsMustBeThere() {
    JwtUnderTest jwt = jwt(", requiredClaims: [client_id]");
    assertThat(jwt.ask(key.token(jwt.claims("")))).isEqualTo("jwt.claim");
    assertThat(jwt.ask(key.token(jwt.claims(",\"client_id\":null")))).isEqualTo("jwt.claim");
    assertThat(jwt.ask(key.token(jwt.claims(",\"client_id\":\"a\"")))).isEqualTo("vouched");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        ",\"scope\":\"a b\"|a b",
        ",\"scope\":\" a  b \"|a b",
        ",\"scope\":[\"a\",\"b\",7]|a b",
        ",\"scp\":[\"a\",\"b\"]|a b",
        ",\"scp\":\"a b\"|a b",
        ",\"scope\":\"\",\"scp\":\"b\"|``",
        ",\"scope\":{\"a\":1}|``",
      })
  void scopesAreReadInAllTheirForms(String more, String scopes) {
    JwtUnderTest jwt = jwt("");
    JwtUnderTest.Asking asking = jwt.begin(key.token(jwt.claims(more)));
    jwt.settle();
    assertThat(String.join(" ", Objects.requireNonNull(asking.exchange.identity()).scopes()))
        .isEqualTo(scopes);
  }

  @Test
  void claimsKeepTheirTypes() {
    JwtUnderTest jwt = jwt("");
    String more = ",\"l\":[1,2.5,null,true],\"o\":{\"s\":\"x\"},\"big\":12345678901234567890";
    JwtUnderTest.Asking asking = jwt.begin(key.token(jwt.claims(more)));
    jwt.settle();
    Identity identity = Objects.requireNonNull(asking.exchange.identity());
    assertThat(identity.claims())
        .containsEntry("l", List.of(1L, 2.5, true))
        .containsEntry("o", java.util.Map.of("s", "x"))
        .containsEntry("big", 12345678901234567890.0);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        ",\"azp\":\"app\"|app",
        ",\"azp\":[\"x\",\"app\"]|app",
        ",\"azp\":\"other\"|``",
        ",\"azp\":\"multi\"|``",
        ",\"azp\":\"multi\",\"tenant\":7|multi",
        ",\"sub\":\"nightly\",\"azp\":\"app\"|batch",
        ",\"sub\":\"foreign\"|``",
      })
  void aTokenBelongsToAConsumer(String more, String consumer) {
    JwtUnderTest jwt =
        new JwtUnderTest(
                "",
                """
                {
                  app: { credentials: [{ jwt: { claim: { azp: app } } }] },
                  multi: { credentials: [{ jwt: { claim: { azp: multi, tenant: "7" } } }] },
                  batch: { credentials: [{ jwt: { subject: nightly, issuer: "https://idp.example.com" } }] },
                  foreign: { credentials: [{ jwt: { subject: foreign, issuer: "https://other.example" } }] },
                }
                """
                    .replace("\n", "\n  "))
            .answering(SigningKey.set(key));
    String claims =
        jwt.claims("").replace(",\"sub\":\"ada\"", more.contains("sub") ? "" : ",\"sub\":\"ada\"");
    JwtUnderTest.Asking asking =
        jwt.begin(key.token(claims.substring(0, claims.length() - 1) + more + "}"));
    jwt.settle();
    Identity.KnownConsumer known = Objects.requireNonNull(asking.exchange.identity()).consumer();
    assertThat(known == null ? "" : known.name()).isEqualTo(consumer);
  }

  @Test
  void aVerifiedTokenIsDecidedAtOnceAndOnlyForItsExactBytes() {
    JwtUnderTest jwt = jwt("");
    String token = key.token(jwt.claims(""));
    assertThat(jwt.begin(token).first).isInstanceOf(Decision.Await.class);
    jwt.settle();
    assertThat(jwt.begin(token).first).isSameAs(Decision.CONTINUE);
    assertThat(jwt.begin(key.token(jwt.claims(""))).first)
        .as("signed again, so with another signature")
        .isInstanceOf(Decision.Await.class);
  }

  @Test
  void nothingIsRememberedIfThatIsNotWanted() {
    JwtUnderTest jwt = jwt(", remember: 0");
    String token = key.token(jwt.claims(""));
    assertThat(jwt.ask(token)).isEqualTo("vouched");
    assertThat(jwt.begin(token).first).isInstanceOf(Decision.Await.class);
  }

  @Test
  void requestsWithTheSameNewTokenWaitForOneVerification() {
    JwtUnderTest jwt = jwt("");
    assertThat(jwt.ask(key.token(jwt.claims(",\"n\":0")))).isEqualTo("vouched");
    String token = key.token(jwt.claims(""));
    List<JwtUnderTest.Asking> all = List.of(jwt.begin(token), jwt.begin(token), jwt.begin(token));
    ((Decision.Await) all.get(1).first).cancel();
    jwt.settle();
    assertThat(all.stream().map(JwtUnderTest.Asking::outcome))
        .containsExactly("vouched", "waiting", "vouched");
    assertThat(all.get(1).exchange.identity()).isNull();
  }

  @Test
  void theCallerIsToldWhatIsWrongWithTheToken() {
    JwtUnderTest jwt = jwt("");
    assertThat(jwt.challenge("a.b"))
        .isEqualTo("Bearer error=\"invalid_token\", error_description=\"The token is malformed\"");
    assertThat(jwt.away().policy().challenge(null)).isEqualTo("Bearer");
  }
}
