package dev.headgate.policy.oidc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class SealTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final byte[] PLAIN = "what nobody may read".getBytes(UTF_8);
  private static final String ONE = "1".repeat(32);
  private static final String TWO = "2".repeat(32);

  private static Seal seal(String purpose, String... secrets) {
    return new Seal(Seal.keys(List.of(secrets), purpose), purpose, RANDOM);
  }

  @Test
  void whatWasSealedIsOpenedByWhoHasTheKeyForThatPurpose() {
    String sealed = seal("a", ONE).seal(PLAIN);
    assertThat(seal("a", ONE).open(sealed)).isEqualTo(PLAIN);
    assertThat(seal("a", TWO, ONE).open(sealed)).isEqualTo(PLAIN);
    assertThat(seal("a", TWO).open(sealed)).isNull();
    assertThat(seal("b", ONE).open(sealed)).isNull();
    assertThat(sealed).doesNotContain(Base64.getUrlEncoder().encodeToString(PLAIN));
    assertThat(seal("a", ONE).seal(PLAIN)).isNotEqualTo(sealed);
  }

  @Test
  void noByteOfItCanBeChanged() {
    Seal seal = seal("a", ONE);
    byte[] sealed = Base64.getUrlDecoder().decode(seal.seal(PLAIN));
    for (int i = 0; i < sealed.length; i++) {
      byte[] other = sealed.clone();
      other[i] ^= 1;
      assertThat(seal.open(Base64.getUrlEncoder().encodeToString(other))).as("byte " + i).isNull();
    }
    assertThat(seal.open(seal.seal(new byte[0]))).isEmpty();
  }

  @FuzzTest
  void whatStrangersSendIsNeverOpenedAndNothingBreaks(byte[] bytes) {
    Seal seal = seal("a", ONE);
    assertThat(seal.open(new String(bytes, StandardCharsets.ISO_8859_1))).isNull();
    assertThat(seal.open(Base64.getUrlEncoder().encodeToString(bytes))).isNull();
    // What was sealed by us is read strictly too.
    Session session = Session.read(bytes);
    if (session != null) {
      assertThat(session.bytes()).isEqualTo(bytes);
    }
    LoginAttempt attempt = LoginAttempt.read(bytes);
    if (attempt != null) {
      assertThat(LoginAttempt.read(attempt.bytes())).isEqualTo(attempt);
    }
  }
}
