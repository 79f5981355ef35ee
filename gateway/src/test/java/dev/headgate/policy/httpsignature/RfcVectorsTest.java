package dev.headgate.policy.httpsignature;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.exchange.Exchange;
import dev.headgate.policy.PolicyUnderTest;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The requests of RFC 9421, appendix B, with the keys of its section B.1. */
class RfcVectorsTest {
  private static final String RSA =
      """
      -----BEGIN PUBLIC KEY-----
      MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr4tmm3r20Wd/PbqvP1s2
      +QEtvpuRaV8Yq40gjUR8y2Rjxa6dpG2GXHbPfvMs8ct+Lh1GH45x28Rw3Ry53mm+
      oAXjyQ86OnDkZ5N8lYbggD4O3w6M6pAvLkhk95AndTrifbIFPNU8PPMO7OyrFAHq
      gDsznjPFmTOtCEcN2Z1FpWgchwuYLPL+Wokqltd11nqqzi+bJ9cvSKADYdUAAN5W
      Utzdpiy6LbTgSxP7ociU4Tn0g5I6aDZJ7A8Lzo0KSyZYoA485mqcO0GVAdVw9lq4
      aOT9v6d+nb4bnNkQVklLQ3fVAvJm+xdDOp9LCNCN48V2pnDOkFV6+U9nV5oyc6XI
      2wIDAQAB
      -----END PUBLIC KEY-----
      """;
  private static final String P256 =
      """
      -----BEGIN PUBLIC KEY-----
      MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lf
      w0EkjqF7xB4FivAxzic30tMM4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ==
      -----END PUBLIC KEY-----
      """;
  private static final String ED25519 =
      """
      -----BEGIN PUBLIC KEY-----
      MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=
      -----END PUBLIC KEY-----
      """;
  private static final String CONSUMERS =
      """
      rfc: { credentials: [
        { httpSignature: { keyid: test-key-rsa-pss, publicKey: rsa } },
        { httpSignature: { keyid: test-key-ecc-p256, publicKey: p256 } },
        { httpSignature: { keyid: test-key-ed25519, publicKey: ed25519 } },
        { httpSignature: { keyid: test-shared-secret, secret: "${env:S}", encoding: base64 } }
      ] }
      """;
  private static final String CERTIFICATE =
      ":MIIBqDCCAU6gAwIBAgIBBzAKBggqhkjOPQQDAjA6MRswGQYDVQQKDBJMZXQncyBBdXRoZW50aWNhdGUxGzAZBgNVBAMMEkxBIEludGVyb"
          + "WVkaWF0ZSBDQTAeFw0yMDAxMTQyMjU1MzNaFw0yMTAxMjMyMjU1MzNaMA0xCzAJBgNVBAMMAkJDMFkwEwYHKoZIzj0CAQYIKoZIzj0D"
          + "AQcDQgAE8YnXXfaUgmnMtOXU/IncWalRhebrXmckC8vdgJ1p5Be5F/3YC8OthxM4+k1M6aEAEFcGzkJiNy6J84y7uzo9M6NyMHAwCQY"
          + "DVR0TBAIwADAfBgNVHSMEGDAWgBRm3WjLa38lbEYCuiCPct0ZaSED2DAOBgNVHQ8BAf8EBAMCBsAwEwYDVR0lBAwwCgYIKwYBBQUHAw"
          + "IwHQYDVR0RAQH/BBMwEYEPYmRjQGV4YW1wbGUuY29tMAoGCCqGSM49BAMCA0gAMEUCIBHda/r1vaL6G3VliL4/Di6YK0Q6bMjeSkC3d"
          + "FCOOB8TAiEAx/kHSB4urmiZ0NX5r5XarmPk0wmuydBVoU4hBVZ1yhk=:";
  private static final String B21 =
      "d2pmTvmbncD3xQm8E9ZV2828BjQWGgiwAaw5bAkgibUopemLJcWDy/lkbbHAve4cRAtx31Iq786U7it++wgGxbtRxf8Udx7zFZsckzXaJMkA7"
          + "ChG52eSkFxykJeNqsrWH5S+oxNFlD4dzVuwe8DhTSja8xxbR/Z2cOGdCbzR72rgFWhzx2VjBqJzsPLMIQKhO4DGezXehhWwE56YCE+O"
          + "6c0mKZsfxVrogUvA4HELjVKWmAvtl6UnCh8jYzuVG5WSb/QEVPnP5TmcAnLH1g+s++v6d4s8m0gCw1fV5/SITLq9mhho8K3+7EPYTU8"
          + "IU1bLhdxO5Nyt8C8ssinQ98Xw9Q==";
  private static final String B22 =
      "LjbtqUbfmvjj5C5kr1Ugj4PmLYvx9wVjZvD9GsTT4F7GrcQEdJzgI9qHxICagShLRiLMlAJjtq6N4CDfKtjvuJyE5qH7KT8UCMkSowOB4+ECx"
          + "CmT8rtAmj/0PIXxi0A0nxKyB09RNrCQibbUjsLS/2YyFYXEu4TRJQzRw1rLEuEfY17SARYhpTlaqwZVtR8NV7+4UKkjqpcAoFqWFQh6"
          + "2s7Cl+H2fjBSpqfZUJcsIk4N6wiKYd4je2U/lankenQ99PZfB4jY3I5rSV2DSBVkSFsURIjYErOs0tFTQosMTAoxk//0RoKUqiYY8Bh"
          + "0aaUEb0rQl3/XaVe4bXTugEjHSw==";
  private static final String B23 =
      "bbN8oArOxYoyylQQUU6QYwrTuaxLwjAC9fbY2F6SVWvh0yBiMIRGOnMYwZ/5MR6fb0Kh1rIRASVxFkeGt683+qRpRRU5p2voTp768ZrCUb38K"
          + "0fUxN0O0iC59DzYx8DFll5GmydPxSmme9v6ULbMFkl+V5B1TP/yPViV7KsLNmvKiLJH1pFkh/aYA2HXXZzNBXmIkoQoLd7YfW91kE9o"
          + "/CCoC1xMy7JA1ipwvKvfrs65ldmlu9bpG6A9BmzhuzF8Eim5f8ui9eH8LZH896+QIF61ka39VBrohr9iyMUJpvRX2Zbhl5ZJzSRxpJy"
          + "oEZAFL2FUo5fTIztsDZKEgM4cUA==";

