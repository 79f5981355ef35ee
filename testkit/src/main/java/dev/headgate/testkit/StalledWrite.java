package dev.headgate.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A long write of {@link Pattern} bytes that goes on by itself and shows how far it has come.
 *
 * <p>{@link #bytes} right after the stall is what the peer and the kernels' buffers took. Compare
 * it with a bound that is generous (64 MiB, say): a peer that stores everything passes any bound,
 * and a slow machine can only make the figure smaller, so time never decides.
 */
public final class StalledWrite {
  private static final Duration QUIET = Duration.ofMillis(500);

  private final AtomicLong written = new AtomicLong();
  private final CountDownLatch finished = new CountDownLatch(1);
  private final long total;

  private StalledWrite(long total) {
    this.total = total;
  }

  /** Starts to write {@code total} bytes and returns once the output has taken none for a while. */
  public static StalledWrite of(OutputStream output, long total) {
    StalledWrite write = new StalledWrite(total);
    Thread.ofVirtual().start(() -> write.run(output));
    write.awaitQuiet();
    return write;
  }

  private void run(OutputStream output) {
    try {
      byte[] block = new byte[16 * 1024];
      for (long at = 0; at < total; ) {
        int count = (int) Math.min(block.length, total - at);
        Pattern.fill(block, count, at);
        output.write(block, 0, count);
        at += count;
        written.set(at);
      }
      output.flush();
    } catch (IOException closed) {
      // The peer ended the connection: bytes() tells how far the write came.
    } finally {
      finished.countDown();
    }
  }

  private void awaitQuiet() {
    long before;
    do {
      before = written.get();
    } while (!awaited(QUIET) && written.get() != before);
  }

  private boolean awaited(Duration time) {
    try {
      return finished.await(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  /** How many bytes the socket has taken so far. */
  public long bytes() {
    return written.get();
  }

  public boolean isFinished() {
    return finished.getCount() == 0;
  }

  /** Waits until everything is written; fails after {@code time}. */
  public void awaitFinished(Duration time) {
    if (!awaited(time) || written.get() < total) {
      throw new AssertionError("Only " + written.get() + " of " + total + " bytes were written");
    }
  }
}
