package dev.headgate.pem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.jose.SigningKey;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.KeyPair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublicKeysTest {
  private static byte[] pem(String label, Key key) {
    return SigningKey.pem(label, key).getBytes(StandardCharsets.US_ASCII);
  }

  @ParameterizedTest
  @ValueSource(strings = {"RS256", "ES256", "ES384", "ES512", "EdDSA"})
  void aPrivateKeyHasItsPublicHalf(String algorithm) throws Exception {
    for (int i = 0; i < (algorithm.equals("RS256") ? 1 : 20); i++) {
      KeyPair pair = SigningKey.of("k", algorithm).pair();
      assertThat(PublicKeys.of(pair.getPrivate())).isEqualTo(pair.getPublic());
      assertThat(PublicKeys.read(pem("PRIVATE KEY", pair.getPrivate())))
          .isEqualTo(pair.getPublic());
      assertThat(PublicKeys.read(pem("PUBLIC KEY", pair.getPublic()))).isEqualTo(pair.getPublic());
    }
  }

  @Test
  void aFileWithoutAKeyOrWithSeveralIsRefusedInWords() {
    byte[] key = pem("PUBLIC KEY", SigningKey.of("k", "EdDSA").pair().getPublic());
    String twice = new String(key, StandardCharsets.US_ASCII).repeat(2);
    assertThatThrownBy(() -> PublicKeys.read(new byte[0]))
        .isInstanceOf(InvalidKeyException.class)
        .hasMessage("has no key");
    assertThatThrownBy(() -> PublicKeys.read(twice.getBytes(StandardCharsets.US_ASCII)))
        .hasMessage("has several keys");
    assertThatThrownBy(() -> PrivateKeys.read(key)).hasMessage("has no private key");
  }
}
