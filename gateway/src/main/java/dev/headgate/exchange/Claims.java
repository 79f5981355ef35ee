package dev.headgate.exchange;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What claims mean where a user names one and what it must be. */
public final class Claims {
  private Claims() {}

  /**
   * The claim at a path, where dots lead into objects; null if there is none. A claim's name may
   * contain dots itself, as names that are URLs do.
   */
  public static @Nullable Object at(Map<?, ?> claims, String path) {
    Object whole = claims.get(path);
    int dot = path.indexOf('.');
    return whole == null && dot > 0 && claims.get(path.substring(0, dot)) instanceof Map<?, ?> below
        ? at(below, path.substring(dot + 1))
        : whole;
  }

  /** Whether a claim is that text, as JSON writes it, or a list that holds it. */
  public static boolean says(@Nullable Object claim, String wanted) {
    return claim instanceof List<?> list
        ? list.stream().anyMatch(item -> item.toString().equals(wanted))
        : claim != null && claim.toString().equals(wanted);
  }
}
