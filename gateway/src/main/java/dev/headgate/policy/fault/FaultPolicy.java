package dev.headgate.policy.fault;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.config.Percent;
import dev.headgate.exchange.AnswerInspector;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.Stage;
import dev.headgate.http.Headers;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Throws the dice for each request. */
@LoopConfined
final class FaultPolicy implements Policy {
  /** How many requests are held back on one loop at most: they hold connections. */
  private static final int MOST_WAITING = 1024;

  private final Fault config;
  private final RandomGenerator random;
  private final Loop loop;
  private int waiting;

  FaultPolicy(Fault config, RandomGenerator random, Loop loop) {
    this.config = config;
    this.random = random;
    this.loop = loop;
  }

  @Override
  public Decision onRequest(Exchange exchange) {
    if (exchange.explained()) {
      explain(exchange);
      return Decision.CONTINUE;
    }
    Fault.Truncate truncate = config.truncate();
    if (truncate != null && hits(truncate.share())) {
      exchange.inspectAnswer(this, new BrokenOff(truncate.after().bytes()));
    }
    Fault.Abort abort = config.abort();
    Decision decision =
        abort != null && hits(abort.share())
            ? Decision.fail(
                Failure.gateway(Stage.FORWARD, abort.status(), "fault.abort", "on purpose"))
            : Decision.CONTINUE;
    Fault.Delay delay = config.delay();
    return delay != null && waiting < MOST_WAITING && hits(delay.share())
        ? later(decision, delay.time().toNanos())
        : decision;
  }

  private boolean hits(Percent share) {
    return random.nextDouble() < share.fraction();
  }

  private Decision later(Decision decision, long nanos) {
    waiting++;
    Decision.Await await = new Decision.Await(new Decision.Await.Pause("fault.delay", decision));
    loop.schedule(
        () -> {
          waiting--;
          await.complete(decision);
        },
        nanos);
    return await;
  }

  /** Whoever asks is told what may happen, not what chance would have it. */
  private void explain(Exchange exchange) {
    if (config.delay() != null) {
      exchange.note(
          Stage.FORWARD,
          "holds "
              + config.delay().share()
              + " back for "
              + config.delay().time().toMillis()
              + "ms");
    }
    if (config.abort() != null) {
      exchange.note(
          Stage.FORWARD, "answers " + config.abort().share() + " by " + config.abort().status());
    }
    if (config.truncate() != null) {
      exchange.note(
          Stage.FORWARD,
          "breaks "
              + config.truncate().share()
              + " of answers off after "
              + config.truncate().after());
    }
  }

  /** Lets so many bytes of an answer pass. */
  private static final class BrokenOff implements AnswerInspector {
    private final long after;
    private long seen;

    BrokenOff(long after) {
      this.after = after;
    }

    @Override
    public @Nullable Failure head(int status, Headers headers) {
      return null;
    }

    @Override
    public @Nullable Failure piece(ByteBuffer piece) {
      seen += piece.remaining();
      return seen > after
          ? Failure.gateway(Stage.RESPOND, 502, "fault.truncate", "on purpose")
          : null;
    }

    @Override
    public @Nullable Failure end() {
      return null;
    }
  }
}
