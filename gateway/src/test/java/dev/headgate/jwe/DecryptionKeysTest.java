package dev.headgate.jwe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDHEncrypter;
import com.nimbusds.jose.crypto.RSAEncrypter;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.util.Base64URL;
import dev.headgate.exchange.Failure;
import dev.headgate.jose.RefusedToken;
import dev.headgate.jose.SigningKey;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens that are encrypted for a key, and what attackers make of them. */
class DecryptionKeysTest {
  private static final KeyPair RSA = SigningKey.rsa("", 2048).pair();
  private static final KeyPair P256 = SigningKey.of("", "ES256").pair();
  private static final KeyPair P384 = SigningKey.of("", "ES384").pair();
  private static final String INSIDE = "a.signed.token";

  private static DecryptionKeys keys(List<JweAlgorithm> named, KeyPair... pairs) {
    List<DecryptionKey> keys =
        Arrays.stream(pairs)
            .map(pair -> {
              try {
                return DecryptionKey.of(pair.getPrivate());
              } catch (InvalidKeyException e) {
                throw new IllegalStateException(e);
              }
            })
            .toList();
    return new DecryptionKeys(keys, new Decryption(List.of(), named, false).taken(), false);
  }

  private static JWEHeader.Builder header(String algorithm, String encryption) {
    return new JWEHeader.Builder(JWEAlgorithm.parse(algorithm), EncryptionMethod.parse(encryption))
        .contentType("JWT");
  }

  static String token(KeyPair pair, JWEHeader header) throws Exception {
    JWEObject token = new JWEObject(header, new Payload(INSIDE));
    token.encrypt(
        pair.getPublic() instanceof RSAPublicKey rsa
            ? new RSAEncrypter(rsa)
            : new ECDHEncrypter((ECPublicKey) pair.getPublic()));
    return token.serialize();
  }

  private static String opened(DecryptionKeys keys, String token) {
    try {
      return new String(
          keys.open(token.getBytes(StandardCharsets.ISO_8859_1)), StandardCharsets.US_ASCII);
    } catch (RefusedToken e) {
      Failure failure = e.failure("jwt");
      assertThat(failure.reason()).isEqualTo("jwt.encryption");
      assertThat(failure.status()).isEqualTo(401);
      return failure.detail();
    }
  }

  private static KeyPair pair(String name) {
    return switch (name) {
      case "RSA" -> RSA;
      case "P256" -> P256;
      default -> P384;
    };
  }

  @ParameterizedTest
  @CsvSource({
    "RSA, RSA-OAEP-256",
    "P256, ECDH-ES",
    "P256, ECDH-ES+A128KW",
    "P384, ECDH-ES",
    "P384, ECDH-ES+A256KW"
  })
  void whatIsEncryptedForAKeyIsOpened(String name, String algorithm) throws Exception {
    DecryptionKeys keys = keys(List.of(), RSA, P256, P384);
    for (String encryption : List.of("A128GCM", "A256GCM", "A128CBC-HS256", "A256CBC-HS512")) {
      String token = token(pair(name), header(algorithm, encryption).build());
      assertThat(opened(keys, token)).as(encryption).isEqualTo(INSIDE);
    }
  }

  @Test
  void itMayNameTheKeyByItsThumbprintOrAnyOtherWay() throws Exception {
    DecryptionKeys keys = keys(List.of(), P256, SigningKey.of("", "ES256").pair());
    String id = DecryptionKey.of(P256.getPrivate()).id();
    for (String name : List.of(id, "the-issuers-own")) {
      String token = token(P256, header("ECDH-ES", "A128GCM").keyID(name).build());
      assertThat(opened(keys, token)).isEqualTo(INSIDE);
    }
    String another = token(P384, header("ECDH-ES", "A128GCM").keyID(id).build());
    assertThat(opened(keys, another)).contains("no key opens it");
  }

  @Test
  void thePartiesMayBeNamed() throws Exception {
    JWEHeader header =
        header("ECDH-ES", "A256GCM")
            .agreementPartyUInfo(Base64URL.encode("Alice"))
            .agreementPartyVInfo(Base64URL.encode("Bob"))
            .type(JOSEObjectType.JWT)
            .build();
    assertThat(opened(keys(List.of(), P256), token(P256, header))).isEqualTo(INSIDE);
  }

