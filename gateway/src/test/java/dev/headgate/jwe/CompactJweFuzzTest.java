package dev.headgate.jwe;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.headgate.jose.Malformed;
import dev.headgate.jose.SigningKey;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;

class CompactJweFuzzTest {
  private static final DecryptionKey KEY = key();

  private static DecryptionKey key() {
    try {
      return DecryptionKey.of(SigningKey.of("", "ES256").pair().getPrivate());
    } catch (InvalidKeyException e) {
      throw new IllegalStateException(e);
    }
  }

  @FuzzTest
  void aTokenThatIsReadIsSpelledInTheOnlyWay(byte[] token) {
    try {
      CompactJwe jwe = CompactJwe.parse(token);
      CompactJwe.Parts parts = jwe.parts();
      assertThat(new String(token, StandardCharsets.ISO_8859_1))
          .isEqualTo(
              String.join(
                  ".",
                  jwe.header(),
                  SigningKey.base64(parts.key()),
                  SigningKey.base64(parts.vector()),
                  SigningKey.base64(parts.content()),
                  SigningKey.base64(parts.tag())));
    } catch (Malformed e) {
      assertThat(e).hasMessageNotContaining("\n");
    }
  }

  /** Whatever it says of the sender's key. */
  @FuzzTest
  void noTokenIsOpenedThatNobodyMadeForTheKey(byte[] epk) {
    String header =
        "{\"alg\":\"ECDH-ES\",\"enc\":\"A128GCM\",\"epk\":"
            + new String(epk, StandardCharsets.UTF_8)
            + "}";
    String token =
        SigningKey.base64(header)
            + ".."
            + SigningKey.base64(new byte[12])
            + ".AAAA."
            + SigningKey.base64(new byte[16]);
    try {
      assertThat(KEY.open(CompactJwe.parse(token.getBytes(StandardCharsets.US_ASCII)))).isNull();
    } catch (Malformed e) {
      assertThat(e).hasMessageNotContaining("\n");
    }
  }
}
