package dev.headgate.content;

import dev.headgate.config.Problems;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A set of media types as a user writes it: {@code application/json}, {@code text/*}, {@code *}
 * with a suffix such as {@code *+json}, or {@code *}{@code /*} for all. Immutable.
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
      String concrete =
          pattern.startsWith("*+") && pattern.length() > 2
              ? "a/a" + pattern.substring(1)
              : pattern.equals(ALL)
                  ? "a/a"
                  : pattern.endsWith("/*")
                      ? pattern.substring(0, pattern.length() - 1) + "a"
                      : pattern;
      ContentType read = ContentType.parse(concrete);
      if (read == null || concrete.indexOf(';') >= 0 || concrete.indexOf('*') >= 0) {
        problems.error(
            at + "[" + i + "]",
            "'" + pattern + "' is no media type",
            "write 'application/json', 'text/*', '*+json' or '*/*'");
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
    int plus = essence.lastIndexOf('+');
    return (plus >= 0 && exact.contains("*" + essence.substring(plus)))
        || exact.contains(essence.substring(0, essence.indexOf('/')) + "/*");
  }
}