  @Test
  void oaepWithSha1IsTakenOnlyIfItIsNamed() throws Exception {
    String token = token(RSA, header("RSA-OAEP", "A256GCM").build());
    assertThat(opened(keys(List.of(), RSA), token)).contains("no key opens it");
    assertThat(opened(keys(List.of(JweAlgorithm.RSA_OAEP), RSA), token)).isEqualTo(INSIDE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RSA1_5",
        "RSA-OAEP-512",
        "dir",
        "A128KW",
        "A256GCMKW",
        "PBES2-HS256+A128KW",
        "ECDH-1PU",
        "ecdh-es",
        "none",
        ""
      })
  void noOtherAlgorithmIsTaken(String algorithm) {
    assertThat(opened(keys(List.of(), RSA, P256), forged("\"alg\":\"" + algorithm + "\"")))
        .contains("'alg'");
  }

  /** A token that says that in its header, and holds nothing. */
  private static String forged(String header) {
    String whole = "{%s,\"enc\":\"A128GCM\",\"cty\":\"JWT\",\"p2c\":2147483647}".formatted(header);
    return SigningKey.base64(whole)
        + "."
        + SigningKey.base64(new byte[256])
        + "."
        + SigningKey.base64(new byte[12])
        + ".AAAA."
        + SigningKey.base64(new byte[16]);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "\"alg\":\"RSA-OAEP-256\",\"zip\":\"DEF\"|compressed",
        "\"alg\":\"RSA-OAEP-256\",\"zip\":null|no key",
        "\"alg\":\"RSA-OAEP-256\",\"crit\":[\"exp\"]|extensions",
        "\"alg\":\"RSA-OAEP-256\",\"alg\":\"dir\"|not JSON",
        "\"alg\":7|'alg'",
        "\"kid\":\"a\"|'alg'",
        "\"alg\":\"RSA-OAEP-256\",\"kid\":[]|'kid'",
        "\"alg\":\"ECDH-ES+A256KW\"|'epk'",
        "\"alg\":\"ECDH-ES+A256KW\",\"epk\":7|'epk'",
        "\"alg\":\"ECDH-ES+A256KW\",\"epk\":{}|no key",
        "\"alg\":\"ECDH-ES+A256KW\",\"epk\":{\"kty\":\"RSA\"}|no key",
        "\"alg\":\"ECDH-ES\",\"epk\":{}|encrypted key",
      })
  void whatItsHeaderAsksForIsRefused(String header, String about) {
    assertThat(opened(keys(List.of(), RSA, P256), forged(header))).contains(about);
  }

  @Test
  void whatHoldsNoSignedTokenIsRefused() throws Exception {
    for (String type : new String[] {null, "", "json", "JWTS"}) {
      JWEHeader header = header("ECDH-ES", "A128GCM").contentType(type).build();
      assertThat(opened(keys(List.of(), P256), token(P256, header))).contains("'cty'");
    }
    JWEHeader header = header("ECDH-ES", "A128GCM").contentType("application/jwt").build();
    assertThat(opened(keys(List.of(), P256), token(P256, header))).isEqualTo(INSIDE);
  }

  @Test
  void nothingOfATokenCanBeChanged() throws Exception {
    DecryptionKeys keys = keys(List.of(), RSA, P256);
    for (String encryption : List.of("A128GCM", "A256CBC-HS512")) {
      for (String token :
          List.of(
              token(RSA, header("RSA-OAEP-256", encryption).build()),
              token(P256, header("ECDH-ES+A256KW", encryption).build()))) {
        for (int i = 0; i < token.length(); i++) {
          char other = token.charAt(i) == 'B' ? 'C' : 'B';
          String changed = token.substring(0, i) + other + token.substring(i + 1);
          assertThat(opened(keys, changed)).as("at " + i).isNotEqualTo(INSIDE);
        }
      }
    }
  }

  @Test
  void aShorterTagIsNoTag() throws Exception {
    String token = token(P256, header("ECDH-ES", "A128GCM").build());
    int dot = token.lastIndexOf('.');
    byte[] tag = Base64.getUrlDecoder().decode(token.substring(dot + 1));
    for (int length = 0; length < tag.length; length++) {
      String shorter = token.substring(0, dot + 1) + SigningKey.base64(Arrays.copyOf(tag, length));
      assertThat(opened(keys(List.of(), P256), shorter)).contains("tag");
    }
  }

  @Test
  void aPointThatIsNotOnTheCurveIsRefused() throws Exception {
    String token = token(P256, header("ECDH-ES", "A128GCM").build());
    int dot = token.indexOf('.');
    String header =
        new String(Base64.getUrlDecoder().decode(token.substring(0, dot)), StandardCharsets.UTF_8);
    String zero = SigningKey.base64(new byte[32]);
    String one = SigningKey.base64(new byte[31]) + "E";
    for (String y : List.of(zero, one, "AQ", "", "_".repeat(43))) {
      String off = header.replaceAll("\"y\":\"[^\"]*\"", "\"y\":\"" + y + "\"");
      assertThat(off).isNotEqualTo(header);
      assertThat(opened(keys(List.of(), P256), SigningKey.base64(off) + token.substring(dot)))
          .contains("no key opens it");
    }
    ECKey other = new ECKey.Builder(Curve.P_384, (ECPublicKey) P384.getPublic()).build();
    String elsewhere = header.replaceAll("\"epk\":\\{[^}]*}", "\"epk\":" + other.toJSONString());
    assertThat(opened(keys(List.of(), P256), SigningKey.base64(elsewhere) + token.substring(dot)))
        .contains("no key opens it");
  }

  @Test
  void aTokenForAnotherKeyIsNotOpened() throws Exception {
    KeyPair other = SigningKey.rsa("", 2048).pair();
    String token = token(other, header("RSA-OAEP-256", "A128GCM").build());
    assertThat(opened(keys(List.of(), RSA, P256), token)).contains("no key opens it");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "....", "a.b.c.d.e", "e30....", ".....", "e30.AA.AA.AA.AA", "\u00e9...."})
  void whatIsNoTokenIsRefused(String token) {
    assertThat(opened(keys(List.of(), RSA), token)).isNotEqualTo(INSIDE);
  }

  @Test
  void weakKeysAndThoseForSignaturesAreNoDecryptionKeys() {
    assertThatThrownBy(() -> DecryptionKey.of(SigningKey.rsa("", 1024).pair().getPrivate()))
        .hasMessageContaining("fewer than 2048 bits");
    assertThatThrownBy(() -> DecryptionKey.of(SigningKey.of("", "EdDSA").pair().getPrivate()))
        .hasMessageContaining("nothing can be encrypted for");
  }

  /** RFC 7520 sections 5.4 and 5.5. What is inside is no token there. */
  @ParameterizedTest
  @CsvSource({
    "P-384,"
        + "YU4rRUzdmVqmRtWOs2OpDE_T5fsNIodcG8G5FWPrTPMyxpzsSOGaQLpe2FpxBmu2,"
        + "A8-yxCHxkfBz3hKZfI1jUYMjUhsEveZ9THuwFjH2sCNdtksRJU7D5-SkgaFL1ETP,"
        + "iTx2pk7wW-GqJkHcEkFQb2EFyYcO7RugmaW3mRrQVAOUiPommT0IdnYK2xDlZh-j,"
        + "eyJhbGciOiJFQ0RILUVTK0ExMjhLVyIsImtpZCI6InBlcmVncmluLnRvb2tAdHVja2Jvcm91Z2guZXhhbXBsZSIsImVwayI6eyJrdHkiOiJFQyIsImNydiI6IlAtMzg0IiwieCI6InVCbzRrSFB3Nmtiang1bDB4b3dyZF9vWXpCbWF6LUdLRlp1NHhBRkZrYllpV2d1dEVLNml1RURzUTZ3TmROZzMiLCJ5Ijoic3AzcDVTR2haVkMyZmFYdW1JLWU5SlUyTW84S3BvWXJGRHI1eVBOVnRXNFBnRXdaT3lRVEEtSmRhWTh0YjdFMCJ9LCJlbmMiOiJBMTI4R0NNIn0.0DJjBXri_kBcC46IkU5_Jk9BqaQeHdv2.mH-G2zVqgztUtnW_.tkZuOO9h95OgHJmkkrfLBisku8rGf6nzVxhRM3sVOhXgz5NJ76oID7lpnAi_cPWJRCjSpAaUZ5dOR3Spy7QuEkmKx8-3RCMhSYMzsXaEwDdXta9Mn5B7cCBoJKB0IgEnj_qfo1hIi-uEkUpOZ8aLTZGHfpl05jMwbKkTe2yK3mjF6SBAsgicQDVCkcY9BLluzx1RmC3ORXaM0JaHPB93YcdSDGgpgBWMVrNU1ErkjcMqMoT_wtCex3w03XdLkjXIuEr2hWgeP-nkUZTPU9EoGSPj6fAS-bSz87RCPrxZdj_iVyC6QWcqAu07WNhjzJEPc4jVntRJ6K53NgPQ5p99l3Z408OUqj4ioYezbS6vTPlQ.WuGzxmcreYjpHGJoa17EBg",
    "P-256,"
        + "Ze2loSV3wrroKUN_4zhwGhCqo3Xhu1td4QjeQ5wIVR0,"
        + "HlLtdXARY_f55A3fnzQbPcm6hgr34Mp8p-nuzQCE0Zw,"
        + "r_kHyZ-a06rmxM3yESK84r1otSg-aQcVStkRhA-iCM8,"
        + "eyJhbGciOiJFQ0RILUVTIiwia2lkIjoibWVyaWFkb2MuYnJhbmR5YnVja0BidWNrbGFuZC5leGFtcGxlIiwiZXBrIjp7Imt0eSI6IkVDIiwiY3J2IjoiUC0yNTYiLCJ4IjoibVBVS1RfYkFXR0hJaGcwVHBqanFWc1AxclhXUXVfdndWT0hIdE5rZFlvQSIsInkiOiI4QlFBc0ltR2VBUzQ2ZnlXdzVNaFlmR1RUMElqQnBGdzJTUzM0RHY0SXJzIn0sImVuYyI6IkExMjhDQkMtSFMyNTYifQ..yc9N8v5sYyv3iGQT926IUg.BoDlwPnTypYq-ivjmQvAYJLb5Q6l-F3LIgQomlz87yW4OPKbWE1zSTEFjDfhU9IPIOSA9Bml4m7iDFwA-1ZXvHteLDtw4R1XRGMEsDIqAYtskTTmzmzNa-_q4F_evAPUmwlO-ZG45Mnq4uhM1fm_D9rBtWolqZSF3xGNNkpOMQKF1Cl8i8wjzRli7-IXgyirlKQsbhhqRzkv8IcY6aHl24j03C-AR2le1r7URUhArM79BY8soZU0lzwI-sD5PZ3l4NDCCei9XkoIAfsXJWmySPoeRb2Ni5UZL4mYpvKDiwmyzGd65KqVw7MsFfI_K767G9C9Azp73gKZD0DyUn1mn0WW5LmyX_yJ-3AROq8p1WZBfG-ZyJ6195_JGG2m9Csg.WCCkNa-x4BeB9hIDIfFuhg"
  })
  void theExamplesOfTheStandardAreOpened(String curve, String x, String y, String d, String token)
      throws Exception {
    String key =
        "{\"kty\":\"EC\",\"crv\":\"%s\",\"x\":\"%s\",\"y\":\"%s\",\"d\":\"%s\"}"
            .formatted(curve, x, y, d);
    byte[] inside =
        DecryptionKey.of(ECKey.parse(key).toECPrivateKey())
            .open(CompactJwe.parse(token.getBytes(StandardCharsets.US_ASCII)));
    assertThat(new String(inside, StandardCharsets.UTF_8))
        .startsWith("You can trust us to stick with you through thick and thin");
  }
}
