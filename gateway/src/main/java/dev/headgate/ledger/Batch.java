package dev.headgate.ledger;

import dev.headgate.plan.Meters;
import dev.headgate.plan.QuotaCounter;
import dev.headgate.plan.UsageLine;
import dev.headgate.plan.UsageSheet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What was counted since the last batch: what is to be written as a whole or not at all. It stays
 * as it is until it is known to be written, so that it can be tried again.
 *
 * @param usage how many requests for each hour and line
 * @param counters what each has taken since
 */
record Batch(
    long number, Map<Entry, Long> usage, List<SeenCell> cells, List<SeenCounter> counters) {

  /** What is counted together. */
  record Entry(long hour, UsageLine line) {}

  /** A cell as it was when the batch was made. */
  record SeenCell(UsageSheet.Cell cell, long count) {}

  /** A counter as it was when the batch was made. */
  record SeenCounter(QuotaCounter counter, long own) {
    long taken() {
      return own - counter.written();
    }
  }

  /** Looks at everything that is counted. */
  static Batch of(long number, Meters meters) {
    Map<Entry, Long> usage = new HashMap<>();
    List<SeenCell> cells = new ArrayList<>();
    for (UsageSheet sheet : meters.sheets()) {
      for (UsageSheet.Cell cell : sheet.cells()) {
        long count = cell.count();
        if (count != cell.written()) {
          usage.merge(new Entry(sheet.hour(), cell.line()), count - cell.written(), Long::sum);
          cells.add(new SeenCell(cell, count));
        }
      }
    }
    List<SeenCounter> counters = new ArrayList<>();
    for (QuotaCounter counter : meters.counters()) {
      long own = counter.own();
      if (own != counter.written()) {
        counters.add(new SeenCounter(counter, own));
      }
    }
    return new Batch(number, usage, cells, counters);
  }

  boolean isEmpty() {
    return cells.isEmpty() && counters.isEmpty();
  }

  /** It is written: what it held is not written again. */
  void acknowledge() {
    cells.forEach(seen -> seen.cell().written(seen.count()));
    counters.forEach(seen -> seen.counter().written(seen.own()));
  }
}
