package dev.headgate.policy.basic;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A user's name and password as a request shows them (RFC 7617 section 2): base64 of both in UTF-8
 * with a colon between.
 */
@SuppressWarnings("ArrayRecordComponent")
record BasicLogin(String user, byte[] password) {

  /** Reads one; null if it is malformed. */
  static @Nullable BasicLogin read(byte[] bytes, int from, int length) {
    byte[] decoded;
    try {
      decoded = Base64.getDecoder().decode(Arrays.copyOfRange(bytes, from, from + length));
    } catch (IllegalArgumentException e) {
      return null;
    }
    int colon = 0;
    while (colon < decoded.length && decoded[colon] != ':') {
      colon++;
    }
    for (byte b : decoded) {
      if ((b >= 0 && b < ' ') || b == 0x7f) {
        return null;
      }
    }
    if (colon == decoded.length) {
      return null;
    }
    try {
      String user =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(decoded, 0, colon)).toString();
      return new BasicLogin(user, Arrays.copyOfRange(decoded, colon + 1, decoded.length));
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /** Whether a text can be sent as a user's name. */
  static boolean isUser(String text) {
    return text.chars().noneMatch(c -> c == ':' || Character.isISOControl(c));
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "BasicLogin";
  }
}
