package dev.headgate.policy.extauthz;

import dev.headgate.jose.Malformed;
import java.nio.charset.StandardCharsets;

/**
 * Reads a message in the wire format of Protocol Buffers, field by field. Every field is read or
 * skipped in place, so that what a message claims to hold costs nothing before it is there.
 */
final class ProtoReader {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int LENGTH = 2;
  private static final int FIXED32 = 5;

  private final byte[] bytes;
  private final int end;
  private int at;
  private int type;

  ProtoReader(byte[] bytes, int from, int end) {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
  }

  /** The number of the next field, or 0 at the end. */
  int next() throws Malformed {
    if (at == end) {
      return 0;
    }
    long key = varint();
    type = (int) (key & 7);
    long field = key >>> 3;
    if (field == 0 || field > 0x1fff_ffff) {
      throw new Malformed("a field without a number");
    }
    return (int) field;
  }

  long number() throws Malformed {
    expect(VARINT);
    return varint();
  }

  /** A message inside. */
  ProtoReader message() throws Malformed {
    expect(LENGTH);
    int length = length();
    ProtoReader inside = new ProtoReader(bytes, at, at + length);
    at += length;
    return inside;
  }

  /** A text's bytes, one character each, as header fields have them. */
  String text() throws Malformed {
    expect(LENGTH);
    int length = length();
    String text = new String(bytes, at, length, StandardCharsets.ISO_8859_1);
    at += length;
    return text;
  }

  /** Passes over a field that is not known. */
  void skip() throws Malformed {
    int length =
        switch (type) {
          case VARINT -> {
            varint();
            yield 0;
          }
          case FIXED64 -> 8;
          case LENGTH -> length();
          case FIXED32 -> 4;
          default -> throw new Malformed("a field of an unknown type");
        };
    if (length > end - at) {
      throw new Malformed("a field that ends behind its message");
    }
    at += length;
  }

  private void expect(int wanted) throws Malformed {
    if (type != wanted) {
      throw new Malformed("a field of another type");
    }
  }

  private int length() throws Malformed {
    long length = varint();
    if (length < 0 || length > end - at) {
      throw new Malformed("a field that ends behind its message");
    }
    return (int) length;
  }

  private long varint() throws Malformed {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at == end) {
        throw new Malformed("a number that ends behind its message");
      }
      byte b = bytes[at++];
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new Malformed("a number that is too long");
  }
}
