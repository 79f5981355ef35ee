package dev.headgate.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.Percent;
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
  private static final Headers PLAIN = new Headers();

  private static RetryRules rules(int attempts, int minPerSecond, String... on) {
    return new RetryRules(
        new Retry(
            attempts,
            List.of(on),
            Retry.Methods.IDEMPOTENT,
            Duration.ofMillis(25),
            Duration.ofMillis(250),
            new Percent(0.2),
            minPerSecond),
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
    assertThat(rules.again("GET", 1, UNREACHABLE, 0)).isTrue();
    assertThat(rules.again("POST", 1, UNREACHABLE, 0)).isTrue();
    assertThat(rules.again("GET", 1, LATE, 0)).isFalse();
    assertThat(rules.again("GET", 1, 503, PLAIN, 0)).isTrue();
    assertThat(rules.again("GET", 1, 502, PLAIN, 0)).isFalse();
    assertThat(rules.again("GET", 1, 200, PLAIN, 0)).isFalse();
    assertThat(rules.again("POST", 1, 503, PLAIN, 0)).isFalse();
    assertThat(rules.again("GET", 3, 503, PLAIN, 0)).isFalse();
    assertThat(rules(2, 9, "timeout").again("PUT", 1, LATE, 0)).isTrue();
    assertThat(rules(2, 9, "timeout").again("PATCH", 1, LATE, 0)).isFalse();
    assertThat(rules(2, 9, "timeout").again("GET", 1, UNREACHABLE, 0)).isFalse();
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
    assertThat(rules(2, 9, "503").again("GET", 1, 503, retryAfter(said), 0)).isEqualTo(again);
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
          for (int attempts = 1; rules.again("GET", attempts, 503, PLAIN, now); attempts++) {
            retries++;
          }
        }
      }
      assertThat(retries).isLessThanOrEqualTo(requests / 5 + 3 * 3600 + 100);
      assertThat(retries).isGreaterThanOrEqualTo(Math.min(requests / 5, 2 * requests));
    }
  }
}
