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
 * <p>A part of the heap that has not been collected for some seconds is not short, whatever was
 * left then: the old generation is collected again and again when it is, and young collections,
 * which are always under way, say nothing about it.
 *
 * <p>How it is safe: whoever comes first after the time looks, as a compare-and-set decides; the
 * others read one volatile number.
 */
@Shared
final class NodeMemory {
  private static final long EVERY = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long FRESH = TimeUnit.SECONDS.toNanos(5);

  private final List<Part> heap =
      ManagementFactory.getMemoryPoolMXBeans().stream()
          .filter(pool -> pool.getType() == MemoryType.HEAP)
          .filter(MemoryPoolMXBean::isCollectionUsageThresholdSupported)
          .map(Part::new)
          .toList();
  private final AtomicLong nextLook;
  private volatile double share;

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
    long left = 0;
    for (Part part : heap) {
      left += part.left(now);
    }
    return (double) left / Runtime.getRuntime().maxMemory();
  }

  /** A generation of the heap, with the collectors that collect it. */
  private static final class Part {
    private final MemoryPoolMXBean pool;
    private final List<GarbageCollectorMXBean> collectors;
    private volatile long collections;
    private volatile boolean collected;
    private volatile long collectedAt;

    Part(MemoryPoolMXBean pool) {
      this.pool = pool;
      this.collectors =
          ManagementFactory.getGarbageCollectorMXBeans().stream()
              .filter(collector -> List.of(collector.getMemoryPoolNames()).contains(pool.getName()))
              .toList();
      this.collections = count();
    }

    private long count() {
      return collectors.stream().mapToLong(GarbageCollectorMXBean::getCollectionCount).sum();
    }

    /** The bytes that a collection left, if there was one of late. */
    long left(long now) {
      long count = count();
      if (count != collections) {
        collections = count;
        collected = true;
        collectedAt = now;
      }
      MemoryUsage usage = pool.getCollectionUsage();
      return collected && now - collectedAt < FRESH && usage != null ? usage.getUsed() : 0;
    }
  }

  private static double bufferShare() {
    long most = PlatformDependent.maxDirectMemory();
    long used = PlatformDependent.usedDirectMemory();
    return most <= 0 || used <= 0 ? 0 : (double) used / most;
  }
}
