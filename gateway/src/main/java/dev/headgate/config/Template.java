package dev.headgate.config;

import java.util.ArrayList;
import java.util.List;

/**
 * Text with {@code {name}} in it, replaced for each request: a rewritten path, or where a redirect
 * goes.
 *
 * @param text as the user wrote it
 * @param parts the same, cut up; text is in the form that goes out
 */
public record Template(String text, List<Part> parts) {
  /** The name of what {@code **} of the route's path stands for. */
  public static final String REST = "**";

  private static final int MAX_NAME = 64;
  private static final List<String> OF_THE_REQUEST = List.of("host", "path", "query");

  public Template {
    parts = List.copyOf(parts);
  }

  /** A piece of a template. */
  public sealed interface Part {}

  /** What stays as it is. */
  public record Text(String text) implements Part {}

  /** What is replaced; {@link #REST} for the rest of the path. */
  public record Variable(String name) implements Part {}

  /**
   * Reads a path to rewrite to.
   *
   * @param route the path whose captures may be used
   * @throws IllegalArgumentException with a hint for the user
   */
  public static Template path(String text, PathTemplate route) {
    if (!text.startsWith("/")) {
      throw new IllegalArgumentException("a path begins with '/'");
    }
    List<Part> parts = new ArrayList<>();
    for (int from = 1; from <= text.length(); ) {
      int slash = text.indexOf('/', from);
      int end = slash < 0 ? text.length() : slash;
      pathSegment(text.substring(from, end), slash < 0, route, parts);
      from = end + 1;
    }
    return new Template(text, joined(parts));
  }

  /**
   * Reads a fixed beginning of paths, such as {@code /v2/orders}.
   *
   * @return it in canonical form
   * @throws IllegalArgumentException with a hint for the user
   */
  public static String prefix(String text) {
    if (text.indexOf('{') >= 0 || text.indexOf('*') >= 0) {
      throw new IllegalArgumentException("a prefix is fixed text: use 'path' for '{name}'");
    }
    List<Part> parts = path(text, new PathTemplate("/", List.of(), false)).parts();
    return parts.getFirst() instanceof Text fixed ? fixed.text() : "/";
  }

  /**
   * Reads where a redirect goes: a path, or a URL with scheme. {@code {host}}, {@code {path}} and
   * {@code {query}} are the request's, unless the route's path captures a segment of that name.
   *
   * @param route the path whose captures may be used
   * @throws IllegalArgumentException with a hint for the user
   */
  public static Template redirect(String text, PathTemplate route) {
    boolean absolute = text.startsWith("https://") || text.startsWith("http://");
    if (text.startsWith("//") || !(absolute || text.startsWith("/") || text.startsWith("{path}"))) {
      throw new IllegalArgumentException("begin with 'https://', 'http://', '/' or '{path}'");
    }
    List<Part> parts = cut(text);
    boolean authority = absolute;
    boolean rest = false;
    for (Part part : parts) {
      switch (part) {
        case Text fixed -> {
          requireUrlText(fixed.text());
          int from = authority && fixed.text().contains("://") ? fixed.text().indexOf("//") + 2 : 0;
          authority &= indexOfAny(fixed.text(), from) < 0;
        }
        case Variable variable -> {
          String name = variable.name();
          requireKnown(name, route, OF_THE_REQUEST);
          if (authority && name.equals("path") && route.indexOf(name) < 0) {
            authority = false;
          }
          if (authority && !name.equals("host")) {
            throw new IllegalArgumentException(
                "'{" + name + "}' would let the caller choose the host: use fixed text or {host}");
          }
          if (name.equals(REST) && rest) {
            throw new IllegalArgumentException("'{**}' is there twice");
          }
          rest |= name.equals(REST);
        }
      }
    }
    if (absolute && (text.endsWith("://") || text.startsWith("/", text.indexOf("://") + 3))) {
      throw new IllegalArgumentException("the host is missing");
    }
    requireSlashBeforeRest(parts);
    return new Template(text, parts);
  }

