package dev.headgate.health;

import dev.headgate.config.Upstream;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What the configuration says of the endpoints of an upstream as far as the choice among them goes,
 * in its order.
 *
 * @param levels the endpoints by priority, the first one first
 * @param panicBelow the share of the weight below which a level is not fit to be used alone
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
record Layout(int[] weights, List<int[]> levels, double panicBelow) {
  static Layout of(Upstream config) {
    List<Upstream.Endpoint> endpoints = config.endpoints();
    int[] weights = endpoints.stream().mapToInt(Upstream.Endpoint::weight).toArray();
    List<int[]> levels =
        endpoints.stream()
            .map(Upstream.Endpoint::priority)
            .distinct()
            .sorted()
            .map(priority ->
                IntStream.range(0, weights.length)
                    .filter(i -> endpoints.get(i).priority() == priority)
                    .toArray())
            .toList();
    return new Layout(weights, levels, config.panicThreshold().fraction());
  }

  int size() {
    return weights.length;
  }

  int[] all() {
    return IntStream.range(0, weights.length).toArray();
  }

  double weight(int[] some) {
    return IntStream.of(some).asLongStream().map(i -> weights[(int) i]).sum();
  }
}
