package dev.headgate.worker;

import dev.headgate.concurrent.Shared;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Offload;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that do for all loops what would hold one up: as many as there are cores, started
 * when they are first needed, behind one bounded queue.
 */
@Shared
final class OffloadThreads {
  private static final int WAITING = 1024;

  private final ThreadPoolExecutor threads;

  OffloadThreads(int count) {
    threads =
        new ThreadPoolExecutor(
            count,
            count,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            new DefaultThreadFactory("headgate-offload", true));
    threads.allowCoreThreadTimeOut(true);
  }

  /** What one loop sees of them. */
  Offload of(Loop loop) {
    return new Offload() {
      @Override
      public <T> boolean run(Callable<T> work, Listener<T> listener) {
        try {
          threads.execute(() -> loop.execute(Offload.attempt(work, listener)));
          return true;
        } catch (RejectedExecutionException e) {
          return false;
        }
      }
    };
  }

  void close() {
    threads.shutdownNow();
  }
}
