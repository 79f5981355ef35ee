package dev.headgate.overload;

import static dev.headgate.overload.ModelServer.MILLI;
import static dev.headgate.overload.ModelServer.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.health.UpstreamHealth;
import dev.headgate.health.Upstreams;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bound that follows an upstream, against a model of one. */
class AdaptiveLimitTest {
  private static RequestLimit limit(String rules) {
    return Objects.requireNonNull(
        new UpstreamHealth("o", Upstreams.of(1, "adaptiveConcurrency: " + rules)).requests());
  }

  /** What came of some time. */
  private record Seen(double perSecond, long p99) {
    static Seen of(ModelServer server, double load, double seconds) {
      LongStream.Builder took = LongStream.builder();
      server.run(load, seconds, took);
      long[] sorted = took.build().sorted().toArray();
      return new Seen(sorted.length / seconds, sorted[(int) (sorted.length * 0.99)]);
    }
  }

  @ParameterizedTest
  @CsvSource({"4, 20", "20, 10", "50, 100", "200, 10", "20, 1"})
  void holdsGoodputAndLatencyAtThreeTimesTheCapacity(int workers, int millis) {
    ModelServer half = new ModelServer(1, workers, millis * MILLI, null);
    long quiet = Seen.of(half, half.capacity() / 2, 20).p99();

    RequestLimit limit = limit("{ min: 2 }");
    ModelServer server = new ModelServer(2, workers, millis * MILLI, limit);
    Seen.of(server, 3 * server.capacity(), 10); // finds it
    Seen seen = Seen.of(server, 3 * server.capacity(), 130); // two measurements among it
    assertThat(seen.perSecond()).isGreaterThan(0.9 * server.capacity());
    assertThat(seen.p99()).as("half load: %d", quiet).isLessThan(3 * quiet);
  }

  @Test
  void withoutItNobodyIsAnsweredInTime() {
    ModelServer server = new ModelServer(3, 20, 10 * MILLI, null);
    Seen.of(server, 3 * server.capacity(), 10);
    long[] inTime = new long[1];
    server.run(3 * server.capacity(), 10, took -> inTime[0] += took < SECOND ? 1 : 0);
    assertThat(inTime[0]).isZero();
    assertThat(server.inside).isGreaterThan(50_000);
  }

  @Test
  void turnsNobodyAwayWhereThereIsRoom() {
    ModelServer server = new ModelServer(4, 20, 10 * MILLI, limit("{}"));
    Seen.of(server, server.capacity() / 2, 200);
    assertThat(server.refused).isZero();
  }

  @Test
  void followsACapacityThatGoesAndComesBack() {
    RequestLimit limit = limit("{ min: 2 }");
    ModelServer server = new ModelServer(5, 40, 10 * MILLI, limit);
    double load = 1.5 * server.capacity();
    Seen.of(server, load, 10);
    int whole = limit.limit();

    server.workers(8);
    Seen.of(server, load, 3);
    Seen few = Seen.of(server, load, 20);
    assertThat(few.perSecond()).isGreaterThan(0.9 * server.capacity());
    assertThat(few.p99()).isLessThan(150 * MILLI);
    assertThat(limit.limit()).isLessThan(whole / 2);

    server.workers(40);
    Seen.of(server, load, 3);
    assertThat(Seen.of(server, load, 20).perSecond()).isGreaterThan(0.9 * server.capacity());
  }

  @Test
  void believesAnUpstreamThatIsSlowerFromNowOn() {
    RequestLimit limit = limit("{}");
    ModelServer server = new ModelServer(6, 40, 10 * MILLI, limit);
    Seen.of(server, 1.2 * server.capacity(), 10);
    server.meanNanos(50 * MILLI);
    Seen.of(server, 1.2 * server.capacity(), 10);
    assertThat(Seen.of(server, 1.2 * server.capacity(), 20).perSecond())
        .isGreaterThan(0.9 * server.capacity());
  }

  @Test
  void findsItsWayFromACrowdedStart() {
    RequestLimit limit = limit("{ min: 1, max: 10000 }");
    ModelServer server = new ModelServer(7, 3, 10 * MILLI, limit);
    Seen.of(server, 10 * server.capacity(), 20);
    Seen seen = Seen.of(server, 10 * server.capacity(), 20);
    assertThat(seen.perSecond()).isGreaterThan(0.85 * server.capacity());
    assertThat(seen.p99()).isLessThan(120 * MILLI);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 10, 100})
  void neverLeavesItsBounds(int min) {
    for (int seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      int max = min + random.nextInt(200);
      Gradient gradient =
          new Gradient(
              new Gradient.Rules(min, max, random.nextDouble(), SECOND), random::nextDouble);
      long now = 3600 * SECOND;
      for (int i = 0; i < 2000; i++) {
        now += random.nextLong(SECOND);
        double median = Math.exp(random.nextDouble() * 20);
        int bound = gradient.window(median, random.nextInt(2 * max), now);
        assertThat(bound).isBetween(min, max);
      }
    }
  }

  @Test
  void isNotMovedByOtherPeoplesLoad() {
    Gradient gradient = new Gradient(new Gradient.Rules(10, 1000, 0.5, 60 * SECOND), () -> 0.5);
    long now = 3600 * SECOND;
    gradient.window(1e6, 3, now);
    int first = gradient.window(1e6, 3, now);
    for (int i = 0; i < 100; i++) {
      now += SECOND / 10;
      assertThat(gradient.window(1e9, 3, now)).isEqualTo(first);
    }
  }

  @Test
  void mediansAreOffByAFewPercentAtMost() {
    Random random = new Random(8);
    for (int i = 0; i < 1000; i++) {
      Latencies latencies = new Latencies();
      long[] all =
          random.longs(101).map(one -> (long) Math.exp(7 + (one >>> 1) % 2000 / 100.0)).toArray();
      Arrays.stream(all).forEach(latencies::add);
      Arrays.sort(all);
      assertThat((double) latencies.median() / all[50]).isBetween(0.94, 1.07);
      latencies.clear();
      assertThat(latencies.count()).isZero();
    }
  }
}
