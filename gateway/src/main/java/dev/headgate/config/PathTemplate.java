package dev.headgate.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The path of a route: literal segments, {@code {name}} for any one segment that is not empty, and
 * at the end {@code /**} for the rest, nothing included.
 *
 * <p>{@code /a} and {@code /a/} are two paths: the second ends in an empty literal segment. {@code
 * /a/**} takes both, and all that lies below.
 *
 * @param text as the user wrote it
 * @param segments what the path begins with, one for each slash
 * @param rest whether the template ends in {@code /**}
 */
public record PathTemplate(String text, List<Segment> segments, boolean rest) {
  /** How deep a template may be; it bounds the work of a look-up. */
  public static final int MAX_SEGMENTS = 64;

  private static final int MAX_LENGTH = 2048;

  public PathTemplate {
    segments = List.copyOf(segments);
  }

  /** One segment of a template. */
  public sealed interface Segment {}

  /**
   * Text that a segment must be.
   *
   * @param text in canonical form, as {@link PathText} makes it; empty only at the end
   */
  public record Literal(String text) implements Segment {}

  /** Any one segment that is not empty. */
  public record Capture(String name) implements Segment {}

  /**
   * Reads what a user wrote.
   *
   * @throws IllegalArgumentException with a hint for the user
   */
  public static PathTemplate parse(String text) {
    if (!text.startsWith("/")) {
      throw new IllegalArgumentException("a path begins with '/'");
    }
    if (text.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("a path has at most " + MAX_LENGTH + " characters");
    }
    List<Segment> segments = new ArrayList<>();
    boolean rest = false;
    for (int from = 1; from <= text.length() && !rest; ) {
      int slash = text.indexOf('/', from);
      int end = slash < 0 ? text.length() : slash;
      String written = text.substring(from, end);
      if (written.equals("**")) {
        if (slash >= 0) {
          throw new IllegalArgumentException("'**' stands at the end of a path only");
        }
        rest = true;
      } else {
        segments.add(segment(written, slash < 0, segments));
      }
      from = end + 1;
    }
    if (segments.size() > MAX_SEGMENTS) {
      throw new IllegalArgumentException("a path has at most " + MAX_SEGMENTS + " segments");
    }
    return new PathTemplate(text, segments, rest);
  }

  private static Segment segment(String written, boolean last, List<Segment> before) {
    if (written.isEmpty()) {
      if (!last) {
        throw new IllegalArgumentException(
            "'//' never matches: repeated slashes of a request are merged");
      }
      return new Literal("");
    }
    if (written.startsWith("{") && written.indexOf('}') == written.length() - 1) {
      Capture capture = new Capture(captureName(written.substring(1, written.length() - 1)));
      if (before.contains(capture)) {
        throw new IllegalArgumentException("'" + written + "' is there twice");
      }
      return capture;
    }
    if (written.indexOf('{') >= 0 || written.indexOf('}') >= 0) {
      throw new IllegalArgumentException(
          "'{name}' is a whole segment: it cannot be joined to text, as in '" + written + "'");
    }
    if (written.indexOf('*') >= 0) {
      throw new IllegalArgumentException(
          "'*' has no meaning inside a segment: use '{name}' for one segment, '/**' for the rest,"
              + " '%2A' for a star");
    }
    return new Literal(PathText.canonicalSegment(written));
  }

  private static String captureName(String name) {
    if (name.equals("**")) {
      throw new IllegalArgumentException("the rest of a path is written '**', without braces");
    }
    if (!Template.isName(name)) {
      throw new IllegalArgumentException(
          "'{" + name + "}': a name has up to 64 letters, digits, '_' and '-', a letter first");
    }
    return name;
  }

  /** The index of the segment that this name captures, or -1. */
  public int indexOf(String name) {
    for (int i = 0; i < segments.size(); i++) {
      if (segments.get(i) instanceof Capture capture && capture.name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  /**
   * What a name captures of a path that the template takes, as an origin would look it up: after
   * percent-decoding, one character for each byte, and without what comes after a semicolon. So two
   * spellings of one thing are the same.
   *
   * @param path in canonical form
   * @return null if the template captures nothing of that name
   */
  public @Nullable String captured(String name, String path) {
    int segment = indexOf(name);
    if (segment < 0) {
      return null;
    }
    int from = 1;
    for (int i = 0; i < segment && from > 0; i++) {
      from = path.indexOf('/', from) + 1;
    }
    if (from == 0) {
      return null;
    }
    int slash = path.indexOf('/', from);
    String written = path.substring(from, slash < 0 ? path.length() : slash);
    int semicolon = written.indexOf(';');
    return decoded(semicolon < 0 ? written : written.substring(0, semicolon));
  }

  private static String decoded(String written) {
    if (written.indexOf('%') < 0) {
      return written;
    }
    StringBuilder text = new StringBuilder(written.length());
    for (int i = 0; i < written.length(); i++) {
      char c = written.charAt(i);
      if (c == '%') {
        c = (char) Integer.parseInt(written, i + 1, i + 3, 16);
        i += 2;
      }
      text.append(c);
    }
    return text.toString();
  }

  /** How many literal segments the template begins with. */
  public int fixedSegments() {
    int count = 0;
    while (count < segments.size() && segments.get(count) instanceof Literal) {
      count++;
    }
    return count;
  }

  /** The names that the template captures, in order. */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    for (Segment segment : segments) {
      if (segment instanceof Capture capture) {
        names.add(capture.name());
      }
    }
    return names;
  }

  @Override
  public String toString() {
    return text;
  }
}
