package dev.headgate.exchange;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What claims mean where a user names one and what it must be. */
public final class Claims {
  private Claims() {}

  /** Whether a claim is that text, as JSON writes it, or a list that holds it. */
  public static boolean says(@Nullable Object claim, String wanted) {
    return claim instanceof List<?> list
        ? list.stream().anyMatch(item -> item.toString().equals(wanted))
        : claim != null && claim.toString().equals(wanted);
  }
}
