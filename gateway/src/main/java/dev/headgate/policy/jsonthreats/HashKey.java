package dev.headgate.policy.jsonthreats;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/**
 * The secret of a keyed hash, SipHash-1-3 (Aumasson and Bernstein, 2012): who does not know it
 * cannot make keys whose hashes meet, so that tables of them stay fast and two keys are not taken
 * for one. Immutable.
 */
record HashKey(long k0, long k1) {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  static HashKey random() {
    SecureRandom random = new SecureRandom();
    return new HashKey(random.nextLong(), random.nextLong());
  }

  /**
   * What stands for a text that is a part of an array: a short one itself, with its length, so that
   * it costs no more than a look; else a hash of 63 bits, which looks like no short text.
   */
  long id(byte[] bytes, int from, int to) {
    int length = to - from;
    if (length >= Long.BYTES) {
      return hash(bytes, from, to) | Long.MIN_VALUE;
    }
    long id = length;
    for (int at = from; at < to; at++) {
      id = (id << 8) | (bytes[at] & 0xff);
    }
    return id;
  }

  long hash(byte[] bytes, int from, int to) {
    long v0 = k0 ^ 0x736f6d6570736575L;
    long v1 = k1 ^ 0x646f72616e646f6dL;
    long v2 = k0 ^ 0x6c7967656e657261L;
    long v3 = k1 ^ 0x7465646279746573L;
    int at = from;
    boolean last = false;
    while (!last) {
      long m;
      if (to - at >= Long.BYTES) {
        m = (long) LONG.get(bytes, at);
        at += Long.BYTES;
      } else {
        m = (long) (to - from) << 56;
        for (int shift = 0; at < to; shift += 8) {
          m |= (bytes[at++] & 0xffL) << shift;
        }
        last = true;
      }
      v3 ^= m;
      v0 += v1;
      v2 += v3;
      v1 = Long.rotateLeft(v1, 13) ^ v0;
      v3 = Long.rotateLeft(v3, 16) ^ v2;
      v0 = Long.rotateLeft(v0, 32) + v3;
      v2 += v1;
      v1 = Long.rotateLeft(v1, 17) ^ v2;
      v3 = Long.rotateLeft(v3, 21) ^ v0;
      v2 = Long.rotateLeft(v2, 32);
      v0 ^= m;
    }
    v2 ^= 0xff;
    for (int round = 0; round < 3; round++) {
      v0 += v1;
      v2 += v3;
      v1 = Long.rotateLeft(v1, 13) ^ v0;
      v3 = Long.rotateLeft(v3, 16) ^ v2;
      v0 = Long.rotateLeft(v0, 32) + v3;
      v2 += v1;
      v1 = Long.rotateLeft(v1, 17) ^ v2;
      v3 = Long.rotateLeft(v3, 21) ^ v0;
      v2 = Long.rotateLeft(v2, 32);
    }
    return v0 ^ v1 ^ v2 ^ v3;
  }

  /** The secret is not shown. */
  @Override
  public String toString() {
    return "HashKey[***]";
  }
}
