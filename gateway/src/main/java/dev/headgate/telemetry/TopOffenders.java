package dev.headgate.telemetry;

import dev.headgate.concurrent.Shared;
import dev.headgate.keyed.TopKeys;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Who is over limits most, by the names of the limits. Each loop counts for itself; only who asks
 * looks at all of them. There are no more limits here than series of metrics.
 */
@Shared
final class TopOffenders {
  private final Map<String, List<TopKeys>> byLimit = new ConcurrentHashMap<>();

  /** What one loop counts in; kept by it. */
  TopKeys part(String limit) {
    TopKeys part = new TopKeys();
    byLimit.computeIfAbsent(limit, _ -> new CopyOnWriteArrayList<>()).add(part);
    return part;
  }

  List<TopKeys.Seen> top(String limit, int most, long nowMillis) {
    return TopKeys.merged(byLimit.getOrDefault(limit, List.of()), most, nowMillis);
  }
}
