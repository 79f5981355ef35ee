package dev.headgate.policy.jwt;

import static dev.headgate.jose.SigningKey.base64;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.exchange.ClientCertificate;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.SeenOnce;
import dev.headgate.http.Headers;
import dev.headgate.jose.SigningKey;
import dev.headgate.policy.jwt.JwtUnderTest.Asking;
import dev.headgate.testkit.Certificates;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tokens that are bound to a certificate (RFC 8705) or to a key (RFC 9449), and thieves of them.
 */
class ProofTest {
  private static SigningKey issuer;
  private static SigningKey caller;
  private static SigningKey thief;
  private static final AtomicInteger IDS = new AtomicInteger();

  private JwtUnderTest jwt = new JwtUnderTest("");
  private String token = "";

  @BeforeAll
  static void makeKeys() {
    issuer = SigningKey.of("k", "ES256");
    caller = SigningKey.of("", "ES256");
    thief = SigningKey.of("", "ES256");
  }

  private void begin(String more) {
    jwt = new JwtUnderTest(more).answering(SigningKey.set(issuer));
    token = bound("\"jkt\":\"" + caller.thumbprint() + "\"");
  }

  private String bound(String confirmation) {
    return issuer.token(jwt.claims(",\"cnf\":{" + confirmation + "}"));
  }

  private static String ath(String token) {
    try {
      return base64(
          MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.US_ASCII)));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String header(SigningKey key, String algorithm) {
    return "{\"typ\":\"dpop+jwt\",\"alg\":\"%s\",\"jwk\":%s}".formatted(algorithm, key.jwk());
  }

  private String proofClaims() {
    return "{\"jti\":\"%d\",\"htm\":\"GET\",\"htu\":\"https://api.example.com/orders\",\"iat\":%d,\"ath\":\"%s\"}"
        .formatted(IDS.incrementAndGet(), jwt.now(), ath(token));
  }

  private String proof() {
    return caller.token(header(caller, "ES256"), proofClaims());
  }

  private String ask(String scheme, String... proofs) {
    Headers headers = new Headers();
    headers.add("Authorization", scheme + " " + token);
    for (String proof : proofs) {
      headers.add("DPoP", proof);
    }
    return outcome(jwt.begin("GET", "/orders?a=1", headers, null));
  }

  private String outcome(Asking asking) {
    jwt.settle();
    return asking.outcome();
  }

  private String reasonOf(String proof) {
    return ask("DPoP", proof);
  }

  @Test
  void theExampleOfTheStandardHolds() {
    String example =
        "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0Rs"
            + "cEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAt"
            + "MjU2In19.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm"
            + "9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1"
            + "OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpL"
            + "jA";
    ProofRules rules = new ProofRules(jwt.config(), null, new SeenOnce());
    ProofRules.Wanted wanted =
        new ProofRules.Wanted(
            "GET",
            "https://resource.example.org/protectedresource",
            ath("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"),
            "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I",
            1_562_262_620_000L,
            jwt.loop.nanos());
    byte[] bytes = example.getBytes(StandardCharsets.US_ASCII);
    assertThat(rules.check(bytes, wanted)).isNull();
    assertThat(rules.check(bytes, wanted))
        .extracting(Failure::reason)
        .isEqualTo("jwt.proof_replayed");
    bytes[bytes.length - 10] ^= 1;
    assertThat(rules.check(bytes, wanted)).extracting(Failure::reason).isEqualTo("jwt.proof");
  }

  @Test
  void aProofLetsItsTokenThroughOnce() {
    begin("");
    String proof = proof();
    assertThat(reasonOf(proof)).isEqualTo("vouched");
    assertThat(reasonOf(proof)).isEqualTo("jwt.proof_replayed");
    assertThat(reasonOf(proof())).isEqualTo("vouched");
  }

  @ParameterizedTest
  @ValueSource(strings = {"RS256", "PS256", "ES384", "EdDSA"})
  void proofsAreTakenWithEveryAlgorithmOfPublicKeys(String algorithm) {
    begin("");
    SigningKey own = SigningKey.of("", algorithm);
    token = bound("\"jkt\":\"" + own.thumbprint() + "\"");
    assertThat(reasonOf(own.token(header(own, algorithm), proofClaims()))).isEqualTo("vouched");
  }

