package dev.headgate.plan;

import dev.headgate.concurrent.Shared;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * All that is counted in this process for quotas and for the ledger. It outlives revisions.
 *
 * <p>How it is safe: counters are found in a concurrent map, once for each consumer, loop and
 * period, and then kept by the loop; sheets are handed over through a concurrent queue. While the
 * ledger's store is away, counts add up in the sheets of their hours; how many lines they may have
 * is bounded, and what comes beyond is counted as lost.
 */
@Shared
public final class Meters {
  /** Some 100 bytes each. */
  private static final int MOST_CELLS = 2_000_000;

  private final int mostCells;
  private final ConcurrentMap<QuotaKey, QuotaCounter> counters = new ConcurrentHashMap<>();
  private final Queue<UsageSheet> sheets = new ConcurrentLinkedQueue<>();
  private final AtomicInteger cells = new AtomicInteger();
  private final LongAdder lost = new LongAdder();
  private volatile boolean unknown;

  public Meters() {
    this(MOST_CELLS);
  }

  Meters(int mostCells) {
    this.mostCells = mostCells;
  }

  /** The counter of a quota, made if there is none. */
  public QuotaCounter counter(QuotaKey key) {
    return counters.computeIfAbsent(key, QuotaCounter::new);
  }

  public Iterable<QuotaCounter> counters() {
    return counters.values();
  }

  /** Forgets the count of a period that is over. */
  public void forget(QuotaKey key) {
    counters.remove(key);
  }

  /** Whether what was used before the start is not known yet. */
  public boolean unknown() {
    return unknown;
  }

  public void unknown(boolean value) {
    unknown = value;
  }

  /** A sheet for one loop and hour. */
  UsageSheet open(long hour) {
    UsageSheet sheet = new UsageSheet(hour);
    sheets.add(sheet);
    return sheet;
  }

  /** A line on a sheet; null if there are too many already: then the request is lost. */
  UsageSheet.@Nullable Cell line(UsageSheet sheet, UsageLine line) {
    if (cells.incrementAndGet() > mostCells) {
      cells.decrementAndGet();
      return null;
    }
    return sheet.add(line);
  }

  void lose() {
    lost.increment();
  }

  /** How many requests could not be recorded, because the store was away for too long. */
  public long lost() {
    return lost.sum();
  }

  public Iterable<UsageSheet> sheets() {
    return sheets;
  }

  /** Lets go of a sheet that is closed and written. */
  public void drop(UsageSheet sheet) {
    if (sheets.remove(sheet)) {
      cells.addAndGet(-sheet.size());
    }
  }
}
