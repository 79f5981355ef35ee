package dev.headgate.policy.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.config.Limiting;
import dev.headgate.exchange.Stores;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The script, run by a real Redis, against what it means. */
class SharedBucketsTest {
  /**
   * In a test that is over in seconds this much comes back, in nanoseconds; a token needs an hour.
   */
  private static final long LITTLE = 600_000_000_000L;

  private static RedisUnderTest redis;

  @BeforeAll
  static void startRedis() throws Exception {
    redis = RedisUnderTest.start();
  }

  @AfterAll
  static void stopRedis() throws Exception {
    redis.close();
  }

  private static long[] eval(Stores.Command command) {
    try {
      return redis.eval(command);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static SharedBuckets buckets(LimitPlan plan, ReferenceBuckets reference) {
    Stores.Place place = SharedNodes.place(redis.port());
    return new SharedBuckets(
        plan,
        place,
        (command, listener) -> {
          long[] real = eval(command);
          long[] expected = reference.run(command, 0);
          assertThat(real[0]).isEqualTo(expected[0]);
          for (int i = 1; i < real.length; i++) {
            long unit = plan.limits().get(i - 1).unit();
            assertThat(real[i] - expected[i]).isBetween(0L, LITTLE / unit);
          }
          listener.answered(new Stores.Answer.Told(real));
        });
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void doesWhatAnExactModelDoes(long seed) {
    Random random = new Random(seed);
    long burst = 1 + random.nextInt(200);
    List<String> rates = new ArrayList<>(List.of("1/h"));
    if (random.nextBoolean()) {
      rates.add("10/365day"); // so deep that it is counted in microseconds
    }
    if (random.nextBoolean()) {
      rates.add("3/7day");
    }
    LimitPlan plan =
        SharedNodes.plan(SharedNodes.place(1), burst, rates, 0, Limiting.OnStoreFailure.DENY);
    SharedBuckets buckets = buckets(plan, new ReferenceBuckets());
    for (int i = 0; i < 400; i++) {
      String key = seed + "-" + random.nextInt(3);
      long cost = random.nextInt(10) == 0 ? random.nextInt(1_000_000) : 1 + random.nextInt(8);
      long patience = random.nextInt(4) == 0 ? 20_000_000_000_000L : 0;
      switch (random.nextInt(4)) {
        case 0, 1 -> buckets.take(key, cost, patience, WithoutStore.NOTHING);
        case 2 -> buckets.charge(key, random.nextInt(20), WithoutStore.NOTHING);
        default ->
            buckets.lend(key, random.nextInt(10) - 5, random.nextInt(50), WithoutStore.NOTHING);
      }
    }
  }

  @Test
  void aKeyThatHoldsSomethingElseIsAnErrorAndNoFreePass() throws Exception {
    LimitPlan plan =
        SharedNodes.plan(SharedNodes.place(1), 5, List.of("1/h"), 0, Limiting.OnStoreFailure.DENY);
    redis.call("SET headgate:{odd}:0 nonsense");
    SharedBuckets buckets = buckets(plan, new ReferenceBuckets());

    assertThatThrownBy(() -> buckets.take("odd", 1, 0, WithoutStore.NOTHING))
        .hasMessageContaining("holds no bucket");
  }
}
