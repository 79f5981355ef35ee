package dev.headgate.policy.limit;

import dev.headgate.concurrent.Shared;
import dev.headgate.keyed.KeyedWords;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Token buckets for very many keys in an amount of memory that is fixed.
 *
 * <p>A bucket is one word: the time at which it will be full again (the "theoretical arrival time"
 * of the generic cell rate algorithm). To take tokens moves that time on by what they take to come
 * back; there is room as long as it is no further away than the bucket is deep. Nothing has to be
 * filled up as time passes, and a bucket whose time has come is as good as one that nobody ever
 * used.
 *
 * <p>When there are more keys than places, a key takes the fullest bucket of its set as it is, see
 * {@link KeyedWords}.
 *
 * <p>Shared by all loops, without locks: one compare-and-set takes tokens. When several bring the
 * same new key at the same moment, at most one taking of each loop is forgotten.
 *
 * <p>Times are those of {@link dev.headgate.exchange.Loop#nanos}.
 */
@Shared
final class Buckets implements Counted {
  private final KeyedWords buckets;
  private final AtomicLongArray fullAt;

  /**
   * @param most for how many keys there is room, about
   */
  Buckets(int most) {
    this.buckets = new KeyedWords(most);
    this.fullAt = buckets.words();
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
      if (missing > depth || fullAt.compareAndSet(place, seen, now + missing)) {
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
    return buckets.evictions();
  }

  private int place(long key, long now) {
    int known = buckets.find(key);
    return known >= 0 ? known : buckets.place(key, word -> missing(word, now));
  }

  /** How long the bucket needs to be full. Zero is a bucket that nobody used. */
  private static long missing(long fullAt, long now) {
    return fullAt == 0 ? 0 : Math.max(0, fullAt - now);
  }
}
