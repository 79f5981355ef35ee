package dev.headgate.telemetry;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which query parameters carry credentials, so that the log shows their names and never their
 * values. Immutable.
 *
 * <p>A name is compared by its letters and digits only, in lower case and percent-decoded: {@code
 * api_key}, {@code apiKey}, {@code X-Api-Key} and {@code api%5Fkey} are one name. Some words count
 * at the end of a name too, as in {@code X-Amz-Signature} or {@code user[password]}. Rather one
 * value too many is hidden than one too few.
 */
final class QueryRedaction {
  /** Longer names are hidden without being looked at. */
  static final int LONGEST = 64;

  /**
   * Names that count as a whole. At the end of another name they mean something else: zip_code,
   * sort_key.
   */
  private static final List<String> NAMES =
      List.of(
          "key",
          "code",
          "sig",
          "auth",
          "authorization",
          "bearer",
          "jwt",
          "pass",
          "pwd",
          "pin",
          "otp",
          "sid",
          "session",
          "sessionid",
          "jsessionid",
          "phpsessid",
          "samlresponse",
          "samlrequest",
          "assertion",
          "clientassertion",
          "ticket",
          "codeverifier",
          "idtokenhint",
          "hmac",
          "mac");

  /** By their last letter, as most names end in none of these. */
  private static final byte[][][] ENDINGS =
      byLastLetter(
          "token",
          "secret",
          "password",
          "passwd",
          "passphrase",
          "signature",
          "apikey",
          "accesskey",
          "accesskeyid",
          "privatekey",
          "secretkey",
          "subscriptionkey",
          "credential",
          "credentials",
          "cookie");

  private static final byte[] HIDDEN = bytes("***");

  private final byte[] @Nullable [] slots;

  /**
   * @param more names besides the known ones
   */
  QueryRedaction(Collection<String> more) {
    slots = new byte[Integer.highestOneBit(4 * (NAMES.size() + more.size()))][];
    NAMES.forEach(this::add);
    more.forEach(this::add);
  }

  private void add(String name) {
    byte[] normalised = new byte[LONGEST];
    int length = normalise(name, 0, name.length(), normalised);
    if (length > 0) {
      int slot = slot(normalised, length);
      while (slots[slot] != null) {
        slot = (slot + 1) % slots.length;
      }
      slots[slot] = Arrays.copyOf(normalised, length);
    }
  }

  /**
   * Writes a query with the values of such parameters replaced by {@code ***}.
   *
   * @param max how many characters of the query are looked at and written
   * @param scratch at least {@link #LONGEST} bytes, to work in
   */
  void write(String query, int max, byte[] scratch, JsonBytes out) {
    int end = Math.min(query.length(), max);
    int from = 0;
    while (from < end) {
      int nameEnd = from;
      while (nameEnd < end && query.charAt(nameEnd) != '=' && !isSeparator(query.charAt(nameEnd))) {
        nameEnd++;
      }
      int next = nameEnd;
      if (next < end && query.charAt(next) == '=') {
        if (isHidden(query, from, nameEnd, scratch)) {
          out.text(query, from, nameEnd + 1);
          out.raw(HIDDEN);
          // To the ampersand, as a semicolon may be part of the credential.
          while (next < end && query.charAt(next) != '&') {
            next++;
          }
          from = next;
        } else {
          while (next < end && !isSeparator(query.charAt(next))) {
            next++;
          }
        }
      }
      int through = Math.min(next + 1, end);
      out.text(query, from, through);
      from = next + 1;
    }
    if (end < query.length()) {
      out.ellipsis();
    }
  }

  private static boolean isSeparator(char c) {
    return c == '&' || c == ';';
  }

  private boolean isHidden(String query, int from, int to, byte[] name) {
    int length = normalise(query, from, to, name);
    if (length <= 0) {
      // Too long, or without a letter or digit, so that it cannot be told from others.
      return to > from;
    }
    int slot = slot(name, length);
    for (byte[] known = slots[slot]; known != null; known = slots[slot]) {
      if (Arrays.equals(known, 0, known.length, name, 0, length)) {
        return true;
      }
      slot = (slot + 1) % slots.length;
    }
    for (byte[] ending : ENDINGS[name[length - 1]]) {
      if (length >= ending.length
          && Arrays.equals(ending, 0, ending.length, name, length - ending.length, length)) {
        return true;
      }
    }
    return false;
  }

  private int slot(byte[] name, int length) {
    int hash = 0;
    for (int i = 0; i < length; i++) {
      hash = hash * 31 + name[i];
    }
    return (hash & 0x7fff_ffff) % slots.length;
  }

  /**
   * The name's letters and digits in lower case; returns their number, or -1 if they are too many.
   */
  private static int normalise(String s, int from, int to, byte[] into) {
    int length = 0;
    for (int i = from; i < to; i++) {
      int c = s.charAt(i);
      if (c == '%' && i + 2 < to) {
        int high = Character.digit(s.charAt(i + 1), 16);
        int low = Character.digit(s.charAt(i + 2), 16);
        if (high >= 0 && low >= 0) {
          c = (high << 4) | low;
          i += 2;
        }
      }
      if (c >= 'A' && c <= 'Z') {
        c += 'a' - 'A';
      }
      if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
        if (length == LONGEST) {
          return -1;
        }
        into[length++] = (byte) c;
      }
    }
    return length;
  }

  private static byte[][][] byLastLetter(String... endings) {
    byte[][][] byLetter = new byte['z' + 1][0][];
    for (String ending : endings) {
      int last = ending.charAt(ending.length() - 1);
      byte[][] grown = Arrays.copyOf(byLetter[last], byLetter[last].length + 1);
      grown[grown.length - 1] = bytes(ending);
      byLetter[last] = grown;
    }
    return byLetter;
  }

  private static byte[] bytes(String s) {
    return s.getBytes(StandardCharsets.US_ASCII);
  }
}
