package dev.headgate.policy.jsonthreats;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HashKeyTest {
  /** SipHash-c-d as its paper has it, step by step. */
  private static long slow(int c, int d, long k0, long k1, byte[] bytes) {
    long[] v = {
      k0 ^ 0x736f6d6570736575L,
      k1 ^ 0x646f72616e646f6dL,
      k0 ^ 0x6c7967656e657261L,
      k1 ^ 0x7465646279746573L
    };
    byte[] padded = Arrays.copyOf(bytes, bytes.length / 8 * 8 + 8);
    padded[padded.length - 1] = (byte) bytes.length;
    for (int at = 0; at < padded.length; at += 8) {
      long m = 0;
      for (int i = 7; i >= 0; i--) {
        m = (m << 8) | (padded[at + i] & 0xff);
      }
      v[3] ^= m;
      rounds(c, v);
      v[0] ^= m;
    }
    v[2] ^= 0xff;
    rounds(d, v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
  }

  private static void rounds(int count, long[] v) {
    for (int i = 0; i < count; i++) {
      v[0] += v[1];
      v[1] = Long.rotateLeft(v[1], 13);
      v[1] ^= v[0];
      v[0] = Long.rotateLeft(v[0], 32);
      v[2] += v[3];
      v[3] = Long.rotateLeft(v[3], 16);
      v[3] ^= v[2];
      v[0] += v[3];
      v[3] = Long.rotateLeft(v[3], 21);
      v[3] ^= v[0];
      v[2] += v[1];
      v[1] = Long.rotateLeft(v[1], 17);
      v[1] ^= v[2];
      v[2] = Long.rotateLeft(v[2], 32);
    }
  }

  @Test
  void theReferenceGivesTheValueOfThePaper() {
    byte[] message = new byte[15];
    for (int i = 0; i < message.length; i++) {
      message[i] = (byte) i;
    }
    assertThat(slow(2, 4, 0x0706050403020100L, 0x0f0e0d0c0b0a0908L, message))
        .isEqualTo(0xa129ca6149be45e5L);
  }

  @Test
  void hashesAreThoseOfTheReference() {
    Random random = new Random(3);
    for (int length = 0; length < 70; length++) {
      byte[] bytes = new byte[length + 5];
      random.nextBytes(bytes);
      HashKey key = new HashKey(random.nextLong(), random.nextLong());
      byte[] part = Arrays.copyOfRange(bytes, 2, 2 + length);
      assertThat(key.hash(bytes, 2, 2 + length)).isEqualTo(slow(1, 3, key.k0(), key.k1(), part));
    }
  }

  @Test
  void theSecretIsNotShown() {
    assertThat(new HashKey(11, 22)).hasToString("HashKey[***]");
  }
}