  @Test
  void aTokenThatIsBoundToAKeyIsNoBearerToken() {
    begin("");
    assertThat(ask("Bearer")).isEqualTo("jwt.proof_missing");
    assertThat(ask("Bearer", proof())).isEqualTo("jwt.proof_missing");
    assertThat(ask("DPoP")).isEqualTo("jwt.proof_missing");
    assertThat(ask("DPoP", proof(), proof())).isEqualTo("jwt.proof");
  }

  @Test
  void whereTooManyProofsWaitACallerIsToldToComeAgain() {
    begin("");
    assertThat(reasonOf(proof())).isEqualTo("vouched");
    jwt.loop.overloaded(true);
    String proof = proof();
    assertThat(reasonOf(proof)).isEqualTo("overload.crypto");
    jwt.loop.overloaded(false);
    assertThat(reasonOf(proof))
        .as("a proof that nobody looked at is not used up")
        .isEqualTo("vouched");
  }

  @Test
  void aTokenThatIsBoundToNoKeyIsNotShownWithAProof() {
    begin("");
    token = issuer.token(jwt.claims(""));
    assertThat(ask("Bearer")).isEqualTo("vouched");
    assertThat(ask("DPoP", proof())).isEqualTo("jwt.proof_unbound");
  }

  @Test
  void twoTokensAtOnceAreRefused() {
    begin("");
    for (List<String> schemes : List.of(List.of("Bearer", "DPoP"), List.of("DPoP", "Bearer"))) {
      Headers headers = new Headers();
      schemes.forEach(scheme -> headers.add("Authorization", scheme + " " + token));
      headers.add("DPoP", proof());
      assertThat(outcome(jwt.begin("GET", "/orders", headers, null))).isEqualTo("jwt.malformed");
    }
  }

