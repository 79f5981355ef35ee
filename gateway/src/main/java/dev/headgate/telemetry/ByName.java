package dev.headgate.telemetry;

import dev.headgate.concurrent.LoopConfined;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** One loop's counters of a family whose label is a name. */
@LoopConfined
final class ByName<M> {
  private final Family family;
  private final BiFunction<String, Cells, M> maker;
  private final Map<String, M> known = new HashMap<>();
  private @Nullable M overflow;

  /**
   * @param maker makes the counters of a name from cells of their own
   */
  ByName(Family family, BiFunction<String, Cells, M> maker) {
    this.family = family;
    this.maker = maker;
  }

  M of(String name) {
    M there = known.get(name);
    if (there != null) {
      return there;
    }
    Family.Series series = family.series(name);
    if (series != null) {
      M made = maker.apply(name, series.newPart());
      known.put(name, made);
      return made;
    }
    M other = overflow;
    if (other == null) {
      other = maker.apply(Family.OVERFLOW, family.overflow().newPart());
      overflow = other;
    }
    return other;
  }
}
