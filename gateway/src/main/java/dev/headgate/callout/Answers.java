package dev.headgate.callout;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Loop;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What somebody else said: asked for once by all requests that want to know the same, remembered
 * for a while, and not asked for while there are no answers.
 *
 * @param <V> what an answer means
 */
@LoopConfined
public final class Answers<V> {
  private static final Logger LOG = LoggerFactory.getLogger(Answers.class);

  private final String asker;
  private final Loop loop;
  private final Breaker breaker;
  private final Known<Kept<V>> known;
  private final SingleFlight<Outcome<V>> underWay = new SingleFlight<>();

  /** A time on the loop's monotonic clock each. */
  private record Kept<V>(V value, long freshUntil, long lastUntil) {}

  /** Asks, and tells once what came of it, on the loop and never before it returns. */
  public interface Question<V> {
    void ask(Consumer<Reply<V>> then);
  }

  /** What came of a question. */
  public sealed interface Reply<V> {
    /** An answer that could be understood. */
    record Told<V>(V value, Keep keep) implements Reply<V> {}

    /** None. */
    record Failed<V>(String why) implements Reply<V> {}
  }

  /**
   * How long an answer is good.
   *
   * @param fresh without asking again
   * @param last if nobody answers
   */
  public record Keep(Duration fresh, Duration last, Known.Worth worth) {
    /** Only for those who have asked already. */
    public static final Keep NOT = new Keep(Duration.ZERO, Duration.ZERO, Known.Worth.LITTLE);

    /** For so long and no longer. */
    public static Keep just(Duration time, Known.Worth worth) {
      return new Keep(time, time, worth);
    }
  }

  /** What a request learns. */
  public sealed interface Outcome<V> {
    record Told<V>(V value) implements Outcome<V> {}

    /**
     * Nobody answers.
     *
     * @param last what was said before, if that may still count
     */
    record Unavailable<V>(String why, @Nullable V last) implements Outcome<V> {}
  }

  /**
   * @param asker the policy's name, for the log
   * @param most how many answers are remembered
   */
  public Answers(String asker, int most, Breaking breaking, Loop loop) {
    this.asker = asker;
    this.loop = loop;
    this.breaker = new Breaker(breaking, loop);
    this.known = new Known<>(most);
  }

  /** What was said about that the last time, however long ago; or null if that is forgotten. */
  public @Nullable V before(byte[] hash) {
    Kept<V> kept = known.find(hash);
    return kept == null ? null : kept.value();
  }

  /** What was said about that a short time ago; or null. */
  public @Nullable V fresh(byte[] hash) {
    Kept<V> kept = known.find(hash);
    return kept != null && loop.nanos() - kept.freshUntil() < 0 ? kept.value() : null;
  }

  /**
   * Asks, unless somebody does already.
   *
   * @param hash of what the question is about; copied
   * @param meaning what the outcome means for this request; may be called before this returns, and
   *     is not called once the request has gone away
   */
  public Decision ask(byte[] hash, Question<V> question, Function<Outcome<V>, Decision> meaning) {
    SingleFlight.Flight<Outcome<V>> begun = underWay.find(hash);
    if (begun != null) {
      return begun.join(meaning);
    }
    if (!breaker.mayAsk()) {
      return meaning.apply(notAsked(last(hash)));
    }
    byte[] about = hash.clone();
    Decision decision = underWay.begin(about).join(meaning);
    question.ask(reply -> underWay.land(about, noted(about, reply)));
    return decision;
  }

  /** Asks for one request alone. */
  public Decision ask(Question<V> question, Function<Outcome<V>, Decision> meaning) {
    if (!breaker.mayAsk()) {
      return meaning.apply(notAsked(null));
    }
    Decision.Await await = new Decision.Await();
    question.ask(reply -> {
      Outcome<V> outcome = noted(null, reply);
      if (!await.cancelled()) {
        await.complete(meaning.apply(outcome));
      }
    });
    return await;
  }

  private static <V> Outcome<V> notAsked(@Nullable V last) {
    return new Outcome.Unavailable<>("is not asked for a while, as it did not answer", last);
  }

  private @Nullable V last(byte[] hash) {
    Kept<V> kept = known.find(hash);
    return kept != null && loop.nanos() - kept.lastUntil() < 0 ? kept.value() : null;
  }

  private Outcome<V> noted(byte @Nullable [] about, Reply<V> reply) {
    switch (reply) {
      case Reply.Told<V>(V value, Keep keep) -> {
        if (breaker.succeeded()) {
          LOG.info("who is asked by policy {} answers again", asker);
        }
        if (about != null && keep.last().isPositive()) {
          long now = loop.nanos();
          Kept<V> kept =
              new Kept<>(value, now + keep.fresh().toNanos(), now + keep.last().toNanos());
          known.put(about, kept, keep.worth(), kept.lastUntil(), now);
        }
        return new Outcome.Told<>(value);
      }
      case Reply.Failed<V>(String why) -> {
        if (breaker.failed()) {
          LOG.warn("who is asked by policy {} does not answer and is left alone: {}", asker, why);
        }
        return new Outcome.Unavailable<>(why, about == null ? null : last(about));
      }
    }
  }
}
