package dev.headgate.overload;

import dev.headgate.concurrent.Shared;
import dev.headgate.config.Priority;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What share of the requests the loops of the node turn away, for people to look at, and the two
 * lines in the log that say when that begins and when it is over.
 *
 * <p>How it is safe: each loop writes a number of its own; who begins and who ends is decided by a
 * compare-and-set.
 */
@Shared
public final class NodeLoad {
  private static final Logger log = LoggerFactory.getLogger(NodeLoad.class);
  private static final long QUIET = TimeUnit.SECONDS.toNanos(10);
  private static final double MILLION = 1e6;

  private final AtomicIntegerArray shares;
  private final AtomicBoolean shedding = new AtomicBoolean();
  private final AtomicLong shedLast = new AtomicLong();
  private final AtomicReference<Shedder.Reason> reason =
      new AtomicReference<>(Shedder.Reason.LOOP_LAG);

  public NodeLoad(int loops) {
    shares = new AtomicIntegerArray(loops);
  }

  /** What a loop turns away from now on. Costs two reads where nobody does. */
  void stands(int loop, double share, Shedder.Reason why, long now) {
    int millionths = (int) Math.round(share * MILLION);
    if (shares.getOpaque(loop) != millionths) {
      shares.set(loop, millionths);
    }
    if (millionths > 0) {
      shedLast.setOpaque(now);
      reason.setOpaque(why);
      if (shedding.compareAndSet(false, true)) {
        log.warn("more comes than the node can take, so requests are turned away: {}", why.word());
      }
    } else if (shedding.getOpaque()
        && now - shedLast.getOpaque() >= QUIET
        && shedding.compareAndSet(true, false)) {
      log.info("no request has been turned away for {} s", TimeUnit.NANOSECONDS.toSeconds(QUIET));
    }
  }

  /** The share of all requests that is turned away now, from 0 to 1. */
  public double share() {
    long sum = 0;
    for (int i = 0; i < shares.length(); i++) {
      sum += shares.getOpaque(i);
    }
    return sum / MILLION / shares.length();
  }

  /** Why, as in metrics; means something only while {@link #share} is above 0. */
  public String reason() {
    return reason.get().word();
  }

  /**
   * What one loop tells.
   *
   * @param loop its number
   * @param counter is told of each request that is turned away
   */
  public Shedder.Observer observer(int loop, Counter counter) {
    return new Shedder.Observer() {
      @Override
      public void shed(Priority priority, Shedder.Reason why) {
        counter.shed(priority.word(), why.word());
      }

      @Override
      public void stands(double share, Shedder.Reason why, long now) {
        NodeLoad.this.stands(loop, share, why, now);
      }
    };
  }

  /** Counts requests that are turned away. Loop-confined. */
  public interface Counter {
    void shed(String priority, String reason);
  }
}
