package dev.headgate.policy.limit;

import dev.headgate.concurrent.Shared;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * Token buckets for very many keys in an amount of memory that is fixed.
 *
 * <p>A bucket is one word: the time at which it will be full again (the "theoretical arrival time"
 * of the generic cell rate algorithm). To take tokens moves that time on by what they take to come
 * back; there is room as long as it is no further away than the bucket is deep. Nothing has to be
 * filled up as time passes, and a bucket whose time has come is as good as one that nobody ever
 * used.
 *
 * <p>A key is known by 64 bits of a hash that nobody can predict. They name a set of eight places,
 * which lie side by side. A key that is not there takes a place, the one whose bucket is fullest,
 * <em>and what is missing in that bucket</em>: an offender who is pushed out comes back to a bucket
 * that is at least as empty as its own was, so to come with many keys never wins anything. It can
 * only cost those who have used least, and only when there are more keys in use than places.
 *
 * <p>Shared by all loops, without locks: one compare-and-set takes tokens. Two that bring the same
 * new key at the same moment may each take a place for it; the first of them counts from then on,
 * so that at most one taking of each loop is forgotten.
 *
 * <p>Times are those of {@link dev.headgate.exchange.Loop#nanos}.
 */
@Shared
final class Buckets {
  private static final int WAYS = 8;

  /** How full the table may be before sets begin to overflow: about three quarters. */
  private static final double FILL = 0.75;

  private final int sets;
  private final AtomicLongArray keys;
  private final AtomicLongArray fullAt;
  private final LongAdder evictions = new LongAdder();

  /**
   * @param most for how many keys there is room, about
   */
  Buckets(int most) {
    int wanted = (int) Math.min(1 << 27, (long) (most / FILL) / WAYS + 1);
    this.sets =
        Integer.highestOneBit(wanted) == wanted ? wanted : Integer.highestOneBit(wanted) << 1;
    this.keys = new AtomicLongArray(sets * WAYS);
    this.fullAt = new AtomicLongArray(sets * WAYS);
  }

  /**
   * Takes tokens out of a key's bucket if there are enough.
   *
   * @param nanos how long what is taken needs to come back
   * @param depth how long an empty bucket needs to be full
   * @return how long what is left would have needed to come, 0 or more; if there are not enough,
   *     the time until there are, as a negative number, and nothing is taken
   */
  long take(long key, long nanos, long depth, long now) {
    int place = place(key, now);
    while (true) {
      long seen = fullAt.get(place);
      long missing = missing(seen, now) + nanos;
      if (missing > depth) {
        return depth - missing;
      }
      if (fullAt.compareAndSet(place, seen, now + missing)) {
        return depth - missing;
      }
    }
  }

  /** What {@link #take} would say, without taking anything. */
  long look(long key, long nanos, long depth, long now) {
    return depth - missing(fullAt.get(place(key, now)), now) - nanos;
  }

  /** Takes tokens whether there are enough or not, but leaves no more missing than so much. */
  void charge(long key, long nanos, long most, long now) {
    fullAt.updateAndGet(
        place(key, now),
        seen -> {
          long missing = missing(seen, now);
          return now + Math.max(missing, Math.min(missing + nanos, most));
        });
  }

  /** Puts tokens back that were taken a moment ago. */
  void giveBack(long key, long nanos, long now) {
    fullAt.updateAndGet(place(key, now), seen -> now + Math.max(0, missing(seen, now) - nanos));
  }

  /** How many keys had to share what is left because there were too many. */
  long evictions() {
    return evictions.sum();
  }

  /** How long the bucket needs to be full. Zero is a bucket that nobody used. */
  private static long missing(long fullAt, long now) {
    return fullAt == 0 ? 0 : Math.max(0, fullAt - now);
  }

  /** Where a key's bucket is; takes a place for it if it has none. */
  private int place(long key, long now) {
    long known = key == 0 ? 1 : key; // 0 is a place that nobody has
    int first = (int) (known >>> 32 & (sets - 1)) * WAYS;
    while (true) {
      int fullest = first;
      long least = Long.MAX_VALUE;
      for (int place = first; place < first + WAYS; place++) {
        long there = keys.get(place);
        if (there == known) {
          return place;
        }
        long missing = there == 0 ? -1 : missing(fullAt.get(place), now);
        if (missing < least) {
          least = missing;
          fullest = place;
        }
      }
      long before = keys.get(fullest);
      boolean stillFullest =
          before == 0 ? least < 0 : least >= 0 && missing(fullAt.get(fullest), now) <= least;
      if (stillFullest && keys.compareAndSet(fullest, before, known)) {
        if (least > 0) {
          evictions.increment();
        }
        return first(known, first);
      }
    }
  }

  /** The first place with that key: another loop may have taken one too. */
  private int first(long key, int first) {
    int place = first;
    while (place < first + WAYS - 1 && keys.get(place) != key) {
      place++;
    }
    return place;
  }
}
