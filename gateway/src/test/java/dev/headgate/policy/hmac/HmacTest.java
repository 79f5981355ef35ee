package dev.headgate.policy.hmac;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Policy;
import dev.headgate.policy.PolicyUnderTest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HmacTest {
  private static final String PARTNER =
      "signed: \"{timestamp}.{body}\", signature: { header: X-Signature }, timestamp: { header: X-Time }, consumer: acme";
  private static final String ACME = "acme: { credentials: [{ hmac: { secret: \"${env:S}\" } }] }";

  private static PolicyUnderTest under(String policy, String consumers, String secret) {
    return new PolicyUnderTest(new HmacKind(), policy, consumers, secret);
  }

  private static PolicyUnderTest under(String policy) {
    return under(policy, ACME, PolicyUnderTest.SECRET);
  }

  private static byte[] mac(String algorithm, String text) {
    try {
      Mac mac = Mac.getInstance(algorithm);
      mac.init(
          new SecretKeySpec(PolicyUnderTest.SECRET.getBytes(StandardCharsets.US_ASCII), algorithm));
      return mac.doFinal(text.getBytes(StandardCharsets.ISO_8859_1));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(mac("HmacSHA256", text));
  }

  /** What becomes of a request and then of its body: the first reason, or {@code passed}. */
  private static String send(PolicyUnderTest under, String body, String target, String... fields) {
    Exchange exchange = under.request("POST", target, fields);
    String outcome = under.ask(exchange);
    return outcome.equals("vouched") || outcome.equals("wants the body")
        ? PolicyUnderTest.body(exchange, body)
        : outcome;
  }

  // The forms that are known, by the examples of who has them.

  @Test
  void gitHub() {
    PolicyUnderTest under =
        under(
            "signed: \"{body}\", signature: { header: X-Hub-Signature-256, prefix: \"sha256=\" }, consumer: acme, window: off",
            ACME,
            "It's a Secret to Everybody");
    String field =
        "X-Hub-Signature-256: sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    assertThat(send(under, "Hello, World!", "/", field)).isEqualTo("passed");
    assertThat(send(under, "Hello, World!", "/", field)).as("there is no time").isEqualTo("passed");
    assertThat(send(under, "Hello, World?", "/", field)).isEqualTo("hmac.invalid");
    assertThat(send(under, "Hello, World!", "/", field.replace("sha256=", "sha1=")))
        .isEqualTo("hmac.malformed");
  }

  @Test
  void slack() {
    PolicyUnderTest under =
        under(
                """
                signed: "v0:{timestamp}:{body}",
                signature: { header: X-Slack-Signature, prefix: "v0=" },
                timestamp: { header: X-Slack-Request-Timestamp },
                consumer: acme
                """,
                ACME,
                "8f742231b10e8888abcd99yyyzzz85a5")
            .at(1531420700);
    String body =
        "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
            + "&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
            + "&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
            + "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    String[] fields = {
      "X-Slack-Request-Timestamp: 1531420618",
      "X-Slack-Signature: v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    };
    assertThat(send(under, body, "/", fields)).isEqualTo("passed");
    assertThat(send(under, body, "/", fields)).isEqualTo("hmac.replayed");
    assertThat(send(under.at(1531421000), body, "/", fields)).isEqualTo("hmac.expired");
  }

  @Test
  void standardWebhooks() {
    PolicyUnderTest under =
        under(
                """
                signed: "{header.webhook-id}.{timestamp}.{body}",
                signature: { header: webhook-signature, prefix: "v1,", encoding: base64 },
                timestamp: { header: webhook-timestamp },
                consumer: acme
                """,
                "acme: { credentials: [{ hmac: { secret: \"${env:S}\", encoding: base64 } }] }",
                "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
            .at(1614265330);
    String[] fields = {
      "webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp: 1614265330",
      "webhook-signature: v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v2,AAAA"
          + " v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    };
    assertThat(send(under, "{\"test\": 2432232314}", "/", fields)).isEqualTo("passed");
    assertThat(send(under, "{\"test\": 2432232315}", "/", fields)).isEqualTo("hmac.invalid");
  }

  @Test
  void stripe() {
    PolicyUnderTest under =
        under(
            """
            signed: "{timestamp}.{body}",
            signature: { header: Stripe-Signature, parameter: v1 },
            timestamp: { header: Stripe-Signature, parameter: t },
            consumer: acme
            """);
    String field =
        "Stripe-Signature: t=1618884473,v1="
            + "00".repeat(32)
            + ",v1="
            + hex("1618884473.hi")
            + ",v0=ab";
    assertThat(send(under, "hi", "/", field)).isEqualTo("passed");
    assertThat(send(under, "ho", "/", field)).isEqualTo("hmac.invalid");
    assertThat(send(under, "hi", "/", "Stripe-Signature: t=1618884473,v0=ab")).isEqualTo("nothing");
    assertThat(send(under, "hi", "/", field.replace("t=1", "t=1618884473,t=1")))
        .isEqualTo("hmac.malformed");
  }

  @Test
  void kong() {
    PolicyUnderTest under =
        under(
            """
            signed: "date: {timestamp}\\n{method} {target} HTTP/1.1",
            signature: { header: Authorization, parameter: signature, encoding: base64 },
            timestamp: { header: Date, unit: date },
            key: { header: Authorization, parameter: username },
            coverBody: false
            """);
    String date = "Tue, 20 Apr 2021 02:07:53 GMT";
    String signature =
        Base64.getEncoder()
            .encodeToString(mac("HmacSHA256", "date: " + date + "\nPOST /requests?a=1 HTTP/1.1"));
    String field =
        "Authorization: hmac username=\"acme\", algorithm=\"hmac-sha256\", headers=\"date request-line\", signature=\""
            + signature
            + "\"";
    assertThat(send(under, "any", "/requests?a=1", field, "Date: " + date)).isEqualTo("passed");
    assertThat(send(under, "any", "/requests?a=2", field, "Date: " + date))
        .isEqualTo("hmac.invalid");
    assertThat(send(under, "any", "/requests?a=1", field, "Date: yesterday"))
        .isEqualTo("hmac.malformed");
    assertThat(send(under, "", "/", "Authorization: Bearer abc", "Date: " + date))
        .isEqualTo("nothing");
  }

  // What all of them do.

  @Test
  void everyPartOfARequestCanBeSigned() throws Exception {
    PolicyUnderTest under =
        under(
            """
            signed: "{method} {path} {query} {target} {host} {header.x-a}|{header.x-none}|{timestamp}\\n{body.sha256}!",
            signature: { header: X-Signature }, timestamp: { header: X-Time, unit: millis }, key: { header: X-Key },
            algorithm: sha512
            """);
    String hash =
        HexFormat.of()
            .formatHex(
                MessageDigest.getInstance("SHA-256")
                    .digest("hi".getBytes(StandardCharsets.US_ASCII)));
    String text =
        "POST /a/%20b x=1&y /a/%20b?x=1&y example.com 1, \u00fc||1618884473123\n" + hash + "!";
    String[] fields = {
      "X-A: 1",
      "X-A: \u00fc",
      "X-Time: 1618884473123",
      "X-Key: acme",
      "X-Signature: " + HexFormat.of().withUpperCase().formatHex(mac("HmacSHA512", text))
    };
    assertThat(send(under, "hi", "/a/%20b?x=1&y", fields)).isEqualTo("passed");
    assertThat(send(under, "hi", "/a/ b?x=1&y", fields)).isEqualTo("hmac.invalid");
    assertThat(send(under, "hi!", "/a/%20b?x=1&y", fields)).isEqualTo("hmac.invalid");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1618884475|passed",
        "1618884505|passed",
        "1618884506|hmac.not_yet",
        "1618884145|passed",
        "1618884144|hmac.expired",
        "-1|hmac.malformed",
        "+1618884475|hmac.malformed",
        "1618884475.0|hmac.malformed",
        "0x1|hmac.malformed",
        "9999999999999999|hmac.malformed",
        "999999999999999|hmac.not_yet",
        "''|hmac.malformed",
        "\u0661\u0662|hmac.malformed",
      })
  void theTimeMustBeNow(String time, String outcome) {
    PolicyUnderTest under = under(PARTNER);
    assertThat(send(under, "hi", "/", "X-Time: " + time, "X-Signature: " + hex(time + ".hi")))
        .isEqualTo(outcome);
  }

  @Test
  void signaturesThatAreNoneAreRefused() {
    PolicyUnderTest under = under(PARTNER);
    String right = hex("1618884473.hi");
    assertThat(send(under, "hi", "/")).isEqualTo("nothing");
    for (String wrong :
        List.of(
            "",
            "zz",
            right.substring(2),
            right + "00",
            "sha256=" + right,
            (right + " ").repeat(9),
            "a".repeat(5000))) {
      assertThat(send(under, "hi", "/", "X-Time: 1618884473", "X-Signature: " + wrong))
          .as(wrong)
          .isEqualTo("hmac.malformed");
    }
    assertThat(send(under, "hi", "/", "X-Signature: " + right)).isEqualTo("hmac.malformed");
    assertThat(
            send(
                under,
                "hi",
                "/",
                "X-Time: 1618884473",
                "X-Time: 1618884473",
                "X-Signature: " + right))
        .isEqualTo("hmac.malformed");
  }

  @Test
  void aRequestIsTakenOnceAndOnlyThoseThatHoldAreRemembered() {
    PolicyUnderTest under = under(PARTNER + ", remember: 2");
    Policy policy = under.policy();
    List<String> outcomes = new ArrayList<>();
    for (String body : List.of("a", "wrong", "wrong", "wrong", "a", "b", "b", "c")) {
      String[] fields = {
        "X-Time: 1618884473",
        "X-Signature: " + hex("1618884473." + body + (body.equals("wrong") ? "!" : ""))
      };
      Exchange exchange = under.request("POST", "/", fields);
      assertThat(under.ask(policy, exchange)).isEqualTo("wants the body");
      assertThat(exchange.identity()).isNull();
      String outcome = PolicyUnderTest.body(exchange, body);
      assertThat(exchange.identity() != null).isEqualTo(outcome.equals("passed"));
      outcomes.add(outcome);
    }
    assertThat(outcomes)
        .containsExactly(
            "passed",
            "hmac.invalid",
            "hmac.invalid",
            "hmac.invalid",
            "hmac.replayed",
            "passed",
            "hmac.replayed",
            "hmac.full");
    under.loop.advance(Duration.ofMinutes(13));
    String[] later = {"X-Time: 1618885253", "X-Signature: " + hex("1618885253.c")};
    assertThat(send(under, "c", "/", later)).isEqualTo("passed");
  }

  @Test
  void aSignatureInOtherLettersIsTheSame() {
    PolicyUnderTest under = under(PARTNER);
    String right = hex("1618884473.hi");
    assertThat(send(under, "hi", "/", "X-Time: 1618884473", "X-Signature: " + right))
        .isEqualTo("passed");
    for (String again :
        List.of(right.toUpperCase(java.util.Locale.ROOT), "00 " + right, right + " " + right)) {
      assertThat(send(under, "hi", "/", "X-Time: 1618884473", "X-Signature: " + again))
          .isEqualTo("hmac.replayed");
    }
  }

  @Test
  void aSecretIsReplacedWithoutAGap() {
    PolicyUnderTest under =
        under(
            PARTNER.replace("consumer: acme", "key: { header: X-Key }"),
            """
            acme: { credentials: [
              { hmac: { id: one, secret: "${env:S}" } },
              { hmac: { id: one, secret: "${env:S}", encoding: base64 } },
              { hmac: { id: two, secret: "${env:S}", encoding: base64 } }
            ] }
            """,
            PolicyUnderTest.SECRET);
    String signature = "X-Signature: " + hex("1618884473.hi");
    assertThat(send(under, "hi", "/", "X-Key: two", "X-Time: 1618884473", signature))
        .isEqualTo("hmac.invalid");
    assertThat(send(under, "hi", "/", "X-Key: one", "X-Time: 1618884473", signature))
        .isEqualTo("passed");
    for (String key : List.of("three", "acme", "One")) {
      assertThat(send(under, "hi", "/", "X-Key: " + key, "X-Time: 1618884473", signature))
          .isEqualTo("hmac.invalid");
    }
    assertThat(send(under, "hi", "/", "X-Time: 1618884473", signature)).isEqualTo("hmac.malformed");
  }

  @Test
  void whatHasNoBodyIsJudgedAtOnce() {
    PolicyUnderTest under = under(PARTNER);
    String[] fields = {"X-Time: 1618884473", "X-Signature: " + hex("1618884473.")};
    Exchange wrong =
        under.request("GET", "/", "X-Time: 1618884473", "X-Signature: " + hex("1618884473.x"));
    wrong.bodiless(true);
    assertThat(under.ask(wrong)).isEqualTo("hmac.invalid");
    assertThat(wrong.identity()).isNull();
    Exchange right = under.request("GET", "/", fields);
    right.bodiless(true);
    assertThat(under.ask(right)).isEqualTo("vouched");
    assertThat(Objects.requireNonNull(right.identity()).subject()).isEqualTo("acme");
    assertThat(PolicyUnderTest.body(right, "")).isEqualTo("passed");
    assertThat(PolicyUnderTest.body(right, "x")).isEqualTo("hmac.body");
  }

  @Test
  void aBodyThatIsNotSignedIsRefusedUnlessItMayBe() {
    String policy = PARTNER.replace("{timestamp}.{body}", "{timestamp}");
    String[] fields = {"X-Time: 1618884473", "X-Signature: " + hex("1618884473")};
    assertThat(send(under(policy), "", "/", fields)).isEqualTo("passed");
    assertThat(send(under(policy), "x", "/", fields)).isEqualTo("hmac.body");
    assertThat(send(under(policy), "x", "/", fields[0], fields[1], "Content-Length: 1"))
        .isEqualTo("hmac.body");
    assertThat(send(under(policy + ", coverBody: false"), "x", "/", fields)).isEqualTo("passed");
  }

  @Test
  void theSignatureStaysHereUnlessItIsKept() {
    PolicyUnderTest under = under(PARTNER);
    Exchange exchange = under.request("POST", "/", "X-Signature: a", "X-Time: 1");
    under.policy().forward(exchange);
    assertThat(exchange.requestHeaders().get("x-signature")).isNull();
    Exchange kept = under.request("POST", "/", "X-Signature: a");
    under(PARTNER + ", keepCredential: true").policy().forward(kept);
    assertThat(kept.requestHeaders().get("x-signature")).isEqualTo("a");
  }
}
