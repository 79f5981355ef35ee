package dev.headgate.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.cli.ListedKeys.Key;
import dev.headgate.cli.ListedKeys.Verdict;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ListedKeysTest {
  private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");
  private static final Duration WEEK = Duration.ofDays(7);

  private static Key key(String consumer, String state, @Nullable Duration ago) {
    String lastUsed = ago == null ? null : NOW.minus(ago).toString();
    return new Key(consumer, "id", "consumers", state, null, null, lastUsed);
  }

  private static List<Verdict> verdicts(Duration running, Key... keys) {
    return new ListedKeys(NOW, NOW.minus(running), List.of(keys), null).verdicts(WEEK);
  }

  @Test
  void aKeyIsSafeToRevokeOnceItIsQuietAndAnotherOfItsConsumerIsInUse() {
    Key busy = key("acme", "valid", Duration.ofMinutes(1));
    Key quiet = key("acme", "valid", Duration.ofDays(8));
    Key lately = key("acme", "valid", Duration.ofDays(6));
    assertThat(verdicts(Duration.ofDays(30), busy, quiet, lately))
        .containsExactly(Verdict.IN_USE, Verdict.SAFE, Verdict.IN_USE);
    assertThat(verdicts(Duration.ofDays(30), quiet, key("shop", "valid", Duration.ZERO)))
        .containsExactly(Verdict.ALONE, Verdict.IN_USE);
  }

  @Test
  void aKeyThatWasNotSeenIsQuietForNoLongerThanTheNodeHasRun() {
    Key busy = key("acme", "valid", Duration.ofMinutes(1));
    Key unseen = key("acme", "valid", null);
    assertThat(verdicts(Duration.ofDays(6), busy, unseen))
        .containsExactly(Verdict.IN_USE, Verdict.QUIET);
    assertThat(verdicts(Duration.ofDays(7), busy, unseen))
        .containsExactly(Verdict.IN_USE, Verdict.SAFE);
  }

  @Test
  void aKeyOutsideItsTimeSaysSoAndVouchesForNoOther() {
    Key expired = key("acme", "expired", Duration.ofMinutes(1));
    Key next = key("acme", "not yet", null);
    Key quiet = key("acme", "valid", Duration.ofDays(8));
    assertThat(verdicts(Duration.ofDays(30), expired, next, quiet))
        .containsExactly(Verdict.EXPIRED, Verdict.NOT_YET, Verdict.ALONE);
  }

  @Test
  void readsAPageAndKnowsWhereTheNextBegins() {
    String page =
        """
        {"now":"2026-03-01T00:00:00Z","since":"2026-02-01T00:00:00Z","keys":[
         {"consumer":"acme","id":"a","from":"keys.jsonl","state":"valid","expires":"2027-01-01T00:00:00Z"}],
         "next":10000}
        """;
    ListedKeys keys = ListedKeys.parse(new ByteArrayInputStream(page.getBytes(UTF_8)));
    assertThat(keys.next()).isEqualTo(10000);
    assertThat(keys.keys())
        .containsExactly(
            new Key("acme", "a", "keys.jsonl", "valid", null, "2027-01-01T00:00:00Z", null));
    assertThat(keys.quiet(keys.keys().getFirst())).isEqualTo(Duration.ofDays(28));
  }
}
