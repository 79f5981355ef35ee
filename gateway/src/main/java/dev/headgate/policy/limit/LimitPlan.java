package dev.headgate.policy.limit;

import dev.headgate.config.Limiting;
import dev.headgate.config.Rate;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Stage;
import dev.headgate.exchange.Stores;
import dev.headgate.http.HeaderName;
import dev.headgate.keyed.RequestKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A limit as its loops share it.
 *
 * @param name what operators know it by
 * @param sharing how it is shared with other nodes; null if it is not
 * @param maxDelayNanos how long a request may wait for its turn; 0 for not at all
 * @param tells whether answers say how much room there is
 */
record LimitPlan(
    String name,
    Stage stage,
    List<String> per,
    RequestKey.Seed seed,
    List<One> limits,
    @Nullable Sharing sharing,
    Cost cost,
    @Nullable HeaderName costHeader,
    long maxDelayNanos,
    boolean tells) {

  /**
   * How nodes count together.
   *
   * @param purpose what the store knows the limit by; the same on all nodes
   * @param leases what is lent to this node; null if the store is asked about each request
   * @param lease how many tokens are lent for a key at most
   */
  record Sharing(
      Stores.Place place,
      String purpose,
      Limiting.OnStoreFailure onFailure,
      @Nullable Leases leases,
      long lease) {}

  /** The tokens as one loop takes them. */
  Tokens tokens(Loop loop) {
    if (sharing == null) {
      return local(loop);
    }
    return sharing.leases() == null
        ? new ExactTokens(this, sharing, loop)
        : new LeasedTokens(this, sharing, sharing.leases(), loop);
  }

  /** What a node counts by itself. */
  LocalCounts local(Loop loop) {
    return switch (limits.getFirst().counted()) {
      case Buckets _ -> new LocalTokens(this, loop);
      case Windows _ -> new LocalWindows(this, loop);
    };
  }

  /** What is counted in a store, asked about each request. */
  StoreCounts inStore(Stores.Place place, Stores stores) {
    return switch (limits.getFirst().counted()) {
      case Buckets _ -> new SharedBuckets(this, place, stores);
      case Windows _ -> new SharedWindows(this, place, stores);
    };
  }

  /** Whether something of a request is needed when its answer comes. */
  boolean remembers() {
    return tells || costHeader != null;
  }

  /** Whether there can ever be room for what a request counts for. */
  boolean fits(long cost) {
    for (int i = 0; i < limits.size(); i++) {
      if (limits.get(i).nanos(cost) > limits.get(i).depth()) {
        return false;
      }
    }
    return true;
  }

  /**
   * One of its rates.
   *
   * @param name for the log
   * @param nanosEach how long one token needs to come back; 1 for windows, which count requests and
   *     have all that is said here in nanoseconds as a number of them
   * @param burst how many a full bucket holds, or pass in a window
   * @param quoted the name, as the fields of answers have it
   * @param described what the field {@code RateLimit-Policy} says
   */
  record One(
      String name, Counted counted, long nanosEach, long burst, String quoted, String described) {
    /** Times beyond any calendar are all the same, and can be added up. */
    private static final long FARTHEST = Long.MAX_VALUE / 4;

    /** Up to here, the sum of two is exact in Lua. */
    private static final long FARTHEST_UNITS = 1L << 52;

    /** The buckets of a limit that is made of such. */
    Buckets buckets() {
      return switch (counted) {
        case Buckets buckets -> buckets;
        case Windows _ -> throw new IllegalStateException(name + " counts in windows");
      };
    }

    /** The windows of a limit that is made of such. */
    Windows windows() {
      return switch (counted) {
        case Windows windows -> windows;
        case Buckets _ -> throw new IllegalStateException(name + " counts in buckets");
      };
    }

    /** In how many nanoseconds all may come again, if so much is left. */
    long resetNanos(long room, long now) {
      return switch (counted) {
        case Buckets _ -> depth() - room;
        case Windows windows -> windows.resetNanos(now);
      };
    }

    /** When to come again, in nanoseconds, with what never fits. */
    long neverNanos() {
      return switch (counted) {
        case Buckets _ -> depth();
        case Windows windows -> windows.lengthNanos();
      };
    }

    /** How long an empty bucket needs to be full, in nanoseconds. */
    long depth() {
      return nanosEach * burst;
    }

    /** How long what a request counts for needs to come back, in nanoseconds. */
    long nanos(long cost) {
      return cost > FARTHEST / nanosEach ? FARTHEST : cost * nanosEach;
    }

    /** In how many nanoseconds a store counts. */
    long unit() {
      return depth() <= FARTHEST_UNITS ? 1 : 1000;
    }

    long unitsEach() {
      return Math.ceilDiv(nanosEach, unit());
    }

    long depthUnits() {
      return unitsEach() * burst;
    }

    /** What a request counts for, as a store counts. */
    long units(long cost) {
      return cost > FARTHEST_UNITS / unitsEach() ? FARTHEST_UNITS : cost * unitsEach();
    }

    static One of(String name, Rate rate, long burst, Counted counted) {
      String quoted = '"' + name + '"';
      return new One(
          name,
          counted,
          counted instanceof Buckets ? rate.intervalNanos() : 1,
          burst,
          quoted,
          quoted + ";q=" + rate.count() + ";w=" + rate.per().toSeconds());
    }
  }
}
