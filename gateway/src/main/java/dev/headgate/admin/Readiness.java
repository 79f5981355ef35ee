package dev.headgate.admin;

import dev.headgate.config.Problem;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Whether a node should be sent traffic, and what an operator wants to know if not.
 *
 * @param revision the number of the revision that serves; 0 before the first
 * @param overload what is turned away because more comes than the node can take; null if nothing is
 * @param lastReload what came of the last change; null if there was none since the start
 */
public record Readiness(
    State state, long revision, @Nullable Overload overload, @Nullable Reload lastReload) {

  /** Where a node stands in its life. */
  public enum State {
    STARTING,
    SERVING,
    DRAINING;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** The name in lower case, as it is shown. */
    public String word() {
      return word;
    }
  }

  /**
   * What came of a change.
   *
   * @param count of changes tried since the start, this one included
   * @param applied whether it serves now; if not, what served before still does
   * @param problems why not, or warnings
   */
  public record Reload(long count, Instant at, boolean applied, List<Problem> problems) {}

  /**
   * What is turned away.
   *
   * @param share of the requests, from 0 to 1
   * @param reason why, as in metrics
   */
  public record Overload(double share, String reason) {}

  /** Only a serving node is ready: a refused change does not take a node out of service. */
  public boolean ready() {
    return state == State.SERVING;
  }
}
