package dev.headgate.retry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.Percent;
import dev.headgate.config.Size;
import dev.headgate.config.Upstream.Retry;
import dev.headgate.exchange.Failure;
import dev.headgate.http.Headers;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryRulesTest {
  private static final Failure UNREACHABLE =
      Failure.upstream(true, 502, "upstream.connect", "no connection");
  private static final Failure LATE = Failure.upstream(false, 504, "upstream.timeout", "late");
  private static final Failure RESET = Failure.upstream(false, 502, "upstream.reset", "gone");
  private static final Failure REFUSED = Failure.upstream(true, 503, "upstream.refused", "no");
  private static final Headers PLAIN = new Headers();

  private static RetryRules rules(int attempts, int minPerSecond, String... on) {
    return rules(attempts, minPerSecond, List.of(), on);
  }

  private static RetryRules rules(int attempts, int minPerSecond, List<String> grpc, String... on) {
    return new RetryRules(
        new Retry(
            attempts,
            List.of(on),
            grpc,
            Retry.Methods.IDEMPOTENT,
            Duration.ofMillis(25),
            Duration.ofMillis(250),
            new Percent(0.2),
            minPerSecond,
            new Size(64 << 10)),
        1,
        0);
  }

  private static Headers retryAfter(String value) {
    Headers headers = new Headers();
    headers.add("Retry-After", value);
    return headers;
  }

  @Test
  void sendsAgainWhatIsWantedAndNothingElse() {
    RetryRules rules = rules(3, 100, "connect_failure", "503");
    assertThat(rules.again("GET", 1, UNREACHABLE, 0)).isEqualTo("connect_failure");
    assertThat(rules.again("POST", 1, UNREACHABLE, 0)).isEqualTo("connect_failure");
    assertThat(rules.again("GET", 1, LATE, 0)).isNull();
    assertThat(rules.again("GET", 1, RESET, 0)).isNull();
    assertThat(rules.again("GET", 1, 503, PLAIN, false, 0)).isEqualTo("503");
    assertThat(rules.again("GET", 1, 502, PLAIN, false, 0)).isNull();
    assertThat(rules.again("GET", 1, 200, PLAIN, false, 0)).isNull();
    assertThat(rules.again("POST", 1, 503, PLAIN, false, 0)).isNull();
    assertThat(rules.again("GET", 3, 503, PLAIN, false, 0)).isNull();
    assertThat(rules(2, 9, "timeout").again("PUT", 1, LATE, 0)).isEqualTo("timeout");
    assertThat(rules(2, 9, "timeout").again("PATCH", 1, LATE, 0)).isNull();
    assertThat(rules(2, 9, "timeout").again("GET", 1, UNREACHABLE, 0)).isNull();
    assertThat(rules(2, 9, "reset").again("GET", 1, RESET, 0)).isEqualTo("reset");
    assertThat(rules(2, 9, "reset").again("POST", 1, RESET, 0)).isNull();
    assertThat(rules(2, 9, "refused_stream").again("POST", 1, REFUSED, 0))
        .isEqualTo("refused_stream");
    assertThat(rules(2, 9, "reset").again("POST", 1, REFUSED, 0)).isNull();
    assertThat(rules(2, 9, "connect_failure").again("POST", 1, REFUSED, 0))
        .as("nothing was done")
        .isEqualTo("connect_failure");
  }

  @Test
  void aGrpcCallIsSentAgainForItsStatusAlone() {
    RetryRules rules = rules(2, 9, List.of("unavailable", "aborted"));
    Headers away = new Headers();
    away.add("grpc-status", "14");
    assertThat(rules.again("POST", 1, 200, away, true, 0)).isEqualTo("unavailable");
    assertThat(rules.again("POST", 1, 200, away, false, 0)).as("not its status").isNull();
    assertThat(rules.again("POST", 2, 200, away, true, 0)).isNull();
    for (String status : new String[] {"0", "13", "17", "", "x", "141"}) {
      Headers other = new Headers();
      other.add("grpc-status", status);
      assertThat(rules.again("POST", 1, 200, other, true, 0)).as(status).isNull();
    }
    assertThat(rules(2, 9, "503").again("POST", 1, 200, away, true, 0)).isNull();
  }

  @Test
  void aBodyIsNeededOnlyWhereItMayBeSentAgain() {
    Headers call = new Headers();
    call.add("content-type", "application/grpc+proto");
    RetryRules rules = rules(2, 9, "reset");
    assertThat(rules.needsBody("PUT", PLAIN, false)).isTrue();
    assertThat(rules.needsBody("POST", PLAIN, true)).isFalse();
    assertThat(rules.needsBody("POST", call, true)).isFalse();
    assertThat(rules(1, 9, "reset").needsBody("PUT", PLAIN, true)).isFalse();
    assertThat(rules(2, 9, "refused_stream").needsBody("POST", PLAIN, true)).isTrue();
    assertThat(rules(2, 9, "refused_stream").needsBody("POST", PLAIN, false)).isFalse();
    assertThat(rules(2, 9, List.of("unavailable")).needsBody("POST", call, false)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "0, true",
    "1, false",
    "600, false",
    "-1, false",
    "'', false",
    "soon, false",
    "'Tue, 24 Nov 2026 10:00:00 GMT', false",
    "99999999999999999999, false"
  })
  void waitsAsLongAsTheUpstreamAsksForOrNotAtAll(String said, boolean again) {
    assertThat(rules(2, 9, "503").again("GET", 1, 503, retryAfter(said), false, 0) != null)
        .isEqualTo(again);
  }

  @Test
  void thePauseIsRandomBelowABoundThatDoubles() {
    RetryRules rules = rules(9, 9, "503");
    Random random = new Random(1);
    for (int attempts = 1; attempts < 9; attempts++) {
      long bound = Duration.ofMillis(Math.min(250, 25L << (attempts - 1))).toNanos();
      long longest = 0;
      for (int i = 0; i < 1_000; i++) {
        long pause = rules.pauseNanos(attempts, random);
        assertThat(pause).isBetween(0L, bound - 1);
        longest = Math.max(longest, pause);
      }
      assertThat(longest).isGreaterThan(bound * 9 / 10);
    }
  }

  /** An hour in which every attempt fails: a thousand requests a second, then one. */
  @Test
  void anUpstreamThatFailsGetsAFifthMoreAndNoStorm() {
    for (int perSecond : new int[] {1000, 1}) {
      RetryRules rules = rules(3, 3, "503");
      int retries = 0;
      int requests = 0;
      for (int second = 0; second < 3600; second++) {
        long now = Duration.ofSeconds(second).toNanos();
        for (int i = 0; i < perSecond; i++) {
          rules.requested();
          requests++;
          int attempts = 1;
          while (rules.again("GET", attempts, 503, PLAIN, false, now) != null) {
            attempts++;
            retries++;
          }
        }
      }
      assertThat(retries).isLessThanOrEqualTo(requests / 5 + 3 * 3600 + 100);
      assertThat(retries).isGreaterThanOrEqualTo(Math.min(requests / 5, 2 * requests));
    }
  }

  /** Whatever is sent twice, in any order and at any pace, takes from one budget. */
  @Test
  void retriesAndHedgesTogetherStayWithinTheBudget() {
    Random random = new Random(5);
    for (int run = 0; run < 20; run++) {
      RetryRules rules = rules(10, 3, "503");
      long now = 0;
      int requests = 0;
      int further = 0;
      for (int step = 0; step < 20_000; step++) {
        now += random.nextLong(2_000_000);
        boolean spent =
            switch (random.nextInt(3)) {
              case 0 -> {
                rules.requested();
                requests++;
                yield false;
              }
              case 1 -> rules.hedge(1, now);
              default -> rules.again("GET", 1, 503, PLAIN, false, now) != null;
            };
        further += spent ? 1 : 0;
        assertThat((double) further)
            .isLessThanOrEqualTo(30 + requests * 0.2 + 3 * now / 1e9 + 1e-6);
      }
      assertThat(further).isGreaterThan(requests / 6);
      assertThat(rules.left(now)).isBetween(0.0, 100.0);
    }
  }
}
