package dev.headgate.policy.oidc;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Texts and times as the bytes that are sealed. */
final class Kept {
  private Kept() {}

  /** Times first, then texts of at most 65,535 bytes each. */
  record Values(List<Long> times, List<String> texts) {}

  static byte[] bytes(Values values) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      for (long time : values.times()) {
        out.writeLong(time);
      }
      for (String text : values.texts()) {
        out.writeUTF(text);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Null if it is something else. */
  static @Nullable Values read(byte[] bytes, int times, int texts) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      Long[] long64 = new Long[times];
      for (int i = 0; i < times; i++) {
        long64[i] = in.readLong();
      }
      String[] text = new String[texts];
      for (int i = 0; i < texts; i++) {
        text[i] = in.readUTF();
      }
      return in.read() < 0 ? new Values(List.of(long64), List.of(text)) : null;
    } catch (IOException e) {
      return null;
    }
  }
}
