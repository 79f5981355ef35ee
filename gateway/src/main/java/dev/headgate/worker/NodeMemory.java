package dev.headgate.worker;

import dev.headgate.concurrent.Shared;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much of its memory the process uses: of the heap what the last garbage collection left, as
 * what is in use between two of them says nothing; and of what buffers outside it may have.
 *
 * <p>A heap that has not been collected for some seconds is not short, whatever was left then: else
 * one that is turned away from would never be collected, and never be found well again.
 *
 * <p>How it is safe: whoever comes first after the time looks, as a compare-and-set decides; the
 * others read one volatile number.
 */
@Shared
final class NodeMemory {
  private static final long EVERY = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long FRESH = TimeUnit.SECONDS.toNanos(5);

  private final List<GarbageCollectorMXBean> collectors =
      ManagementFactory.getGarbageCollectorMXBeans();
  private final List<MemoryPoolMXBean> heap =
      ManagementFactory.getMemoryPoolMXBeans().stream()
          .filter(pool -> pool.getType() == MemoryType.HEAP)
          .filter(MemoryPoolMXBean::isCollectionUsageThresholdSupported)
          .toList();
  private final AtomicLong nextLook;
  private volatile double share;
  private volatile long collections = -1;
  private volatile long collectedAt;

  NodeMemory(long now) {
    nextLook = new AtomicLong(now);
  }

  /** The larger of the two shares, at most half a second old. */
  double share(long now) {
    long due = nextLook.get();
    if (now - due >= 0 && nextLook.compareAndSet(due, now + EVERY)) {
      share = Math.max(heapShare(now), bufferShare());
    }
    return share;
  }

  private double heapShare(long now) {
    long count = 0;
    for (GarbageCollectorMXBean collector : collectors) {
      count += Math.max(0, collector.getCollectionCount());
    }
    if (collections >= 0 && count != collections) {
      collectedAt = now;
    }
    boolean fresh = collections >= 0 && collectedAt != 0 && now - collectedAt < FRESH;
    collections = count;
    if (!fresh) {
      return 0;
    }
    long left = 0;
    for (MemoryPoolMXBean pool : heap) {
      MemoryUsage usage = pool.getCollectionUsage();
      left += usage == null ? 0 : usage.getUsed();
    }
    return (double) left / Runtime.getRuntime().maxMemory();
  }

  private static double bufferShare() {
    long most = PlatformDependent.maxDirectMemory();
    long used = PlatformDependent.usedDirectMemory();
    return most <= 0 || used <= 0 ? 0 : (double) used / most;
  }
}
