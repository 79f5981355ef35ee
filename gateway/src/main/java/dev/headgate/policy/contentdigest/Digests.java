package dev.headgate.policy.contentdigest;

import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the field Content-Digest (RFC 9530 section 2): a dictionary of byte sequences (RFC 8941
 * sections 3.2 and 3.3.5), such as {@code sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:}.
 * Pure.
 */
final class Digests {
  private static final int MOST = 16;

  private Digests() {}

  /**
   * The digests by their algorithms.
   *
   * @param field all values of the field, joined by commas
   * @return null if it is malformed, or names an algorithm twice
   */
  static @Nullable Map<String, byte[]> read(String field) {
    Map<String, byte[]> digests = new HashMap<>();
    for (String member : field.split(",", MOST + 1)) {
      String text = member.strip();
      int equals = text.indexOf('=');
      String name = equals < 0 ? "" : text.substring(0, equals);
      byte[] digest = equals < 0 ? null : bytes(text.substring(equals + 1));
      if (!isKey(name) || digest == null || digests.put(name, digest) != null) {
        return null;
      }
    }
    return digests.size() > MOST ? null : digests;
  }

  private static boolean isKey(String name) {
    boolean good = !name.isEmpty() && name.equals(name.toLowerCase(Locale.ROOT));
    for (int i = 0; good && i < name.length(); i++) {
      char c = name.charAt(i);
      good = (c >= 'a' && c <= 'z') || c == '*' || (i > 0 && "0123456789-_.".indexOf(c) >= 0);
    }
    return good;
  }

  private static byte @Nullable [] bytes(String item) {
    if (item.length() < 2 || item.charAt(0) != ':' || item.charAt(item.length() - 1) != ':') {
      return null;
    }
    try {
      return Base64.getDecoder().decode(item.substring(1, item.length() - 1));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
