package dev.headgate.policy.apikey;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What is known of very many keys, written one after the other into one array. Immutable.
 *
 * <p>A key is: a byte that says which of the two times follow; those; id and consumer; the number
 * of groups, and the groups. Texts are in UTF-8, after two bytes with their length.
 */
final class KeyRecords {
  private static final int NOT_BEFORE = 1;
  private static final int EXPIRES = 2;

  private final byte[] bytes;
  private final int[] begins;

  private KeyRecords(byte[] bytes, int[] begins) {
    this.bytes = bytes;
    this.begins = begins;
  }

  /** Writes one after the other. */
  static final class Builder {
    private ByteBuffer out = ByteBuffer.allocate(1024);
    private int[] begins = new int[16];
    private int size;

    void add(KeyRecord key) {
      if (size == begins.length) {
        begins = Arrays.copyOf(begins, size * 2);
      }
      begins[size++] = out.position();
      boolean begun = key.notBefore() != KeyRecord.ALWAYS;
      boolean ends = key.expires() != KeyRecord.NEVER;
      room(2 + 2 * Long.BYTES);
      out.put((byte) ((begun ? NOT_BEFORE : 0) | (ends ? EXPIRES : 0)));
      if (begun) {
        out.putLong(key.notBefore());
      }
      if (ends) {
        out.putLong(key.expires());
      }
      text(key.id());
      text(key.consumer());
      room(1);
      out.put((byte) key.groups().size());
      key.groups().forEach(this::text);
    }

    private void text(String text) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      room(Short.BYTES + utf8.length);
      out.putShort((short) utf8.length).put(utf8);
    }

    private void room(int needed) {
      if (out.remaining() < needed) {
        int size = Math.addExact(out.position(), Math.max(out.position(), needed));
        out = ByteBuffer.allocate(size).put(out.flip());
      }
    }

    KeyRecord at(int number) {
      return read(ByteBuffer.wrap(out.array(), begins[number], out.position() - begins[number]));
    }

    KeyRecords build() {
      return new KeyRecords(
          Arrays.copyOf(out.array(), out.position()), Arrays.copyOf(begins, size));
    }
  }

  KeyRecord at(int number) {
    return read(ByteBuffer.wrap(bytes, begins[number], bytes.length - begins[number]));
  }

  private static KeyRecord read(ByteBuffer in) {
    byte times = in.get();
    long notBefore = (times & NOT_BEFORE) == 0 ? KeyRecord.ALWAYS : in.getLong();
    long expires = (times & EXPIRES) == 0 ? KeyRecord.NEVER : in.getLong();
    String id = text(in);
    String consumer = text(in);
    int count = in.get();
    List<String> groups = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      groups.add(text(in));
    }
    return new KeyRecord(consumer, id, List.copyOf(groups), notBefore, expires);
  }

  private static String text(ByteBuffer in) {
    int length = Short.toUnsignedInt(in.getShort());
    String text =
        new String(in.array(), in.arrayOffset() + in.position(), length, StandardCharsets.UTF_8);
    in.position(in.position() + length);
    return text;
  }
}
