package dev.headgate.jose;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;

class TokenFuzzTest {
  @FuzzTest
  void aTokenThatIsReadIsSpelledInTheOnlyWay(byte[] token) {
    try {
      CompactJws jws = CompactJws.parse(token, 0, token.length);
      String text = new String(token, StandardCharsets.ISO_8859_1);
      Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
      assertThat(text)
          .isEqualTo(
              new String(jws.signed(), StandardCharsets.ISO_8859_1)
                  + "."
                  + encoder.encodeToString(jws.signature()));
      assertThat(new String(jws.signed(), StandardCharsets.ISO_8859_1))
          .endsWith("." + encoder.encodeToString(jws.payload()));
      assertThat(jws.signature()).isNotEmpty();
    } catch (Malformed e) {
      assertThat(e).hasMessageNotContaining("\n");
    }
  }

  @FuzzTest
  void anyJsonIsReadIntoKnownTypesOrRefused(byte[] json) {
    try {
      assertKnown(StrictJson.object(json), 0);
    } catch (Malformed e) {
      assertThat(e).hasMessageNotContaining("\n");
    }
  }

  private static void assertKnown(Object value, int depth) {
    assertThat(depth).isLessThan(20);
    switch (value) {
      case Map<?, ?> map ->
          map.forEach((name, below) -> {
            assertThat(name).isInstanceOf(String.class);
            assertKnown(below, depth + 1);
          });
      case List<?> list -> list.forEach(below -> assertKnown(below, depth + 1));
      case Double number -> assertThat(number).isFinite();
      default -> assertThat(value).isInstanceOfAny(String.class, Boolean.class, Long.class);
    }
  }

  @FuzzTest
  void aProofThatIsReadHasAPublicKeyOfItsOwn(byte[] proof) {
    try {
      DpopProof read = DpopProof.parse(proof);
      assertThat(read.algorithm().family()).isNotEqualTo(JwsAlgorithm.Family.SECRET);
      assertThat(read.key().algorithms()).contains(read.algorithm());
      assertThat(read.thumbprint()).hasSize(43);
      read.isSigned();
    } catch (Malformed e) {
      assertThat(e).hasMessageNotContaining("\n");
    }
  }

  @FuzzTest
  void anyKeySetIsReadOrRefused(byte[] json) {
    try {
      KeySet keys = JwkReader.read(json);
      assertThat(keys.size()).isLessThanOrEqualTo(100);
    } catch (Malformed e) {
      assertThat(e).hasMessageNotContaining("\n");
    }
  }
}
