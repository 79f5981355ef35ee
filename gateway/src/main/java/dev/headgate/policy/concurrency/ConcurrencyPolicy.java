package dev.headgate.policy.concurrency;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.LimitMeter;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.Stage;
import dev.headgate.http.HeaderName;
import dev.headgate.keyed.KeyName;
import dev.headgate.keyed.KeyedWords;
import dev.headgate.keyed.RequestKey;
import java.util.function.LongUnaryOperator;

/**
 * Counts requests when they come and when they end. The word of a key is how many are under way; a
 * request remembers the place of the word, not the key, so that it is taken off where it was put
 * on, whoever has the place by then.
 */
@LoopConfined
final class ConcurrencyPolicy implements Policy {
  private static final int TOO_MANY_REQUESTS = 429;

  private final int max;
  private final Stage stage;
  private final RequestKey key;
  private final KeyName names;
  private final KeyedWords underWay;
  private final LimitMeter meter;

  ConcurrencyPolicy(
      Concurrency config,
      Stage stage,
      RequestKey.Seed seed,
      KeyedWords underWay,
      LimitMeter meter) {
    this.max = config.max();
    this.stage = stage;
    this.key = new RequestKey(config.per(), seed);
    this.names = new KeyName(config.per());
    this.underWay = underWay;
    this.meter = meter;
  }

  @Override
  public Decision onRequest(Exchange exchange) {
    long whose = key.of(exchange);
    int place = underWay.place(whose, LongUnaryOperator.identity());
    while (true) {
      long count = underWay.words().get(place);
      if (count >= max) {
        meter.over(whose, () -> names.of(exchange));
        exchange.responseHeaders().set(HeaderName.RETRY_AFTER, "1");
        return Decision.fail(
            Failure.client(
                stage,
                TOO_MANY_REQUESTS,
                "concurrency.exceeded",
                "more than " + max + " requests are under way"));
      }
      if (underWay.words().compareAndSet(place, count, count + 1)) {
        exchange.state(this, place);
        meter.within();
        return Decision.CONTINUE;
      }
    }
  }

  @Override
  public void onEnd(Exchange exchange) {
    if (exchange.state(this) instanceof Integer place) {
      underWay.words().decrementAndGet(place);
    }
  }
}
