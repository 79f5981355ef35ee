package dev.headgate.jose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JwkReaderTest {
  /** RFC 7517 appendix A.1, the EC key; RFC 8037 appendix A.2, the Ed25519 key. */
  private static final String OF_THE_RFCS =
      """
      {"keys":[
       {"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
        "y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","kid":"1"},
       {"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}
      """;

  private static SigningKey good;

  @BeforeAll
  static void makeKey() {
    good = SigningKey.of("good", "ES256");
  }

  private static KeySet read(String json) throws Malformed {
    return JwkReader.read(json.getBytes(StandardCharsets.UTF_8));
  }

  private static KeySet withGood(String key) throws Malformed {
    return read("{\"keys\":[" + key + "," + good.jwk() + "]}");
  }

  @Test
  void verifiesTheTokenOfRfc8037() throws Exception {
    // RFC 8037 appendix A.4.
    String token =
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-"
            + "09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    byte[] bytes = token.getBytes(StandardCharsets.US_ASCII);
    CompactJws jws = CompactJws.parse(bytes, 0, bytes.length);
    KeySet keys = read(OF_THE_RFCS);
    assertThat(keys.refused()).isEmpty();
    assertThat(keys.candidates(JwsAlgorithm.EDDSA, null))
        .singleElement()
        .matches(key -> key.verifies(JwsAlgorithm.EDDSA, jws));
  }

  @Test
  void verifiesTheTokensOfRfc7515() throws Exception {
    // RFC 7515 appendix A.3.
    String keys =
        """
        {"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
         "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}
        """;
    String token =
        "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9p"
            + "c19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqP"
            + "P3-Kg6NU1Q";
    byte[] bytes = token.getBytes(StandardCharsets.US_ASCII);
    CompactJws jws = CompactJws.parse(bytes, 0, bytes.length);
    assertThat(read(keys).candidates(JwsAlgorithm.ES256, null))
        .singleElement()
        .matches(key -> key.verifies(JwsAlgorithm.ES256, jws));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "7|no JSON object",
        "{}|malformed",
        "{\"kty\":\"RSA\"}|malformed",
        "{\"kty\":\"RSA\",\"n\":\"\",\"e\":\"AQAB\"}|no valid key",
        "{\"kty\":\"RSA\",\"n\":\"!!\",\"e\":\"AQAB\"}|no valid key",
        "{\"kty\":\"DSA\"}|malformed",
        "{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}|a secret",
        "{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"AAAA\"}|not an Ed25519 key",
        "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AAAA\"}|not an Ed25519 key",
        "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}|malformed",
        "{\"kty\":\"EC\",\"crv\":\"secp256k1\",\"x\":\"AA\",\"y\":\"AA\"}|malformed",
        "{\"kty\":[\"RSA\"]}|malformed",
      })
  void leavesOutAKeyThatIsNoneAndKeepsTheOthers(String key, String why) throws Malformed {
    KeySet keys = withGood(key);
    assertThat(keys.size()).isEqualTo(1);
    assertThat(keys.refused()).singleElement().asString().contains(why);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        ",\"use\":\"enc\"|use",
        ",\"use\":\"\"|malformed",
        ",\"key_ops\":[\"sign\"]|key_ops",
        ",\"key_ops\":[]|key_ops",
        ",\"alg\":\"RS256\"|alg",
        ",\"alg\":\"ES384\"|alg",
        ",\"alg\":\"none\"|alg",
        ",\"alg\":\"HS256\"|alg",
        ",\"d\":\"AAAA\"|private",
        ",\"k\":\"AAAA\"|private",
      })
  void leavesOutAKeyThatIsNotForThis(String more, String why) throws Malformed {
    KeySet keys = withGood(SigningKey.of("other", "ES256").jwk(more));
    assertThat(keys.size()).isEqualTo(1);
    assertThat(keys.refused()).singleElement().asString().contains("'other'").contains(why);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ",\"use\":\"sig\"",
        ",\"key_ops\":[\"verify\"]",
        ",\"alg\":\"ES256\"",
        ",\"x5c\":[\"nonsense\"]",
        ",\"x5t\":7",
        ",\"ext\":true",
        ",\"exp\":1"
      })
  void keepsAKeyWhateverElseIsSaidOfIt(String more) throws Malformed {
    assertThat(withGood(SigningKey.of("other", "ES256").jwk(more)).size()).isEqualTo(2);
  }

  @Test
  void leavesOutWeakKeys() throws Malformed {
    assertThat(withGood(SigningKey.rsa("weak", 1024).jwk()).refused())
        .singleElement()
        .asString()
        .contains("1024 bits");
    String strong = SigningKey.rsa("strong", 2048).jwk();
    assertThat(withGood(strong).size()).isEqualTo(2);
    for (String exponent : new String[] {"AQ", "Ag", "AA", "AQAAAAAAAAAAAQ"}) {
      assertThat(withGood(strong.replace("AQAB", exponent)).refused())
          .as(exponent)
          .singleElement()
          .asString()
          .containsAnyOf("RSA", "no valid key");
    }
  }

  @Test
  void leavesOutAKeyThatIsThereTwiceOrHasAnothersName() throws Malformed {
    KeySet twice = withGood(good.jwk());
    assertThat(twice.size()).isEqualTo(1);
    assertThat(twice.refused()).singleElement().asString().contains("twice");

    KeySet sameName = withGood(SigningKey.of("good", "ES256").jwk());
    assertThat(sameName.size()).isEqualTo(1);
    assertThat(sameName.refused()).singleElement().asString().contains("another key has its 'kid'");

    assertThat(withGood(SigningKey.of("good", "EdDSA").jwk()).size())
        .as("of two kinds, so a token says which")
        .isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{}", "{\"keys\":null}", "{\"keys\":\"x\"}", "{\"keys\":[]} x"})
  void saysWhatIsNoKeySetAtAll(String json) {
    assertThatThrownBy(() -> read(json)).isInstanceOf(Malformed.class);
  }

  @Test
  void readsABoundedNumberOfKeys() {
    String many = "1,".repeat(100) + "1";
    assertThatThrownBy(() -> read("{\"keys\":[" + many + "]}"))
        .isInstanceOf(Malformed.class)
        .hasMessageContaining("100");
  }
}
