package dev.headgate.plan;

import dev.headgate.config.Money;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a request is booked on, beside its hour.
 *
 * @param plan empty for a consumer without one
 * @param price of each, as it was when the request came; null for what costs nothing
 */
public record UsageLine(
    String consumer, String product, String plan, Kind kind, @Nullable Money price) {

  /** What is counted. */
  public enum Kind {
    /** Requests within the quota, or without one. */
    REQUESTS,
    /** Requests beyond it. */
    OVERAGE;

    /** As it is stored and shown. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
