package dev.headgate.content;

import dev.headgate.config.Problems;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A set of media types as a user writes it: {@code application/json}, {@code text/*}, {@code
 * application/*+json}, or {@code *}{@code /*} for all. Immutable.
 */
public final class MediaTypes {
  private static final String ALL = "*/*";

  private final Set<String> exact = new HashSet<>();

  /** Of patterns that passed {@link #check}. */
  public MediaTypes(List<String> patterns) {
    patterns.forEach(pattern -> exact.add(pattern.toLowerCase(Locale.ROOT)));
  }

  /** Reports what is no pattern. */
  public static void check(String at, List<String> patterns, Problems problems) {
    for (int i = 0; i < patterns.size(); i++) {
      String pattern = patterns.get(i);
      int star = pattern.indexOf("/*");
      boolean open =
          star >= 0 && (star + 2 == pattern.length() || pattern.startsWith("+", star + 2));
      String concrete =
          pattern.equals(ALL)
              ? "a/a"
              : open ? pattern.substring(0, star + 1) + "a" + pattern.substring(star + 2) : pattern;
      ContentType read = ContentType.parse(concrete);
      if (read == null
          || concrete.indexOf(';') >= 0
          || concrete.indexOf('*') >= 0
          || concrete.endsWith("+")) {
        problems.error(
            at + "[" + i + "]",
            "'" + pattern + "' is no media type",
            "write 'application/json', 'text/*', 'application/*+json' or '*/*'");
      }
    }
  }

  /**
   * Whether a type is among them.
   *
   * @param essence type and subtype in lower case
   */
  public boolean has(String essence) {
    if (exact.contains(essence) || exact.contains(ALL)) {
      return true;
    }
    String type = essence.substring(0, essence.indexOf('/')) + "/*";
    int plus = essence.lastIndexOf('+');
    return exact.contains(type) || (plus >= 0 && exact.contains(type + essence.substring(plus)));
  }
}
