package dev.headgate.policy.limit;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long one decision takes, in a bucket and in windows, on 1, 2 and 16 threads: for one key that
 * all of them ask for, and for ten million keys of which few are asked for often, as Zipf has it.
 *
 * <p>Buckets and fixed windows always have room, so that each decision writes: what is dear about
 * many threads is that they write the same word. A sliding window holds a million at most; on one
 * key most decisions are refusals then, which only read.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = "-Xmx2g")
public class CountingBench {
  private static final int KEYS = 10_000_000;
  private static final long HOT = 42;

  /** A power of two. */
  private static final int DRAWN = 1 << 20;

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long WINDOW_MILLIS = 1000;

  /** All keys that are in use, in one table of one kind. */
  @State(Scope.Benchmark)
  public static class Table {
    @Param({"token_bucket", "fixed_window", "sliding_window"})
    String algorithm;

    final AtomicInteger choosers = new AtomicInteger();
    final int[] drawn = new int[DRAWN];
    Counting counting;

    /** One kind of table, so that the call below is one. */
    interface Counting {
      long take(long key);
    }

    @Setup
    public void fill() {
      counting =
          switch (algorithm) {
            case "token_bucket" -> buckets();
            case "fixed_window" -> windows(false, Integer.MAX_VALUE);
            default -> windows(true, Windows.MOST_SLIDING);
          };
      for (int i = 0; i < KEYS; i++) {
        counting.take(key(i));
      }
      // The inverse of the distribution that falls as 1/rank, as far as a continuous one tells.
      SplittableRandom random = new SplittableRandom(7);
      for (int i = 0; i < DRAWN; i++) {
        drawn[i] = (int) Math.exp(random.nextDouble() * Math.log(KEYS));
      }
    }

    private static Counting buckets() {
      Buckets buckets = new Buckets(KEYS);
      return key -> buckets.take(key, 1, SECOND, System.nanoTime());
    }

    private static Counting windows(boolean sliding, long limit) {
      Windows windows = new Windows(KEYS, WINDOW_MILLIS, sliding);
      windows.align(System.currentTimeMillis(), System.nanoTime());
      return key -> windows.take(key, 1, limit, System.nanoTime());
    }

    static long key(long number) {
      long mixed = number * 0x9E3779B97F4A7C15L;
      return (mixed ^ mixed >>> 32) * 0xD6E8FEB86659FD93L;
    }
  }

  /** One thread's way through the keys that were drawn; each begins elsewhere. */
  @State(Scope.Thread)
  public static class Choice {
    private int next;

    @Setup
    public void begin(Table table) {
      next = table.choosers.getAndIncrement() * (DRAWN / 16 + 1);
    }

    long key(Table table) {
      next = next + 1 & DRAWN - 1;
      return Table.key(table.drawn[next]);
    }
  }

  @Benchmark
  @Threads(1)
  public long oneKeyOn1(Table table) {
    return table.counting.take(HOT);
  }

  @Benchmark
  @Threads(2)
  public long oneKeyOn2(Table table) {
    return table.counting.take(HOT);
  }

  @Benchmark
  @Threads(16)
  public long oneKeyOn16(Table table) {
    return table.counting.take(HOT);
  }

  @Benchmark
  @Threads(1)
  public long zipfOn1(Table table, Choice choice) {
    return table.counting.take(choice.key(table));
  }

  @Benchmark
  @Threads(2)
  public long zipfOn2(Table table, Choice choice) {
    return table.counting.take(choice.key(table));
  }

  @Benchmark
  @Threads(16)
  public long zipfOn16(Table table, Choice choice) {
    return table.counting.take(choice.key(table));
  }
}
