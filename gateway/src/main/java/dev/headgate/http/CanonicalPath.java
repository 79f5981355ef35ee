package dev.headgate.http;

import java.nio.charset.StandardCharsets;

/**
 * The one form that a path has everywhere behind the reader: routes match it, policies authorise
 * it, the log shows it and the upstream gets it, so that nobody decides on another path than the
 * one that is served.
 *
 * <p>What RFC 3986 calls the same path becomes the same text (section 6.2.2): unreserved characters
 * are not percent-encoded, other triplets have upper-case digits, characters that a path cannot
 * hold are encoded, dot segments are resolved. Repeated slashes are merged, before dot segments are
 * looked at. Reserved characters stay as they were sent, encoded or not, for some origins tell them
 * apart and signatures cover them; so do path parameters ({@code ;x=1}).
 *
 * <p>What origins are known to read in two ways is refused with a {@link PathRefusal}. An encoded
 * slash is kept as data here ({@link #hasEncodedSlash}): the route that takes the request says what
 * it means.
 */
public final class CanonicalPath {
  /** Characters that never need a second look, wherever they stand. */
  private static final boolean[] PLAIN = new boolean[128];

  /** Characters that a path holds as they are (RFC 3986 section 3.3, pchar). */
  private static final boolean[] PATH_CHARACTER = new boolean[128];

  private static final boolean[] UNRESERVED = new boolean[128];
  private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

  static {
    for (char c = 0; c < 128; c++) {
      boolean alphanumeric =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      UNRESERVED[c] = alphanumeric || "-._~".indexOf(c) >= 0;
      PATH_CHARACTER[c] = UNRESERVED[c] || "!$&'()*+,;=:@".indexOf(c) >= 0;
      PLAIN[c] = PATH_CHARACTER[c] && c != '.' && c != ';';
    }
  }

  private final String raw;
  private int at;

  // A character of the raw path becomes three at most.
  private final byte[] out;
  private int end;

  // How many bytes of a UTF-8 sequence are missing, and what the next one may be.
  private int missing;
  private int lowest;
  private int highest;

  private CanonicalPath(String raw) {
    this.raw = raw;
    this.out = new byte[raw.length() * 3];
  }

  /**
   * The canonical form of a path; the same object, found out in one scan, for nearly every path.
   *
   * @param raw the path as it came, without query, one character for each byte
   */
  public static String of(String raw) throws RefusedPath {
    int length = raw.length();
    if (length == 0 || raw.charAt(0) != '/') {
      throw new RefusedPath(PathRefusal.NOT_ABSOLUTE);
    }
    char before = '/';
    for (int i = 1; i < length; i++) {
      char c = raw.charAt(i);
      if (c >= 128 || !(PLAIN[c] || ((c == '/' || c == '.') && before != '/'))) {
        return new CanonicalPath(raw).rewritten();
      }
      before = c;
    }
    return raw;
  }

  /** Whether a canonical path has an encoded slash or backslash. */
  public static boolean hasEncodedSlash(String path) {
    for (int i = path.indexOf('%'); i >= 0; i = path.indexOf('%', i + 3)) {
      if (isEncodedSlash(path, i)) {
        return true;
      }
    }
    return false;
  }

  /** The canonical form of a canonical path whose encoded slashes and backslashes separate. */
  public static String withSlashesDecoded(String path) throws RefusedPath {
    return of(path.replace("%2F", "/").replace("%5C", "/"));
  }

  private static boolean isEncodedSlash(String path, int percent) {
    return path.startsWith("2F", percent + 1) || path.startsWith("5C", percent + 1);
  }

  /**
   * Takes segment by segment: writes it, looks at what it turned out to be, and takes it back if it
   * was empty or dots.
   */
  private String rewritten() throws RefusedPath {
    int length = raw.length();
    while (at < length) {
      int slash = end;
      out[end++] = '/';
      at++;
      boolean structured = writeSegment();
      boolean last = at == length;
      int size = end - slash - 1;
      if (size == 0 || isDots(slash + 1, end)) {
        if (size == 2) {
          end = parent(slash);
        } else {
          end = slash;
        }
        if (last) {
          out[end++] = '/';
        }
      } else if (structured) {
        requireOneReading(slash + 1);
      }
    }
    String result = new String(out, 0, end, StandardCharsets.ISO_8859_1);
    return result.equals(raw) ? raw : result;
  }

