package dev.headgate;

import io.netty.util.ResourceLeakDetector;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Netty's detector of lost buffers, which also keeps what it found. Named in the pom. */
public final class LeakLedger<T> extends ResourceLeakDetector<T> {
  private static final List<String> FOUND = new CopyOnWriteArrayList<>();

  /** Called by Netty. */
  public LeakLedger(Class<?> resource, int samplingInterval) {
    super(resource, samplingInterval);
  }

  /** The constructor of Netty's past; it looks for both and complains of one that is missing. */
  public LeakLedger(Class<?> resource, int samplingInterval, long unused) {
    this(resource, samplingInterval);
  }

  /** What was found so far. */
  static List<String> found() {
    return FOUND;
  }

  @Override
  protected void reportTracedLeak(String resource, String records) {
    FOUND.add(resource + records);
    super.reportTracedLeak(resource, records);
  }

  @Override
  protected void reportUntracedLeak(String resource) {
    FOUND.add(resource);
    super.reportUntracedLeak(resource);
  }
}
