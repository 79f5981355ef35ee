package dev.headgate.config.shape;

import dev.headgate.config.Range;
import org.jspecify.annotations.Nullable;

/**
 * The least and the greatest value, as {@link Range} gives them.
 *
 * @param min as the user would write it; empty if open
 * @param max as the user would write it; empty if open
 */
public record Bounds(String min, String max, @Nullable Object least, @Nullable Object greatest) {
  static final Bounds OPEN = new Bounds("", "", null, null);

  static Bounds of(Range range, Scalar<?> scalar) {
    return new Bounds(
        range.min(),
        range.max(),
        range.min().isEmpty() ? null : scalar.parse().apply(range.min()),
        range.max().isEmpty() ? null : scalar.parse().apply(range.max()));
  }

  public boolean isOpen() {
    return least == null && greatest == null;
  }

  /** Whether a value of the same type lies inside. */
  public boolean contain(Object value) {
    return (least == null || compare(least, value) <= 0)
        && (greatest == null || compare(value, greatest) <= 0);
  }

  @SuppressWarnings("unchecked") // both were made by the same scalar's parser
  private static int compare(Object left, Object right) {
    return ((Comparable<Object>) left).compareTo(right);
  }

  /** As in "from 1 to 1000". */
  @Override
  public String toString() {
    if (max.isEmpty()) {
      return min + " or more";
    }
    return min.isEmpty() ? "at most " + max : "from " + min + " to " + max;
  }
}
