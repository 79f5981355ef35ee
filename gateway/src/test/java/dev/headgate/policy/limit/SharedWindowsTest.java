package dev.headgate.policy.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.config.Limiting;
import dev.headgate.config.Rate;
import dev.headgate.exchange.Stores;
import dev.headgate.testkit.RawClient;
import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Windows in a real Redis. */
class SharedWindowsTest {
  private static final long LENGTH = 31 * 86_400_000L;

  private RedisUnderTest redis;

  @BeforeEach
  void startRedis() throws Exception {
    redis = RedisUnderTest.start();
  }

  @AfterEach
  void stopRedis() throws Exception {
    redis.close();
  }

  private SharedWindows windows(long limit, boolean sliding) {
    Stores.Place place = SharedNodes.place(redis.port());
    LimitPlan like = SharedNodes.plan(place, 1, List.of("1/h"), 0, Limiting.OnStoreFailure.DENY);
    LimitPlan.One one =
        LimitPlan.One.of("few", Rate.parse("1/31day"), limit, new Windows(1000, LENGTH, sliding));
    LimitPlan plan =
        new LimitPlan(
            "few",
            like.stage(),
            like.per(),
            like.seed(),
            List.of(one),
            like.sharing(),
            new Cost.Fixed(1),
            null,
            0,
            true);
    return new SharedWindows(
        plan,
        place,
        (command, listener) -> {
          try {
            listener.answered(new Stores.Answer.Told(redis.eval(command)));
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static long used(long previous, long current, long now) {
    BigInteger[] share =
        BigInteger.valueOf(previous)
            .multiply(BigInteger.valueOf(LENGTH - now % LENGTH))
            .divideAndRemainder(BigInteger.valueOf(LENGTH));
    return current + share[0].longValueExact() + share[1].signum();
  }

  private long now() throws IOException {
    return Long.parseLong(
        redis.call("EVAL \"return redis.call('TIME')[1] * 1000\" 0").substring(1));
  }

  @ParameterizedTest
  @CsvSource({"1,false", "2,false", "3,true", "4,true", "5,true"})
  void doesWhatTheDefinitionSays(long seed, boolean sliding) throws Exception {
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      long limit = 1 + random.nextInt(random.nextBoolean() ? 10 : 1_000_000);
      long previous = sliding ? random.nextLong(limit + 1) : 0;
      long current = random.nextLong(limit + 1);
      long before = now();
      String key = "headgate:{k" + i + "}:0:" + (sliding ? "s" : "f") + LENGTH;
      boolean rolled = random.nextBoolean();
      long number = before / LENGTH;
      redis.call(
          "SET " + key + " " + (rolled ? number - 1 : number) + "_" + previous + "_" + current);
      redis.call(
          "EVAL \"redis.call('SET', KEYS[1], (string.gsub(redis.call('GET', KEYS[1]), '_', ' ')))\" 1 "
              + key);
      long was = rolled ? sliding ? current : 0 : previous;
      long is = rolled ? 0 : current;
      long cost = 1 + random.nextLong(Math.max(1, limit / 3));
      long[] told = new long[2];
      windows(limit, sliding)
          .take(
              "k" + i,
              cost,
              0,
              new SharedBuckets.Listener() {
                @Override
                public void told(long taken, long[] left) {
                  told[0] = taken;
                  told[1] = left[0];
                }

                @Override
                public void failed(String why) {
                  throw new AssertionError(why);
                }
              });
      long after = now() + 1_000;
      if (told[0] == 1) {
        assertThat(told[1])
            .isBetween(limit - cost - used(was, is, before), limit - cost - used(was, is, after));
      } else {
        assertThat(limit - cost - used(was, is, before)).isNegative();
        long wait = -told[1] / 1_000_000;
        assertThat(wait).isBetween(1L, 2 * LENGTH);
        long end = (number + 1) * LENGTH;
        long then = after + wait;
        long usedThen = used(was, is, then);
        if (then >= end) {
          usedThen = sliding && then < end + LENGTH ? used(is, 0, then) : 0;
        }
        assertThat(usedThen + cost).isLessThanOrEqualTo(limit);
      }
    }
  }

  private static int admitted(RawClient client, int requests) throws Exception {
    int admitted = 0;
    for (int i = 0; i < requests; i++) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      admitted += client.readResponse().status() == 200 ? 1 : 0;
    }
    return admitted;
  }

  @ParameterizedTest
  @ValueSource(strings = {"fixed_window", "sliding_window"})
  void twoGatewaysShareAWindowAndGoOnAloneWithoutTheStore(String algorithm) throws Exception {
    String yaml =
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        stores: { shared: { redis: "redis://127.0.0.1:%d", timeout: 2s } }
        policies:
          fleet: { limit: { rate: [10/31day, 7/30day], algorithm: %s, store: shared } }
        routes: { r: { match: { path: /** }, auth: public, policies: [fleet], respond: {} } }
        telemetry: { accessLog: { to: "off" } }
        """
            .formatted(redis.port(), algorithm);
    try (GatewayUnderTest one = new Gateways("nio").start(yaml);
        GatewayUnderTest other = new Gateways("nio").start(yaml);
        RawClient first = one.connect();
        RawClient second = other.connect()) {
      assertThat(admitted(first, 3)).isEqualTo(3);
      assertThat(admitted(second, 5)).isEqualTo(4);
      first.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      var refused = first.readResponse();
      assertThat(refused.status()).isEqualTo(429);
      assertThat(Long.parseLong(refused.header("retry-after"))).isBetween(1L, 2 * LENGTH / 1_000);
      // All are charged, or none.
      assertThat(refused.headers("ratelimit").getFirst()).startsWith("\"fleet:10/31day\";r=3;");
      redis.kill();
      // What each gave out before counts: 3 and 4.
      assertThat(admitted(first, 9)).isEqualTo(4);
      assertThat(admitted(second, 9)).isEqualTo(3);
    }
  }
}
