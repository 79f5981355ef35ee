package dev.headgate.telemetry;

import com.sun.management.UnixOperatingSystemMXBean;
import io.prometheus.metrics.model.snapshots.Labels;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The process and its JVM, under the names that Prometheus' own clients use, so that known
 * dashboards show them.
 */
final class ProcessMetrics {
  private ProcessMetrics() {}

  /** Asks the JVM and the kernel; well under a millisecond. */
  static void add(Exposition exposition) {
    process(exposition);
    memory(exposition);
    Exposition.Counter collections =
        exposition.counter("jvm_gc_collections", "Garbage collections.");
    Exposition.Counter seconds =
        exposition.counter("jvm_gc_collection_seconds", "Time spent in garbage collections.");
    for (GarbageCollectorMXBean gc : ManagementFactory.getGarbageCollectorMXBeans()) {
      Labels labels = Labels.of("gc", gc.getName());
      collections.add(Math.max(0, gc.getCollectionCount()), labels);
      seconds.add(Math.max(0, gc.getCollectionTime()) / 1e3, labels);
    }
    exposition
        .gauge("jvm_threads_current", "Threads, daemons included.")
        .add(ManagementFactory.getThreadMXBean().getThreadCount(), Labels.EMPTY);
  }

  private static void process(Exposition exposition) {
    exposition
        .gauge("process_start_time_seconds", "When the process began, in seconds since 1970.")
        .add(ManagementFactory.getRuntimeMXBean().getStartTime() / 1e3, Labels.EMPTY);
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean os) {
      exposition
          .counter("process_cpu_seconds", "CPU time used, user and system.")
          .add(os.getProcessCpuTime() / 1e9, Labels.EMPTY);
      exposition
          .gauge("process_open_fds", "File descriptors in use.")
          .add(os.getOpenFileDescriptorCount(), Labels.EMPTY);
      exposition
          .gauge("process_max_fds", "File descriptors that may be used.")
          .add(os.getMaxFileDescriptorCount(), Labels.EMPTY);
    }
    long resident = residentBytes();
    if (resident > 0) {
      exposition
          .gauge("process_resident_memory_bytes", "Memory of the process that is in RAM.")
          .add(resident, Labels.EMPTY);
    }
  }

  private static void memory(Exposition exposition) {
    Exposition.Gauge used = exposition.gauge("jvm_memory_used_bytes", "JVM memory in use.");
    Exposition.Gauge committed =
        exposition.gauge("jvm_memory_committed_bytes", "JVM memory taken from the system.");
    Exposition.Gauge max =
        exposition.gauge("jvm_memory_max_bytes", "JVM memory that may be taken.");
    var memory = ManagementFactory.getMemoryMXBean();
    MemoryUsage heap = memory.getHeapMemoryUsage();
    MemoryUsage other = memory.getNonHeapMemoryUsage();
    Labels heapArea = Labels.of("area", "heap");
    Labels otherArea = Labels.of("area", "nonheap");
    used.add(heap.getUsed(), heapArea);
    used.add(other.getUsed(), otherArea);
    committed.add(heap.getCommitted(), heapArea);
    committed.add(other.getCommitted(), otherArea);
    max.add(heap.getMax(), heapArea);
    max.add(other.getMax(), otherArea);
    Exposition.Gauge pools =
        exposition.gauge(
            "jvm_buffer_pool_used_bytes", "Buffers outside the heap that the JVM made.");
    for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
      pools.add(pool.getMemoryUsed(), Labels.of("pool", pool.getName()));
    }
  }

  /**
   * From the kernel, in the only place that tells it without a native call; 0 where that is not
   * Linux.
   */
  private static long residentBytes() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("VmRSS:")) {
          return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
        }
      }
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
    return 0;
  }
}
