package dev.headgate.telemetry;

import dev.headgate.concurrent.LoopConfined;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One loop's cells of a family whose labels are two words; found without allocation. */
@LoopConfined
final class LoopFamily {
  private final Family family;
  private final Map<String, Map<String, Cells>> byLabels = new HashMap<>();
  private @Nullable Cells overflow;

  LoopFamily(Family family) {
    this.family = family;
  }

  Cells cells(String first, String second) {
    Map<String, Cells> bySecond = byLabels.get(first);
    Cells cells = bySecond == null ? null : bySecond.get(second);
    return cells != null ? cells : newCells(first, second);
  }

  private Cells newCells(String first, String second) {
    Family.Series series = family.series(first, second);
    if (series != null) {
      Cells cells = series.newPart();
      byLabels.computeIfAbsent(first, key -> new HashMap<>()).put(second, cells);
      return cells;
    }
    if (overflow == null) {
      overflow = family.overflow().newPart();
    }
    return overflow;
  }
}
