package dev.headgate.keyed;

import dev.headgate.concurrent.Shared;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongUnaryOperator;

/**
 * A word of state for each of very many keys, in an amount of memory that is fixed.
 *
 * <p>A key names a set of eight places, which lie side by side. One that is not there takes a
 * place: an empty one, else that of the key whose word weighs least, <em>and the word with it</em>.
 * So as long as words that stand for what a key has used only grow heavier, a key that is pushed
 * out and comes back finds a word that weighs at least what its own did: to come with many keys
 * never wins anything. It can only cost those who have used least, and only when there are more
 * keys in use than places. (The idea is that of the Space-Saving algorithm for frequent items.)
 *
 * <p>Shared by all loops, without locks. Two that bring the same new key at the same moment may
 * each take a place for it; the first of them counts from then on.
 */
@Shared
public final class KeyedWords {
  private static final int WAYS = 8;

  /** How full the table may be before sets begin to overflow. */
  private static final double FILL = 0.75;

  private static final int MOST_SETS = 1 << 27;

  private final int sets;
  private final AtomicLongArray keys;
  private final AtomicLongArray words;
  private final LongAdder evictions = new LongAdder();

  /**
   * @param most for how many keys there is room, about
   */
  public KeyedWords(int most) {
    int wanted = (int) Math.min(MOST_SETS, (long) (most / FILL) / WAYS + 1);
    int below = Integer.highestOneBit(wanted);
    this.sets = below == wanted ? below : below << 1;
    this.keys = new AtomicLongArray(sets * WAYS);
    this.words = new AtomicLongArray(sets * WAYS);
  }

  /** The words, by place. */
  public AtomicLongArray words() {
    return words;
  }

  /** How many keys lost a word that still weighed something. */
  public long evictions() {
    return evictions.sum();
  }

  /** Where a key's word is, or -1. */
  public int find(long key) {
    long known = known(key);
    int first = first(known);
    for (int place = first; place < first + WAYS; place++) {
      if (keys.get(place) == known) {
        return place;
      }
    }
    return -1;
  }

  /**
   * Where a key's word is; takes a place for it if it has none.
   *
   * @param weight of a word, 0 for one that nobody would miss
   */
  public int place(long key, LongUnaryOperator weight) {
    long known = known(key);
    int first = first(known);
    while (true) {
      int place = find(key);
      if (place >= 0) {
        return place;
      }
      int lightest = first;
      long least = Long.MAX_VALUE;
      for (place = first; place < first + WAYS; place++) {
        long weighs = weight(place, weight);
        if (weighs < least) {
          least = weighs;
          lightest = place;
        }
      }
      long before = keys.get(lightest);
      if (weight(lightest, weight) <= least && keys.compareAndSet(lightest, before, known)) {
        if (least > 0) {
          evictions.increment();
        }
        // Another loop may have taken a place for the same key: the first of them counts.
      }
    }
  }

  private long weight(int place, LongUnaryOperator weight) {
    return keys.get(place) == 0 ? -1 : weight.applyAsLong(words.get(place));
  }

  private int first(long known) {
    return (int) (known >>> 32 & (sets - 1)) * WAYS;
  }

  /** 0 is a place that nobody has. */
  private static long known(long key) {
    return key == 0 ? 1 : key;
  }
}