  @Test
  void aThiefHasNoKey() {
    begin("");
    assertThat(reasonOf(thief.token(header(thief, "ES256"), proofClaims())))
        .as("its own key")
        .isEqualTo("jwt.proof");
    assertThat(reasonOf(thief.token(header(caller, "ES256"), proofClaims())))
        .as("the caller's key, another's signature")
        .isEqualTo("jwt.proof");
    assertThat(reasonOf(caller.token(header(caller, "none"), proofClaims())))
        .isEqualTo("jwt.proof");
    assertThat(reasonOf(caller.token(header(caller, "HS256"), proofClaims())))
        .isEqualTo("jwt.proof");
    String secret =
        "{\"typ\":\"dpop+jwt\",\"alg\":\"HS256\",\"jwk\":{\"kty\":\"oct\",\"k\":\"AAAA\"}}";
    assertThat(reasonOf(caller.token(secret, proofClaims()))).isEqualTo("jwt.proof");
    String open = header(caller, "ES256").replace("}}", ",\"d\":\"AAAA\"}}");
    assertThat(reasonOf(caller.token(open, proofClaims()))).isEqualTo("jwt.proof");
    String pointed = "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"jku\":\"https://evil.example\"}";
    assertThat(reasonOf(caller.token(pointed, proofClaims()))).isEqualTo("jwt.proof");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "\"typ\":\"dpop+jwt\"|\"typ\":\"JWT\"",
        "\"typ\":\"dpop+jwt\"|\"typ\":\"DPOP+JWT\"",
        "\"typ\":\"dpop+jwt\"|\"crit\":[\"x\"],\"typ\":\"dpop+jwt\"",
        "\"alg\":\"ES256\"|\"alg\":\"ES384\"",
      })
  void aProofIsOfItsOwnType(String header, String to) {
    begin("");
    assertThat(reasonOf(caller.token(header(caller, "ES256").replace(header, to), proofClaims())))
        .isEqualTo("jwt.proof");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "\"GET\"|\"get\"|jwt.proof",
        "\"GET\"|\"POST\"|jwt.proof",
        "\"GET\"|null|jwt.proof",
        "https://api.example.com/orders|http://api.example.com/orders|jwt.proof",
        "https://api.example.com/orders|https://evil.example.com/orders|jwt.proof",
        "https://api.example.com/orders|https://api.example.com.evil.example/orders|jwt.proof",
        "https://api.example.com/orders|https://api.example.com@evil.example/orders|jwt.proof",
        "https://api.example.com/orders|https://api.example.com:8443/orders|jwt.proof",
        "https://api.example.com/orders|https://api.example.com/Orders|jwt.proof",
        "https://api.example.com/orders|https://api.example.com/orders/|jwt.proof",
        "https://api.example.com/orders|https://api.example.com/orders/../admin|jwt.proof",
        "https://api.example.com/orders|https://api.example.com/orders%2f..|jwt.proof",
        "https://api.example.com/orders|https://api.example.com/%00|jwt.proof",
        "https://api.example.com/orders|/orders|jwt.proof",
        "https://api.example.com/orders|https://api.example.com|jwt.proof",
        "https://api.example.com/orders|HTTPS://API.example.COM:443/orders?b=2#c|vouched",
        "https://api.example.com/orders|https://api.example.com/x/../%6frders|vouched",
        "\"jti\"|\"jtj\"|jwt.proof",
        "\"ath\":\"|\"ath\":\"x|jwt.proof",
        "\"ath\"|\"atx\"|jwt.proof",
        "\"iat\":|\"iat\":-|jwt.proof",
        "\"iat\"|\"iax\"|jwt.proof",
      })
  void aProofIsForOneRequest(String claim, String to, String outcome) {
    begin("");
    String claims = proofClaims();
    assertThat(claims).contains(claim);
    assertThat(reasonOf(caller.token(header(caller, "ES256"), claims.replace(claim, to))))
        .isEqualTo(outcome);
  }

  @ParameterizedTest
  @CsvSource({"-91, jwt.proof", "-90, vouched", "30, vouched", "31, jwt.proof", "1e300, jwt.proof"})
  void aProofIsOfNow(String after, String outcome) {
    begin("");
    double issued = jwt.now() + Double.parseDouble(after);
    String claims = proofClaims().replace("\"iat\":" + jwt.now(), "\"iat\":" + issued);
    assertThat(reasonOf(caller.token(header(caller, "ES256"), claims))).isEqualTo(outcome);
  }

  @Test
  void aProofIsKnownForAsLongAsItIsGood() {
    begin("");
    String claims = proofClaims().replace("\"iat\":" + jwt.now(), "\"iat\":" + (jwt.now() + 30));
    String proof = caller.token(header(caller, "ES256"), claims);
    assertThat(reasonOf(proof)).isEqualTo("vouched");
    jwt.loop.clock.advance(Duration.ofSeconds(60));
    assertThat(reasonOf(proof())).isEqualTo("vouched");
    jwt.loop.clock.advance(Duration.ofSeconds(60));
    assertThat(reasonOf(proof)).isEqualTo("jwt.proof_replayed");
    jwt.loop.clock.advance(Duration.ofSeconds(1));
    assertThat(reasonOf(proof)).isEqualTo("jwt.proof");
  }

  @Test
  void moreProofsThanCanBeRememberedAreNotTaken() {
    begin(", dpop: { remember: 2 }");
    assertThat(reasonOf(proof())).isEqualTo("vouched");
    assertThat(reasonOf(proof())).isEqualTo("vouched");
    assertThat(reasonOf(proof())).isEqualTo("jwt.proofs_full");
    jwt.loop.clock.advance(Duration.ofSeconds(120));
    assertThat(reasonOf(proof())).isEqualTo("vouched");
  }

  @Test
  void aNonceIsAskedForAndGiven() {
    begin(", dpop: { nonce: true }");
    Headers headers = new Headers();
    headers.add("Authorization", "DPoP " + token);
    headers.add("DPoP", proof());
    Asking asking = jwt.begin("GET", "/orders", headers, null);
    assertThat(outcome(asking)).isEqualTo("jwt.proof_nonce");
    Failure failure = ((Decision.Fail) asking.decided()).failure();
    assertThat(jwt.policy().challenge(failure))
        .startsWith("DPoP algs=\"RS256 ")
        .contains("error=\"use_dpop_nonce\"");
    assertThat(failure.source()).as("no guess").isEqualTo(Failure.Source.GATEWAY);
    jwt.policy().onResponse(asking.exchange);
    String nonce = Objects.requireNonNull(asking.exchange.responseHeaders().get("dpop-nonce"));

    String claims = proofClaims().replace("{", "{\"nonce\":\"" + nonce + "\",");
    assertThat(reasonOf(caller.token(header(caller, "ES256"), claims))).isEqualTo("vouched");
    jwt.loop.clock.advance(Duration.ofMinutes(4));
    claims = proofClaims().replace("{", "{\"nonce\":\"" + nonce + "\",");
    assertThat(reasonOf(caller.token(header(caller, "ES256"), claims)))
        .isEqualTo("jwt.proof_nonce");
  }

  @Test
  void aTokenThatIsBoundToACertificateIsTakenWithItOnly() throws Exception {
    begin("");
    var authority = Certificates.authority();
    ClientCertificate own = ClientCertificate.of(authority.client("ada").certificate());
    ClientCertificate other = ClientCertificate.of(authority.client("eve").certificate());
    token = bound("\"x5t#S256\":\"" + own.thumbprint() + "\"");
    Headers headers = new Headers();
    headers.add("Authorization", "Bearer " + token);
    for (int i = 0; i < 2; i++) { // Verified, then known.
      assertThat(outcome(jwt.begin("GET", "/", headers, null))).isEqualTo("jwt.certificate");
      assertThat(outcome(jwt.begin("GET", "/", headers, other))).isEqualTo("jwt.certificate");
      assertThat(outcome(jwt.begin("GET", "/", headers, own))).isEqualTo("vouched");
    }
  }

  @Test
  void ofRequestsThatWaitForOneVerificationEachIsJudgedByItself() throws Exception {
    begin("");
    ClientCertificate own =
        ClientCertificate.of(Certificates.authority().client("ada").certificate());
    token = bound("\"x5t#S256\":\"" + own.thumbprint() + "\"");
    Headers headers = new Headers();
    headers.add("Authorization", "Bearer " + token);
    Asking first = jwt.begin("GET", "/", headers, own);
    Asking second = jwt.begin("GET", "/", headers, null);
    jwt.settle();
    assertThat(first.outcome()).isEqualTo("vouched");
    assertThat(second.outcome()).isEqualTo("jwt.certificate");
    assertThat(second.exchange.identity()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "``|jwt.binding",
        "\"jwk\":{\"kty\":\"oct\"}|jwt.binding",
        "\"kid\":\"x\"|jwt.binding",
        "\"jkt\":7|jwt.claim",
        "\"jkt\":\"\"|jwt.proof_missing",
        "\"x5t#S256\":[\"a\"]|jwt.claim",
        "\"x5t#S256\":\"\"|jwt.certificate",
      })
  void aBindingThatCannotBeCheckedIsNotPassedOver(String confirmation, String outcome) {
    begin("");
    token = bound(confirmation);
    assertThat(ask("Bearer")).isEqualTo(outcome);
    token = issuer.token(jwt.claims(",\"cnf\":\"x\""));
    assertThat(ask("Bearer")).isEqualTo("jwt.claim");
  }

  @ParameterizedTest
  @CsvSource({
    "certificate, Bearer, jwt.certificate, jwt.binding, jwt.binding",
    "dpop, DPoP, jwt.binding, vouched, jwt.binding",
    "either, Bearer, jwt.certificate, vouched, jwt.binding",
  })
  void unboundTokensAreRefusedWhereThatIsWanted(
      String wanted, String challenge, String certificate, String key, String none) {
    begin(", bound: " + wanted);
    assertThat(reasonOf(proof())).isEqualTo(key);
    assertThat(jwt.policy().challenge(null)).startsWith(challenge);
    token = bound("\"x5t#S256\":\"AAAA\"");
    assertThat(ask("Bearer")).isEqualTo(certificate);
    token = issuer.token(jwt.claims(""));
    assertThat(ask("Bearer")).isEqualTo(none);
  }

  @Test
  void theProofDoesNotReachTheUpstream() {
    begin("");
    Headers headers = new Headers();
    headers.add("Authorization", "DPoP " + token);
    headers.add("DPoP", proof());
    Asking asking = jwt.begin("GET", "/orders", headers, null);
    assertThat(outcome(asking)).isEqualTo("vouched");
    jwt.policy().forward(asking.exchange);
    assertThat(headers.has(dev.headgate.http.HeaderName.AUTHORIZATION)).isFalse();
    assertThat(headers.get("dpop")).isNull();
  }
}
