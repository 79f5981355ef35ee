package dev.headgate.retry;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.config.HedgeAfter;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * After what time an answer is late: a fixed time, or what a percentile of the answers took lately.
 *
 * <p><b>The sketch.</b> Times are counted in classes that grow by an eighth, so what is read from
 * them is at most an eighth too long; from a microsecond to more than two hours there are some
 * hundred of them, whatever comes. When {@link #HALVED_AT} are counted all counts are halved, so
 * that what was long ago is forgotten by and by. The percentile is worked out anew after each
 * {@link #EACH} answers, by walking down from the longest.
 */
@LoopConfined
public final class HedgeDelay {
  /** What {@link #nanos} says as long as too little is known. */
  public static final long UNKNOWN = -1;

  private static final int BITS = 3;
  private static final int PER_DOUBLING = 1 << BITS;
  private static final int MOST_DOUBLINGS = 33;
  private static final int ENOUGH = 100;
  private static final int EACH = 32;
  private static final int HALVED_AT = 4096;

  private final double share;
  private final int @Nullable [] counts;
  private int counted;
  private int since;
  private long nanos;

  public HedgeDelay(HedgeAfter after) {
    share = after.percentile() / 100.0;
    counts = after.fixed() == null ? new int[MOST_DOUBLINGS * PER_DOUBLING] : null;
    nanos = after.fixed() == null ? UNKNOWN : after.fixed().toNanos();
  }

  /** How long to wait before a second attempt; {@link #UNKNOWN} as long as nobody can say. */
  public long nanos() {
    return nanos;
  }

  /** It took so long to the head of an answer, or at least so long. */
  public void took(long time) {
    int[] all = counts;
    if (all == null) {
      return;
    }
    all[classOf(TimeUnit.NANOSECONDS.toMicros(time))]++;
    counted++;
    if (counted >= HALVED_AT) {
      halve(all);
    }
    if (++since >= EACH && counted >= ENOUGH) {
      since = 0;
      nanos = TimeUnit.MICROSECONDS.toNanos(percentile(all));
    }
  }

  private void halve(int[] all) {
    counted = 0;
    for (int i = 0; i < all.length; i++) {
      all[i] >>>= 1;
      counted += all[i];
    }
  }

  /** The end of the class in which the percentile lies, in microseconds. */
  private long percentile(int[] all) {
    long above = (long) (counted * (1 - share));
    int at = all.length - 1;
    for (long seen = all[at]; seen <= above && at > 0; seen += all[at]) {
      at--;
    }
    return startOf(at + 1);
  }

  /** The first microseconds are classes of their own; then a power of two is parted in eight. */
  private static int classOf(long micros) {
    if (micros < PER_DOUBLING) {
      return (int) Math.max(0, micros);
    }
    int power = Long.SIZE - 1 - Long.numberOfLeadingZeros(micros);
    int at = (power - BITS + 1) * PER_DOUBLING + (int) (micros >>> (power - BITS)) - PER_DOUBLING;
    return Math.min(at, MOST_DOUBLINGS * PER_DOUBLING - 1);
  }

  private static long startOf(int at) {
    int doubling = at / PER_DOUBLING;
    long step = at % PER_DOUBLING;
    return doubling == 0 ? step : (PER_DOUBLING + step) << (doubling - 1);
  }
}
