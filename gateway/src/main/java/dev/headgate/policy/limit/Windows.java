package dev.headgate.policy.limit;

import dev.headgate.concurrent.Shared;
import dev.headgate.keyed.KeyedWords;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts in windows of time for very many keys, in an amount of memory that is fixed.
 *
 * <p>Windows follow each other without a gap and are the same for all keys; they begin where the
 * time since 1970 is a multiple of their length. What the wall clock says is read once, so that
 * nobody gets a window more when it is set anew.
 *
 * <p>A <b>fixed</b> window lets through its limit, and then nothing until it ends. Where two meet,
 * twice the limit can come in an instant.
 *
 * <p>A <b>sliding</b> window counts what came in this window, and of what came in the one before
 * the part that a window which ends now would still cover, as if that had come evenly: {@code
 * previous x (length - elapsed) / length}, rounded up. So in each window no more than the limit
 * passes; and in any time {@code d} up to a window long no more than {@code limit + limit x d /
 * length}: P before the boundary, and when {@code s} of the new window is over no more than {@code
 * limit - P x (1 - s / length)} in it. A log of all requests would know better, and need a word for
 * each of them.
 *
 * <p>A key has one word: the window's number, then the counts of the window before (if it slides)
 * and of this one. When there are more keys than places, a key takes the word that counts least in
 * this window, see {@link KeyedWords}: in no window does anybody get more than the limit by being
 * pushed out; of a sliding window only the part that lies in the window before can be lost.
 *
 * <p>Shared by all loops, without locks: one compare-and-set counts. Loops may differ by a little
 * about what time it is; who is late counts in the window that others have begun.
 */
@Shared
final class Windows implements Counted {
  /** The most that a sliding window may let through: charges can double it. */
  static final long MOST_SLIDING = 1_000_000;

  private static final int FIXED_BITS = 32;
  private static final int SLIDING_BITS = 21;
  private static final long UNSET = Long.MIN_VALUE;

  private final long length;
  private final boolean sliding;
  private final int bits;
  private final int shift;
  private final long countMask;
  private final long numberMask;
  private final KeyedWords places;
  private final AtomicLongArray words;
  private final AtomicLong wallMinusNanos = new AtomicLong(UNSET);

  /**
   * @param most for how many keys there is room, about
   * @param lengthMillis from a second on; up to 31 days if it slides
   */
  Windows(int most, long lengthMillis, boolean sliding) {
    this.length = lengthMillis;
    this.sliding = sliding;
    this.bits = sliding ? SLIDING_BITS : FIXED_BITS;
    this.shift = sliding ? 2 * SLIDING_BITS : FIXED_BITS;
    this.countMask = (1L << bits) - 1;
    this.numberMask = (1L << (Long.SIZE - shift)) - 1;
    this.places = new KeyedWords(most);
    this.words = places.words();
  }

  /** Says what time it is, for when windows begin; only the first time counts. */
  void align(long wallMillis, long nanos) {
    wallMinusNanos.compareAndSet(UNSET, TimeUnit.MILLISECONDS.toNanos(wallMillis) - nanos);
  }

  /**
   * Counts a request if there is room.
   *
   * @param nanos the time, as {@link dev.headgate.exchange.Loop#nanos} has it
   * @return how much room is left, 0 or more; if there is not enough, the nanoseconds until there
   *     is as a negative number, and nothing is counted
   */
  long take(long key, long cost, long limit, long nanos) {
    long now = millis(nanos);
    int place = place(key, now);
    while (true) {
      long seen = words.get(place);
      long word = rolled(seen, now);
      long left = limit - used(word, now) - cost;
      if (left < 0) {
        return -TimeUnit.MILLISECONDS.toNanos(Math.max(1, wait(word, cost, limit, now)));
      }
      if (words.compareAndSet(place, seen, word + cost)) {
        return left;
      }
    }
  }

  /** What {@link #take} would say, without counting anything. */
  long look(long key, long cost, long limit, long nanos) {
    long now = millis(nanos);
    long word = rolled(words.get(place(key, now)), now);
    long left = limit - used(word, now) - cost;
    return left >= 0
        ? left
        : -TimeUnit.MILLISECONDS.toNanos(Math.max(1, wait(word, cost, limit, now)));
  }

  /** Counts whether there is room or not, but in this window no more than so much. */
  void charge(long key, long cost, long most, long nanos) {
    long now = millis(nanos);
    words.updateAndGet(
        place(key, now),
        seen -> {
          long word = rolled(seen, now);
          long current = current(word);
          return word + Math.max(0, Math.min(current + cost, most) - current);
        });
  }

  /** Takes back what was counted a moment ago. */
  void giveBack(long key, long cost, long nanos) {
    long now = millis(nanos);
    words.updateAndGet(
        place(key, now),
        seen -> {
          long word = rolled(seen, now);
          long here = Math.min(cost, current(word));
          return word - here - (Math.min(cost - here, previous(word)) << bits);
        });
  }

  /** In how many nanoseconds all of the limit is there again, however much was used. */
  long resetNanos(long nanos) {
    long now = millis(nanos);
    long rest = length - Math.floorMod(now, length);
    return TimeUnit.MILLISECONDS.toNanos(sliding ? rest + length : rest);
  }

  boolean slides() {
    return sliding;
  }

  long lengthNanos() {
    return TimeUnit.MILLISECONDS.toNanos(length);
  }

  /** How many keys had to share what is left because there were too many. */
  long evictions() {
    return places.evictions();
  }

  private long millis(long nanos) {
    return Math.floorDiv(nanos + wallMinusNanos.get(), TimeUnit.MILLISECONDS.toNanos(1));
  }

  private int place(long key, long now) {
    int known = places.find(key);
    return known >= 0 ? known : places.place(key, word -> weight(rolled(word, now)));
  }

  /** What came in this window weighs more than all of the one before. */
  private long weight(long word) {
    return current(word) << bits | previous(word);
  }

  private long current(long word) {
    return word & countMask;
  }

  private long previous(long word) {
    return sliding ? word >>> bits & countMask : 0;
  }

  /** By how many windows a word is ahead of the time: 1 if another loop has begun the next. */
  private long ahead(long word, long now) {
    return ((word >>> shift) - Math.floorDiv(now, length)) & numberMask;
  }

  /** The word as it is now. */
  private long rolled(long word, long now) {
    long ahead = ahead(word, now);
    if (ahead <= 1) {
      return word;
    }
    long number = Math.floorDiv(now, length) & numberMask;
    long before = sliding && ahead == numberMask ? current(word) << bits : 0;
    return number << shift | before;
  }

  /** How much of the window is left. */
  private long rest(long word, long now) {
    return ahead(word, now) == 1 ? length : length - Math.floorMod(now, length);
  }

  private long used(long word, long now) {
    return current(word) + Math.ceilDiv(previous(word) * rest(word, now), length);
  }

  /**
   * How many milliseconds it takes until there is room; no more than that, if nobody else comes.
   */
  private long wait(long word, long cost, long limit, long now) {
    long rest = rest(word, now);
    long early = ahead(word, now) == 1 ? length - Math.floorMod(now, length) : 0;
    if (!sliding || cost > limit) {
      return early + rest;
    }
    long room = limit - cost - current(word);
    if (room >= 0) {
      return early + rest - room * length / previous(word);
    }
    return early + rest + length - Math.min(length, (limit - cost) * length / current(word));
  }
}
