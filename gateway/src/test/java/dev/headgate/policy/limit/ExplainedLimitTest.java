package dev.headgate.policy.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.Limiting;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.ManualLoop;
import dev.headgate.exchange.Requested;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code explain} is told. */
class ExplainedLimitTest {
  private final List<String> notes = new ArrayList<>();

  private Exchange explained(ManualLoop loop) {
    Headers headers = new Headers();
    headers.add(HeaderName.of("k"), "acme");
    Exchange exchange = Requested.of(loop, "GET", "/", headers);
    exchange.explainTo((stage, text) -> notes.add(stage + " " + text));
    return exchange;
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 5})
  void asksNoStoreAndSaysSo(long lease) {
    ManualLoop loop = new ManualLoop();
    loop.stores((command, listener) -> {
      throw new AssertionError("a store was asked");
    });
    LimitPlan plan =
        SharedNodes.plan(
            SharedNodes.place(1), 10, List.of("1/h"), lease, Limiting.OnStoreFailure.DENY);
    LimitPolicy policy = new LimitPolicy(plan, loop);

    assertThat(policy.onRequest(explained(loop))).isEqualTo(Decision.CONTINUE);
    assertThat(notes)
        .containsExactly(
            "ADMIT few counts in a store, which is not asked here: as if nobody had called yet",
            "ADMIT few:1/h has room for 9 more of 10");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void saysHowMuchRoomAWindowHas(boolean sliding) {
    ManualLoop loop = new ManualLoop();
    LimitPlan buckets =
        SharedNodes.plan(SharedNodes.place(1), 10, List.of("1/h"), 0, Limiting.OnStoreFailure.DENY);
    LimitPlan.One bucket = buckets.limits().getFirst();
    LimitPlan plan =
        new LimitPlan(
            "few",
            buckets.stage(),
            buckets.per(),
            buckets.seed(),
            List.of(
                new LimitPlan.One(
                    "few",
                    new Windows(1000, 60_000, sliding),
                    1,
                    10,
                    bucket.quoted(),
                    bucket.described())),
            null,
            new Cost.Fixed(4),
            null,
            0,
            true);
    LimitPolicy policy = new LimitPolicy(plan, loop);

    policy.onRequest(explained(loop));
    policy.onRequest(explained(loop));
    assertThat(policy.onRequest(explained(loop))).isInstanceOf(Decision.Fail.class);
    assertThat(notes)
        .containsExactly(
            "ADMIT few has room for 6 more of 10",
            "ADMIT few has room for 2 more of 10",
            "ADMIT few has room for 0 more of 10");
  }
}
