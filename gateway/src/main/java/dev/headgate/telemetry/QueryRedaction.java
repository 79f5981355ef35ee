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
  private static final int LONGEST = 64;

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

  private static final byte[][] ENDINGS = {
    bytes("token"),
    bytes("secret"),
    bytes("password"),
    bytes("passwd"),
    bytes("passphrase"),
    bytes("signature"),
    bytes("apikey"),
    bytes("accesskey"),
    bytes("accesskeyid"),
    bytes("privatekey"),
    bytes("secretkey"),
    bytes("subscriptionkey"),
    bytes("credential"),
    bytes("credentials"),
    bytes("cookie")
  };

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
   * @param max how many characters of the query are written
   * @param scratch at least {@link #LONGEST} bytes
   */
  void write(String query, int max, byte[] scratch, JsonBytes out) {
    int end = query.length();
    int shown = Math.min(end, max);
    int from = 0;
    while (from < shown) {
      int nameEnd = from;
      boolean value = false;
      for (; nameEnd < end; nameEnd++) {
        char c = query.charAt(nameEnd);
        if (c == '&' || c == ';') {
          break;
        }
        if (c == '=') {
          value = true;
          break;
        }
      }
      int next;
      if (value && hidden(query, from, nameEnd, scratch)) {
        out.text(query, from, Math.min(nameEnd + 1, shown));
        out.raw('*');
        out.raw('*');
        out.raw('*');
        // To the ampersand, as a semicolon may be part of the credential.
        next = query.indexOf('&', nameEnd);
        next = next < 0 ? end : next;
      } else {
        next = value ? separator(query, nameEnd) : nameEnd;
        out.text(query, from, Math.min(next, shown));
      }
      if (next < shown) {
        out.raw(query.charAt(next));
      }
      from = next + 1;
    }
    if (shown < end) {
      out.ellipsis();
    }
  }

  private static int separator(String query, int from) {
    int i = from;
    while (i < query.length() && query.charAt(i) != '&' && query.charAt(i) != ';') {
      i++;
    }
    return i;
  }

  private boolean hidden(String query, int from, int to, byte[] scratch) {
    int length = normalise(query, from, to, scratch);
    if (length < 0) {
      return true;
    }
    int slot = slot(scratch, length);
    for (byte[] name = slots[slot]; name != null; name = slots[slot]) {
      if (Arrays.equals(name, 0, name.length, scratch, 0, length)) {
        return true;
      }
      slot = (slot + 1) % slots.length;
    }
    for (byte[] ending : ENDINGS) {
      if (length >= ending.length
          && Arrays.equals(ending, 0, ending.length, scratch, length - ending.length, length)) {
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
          c = high << 4 | low;
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

  private static byte[] bytes(String s) {
    return s.getBytes(StandardCharsets.US_ASCII);
  }
}
