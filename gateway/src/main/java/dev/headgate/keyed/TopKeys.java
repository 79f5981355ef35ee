package dev.headgate.keyed;

import dev.headgate.concurrent.Shared;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The keys that come most often, of very many, in little memory: the Space-Saving algorithm. There
 * are 64 counters. A key that has none takes over the lowest one and counts on from there, so that
 * a counter is never too low, and too high by at most what it was taken over with, which it
 * remembers. Whoever makes up more than one 64th of all that comes has a counter for certain.
 *
 * <p>Counting begins anew every minute, and one minute back is kept: what is told is of the last
 * one to two.
 *
 * <p>One thread counts. Others read: a counter that they find is whole, though it may have changed
 * hands by the time they have read the next.
 */
@Shared
public final class TopKeys {
  private static final int PLACES = 64;
  private static final long MINUTE_MILLIS = 60_000;

  // Of the one thread that counts, side by side to be looked through quickly.
  private final long[] keys = new long[PLACES];
  private final long[] counts = new long[PLACES];
  private int used;

  private volatile Minute current = new Minute(0);
  private volatile Minute before = current;

  /**
   * A key that came often.
   *
   * @param most how often it came at the most
   * @param least and for certain
   */
  public record Seen(String name, long most, long least) {}

  private record Minute(long beganMillis, AtomicReferenceArray<@Nullable Counter> counters) {
    Minute(long beganMillis) {
      this(beganMillis, new AtomicReferenceArray<>(PLACES));
    }
  }

  /** What readers see of a place. */
  private static final class Counter extends AtomicLong {
    private static final long serialVersionUID = 1;
    private final String name;
    private final long tooHigh;

    Counter(String name, long tooHigh) {
      super(tooHigh + 1);
      this.name = name;
      this.tooHigh = tooHigh;
    }
  }

  /**
   * A key came. Only on the thread that counts.
   *
   * @param name asked for if the key gets a counter
   * @param nowMillis wall-clock time
   */
  public void count(long key, Supplier<String> name, long nowMillis) {
    Minute minute = current;
    if (nowMillis - minute.beganMillis() >= MINUTE_MILLIS || nowMillis < minute.beganMillis()) {
      before = minute;
      minute = new Minute(nowMillis);
      current = minute;
      used = 0;
    }
    int lowest = 0;
    for (int i = 0; i < used; i++) {
      if (keys[i] == key) {
        Counter known = minute.counters().getPlain(i);
        if (known != null) {
          known.setOpaque(++counts[i]);
        }
        return;
      }
      lowest = counts[i] < counts[lowest] ? i : lowest;
    }
    int place = used < PLACES ? used : lowest;
    long tooHigh = used < PLACES ? 0 : counts[place];
    used = Math.max(used, place + 1);
    keys[place] = key;
    counts[place] = tooHigh + 1;
    minute.counters().setRelease(place, new Counter(name.get(), tooHigh));
  }

  /**
   * What several have counted, those first that came most often. From any thread.
   *
   * @param nowMillis wall-clock time
   */
  public static List<Seen> merged(Collection<TopKeys> parts, int most, long nowMillis) {
    Map<String, Seen> byName = new HashMap<>();
    for (TopKeys part : parts) {
      Minute current = part.current;
      Minute before = part.before;
      add(current, nowMillis, byName);
      if (before != current) {
        add(before, nowMillis, byName);
      }
    }
    List<Seen> seen = new ArrayList<>(byName.values());
    seen.sort(Comparator.comparingLong(Seen::most).reversed().thenComparing(Seen::name));
    return List.copyOf(seen.subList(0, Math.min(most, seen.size())));
  }

  private static void add(Minute minute, long nowMillis, Map<String, Seen> byName) {
    if (minute.beganMillis() < nowMillis - 2 * MINUTE_MILLIS) {
      return;
    }
    for (int i = 0; i < PLACES; i++) {
      Counter counter = minute.counters().getAcquire(i);
      if (counter != null) {
        long count = counter.getOpaque();
        byName.merge(
            counter.name,
            new Seen(counter.name, count, count - counter.tooHigh),
            (a, b) -> new Seen(a.name(), a.most() + b.most(), a.least() + b.least()));
      }
    }
  }
}
