package dev.headgate.policy.httpsignature;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Policy;
import dev.headgate.policy.PolicyUnderTest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpSignatureTest {
  private static final MessageSigner ED = MessageSigner.of(SignatureAlgorithm.ED25519);
  private static final MessageSigner RSA = MessageSigner.of(SignatureAlgorithm.RSA_PSS_SHA512);
  private static final String TARGET = "/orders/7?a=1&b=x%20y&b=2";
  private static final String COVERED = "(\"@method\" \"@authority\" \"@path\" \"@query\")";
  private static final String LINES =
      """
      "@method": GET
      "@authority": example.com
      "@path": /orders/7
      "@query": ?a=1&b=x%20y&b=2
      """;
  private static final String PARAMETERS = ";created=1618884473;keyid=\"k\"";

  private static PolicyUnderTest under(String policy) {
    return new PolicyUnderTest(new HttpSignatureKind(), policy, consumer("publicKey: k"))
        .file("k", ED.pem());
  }

  private static String consumer(String key) {
    return "acme: { credentials: [{ httpSignature: { keyid: k, " + key + " } }] }";
  }

  private static String base(String covered, String parameters, String lines) {
    return lines + "\"@signature-params\": " + covered + parameters;
  }

  /** The usual request, with a signature by hand. */
  private static Exchange signed(
      PolicyUnderTest under,
      MessageSigner by,
      String covered,
      String parameters,
      String lines,
      String... fields) {
    List<String> all = new ArrayList<>(List.of(fields));
    all.add("Signature-Input: s=" + covered + parameters);
    all.add(by.signature("s", base(covered, parameters, lines)));
    return under.request("GET", TARGET, all.toArray(String[]::new));
  }

  private static Exchange signed(PolicyUnderTest under, String parameters) {
    return signed(under, ED, COVERED, parameters, LINES);
  }

  @Test
  void aRequestWithoutASignatureIsNobodys() {
    PolicyUnderTest under = under("");
    assertThat(under.ask(under.request("GET", "/"))).isEqualTo("nothing");
    assertThat(under.ask(under.request("GET", "/", "Signature: keyId=\"draft\",signature=\"x\"")))
        .isEqualTo("nothing");
  }

  @ParameterizedTest
  @EnumSource(
      value = SignatureAlgorithm.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = "HMAC_SHA256")
  void everyKeyVouchesByItsOwnAlgorithm(SignatureAlgorithm algorithm) {
    MessageSigner signer = MessageSigner.of(algorithm);
    PolicyUnderTest under =
        new PolicyUnderTest(
                new HttpSignatureKind(),
                "",
                consumer("publicKey: k, algorithm: " + algorithm.text()))
            .file("k", signer.pem());
    String named = PARAMETERS + ";alg=\"" + algorithm.text() + "\"";
    Exchange exchange = signed(under, signer, COVERED, named, LINES);
    assertThat(under.ask(exchange)).isEqualTo("vouched");
    assertThat(Objects.requireNonNull(exchange.identity()).subject()).isEqualTo("k");
    assertThat(under.ask(signed(under, ED, COVERED, PARAMETERS, LINES)))
        .isEqualTo("http_signature.invalid");
  }

  @Test
  void theKeyDecidesTheAlgorithmAndNotTheMessage() {
    PolicyUnderTest under =
        new PolicyUnderTest(new HttpSignatureKind(), "", consumer("publicKey: k"))
            .file("k", RSA.pem());
    for (byte[] published :
        List.of(
            RSA.pem().getBytes(StandardCharsets.US_ASCII),
            RSA.pem().strip().getBytes(StandardCharsets.US_ASCII),
            Objects.requireNonNull(RSA.pair()).getPublic().getEncoded())) {
      MessageSigner hmac = MessageSigner.secret(published);
      for (String alg : List.of("", ";alg=\"hmac-sha256\"", ";alg=\"rsa-pss-sha512\"")) {
        assertThat(under.ask(signed(under, hmac, COVERED, PARAMETERS + alg, LINES)))
            .isEqualTo("http_signature.invalid");
      }
    }
    MessageSigner old =
        new MessageSigner(SignatureAlgorithm.RSA_V1_5_SHA256, RSA.pair(), new byte[0]);
    for (String alg : List.of("", ";alg=\"rsa-v1_5-sha256\"", ";alg=\"none\"", ";alg=\"\"")) {
      assertThat(under.ask(signed(under, old, COVERED, PARAMETERS + alg, LINES)))
          .isEqualTo("http_signature.invalid");
    }
    assertThat(under.ask(signed(under, RSA, COVERED, PARAMETERS, LINES))).isEqualTo("vouched");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST|example.com|/orders/7?a=1&b=x%20y&b=2",
        "get|example.com|/orders/7?a=1&b=x%20y&b=2",
        "GET|example.com:8443|/orders/7?a=1&b=x%20y&b=2",
        "GET|other.example.com|/orders/7?a=1&b=x%20y&b=2",
        "GET|example.com|/orders/8?a=1&b=x%20y&b=2",
        "GET|example.com|/orders/%37?a=1&b=x%20y&b=2",
        "GET|example.com|/orders/7/?a=1&b=x%20y&b=2",
        "GET|example.com|/orders/7?a=1&b=x+y&b=2",
        "GET|example.com|/orders/7?a=1&b=x%20y&b=2&c",
        "GET|example.com|/orders/7",
      })
  void aSignatureIsForOneRequest(String method, String authority, String target) {
    PolicyUnderTest under = under("");
    Exchange exchange =
        under.requestTo(
            authority,
            method,
            target,
            "Signature-Input: s=" + COVERED + PARAMETERS,
            ED.signature("s", base(COVERED, PARAMETERS, LINES)));
    assertThat(under.ask(exchange)).isEqualTo("http_signature.invalid");
  }

  @Test
  void whatIsNotCoveredMayChangeAndWhatIsCoveredStaysInItsOrder() {
    PolicyUnderTest under = under("");
    assertThat(under.ask(signed(under, ED, COVERED, PARAMETERS, LINES, "X-More: 1")))
        .isEqualTo("vouched");
    Exchange shuffled =
        under.request(
            "GET",
            TARGET,
            "Signature-Input: s=(\"@authority\" \"@method\" \"@path\" \"@query\")" + PARAMETERS,
            ED.signature("s", base(COVERED, PARAMETERS, LINES)));
    assertThat(under.ask(shuffled)).isEqualTo("http_signature.invalid");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|(\"@method\" \"@authority\" \"@path\")|incomplete",
        "''|()|incomplete",
        "''|(\"@method\" \"@target-uri\")|invalid",
        "''|(\"@method\" \"@authority\" \"@request-target\")|invalid",
        "''|(\"@method\" \"@scheme\" \"@request-target\")|incomplete",
        "covers: x-a|(\"x-a\";key=\"b\")|incomplete",
        "covers: x-a|(\"@method\")|incomplete",
        "covers: x-a|(\"x-a\";bs)|invalid",
        "covers: X-A|(\"x-a\")|invalid",
      })
  void aSignatureMustCoverWhatIsDemanded(String policy, String covered, String word) {
    PolicyUnderTest under = under(policy);
    Exchange exchange =
        under.request(
            "GET",
            TARGET,
            "X-A: b=1",
            "Signature-Input: s=" + covered + PARAMETERS,
            "Signature: s=:AAAA:");
    assertThat(under.ask(exchange)).isEqualTo("http_signature." + word);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(\"@status\")",
        "(\"@signature-params\")",
        "(\"@methods\")",
        "(\"@METHOD\")",
        "(\"\")",
        "(method)",
        "(1)",
        "(\"@method\" \"@method\")",
        "(\"x-a\" \"x-a\")",
        "(\"@method\";req)",
        "(\"x-a\";req)",
        "(\"x-a\";tr)",
        "(\"x-a\";other)",
        "(\"x-a\";sf)",
        "(\"x-a\";sf;bs)",
        "(\"x-a\";sf=?0)",
        "(\"x-a\";key)",
        "(\"x-a\";key=\"nothing\")",
        "(\"x-a\";name=\"b\")",
        "(\"X-A\")",
        "(\"x a\")",
        "(\"x-missing\")",
        "(\"x-umlaut\")",
        "(\"x-text\";key=\"b\")",
        "(\"@query;a\")",
        "(\"@query-param\")",
        "(\"@query-param\";name=\"missing\")",
        "(\"@query-param\";name=\"b\")",
        "(\"@query-param\";name=a)",
        "(\"@method\";name=\"a\")",
        "(\"@method\";sf)",
      })
  void whatCannotBeCoveredIsRefused(String covered) {
    PolicyUnderTest under = under("covers: \"@scheme\"");
    Exchange exchange =
        under.request(
            "GET",
            TARGET,
            "X-A: b=1",
            "X-Text: \"",
            "X-Umlaut: \u00fc",
            "Signature-Input: s=" + covered + PARAMETERS,
            "Signature: s=:AAAA:");
    assertThat(under.ask(exchange)).isEqualTo("http_signature.malformed");
    assertThat(Objects.requireNonNull(exchange.failure()).detail()).doesNotContain("x-");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        ";keyid=\"k\"|incomplete",
        ";created=1618884473|incomplete",
        ";created=1618884473;keyid=\"k\";other=1|malformed",
        ";created=1618884473;created=1618884473;keyid=\"k\"|malformed",
        ";created=1618884473.0;keyid=\"k\"|malformed",
        ";created=@1618884473;keyid=\"k\"|malformed",
        ";created=\"1618884473\";keyid=\"k\"|malformed",
        ";created=1618884473;keyid=k|malformed",
        ";created=1618884473;keyid=\"k\";nonce=1|malformed",
        ";created=1618884473;keyid=\"k\";alg=ed25519|malformed",
        ";created=1618884473;keyid=\"k\";expires|malformed",
        ";created=1618884473;keyid=\"K\"|invalid",
        ";created=1618884473;keyid=\"\"|invalid",
        ";created=1618884506;keyid=\"k\"|not_yet",
        ";created=999999999999999;keyid=\"k\"|not_yet",
        ";created=1618884384;keyid=\"k\"|expired",
        ";created=-999999999999999;keyid=\"k\"|expired",
        ";created=1618884473;expires=1618884445;keyid=\"k\"|expired",
      })
  void theParametersMustHold(String parameters, String word) {
    PolicyUnderTest under = under("");
    assertThat(under.ask(signed(under, parameters))).isEqualTo("http_signature." + word);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ";created=1618884505;keyid=\"k\"",
        ";created=1618884385;keyid=\"k\"",
        ";created=1618884473;expires=1618884446;keyid=\"k\"",
        ";keyid=\"k\";alg=\"ed25519\";nonce=\"n\";created=1618884473",
      })
  void whatIsWithinTheLeewayHolds(String parameters) {
    PolicyUnderTest under = under("");
    assertThat(under.ask(signed(under, parameters))).isEqualTo("vouched");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "s=()|t=:AAAA:",
        "s=(), t=()|s=:AAAA:",
        "s=()|s=:AAAA:, t=:AAAA:",
        "s=(|s=:AAAA:",
        "s=1|s=:AAAA:",
        "s=()|s=\"AAAA\"",
        "s=()|s=(:AAAA:)",
        "s=()|s=:AAAA:;x",
        "s=()|s",
        "''|''",
        "s=(), s=()|s=:AAAA:",
        "a=(), b=(), c=(), d=(), e=(), f=(), g=(), h=(), i=()|a=:AA:, b=:AA:, c=:AA:, d=:AA:, e=:AA:, f=:AA:, g=:AA:, h=:AA:, i=:AA:",
      })
  void fieldsThatDoNotFitAreRefused(String input, String signature) {
    PolicyUnderTest under = under("");
    Exchange exchange =
        under.request("GET", TARGET, "Signature-Input: " + input, "Signature: " + signature);
    assertThat(under.ask(exchange)).isEqualTo("http_signature.malformed");
  }

  @Test
  void aRequestIsTakenOnceWhateverItsLabelAndWhoeverIsAsked() {
    PolicyUnderTest under = under("remember: 3");
    Policy policy = under.policy();
    assertThat(under.ask(policy, signed(under, PARAMETERS))).isEqualTo("vouched");
    assertThat(under.ask(policy, signed(under, PARAMETERS))).isEqualTo("http_signature.replayed");
    assertThat(under.ask(signed(under, PARAMETERS))).isEqualTo("http_signature.replayed");
    Exchange renamed =
        under.request(
            "GET",
            TARGET,
            "Signature-Input: other=" + COVERED + PARAMETERS,
            "X-More: 1",
            ED.signature("other", base(COVERED, PARAMETERS, LINES)));
    assertThat(under.ask(renamed)).isEqualTo("http_signature.replayed");
    assertThat(under.ask(signed(under, PARAMETERS + ";nonce=\"1\""))).isEqualTo("vouched");
    assertThat(under.ask(signed(under, PARAMETERS + ";nonce=\"1\"")))
        .isEqualTo("http_signature.replayed");
    assertThat(under.ask(signed(under, PARAMETERS + ";nonce=\"2\""))).isEqualTo("vouched");
    assertThat(under.ask(signed(under, PARAMETERS + ";nonce=\"3\"")))
        .isEqualTo("http_signature.full");
    under.loop.advance(Duration.ofSeconds(86));
    assertThat(under.ask(signed(under, PARAMETERS))).isEqualTo("http_signature.replayed");
    under.loop.advance(Duration.ofSeconds(5));
    assertThat(under.ask(signed(under, PARAMETERS))).isEqualTo("http_signature.expired");
  }

  /** Of a signature by an elliptic curve, r and s, anybody can make another: r and n - s. */
  @Test
  void theOtherSignatureOfACurveIsNoOtherRequest() {
    MessageSigner ec = MessageSigner.of(SignatureAlgorithm.ECDSA_P256_SHA256);
    PolicyUnderTest under =
        new PolicyUnderTest(new HttpSignatureKind(), "", consumer("publicKey: k"))
            .file("k", ec.pem());
    byte[] signature = ec.sign(base(COVERED, PARAMETERS, LINES));
    java.math.BigInteger n =
        ((java.security.interfaces.ECPublicKey) Objects.requireNonNull(ec.pair()).getPublic())
            .getParams()
            .getOrder();
    java.math.BigInteger s = new java.math.BigInteger(1, signature, 32, 32);
    byte[] other = signature.clone();
    byte[] negated = n.subtract(s).toByteArray();
    java.util.Arrays.fill(other, 32, 64, (byte) 0);
    int length = Math.min(32, negated.length);
    System.arraycopy(negated, negated.length - length, other, 64 - length, length);
    String input = "Signature-Input: s=" + COVERED + PARAMETERS;
    Base64.Encoder base64 = Base64.getEncoder();
    assertThat(
            under.ask(
                under.request(
                    "GET",
                    TARGET,
                    input,
                    "Signature: s=:" + base64.encodeToString(signature) + ":")))
        .isEqualTo("vouched");
    assertThat(
            under.ask(
                under.request(
                    "GET", TARGET, input, "Signature: s=:" + base64.encodeToString(other) + ":")))
        .isEqualTo("http_signature.replayed");
  }

  @Test
  void ofSeveralSignaturesTheFirstThatHoldsCounts() {
    PolicyUnderTest under = under("tag: orders");
    String tagged = PARAMETERS + ";tag=\"orders\"";
    String right = ED.signature("mine", base(COVERED, tagged, LINES)).substring(11);
    Exchange several =
        under.request(
            "GET",
            TARGET,
            "Signature-Input: proxy=(\"@status\";req);created=1;keyid=\"p\"",
            "Signature-Input: stale=" + COVERED + ";created=1;keyid=\"k\";tag=\"orders\"",
            "Signature-Input:   wrong=" + COVERED + tagged + " ,\tmine=" + COVERED + tagged,
            "Signature: " + right,
            "Signature: wrong=:AAAA:, stale=:AAAA: , proxy=:AAAA:");
    assertThat(under.ask(several)).isEqualTo("vouched");
    assertThat(under.ask(signed(under, PARAMETERS))).isEqualTo("http_signature.incomplete");
    assertThat(under.ask(signed(under, PARAMETERS + ";tag=\"other\"")))
        .isEqualTo("http_signature.incomplete");
  }

  @Test
  void fieldsAreCoveredInEveryFormThatTheyHave() {
    PolicyUnderTest under = under("covers: \"@target-uri\"");
    String covered =
        "(\"@target-uri\" \"@request-target\" \"@scheme\" \"x-lines\" \"x-empty\" \"x-umlaut\";bs \"x-dict\";key=\"b\""
            + " \"x-dict\";key=\"c\" \"priority\";sf \"@query-param\";name=\"a\" \"@query-param\";name=\"d%20e\")";
    String lines =
        """
        "@target-uri": https://example.com/o?a=%C3%BC+%3D&d+e=f
        "@request-target": /o?a=%C3%BC+%3D&d+e=f
        "@scheme": https
        "x-lines": one, two  three, "four"
        "x-empty":\s
        "x-umlaut";bs: :/CBh:, :YiwgYw==:
        "x-dict";key="b": ?1;x=1
        "x-dict";key="c": (1 2)
        "priority";sf: u=1, i
        "@query-param";name="a": %C3%BC%20%3D
        "@query-param";name="d%20e": f
        """;
    Exchange exchange =
        under.requestTo(
            "EXAMPLE.com:443",
            "GET",
            "/o?a=%C3%BC+%3D&d+e=f",
            "X-Lines: one",
            "x-lines:   two  three\t",
            "X-LINES: \"four\"",
            "X-Empty:",
            "X-Umlaut: \u00fc a",
            "X-Umlaut: b, c",
            "X-Dict: a=1,  b;x=1",
            "X-Dict: c=( 1  2 )",
            "Priority:  u=1,i=?1",
            "Signature-Input: s=" + covered + PARAMETERS,
            ED.signature("s", base(covered, PARAMETERS, lines)));
    assertThat(under.ask(exchange)).isEqualTo("vouched");
  }

  private static String digest(String body) throws Exception {
    byte[] hash =
        MessageDigest.getInstance("SHA-256").digest(body.getBytes(StandardCharsets.US_ASCII));
    return "sha-256=:" + Base64.getEncoder().encodeToString(hash) + ":";
  }

  @Test
  void aBodyIsTheOneWhoseDigestIsSigned() throws Exception {
    PolicyUnderTest under = under("");
    String covered = "(\"@method\" \"@authority\" \"@path\" \"@query\" \"content-digest\")";
    String lines = LINES + "\"content-digest\": " + digest("hi") + "\n";
    String[] fields = {"Content-Digest: " + digest("hi"), "Content-Length: 2"};
    Exchange right = signed(under, ED, covered, PARAMETERS, lines, fields);
    assertThat(under.ask(right)).isEqualTo("vouched");
    assertThat(PolicyUnderTest.body(right, "hi")).isEqualTo("passed");
    assertThat(PolicyUnderTest.body(signedAgain(under, covered, lines, fields, 1), "ho"))
        .isEqualTo("http_signature.body");
    assertThat(PolicyUnderTest.body(signedAgain(under, covered, lines, fields, 2), ""))
        .isEqualTo("http_signature.body");
    Exchange weak = signed(under, ED, covered, PARAMETERS, lines, "Content-Digest: md5=:AAAA:");
    assertThat(under.ask(weak)).isEqualTo("http_signature.malformed");
  }

  private static Exchange signedAgain(
      PolicyUnderTest under, String covered, String lines, String[] fields, int nonce) {
    Exchange exchange =
        signed(under, ED, covered, PARAMETERS + ";nonce=\"" + nonce + "\"", lines, fields);
    assertThat(under.ask(exchange)).isEqualTo("vouched");
    return exchange;
  }

  @Test
  void aBodyThatIsNotCoveredIsRefusedUnlessItMayBe() {
    PolicyUnderTest strict = under("");
    assertThat(strict.ask(signed(strict, ED, COVERED, PARAMETERS, LINES, "Content-Length: 2")))
        .isEqualTo("http_signature.incomplete");
    Exchange unannounced = signed(strict, ED, COVERED, PARAMETERS, LINES, "Content-Length: 0");
    assertThat(strict.ask(unannounced)).isEqualTo("vouched");
    assertThat(PolicyUnderTest.body(unannounced, "")).isEqualTo("passed");
    assertThat(PolicyUnderTest.body(unannounced, "hi")).isEqualTo("http_signature.incomplete");
    PolicyUnderTest loose = under("coverBody: false");
    Exchange any = signed(loose, ED, COVERED, PARAMETERS, LINES, "Content-Length: 2");
    assertThat(loose.ask(any)).isEqualTo("vouched");
    assertThat(PolicyUnderTest.body(any, "hi")).isEqualTo("passed");
  }

  @Test
  void tooManySignaturesAtOnceAreNotTheCallersFaultAndSecretsNeedNoOtherThread() {
    PolicyUnderTest under = under("");
    under.loop.overloaded(true);
    assertThat(under.ask(signed(under, PARAMETERS))).isEqualTo("overload.crypto");
    PolicyUnderTest shared =
        new PolicyUnderTest(new HttpSignatureKind(), "", consumer("secret: \"${env:S}\""));
    shared.loop.overloaded(true);
    MessageSigner hmac =
        MessageSigner.secret(PolicyUnderTest.SECRET.getBytes(StandardCharsets.US_ASCII));
    assertThat(shared.ask(signed(shared, hmac, COVERED, PARAMETERS, LINES))).isEqualTo("vouched");
  }

  @Test
  void whatASignatureMakesTheGatewayReadIsBounded() {
    PolicyUnderTest under = under("");
    String large = "b=1" + ", x=\"" + "y".repeat(20_000) + "\"";
    StringBuilder covered = new StringBuilder("(");
    for (int i = 0; i < 60; i++) {
      covered.append("\"x-a\";key=\"").append("k".repeat(i)).append("b\" ");
    }
    for (String list : List.of(covered + ")", "(" + "\"@path\" ".repeat(65) + ")")) {
      Exchange exchange =
          under.request(
              "GET",
              TARGET,
              "X-A: " + large,
              "Signature-Input: s=" + list + PARAMETERS,
              "Signature: s=:AAAA:");
      assertThat(under.ask(exchange)).isEqualTo("http_signature.malformed");
    }
  }

  @Test
  void aRefusedCallerLearnsWhatToSignAndTheUpstreamGetsNoSignature() {
    PolicyUnderTest under = under("tag: orders");
    Policy policy = under.policy();
    Exchange refused =
        under.request(
            "GET", "/", "Content-Length: 2", "Signature-Input: s=()", "Signature: s=:AA:");
    under.ask(policy, refused);
    policy.onResponse(refused);
    assertThat(refused.responseHeaders().get("accept-signature"))
        .isEqualTo(
            "sig=(\"@method\" \"@authority\" \"@path\" \"@query\" \"content-digest\");created;keyid;tag=\"orders\"");
    policy.forward(refused);
    assertThat(refused.requestHeaders().get("signature")).isNull();
    assertThat(refused.requestHeaders().get("signature-input")).isNull();
    Exchange fine = signed(under, PARAMETERS + ";tag=\"orders\"");
    assertThat(under.ask(policy, fine)).isEqualTo("vouched");
    policy.onResponse(fine);
    assertThat(fine.responseHeaders().isEmpty()).isTrue();
  }
}
