package dev.headgate.policy.limit;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
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
 * What it costs to take a token: of one key that both loops ask for, and of one among very many.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class BucketsBench {
  private static final long EACH = 20_000_000;
  private static final long DEPTH = 10 * EACH;

  /** All keys that are in use, and a way through them that no cache foresees. */
  @State(Scope.Benchmark)
  public static class Table {
    @Param({"1000", "10000000"})
    int keys;

    Buckets buckets;

    @Setup
    public void fill() {
      buckets = new Buckets(keys);
      for (int i = 0; i < keys; i++) {
        buckets.take(key(i), EACH, DEPTH, System.nanoTime());
      }
    }

    static long key(long number) {
      long mixed = number * 0x9E3779B97F4A7C15L;
      return (mixed ^ mixed >>> 32) * 0xD6E8FEB86659FD93L;
    }
  }

  /** One loop's choice of keys. */
  @State(Scope.Thread)
  public static class Choice {
    final SplittableRandom random = new SplittableRandom(7);
  }

  @Benchmark
  public long anyOfAll(Table table, Choice choice) {
    long key = Table.key(choice.random.nextInt(table.keys));
    return table.buckets.take(key, EACH, DEPTH, System.nanoTime());
  }

  @Benchmark
  @Threads(2)
  public long theSameOnTwoLoops(Table table) {
    return table.buckets.take(42, EACH, DEPTH, System.nanoTime());
  }
}
