package dev.headgate.policy.limit;

import dev.headgate.config.Rate;
import dev.headgate.exchange.Stage;
import dev.headgate.http.HeaderName;
import dev.headgate.keyed.RequestKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A limit as its loops share it.
 *
 * @param maxDelayNanos how long a request may wait for its turn; 0 for not at all
 * @param tells whether answers say how much room there is
 */
record LimitPlan(
    Stage stage,
    List<String> per,
    RequestKey.Seed seed,
    List<One> limits,
    Cost cost,
    @Nullable HeaderName costHeader,
    long maxDelayNanos,
    boolean tells) {

  /** Whether something of a request is needed when its answer comes. */
  boolean remembers() {
    return tells || costHeader != null;
  }

  /**
   * One of its rates.
   *
   * @param name for the log
   * @param nanosEach how long one token needs to come back
   * @param depth how long an empty bucket needs to be full, in nanoseconds
   * @param quoted the name, as the fields of answers have it
   * @param described what the field {@code RateLimit-Policy} says
   */
  record One(
      String name, Buckets buckets, long nanosEach, long depth, String quoted, String described) {
    /** Times beyond any calendar are all the same, and can be added up. */
    private static final long FARTHEST = Long.MAX_VALUE / 4;

    /** How long what a request counts for needs to come back, in nanoseconds. */
    long nanos(long cost) {
      return cost > FARTHEST / nanosEach ? FARTHEST : cost * nanosEach;
    }

    static One of(String name, Rate rate, long burst, Buckets buckets) {
      String quoted = '"' + name + '"';
      return new One(
          name,
          buckets,
          rate.intervalNanos(),
          Math.multiplyExact(rate.intervalNanos(), burst),
          quoted,
          quoted + ";q=" + rate.count() + ";w=" + rate.per().toSeconds());
    }
  }
}
