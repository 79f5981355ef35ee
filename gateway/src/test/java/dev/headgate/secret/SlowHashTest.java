package dev.headgate.secret;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SlowHashTest {
  private static final String SALT = "c29tZXNhbHQ";
  private static final String HASH = "nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

  /** Those of the reference implementations. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4 password",
        "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc password",
        "$argon2id$v=19$m=65536,t=1,p=1$c29tZXNhbHQ$9qWtwbpyPd3vm1rB1GThgPzZ3/ydHL92zKL+15XZypg password",
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$C4TWUs9rDEvq7w3+J4umqA32aWKB1+DSiRuBfYxFj94 differentpassword",
        "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW U*U",
        "$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe a",
        "$2b$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe a",
        "$2y$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe a",
      })
  void knowsTheSecretOfAHash(String text, String secret) throws Exception {
    SlowHash hash = SlowHash.parse(text);

    assertThat(hash.text()).isEqualTo(text);
    assertThat(hash.matches(secret.getBytes(UTF_8))).isTrue();
    assertThat(hash.matches((secret + "x").getBytes(UTF_8))).isFalse();
    assertThat(hash.decoy(new SecureRandom()).matches(secret.getBytes(UTF_8))).isFalse();
    assertThat(hash.toString()).doesNotContain("$");
  }

  @Test
  void whatItMakesItKnowsAndThinksStrong() throws Exception {
    byte[] secret = "correct horse".getBytes(UTF_8);
    SlowHash made = SlowHash.of(secret, new SecureRandom());

    SlowHash read = SlowHash.parse(made.text());
    assertThat(read.matches(secret)).isTrue();
    assertThat(read.weakness()).isEmpty();
    assertThat(SlowHash.of(secret, new SecureRandom()).text()).isNotEqualTo(made.text());
    assertThat(SlowHash.parse(made.decoy(new SecureRandom()).text()).matches(secret)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "secret",
        "$1$salt$hash",
        "$argon2i$v=19$m=256,t=2,p=1$" + SALT + "$" + HASH,
        "$argon2d$v=19$m=256,t=2,p=1$" + SALT + "$" + HASH,
        "$argon2id$m=256,t=2,p=1$" + SALT + "$" + HASH,
        "$argon2id$v=16$m=256,t=2,p=1$" + SALT + "$" + HASH,
        "$argon2id$v=19$t=2,m=256,p=1$" + SALT + "$" + HASH,
        "$argon2id$v=19$m=256,t=2,p=1,keyid=a$" + SALT + "$" + HASH,
        "$argon2id$v=19$m=0256,t=2,p=1$" + SALT + "$" + HASH,
        "$argon2id$v=19$m=-256,t=2,p=1$" + SALT + "$" + HASH,
        "$argon2id$v=19$m=256,t=0,p=1$" + SALT + "$" + HASH,
        "$argon2id$v=19$m=7,t=2,p=1$" + SALT + "$" + HASH,
        "$argon2id$v=19$m=256,t=2,p=1$" + SALT + "$",
        "$argon2id$v=19$m=256,t=2,p=1$" + SALT + "=$" + HASH,
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHR$" + HASH,
        "$argon2id$v=19$m=256,t=2,p=1$c2FsdA$" + HASH,
        "$argon2id$v=19$m=256,t=2,p=1$" + SALT + "$" + HASH + "$",
        "$argon2id$v=19$m=256,t=2,p=1$" + SALT + "$" + HASH + " ",
        "$2$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe",
        "$2x$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe",
        "$2b$6$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe",
        "$2b$03$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe",
        "$2b$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfx",
        "$2b$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxeA",
        "$2b$06$m0CrhHm10qJ3lXRY.5zDGP3rS2KdeeWLuGmsfGlMfOxih58VYVfxe",
        "$2b$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVf+e",
      })
  void refusesWhatIsNoHash(String text) {
    assertThatThrownBy(() -> SlowHash.parse(text)).isInstanceOf(SlowHash.Malformed.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$argon2id$v=19$m=65537,t=1,p=1$" + SALT + "$" + HASH,
        "$argon2id$v=19$m=65536,t=5,p=1$" + SALT + "$" + HASH,
        "$argon2id$v=19$m=4194304,t=3,p=1$" + SALT + "$" + HASH,
        "$argon2id$v=19$m=8,t=999999999,p=1$" + SALT + "$" + HASH,
        "$argon2id$v=19$m=256,t=1,p=17$" + SALT + "$" + HASH,
        "$2b$15$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe",
        "$2b$31$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe",
      })
  void refusesWhatWouldHoldUpAThread(String text) {
    assertThatThrownBy(() -> SlowHash.parse(text))
        .isInstanceOf(SlowHash.Malformed.class)
        .hasMessageContaining("cost too much");
  }

  @Test
  void saysWhatProtectsBadly() throws Exception {
    assertThat(weak("$argon2id$v=19$m=256,t=2,p=1$" + SALT + "$" + HASH)).isTrue();
    assertThat(weak("$argon2id$v=19$m=19456,t=2,p=1$" + SALT + "$" + HASH)).isFalse();
    assertThat(weak("$argon2id$v=19$m=7168,t=5,p=1$" + SALT + "$" + HASH)).isFalse();
    assertThat(weak("$2b$09$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe")).isTrue();
    assertThat(weak("$2b$10$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe")).isFalse();
  }

  private static boolean weak(String text) throws Exception {
    return SlowHash.parse(text).weakness().isPresent();
  }

  @FuzzTest
  void anyTextIsReadWithinBoundsOrRefused(byte[] bytes) {
    String text = new String(bytes, ISO_8859_1);
    try {
      SlowHash hash = SlowHash.parse(text);
      assertThat(hash.text()).isEqualTo(text);
      if (hash instanceof SlowHash.Argon2id argon) {
        assertThat((long) argon.memoryKib() * argon.passes()).isLessThanOrEqualTo(4 * 65_536);
      }
    } catch (SlowHash.Malformed e) {
      assertThat(e).hasMessageNotContaining("\n");
    }
  }
}
