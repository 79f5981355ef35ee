package dev.headgate.policy.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.Percent;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.ManualLoop;
import dev.headgate.exchange.Requested;
import dev.headgate.http.Headers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FaultTest {
  private final ManualLoop loop = new ManualLoop();

  private FaultPolicy policy(Fault config) {
    return new FaultPolicy(config, new Random(1), loop);
  }

  private Decision ask(FaultPolicy policy) {
    return policy.onRequest(Requested.of(loop, "GET", "/", new Headers()));
  }

  @Test
  void aShareOfRequestsIsAborted() {
    FaultPolicy policy = policy(new Fault(null, new Fault.Abort(500, Percent.parse("20%")), null));
    int aborted = 0;
    for (int i = 0; i < 10_000; i++) {
      aborted += ask(policy) instanceof Decision.Fail ? 1 : 0;
    }
    assertThat(aborted).isBetween(1800, 2200);
  }

  @Test
  void nothingIsHitByNothing() {
    Percent none = Percent.parse("0%");
    FaultPolicy policy =
        policy(
            new Fault(
                new Fault.Delay(Duration.ofSeconds(1), none), new Fault.Abort(500, none), null));
    for (int i = 0; i < 1000; i++) {
      assertThat(ask(policy)).isSameAs(Decision.CONTINUE);
    }
  }

  @Test
  void whoIsHeldBackGoesOnWhenTheTimeIsOver() {
    Percent all = Percent.parse("100%");
    FaultPolicy policy = policy(new Fault(new Fault.Delay(Duration.ofSeconds(2), all), null, null));
    List<Decision> decided = new ArrayList<>();
    ((Decision.Await) ask(policy)).then(decided::add);
    loop.advance(Duration.ofMillis(1500));
    assertThat(decided).isEmpty();
    loop.advance(Duration.ofSeconds(1));
    assertThat(decided).containsExactly(Decision.CONTINUE);
  }

  @Test
  void onlySoManyAreHeldBackAtOnce() {
    Percent all = Percent.parse("100%");
    FaultPolicy policy = policy(new Fault(new Fault.Delay(Duration.ofSeconds(2), all), null, null));
    for (int i = 0; i < 1024; i++) {
      assertThat(ask(policy)).isInstanceOf(Decision.Await.class);
    }
    assertThat(ask(policy)).isSameAs(Decision.CONTINUE);
    loop.advance(Duration.ofSeconds(3));
    assertThat(ask(policy)).isInstanceOf(Decision.Await.class);
  }
}