  private static PolicyUnderTest covering(String components) {
    return new PolicyUnderTest(
            new HttpSignatureKind(), "coverBody: false, covers: [" + components + "]", CONSUMERS)
        .file("rsa", RSA)
        .file("p256", P256)
        .file("ed25519", ED25519);
  }

  /** The request of appendix B.2, signed. */
  private static Exchange b2(PolicyUnderTest under, String input, String signature) {
    return under.request(
        "POST",
        "/foo?param=Value&Pet=dog",
        "Host: example.com",
        "Date: Tue, 20 Apr 2021 02:07:55 GMT",
        "Content-Type: application/json",
        "Content-Digest: sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:",
        "Content-Length: 18",
        "Signature-Input: " + input,
        "Signature: " + input.substring(0, input.indexOf('=')) + "=:" + signature + ":");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"@authority\", content-digest|sig-b22=(\"@authority\" \"content-digest\" \"@query-param\";name=\"Pet\")"
            + ";created=1618884473;keyid=\"test-key-rsa-pss\";tag=\"header-example\"|"
            + B22,
        "\"@method\", \"@path\", \"@query\", \"@authority\", content-digest|sig-b23=(\"date\" \"@method\" \"@path\" \"@query\""
            + " \"@authority\" \"content-type\" \"content-digest\" \"content-length\")"
            + ";created=1618884473;keyid=\"test-key-rsa-pss\"|"
            + B23,
        "\"@authority\"|sig-b25=(\"date\" \"@authority\" \"content-type\");created=1618884473;keyid=\"test-shared-secret\"|"
            + "pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=",
        "\"@method\", \"@path\"|sig-b26=(\"date\" \"@method\" \"@path\" \"@authority\" \"content-type\" \"content-length\")"
            + ";created=1618884473;keyid=\"test-key-ed25519\"|"
            + "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==",
      })
  void theExamplesHoldAndOthersOfTheirKindDoNot(String covers, String input, String signature) {
    PolicyUnderTest under = covering(covers);
    Exchange right = b2(under, input, signature);
    assertThat(under.ask(right)).isEqualTo("vouched");
    assertThat(PolicyUnderTest.body(right, "{\"hello\": \"world\"}")).isEqualTo("passed");
    String wrong = (signature.startsWith("A") ? "B" : "A") + signature.substring(1);
    assertThat(under.ask(b2(under, input, wrong))).isEqualTo("http_signature.invalid");
    assertThat(under.ask(b2(under, input.replace("4473", "4472"), signature)))
        .isEqualTo("http_signature.invalid");
    assertThat(
            under.ask(
                b2(under, input.replaceAll("keyid=\"[^\"]*\"", "keyid=\"other\""), signature)))
        .isEqualTo("http_signature.invalid");
    assertThat(under.ask(b2(under, input, signature))).isEqualTo("http_signature.replayed");
  }

  /** B.2.1 covers nothing, so no configuration takes it; its key does. */
  @Test
  void aSignatureThatCoversNothingIsRightAndRefused() throws Refused, InvalidKeyException {
    PolicyUnderTest under = covering("\"@method\"");
    Exchange exchange =
        b2(
            under,
            "sig-b21=();created=1618884473;keyid=\"test-key-rsa-pss\";nonce=\"b3k2pp5k7z-50gnwp.yemd\"",
            B21);
    List<MessageSignature> signatures = MessageSignature.read(exchange.requestHeaders());
    SignatureBase base = SignatureBase.of(exchange, signatures.getFirst().covered());
    assertThat(new String(base.bytes(), StandardCharsets.US_ASCII))
        .isEqualTo(
            "\"@signature-params\": ();created=1618884473;keyid=\"test-key-rsa-pss\";nonce=\"b3k2pp5k7z-50gnwp.yemd\"");
    SigningKey key =
        SigningKey.of(
            dev.headgate.pem.PublicKeys.read(RSA.getBytes(StandardCharsets.US_ASCII)), null);
    assertThat(key.verifies(base.bytes(), signatures.getFirst().value())).isTrue();
    assertThat(under.ask(exchange)).isEqualTo("http_signature.incomplete");
  }

  /** B.3: what a proxy signs that ends TLS. */
  @Test
  void theRequestOfAProxyHolds() {
    PolicyUnderTest under = covering("\"@method\", \"@path\", \"@query\", \"@authority\"");
    Exchange exchange =
        under.requestTo(
            "service.internal.example",
            "POST",
            "/foo?param=Value&Pet=dog",
            "Client-Cert: " + CERTIFICATE,
            "Signature-Input: ttrp=(\"@path\" \"@query\" \"@method\" \"@authority\" \"client-cert\")"
                + ";created=1618884473;keyid=\"test-key-ecc-p256\"",
            "Signature: ttrp=:xVMHVpawaAC/0SbHrKRs9i8I3eOs5RtTMGCWXm/9nvZzoHsIg6Mce9315T6xoklyy0yzhD9ah4JHRwMLOgmizw==:");
    assertThat(under.ask(exchange)).isEqualTo("vouched");
  }

  /** B.4: what may happen to a request on its way, and what may not. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET|example.org|/demo?name1=Value1&Name2=value2|Accept: application/json|Accept: */*|vouched",
        "GET|example.org|/demo?name1=Value1&Name2=value2&param=added|Accept: application/json|Accept: */*|vouched",
        "GET|EXAMPLE.org:443|/demo|Accept: application/json, */*|Referer: x|vouched",
        "POST|example.com|/demo|Accept: application/json|Accept: */*|http_signature.invalid",
        "GET|example.org|/demo|Accept: */*|Accept: application/json|http_signature.invalid",
      })
  void transformationsOfTheRequest(
      String method, String authority, String target, String one, String two, String outcome) {
    PolicyUnderTest under = covering("\"@method\", \"@path\", \"@authority\"");
    Exchange exchange =
        under.requestTo(
            authority,
            method,
            target,
            one,
            two,
            "Signature-Input: transform=(\"@method\" \"@path\" \"@authority\" \"accept\")"
                + ";created=1618884473;keyid=\"test-key-ed25519\"",
            "Signature: transform=:ZT1kooQsEHpZ0I1IjCqtQppOmIqlJPeo7DHR3SoMn0s5JZ1eRGS0A+vyYP9t/LXlh5QMFFQ6cpLt2m0pmj3NDA==:");
    assertThat(under.ask(exchange)).isEqualTo(outcome);
  }
}
