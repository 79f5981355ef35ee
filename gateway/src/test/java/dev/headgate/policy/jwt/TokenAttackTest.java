package dev.headgate.policy.jwt;

import static dev.headgate.jose.SigningKey.base64;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.jose.SigningKey;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every way to pass with a token that nobody signed that we have read of. */
class TokenAttackTest {
  private static SigningKey rsa;
  private static SigningKey ec;
  private static SigningKey attacker;

  private JwtUnderTest jwt;

  @BeforeAll
  static void makeKeys() {
    rsa = SigningKey.of("rsa", "RS256");
    ec = SigningKey.of("ec", "ES256");
    attacker = SigningKey.of("rsa", "RS256");
  }

  @BeforeEach
  void begin() {
    jwt = new JwtUnderTest("").answering(SigningKey.set(rsa, ec));
    assertThat(jwt.ask(rsa.token(jwt.claims("")))).isEqualTo("vouched");
    assertThat(jwt.ask(ec.token(jwt.claims("")))).isEqualTo("vouched");
  }

  private String unsigned(String header) {
    return base64(header) + "." + base64(jwt.claims("")) + ".";
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "None", "NONE", "nOnE", "", "none ", "HS256", "rs256", "RS257"})
  void anAlgorithmThatIsNoneOfOursIsRefused(String algorithm) {
    String header = "{\"alg\":\"" + algorithm + "\",\"kid\":\"rsa\"}";
    assertThat(jwt.ask(unsigned(header))).isEqualTo("jwt.malformed");
    assertThat(jwt.ask(unsigned(header) + "AA")).isEqualTo("jwt.algorithm");
    assertThat(jwt.ask(rsa.token(header, jwt.claims("")))).isEqualTo("jwt.algorithm");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"alg\":null}",
        "{\"alg\":1}",
        "{\"alg\":[\"RS256\"]}",
        "{\"alg\":{}}",
        "[]",
        "\"\"",
        "{\"alg\":\"RS256\",\"kid\":7}",
        "{\"alg\":\"RS256\",\"typ\":{}}",
        "{\"alg\":\"RS256\"}x",
        "{\"alg\":\"RS256\"} {}",
        "{\"alg\":\"none\",\"alg\":\"RS256\"}",
        "{\"alg\":\"RS256\",\"\\u0061lg\":\"none\"}",
        "{\"kid\":\"a\",\"kid\":\"rsa\",\"alg\":\"RS256\"}",
        "{\"alg\":\"RS256\",\"crit\":[\"exp\"]}",
        "{\"alg\":\"RS256\",\"crit\":[]}",
        "{\"alg\":\"RS256\",\"b64\":false,\"crit\":[\"b64\"]}",
        "{\"alg\":\"RS256\",\"b64\":false}",
        "{'alg':'RS256'}",
        "{\"alg\":\"RS256\",}",
        "{\"alg\":\"RS256\"/**/}",
        "\uFEFF{\"alg\":\"RS256\"}",
      })
  void aHeaderThatReadersMayReadDifferentlyIsMalformed(String header) {
    assertThat(jwt.ask(rsa.token(header, jwt.claims("")))).isEqualTo("jwt.malformed");
  }

  @Test
  void aPublicKeyIsNoSecret() throws Exception {
    byte[] der = rsa.pair().getPublic().getEncoded();
    String pem =
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
            + "\n-----END PUBLIC KEY-----\n";
    JwtUnderTest withAll =
        new JwtUnderTest(", algorithms: [RS256, ES256]").answering(SigningKey.set(rsa));
    for (byte[] secret :
        new byte[][] {
          der, pem.getBytes(StandardCharsets.US_ASCII), pem.strip().getBytes("ASCII")
        }) {
      String token = hmac(secret, "{\"alg\":\"HS256\",\"kid\":\"rsa\"}", jwt.claims(""));
      assertThat(jwt.ask(token)).isEqualTo("jwt.algorithm");
      assertThat(withAll.ask(token)).isEqualTo("jwt.algorithm");
    }
  }

  private static String hmac(byte[] secret, String header, String payload) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret, "HmacSHA256"));
    String signed = base64(header) + "." + base64(payload);
    return signed + "." + base64(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)));
  }

  @Test
  void aSecretTakesOnlyItsOwnAlgorithms() throws Exception {
    JwtUnderTest secret = new JwtUnderTest(", secret: \"${env:S}\"");
    byte[] bytes = JwtUnderTest.SECRET.getBytes(StandardCharsets.UTF_8);

    assertThat(secret.ask(hmac(bytes, "{\"alg\":\"HS256\"}", secret.claims(""))))
        .isEqualTo("vouched");
    assertThat(
            secret.ask(
                hmac("x".repeat(40).getBytes("ASCII"), "{\"alg\":\"HS256\"}", secret.claims(""))))
        .isEqualTo("jwt.signature");
    assertThat(secret.ask(hmac(bytes, "{\"alg\":\"HS512\"}", secret.claims(""))))
        .isEqualTo("jwt.algorithm");
    assertThat(secret.ask(rsa.token(secret.claims("")))).isEqualTo("jwt.algorithm");
  }

  @Test
  void anAlgorithmOfAnotherKindOfKeyIsRefused() {
    assertThat(jwt.ask(rsa.token("{\"alg\":\"ES256\",\"kid\":\"rsa\"}", jwt.claims(""))))
        .isEqualTo("jwt.algorithm");
    assertThat(jwt.ask(ec.token("{\"alg\":\"RS256\",\"kid\":\"ec\"}", jwt.claims(""))))
        .isEqualTo("jwt.algorithm");
    assertThat(jwt.ask(rsa.token("{\"alg\":\"PS256\",\"kid\":\"rsa\"}", jwt.claims(""))))
        .isEqualTo("jwt.signature");
    assertThat(jwt.ask(rsa.token("{\"alg\":\"RS512\",\"kid\":\"rsa\"}", jwt.claims(""))))
        .isEqualTo("jwt.signature");
  }

  @Test
  void anAlgorithmThatTheKeySaysItIsNotForIsRefused() {
    JwtUnderTest pinned =
        new JwtUnderTest("").answering("{\"keys\":[" + rsa.jwk(",\"alg\":\"PS256\"") + "]}");
    assertThat(pinned.ask(rsa.token(pinned.claims("")))).isEqualTo("jwt.algorithm");
    assertThat(pinned.ask(rsa.as("PS256").token(pinned.claims("")))).isEqualTo("vouched");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../../dev/null",
        "/dev/null",
        "' OR '1'='1",
        "rsa' UNION SELECT 'x",
        "$(id)",
        "rsa\\u0000",
        "RSA",
        "",
        "https://evil.example/key",
        "\\ud800",
        "${env:HOME}"
      })
  void aStrangeKeyNameIsOnlyAnUnknownOne(String id) {
    String header = "{\"alg\":\"RS256\",\"kid\":\"" + id + "\"}";
    jwt.loop.advance(java.time.Duration.ofMinutes(1));
    assertThat(jwt.ask(rsa.token(header, jwt.claims("")))).isEqualTo("jwt.key_unknown");
  }

  @Test
  void keysThatATokenBringsAlongOrPointsToAreNotLookedAt() {
    String jwk = attacker.jwk();
    for (String more :
        new String[] {
          ",\"jwk\":" + jwk,
          ",\"jku\":\"https://evil.example/keys\"",
          ",\"x5u\":\"https://evil.example/cert\"",
          ",\"x5c\":[\"MIIB\"]",
          ",\"x5t\":\"AAAA\""
        }) {
      String named = "{\"alg\":\"RS256\",\"kid\":\"rsa\"" + more + "}";
      assertThat(jwt.ask(attacker.token(named, jwt.claims("")))).isEqualTo("jwt.signature");
      assertThat(jwt.ask(rsa.token(named, jwt.claims("")))).isEqualTo("vouched");
    }
    assertThat(jwt.asked).allMatch(callout -> callout.url().getHost().equals("idp.example.com"));
  }

  @Test
  void anEcSignatureOfNothingIsNoSignature() {
    String header = "{\"alg\":\"ES256\",\"kid\":\"ec\"}";
    String signed = base64(header) + "." + base64(jwt.claims("")) + ".";
    byte[] order = ((ECPublicKey) ec.pair().getPublic()).getParams().getOrder().toByteArray();
    byte[] orders = new byte[64];
    System.arraycopy(order, order.length - 32, orders, 0, 32);
    System.arraycopy(order, order.length - 32, orders, 32, 32);
    byte[] onlyR = new byte[64];
    onlyR[31] = 1;
    byte[] onlyS = new byte[64];
    onlyS[63] = 1;
    for (byte[] signature :
        new byte[][] {
          new byte[64],
          orders,
          onlyR,
          onlyS,
          new byte[1],
          new byte[63],
          new byte[65],
          new byte[128],
          BigInteger.ONE.toByteArray()
        }) {
      assertThat(jwt.ask(signed + base64(signature))).isEqualTo("jwt.signature");
    }
  }

  @Test
  void anEcSignatureHasOneSpelling() throws Exception {
    String signed = base64("{\"alg\":\"ES256\",\"kid\":\"ec\"}") + "." + base64(jwt.claims(""));
    Signature der = Signature.getInstance("SHA256withECDSA");
    der.initSign(ec.pair().getPrivate());
    der.update(signed.getBytes(StandardCharsets.US_ASCII));
    assertThat(jwt.ask(signed + "." + base64(der.sign()))).isEqualTo("jwt.signature");

    assertThat(jwt.ask(signed + "." + base64(ec.sign(signed)))).isEqualTo("vouched");
  }

  @Test
  void aTokenWithoutItsSignatureOrWithAnothersIsRefused() {
    String token = rsa.token(jwt.claims(""));
    String other = rsa.token(jwt.claims(",\"admin\":true"));
    String head = token.substring(0, token.lastIndexOf('.'));
    assertThat(jwt.ask(token)).isEqualTo("vouched");
    assertThat(jwt.ask(head)).isEqualTo("jwt.malformed");
    assertThat(jwt.ask(head + ".")).isEqualTo("jwt.malformed");
    assertThat(jwt.ask(head + other.substring(other.lastIndexOf('.')))).isEqualTo("jwt.signature");
    assertThat(
            jwt.ask(
                other.substring(0, other.lastIndexOf('.'))
                    + token.substring(token.lastIndexOf('.'))))
        .as("a signature that was verified, under something else")
        .isEqualTo("jwt.signature");
  }

  @Test
  void everyChangedByteIsNoticed() {
    String token = ec.token(jwt.claims(""));
    assertThat(jwt.ask(token)).isEqualTo("vouched");
    for (int i = 0; i < token.length(); i++) {
      char changed = token.charAt(i) == 'A' ? 'B' : 'A';
      String other = token.substring(0, i) + changed + token.substring(i + 1);
      assertThat(jwt.begin(other)).as("byte " + i).isNotNull();
      jwt.loop.advance(java.time.Duration.ofMillis(1));
      assertThat(jwt.ask(other)).as("byte " + i).isNotEqualTo("vouched");
      assertThat(jwt.ask(token.substring(0, i))).as("cut at " + i).isNotEqualTo("vouched");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"=", "==", " ", "\t", "%3D", "\u00e4", "+", "/", "A", ".", ".x", ".x.y"})
  void whatStandsBehindATokenIsNotIgnored(String more) {
    String token = rsa.token(jwt.claims(""));
    assertThat(jwt.ask(token + more)).isIn("jwt.malformed", "jwt.signature");
    String[] parts = token.split("\\.");
    assertThat(jwt.ask(parts[0] + more + "." + parts[1] + "." + parts[2]))
        .isEqualTo("jwt.malformed");
    assertThat(jwt.ask(more + token)).isIn("jwt.malformed", "vouched");
  }

  @Test
  void spareBitsOfBase64AreNotIgnored() {
    String token = rsa.token(jwt.claims(""));
    char last = token.charAt(token.length() - 1);
    // 256 bytes leave four spare bits in the last character.
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char other = alphabet.charAt(alphabet.indexOf(last) ^ 1);
    assertThat(jwt.ask(token.substring(0, token.length() - 1) + other)).isEqualTo("jwt.malformed");
  }

  @Test
  void anEncryptedTokenIsNotTakenForASignedOne() {
    String header = base64("{\"alg\":\"RSA-OAEP\",\"enc\":\"A256GCM\"}");
    assertThat(jwt.ask(header + ".AAAA.AAAA.AAAA.AAAA")).isEqualTo("jwt.malformed");
    assertThat(jwt.ask(rsa.token("{\"alg\":\"RSA-OAEP\",\"enc\":\"A256GCM\"}", jwt.claims(""))))
        .isEqualTo("jwt.algorithm");
    assertThat(jwt.ask(rsa.token("{\"alg\":\"dir\",\"enc\":\"A256GCM\",\"zip\":\"DEF\"}", "{}")))
        .isEqualTo("jwt.algorithm");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "[]",
        "null",
        "\"a\"",
        "{",
        "{}}",
        "{} {}",
        "{\"exp\":NaN}",
        "{\"exp\":Infinity}",
        "{\"exp\":-Infinity}",
        "{\"exp\":1e999}",
        "{\"exp\":0x7fffffff}",
        "{\"exp\":01}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":{\"b\":1,\"b\":2}}",
        "{\"iss\":\"x\",\"iss\":\"y\"}"
      })
  void aPayloadThatIsNoPlainJsonObjectIsMalformed(String payload) {
    assertThat(jwt.ask(rsa.token(payload))).isEqualTo("jwt.malformed");
  }

  @Test
  void aPayloadThatIsNotUtf8IsMalformed() {
    String header = base64("{\"alg\":\"RS256\",\"kid\":\"rsa\"}");
    for (byte[] payload :
        new byte[][] {
          {'{', '"', 'a', '"', ':', '"', (byte) 0xc0, (byte) 0x80, '"', '}'},
          {'{', '"', 'a', '"', ':', '"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"', '}'},
          {'{', '"', 'a', '"', ':', '"', (byte) 0xff, '"', '}'},
          "{\"a\":1}".getBytes(StandardCharsets.UTF_16),
          "{\"a\":1}".getBytes(StandardCharsets.UTF_16LE)
        }) {
      String signed = header + "." + base64(payload);
      assertThat(jwt.ask(signed + "." + base64(rsa.sign(signed)))).isEqualTo("jwt.malformed");
    }
  }

  @Test
  void bombsAreBounded() {
    String deep = "[".repeat(200) + "]".repeat(200);
    assertThat(jwt.ask(rsa.token(jwt.claims(",\"a\":" + deep)))).isEqualTo("jwt.malformed");
    String objects = "{\"a\":".repeat(200) + "1" + "}".repeat(200);
    assertThat(jwt.ask(rsa.token(jwt.claims(",\"a\":" + objects)))).isEqualTo("jwt.malformed");
    String wide = "[" + "1,".repeat(4999) + "1]";
    assertThat(jwt.ask(rsa.token(jwt.claims(",\"a\":" + wide)))).isEqualTo("jwt.malformed");
    String digits = "9".repeat(1000);
    assertThat(jwt.ask(rsa.token(jwt.claims(",\"a\":" + digits)))).isEqualTo("jwt.malformed");
    String longToken = rsa.token(jwt.claims(",\"a\":\"" + "a".repeat(16 * 1024) + "\""));
    assertThat(jwt.ask(longToken)).isEqualTo("jwt.malformed");
    String longHeader = "{\"alg\":\"RS256\",\"a\":\"" + "a".repeat(4096) + "\"}";
    assertThat(jwt.ask(rsa.token(longHeader, jwt.claims("")))).isEqualTo("jwt.malformed");
  }

  @Test
  void severalTokensAreRefused() {
    String token = rsa.token(jwt.claims(""));
    assertThat(jwt.ask(token + "," + token)).isEqualTo("jwt.malformed");
    assertThat(jwt.ask(token + " " + token)).isEqualTo("jwt.malformed");
    assertThat(jwt.ask("")).isEqualTo("jwt.malformed");
    JwtUnderTest.Asking bare = jwt.beginWith("bearer");
    assertThat(bare.outcome()).isEqualTo("jwt.malformed");
    assertThat(jwt.beginWith("Bearerx " + token).outcome()).isEqualTo("nothing");
    assertThat(jwt.beginWith("DPoP " + token).outcome()).isEqualTo("jwt.proof_unbound");
    assertThat(jwt.beginWith("bEARER   " + token).outcome()).isEqualTo("vouched");
  }
}
