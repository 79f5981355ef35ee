package dev.headgate.policy.apikey;

import static dev.headgate.exchange.CredentialHash.LENGTH;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to find an API key by its hash, in a way that no cache foresees. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class KeyTableBench {
  /** The keys, and the hashes that callers show: of some of the keys, and of none. */
  @State(Scope.Benchmark)
  public static class Keys {
    private static final int SHOWN = 1 << 16;

    @Param({"1000", "1000000"})
    int keys;

    final byte[][] known = new byte[SHOWN][];
    final byte[][] unknown = new byte[SHOWN][];
    KeyTable table;
    KeyRing ring;
    int at;

    @Setup(Level.Trial)
    public void fill() {
      SplittableRandom random = new SplittableRandom(7);
      KeyTable.Builder builder = new KeyTable.Builder();
      for (int i = 0; i < keys; i++) {
        builder.add(hash(random), KeyRecord.of("app-" + i, "hg_" + i, List.of(), null, null));
      }
      table = builder.build("bench", new KeyUses(Instant.EPOCH));
      ring = new KeyRing(table, "keys", Map.of());
      for (int i = 0; i < SHOWN; i++) {
        known[i] = table.hash(random.nextInt(keys));
        unknown[i] = hash(random);
      }
    }

    private static byte[] hash(SplittableRandom random) {
      byte[] hash = new byte[LENGTH];
      random.nextBytes(hash);
      return hash;
    }

    byte[] next(byte[][] of) {
      at = (at + 1) & (SHOWN - 1);
      return of[at];
    }
  }

  @Benchmark
  public int hit(Keys keys) {
    return keys.table.find(keys.next(keys.known));
  }

  @Benchmark
  public int miss(Keys keys) {
    return keys.table.find(keys.next(keys.unknown));
  }

  /**
   * All that a request with a key costs but the SHA-256: whom it stands for, and noting the use.
   */
  @Benchmark
  public Object hitWithOwnerAndUse(Keys keys) {
    KeyRing.Known known = keys.ring.find(keys.next(keys.known));
    known.noteUse(1_700_000_000_000L);
    return known.identity();
  }
}
