package dev.headgate.overload;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.config.Overload;
import dev.headgate.config.Priority;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Turns away as large a share of one loop's requests as has to be, and no more.
 *
 * <p><b>What is looked at.</b> How late the loop's tick comes, the smaller of the last two: one
 * long pause, as of a garbage collection, is no overload, a loop that is late each time is. And how
 * much memory is in use. Each is set against its bound; what is worse counts.
 *
 * <p><b>How large a share.</b> A controller with a proportional and an integral part: the first
 * answers to how far the bound is passed now, the second keeps what turned out to be needed, so
 * that under a steady overload the share becomes steady and the lag stays about its bound, rather
 * than everybody being turned away and let in by turns. When all has been calm for a second the
 * rest is forgotten quickly.
 *
 * <p><b>In between.</b> A loop that has no end of requests to begin comes to its tick later and
 * later. So where the last tick was late, a request that begins long after the next was due is
 * turned away without asking further, which brings the loop to its tick.
 *
 * <p><b>Whose.</b> The share is taken from sheddable requests first, then from the others, as far
 * as each are part of what comes. Critical ones are spared unless the bound is passed by so much
 * that the node would fail.
 */
@LoopConfined
public final class Shedder implements Shedding {
  /** How much of the share belongs to a bound that is passed by its own size. */
  private static final double PROPORTIONAL = 0.15;

  /** How much is added to the share in a second then. */
  private static final double INTEGRAL = 0.15;

  /** Beyond so many times the bound it is no more only a question of waiting. */
  static final double HARD = 5;

  private static final double LARGEST_ERROR = 1.5;
  private static final double LONGEST_STEP = 0.3;
  private static final double CALM = 0.25;
  private static final long CALM_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final double FORGOTTEN = 0.8;
  private static final double NOTHING = 0.01;

  /** Bounds below this are no reason to act more quickly. */
  private static final long SCALE = TimeUnit.MILLISECONDS.toNanos(200);

  /** From so much below its bound on memory is calm. */
  private static final double MEMORY_MARGIN = 0.1;

  private static final double NEW_MIX = 0.3;
  private static final double SECOND = 1e9;
  private static final int LAGS = 2;

  private final Observer observer;
  private final long tickNanos;
  private final long[] lags = new long[LAGS];
  private final int[] arrived = new int[Priority.values().length];
  private final double[] mix = {0, 1, 0};
  private final double[] shares = new double[Priority.values().length];
  private int lagAt;
  private long lastTick;
  private long calmSince;
  private double kept;

  /** How long after a tick a request that begins is turned away; and a critical one. */
  private long tooLate = Long.MAX_VALUE;

  private long muchTooLate = Long.MAX_VALUE;
  private double share;
  private Reason reason = Reason.LOOP_LAG;

  /** Why requests are turned away. */
  public enum Reason {
    LOOP_LAG("loop_lag"),
    MEMORY("memory");

    private final String word;

    Reason(String word) {
      this.word = word;
    }

    /** As in metrics. */
    public String word() {
      return word;
    }
  }

  /** Is told what happens. */
  public interface Observer {
    /** A request was turned away. */
    void shed(Priority priority, Reason reason);

    /**
     * How it stands after a tick.
     *
     * @param share of all requests that is turned away
     */
    void stands(double share, Reason reason, long now);
  }

  /**
   * @param tickNanos how often {@link #tick} is due
   */
  public Shedder(Observer observer, long tickNanos, long now) {
    this.observer = observer;
    this.tickNanos = tickNanos;
    this.lastTick = now;
    this.calmSince = now;
  }

  /**
   * Looks how things stand.
   *
   * @param memory the share that is in use
   */
  public void tick(Overload rules, double memory, long now) {
    long passed = Math.max(1, now - lastTick);
    if (passed < tickNanos / 2) {
      return; // One that was missed and is made up for: it says nothing of the loop as it is now.
    }
    lastTick = now;
    long latest = Math.max(0, passed - tickNanos);
    lags[lagAt] = latest;
    lagAt = (lagAt + 1) % LAGS;
    long lag = Arrays.stream(lags).min().orElse(0);
    long bound = rules.loopLag().toNanos();
    double late = bound == 0 ? 0 : (double) lag / bound;
    double full = full(memory, rules.memory().fraction());
    double worst = Math.max(late, full);
    if (worst >= 1) {
      reason = late >= full ? Reason.LOOP_LAG : Reason.MEMORY;
    }
    double error =
        late >= full && bound > 0 ? (double) (lag - bound) / Math.max(SCALE, bound) : full - 1;
    control(
        worst, Math.clamp(error, -1, LARGEST_ERROR), Math.min(passed / SECOND, LONGEST_STEP), now);
    divide(worst >= HARD);
    boolean wasLate = bound > 0 && latest >= bound;
    tooLate = wasLate ? tickNanos + (long) (HARD * bound) : Long.MAX_VALUE;
    muchTooLate = wasLate ? tickNanos + (long) (2 * HARD * bound) : Long.MAX_VALUE;
    observer.stands(share, reason, now);
  }

  private static double full(double memory, double bound) {
    if (bound == 0) {
      return 0;
    }
    if (memory < bound) {
      return Math.max(0, 1 - (bound - memory) / MEMORY_MARGIN);
    }
    double hard = (1 + bound) / 2;
    return bound == 1 ? 1 : 1 + (HARD - 1) * (memory - bound) / (hard - bound);
  }

  private void control(double worst, double error, double seconds, long now) {
    kept = Math.clamp(kept + INTEGRAL * seconds * error, 0, 1);
    if (worst >= CALM) {
      calmSince = now;
    } else if (now - calmSince >= CALM_NANOS) {
      kept *= FORGOTTEN;
    }
    double wanted = Math.clamp(kept + PROPORTIONAL * error, 0, 1);
    share = wanted < NOTHING ? 0 : wanted;
    if (share == 0 && kept < NOTHING) {
      kept = 0;
    }
  }

  private void divide(boolean hard) {
    int all = Arrays.stream(arrived).sum();
    double rest = share;
    for (Priority priority : Priority.values()) {
      int i = priority.ordinal();
      if (all > 0) {
        mix[i] += NEW_MIX * ((double) arrived[i] / all - mix[i]);
      }
      arrived[i] = 0;
      boolean spared = rest <= 0 || (priority == Priority.CRITICAL && !hard);
      shares[i] = spared ? 0 : rest >= mix[i] ? 1 : rest / mix[i];
      rest -= shares[i] * mix[i];
    }
  }

  @Override
  public boolean active(long startNanos) {
    return share > 0 || startNanos - lastTick > tooLate;
  }

  @Override
  public boolean wouldShed(Priority priority, long startNanos) {
    return startNanos - lastTick > (priority == Priority.CRITICAL ? muchTooLate : tooLate)
        || lot(startNanos) < shares[priority.ordinal()];
  }

  @Override
  public boolean sheds(Priority priority, long startNanos) {
    arrived[priority.ordinal()]++;
    boolean sheds = wouldShed(priority, startNanos);
    if (sheds) {
      observer.shed(priority, share > 0 ? reason : Reason.LOOP_LAG);
    }
    return sheds;
  }

  /** A number from 0 to 1, as good as random: the end of SplitMix64. */
  private static double lot(long request) {
    long z = request * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return ((z ^ (z >>> 31)) >>> 11) * 0x1.0p-53;
  }
}