  static boolean isName(String name) {
    if (name.isEmpty() || name.length() > MAX_NAME || !isLetter(name.charAt(0))) {
      return false;
    }
    return name.chars()
        .allMatch(c -> isLetter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-');
  }

  private static boolean isLetter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }

  private static void pathSegment(
      String written, boolean last, PathTemplate route, List<Part> parts) {
    if (written.isEmpty() && !last) {
      throw new IllegalArgumentException("a path has no '//'");
    }
    parts.add(new Text("/"));
    List<Part> pieces = cut(written);
    for (Part piece : pieces) {
      switch (piece) {
        case Text fixed -> {
          String text =
              pieces.size() == 1
                  ? PathText.canonicalSegment(fixed.text())
                  : PathText.canonical(fixed.text());
          // Joined to a capture, dots could become a segment that means "go up".
          if (pieces.size() > 1 && text.chars().allMatch(c -> c == '.')) {
            throw new IllegalArgumentException("dots alone cannot be joined to '{name}'");
          }
          parts.add(new Text(text));
        }
        case Variable variable -> {
          requireKnown(variable.name(), route, List.of());
          if (variable.name().equals(REST) && !(last && pieces.size() == 1)) {
            throw new IllegalArgumentException("'{**}' is a whole segment, the last one");
          }
          parts.add(variable);
        }
      }
    }
  }

  private static void requireKnown(String name, PathTemplate route, List<String> others) {
    if (name.equals(REST) ? route.rest() : route.indexOf(name) >= 0 || others.contains(name)) {
      return;
    }
    List<String> known = new ArrayList<>();
    route.names().forEach(n -> known.add("{" + n + "}"));
    if (route.rest()) {
      known.add("{**}");
    }
    others.forEach(n -> known.add("{" + n + "}"));
    throw new IllegalArgumentException(
        "'{"
            + name
            + "}' is not captured by the route's path; "
            + (known.isEmpty() ? "it captures nothing" : "known are " + String.join(", ", known)));
  }

  private static void requireUrlText(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c >= 0x7f || "\"<>\\^`|".indexOf(c) >= 0) {
        throw new IllegalArgumentException("a URL holds this only percent-encoded: '" + c + "'");
      }
    }
  }

  private static void requireSlashBeforeRest(List<Part> parts) {
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i) instanceof Variable(String name)
          && name.equals(REST)
          && !(i > 0 && parts.get(i - 1) instanceof Text(String before) && before.endsWith("/"))) {
        throw new IllegalArgumentException("'{**}' follows a '/'");
      }
    }
  }

  /** Where a path, query or fragment begins, or -1. */
  private static int indexOfAny(String text, int from) {
    for (int i = from; i < text.length(); i++) {
      if ("/?#".indexOf(text.charAt(i)) >= 0) {
        return i;
      }
    }
    return -1;
  }

  private static List<Part> cut(String text) {
    List<Part> parts = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      int open = text.indexOf('{', at);
      int end = open < 0 ? text.length() : open;
      if (text.substring(at, end).indexOf('}') >= 0) {
        throw new IllegalArgumentException("'}' without '{'");
      }
      if (end > at) {
        parts.add(new Text(text.substring(at, end)));
      }
      if (open < 0) {
        break;
      }
      int close = text.indexOf('}', open);
      if (close < 0) {
        throw new IllegalArgumentException("'{' without '}'");
      }
      String name = text.substring(open + 1, close);
      if (!name.equals(REST) && !isName(name)) {
        throw new IllegalArgumentException("'{" + name + "}' is not a name");
      }
      parts.add(new Variable(name));
      at = close + 1;
    }
    return parts;
  }

  /** Joins texts that lie side by side. */
  private static List<Part> joined(List<Part> parts) {
    List<Part> joined = new ArrayList<>();
    for (Part part : parts) {
      if (part instanceof Text(String text)
          && !joined.isEmpty()
          && joined.getLast() instanceof Text(String before)) {
        joined.set(joined.size() - 1, new Text(before + text));
      } else {
        joined.add(part);
      }
    }
    return joined;
  }

  @Override
  public String toString() {
    return text;
  }
}
