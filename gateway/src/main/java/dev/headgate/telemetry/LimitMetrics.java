package dev.headgate.telemetry;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.LimitMeter;
import dev.headgate.exchange.Loop;
import dev.headgate.keyed.TopKeys;
import java.util.List;
import java.util.function.Supplier;

/** One loop's counters of a limit. */
@LoopConfined
final class LimitMetrics implements LimitMeter {
  /** What a limit says, as metrics call it; a cell for each. */
  static final List<String> OUTCOMES = List.of("within", "delayed", "over");

  private static final int WITHIN = 0;
  private static final int DELAYED = 1;
  private static final int OVER = 2;
  static final int CELLS = OUTCOMES.size();

  private final Cells cells;
  private final TopKeys offenders;
  private final Loop loop;

  LimitMetrics(Cells cells, TopKeys offenders, Loop loop) {
    this.cells = cells;
    this.offenders = offenders;
    this.loop = loop;
  }

  @Override
  public void within() {
    cells.add(WITHIN, 1);
  }

  @Override
  public void delayed() {
    cells.add(DELAYED, 1);
  }

  @Override
  public void over(long key, Supplier<String> who) {
    cells.add(OVER, 1);
    offenders.count(key, who, loop.wallMillis());
  }

  static LimitReport report(String limit, long[] sums, List<TopKeys.Seen> top) {
    return new LimitReport(limit, sums[WITHIN], sums[DELAYED], sums[OVER], top);
  }
}