  /** Writes up to the next slash and says whether parameters or encoded slashes were there. */
  private boolean writeSegment() throws RefusedPath {
    boolean structured = false;
    for (; at < raw.length(); at++) {
      char c = raw.charAt(at);
      if (c == '/') {
        break;
      }
      if (c == '%') {
        int octet = octet();
        writeOctet(octet);
        structured |= octet == '/' || octet == '\\';
        continue;
      }
      requireWholeSequence();
      structured |= c == ';';
      if (c < 128 && PATH_CHARACTER[c]) {
        out[end++] = (byte) c;
      } else {
        requirePrintable(c);
        writeTriplet(c);
      }
    }
    requireWholeSequence();
    return structured;
  }

  private int octet() throws RefusedPath {
    int high = at + 2 < raw.length() ? digit(raw.charAt(at + 1)) : -1;
    int low = high < 0 ? -1 : digit(raw.charAt(at + 2));
    if (low < 0) {
      throw new RefusedPath(PathRefusal.BAD_PERCENT);
    }
    at += 2;
    return high << 4 | low;
  }

  private void writeOctet(int octet) throws RefusedPath {
    if (octet >= 128) {
      takeUtf8(octet);
      writeTriplet(octet);
      return;
    }
    requireWholeSequence();
    if (octet < ' ' || octet == 0x7f) {
      throw new RefusedPath(PathRefusal.CONTROL);
    }
    if (UNRESERVED[octet]) {
      out[end++] = (byte) octet;
    } else {
      writeTriplet(octet);
    }
  }

  private void writeTriplet(int octet) {
    out[end++] = '%';
    out[end++] = HEX[octet >> 4];
    out[end++] = HEX[octet & 15];
  }

  private static void requirePrintable(char c) throws RefusedPath {
    if (c < ' ' || c == 0x7f) {
      throw new RefusedPath(PathRefusal.CONTROL);
    }
    if (c >= 128) {
      throw new RefusedPath(PathRefusal.NOT_ASCII);
    }
    if (c == '\\') {
      throw new RefusedPath(PathRefusal.BACKSLASH);
    }
    if (c == ' ' || c == '#' || c == '?') {
      throw new RefusedPath(PathRefusal.BAD_CHARACTER);
    }
  }

  /** The well-formed sequences of the Unicode standard, table 3-7. */
  private void takeUtf8(int octet) throws RefusedPath {
    if (missing > 0) {
      if (octet < lowest || octet > highest) {
        throw new RefusedPath(PathRefusal.NOT_UTF8);
      }
      missing--;
      lowest = 0x80;
      highest = 0xbf;
      return;
    }
    if (octet < 0xc2 || octet > 0xf4) {
      throw new RefusedPath(PathRefusal.NOT_UTF8);
    }
    missing = octet < 0xe0 ? 1 : octet < 0xf0 ? 2 : 3;
    lowest = octet == 0xe0 ? 0xa0 : octet == 0xf0 ? 0x90 : 0x80;
    highest = octet == 0xed ? 0x9f : octet == 0xf4 ? 0x8f : 0xbf;
  }

  private void requireWholeSequence() throws RefusedPath {
    if (missing > 0) {
      throw new RefusedPath(PathRefusal.NOT_UTF8);
    }
  }

  private boolean isDots(int from, int to) {
    int size = to - from;
    return (size == 1 || size == 2) && out[from] == '.' && out[to - 1] == '.';
  }

  /** Where the segment before this slash begins: what {@code ..} goes back to. */
  private int parent(int slash) throws RefusedPath {
    if (slash == 0) {
      throw new RefusedPath(PathRefusal.ABOVE_ROOT);
    }
    int i = slash - 1;
    while (out[i] != '/') {
      i--;
    }
    return i;
  }

  /**
   * Refuses {@code ..;x}, {@code ;x} and {@code ..%2F}: an origin that drops parameters or decodes
   * slashes first sees dots or nothing, and resolves them.
   */
  private void requireOneReading(int from) throws RefusedPath {
    int piece = from;
    boolean inName = true;
    for (int i = from; i <= end; i++) {
      boolean over = i == end || isTripletOfSlash(i);
      if (inName && (over || out[i] == ';')) {
        boolean empty = i == piece && !over;
        if (empty || isDots(piece, i)) {
          throw new RefusedPath(PathRefusal.AMBIGUOUS);
        }
        inName = false;
      }
      if (over) {
        i += 2;
        piece = i + 1;
        inName = true;
      }
    }
  }

  private boolean isTripletOfSlash(int i) {
    return out[i] == '%'
        && ((out[i + 1] == '2' && out[i + 2] == 'F') || (out[i + 1] == '5' && out[i + 2] == 'C'));
  }

  private static int digit(char c) {
    return c < 128 ? Character.digit(c, 16) : -1;
  }
}
